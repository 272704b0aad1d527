import logging
import pickle
import signal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covergenre.embedding import store as module
from covergenre.embedding.store import VectorStore

WRITER = """
import sys
from itertools import count
from pathlib import Path
import numpy as np
from covergenre.embedding.store import VectorStore

folder, name, shards = sys.argv[1:]
store = VectorStore(Path(folder))
for shard in count() if shards == "endless" else range(int(shards)):
    store.put([f"{name}/{shard}/{row}" for row in range(20)], np.full((20, 500), shard))
    print(shard, flush=True)
"""


def written(name: str, shard: int) -> list[str]:
    """The keys that WRITER puts into one of its shards."""
    return [f"{name}/{shard}/{row}" for row in range(20)]


def damaged(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records if "damaged" in record.getMessage()]


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@pytest.fixture
def store(tmp_path) -> VectorStore:
    return VectorStore(tmp_path / "made" / "when needed")


@settings(max_examples=40)
@given(
    st.lists(
        st.dictionaries(st.text("0123456789abcdef", min_size=1), st.integers(-9, 9), min_size=1), min_size=1, max_size=4
    )
)
def test_stored_vectors_are_returned(tmp_path_factory, shards):
    store = VectorStore(tmp_path_factory.mktemp("store"))
    # A key always has one vector, whatever shard it is in.
    known = {key: value for shard in reversed(shards) for key, value in shard.items()}
    for shard in shards:
        store.put(list(shard), [[known[key], 1] for key in shard])

    found, vectors = store.get(list(known))

    assert found.all()
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, [[value, 1] for value in known.values()])


def test_rows_follow_the_requested_keys(store):
    store.put(["a", "b", "c"], np.eye(3))

    found, vectors = store.get(["c", "a", "c"])

    assert found.tolist() == [True, True, True]
    np.testing.assert_array_equal(vectors, np.eye(3)[[2, 0, 2]])


def test_unknown_keys_are_reported_as_not_found(store):
    store.put(["a"], np.ones((1, 3)))

    found, vectors = store.get(["x", "a"])

    assert found.tolist() == [False, True]
    np.testing.assert_array_equal(vectors, [[0, 0, 0], [1, 1, 1]])


def test_an_empty_store_holds_nothing(store):
    found, vectors = store.get(["a", "b"])

    assert (found.tolist(), vectors.shape) == ([False, False], (2, 0))


def test_no_keys_have_no_vectors(store):
    store.put(["a"], np.ones((1, 3)))

    found, vectors = store.get([])

    assert (found.shape, vectors.shape) == ((0,), (0, 3))


def cut_short(shard: Path) -> None:
    shard.write_bytes(shard.read_bytes()[:-100])


def emptied(shard: Path) -> None:
    shard.write_bytes(b"")


def flipped(shard: Path) -> None:
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 0xFF
    shard.write_bytes(data)


def turned_into_a_folder(shard: Path) -> None:
    shard.unlink()
    shard.mkdir()


def left_without_vectors(shard: Path) -> None:
    np.savez(shard, keys=np.array(["a"]))


def given_a_row_too_few(shard: Path) -> None:
    np.savez(shard, keys=np.array(["a", "b"]), vectors=np.ones((1, 50), np.float32))


def given_other_numbers(shard: Path) -> None:
    np.savez(shard, keys=np.array(["a"]), vectors=np.ones((1, 50)))


@pytest.mark.parametrize(
    "damage",
    [
        cut_short,
        emptied,
        flipped,
        turned_into_a_folder,
        left_without_vectors,
        given_a_row_too_few,
        given_other_numbers,
    ],
)
def test_a_damaged_shard_is_ignored(tmp_path, caplog, damage):
    store = VectorStore(tmp_path)
    store.put(["a"], np.full((1, 50), 1))
    (shard,) = tmp_path.iterdir()
    store.put(["b"], np.full((1, 50), 2))
    damage(shard)

    found, vectors = store.get(["a", "b"])

    assert found.tolist() == [False, True]
    np.testing.assert_array_equal(vectors, [[0] * 50, [2] * 50])
    assert [str(shard) in message for message in damaged(caplog)] == [True]


def test_the_vectors_of_a_damaged_shard_can_be_stored_again(tmp_path):
    store = VectorStore(tmp_path)
    store.put(["a"], np.ones((1, 50)))
    cut_short(next(tmp_path.iterdir()))

    store.put(["a"], np.ones((1, 50)))

    assert store.get(["a"])[0].all()


def test_vectors_of_another_width_are_ignored(tmp_path, caplog):
    store = VectorStore(tmp_path)
    store.put(["a"], np.ones((1, 3)))
    store.put(["b"], np.ones((1, 4)))

    assert store.get(["a", "b"])[0].sum() == 1
    assert len(damaged(caplog)) == 1


def test_nothing_in_a_shard_is_executed(tmp_path):
    mark = tmp_path / "executed"
    np.savez(tmp_path / "objects.npz", keys=np.array([Trap(mark)], object), vectors=np.ones((1, 3), np.float32))
    (tmp_path / "pickle.npz").write_bytes(pickle.dumps(Trap(mark)))

    found, _ = VectorStore(tmp_path).get(["a"])

    assert not found.any()
    assert not mark.exists()


def test_a_killed_writer_leaves_all_it_had_stored_and_no_damage(tmp_path, start, caplog):
    writer = start(WRITER, str(tmp_path), "one", "endless")
    for _ in range(10):
        writer.stdout.readline()
    writer.kill()
    shards = 10 + len(writer.stdout.readlines())

    found, vectors = VectorStore(tmp_path).get([key for shard in range(shards) for key in written("one", shard)])

    assert writer.wait() == -signal.SIGKILL
    assert found.all()
    np.testing.assert_array_equal(vectors[:, 0], np.repeat(np.arange(shards), 20))
    assert damaged(caplog) == []


def test_concurrent_writers_need_no_lock(tmp_path, start, caplog):
    caplog.set_level(logging.WARNING)
    names = ("one", "two", "three")
    writers = [start(WRITER, str(tmp_path), name, "30") for name in names]
    while any(writer.poll() is None for writer in writers):
        VectorStore(tmp_path).get(["a reader while others write"])

    found, _ = VectorStore(tmp_path).get([key for name in names for n in range(30) for key in written(name, n)])

    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert found.all()
    assert damaged(caplog) == []


def test_vectors_with_a_changed_bit_are_ignored(tmp_path):
    store = VectorStore(tmp_path)
    store.put(["a"], np.ones((1, 500)))
    (shard,) = tmp_path.glob("*.npz")
    data = bytearray(shard.read_bytes())
    data[data.rindex(np.ones(2, np.float32).tobytes())] ^= 1
    shard.write_bytes(data)
    assert not store.get(["a"])[0].any()


def test_many_vectors_are_mapped_from_an_unnamed_file(store, tmp_path, monkeypatch):
    keys, vectors = list("abcd"), np.arange(8, dtype=np.float32).reshape(4, 2)
    store.put(keys, vectors)
    monkeypatch.setattr(module, "MANY", 3)
    found, held = store.get(["d", "x", "a", "b"])
    np.testing.assert_array_equal(held, [[6, 7], [0, 0], [0, 1], [2, 3]])
    assert found.tolist() == [True, False, True, True]
    assert isinstance(held.base, np.memmap)
    assert [path.suffix for path in (tmp_path / "made" / "when needed").iterdir()] == [".npz"]
