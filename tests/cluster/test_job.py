import json
import subprocess
from pathlib import Path
from typing import ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.registry import _registry
from tiny import tiny_recipe

from covergenre.cluster import job
from covergenre.cluster.inputs import find_items, read
from covergenre.cluster.job import Outcome, run
from covergenre.cluster.shards import Shards
from covergenre.cluster.steps import answers, look, measures, thumbnails, vectors
from covergenre.errors import Cancelled, CoverGenreError, MissingPackage
from covergenre.predict import Predictor
from covergenre.progress import Monitor

STEPS = [look()]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(job, "_BATCHES", (4, 2, 1))


def rows(out, steps=STEPS, columns=("path", "problem", "width")):
    tables = Shards(out, steps).tables(columns)
    return sorted((row for table in tables for row in table.to_pylist()), key=lambda row: row["path"])


def test_each_cover_has_one_row_and_a_bad_one_the_reason(items, out):
    outcome = run(items, STEPS, out)
    assert (outcome.done, outcome.reused, outcome.undone) == (len(items), 0, {})
    assert list(outcome.bad) == ["jazz/bad.png"]
    found = rows(out)
    assert [row["path"] for row in found] == [item.path for item in items]
    assert [row["width"] for row in found if not row["problem"]] == list(range(40, 52))


def test_completed_covers_are_not_processed_again(items, out):
    first = run(items[:5], STEPS, out)
    again = run(items, STEPS, out)
    assert (first.done, again.done, again.reused) == (5, len(items) - 5, 5)
    assert run(items, STEPS, out) == Outcome(0, len(items), again.bad, {})


@pytest.fixture(params=["memory", "gs", "s3", "theirs"])
def protocol(request, monkeypatch) -> str:
    """The URL prefix of a store that fsspec knows or was registered with it; all are in memory."""

    class Store(MemoryFileSystem):
        protocol = request.param
        store: ClassVar = {}
        pseudo_dirs: ClassVar = [""]

        @classmethod
        def _strip_protocol(cls, path):
            return MemoryFileSystem._strip_protocol(str(path).removeprefix(f"{cls.protocol}://"))

    monkeypatch.setitem(_registry, request.param, Store)
    return request.param


def test_covers_and_rows_may_be_on_any_fsspec_filesystem(items, protocol):
    bucket, covers, kept = fsspec.filesystem(protocol), f"{protocol}://bucket/covers", f"{protocol}://bucket/rows"
    for item in items:
        bucket.pipe_file(f"/bucket/covers/{item.path}", Path(item.address).read_bytes())
    there = find_items(covers)
    assert [item.path for item in there] == [item.path for item in items]
    assert all(item.address.startswith(f"{protocol}://") for item in there)
    assert run(there, STEPS, kept).done == len(items)
    assert [row["path"] for row in rows(kept)] == [item.path for item in items]
    assert run(there, STEPS, kept).reused == len(items)
    bucket.pipe_file("/bucket/list.txt", "\n".join(item.address for item in there).encode())
    assert [read(item.address) for item in find_items(f"{protocol}://bucket/list.txt")] == [
        read(item.address) for item in there
    ]


def test_a_stopped_job_keeps_completed_rows(items, out):
    with pytest.raises(Cancelled, match="are kept"):
        run(items, STEPS, out, monitor=Monitor(should_stop=lambda: True))
    kept = len(rows(out))
    assert kept > 0
    assert run(items, STEPS, out).reused == kept


def test_a_damaged_shard_is_rebuilt(items, out, tmp_path):
    run(items, STEPS, out)
    next((tmp_path / "out").glob("*/*.parquet")).write_bytes(b"PAR1 and nothing")
    again = run(items, STEPS, out)
    assert 0 < again.done <= 4
    assert len(rows(out)) == len(items)


def test_a_cover_of_a_data_set_that_changed_has_no_row(items, out):
    from dataclasses import replace

    changed = [replace(items[0], content_hash="0" * 32)]
    assert "no longer the picture" in run(changed, STEPS, out).undone[items[0].path]
    assert rows(out) == []


def test_a_full_disk_is_reported_and_a_retry_succeeds(items, out, tmp_path):
    (tmp_path / "out").mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", out], capture_output=True).returncode:
        pytest.skip("a disk of its own can't be had here")
    try:
        outcome = run(items, STEPS, out)
    finally:
        subprocess.run(["umount", out], check=True)
    assert outcome.done + len(outcome.undone) == len(items)
    assert "make room" in next(iter(outcome.undone.values()))
    assert run(items, STEPS, out).undone == {}
    assert len(rows(out)) == len(items)


def test_all_steps_fill_their_columns_in_one_pass(items, out, tmp_path, starter):
    recipe = tiny_recipe(tmp_path)
    steps = [look(), measures(), thumbnails(), vectors(recipe, ("original", "flip")), answers("starter")]
    run(items[:1], steps, out)
    columns = ("phash", "brightness", "thumbnail", "signature", "vector_original", "vector_flip", "genre", "answer")
    (row,) = rows(out, steps, ("path", *columns))
    assert all(row.values())
    expected = Predictor.open().predict((tmp_path / "covers" / items[0].path).read_bytes())
    assert (row["genre"], json.loads(row["answer"])["genre"]) == (expected.genre, expected.genre)


def test_each_set_of_steps_has_separate_shards(items, out):
    run(items, STEPS, out)
    assert run(items, [measures()], out).done == len(items)


def test_an_unknown_engine_is_reported(items, out):
    with pytest.raises(CoverGenreError, match="no place to run on"):
        run(items, STEPS, out, on="moon")


def test_without_ray_the_error_says_what_to_install(items, out, hide_packages):
    hide_packages("ray")
    with pytest.raises(MissingPackage, match="pip install ray"):
        run(items, STEPS, out, on="ray")
