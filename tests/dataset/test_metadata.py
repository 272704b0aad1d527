import pytest

from covergenre.dataset.metadata import Metadata, read_metadata
from covergenre.errors import BadDataset

PATHS = ["jazz/a.jpg", "jazz/b.jpg", "rap/a.jpg"]


@pytest.fixture
def told(tmp_path):
    """What a table of this content tells of `PATHS`."""

    def read(content: str | bytes) -> Metadata:
        file = tmp_path / "manifest.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_metadata(file, PATHS)

    return read


def test_notes_are_the_known_columns_and_those_of_the_tables_own(told):
    notes = told("path,genre,year,image_url\njazz/a.jpg,jazz,,u\njazz/b.jpg,Jazz,1999,\n")

    assert notes.values == {
        "year": {"jazz/a.jpg": None, "jazz/b.jpg": 1999},
        "image_url": {"jazz/a.jpg": "u", "jazz/b.jpg": ""},
    }
    assert notes.remarks == ()


@pytest.mark.parametrize("parted", [",", ";", "\t", "|"])
def test_cells_may_be_parted_by_what_a_spreadsheet_likes(told, parted):
    assert told(f"path{parted}artist\r\njazz/a.jpg{parted}Ada\r\n").values["artist"] == {"jazz/a.jpg": "Ada"}


def test_the_unicode_text_of_a_spreadsheet_is_read(told):
    assert told("path\tartist\njazz/a.jpg\tÉdith\n".encode("utf-16")).values["artist"] == {"jazz/a.jpg": "Édith"}


@pytest.mark.parametrize("column", ["Path", "PATH", "file", "filename", "File Name", "image_path"])
def test_the_column_of_paths_may_be_called_otherwise(told, column):
    assert told(f"{column},Artist\njazz/a.jpg,Ada\n").values == {"artist": {"jazz/a.jpg": "Ada"}}


@pytest.mark.parametrize(
    "path", ["jazz\\b.jpg", "./jazz/b.jpg", "covers/jazz/b.jpg", "C:\\my\\covers\\jazz\\b.jpg", "b.jpg", " jazz/b.jpg "]
)
def test_a_path_may_begin_elsewhere_or_have_backslashes(told, path):
    assert told(f"path,artist\n{path},Ada\n").values["artist"] == {"jazz/b.jpg": "Ada"}


def test_a_name_that_two_covers_have_means_neither(told):
    notes = told("path,artist\na.jpg,Ada\njazz/b.jpg,Bo\n")

    assert notes.values["artist"] == {"jazz/b.jpg": "Bo"}
    assert notes.remarks == ("1 of 2 rows of manifest.csv match a cover",)


def test_another_cover_of_the_same_file_name_is_not_meant(told):
    assert told("path,artist\npop/b.jpg,Ada\n").values["artist"] == {}


def test_a_table_that_matches_nothing_is_named_with_what_it_holds(told):
    (remark,) = told("path,artist\nx/1.jpg,Ada\ny/2.jpg,Bo\n").remarks

    assert remark.startswith("0 of 2 rows of manifest.csv match a cover; its paths look like 'x/1.jpg'")


def test_a_table_without_a_column_of_paths_is_named(told):
    (remark,) = told("who;what\nAda;Blue\n").remarks

    assert remark == "manifest.csv was not used: its first row names 'who', 'what', and no column 'path'"


def test_genres_that_contradict_the_folders_are_counted(told):
    notes = told("path,genre\njazz/a.jpg,Jazz\njazz/b.jpg,pop\n")
    assert notes.remarks == (
        "1 of 2 rows of manifest.csv name another genre than their folder (pop, ...), which stands",
    )


def test_a_date_tells_the_year(told):
    assert told("path,date\njazz/a.jpg,1959-08-17\n").values["year"] == {"jazz/a.jpg": 1959}


def test_a_cover_told_of_twice_is_named(told):
    with pytest.raises(BadDataset, match=r"row 3, column 'path' holds .*; expected a cover once, and row 2 has it"):
        told("path,artist\njazz/a.jpg,Ada\ncovers/jazz/a.jpg,Bo\n")


def test_bytes_that_are_no_text_are_refused(told):
    with pytest.raises(BadDataset, match="UTF-8"):
        told(b"path,artist\n\xff\xfe\xfd")
