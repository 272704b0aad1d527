import json

import pytest
import torch

from covergenre.errors import CoverGenreError
from covergenre.methods.finetuning.checkpoint import Checkpoint, Epoch, write_tensors


def tensors(value: float) -> dict[str, torch.Tensor]:
    return {"network.weight": torch.full((2, 3), value), "optimiser.0.step": torch.tensor(7)}


def filled(folder, *losses: float) -> Checkpoint:
    """A checkpoint of an epoch for each loss, whose tensors hold the number of the epoch."""
    checkpoint = Checkpoint.open(folder, "this")
    checkpoint.base_lr = 0.01
    for number, loss in enumerate(losses, 1):
        checkpoint.add(Epoch(loss, 1.5), tensors(number))
    return checkpoint


def names(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_new_checkpoint_is_empty_and_makes_no_folder(tmp_path):
    assert Checkpoint.open(tmp_path / "none", "this").epochs == []
    assert not (tmp_path / "none").exists()


def test_added_epochs_are_read_back(tmp_path):
    filled(tmp_path / "made", 0.9, 0.7)
    found = Checkpoint.open(tmp_path / "made", "this")
    assert (found.base_lr, found.epochs) == (0.01, [Epoch(0.9, 1.5), Epoch(0.7, 1.5)])
    assert found.tensors(2)["network.weight"].tolist() == [[2.0] * 3] * 2
    assert found.tensors(2)["optimiser.0.step"].item() == 7


@pytest.mark.parametrize(("losses", "best"), [((0.9,), 1), ((0.9, 0.7, 0.8), 2), ((0.0, 0.0, 0.0), 3)])
def test_the_best_epoch_has_the_lowest_loss_and_is_the_last_of_equal_ones(tmp_path, losses, best):
    assert filled(tmp_path, *losses).best == best


def test_tensors_of_the_last_and_the_best_epoch_are_kept_and_no_other(tmp_path):
    checkpoint = filled(tmp_path, 0.9, 0.5, 0.8, 0.7)
    assert names(tmp_path) == {"state.json", "epoch-2.safetensors", "epoch-4.safetensors"}
    assert checkpoint.tensors(2)["network.weight"][0, 0] == 2
    assert checkpoint.tensors(4)["network.weight"][0, 0] == 4


def test_a_checkpoint_of_another_training_is_ignored(tmp_path, caplog):
    filled(tmp_path, 0.9)
    assert Checkpoint.open(tmp_path, "other").epochs == []
    assert "of another training" in caplog.text


def test_a_kill_between_tensors_and_state_loses_one_epoch(tmp_path):
    filled(tmp_path, 0.9, 0.7)
    before = (tmp_path / "state.json").read_bytes()
    write_tensors(tensors(3), tmp_path / "epoch-3.safetensors")
    assert (tmp_path / "state.json").read_bytes() == before
    found = Checkpoint.open(tmp_path, "this")
    assert len(found.epochs) == 2
    found.add(Epoch(0.6, 1.0), tensors(33))
    assert found.tensors(3)["network.weight"][0, 0] == 33


def test_a_kill_before_old_tensors_are_removed_does_no_harm(tmp_path):
    filled(tmp_path, 0.9, 0.7)
    (tmp_path / "epoch-1.safetensors").write_bytes(b"left over")
    Checkpoint.open(tmp_path, "this").add(Epoch(0.6, 1.0), tensors(3))
    assert names(tmp_path) == {"state.json", "epoch-3.safetensors"}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"epochs": []}', b'{"epochs": [{}], "made_for": "this"}'])
def test_a_damaged_state_is_ignored_with_a_warning(tmp_path, caplog, content):
    filled(tmp_path, 0.9)
    (tmp_path / "state.json").write_bytes(content)
    assert Checkpoint.open(tmp_path, "this").epochs == []
    assert "damaged" in caplog.text


def test_a_failed_write_is_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(CoverGenreError, match=r"could not be written .*: make room on the disk, then resume the run"):
        write_tensors({"weights": torch.zeros(3)}, tmp_path / "nowhere" / "next.safetensors")


def test_a_state_without_an_epoch_is_ignored(tmp_path):
    tmp_path.joinpath("state.json").write_text(json.dumps({"made_for": "this", "base_lr": 0.1, "epochs": []}))
    assert Checkpoint.open(tmp_path, "this").base_lr == 0


@pytest.mark.parametrize("file", ["epoch-1.safetensors", "epoch-2.safetensors"])
@pytest.mark.parametrize("cut", [None, 0, 40, -1])
def test_damaged_tensors_make_training_start_over(tmp_path, caplog, file, cut):
    filled(tmp_path, 0.5, 0.7)
    path = tmp_path / file
    whole = path.read_bytes()
    path.unlink()
    if cut is not None:
        path.write_bytes(whole[:cut])
    assert Checkpoint.open(tmp_path, "this").epochs == []
    assert "damaged" in caplog.text


def test_a_full_disk_leaves_the_earlier_epochs(tmp_path, monkeypatch):
    checkpoint = filled(tmp_path, 0.9)

    def full(tensors, path):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("covergenre.methods.finetuning.checkpoint.save_file", full)
    with pytest.raises(OSError, match="No space"):
        checkpoint.add(Epoch(0.5, 1.0), tensors(2))
    assert names(tmp_path) == {"state.json", "epoch-1.safetensors"}
    assert len(Checkpoint.open(tmp_path, "this").epochs) == 1
