"""Fine-tuning by fastai: the head first, then the whole network, at rates that fall from the head down.

That is fastai's `fine_tune`, as its two calls of `fit_one_cycle`, so that it can go on after any epoch. The random
numbers of an epoch follow from the seed and its number, so that a resumed training gives the same network as one that
was never stopped. Imports torch and fastai: import it inside functions.
"""

import hashlib
import json
import logging
import math
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from fastai.callback.core import Callback, CancelFitException, TrainEvalCallback
from fastai.callback.mixup import MixUp
from fastai.callback.schedule import Learner  # with the methods that find a learning rate and schedule it
from fastai.data.core import DataLoaders
from fastai.learner import Recorder
from fastai.losses import CrossEntropyLossFlat
from fastai.torch_core import default_device
from torch import Tensor, nn

from covergenre.errors import CoverGenreError
from covergenre.methods.base import FINISH_FILE, Choices, Context, Covers
from covergenre.methods.calibration import fit_temperature, log_loss
from covergenre.methods.finetuning.checkpoint import Checkpoint, Epoch, learner_state, network_state, restore_learner
from covergenre.methods.finetuning.network import layer_groups, new_network
from covergenre.methods.finetuning.parameters import Parameters
from covergenre.methods.finetuning.pictures import Pictures, batches
from covergenre.methods.priors import genre_weights
from covergenre.methods.spec import TrainSpec
from covergenre.progress import Monitor

_log = logging.getLogger(__name__)

_FALLBACK_RATE = 2e-3  # where the finder finds none; fastai's own
_FINDER_BATCHES = (30, 60)  # an epoch, but at least and at most so many
_FINDER_RATES = (1e-5, 1.0)
_USUAL_RATES = (2e-4, 2e-2)  # a short or noisy curve may suggest anything
_TRAINING_COST = 3  # of a training batch, where a validation batch costs 1


def fine_tune(training: Covers, validation: Covers, spec: TrainSpec, context: Context) -> tuple[nn.Sequential, Choices]:
    """The network after its best epoch, in evaluation mode, and what was chosen; see `Method.fit`.

    Without a checkpoint in `context` it can't be resumed. The state of torch's random numbers is restored afterwards.
    """
    parameters, n_genres, seed = spec.parameters_as(Parameters), spec.n_genres, spec.seed
    with torch.random.fork_rng(), tempfile.TemporaryDirectory(prefix="covergenre-") as work:
        torch.manual_seed(seed)
        pictures = Pictures(training, parameters.preprocessing, parameters.augmentation, parameters.limit)
        unseen = Pictures(validation, parameters.preprocessing, False, parameters.limit)
        loaders = DataLoaders(batches(pictures, parameters.batch, True), batches(unseen, parameters.batch, False))
        learner = _learner(loaders, genre_weights(training.labels, n_genres, parameters.balance), parameters, work)
        parts = [(list(part.hashes), np.asarray(part.labels).tolist()) for part in (training, validation)]
        identity = hashlib.sha256(json.dumps([asdict(parameters), seed, n_genres, parts]).encode()).hexdigest()
        checkpoint = Checkpoint.open(context.checkpoint or Path(work) / "checkpoint", identity)
        return _Trainer(learner, pictures, validation.labels, parameters, seed, checkpoint, context.monitor).run()


