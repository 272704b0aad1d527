import pytest

from covergenre.dataset.metadata import Metadata, read_metadata
from covergenre.errors import BadDataset

PATHS = ["jazz/a.jpg", "jazz/b.jpg", "rap/a.jpg"]


@pytest.fixture
def metadata_of(tmp_path):
    """The metadata of `PATHS` in a table of this content."""

    def read(content: str | bytes) -> Metadata:
        file = tmp_path / "manifest.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_metadata(file, PATHS)

    return read


def test_known_and_further_columns_are_read(metadata_of):
    notes = metadata_of("path,genre,year,image_url\njazz/a.jpg,jazz,,u\njazz/b.jpg,Jazz,1999,\n")

    assert notes.values == {
        "year": {"jazz/a.jpg": None, "jazz/b.jpg": 1999},
        "image_url": {"jazz/a.jpg": "u", "jazz/b.jpg": ""},
    }
    assert notes.remarks == ()


@pytest.mark.parametrize("parted", [",", ";", "\t", "|"])
def test_common_delimiters_are_recognised(metadata_of, parted):
    assert metadata_of(f"path{parted}artist\r\njazz/a.jpg{parted}Ada\r\n").values["artist"] == {"jazz/a.jpg": "Ada"}


def test_utf_16_is_read(metadata_of):
    assert metadata_of("path\tartist\njazz/a.jpg\tÉdith\n".encode("utf-16")).values["artist"] == {"jazz/a.jpg": "Édith"}


@pytest.mark.parametrize("column", ["Path", "PATH", "file", "filename", "File Name", "image_path"])
def test_the_path_column_may_have_another_name(metadata_of, column):
    assert metadata_of(f"{column},Artist\njazz/a.jpg,Ada\n").values == {"artist": {"jazz/a.jpg": "Ada"}}


@pytest.mark.parametrize(
    "path", ["jazz\\b.jpg", "./jazz/b.jpg", "covers/jazz/b.jpg", "C:\\my\\covers\\jazz\\b.jpg", "b.jpg", " jazz/b.jpg "]
)
def test_a_path_may_start_elsewhere_or_have_backslashes(metadata_of, path):
    assert metadata_of(f"path,artist\n{path},Ada\n").values["artist"] == {"jazz/b.jpg": "Ada"}


def test_an_ambiguous_file_name_matches_no_cover(metadata_of):
    notes = metadata_of("path,artist\na.jpg,Ada\njazz/b.jpg,Bo\n")

    assert notes.values["artist"] == {"jazz/b.jpg": "Bo"}
    assert notes.remarks == ("1 of 2 rows of manifest.csv match a cover",)


def test_a_path_in_another_folder_does_not_match(metadata_of):
    assert metadata_of("path,artist\npop/b.jpg,Ada\n").values["artist"] == {}


def test_a_table_that_matches_nothing_is_reported_with_an_example(metadata_of):
    (remark,) = metadata_of("path,artist\nx/1.jpg,Ada\ny/2.jpg,Bo\n").remarks

    assert remark.startswith("0 of 2 rows of manifest.csv match a cover; its paths look like 'x/1.jpg'")


def test_a_table_without_a_path_column_is_reported(metadata_of):
    (remark,) = metadata_of("who;what\nAda;Blue\n").remarks

    assert remark == "manifest.csv was not used: its first row names 'who', 'what', and no column 'path'"


def test_genres_that_contradict_the_folders_are_counted(metadata_of):
    notes = metadata_of("path,genre\njazz/a.jpg,Jazz\njazz/b.jpg,pop\n")
    assert notes.remarks == (
        "1 of 2 rows of manifest.csv name another genre than their folder (pop, ...), which stands",
    )


def test_a_date_gives_the_year(metadata_of):
    assert metadata_of("path,date\njazz/a.jpg,1959-08-17\n").values["year"] == {"jazz/a.jpg": 1959}


def test_a_cover_listed_twice_is_an_error(metadata_of):
    with pytest.raises(BadDataset, match=r"row 3, column 'path' holds .*; expected a cover once, and row 2 has it"):
        metadata_of("path,artist\njazz/a.jpg,Ada\ncovers/jazz/a.jpg,Bo\n")


def test_bytes_that_are_not_text_are_refused(metadata_of):
    with pytest.raises(BadDataset, match="UTF-8"):
        metadata_of(b"path,artist\n\xff\xfe\xfd")
