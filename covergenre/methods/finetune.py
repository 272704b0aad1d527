"""Fine-tuning: a whole pretrained network learns on, from the pictures themselves, by fastai.

fastai and torch are needed to train only: what was trained is kept as an OpenVINO network, and predicts with it.
"""

import secrets
import shutil
import tempfile
import warnings
import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from covergenre.embedding.backbones import TIMM, get_backbone
from covergenre.embedding.engine import Engine, convert
from covergenre.embedding.preprocessing import Preprocessing
from covergenre.errors import CoverGenreError, NoWeights
from covergenre.methods.base import Choices, Covers, Picture, check_training
from covergenre.methods.calibration import softmax
from covergenre.methods.storage import damaged, load_choices, save_choices
from covergenre.progress import Report, ShouldStop

if TYPE_CHECKING:
    from torch import nn

_NETWORK, _WEIGHTS, _CHOICES = "network.xml", "weights.safetensors", "choices.json"
_FILES = ("network.bin", _NETWORK, _WEIGHTS, _CHOICES)  # the choices last: once they are there, all is
_GENRES = "genres"  # what the network gives, where an engine's vectors have "pooled" or "stages"


@dataclass(frozen=True)
class Parameters:
    """What is trained, and how.

    `backbone`: a convolutional one; `weights`: a local file of pretrained weights instead of its own. `side`: of the
    pictures it sees, 32 to 512 px. `frozen_epochs` train the head only, then `epochs` all of it; 0 or more each, at
    least 1 together. `base_lr`: the learning rate, above 0 and at most 1 (None: what fastai's finder suggests, or 2e-3
    where it can't). `batch`: covers a step, 2 or more. `augmentation`: whether covers are mirrored, cut and lit a bit
    differently each time. `mixup`: alpha of the mixing of pairs of covers (Zhang, Cisse, Dauphin, Lopez-Paz, ICLR
    2018), from 0 (none) to 10. `smoothing`: of the labels, from 0 and below 1. `progressive`: whether the first epochs
    see smaller pictures. `balance`: how much rare genres are favoured, from 0 (each cover counts alike) to 1 (each
    genre does). `patience`: how many of `epochs` in a row may fail to lower the validation log loss before the training
    ends, 0 for any number.
    """

    backbone: str = "efficientnet_lite0"
    weights: str | None = None
    side: int = 192
    frozen_epochs: int = 1
    epochs: int = 5
    base_lr: float | None = None
    batch: int = 32
    augmentation: bool = True
    mixup: float = 0.0
    smoothing: float = 0.1
    progressive: bool = False
    balance: float = 0.5
    patience: int = 2

    def __post_init__(self) -> None:
        for name, holds, wanted in (
            ("side", 32 <= self.side <= 512, "32 to 512"),
            ("frozen_epochs", self.frozen_epochs >= 0, "0 or more"),
            ("epochs", self.epochs >= (0 if self.frozen_epochs else 1), "1 or more, or 0 after frozen epochs"),
            ("base_lr", self.base_lr is None or 0 < self.base_lr <= 1, "above 0 to 1, or none to have it found"),
            ("batch", self.batch >= 2, "2 or more"),
            ("mixup", 0 <= self.mixup <= 10, "a number from 0 to 10"),
            ("smoothing", 0 <= self.smoothing < 1, "a number from 0 and below 1"),
            ("balance", 0 <= self.balance <= 1, "a number from 0 to 1"),
            ("patience", self.patience >= 0, "0 or more"),
        ):
            if not holds:
                raise CoverGenreError(f"{name} is {getattr(self, name)}: give {wanted}")
        if not self.backbone.startswith(TIMM):
            get_backbone(self.backbone)  # which says so when there is none

    @property
    def preprocessing(self) -> Preprocessing:
        """What is done to a cover before the network sees it."""
        return replace(get_backbone(self.backbone).preprocessing, side=self.side, fit="square", crop_ratio=1.0)


