import pandas as pd
import pytest

from covergenre.dataset.pixel_cache import keep, read_kept

COLUMNS = ("dark", "blur")


def table(**rows: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS))


def test_a_table_reads_back_as_kept(tmp_path):
    kept = table(a=(0.5, 1.0), b=(0.25, float("nan")))
    keep(kept, tmp_path / "kept.parquet")
    pd.testing.assert_frame_equal(read_kept(tmp_path / "kept.parquet", COLUMNS, "float64"), kept)


def test_what_was_never_kept_has_no_rows(tmp_path):
    nothing = read_kept(tmp_path / "kept.parquet", COLUMNS, "float64")
    assert (len(nothing), tuple(nothing.columns)) == (0, COLUMNS)


@pytest.mark.parametrize("content", [b"", b"PAR1 torn", b"not a table"])
def test_a_damaged_file_counts_as_empty_and_is_told(tmp_path, caplog, content):
    (tmp_path / "kept.parquet").write_bytes(content)
    assert read_kept(tmp_path / "kept.parquet", COLUMNS, "float64").empty
    assert "is damaged" in caplog.text


def test_a_table_of_other_columns_counts_as_damaged(tmp_path):
    keep(table(a=(0.5, 1.0)), tmp_path / "kept.parquet")
    assert read_kept(tmp_path / "kept.parquet", ("dark",), "float64").empty


def test_a_picture_that_stands_twice_counts_as_damaged(tmp_path):
    keep(pd.concat([table(a=(0.5, 1.0)), table(a=(0.1, 0.2))]), tmp_path / "kept.parquet")
    assert read_kept(tmp_path / "kept.parquet", COLUMNS, "float64").empty
