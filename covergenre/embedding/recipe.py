"""How a cover becomes a vector, as data: only vectors of one recipe can be compared."""

import dataclasses
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Self

from covergenre.digests import sha256
from covergenre.embedding.backbones import TIMM, get_backbone, is_stronger
from covergenre.errors import CoverGenreError, NoWeights
from covergenre.packages import need

FEATURE_SETS = ("pooled", "stages", "texture")

EVEN = 150
"""The resolution in pixels that training brings covers to, so that sources look alike."""

_REVISION = 1  # incremented whenever the same recipe gives other vectors than before, so that caches don't mix them


@dataclass(frozen=True)
class Recipe:
    """A backbone, what is taken from it, and the resolution that covers are brought to first.

    `feature_set`: "pooled" is the backbone's last, averaged layer; "stages" adds the mean and standard deviation over
    space of every stage before it, "texture" also the correlations between the channels of each stage. `limit`: covers
    are first shrunk to at most this many pixels a side, so that resolution doesn't predict the genre (None: not
    shrunk). `weights`: a local file of pretrained weights to use instead of the backbone's own. Raises CoverGenreError
    for an invalid value.
    """

    backbone: str = "efficientnet_lite2"
    feature_set: str = "texture"
    limit: int | None = None
    weights: str | None = None

    def __post_init__(self) -> None:
        if self.feature_set not in FEATURE_SETS:
            raise CoverGenreError(
                f"there is no feature set {self.feature_set!r}: choose from {', '.join(FEATURE_SETS)}"
            )
        if self.limit is not None and self.limit < 1:
            raise CoverGenreError(f"covers can't be shrunk to {self.limit} px: give 1 or more, or none")

    @property
    def key(self) -> str:
        """A name for this recipe that is safe in file names and differs whenever its vectors do.

        It ends in a hash of the preprocessing and of the weights. NoWeights when `weights` can't be read.
        """
        digest = hashlib.sha256(f"{_REVISION} {_identity(self.backbone)} {self._weights_digest()}".encode())
        name = re.sub(r"[^A-Za-z0-9_.]", "-", self.backbone)
        return f"{name}-{self.feature_set}-{self.limit or 'full'}-{digest.hexdigest()[:12]}"

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, as JSON has them."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Self:
        """The recipe of such fields; CoverGenreError when one is unknown or of a wrong type."""
        types = {"backbone": str, "feature_set": str, "limit": int | None, "weights": str | None}
        for name, value in fields.items():
            if name not in types or not isinstance(value, types[name]):
                raise CoverGenreError(f"a recipe has no field {name!r} with the value {value!r}: make the recipe again")
        return cls(**fields)

    def _weights_digest(self) -> str:
        if self.weights is None:
            return ""
        try:
            return sha256(Path(self.weights))
        except OSError as error:
            raise NoWeights(
                f"the weights file {self.weights} can't be read ({error.strerror}): check its name"
            ) from error


def _identity(backbone_id: str) -> str:
    # timm's version determines what a name of timm stands for; looking it up would import torch.
    if backbone_id.startswith(TIMM) and not is_stronger(backbone_id):
        need("a network of timm's", ("timm",))
        return f"timm {metadata.version('timm')}"
    backbone = get_backbone(backbone_id)
    return f"{backbone.digest} {backbone.preprocessing.to_json()}"
