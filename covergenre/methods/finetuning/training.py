"""Fine-tuning by fastai: the head first, then all of it, at rates that fall from the head down.

That is fastai's `fine_tune`, taken apart into its two calls of `fit_one_cycle` so that it can go on after any epoch.
The random numbers of an epoch follow from the seed and its number, so that a resumed training ends where one that was
never stopped does. Imports torch and fastai as it loads: import it inside functions.
"""

import hashlib
import json
import logging
import tempfile
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from fastai.callback.core import TrainEvalCallback
from fastai.callback.mixup import MixUp
from fastai.callback.schedule import Learner  # with the methods that find a learning rate and schedule it
from fastai.data.core import DataLoaders
from fastai.learner import Recorder
from fastai.losses import CrossEntropyLossFlat
from fastai.torch_core import default_device
from torch import nn

from covergenre.methods.base import FINISH_FILE, Choices, Context, Covers
from covergenre.methods.finetuning.callbacks import (
    TRAINING_COST,
    EpochCallback,
    FinderCallback,
    Teller,
    network_state,
    restore_learner,
)
from covergenre.methods.finetuning.checkpoint import Checkpoint
from covergenre.methods.finetuning.network import layer_groups, new_network
from covergenre.methods.finetuning.parameters import Parameters
from covergenre.methods.finetuning.pictures import Pictures, batches
from covergenre.methods.priors import genre_weights
from covergenre.methods.spec import TrainSpec

_log = logging.getLogger(__name__)

FALLBACK_RATE = 2e-3
"""The learning rate where the finder finds none; fastai's own."""

_FINDER_BATCHES = (30, 60)  # an epoch, but at least and at most so many
_FINDER_RATES = (1e-5, 1.0)
_USUAL_RATES = (2e-4, 2e-2)  # a short or noisy curve may suggest anything


def fine_tune(training: Covers, validation: Covers, spec: TrainSpec, context: Context) -> tuple[nn.Sequential, Choices]:
    """The network after its best epoch, in evaluation mode, and what was chosen; see `Method.fit`.

    Without a checkpoint in `context` no other call can go on from it. Torch's random numbers are as they were
    afterwards.
    """
    parameters, n_genres, seed = spec.parameters_as(Parameters), spec.n_genres, spec.seed
    with torch.random.fork_rng(), tempfile.TemporaryDirectory(prefix="covergenre-") as work:
        torch.manual_seed(seed)
        pictures = Pictures(training, parameters.preprocessing, parameters.augmentation, parameters.limit)
        unseen = Pictures(validation, parameters.preprocessing, False, parameters.limit)
        loaders = DataLoaders(batches(pictures, parameters.batch, True), batches(unseen, parameters.batch, False))
        learner = _learner(loaders, genre_weights(training.labels, n_genres, parameters.balance), parameters, work)
        identity = _told_apart_by(training, validation, n_genres, parameters, seed)
        checkpoint = Checkpoint.open(context.checkpoint or Path(work) / "checkpoint", identity)
        course = _Course(learner, pictures, validation.labels, parameters, seed, checkpoint, context)
        return course.run()


