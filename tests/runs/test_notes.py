from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from finished_runs import finished_run, random_probabilities

from covergenre.errors import CoverGenreError
from covergenre.runs.notes import (
    LONGEST,
    MOST_TAGS,
    Notes,
    create_named,
    full_name,
    read_notes,
    rename,
    run_name,
    run_names,
    write_notes,
)


@pytest.fixture
def run():
    return finished_run([0, 1, 2], random_probabilities([0, 1, 2]))


def test_notes_are_kept_tidy_and_replaced(run):
    write_notes(run, Notes(" My \n run ", ("talk", " ", "talk "), " for the talk ", hidden=True))
    assert read_notes(run) == Notes("My run", ("talk",), "for the talk", hidden=True)
    write_notes(run, Notes())
    assert read_notes(run) == Notes()


def test_notes_have_their_limits(run):
    write_notes(run, Notes(tags=tuple(map(str, range(100))), note="x" * 1000))
    kept = read_notes(run)
    assert (len(kept.tags), len(kept.note)) == (MOST_TAGS, LONGEST)


@pytest.mark.parametrize("damage", [b"\xff\xfe\xfa", b"[]", b'{"tags": 3}'])
def test_notes_that_cannot_be_read_are_none(run, damage):
    (run.folder / "notes.json").write_bytes(damage)
    assert read_notes(run) == Notes()


def test_a_note_from_before_there_were_names_is_still_there(run):
    (run.folder / "notes.json").unlink()
    (run.folder / "note.txt").write_text("for the talk")
    assert read_notes(run).note == "for the talk"


@pytest.fixture
def named(spec):
    """Makes a run and gives it its first name."""
    return lambda method="logistic": create_named(replace(spec, method=method))


def test_a_run_is_called_by_its_method(named):
    assert run_names([named(), named("knn")]) == ("Logistic regression", "Nearest neighbours")


def test_a_later_run_of_a_method_has_a_number_and_keeps_it_when_others_come_and_go(named):
    first, second = named(), named()
    write_notes(first, Notes("Baseline"))
    third = named()
    assert [run_name(run) for run in (first, second, third)] == [
        "Baseline",
        "Logistic regression 2",
        "Logistic regression 3",
    ]


def test_runs_made_at_one_moment_are_told_apart(spec, named):
    with ThreadPoolExecutor(4) as threads:
        runs = list(threads.map(lambda _: named(), range(12)))
    assert len({run_name(run) for run in runs}) == 12


def test_a_method_of_another_version_keeps_its_bare_name(named):
    assert run_name(named("oracle")) == "oracle"


def test_a_run_that_nobody_named_has_the_last_digits_of_its_id(new_run):
    run = new_run()
    assert run_name(run) == f"Logistic regression {run.id[-4:]}"


def test_runs_that_are_called_alike_are_told_apart(named):
    runs = [named(), named()]
    for run in runs:
        write_notes(run, Notes("Mine"))
    assert run_names(runs) == tuple(f"Mine {run.id[-4:]}" for run in runs)


def test_a_run_can_be_called_otherwise_but_not_as_another_is(named):
    one, other = named(), named()
    rename(one, "  At 150\n px ")
    assert run_name(one) == "At 150 px"
    rename(one, "At 150 px")
    for taken in ("At 150 px", " "):
        with pytest.raises(CoverGenreError):
            rename(other, taken)


def test_in_full_a_run_has_its_data_set_and_tags(named):
    run = named()
    write_notes(run, Notes("Mine", ("talk", "150 px")))
    assert full_name(run) == "Mine · mine · talk · 150 px"