@dataclass
class _Trainer:
    """One training from its start or checkpoint on; `labels`: of validation, `done`: steps so far."""

    learner: Learner
    pictures: Pictures
    labels: np.ndarray
    parameters: Parameters
    seed: int
    checkpoint: Checkpoint
    monitor: Monitor
    done: int = 0

    def run(self) -> tuple[nn.Sequential, Choices]:
        """See `fine_tune`."""
        frozen, checkpoint = self.parameters.frozen_epochs, self.checkpoint
        if checkpoint.epochs:
            self.learner.model.load_state_dict(network_state(checkpoint.tensors(len(checkpoint.epochs))))
        else:
            checkpoint.base_lr = self.parameters.base_lr or self._find_rate()
        self.done = self._finding + len(checkpoint.epochs) * self._each
        rate = checkpoint.base_lr
        self._train(0, frozen, slice(rate), pct_start=0.99)
        self._train(
            frozen, self.parameters.epochs, slice(rate / 2 / self.parameters.lr_mult, rate / 2), pct_start=0.3, div=5.0
        )
        return self._best()

    def report(self, what: str, steps: int, metrics: Mapping[str, float]) -> None:
        """Report so many further steps."""
        self.done += steps
        self.monitor.report(self.done, self._finding + self._length * self._each, what, metrics)

    def check(self) -> None:
        """Raise Cancelled when asked to stop."""
        self.monitor.check("stopped while fine-tuning; what the finished epochs have learned is kept")

    def begin(self, number: int) -> str:
        """Prepare epoch `number`, from 1, and give its name."""
        torch.manual_seed(self.seed * 1000 + number)
        if self.parameters.progressive:
            self.pictures.resize(growing_side(self.parameters.side, number, self._length))
        head_only = ", head only" if number <= self.parameters.frozen_epochs else ""
        return f"epoch {number} of {self._length}{head_only}"

    def is_over(self) -> bool:
        """Whether no further epoch is wanted: on request, or by `patience`, which counts when the head is trained."""
        done, frozen, patience = len(self.checkpoint.epochs), self.parameters.frozen_epochs, self.parameters.patience
        if done and (self.checkpoint.folder / FINISH_FILE).exists():
            return True
        return done > frozen and 0 < patience <= done - max(frozen, self.checkpoint.best)

    @cached_property
    def _finding(self) -> int:
        """The steps of finding the learning rate."""
        return _TRAINING_COST * self._finder_batches if self.parameters.base_lr is None else 0

    @property
    def _finder_batches(self) -> int:
        fewest, most = _FINDER_BATCHES
        return min(max(fewest, len(self.learner.dls.train)), most)

    @property
    def _each(self) -> int:
        """The steps of an epoch."""
        training, validation = self.learner.dls
        return _TRAINING_COST * len(training) + len(validation)

    @property
    def _length(self) -> int:
        """The maximal number of epochs."""
        return self.parameters.frozen_epochs + self.parameters.epochs

    def _find_rate(self) -> float:
        """The learning rate suggested by fastai's finder, which restores the network."""
        self.learner.freeze()
        low, high = _FINDER_RATES
        with self.learner.added_cbs([Recorder(add_time=False), _FinderCallback(self)]):
            try:
                found = self.learner.lr_find(low, high, self._finder_batches, show_plot=False).valley
                rate = float(f"{min(max(found, _USUAL_RATES[0]), _USUAL_RATES[1]):.3g}")
            except IndexError:  # the loss rose so soon that there is no curve
                found, rate = float("nan"), _FALLBACK_RATE
        _log.info("the learning-rate finder suggests %g; %g is taken", found, rate)
        self.report("finding the learning rate", 0, {"suggested learning rate": rate})
        return rate

    def _train(self, first: int, length: int, rates: slice, **shape: float) -> None:
        """Train epochs `first` to `first + length`, but those in the checkpoint."""
        frozen = first < self.parameters.frozen_epochs
        done = len(self.checkpoint.epochs) - first
        if done >= length or self.is_over():
            return
        (self.learner.freeze if frozen else self.learner.unfreeze)()
        if done:
            restore_learner(self.learner, self.checkpoint.tensors(len(self.checkpoint.epochs)))
        self.learner.fit_one_cycle(length, rates, cbs=_EpochCallback(self), start_epoch=done, **shape)

    def _best(self) -> tuple[nn.Sequential, Choices]:
        number = self.checkpoint.best
        network = self.learner.model.to("cpu", memory_format=torch.contiguous_format)
        network.load_state_dict(network_state(self.checkpoint.tensors(number)))
        choices = {
            "backbone": self.parameters.backbone,
            "side": self.parameters.side,
            "limit": self.parameters.limit or 0,
            "base_lr": self.checkpoint.base_lr,
            "epoch": number,
            "epochs": len(self.checkpoint.epochs),
            "temperature": self.checkpoint.epochs[number - 1].temperature,
        }
        return network.eval(), choices


class _Callback(Callback):
    """A callback that can stop between batches, and whose exceptions pass unchanged, which fastai rewords."""

    order = 65  # after fastai's own

    def __init__(self, trainer: _Trainer) -> None:
        self._trainer = trainer

    def __call__(self, event_name: str) -> None:
        """Called by fastai at every event."""
        if handle := getattr(type(self), event_name, None):
            handle(self)

    def before_batch(self) -> None:
        """Stop if asked to."""
        self._trainer.check()


