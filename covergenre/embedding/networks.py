"""Pretrained networks in torch and the features taken from them.

This module and `weights` import torch, so they are imported inside functions. All backbones are models of timm, whose
`forward_intermediates` gives the maps of their stages.
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

_MAX_STAGES = 8  # deep transformers have dozens of similar stages: evenly spread ones are enough
_MIXTURES = 32  # of a stage's channels: their correlations are 528 numbers, those of all channels up to 61,776
_EPSILON = 1e-6  # keeps the square root's gradient finite, and its value stable, where a map is constant


class Network(nn.Module):
    """A backbone whose forward gives its pooled vector and the maps of its stages."""

    body: Any
    """A network of timm."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, pixels: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """(n, 3, side, side) float32 to (n, d) and at most 8 maps (n, channels, height, width), first to last."""
        forward = self.body.forward_intermediates
        # Every block of an EfficientNet, not only those where the resolution changes.
        options = {"extra_blocks": True} if "extra_blocks" in inspect.signature(forward).parameters else {}
        last, maps = forward(pixels, output_fmt="NCHW", **options)
        return self.body.forward_head(last, pre_logits=True), tuple(_spread(maps))


class FeatureNet(nn.Module):
    """A network whose forward gives one vector per cover, by feature set.

    "pooled": the pooled vector. "stages": the pooled vector, then, stage by stage, the mean and the population standard
    deviation of each channel over space. "texture": "stages", then, stage by stage, the correlations over space of 32
    mixtures of its standardised channels, each pair once (after Gatys, Ecker and Bethge, Texture Synthesis Using
    Convolutional Neural Networks, NeurIPS 2015).
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
        """The length of a vector without correlations, for covers of `side` px."""
        with torch.no_grad():
            pooled, maps = self.network(torch.zeros(1, 3, side, side))
        return pooled.shape[1] + 2 * sum(stage.shape[1] for stage in maps)


def load_network(backbone_id: str, weights: Path | None = None) -> Network:
    """The network of a backbone with pretrained weights, in evaluation mode.

    `weights`: a local file to use instead of the backbone's own, see `weights.load_body`. NoWeights when the backbone
    is unknown or its weights are not available.
    """
    return Network(load_body(get_backbone(backbone_id), weights)).eval()


def _spread(maps: list[Tensor]) -> list[Tensor]:
    if len(maps) <= _MAX_STAGES:
        return maps
    return [maps[(i + 1) * len(maps) // _MAX_STAGES - 1] for i in range(_MAX_STAGES)]


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

    The order of channels means nothing, so any orthonormal rows would do; these are the same on every machine. Computed
    with NumPy, so that tracing treats them as constants.
    """
    waves = np.arange(min(channels, _MIXTURES))[:, np.newaxis] * (np.arange(channels) + 0.5)
    rows = np.cos(np.pi / channels * waves)
    return unit_rows(rows).astype(np.float32)
