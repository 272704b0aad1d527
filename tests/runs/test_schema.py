import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from covergenre import home
from covergenre.errors import BadRun
from covergenre.runs.record import Run, Status, list_runs
from covergenre.runs.schema import FORMAT

amounts = st.floats(0, 1e12)
statuses = st.builds(
    Status,
    state=st.sampled_from(["queued", "done", "cancelled", "failed"]),
    done=st.integers(0, 2**40),
    total=st.integers(1, 2**40),
    what=st.text(),
    eta=st.none() | amounts,
    pid=st.none() | st.integers(1, 2**31 - 1),
    pid_started=st.none() | amounts,
    error=st.text(),
    started=st.none() | amounts,
    updated=amounts,
)
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def with_format(run, number):
    """The run, as if written by a version whose format has this number; None: by one before formats had numbers."""
    data = json.loads((run.folder / "run.json").read_text())
    assert data.pop("format") == FORMAT
    (run.folder / "run.json").write_text(json.dumps(data if number is None else {**data, "format": number}))
    return run


def test_a_run_from_before_formats_were_numbered_opens(new_run):
    run = with_format(new_run(), None)
    assert Run.open(run.id) == run


def test_the_runs_that_ship_open():
    for folder in (home.starter() / "runs").iterdir():
        assert Run.at(folder).status().state == "done"


def test_a_run_of_a_later_format_is_refused_with_what_to_do(new_run):
    run = with_format(new_run(), FORMAT + 1)
    with pytest.raises(BadRun, match=rf"format {FORMAT + 1}.*Install a newer version"):
        Run.open(run.id)
    assert run not in list_runs()


@pytest.mark.parametrize("name", ["run.json", "status.json"])
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"state": "asleep"}', b"[" * 100_000, b'{"done": NaN}']
)
def test_a_damaged_file_is_named_with_what_to_do(new_run, name, content):
    run = new_run()
    (run.folder / name).write_bytes(content)
    with pytest.raises(BadRun, match=rf"(?s){name} of the run {run.id} is damaged.*Delete the folder"):
        Run.open(run.id).status()


@pytest.mark.parametrize("name", ["run.json", "status.json"])
def test_a_missing_file_is_named(new_run, name):
    run = new_run()
    (run.folder / name).unlink()
    with pytest.raises(BadRun, match=rf"{name} of the run {run.id} is missing"):
        Run.open(run.id).status()


def test_a_field_of_the_wrong_type_is_damage(new_run):
    run = new_run()
    text = (run.folder / "run.json").read_text()
    (run.folder / "run.json").write_text(text.replace('"seed": 42', '"seed": "42"'))
    with pytest.raises(BadRun, match="seed"):
        Run.open(run.id)


def test_a_recipe_that_cannot_be_is_damage(new_run):
    run = new_run()
    text = (run.folder / "run.json").read_text()
    (run.folder / "run.json").write_text(text.replace('"limit": 150', '"limit": -1'))
    with pytest.raises(BadRun, match=r"run\.json"):
        Run.open(run.id)


@same_folder
@given(status=statuses)
def test_a_status_reads_back_as_written(status, tmp_path, spec):
    run = Run(tmp_path, spec)
    run.write_status(status)
    assert run.status() == status
