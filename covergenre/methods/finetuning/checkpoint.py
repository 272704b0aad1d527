"""The checkpoint of a fine-tuning, from which it can go on after a kill.

    state.json              which training it is of, the learning rate, and the metrics of each finished epoch
    epoch-N.safetensors     the network and the optimiser after epoch N: of the last epoch, and of the best

An epoch counts once state.json names it; a kill loses the present epoch only. Nothing here executes when it is read.
Imports torch: import it inside functions.
"""

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from covergenre.files import read_json, replace_json, replacing
from covergenre.methods.storage import write_error

_STATE = "state.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Epoch:
    """The metrics of an epoch. `loss`: the validation log loss at `temperature`, 0 without a validation part."""

    loss: float
    temperature: float


@dataclass
class Checkpoint:
    """The content of the folder. `made_for` identifies the training; `base_lr` is 0 until it is known."""

    folder: Path
    made_for: str
    base_lr: float = 0.0
    epochs: list[Epoch] = field(default_factory=list)

    @classmethod
    def open(cls, folder: Path, made_for: str) -> Self:
        """The checkpoint in `folder`; empty when it is missing, damaged or of another training."""
        try:
            state = read_json(folder / _STATE)
            epochs = [Epoch(float(epoch["loss"]), float(epoch["temperature"])) for epoch in state["epochs"]]
            found = cls(folder, state["made_for"], float(state["base_lr"]), epochs)
            for number in {found.best, len(epochs)}:
                safe_open(found._file(number), "pt")  # raises unless the file is whole
        except (OSError, ValueError, LookupError, TypeError, SafetensorError) as error:
            if (folder / _STATE).exists():
                _log.warning("the checkpoint in %s is damaged (%s): starting over", folder, error)
            return cls(folder, made_for)
        if found.made_for != made_for:
            _log.warning("the checkpoint in %s is of another training: starting over", folder)
            return cls(folder, made_for)
        return found

    @property
    def best(self) -> int:
        """The number, from 1, of the epoch with the lowest loss; the later of equal ones."""
        return min(range(len(self.epochs), 0, -1), key=lambda number: self.epochs[number - 1].loss)

    def add(self, epoch: Epoch, tensors: Mapping[str, Tensor]) -> None:
        """Store the tensors after a further epoch."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.epochs.append(epoch)
        with replacing(self._file(len(self.epochs))) as beside:
            write_tensors(tensors, beside)
        state = {"made_for": self.made_for, "base_lr": self.base_lr, "epochs": [asdict(each) for each in self.epochs]}
        replace_json(self.folder / _STATE, state)
        kept = {self._file(number) for number in (self.best, len(self.epochs))}
        for file in set(self.folder.glob("epoch-*.safetensors")) - kept:
            file.unlink()

    def tensors(self, number: int) -> dict[str, Tensor]:
        """The tensors after epoch `number`, which is the last or the best."""
        return load_file(self._file(number))

    def _file(self, number: int) -> Path:
        return self.folder / f"epoch-{number}.safetensors"


def write_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write tensors to a safetensors file; CoverGenreError when that can't be done, as on a full disk."""
    try:
        save_file({name: tensor.contiguous().cpu() for name, tensor in tensors.items()}, path)
    except SafetensorError as error:
        raise write_error(error) from error


def learner_state(learner: Any) -> dict[str, Tensor]:
    """The tensors of a learner's network and of its optimiser."""
    tensors = {f"network.{name}": tensor for name, tensor in learner.model.state_dict().items()}
    for number, (_, _, remembered, _) in enumerate(learner.opt.all_params()):
        for name, value in remembered.items():
            tensors[f"optimiser.{number}.{name}"] = torch.as_tensor(value)
    return tensors


def restore_learner(learner: Any, tensors: Mapping[str, Tensor]) -> None:
    """Load what `learner_state` gave into a learner of the same network, frozen in the same layers."""
    learner.model.load_state_dict(network_state(tensors))
    for number, (parameter, _, remembered, _) in enumerate(learner.opt.all_params()):
        prefix = f"optimiser.{number}."
        for name, value in tensors.items():
            if name.startswith(prefix):
                remembered[name.removeprefix(prefix)] = value.to(parameter.device) if value.ndim else value.item()


def network_state(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The network's tensors among those of `learner_state`."""
    return {name.removeprefix("network."): value for name, value in tensors.items() if name.startswith("network.")}