PRESETS = {
    "reference": Parameters(
        "resnet50_v2",
        side=224,
        frozen_epochs=1,
        epochs=5,
        base_lr=0.02,
        batch=64,
        augmentation=False,
        smoothing=0.0,
        balance=0.0,
        patience=0,
    )
}
"""Parameters by name. "reference": those of the reference study."""


@dataclass(frozen=True)
class FineTuned:
    """A trained network: `engine` gives the logits of a cover. `folder` holds the files that `save` copies."""

    engine: Engine
    choices: Choices
    folder: Path

    def predict_proba(self, covers: Covers) -> np.ndarray:
        """See `Fitted.predict_proba`. Each picture is read once, on all cores at once."""
        _check_pictures(covers)
        return softmax(_logits(self.engine, covers.pictures) / self.choices["temperature"])

    def network(self) -> "nn.Sequential":
        """The network in torch, in evaluation mode, to explain it or to train it further."""
        from covergenre.methods.finetuning.network import load_network

        return load_network(self.folder / _WEIGHTS, self.choices["backbone"], self.engine.width)

    def save(self, folder: Path) -> None:
        """See `Fitted.save`."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _FILES:
            beside = folder / f".{secrets.token_hex(4)}"
            try:
                shutil.copyfile(self.folder / name, beside)
                beside.replace(folder / name)
            finally:
                beside.unlink(missing_ok=True)


class FineTuning:
    """By the schedule of fastai's `fine_tune`: the head first, then all of the network at falling rates."""

    name = "finetune"
    title = "Fine-tuned network"
    description = (
        "Trains a whole pretrained network on the pictures themselves. Takes long, and may see what vectors leave out."
    )
    reads = "pictures"
    Parameters = Parameters
    presets = PRESETS

    def fit(
        self,
        training: Covers,
        validation: Covers,
        n_genres: int,
        parameters: Parameters,
        seed: int,
        report: Report,
        should_stop: ShouldStop,
        checkpoint: Path | None = None,
    ) -> FineTuned:
        """See `Method.fit`. A request to stop is heard after each batch; the checkpoint is written after each epoch.

        Epochs are compared by validation log loss, each at its best temperature; without validation the last counts.
        """
        check_training(training, validation, n_genres)
        for part in (training, validation):
            _check_pictures(part)
        with warnings.catch_warnings(action="ignore"):  # fastai imports what torch and pandas have deprecated
            from covergenre.methods.finetuning.network import save_weights
            from covergenre.methods.finetuning.training import fine_tune
        folder = Path(tempfile.mkdtemp(prefix="covergenre-"))
        kept = checkpoint or folder / "checkpoint"
        try:
            network, choices = fine_tune(training, validation, n_genres, parameters, seed, report, should_stop, kept)
            save_weights(network, folder / _WEIGHTS)
            convert(network, folder / _NETWORK, parameters.backbone, _GENRES, parameters.preprocessing)
            save_choices(folder, choices)
            fitted = self.load(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        weakref.finalize(fitted, shutil.rmtree, folder, ignore_errors=True)
        return fitted

    def load(self, folder: Path) -> FineTuned:
        """See `Method.load`."""
        choices = load_choices(folder)
        if missing := [name for name in _FILES if not (folder / name).is_file()]:
            raise damaged(folder, f"{missing[0]} is not there")
        try:
            return FineTuned(Engine.read(folder / _NETWORK, str(choices.get("backbone")), _GENRES), choices, folder)
        except NoWeights as error:
            raise damaged(folder, str(error)) from error


def _check_pictures(covers: Covers) -> None:
    if len(covers.pictures) != len(covers):
        raise CoverGenreError("fine-tuning reads pictures, and these covers have none: give a picture for each")


def _logits(engine: Engine, pictures: Sequence[Picture]) -> np.ndarray:
    """What the network says of each picture, float32 of shape (n, n_genres)."""
    logits = np.empty((len(pictures), engine.width), np.float32)
    with ThreadPoolExecutor(engine.workers) as pool:
        for row, said in enumerate(pool.map(lambda picture: engine.vector(picture()), pictures)):
            logits[row] = said
    return logits
