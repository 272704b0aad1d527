import pytest
from drawing import genre_folders
from tiny import tiny_recipe

from covergenre.dataset.registry import register
from covergenre.errors import Cancelled
from covergenre.survey.examine import examine, known_vectors, split_if_possible


@pytest.fixture
def dataset(tmp_path):
    return register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 26))[0]


def test_what_takes_no_vectors_is_found_first(dataset, tmp_path):
    first = []
    whole = examine(dataset, publish=first.append, recipe=tiny_recipe(tmp_path))
    assert "outliers" in first[0].report.skipped
    assert first[0].units is None
    assert "outliers" not in whole.report.skipped
    assert len(whole.units) == 52
    assert set(whole.split.parts) == {"train", "validation", "test"}


def test_the_second_time_the_vectors_are_there(dataset, tmp_path):
    recipe = tiny_recipe(tmp_path)
    assert known_vectors(dataset, recipe) is None
    examine(dataset, recipe=recipe)
    first = []
    again = examine(dataset, publish=first.append, recipe=recipe)
    assert first == []
    assert len(again.units) == len(known_vectors(dataset, recipe))


def test_stopped_while_embedding_what_was_found_first_is_there(dataset, tmp_path):
    first, under_way = [], []

    def report(progress):
        under_way.append(progress.what)

    with pytest.raises(Cancelled):
        examine(dataset, report, lambda: "embedding covers" in under_way, first.append, recipe=tiny_recipe(tmp_path))
    assert first[0].report.covers == 52


def test_a_data_set_too_small_to_split_is_examined_without_a_split(tmp_path):
    small = register("small", genre_folders(tmp_path / "small", ("jazz",), 1))[0]
    assert split_if_possible(small) is None
    assert "leakage" in examine(small, recipe=tiny_recipe(tmp_path)).report.skipped
