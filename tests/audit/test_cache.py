import numpy as np
import pytest

from covergenre.audit.cache import digest, load_or_compute, load_valid


@pytest.fixture
def made():
    """What was made, each time that it was."""
    return []


@pytest.fixture
def maker(made):
    def make():
        made.append({"numbers": np.arange(3), "shares": np.ones((2, 2), np.float32)})
        return made[-1]

    return make


def test_what_is_remembered_is_not_made_again(tmp_path, maker, made):
    file = tmp_path / "audit" / "a.npz"
    first, again = load_or_compute(file, "key", maker), load_or_compute(file, "key", maker)
    assert len(made) == 1
    assert first.keys() == again.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name], strict=True)


def test_another_key_is_made_anew_and_takes_the_place(tmp_path, maker, made):
    for key in ("one", "two", "two", "one"):
        load_or_compute(tmp_path / "a.npz", key, maker)
    assert len(made) == 3
    assert [file.name for file in tmp_path.iterdir()] == ["a.npz"]


@pytest.mark.parametrize("damage", [b"", b"no archive", b"PK\x03\x04 half of one"])
def test_a_damaged_file_is_made_anew(tmp_path, maker, made, damage):
    (tmp_path / "a.npz").write_bytes(damage)
    load_or_compute(tmp_path / "a.npz", "key", maker)
    load_or_compute(tmp_path / "a.npz", "key", maker)
    assert len(made) == 1


def test_what_could_execute_is_never_read(tmp_path, maker, made):
    np.savez(tmp_path / "a.npz", key=np.str_("key"), numbers=np.array([print], dtype=object))
    load_or_compute(tmp_path / "a.npz", "key", maker)
    assert len(made) == 1


def test_a_digest_tells_values_shapes_and_types_apart():
    ones = np.ones(4, np.float32)
    others = (np.zeros(4, np.float32), ones.reshape(2, 2), ones.astype(np.float64), ones.view(np.int32))
    assert len({digest(array) for array in (ones, *others)} | {digest(ones, ones)}) == 6
    assert digest(ones) == digest(np.ones(8, np.float32)[::2])


def test_what_still_holds_is_not_made_again_and_what_lacks_something_is(tmp_path, maker, made):
    file = tmp_path / "a.npz"
    for holds in (lambda found: True, lambda found: len(found["numbers"]) == 3, lambda found: found["gone"] is None):
        load_valid(file, holds, maker)
    assert len(made) == 2
