import csv

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from covergenre.dataset import table
from covergenre.dataset.table import COLUMNS, read_manifest, typed, write_manifest
from covergenre.errors import BadDataset

GOOD = {
    "path": "jazz/a.jpg",
    "name": "a",
    "ext": ".jpg",
    "source": "",
    "genre": "jazz",
    "width": "300",
    "height": "300",
    "mode": "RGB",
    "bytes": "9",
    "modified": "1795348877874623170",
    "content_hash": "ab" * 16,
    "phash": "cd" * 8,
    "artist": "Miles",
    "album": "",
    "year": "1959",
    "problem": "",
    "excluded": "",
    "original_genre": "",
    "edit": "",
}

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=12)
paths = st.lists(names.filter(lambda name: name not in (".", "..")), min_size=1, max_size=3).map("/".join)
counts = st.integers(0, 2**63 - 1)


@st.composite
def manifests(draw):
    def row(path):
        return {
            "path": path,
            **{column: draw(texts) for column in ("name", "ext", "source", "mode", "artist", "album", "note", "=1+1")},
            "genre": draw(texts.filter(str.strip)),
            **{column: draw(counts) for column in ("bytes", "modified")},
            **{column: draw(st.integers(1, 2**31)) for column in ("width", "height")},
            "content_hash": draw(st.text("0123456789abcdef", min_size=32, max_size=32)),
            "phash": draw(st.text("0123456789abcdef", min_size=16, max_size=16)),
            "year": draw(st.none() | st.integers(0, 9999)),
            **{column: draw(texts) for column in ("problem", "excluded", "original_genre", "edit", "tags")},
        }

    rows = [row(path) for path in draw(st.lists(paths, unique=True, max_size=5))]
    return typed({column: [row[column] for row in rows] for column in (*COLUMNS, "note", "=1+1")})


def stored(tmp_path, *rows, columns=COLUMNS):
    """A manifest file of `GOOD` rows with these changes."""
    file = tmp_path / "manifest.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, columns)
        writer.writeheader()
        writer.writerows({key: value for key, value in {**GOOD, **row}.items() if key in columns} for row in rows)
    return file


@given(manifest=manifests())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=80)
def test_any_manifest_round_trips(manifest, tmp_path):
    write_manifest(manifest, tmp_path / "manifest.csv")
    pd.testing.assert_frame_equal(read_manifest(tmp_path / "manifest.csv"), manifest)


@pytest.mark.parametrize(
    "name", ["=cmd|' /C calc'!A0", '"quoted", twice', "new\nline", "carriage\rreturn", "NA", "007", " "]
)
def test_awkward_names_round_trip(tmp_path, name):
    manifest = typed({**{column: [value] for column, value in GOOD.items()}, "path": [f"jazz/{name}"], "year": [None]})
    write_manifest(manifest, tmp_path / "manifest.csv")
    assert read_manifest(tmp_path / "manifest.csv")["path"].tolist() == [f"jazz/{name}"]


def test_further_columns_come_last_as_text(tmp_path):
    manifest = read_manifest(stored(tmp_path, {"rating": "007"}, columns=("rating", *COLUMNS)))
    assert manifest.columns[-1] == "rating"
    assert manifest["rating"].tolist() == ["007"]


def test_rows_are_sorted_by_path_and_blank_lines_skipped(tmp_path):
    file = stored(tmp_path, {"path": "pop/b.jpg"}, {"path": "jazz/a.jpg"})
    file.write_text(file.read_text().replace("pop/b.jpg", "\npop/b.jpg") + "\n\n")
    assert read_manifest(file)["path"].tolist() == ["jazz/a.jpg", "pop/b.jpg"]


def test_a_table_saved_by_a_spreadsheet_is_read(tmp_path):
    file = stored(tmp_path, {"year": "1959.0", "modified": "1.79535E+18"})
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    manifest = read_manifest(file)
    assert (manifest.loc[0, "year"], manifest.loc[0, "modified"]) == (1959, 1_795_350_000_000_000_000)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        *(
            ("path", cell)
            for cell in ("", "/etc/passwd", "../a.jpg", "jazz/../../a.jpg", "jazz//a.jpg", "./a.jpg", "a\0b")
        ),
        *(("genre", cell) for cell in ("", " ")),
        *(("width", cell) for cell in ("", "-1", "3.5", "1e3", "٣", "9" * 30, "nan", "0")),
        *(("modified", cell) for cell in ("yesterday", "9.9E+18", str(2**63))),
        *(("year", cell) for cell in ("long ago", "-5", "19591", "NaN")),
        *(("content_hash", cell) for cell in ("", "ab", "AB" * 16, "zz" * 16, "ab" * 16 + "\n")),
        *(("phash", cell) for cell in ("", "cd" * 9)),
    ],
)
def test_an_invalid_cell_is_reported_by_row_and_column(tmp_path, column, cell):
    file = stored(tmp_path, {"path": "jazz/first.jpg"}, {column: cell})
    with pytest.raises(BadDataset, match=rf"manifest\.csv: row 3, column '{column}' holds .*; expected "):
        read_manifest(file)


