"""A backbone with a new head, and how the two are kept. Imports torch as it loads: import it inside functions."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import timm
import torch
from fastai.layers import AdaptiveConcatPool2d, LinBnDrop
from fastai.torch_core import apply_init
from safetensors.torch import load_file
from torch import nn

from covergenre.embedding.backbones import get_backbone
from covergenre.embedding.weights import load_body
from covergenre.errors import CoverGenreError
from covergenre.methods.finetuning.checkpoint import write_tensors

_HIDDEN = 512  # the head and its dropout are those of fastai's vision_learner
_HALVES = ("blocks", "stages")  # where timm keeps the stages of networks that don't name each of them


def new_network(backbone_id: str, weights: Path | None, n_genres: int, side: int) -> nn.Sequential:
    """A pretrained backbone and behind it a new head, drawn from torch's random numbers: (body, head).

    Takes float32 of shape (n, 3, side, side), gives logits (n, n_genres). NoWeights when the backbone's weights can't
    be had; CoverGenreError when it is not convolutional or can't read pictures of `side` pixels.
    """
    backbone = get_backbone(backbone_id)
    body: Any = load_body(backbone, weights)
    _unpool(body)
    if _shape_of_maps(body, side)[:2] != (1, body.num_features):
        raise CoverGenreError(
            f"{backbone.title} can't be fine-tuned on pictures of {side} px: choose a convolutional network, "
            "such as efficientnet_lite0 or resnet50, and a side it can read"
        )
    network = nn.Sequential(body, _head(body.num_features, n_genres))
    apply_init(network[1], nn.init.kaiming_normal_)
    return network


def layer_groups(network: nn.Sequential) -> list[list[nn.Parameter]]:
    """The parameters in three groups that learn at rates of their own: early layers, late layers, the head.

    Two thirds of the stages count as early: for a ResNet that is where fastai cuts.
    """
    body, head = network
    stages = [parameters for stage in _stages(body) if (parameters := list(stage.parameters()))]
    cut = len(stages) * 2 // 3
    return [list(chain(*stages[:cut])), list(chain(*stages[cut:])), list(head.parameters())]


def save_weights(network: nn.Module, path: Path) -> None:
    """Write the network's tensors to a safetensors file."""
    write_tensors(network.state_dict(), path)


def load_network(path: Path, backbone_id: str, n_genres: int) -> nn.Sequential:
    """The network whose weights `save_weights` wrote, in evaluation mode; no pretrained weights are needed."""
    body: Any = timm.create_model(get_backbone(backbone_id).architecture, pretrained=False, num_classes=0)
    _unpool(body)
    network = nn.Sequential(body, _head(body.num_features, n_genres))
    network.load_state_dict(load_file(path))
    return network.eval()


def _unpool(body: Any) -> None:
    """Have the body give maps, (n, channels, height, width)."""
    body.reset_classifier(0, global_pool="")


def _head(channels: int, n_genres: int) -> nn.Sequential:
    return nn.Sequential(
        AdaptiveConcatPool2d(),
        nn.Flatten(),
        LinBnDrop(2 * channels, _HIDDEN, p=0.25, act=nn.ReLU(inplace=True)),
        LinBnDrop(_HIDDEN, n_genres, p=0.5),
    )


def _shape_of_maps(body: nn.Module, side: int) -> tuple[int, ...]:
    """The shape of what the body gives, () when that is no maps."""
    try:
        with torch.no_grad():
            shape = tuple(body.eval()(torch.zeros(1, 3, side, side)).shape)
    except Exception:  # Each architecture has a way of its own to say that it can't.
        return ()
    return shape if len(shape) == 4 else ()


def _stages(body: nn.Module) -> Iterator[nn.Module]:
    for name, child in body.named_children():
        if name in _HALVES:
            yield from child.children()
        else:
            yield child
