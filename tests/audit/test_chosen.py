import pytest
from drawing import genre_folders

from covergenre.audit import THRESHOLDS, choose_threshold, chosen_thresholds
from covergenre.dataset.registry import register
from covergenre.errors import BadDataset, CoverGenreError


@pytest.fixture
def dataset(tmp_path):
    return register("mine", genre_folders(tmp_path / "covers", ("jazz",), 1))[0]


def test_a_threshold_that_was_chosen_is_kept_with_the_data_set(dataset):
    assert chosen_thresholds(dataset) == {}
    choose_threshold(dataset, "outliers", 0.4)
    choose_threshold(dataset, "dark", 0.9)
    assert chosen_thresholds(dataset) == {"outliers": 0.4, "dark": 0.9}


def test_the_usual_threshold_is_not_kept(dataset):
    choose_threshold(dataset, "outliers", 0.4)
    choose_threshold(dataset, "outliers", THRESHOLDS["outliers"])
    assert chosen_thresholds(dataset) == {}


@pytest.mark.parametrize(("issue", "value"), [("nonsense", 0.5), ("outliers", 1.5), ("outliers", float("nan"))])
def test_what_can_not_be_is_refused_and_not_kept(dataset, issue, value):
    with pytest.raises(CoverGenreError):
        choose_threshold(dataset, issue, value)
    assert chosen_thresholds(dataset) == {}


@pytest.mark.parametrize("text", ["", "[]", '{"nonsense": 1}', '{"dark": "much"}', '{"dark": null}', '{"dark": 2}'])
def test_a_damaged_file_is_named(dataset, text):
    (dataset.folder / "thresholds.json").write_text(text)
    with pytest.raises(BadDataset, match=r"thresholds\.json is damaged"):
        chosen_thresholds(dataset)
