from pathlib import Path

import pandas as pd
import pytest

from covergenre.dataset.pixel_cache import PixelCache
from covergenre.errors import Cancelled
from covergenre.progress import SILENT, Monitor

COVERS = pd.DataFrame({"path": ["1.jpg", "2.jpg", "3.jpg", "4.jpg"], "content_hash": ["a", "b", "a", "c"]})


@pytest.fixture
def cache(tmp_path: Path) -> PixelCache:
    return PixelCache(tmp_path / "cache" / "table.parquet", ("dark", "blur"), "float64")


def table(**rows: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index", columns=["dark", "blur"])


def test_a_table_reads_back_as_written(cache):
    stored = table(a=(0.5, 1.0), b=(0.25, float("nan")))
    cache.write(stored)
    pd.testing.assert_frame_equal(cache.read(), stored)


def test_without_a_file_there_are_no_rows(cache):
    assert (len(cache.read()), tuple(cache.read().columns)) == (0, cache.columns)


@pytest.mark.parametrize("content", [b"", b"PAR1 torn", b"not a table"])
def test_a_damaged_file_counts_as_empty_and_is_logged(cache, caplog, content):
    cache.file.parent.mkdir()
    cache.file.write_bytes(content)
    assert cache.read().empty
    assert "is damaged" in caplog.text


def test_a_table_of_other_columns_counts_as_damaged(cache):
    cache.write(table(a=(0.5, 1.0))[["dark"]])
    assert cache.read().empty


def test_a_picture_with_two_rows_counts_as_damaged(cache):
    cache.write(pd.concat([table(a=(0.5, 1.0)), table(a=(0.1, 0.2))]))
    assert cache.read().empty


def test_rows_are_added_for_new_pictures_only(cache):
    cache.add(table(a=(0.5, 1.0)))
    cache.add(table(a=(0.0, 0.0), b=(0.2, 0.3)))
    pd.testing.assert_frame_equal(cache.read(), table(a=(0.5, 1.0), b=(0.2, 0.3)))


def test_each_picture_is_computed_once(cache):
    computed = []

    def compute(path: str, key: str) -> tuple[float, float] | None:
        computed.append((path, key))
        return None if key == "c" else (float(ord(key)), 0.0)

    filled = cache.fill(COVERS, compute, SILENT, "computing", "it is kept")
    assert filled["dark"].tolist()[:3] == [97, 98, 97]
    assert filled.iloc[3].isna().all()
    assert sorted(computed) == [("1.jpg", "a"), ("2.jpg", "b"), ("4.jpg", "c")]
    cache.fill(COVERS, compute, SILENT, "computing", "it is kept")
    assert computed[3:] == [("4.jpg", "c")]


def test_a_stop_keeps_what_was_computed(cache):
    stops = iter([False, False, True])
    with pytest.raises(Cancelled, match="after 2 of 3 covers; it is kept"):
        cache.fill(COVERS, lambda *_: (1.0, 1.0), Monitor(should_stop=lambda: next(stops)), "computing", "it is kept")
    assert cache.read().index.tolist() == ["a", "b"]


def test_a_full_cache_reports_no_progress(cache):
    told = []
    for _ in range(2):
        told.clear()
        filled = cache.fill(COVERS, lambda path, key: (0.5, 1.0), Monitor(told.append), "measuring", "kept")
    assert (len(filled), told) == (4, [])
