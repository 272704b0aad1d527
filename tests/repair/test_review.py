import pytest
from drawing import genre_folders

from covergenre.dataset.registry import open_dataset, register
from covergenre.errors import BadDataset
from covergenre.repair.repair import history, undo
from covergenre.repair.review import (
    apply_decisions,
    confirmed_labels,
    decide,
    plan_decisions,
    read_decisions,
    undo_last,
)


@pytest.fixture
def dataset(tmp_path):
    return register("mine", genre_folders(tmp_path / "covers", ("jazz", "pop"), 3, side=16))[0]


def label(dataset, path):
    row = dataset.manifest.set_index("path").loc[path]
    return row["content_hash"], row["genre"]


def genre_of(path):
    return open_dataset("mine").manifest.set_index("path").loc[path, "genre"]


def test_a_decision_changes_nothing_until_it_is_applied(dataset):
    decide(dataset, label(dataset, "jazz/000.jpg"), "pop")
    assert genre_of("jazz/000.jpg") == "jazz"
    apply_decisions(dataset)
    assert genre_of("jazz/000.jpg") == "pop"


def test_many_decisions_are_one_repair(dataset):
    decide(dataset, label(dataset, "jazz/000.jpg"), "pop")
    decide(dataset, label(dataset, "jazz/001.jpg"), "")
    after = apply_decisions(dataset)
    assert [len(repair.changes) for repair in history(dataset)] == [2]
    assert after.manifest.set_index("path").loc["jazz/001.jpg", "excluded"] == "a wrong label"


def test_kept_and_corrected_labels_are_confirmed(dataset):
    kept, wrong = label(dataset, "jazz/000.jpg"), label(dataset, "jazz/001.jpg")
    decide(dataset, kept, "jazz")
    decide(dataset, wrong, "pop")
    apply_decisions(dataset)
    assert confirmed_labels(dataset) == {kept, (wrong[0], "pop")}


def test_the_latest_decision_can_be_undone(dataset):
    first, second = label(dataset, "jazz/000.jpg"), label(dataset, "jazz/001.jpg")
    decide(dataset, first, "pop")
    decide(dataset, second, "jazz")
    assert undo_last(dataset) == second
    assert read_decisions(dataset) == {first: "pop"}


def test_without_decisions_there_is_nothing_to_undo(dataset):
    assert undo_last(dataset) is None


def test_an_undone_label_can_be_reviewed_again(dataset):
    decide(dataset, label(dataset, "jazz/001.jpg"), "")
    apply_decisions(dataset)
    undo(dataset)
    assert plan_decisions(open_dataset("mine").manifest, read_decisions(dataset)).edits == ()
    assert label(dataset, "jazz/001.jpg") not in read_decisions(dataset)


def test_a_decision_on_another_genre_is_ignored(dataset):
    key, _ = label(dataset, "jazz/000.jpg")
    decide(dataset, (key, "rap"), "pop")
    assert plan_decisions(dataset.manifest, read_decisions(dataset)).edits == ()


@pytest.mark.parametrize("text", ["{", "[[1, 2, 3]]", '[["a", "b"]]'])
def test_a_damaged_file_is_named(dataset, text):
    (dataset.folder / "review.json").write_text(text)
    with pytest.raises(BadDataset, match=r"review\.json is damaged"):
        read_decisions(dataset)
