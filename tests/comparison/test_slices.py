import numpy as np
import pandas as pd
import pytest
from drawing import genre_folders
from finished_runs import GENRES, confident_probabilities, finished_run
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from covergenre.comparison.comparison import compare_runs
from covergenre.comparison.slices import cover_facts, slice_accuracy
from covergenre.dataset.manifest import fingerprint
from covergenre.dataset.registry import register
from covergenre.dataset.split import split_of
from covergenre.evaluation.intervals import wilson


def test_a_slice_has_the_accuracy_of_each_run_on_its_covers():
    facts = pd.DataFrame({"source": ["a", "b", "a", "a"]})
    right = [np.array([True, True, False, True]), np.array([False, False, False, True])]
    first, second = slice_accuracy(right, facts)
    assert (first.fact, first.value, first.covers) == ("source", "a", 3)
    assert first.accuracy == (wilson(2, 3), wilson(1, 3))
    assert second.accuracy == (wilson(1, 1), wilson(0, 1))


@given(st.lists(st.sampled_from(["dark", "light", ""]), min_size=1, max_size=30))
def test_the_slices_of_a_fact_partition_the_covers_with_known_values(values):
    found = slice_accuracy([np.ones(len(values), bool)], pd.DataFrame({"brightness": values}))
    known = [value for value in values if value]
    assert sum(each.covers for each in found) == (len(known) if len(set(known)) > 1 else 0)


def test_brightness_slices_go_from_dark_to_light():
    facts = pd.DataFrame({"brightness": ["light", "dark", "middling"]})
    assert [each.value for each in slice_accuracy([np.ones(3, bool)], facts)] == ["dark", "middling", "light"]


@pytest.fixture
def painted(tmp_path):
    """A comparison on a black, a white, a grey and a red cover, and one whose file has gone."""
    folder = tmp_path / "painted" / "jazz"
    folder.mkdir(parents=True)
    for name, colour in (("black", "black"), ("gone", "navy"), ("grey", "grey"), ("red", "red"), ("white", "white")):
        Image.new("RGB", (40, 40), colour).save(folder / f"{name}.png")
    dataset, _ = register("mine", genre_folders(tmp_path / "painted", ("rap",), 1).resolve())
    (folder / "gone.png").unlink()
    paths = dataset.manifest["path"][:5]
    return compare_runs(
        [finished_run([1] * 5, confident_probabilities([1] * 5), method, paths=paths) for method in ("knn", "logistic")]
    )


def test_brightness_and_colour_come_from_the_pictures(painted):
    facts = cover_facts(painted)
    assert facts["brightness"].tolist() == ["dark", "", "middling", "dark", "light"]
    assert facts["colour"].tolist() == ["grey", "", "grey", "coloured", "grey"]


def test_resolution_and_compression_come_from_the_files(painted):
    facts = cover_facts(painted)
    assert set(facts["resolution"]) == {"up to 150 px"}
    sizes = painted.dataset.manifest["bytes"][:5]
    assert facts["compression"].tolist() == ["strong" if size <= 0.15 * 1600 else "medium" for size in sizes]


def test_whether_a_cover_was_seen_in_training_is_unknown_without_a_split(painted):
    assert set(cover_facts(painted)["seen in training"]) == {""}


def test_a_near_copy_in_the_training_part_is_found(tmp_path):
    root = genre_folders(tmp_path / "covers", GENRES, 10)
    for number in range(10):
        (root / "jazz" / f"copy{number}.jpg").write_bytes((root / "jazz" / f"{number:03}.jpg").read_bytes())
    dataset, _ = register("mine", root)
    split = split_of(dataset, "reference", 42)
    test = split.parts.index[split.parts == "test"]
    labels = [GENRES.index(path.split("/")[0]) for path in test]
    asked = {"paths": test, "split": "reference", "dataset_hash": fingerprint(dataset.manifest)}
    runs = [finished_run(labels, confident_probabilities(labels), method, **asked) for method in ("knn", "logistic")]
    compared = compare_runs(runs)
    seen = dict(zip(compared.covers.paths, cover_facts(compared)["seen in training"], strict=True))
    training = set(split.groups[split.parts == "train"])
    assert seen == {path: "yes" if split.groups[path] in training else "no" for path in test}
    assert "yes" in seen.values()
