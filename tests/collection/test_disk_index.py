import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from covergenre.collection.disk_index import DiskIndex, build_disk_index
from covergenre.embedding.store import VectorStore
from covergenre.errors import Cancelled, CoverGenreError
from covergenre.methods.space import Space
from covergenre.progress import Monitor

N = 60
SPACE = Space(np.eye(6, 4, dtype=np.float32), np.zeros(4, np.float32))


@pytest.fixture
def covers() -> pd.DataFrame:
    rows = range(N)
    return pd.DataFrame(
        {"content_hash": [f"{row:032x}" for row in rows], "id": [f"jazz/{row}.jpg" for row in rows], "part": "train"}
    )


@pytest.fixture
def vectors() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(N, 8)).astype(np.float32)


@pytest.fixture
def store(tmp_path, covers, vectors) -> VectorStore:
    """The vectors in two shards, in another order than the covers."""
    made, hashes = VectorStore(tmp_path / "vectors"), covers["content_hash"].tolist()
    made.put(hashes[40:], vectors[40:])
    made.put(hashes[:40], vectors[:40])
    return made


@pytest.fixture
def folder(tmp_path, covers, store):
    build_disk_index(tmp_path / "near", covers, store, SPACE, 6)
    return tmp_path / "near"


@pytest.fixture
def builder(tmp_path, store) -> Iterator[subprocess.Popen]:
    """A process that is in the middle of building the index in `tmp_path / "near"`."""
    process = subprocess.Popen([sys.executable, "-c", _BUILDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "placing covers\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_projected_vectors_are_in_the_order_of_the_covers(folder, vectors):
    near = DiskIndex.open(folder)
    placed = vectors[:, :4] / np.linalg.norm(vectors[:, :4], axis=1, keepdims=True)
    np.testing.assert_allclose(near.vectors, placed, atol=1e-3)
    np.testing.assert_array_equal(near.space.project(vectors[:, :6]), vectors[:, :4])
    assert near.index.search(placed[7:8], 1)[1].item() == 7


def test_deleted_and_changed_covers_are_not_matched(folder, covers):
    now = covers.drop(index=3).assign(part="")[::-1]
    now.loc[5, "content_hash"] = "f" * 32
    rows, matched = DiskIndex.open(folder).match(now)
    assert np.flatnonzero(rows < 0).tolist() == [3, 5]
    assert (now["id"].to_numpy()[rows[rows >= 0]] == covers["id"].drop([3, 5]).to_numpy()).all()
    assert matched["part"].astype(str).value_counts().to_dict() == {"train": N - 2, "": 1}


def test_a_damaged_index_is_ignored(folder, caplog):
    file = folder / "index.faiss"
    file.write_bytes(file.read_bytes()[:-1])
    assert DiskIndex.open(folder) is None
    assert "build the index again" in caplog.text


def test_a_missing_index_opens_as_none(tmp_path):
    assert DiskIndex.open(tmp_path / "near") is None


def test_covers_without_vectors_are_an_error(tmp_path, covers, store):
    more = pd.concat([covers, covers[:1].assign(content_hash="f" * 32)])
    with pytest.raises(CoverGenreError, match="only 60 of 61 covers have vectors"):
        build_disk_index(tmp_path / "near", more, store, SPACE, 6)


def test_a_stopped_build_leaves_the_previous_index_only(tmp_path, folder, covers, store):
    with pytest.raises(Cancelled):
        build_disk_index(folder, covers[:30], store, SPACE, 6, monitor=Monitor(should_stop=lambda: True))
    assert len(DiskIndex.open(folder).vectors) == N
    assert sorted(path.name for path in tmp_path.iterdir()) == [".near.lock", "near", "vectors"]


def test_a_new_build_replaces_the_previous_index(tmp_path, folder, covers, store):
    build_disk_index(folder, covers[:30], store, SPACE, 6)
    assert len(DiskIndex.open(folder).vectors) == 30
    assert sorted(path.name for path in tmp_path.iterdir()) == [".near.lock", "near", "vectors"]


def test_a_build_removes_what_a_killed_process_left(tmp_path, covers, store, builder):
    builder.send_signal(signal.SIGKILL)
    assert builder.wait() == -signal.SIGKILL
    assert _hidden(tmp_path, "new"), "nothing was left, so nothing is tested"
    build_disk_index(tmp_path / "near", covers, store, SPACE, 6)
    assert len(DiskIndex.open(tmp_path / "near").vectors) == N
    assert not _hidden(tmp_path, "new")


def test_two_processes_cannot_build_at_once(tmp_path, covers, store, builder):
    with pytest.raises(CoverGenreError, match="built by another process"):
        build_disk_index(tmp_path / "near", covers, store, SPACE, 6)
    assert _hidden(tmp_path, "new"), "what the other one has made is gone"


def _hidden(folder: Path, ending: str) -> list[Path]:
    return list(folder.glob(f".*.{ending}"))


_BUILDER = """
import sys, time
from pathlib import Path
import numpy as np, pandas as pd
from covergenre.collection.disk_index import build_disk_index
from covergenre.embedding.store import VectorStore
from covergenre.methods.space import Space
from covergenre.progress import Monitor

def wait(progress):
    print(progress.what, flush=True)
    time.sleep(600)

folder, rows = Path(sys.argv[1]), range(60)
covers = pd.DataFrame({"content_hash": [f"{row:032x}" for row in rows], "id": "", "part": "train"})
space = Space(np.eye(6, 4, dtype=np.float32), np.zeros(4, np.float32))
build_disk_index(folder / "near", covers, VectorStore(folder / "vectors"), space, 6, monitor=Monitor(wait))
"""
