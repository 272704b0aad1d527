import pytest
from drawing import genre_folders

from covergenre.audit import THRESHOLDS, read_thresholds, set_threshold
from covergenre.audit.thresholds import all_thresholds
from covergenre.dataset.registry import register
from covergenre.errors import BadDataset, CoverGenreError


@pytest.fixture
def dataset(tmp_path):
    return register("mine", genre_folders(tmp_path / "covers", ("jazz",), 1))[0]


def test_thresholds_can_be_changed_one_by_one():
    assert all_thresholds({}) == dict(THRESHOLDS)
    assert all_thresholds({"dark": 0.9}) == {**THRESHOLDS, "dark": 0.9}


def test_a_chosen_threshold_is_stored_with_the_data_set(dataset):
    assert read_thresholds(dataset) == {}
    set_threshold(dataset, "outliers", 0.4)
    set_threshold(dataset, "dark", 0.9)
    assert read_thresholds(dataset) == {"outliers": 0.4, "dark": 0.9}


def test_the_default_threshold_is_not_stored(dataset):
    set_threshold(dataset, "outliers", 0.4)
    set_threshold(dataset, "outliers", THRESHOLDS["outliers"])
    assert read_thresholds(dataset) == {}


@pytest.mark.parametrize(("issue", "value"), [("darkness", 0.5), ("outliers", 1.5), ("outliers", float("nan"))])
def test_an_invalid_threshold_is_refused_and_not_stored(dataset, issue, value):
    with pytest.raises(CoverGenreError):
        all_thresholds({issue: value})
    with pytest.raises(CoverGenreError):
        set_threshold(dataset, issue, value)
    assert read_thresholds(dataset) == {}


@pytest.mark.parametrize("text", ["", "[]", '{"nonsense": 1}', '{"dark": "much"}', '{"dark": null}', '{"dark": 2}'])
def test_a_damaged_file_is_named(dataset, text):
    (dataset.folder / "thresholds.json").write_text(text)
    with pytest.raises(BadDataset, match=r"thresholds\.json is damaged"):
        read_thresholds(dataset)