def test_rows_are_numbered_as_in_a_spreadsheet(tmp_path):
    file = stored(tmp_path, {"path": "a/two\nlines.jpg"}, {"path": "b/c.jpg", "year": "?"})
    with pytest.raises(BadDataset, match="row 3, column 'year'"):
        read_manifest(file)


def test_a_duplicate_path_is_reported_with_both_rows(tmp_path):
    with pytest.raises(
        BadDataset, match=r"row 4, column 'path' holds 'jazz/a.jpg'; expected a path once, and row 2 has it"
    ):
        read_manifest(stored(tmp_path, {}, {"path": "jazz/b.jpg"}, {}))


def test_a_cover_with_a_problem_needs_no_hashes(tmp_path):
    broken = {"content_hash": "", "phash": "", "width": "0", "height": "0", "problem": "is empty"}
    assert read_manifest(stored(tmp_path, broken)).loc[0, "problem"] == "is empty"


@pytest.mark.parametrize("column", [column for column in COLUMNS if column != "tags"])
def test_a_missing_column_is_reported(tmp_path, column):
    columns = tuple(name for name in COLUMNS if name != column)
    with pytest.raises(BadDataset, match=f"row 1 names no column '{column}'"):
        read_manifest(stored(tmp_path, {}, columns=columns))


def test_the_tags_column_may_be_missing(tmp_path):
    columns = tuple(name for name in COLUMNS if name != "tags")
    assert read_manifest(stored(tmp_path, {}, columns=columns)).loc[0, "tags"] == ""


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda text: "", "row 1 names no column 'path'"),
        (lambda text: text.replace(",", ";"), "row 1 names no column 'path'"),
        (lambda text: text.replace("artist", "album"), "row 1 names the column 'album' twice"),
        (lambda text: text + "jazz/b.jpg,b\r\n", "row 3 ends before the column 'ext'"),
        (lambda text: text.replace("Miles", "Davis, Miles"), "row 2 goes on after the column 'tags'"),
        (lambda text: text.replace("Miles", '"Miles" Davis'), "what follows row 1 isn't CSV"),
        (lambda text: text + '"never closed', "what follows row 2 isn't CSV"),
        (lambda text: text + '"' + "x" * 200_000 + '"', "what follows row 2 isn't CSV"),
    ],
)
def test_a_malformed_file_is_refused_with_its_row(tmp_path, break_it, message):
    file = stored(tmp_path, {})
    file.write_text(break_it(file.read_text()))
    with pytest.raises(BadDataset, match=message):
        read_manifest(file)


@given(junk=st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_bytes_are_refused(junk, tmp_path):
    (tmp_path / "junk.csv").write_bytes(junk)
    with pytest.raises(BadDataset):
        read_manifest(tmp_path / "junk.csv")


@given(row=st.integers(0, 2), column=st.sampled_from(COLUMNS), cell=texts)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cell_is_accepted_or_reported(row, column, cell, tmp_path):
    rows = [{"path": f"jazz/{number}.jpg"} for number in range(3)]
    rows[row][column] = cell
    file = stored(tmp_path, *rows)
    try:
        read, refused = len(read_manifest(file)), ""
    except BadDataset as error:
        read, refused = 0, str(error)
    assert read == 3 or f"row {row + 2}, column '" in refused


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadDataset, match="there is no file"):
        read_manifest(tmp_path / "manifest.csv")


class TestManyCovers:
    @pytest.fixture(autouse=True)
    def few_are_many(self, monkeypatch):
        monkeypatch.setattr(table, "MANY", 0)

    @given(manifest=manifests())
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=25)
    def test_a_mapped_table_equals_the_csv(self, manifest, tmp_path):
        path = tmp_path / "manifest.csv"
        write_manifest(manifest, path)
        mapped = read_manifest(path)
        path.with_suffix(".arrow").unlink(missing_ok=True)
        pd.testing.assert_frame_equal(mapped, read_manifest(path))
        pd.testing.assert_frame_equal(mapped, read_manifest(path))

    def test_an_edit_of_the_csv_is_noticed(self, tmp_path):
        path = stored(tmp_path, GOOD)
        read_manifest(path)
        path.write_text(path.read_text().replace("Miles", "Miles Davis"))
        assert read_manifest(path)["artist"].tolist() == ["Miles Davis"]
        assert read_manifest(path)["artist"].tolist() == ["Miles Davis"]

    def test_a_damaged_mapping_is_made_again(self, tmp_path):
        path = stored(tmp_path, GOOD)
        read_manifest(path)
        path.with_suffix(".arrow").write_bytes(b"ARROW1 and nothing")
        assert read_manifest(path)["artist"].tolist() == ["Miles"]

    def test_an_invalid_cell_is_refused(self, tmp_path):
        path = stored(tmp_path, GOOD)
        read_manifest(path)
        path.write_text(path.read_text().replace("1959", "in 1959"))
        with pytest.raises(BadDataset, match="year"):
            read_manifest(path)
