"""Converts torch networks to OpenVINO, also as `python -m covergenre.embedding.converter RECIPE PATH`.

torch would take a third of a gigabyte and slow each garbage collection, so a process that answers visitors never loads
it.
"""

import errno
import json
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from covergenre import home
from covergenre.digests import write_digests
from covergenre.embedding.backbones import get_backbone
from covergenre.embedding.preprocessing import Preprocessing
from covergenre.embedding.recipe import Recipe
from covergenre.errors import NoWeights
from covergenre.files import is_full
from covergenre.inference import load_openvino
from covergenre.packages import need

if TYPE_CHECKING:
    from torch import nn

INFO = ["covergenre", "engine"]
"""The key of the information stored in a converted network."""

_ERROR_PREFIX = "covergenre: "


def convert_apart(recipe: Recipe, path: Path) -> None:
    """Convert a recipe's backbone to `path` in a child process.

    NoWeights when the weights are not available or the process fails, OSError when the files can't be written.
    """
    ended = subprocess.run(
        home.child_command(__name__, json.dumps(recipe.to_dict()), str(path)),
        env=home.child_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if ended.returncode == 0:
        return
    last = (ended.stderr.strip().splitlines() or [f"it ended with code {ended.returncode}"])[-1]
    if not last.startswith(_ERROR_PREFIX):
        raise NoWeights(f"the backbone {recipe.backbone} could not be converted ({last[:200]}): try again")
    kind, *arguments = json.loads(last.removeprefix(_ERROR_PREFIX))
    raise NoWeights(*arguments) if kind == "NoWeights" else OSError(*arguments)


def convert(
    network: "nn.Module",
    path: Path,
    backbone: str,
    feature_set: str,
    preprocessing: Preprocessing,
    plain: int | None = None,
) -> None:
    """Convert a network in evaluation mode to `path` (.xml) and the .bin beside it, for `Engine.read`.

    Its input is float32 (1, 3, side, side), prepared by `preprocessing`, its output a vector (1, width). `plain`: see
    `Engine.plain`; None: all.
    """
    need_converter()
    import torch

    ov = load_openvino()
    shape = (1, 3, preprocessing.side, preprocessing.side)
    with warnings.catch_warnings(action="ignore"):  # of tracing, about values that are indeed constant
        # Traced here because openvino would check the trace by further runs, which takes two thirds of the time.
        traced = torch.jit.trace(network, torch.zeros(shape), check_trace=False)
        model = ov.convert_model(traced, input=ov.PartialShape(shape))
    info = {
        "backbone": backbone,
        "feature_set": feature_set,
        "preprocessing": preprocessing.to_json(),
        "plain": plain,
    }
    model.set_rt_info(json.dumps(info), INFO)
    _save(model, path)


def convert_recipe(recipe: Recipe, path: Path) -> None:
    """Convert the backbone of a recipe to `path`; raises as `engine_for` does."""
    from covergenre.embedding.networks import FeatureNet, load_network

    network = load_network(recipe.backbone, Path(recipe.weights) if recipe.weights else None)
    features = FeatureNet(network, recipe.feature_set)
    preprocessing = get_backbone(recipe.backbone).preprocessing
    plain = features.plain(preprocessing.side) if recipe.feature_set == "texture" else None
    convert(features, path, recipe.backbone, recipe.feature_set, preprocessing, plain)


def need_converter() -> None:
    """MissingPackage when what converting needs is not installed."""
    need("a network other than the starter's", ("torch", "torchvision", "timm", "safetensors", "huggingface_hub"))


def digests_file(path: Path) -> str:
    """The name of the file with the digests of a converted network."""
    return f"{path.stem}.digests.json"


def main(recipe: str, path: str) -> None:
    """Convert; an error that the caller understands is the last line on stderr, as JSON."""
    try:
        Path(path).parent.stat()  # a missing folder is reported before torch is loaded
        convert_recipe(Recipe.from_dict(json.loads(recipe)), Path(path))
    except NoWeights as error:
        sys.exit(_ERROR_PREFIX + json.dumps(["NoWeights", str(error)]))
    except OSError as error:
        sys.exit(_ERROR_PREFIX + json.dumps(["OSError", error.errno, error.strerror, error.filename]))


def _save(model: Any, path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        network = Path(folder, path.name)
        try:
            load_openvino().save_model(model, network, compress_to_fp16=True)
        except RuntimeError as error:  # OpenVINO's error when the disk is full
            if is_full(path.parent):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error
            raise
        weights, digests = network.with_suffix(".bin"), Path(folder, digests_file(path))
        write_digests(Path(folder), [weights.name, network.name], network, digests.name)
        for file in (digests, weights, network):  # the .xml last: once it exists, all do
            file.replace(path.with_name(file.name))


if __name__ == "__main__":
    main(*sys.argv[1:])