class _FinderCallback(_Callback):
    """Reports the curve of the learning-rate finder."""

    def after_batch(self) -> None:
        """Report one point."""
        point = {"learning rate": float(self.learn.opt.hypers[-1]["lr"]), "loss": self.learn.loss.item()}
        self._trainer.report("finding the learning rate", _TRAINING_COST, point)


class _EpochCallback(_Callback):
    """Reports each batch and epoch, evaluates each epoch on validation, and stores it in the checkpoint."""

    def before_train(self) -> None:
        """Begin an epoch."""
        self._name = self._trainer.begin(len(self._trainer.checkpoint.epochs) + 1)
        self._seen, self._loss, self._right = 0, 0.0, 0
        self._logits: list[Tensor] = []

    def before_batch(self) -> None:
        """Stop if asked to, or if no further epoch is wanted."""
        super().before_batch()
        self._end_if_over()

    def after_batch(self) -> None:
        """Report the metrics of the epoch so far."""
        logits, labels = self.learn.pred.detach(), self.learn.y
        if not self.learn.training:
            self._logits.append(logits.cpu())
            self._trainer.report(self._name, 1, {})
            return
        self._seen += len(labels)
        self._loss += self.learn.loss.item() * len(labels)
        self._right += int((logits.argmax(dim=1) == labels).sum())
        if not math.isfinite(self._loss):
            rate = self._trainer.checkpoint.base_lr
            raise CoverGenreError(f"training diverged at a learning rate of {rate:g}: give a lower base_lr")
        self._trainer.report(self._name, _TRAINING_COST, self._training_metrics())

    def after_validate(self) -> None:
        """Evaluate the epoch and store it."""
        epoch, metrics = self._evaluate()
        self._trainer.checkpoint.add(epoch, learner_state(self.learn))
        metrics = {**self._training_metrics(), **metrics}
        self._trainer.report(self._name, 0, metrics)
        _log.info("%s: %s", self._name, ", ".join(f"{name} {value:.3f}" for name, value in metrics.items()))
        self._end_if_over()

    def _end_if_over(self) -> None:
        if self._trainer.is_over():
            raise CancelFitException

    def _training_metrics(self) -> dict[str, float]:
        return {"training loss": self._loss / self._seen, "training accuracy": self._right / self._seen}

    def _evaluate(self) -> tuple[Epoch, dict[str, float]]:
        labels = self._trainer.labels
        if not len(labels):
            return Epoch(0.0, 1.0), {}
        logits = torch.cat(self._logits).numpy()
        temperature = fit_temperature(logits, labels)
        loss = log_loss(logits / temperature, labels)
        accuracy = float((logits.argmax(axis=1) == labels).mean())
        return Epoch(loss, temperature), {"validation log loss": loss, "validation accuracy": accuracy}


def growing_side(side: int, number: int, length: int) -> int:
    """The side in pixels at epoch `number` of `length`, from 1: from half of `side` to `side`, in steps of 32."""
    share = 0.5 + 0.5 * (number - 1) / (length - 1) if length > 1 else 1.0
    return min(side, 32 * max(1, round(share * side / 32))) if share < 1 else side


def _learner(loaders: DataLoaders, genre_weights: np.ndarray, parameters: Parameters, work: str) -> Learner:
    """A learner that neither prints nor draws; `work` is a folder for what its finder writes."""
    weights = Path(parameters.weights) if parameters.weights else None
    network = new_network(parameters.backbone, weights, len(genre_weights), parameters.side)
    # Channels last: nearly twice as fast on a processor as the layout that torch begins with.
    return Learner(
        loaders,
        network.to(default_device()).to(memory_format=torch.channels_last),
        CrossEntropyLossFlat(weight=torch.tensor(genre_weights).float(), label_smoothing=parameters.smoothing),
        splitter=layer_groups,
        cbs=[TrainEvalCallback(), *([MixUp(parameters.mixup)] if parameters.mixup else [])],
        path=work,
        model_dir=".",
        default_cbs=False,
    )
