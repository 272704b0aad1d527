"""Runs stand on one data set, whatever it is called, and on the bytes that they were done with."""

import pytest
from finished_runs import GENRES, finished_run, random_probabilities, runs_on_drawn_covers

from covergenre.dataset.registry import open_dataset, register, remove, rename
from covergenre.errors import BadDataset, BadRun
from covergenre.runs.record import Run, dependents_note, runs_on


@pytest.fixture
def run(tmp_path):
    runs_on_drawn_covers(tmp_path / "covers")
    return finished_run([0, 1, 2], random_probabilities([0, 1, 2]), dataset_id=open_dataset("mine").id)


def test_a_renamed_data_set_keeps_its_runs(run):
    rename("mine", "ours")
    spec = Run.open(run.id).spec
    assert spec.dataset == "ours"
    assert open_dataset(spec.dataset, spec.dataset_id).name == "ours"
    assert run.id in [each.id for each in runs_on("ours")]


def test_a_run_of_before_there_were_ids_learns_that_of_its_data_set(tmp_path):
    runs_on_drawn_covers(tmp_path / "covers")
    run = finished_run([0, 1, 2], random_probabilities([0, 1, 2]))
    assert Run.open(run.id).spec.dataset_id == open_dataset("mine").id
    rename("mine", "ours")
    assert Run.open(run.id).spec.dataset == "ours"


def test_another_data_set_of_the_name_is_not_taken_for_it(run, tmp_path):
    remove("mine")
    register("mine", tmp_path / "covers")
    spec = Run.open(run.id).spec
    with pytest.raises(BadDataset, match="was removed"):
        open_dataset(spec.dataset, spec.dataset_id)
    assert run.id not in [each.id for each in runs_on("mine")]


def test_the_runs_of_a_data_set_are_named(run):
    assert dependents_note("mine").startswith("3 runs can't answer without mine: ")
    assert dependents_note("other") == ""


def test_a_changed_bit_of_a_run_is_named():
    run = finished_run([0, 1, 2], random_probabilities([0, 1, 2]), genres=GENRES, temperature=None)
    (run.stage_model() / "head.bin").write_bytes(bytes(100))
    run.publish_model()
    read = ("model/head.bin", run.load_model), ("predictions.parquet", run.predictions), ("run.json", run.load_model)
    for name, reading in read:
        file = run.folder / name
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
        with pytest.raises(BadRun, match=f"{name} of the run .* changed since it was made"):
            reading()
