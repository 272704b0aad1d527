"""The steps that can be applied to a cover, each of which calls the same library function as a single machine does.

A step returns columns for a decoded cover. It holds nothing but its parameters, so it can be sent to any machine;
engines and predictors are opened there, once per process.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from covergenre import augment, images
from covergenre.api.serialization import prediction_to_dict
from covergenre.audit.measures import COLUMNS, measure_picture
from covergenre.dataset.manifest import pixel_columns
from covergenre.dataset.thumbnails import SIDE
from covergenre.embedding.engine import Engine, engine_for
from covergenre.embedding.recipe import Recipe
from covergenre.images import Decoded
from covergenre.predict import Predictor


@dataclass(frozen=True)
class OpenedCover:
    """A cover that was read: the bytes of its file, and the decoded picture."""

    data: bytes
    decoded: Decoded


class Step(Protocol):
    """Columns computed from a cover."""

    @property
    def key(self) -> str:
        """A name that changes whenever the content of the columns would."""

    def __call__(self, cover: OpenedCover) -> Mapping[str, Any]:
        """The columns of a cover, by name."""


@dataclass(frozen=True)
class Look:
    """Size, mode and hashes: what a scan reads."""

    key: str = f"look-{images.DECODER}"

    def __call__(self, cover: OpenedCover) -> Mapping[str, Any]:
        """See `Step`."""
        return pixel_columns(cover.decoded)


@dataclass(frozen=True)
class Embed:
    """The vectors by a recipe, a column per variant."""

    recipe: Recipe
    variants: tuple[str, ...] = ("original",)

    @property
    def key(self) -> str:
        """See `Step`."""
        return f"vectors-{self.recipe.key}-{'-'.join(self.variants)}"

    def __call__(self, cover: OpenedCover) -> Mapping[str, Any]:
        """See `Step`."""
        engine = _engine(self.recipe)
        return {vector_column(name): engine.vector(augment.apply(cover.decoded.image, name)) for name in self.variants}


@dataclass(frozen=True)
class Measure:
    """The measures of a picture that an audit uses."""

    key: str = "measures-1"

    def __call__(self, cover: OpenedCover) -> Mapping[str, Any]:
        """See `Step`."""
        return dict(zip(COLUMNS, measure_picture(cover.decoded.image), strict=True))


@dataclass(frozen=True)
class Shrink:
    """The thumbnail that pages show, as JPEG, and the signature of its colours."""

    key: str = f"small-{SIDE}"

    def __call__(self, cover: OpenedCover) -> Mapping[str, Any]:
        """See `Step`."""
        jpeg = images.thumbnail(cover.decoded.image, SIDE)
        return {"thumbnail": jpeg, "signature": images.signature(images.decode(jpeg).image)}


@dataclass(frozen=True)
class Answer:
    """The answer of a run: its genre, how unfamiliar the picture is, and the whole answer as JSON."""

    run: str
    neighbours: int = 0

    @property
    def key(self) -> str:
        """See `Step`."""
        return f"answers-{self.run}-{self.neighbours}"

    def __call__(self, cover: OpenedCover) -> Mapping[str, Any]:
        """See `Step`."""
        prediction = _predictor(self.run).predict(cover.data, neighbours=self.neighbours)
        answer = json.dumps(prediction_to_dict(prediction), ensure_ascii=False)
        return {"genre": prediction.genre, "unfamiliar": prediction.unfamiliar, "answer": answer}


def vector_column(variant: str) -> str:
    """The name of the column with a variant's vectors."""
    return f"vector_{variant}"


@lru_cache(maxsize=2)
def _engine(recipe: Recipe) -> Engine:
    return engine_for(recipe)


@lru_cache(maxsize=1)
def _predictor(run: str) -> Predictor:
    return Predictor.open(run)
