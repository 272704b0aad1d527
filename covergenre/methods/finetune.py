"""Fine-tuning: a whole pretrained network is trained on the pictures themselves, by fastai.

fastai and torch are needed for training only: the result is an OpenVINO network, and predicts with it.
"""

import shutil
import tempfile
import warnings
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from covergenre.embedding.converter import convert
from covergenre.embedding.engine import Engine
from covergenre.errors import CoverGenreError, NoWeights
from covergenre.files import replacing
from covergenre.methods.base import Choices, Context, Covers, check_training
from covergenre.methods.calibration import softmax
from covergenre.methods.finetuning.parameters import PRESETS, Parameters
from covergenre.methods.spec import TrainSpec
from covergenre.methods.storage import damaged_head, load_choices, save_choices

if TYPE_CHECKING:
    from torch import nn

_NETWORK, _WEIGHTS, _CHOICES = "network.xml", "weights.safetensors", "choices.json"
_FILES = ("network.bin", _NETWORK, _WEIGHTS, _CHOICES)  # the choices last: once they are there, all is
_GENRES = "genres"  # what the network gives, where an engine's vectors have "pooled" or "stages"


@dataclass(frozen=True)
class FineTuned:
    """A trained network: `engine` gives the logits of a cover. `folder` holds the files that `save` copies."""

    engine: Engine
    choices: Choices
    folder: Path

    def predict_proba(self, covers: Covers) -> np.ndarray:
        """See `Fitted.predict_proba`. Pictures are read on all cores at once."""
        _check_pictures(covers)
        logits = np.empty((len(covers), self.engine.width), np.float32)
        with ThreadPoolExecutor(self.engine.workers) as pool:
            for row, output in enumerate(pool.map(lambda picture: self.engine.vector(picture()), covers.pictures)):
                logits[row] = output
        return softmax(logits / self.choices["temperature"])

    def network(self) -> "nn.Sequential":
        """The network in torch, in evaluation mode, to explain it or to train it further."""
        from covergenre.methods.finetuning.network import load_network

        return load_network(self.folder / _WEIGHTS, self.choices["backbone"], self.engine.width)

    def save(self, folder: Path) -> None:
        """See `Fitted.save`."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _FILES:
            with replacing(folder / name) as beside:
                shutil.copyfile(self.folder / name, beside)


class FineTuning:
    """By the schedule of fastai's `fine_tune`: the head first, then all of the network at falling rates."""

    name = "finetune"
    title = "Fine-tuned network"
    description = "Trains a whole pretrained network on the pictures. Slow, but it may learn what vectors leave out."
    reads = "pictures"
    needs = ("torch", "torchvision", "timm", "fastai", "safetensors", "huggingface_hub")
    Parameters = Parameters
    presets = PRESETS

    def fit(self, training: Covers, validation: Covers, spec: TrainSpec, context: Context) -> FineTuned:
        """See `Method.fit`. It can be stopped after each batch; the checkpoint is written after each epoch.

        Epochs are compared by validation log loss, each at its best temperature; without validation the last is taken.
        """
        check_training(training, validation, spec.n_genres)
        parameters = spec.parameters_as(Parameters)
        for part in (training, validation):
            _check_pictures(part)
        with warnings.catch_warnings(action="ignore"):  # fastai imports what torch and pandas have deprecated
            from covergenre.methods.finetuning.network import save_weights
            from covergenre.methods.finetuning.training import fine_tune
        folder = Path(tempfile.mkdtemp(prefix="covergenre-"))
        try:
            network, choices = fine_tune(training, validation, spec, context)
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
            raise damaged_head(folder, f"{missing[0]} is not there")
        backbone, limit = str(choices.get("backbone")), choices.get("limit") or None
        if not isinstance(limit, int | None):
            raise damaged_head(folder, "its limit is no number of pixels")
        try:
            return FineTuned(Engine.read(folder / _NETWORK, backbone, _GENRES, limit), choices, folder)
        except NoWeights as error:
            raise damaged_head(folder, str(error)) from error


def _check_pictures(covers: Covers) -> None:
    if len(covers.pictures) != len(covers):
        raise CoverGenreError("fine-tuning reads pictures, and these covers have none: give a picture for each")