@dataclass(frozen=True)
class _Course:
    """One training from start to end, or from its checkpoint on. `labels` are those of validation."""

    learner: Learner
    pictures: Pictures
    labels: np.ndarray
    parameters: Parameters
    seed: int
    checkpoint: Checkpoint
    context: Context

    def run(self) -> tuple[nn.Sequential, Choices]:
        """What `fine_tune` gives."""
        frozen, checkpoint = self.parameters.frozen_epochs, self.checkpoint
        if checkpoint.epochs:
            self.learner.model.load_state_dict(network_state(checkpoint.tensors(len(checkpoint.epochs))))
        else:
            checkpoint.base_lr = self.parameters.base_lr or self._find_rate()
        self._teller.done = self._finding + len(checkpoint.epochs) * self._each
        rate = checkpoint.base_lr
        self._train(0, frozen, slice(rate), pct_start=0.99)
        self._train(
            frozen, self.parameters.epochs, slice(rate / 2 / self.parameters.lr_mult, rate / 2), pct_start=0.3, div=5.0
        )
        return self._best()

    @cached_property
    def _teller(self) -> Teller:
        return Teller(self.context, self._finding + self._length * self._each)

    @property
    def _finding(self) -> int:
        """The steps that finding the learning rate takes."""
        return TRAINING_COST * self._finder_batches if self.parameters.base_lr is None else 0

    @property
    def _finder_batches(self) -> int:
        fewest, most = _FINDER_BATCHES
        return min(max(fewest, len(self.learner.dls.train)), most)

    @property
    def _each(self) -> int:
        """The steps of an epoch."""
        training, validation = self.learner.dls
        return TRAINING_COST * len(training) + len(validation)

    @property
    def _length(self) -> int:
        """How many epochs there are at most."""
        return self.parameters.frozen_epochs + self.parameters.epochs

    def _find_rate(self) -> float:
        """The learning rate where fastai's finder sees the loss fall steadily; the network is as before afterwards."""
        self.learner.freeze()
        low, high = _FINDER_RATES
        with self.learner.added_cbs([Recorder(add_time=False), FinderCallback(self._teller)]):
            try:
                found = self.learner.lr_find(low, high, self._finder_batches, show_plot=False).valley
                rate = float(f"{min(max(found, _USUAL_RATES[0]), _USUAL_RATES[1]):.3g}")
            except IndexError:  # the loss rose so soon that there is no curve
                found, rate = float("nan"), FALLBACK_RATE
        _log.info("the learning-rate finder suggests %g; %g is taken", found, rate)
        self._teller.tell("finding the learning rate", 0, {"suggested learning rate": rate})
        return rate

    def _train(self, first: int, length: int, rates: slice, **shape: float) -> None:
        """Train epochs `first` to `first + length`, of those only what the checkpoint doesn't have."""
        frozen = first < self.parameters.frozen_epochs
        done = len(self.checkpoint.epochs) - first
        if done >= length or self._is_over():
            return
        (self.learner.freeze if frozen else self.learner.unfreeze)()
        if done:
            restore_learner(self.learner, self.checkpoint.tensors(len(self.checkpoint.epochs)))
        watch = EpochCallback(self._teller, self.checkpoint, self.labels, self._begin, self._name, self._is_over)
        self.learner.fit_one_cycle(length, rates, cbs=watch, start_epoch=done, **shape)

    def _is_over(self) -> bool:
        """Whether it is out of patience, which it has for as long as only the head learns, or may learn no more."""
        done, frozen, patience = len(self.checkpoint.epochs), self.parameters.frozen_epochs, self.parameters.patience
        if done and (self.checkpoint.folder / FINISH_FILE).exists():
            return True
        return done > frozen and 0 < patience <= done - max(frozen, self.checkpoint.best)

    def _begin(self, number: int) -> None:
        """What is done before epoch `number`, from 1."""
        torch.manual_seed(self.seed * 1000 + number)
        if self.parameters.progressive:
            self.pictures.resize(growing_side(self.parameters.side, number, self._length))

    def _name(self, number: int) -> str:
        what = f"epoch {number} of {self._length}"
        return f"{what}, head only" if number <= self.parameters.frozen_epochs else what

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


def growing_side(side: int, number: int, length: int) -> int:
    """The side in pixels at epoch `number` of `length`, from 1: from half of `side` to all of it, by steps of 32."""
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


def _told_apart_by(training: Covers, validation: Covers, n_genres: int, parameters: Parameters, seed: int) -> str:
    """A hash of all that a training depends on."""
    parts = [(list(part.hashes), np.asarray(part.labels).tolist()) for part in (training, validation)]
    return hashlib.sha256(json.dumps([asdict(parameters), seed, n_genres, parts]).encode()).hexdigest()
