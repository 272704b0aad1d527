"""Pretrained networks in torch and the features taken from them.

This module and `weights` import torch as they load, so they are imported inside functions. All backbones are
built by timm, whose `forward_intermediates` hands out what lies between their stages in one way for all.
"""

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from covergenre.embedding.backbones import get_backbone
from covergenre.embedding.weights import load_body
from covergenre.vectors import unit_rows

# Deep transformers have dozens of stages alike: so many, evenly spread, say enough.
_MOST_STAGES = 8
# Of a stage's channels, so many mixtures: their correlations are 528 numbers, those of all channels up to 61,776.
_MIXTURES = 32
# Keeps the square root's gradient finite, and its value stable, where a map is constant.
_EPSILON = 1e-6


class Network(nn.Module):
    """A backbone whose forward gives its pooled vector and the maps of its stages."""

    body: Any
    """A network of timm."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, pixels: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """(n, 3, side, side) float32 to (n, d) and at most 8 maps (n, channels, height, width), first to last."""
        hand_out = self.body.forward_intermediates
        # timm's name for "every block of an EfficientNet, not only those where the resolution changes".
        more = {"extra_blocks": True} if "extra_blocks" in inspect.signature(hand_out).parameters else {}
        last, maps = hand_out(pixels, output_fmt="NCHW", **more)
        return self.body.forward_head(last, pre_logits=True), tuple(_spread(maps))


class FeatureNet(nn.Module):
    """A network whose forward gives one vector a cover, by feature set.

    "pooled": the pooled vector. "stages": the pooled vector, then, stage by stage, the mean and the population standard
    deviation of each channel over space. "texture": the stages, then, stage by stage, how its channels go together over
    space, whatever the place (Gatys, Ecker and Bethge, Texture Synthesis Using Convolutional Neural Networks, NeurIPS
    2015): the correlations of 32 mixtures of its standardised channels, each pair once.
    """

    def __init__(self, network: Network, feature_set: str) -> None:
        super().__init__()
        self.network = network
        self.feature_set = feature_set

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, 3, side, side) float32 to (n, width) float32."""
        pooled, maps = self.network(pixels)
        if self.feature_set == "pooled":
            return pooled
        moments = [_mean_and_deviation(stage) for stage in maps]
        vector = [pooled, *(figures.flatten(1) for pair in moments for figures in pair)]
        if self.feature_set == "texture":
            vector += [_correlations((stage - mean) / sd) for stage, (mean, sd) in zip(maps, moments, strict=True)]
        return torch.cat(vector, dim=1)

    def plain(self, side: int) -> int:
        """How wide the vector of a cover of `side` px is without correlations."""
        with torch.no_grad():
            pooled, maps = self.network(torch.zeros(1, 3, side, side))
        return pooled.shape[1] + 2 * sum(stage.shape[1] for stage in maps)


def load_network(backbone_id: str, weights: Path | None = None) -> Network:
    """The network of a backbone with its pretrained weights, in evaluation mode.

    `weights` is a local file to use instead of the backbone's own weights, as `weights.load_body` takes it. NoWeights
    when the backbone is unknown or its weights can't be had.
    """
    return Network(load_body(get_backbone(backbone_id), weights)).eval()


def _spread(maps: list[Tensor]) -> list[Tensor]:
    if len(maps) <= _MOST_STAGES:
        return maps
    return [maps[(i + 1) * len(maps) // _MOST_STAGES - 1] for i in range(_MOST_STAGES)]


def _mean_and_deviation(stage: Tensor) -> tuple[Tensor, Tensor]:
    """Of each channel over space, both (n, channels, 1, 1)."""
    mean = stage.mean((2, 3), keepdim=True)
    variance = (stage - mean).square().mean((2, 3), keepdim=True)
    return mean, (variance + _EPSILON).sqrt()


def _correlations(stage: Tensor) -> Tensor:
    """Of mixtures of standardised channels (n, channels, height, width): (n, k (k + 1) / 2), k at most 32."""
    mixing = _cosines(int(stage.shape[1]))
    mixed = torch.matmul(torch.from_numpy(mixing), stage.flatten(2))
    together = torch.bmm(mixed, mixed.transpose(1, 2)) / mixed.shape[2]
    each_pair = np.flatnonzero(np.triu(np.ones((len(mixing), len(mixing)))))
    return together.flatten(1)[:, torch.from_numpy(each_pair)]


def _cosines(channels: int) -> np.ndarray:
    """Weights of mixtures, orthonormal rows (k, channels), k at most 32: the first of a discrete cosine transform.

    The order of channels means nothing, so any orthonormal rows would do; these are the same on every machine. Made by
    NumPy, so that tracing takes them for constants.
    """
    waves = np.arange(min(channels, _MIXTURES))[:, np.newaxis] * (np.arange(channels) + 0.5)
    rows = np.cos(np.pi / channels * waves)
    return unit_rows(rows).astype(np.float32)
