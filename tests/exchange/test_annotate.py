import pytest
from drawing import genre_folders

from covergenre.dataset.registry import open_dataset, register
from covergenre.errors import BadDataset
from covergenre.exchange.annotate import annotate


@pytest.fixture
def dataset(tmp_path):
    return register("mine", genre_folders(tmp_path / "covers", ("jazz", "pop"), 2, side=16))[0]


def row(path):
    return open_dataset("mine").manifest.set_index("path").loc[path]


def test_rows_are_matched_by_path_and_counted(dataset):
    done = annotate(
        dataset, "albums.csv", b"file;artist;year\njazz/000.jpg;Ada Lane;1961\nno/such.jpg;Nobody;1\n", overwrite=False
    )
    assert row("jazz/000.jpg")["artist"] == "Ada Lane"
    assert row("jazz/000.jpg")["year"] == 1961
    assert (done.covers, done.cells) == (1, 2)
    assert "1 of 2 rows of albums.csv match a cover" in done.remarks[0]


def test_known_values_are_kept_unless_replacement_is_requested(dataset):
    annotate(dataset, "a.csv", b"path,artist\njazz/000.jpg,Ada\n", overwrite=False)
    annotate(dataset, "a.csv", b"path,artist\njazz/000.jpg,Bo\n", overwrite=False)
    assert row("jazz/000.jpg")["artist"] == "Ada"
    annotate(dataset, "a.csv", b"path,artist\njazz/000.jpg,Bo\n", overwrite=True)
    assert row("jazz/000.jpg")["artist"] == "Bo"


@pytest.mark.parametrize(
    "table",
    [b"", b"name,artist\na,b\n", b"path,artist\nno/such.jpg,Ada\n", b"path,artist\njazz/000.jpg\n", b"\xff\xff"],
)
def test_a_useless_table_is_rejected_by_name_and_nothing_changes(dataset, table):
    before = (dataset.folder / "manifest.csv").read_bytes()
    with pytest.raises(BadDataset, match=r"albums\.csv"):
        annotate(dataset, "albums.csv", table, overwrite=False)
    assert (dataset.folder / "manifest.csv").read_bytes() == before
