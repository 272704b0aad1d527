import pytest
from drawing import genre_folders

from covergenre.dataset.registry import register
from covergenre.dataset.views import drop_view, read_views, save_view
from covergenre.errors import BadDataset, CoverGenreError

RAP = {"from_genre": ["rap"], "see": ["Gallery"]}


@pytest.fixture
def dataset(tmp_path):
    return register("mine", genre_folders(tmp_path / "covers", ("jazz",), 1, side=16))[0]


def test_a_view_is_found_by_its_name(dataset):
    save_view(dataset, " all  rap ", RAP)
    assert read_views(dataset) == {"all rap": RAP}


def test_a_view_of_the_same_name_is_replaced(dataset):
    save_view(dataset, "mine", RAP)
    save_view(dataset, "mine", {})
    assert read_views(dataset) == {"mine": {}}


def test_a_view_can_be_deleted(dataset):
    save_view(dataset, "mine", RAP)
    drop_view(dataset, "mine")
    assert read_views(dataset) == {}


@pytest.mark.parametrize("name", ["", "  ", "a" * 41])
def test_an_invalid_name_is_refused(dataset, name):
    with pytest.raises(CoverGenreError, match="needs a name"):
        save_view(dataset, name, RAP)


@pytest.mark.parametrize("text", ["[", "[]", '{"a": 1}', '{"a": {"b": "c"}}'])
def test_a_damaged_file_is_named(dataset, text):
    (dataset.folder / "views.json").write_text(text)
    with pytest.raises(BadDataset, match=r"views\.json is damaged"):
        read_views(dataset)
