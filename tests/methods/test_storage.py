import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from covergenre.errors import BadRun
from covergenre.methods.storage import load_head, save_head

ARRAYS = {"weights": np.eye(3, dtype=np.float32), "names": np.array(["a", "bc"])}
CHOICES = {"temperature": 1.5, "k": 4, "metric": "cosine"}


class Trap:
    """A pickle of this touches a file when it is read."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.fixture
def folder(tmp_path) -> Path:
    save_head(tmp_path / "model", ARRAYS, CHOICES)
    return tmp_path / "model"


def load(folder: Path):
    return load_head(folder, weights=2, names=1)


def test_a_saved_head_loads_unchanged(folder):
    arrays, choices = load(folder)
    assert choices == CHOICES
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(arrays[name], array)


def test_a_head_is_two_files(folder):
    assert sorted(path.name for path in folder.iterdir()) == ["choices.json", "head.npz"]


def test_a_second_head_replaces_the_first(folder):
    save_head(folder, {**ARRAYS, "weights": np.zeros((2, 2))}, {**CHOICES, "k": 9})
    arrays, choices = load(folder)
    assert arrays["weights"].shape == (2, 2)
    assert choices["k"] == 9
    assert len(list(folder.iterdir())) == 2


def test_a_failed_save_leaves_the_first_head(folder, monkeypatch):
    def full_disk(file, **arrays):
        file.write(b"half of it")
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match="no space left"):
        save_head(folder, {}, {})
    assert load(folder)[1] == CHOICES
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("name", ["head.npz", "choices.json"])
def test_a_missing_file_is_a_bad_run(folder, name):
    (folder / name).unlink()
    with pytest.raises(BadRun, match=r"missing or damaged: it can't be read \(FileNotFoundError\)"):
        load(folder)


@pytest.mark.parametrize("name", ["head.npz", "choices.json"])
@pytest.mark.parametrize("keep", [0, 7, -7])
def test_a_truncated_file_is_a_bad_run(folder, name, keep):
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[:keep])
    with pytest.raises(BadRun, match="Train again"):
        load(folder)


def test_a_flipped_byte_is_a_bad_run(folder):
    data = bytearray((folder / "head.npz").read_bytes())
    data[data.index(ARRAYS["weights"].tobytes())] ^= 1
    (folder / "head.npz").write_bytes(data)
    with pytest.raises(BadRun, match="BadZipFile"):
        load(folder)


def test_a_pickled_object_is_refused_and_not_executed(folder, tmp_path):
    np.savez(folder / "head.npz", weights=np.array([[Trap(tmp_path / "sprung")]], object), names=ARRAYS["names"])
    with pytest.raises(BadRun, match="ValueError"):
        load(folder)
    (folder / "head.npz").write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    with pytest.raises(BadRun, match="ValueError"):
        load(folder)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    "arrays",
    [
        {"weights": ARRAYS["weights"]},
        {**ARRAYS, "more": np.zeros(1)},
        {**ARRAYS, "weights": np.zeros(3)},
    ],
    ids=["missing", "unknown", "wrong axes"],
)
def test_other_arrays_than_expected_are_a_bad_run(folder, arrays):
    np.savez(folder / "head.npz", **arrays)
    with pytest.raises(BadRun, match="should hold the arrays weights, names"):
        load(folder)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_not_finite_is_a_bad_run(folder, value):
    np.savez(folder / "head.npz", **{**ARRAYS, "weights": np.full((2, 2), value)})
    with pytest.raises(BadRun, match="not a finite number"):
        load(folder)


def test_an_empty_array_is_a_bad_run(folder):
    np.savez(folder / "head.npz", **{**ARRAYS, "weights": np.zeros((0, 3))})
    with pytest.raises(BadRun, match="not a finite number"):
        load(folder)


@pytest.mark.parametrize("choices", [{}, [], {"temperature": 0.0}, {"temperature": "1"}, {"temperature": float("nan")}])
def test_choices_without_a_usable_temperature_are_a_bad_run(folder, choices):
    (folder / "choices.json").write_text(json.dumps(choices))
    with pytest.raises(BadRun, match="temperature is not a number above 0"):
        load(folder)


@pytest.mark.parametrize("spread", [0.0, -1.0, "1", float("nan"), None])
def test_an_invalid_spread_is_a_bad_run(folder, spread):
    (folder / "choices.json").write_text(json.dumps({**CHOICES, "spread": spread}))
    with pytest.raises(BadRun, match="spread of its temperature"):
        load(folder)
