"""What happens beside the training itself: it is told of, stopped, judged and kept.

Imports torch and fastai as it loads: import it inside functions.
"""

import logging
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from fastai.callback.core import Callback, CancelFitException
from torch import Tensor

from covergenre.errors import CoverGenreError
from covergenre.methods.base import Context
from covergenre.methods.calibration import fit_temperature, log_loss
from covergenre.methods.finetuning.checkpoint import Checkpoint, Epoch

_log = logging.getLogger(__name__)

TRAINING_COST = 3
"""What a training batch takes, where a validation batch takes 1."""


class Teller:
    """Reports progress in steps of a known total, and hears when to stop."""

    def __init__(self, context: Context, total: int) -> None:
        self.done = 0
        self._context, self._total = context, total

    def tell(self, what: str, steps: int = 0, metrics: Mapping[str, float] | None = None) -> None:
        """Report so many further steps."""
        self.done += steps
        self._context.monitor.report(self.done, self._total, what, metrics)

    def check(self) -> None:
        """Raise Cancelled when asked to stop."""
        self._context.monitor.check("stopped while fine-tuning; what the finished epochs have learned is kept")


class StoppableCallback(Callback):
    """A callback that can be stopped between batches and whose exceptions pass as they are: fastai rewords them."""

    order = 65  # after fastai's own have done their part

    def __init__(self, teller: Teller) -> None:
        self._teller = teller

    def __call__(self, event_name: str) -> None:
        """What fastai calls at every event."""
        if handle := getattr(type(self), event_name, None):
            handle(self)

    def before_batch(self) -> None:
        """Stop here if asked to."""
        self._teller.check()


class FinderCallback(StoppableCallback):
    """Tells the curve of the learning-rate finder as it is drawn."""

    def after_batch(self) -> None:
        """Tell one point."""
        point = {"learning rate": float(self.learn.opt.hypers[-1]["lr"]), "loss": self.learn.loss.item()}
        self._teller.tell("finding the learning rate", TRAINING_COST, point)


class EpochCallback(StoppableCallback):
    """Tells of each batch and epoch, judges each epoch on validation, and keeps it in the checkpoint."""

    def __init__(
        self,
        teller: Teller,
        checkpoint: Checkpoint,
        labels: np.ndarray,
        begin: Callable[[int], None],
        what: Callable[[int], str],
        is_over: Callable[[], bool],
    ) -> None:
        """`labels`: of validation. `begin` is called with the number of each epoch, from 1; `what` gives its name.
        `is_over` says whether the one that is finished last is the last."""
        super().__init__(teller)
        self._checkpoint, self._labels = checkpoint, labels
        self._begin, self._what, self._is_over = begin, what, is_over

    def before_train(self) -> None:
        """Begin an epoch."""
        number = len(self._checkpoint.epochs) + 1
        self._begin(number)
        self._name, self._seen, self._loss, self._right = self._what(number), 0, 0.0, 0
        self._logits: list[Tensor] = []

    def before_batch(self) -> None:
        """Stop here if asked to, or if what was learned before this epoch is enough."""
        super().before_batch()
        self._end_if_over()

    def after_batch(self) -> None:
        """Tell how the epoch has done so far."""
        said, labels = self.learn.pred.detach(), self.learn.y
        if self.learn.training:
            self._seen += len(labels)
            self._loss += self.learn.loss.item() * len(labels)
            self._right += int((said.argmax(dim=1) == labels).sum())
            if not math.isfinite(self._loss):
                rate = self._checkpoint.base_lr
                raise CoverGenreError(f"the training lost its way at a learning rate of {rate:g}: give a lower base_lr")
            self._teller.tell(self._name, TRAINING_COST, self._training_figures())
        else:
            self._logits.append(said.cpu())
            self._teller.tell(self._name, 1)

    def after_validate(self) -> None:
        """Judge the epoch and keep it."""
        epoch, judged = self._judge()
        self._checkpoint.add(epoch, learner_state(self.learn))
        figures = {**self._training_figures(), **judged}
        self._teller.tell(self._name, 0, figures)
        _log.info("%s: %s", self._name, ", ".join(f"{name} {value:.3f}" for name, value in figures.items()))
        self._end_if_over()

    def _end_if_over(self) -> None:
        if self._is_over():
            raise CancelFitException

    def _training_figures(self) -> dict[str, float]:
        return {"training loss": self._loss / self._seen, "training accuracy": self._right / self._seen}

    def _judge(self) -> tuple[Epoch, dict[str, float]]:
        if not len(self._labels):
            return Epoch(0.0, 1.0), {}
        logits = torch.cat(self._logits).numpy()
        temperature = fit_temperature(logits, self._labels)
        loss = log_loss(logits / temperature, self._labels)
        accuracy = float((logits.argmax(axis=1) == self._labels).mean())
        return Epoch(loss, temperature), {"validation log loss": loss, "validation accuracy": accuracy}


def learner_state(learner: Any) -> dict[str, Tensor]:
    """The tensors of a learner's network, and what its optimiser remembers of each parameter."""
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
    """The network's own, of the tensors that `learner_state` took."""
    return {name.removeprefix("network."): value for name, value in tensors.items() if name.startswith("network.")}
