import numpy as np
import pytest

from covergenre.audit.cache import digest, load_or_compute, load_valid


@pytest.fixture
def computed():
    """What was computed, each time."""
    return []


@pytest.fixture
def compute(computed):
    def run():
        computed.append({"numbers": np.arange(3), "shares": np.ones((2, 2), np.float32)})
        return computed[-1]

    return run


def test_a_cached_result_is_not_computed_again(tmp_path, compute, computed):
    file = tmp_path / "audit" / "a.npz"
    first, again = load_or_compute(file, "key", compute), load_or_compute(file, "key", compute)
    assert len(computed) == 1
    assert first.keys() == again.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name], strict=True)


def test_another_key_replaces_the_cached_result(tmp_path, compute, computed):
    for key in ("one", "two", "two", "one"):
        load_or_compute(tmp_path / "a.npz", key, compute)
    assert len(computed) == 3
    assert [file.name for file in tmp_path.iterdir()] == ["a.npz"]


@pytest.mark.parametrize("damage", [b"", b"no archive", b"PK\x03\x04 half of one"])
def test_a_damaged_file_is_replaced(tmp_path, compute, computed, damage):
    (tmp_path / "a.npz").write_bytes(damage)
    load_or_compute(tmp_path / "a.npz", "key", compute)
    load_or_compute(tmp_path / "a.npz", "key", compute)
    assert len(computed) == 1


def test_pickled_objects_are_never_loaded(tmp_path, compute, computed):
    np.savez(tmp_path / "a.npz", key=np.str_("key"), numbers=np.array([print], dtype=object))
    load_or_compute(tmp_path / "a.npz", "key", compute)
    assert len(computed) == 1


def test_a_digest_depends_on_values_shape_and_type():
    ones = np.ones(4, np.float32)
    others = (np.zeros(4, np.float32), ones.reshape(2, 2), ones.astype(np.float64), ones.view(np.int32))
    assert len({digest(array) for array in (ones, *others)} | {digest(ones, ones)}) == 6
    assert digest(ones) == digest(np.ones(8, np.float32)[::2])


def test_only_an_invalid_result_is_computed_again(tmp_path, compute, computed):
    file = tmp_path / "a.npz"
    for holds in (lambda found: True, lambda found: len(found["numbers"]) == 3, lambda found: found["gone"] is None):
        load_valid(file, holds, compute)
    assert len(computed) == 2
