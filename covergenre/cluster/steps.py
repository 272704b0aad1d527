"""What may be done to a cover, one function a step: those that the laptop runs, none of its own.

A step says which columns it fills from a decoded cover. It holds nothing but what it was asked for, so it may be sent
to any machine; what it works with is opened there, once in a process.
"""

import json
from collections.abc import Mapping, Sequence
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
class Opened:
    """A cover that was read: its file, and what was decoded from it."""

    data: bytes
    decoded: Decoded


class Step(Protocol):
    """Something to do to a cover."""

    @property
    def key(self) -> str:
        """A name that is another whenever the columns would hold something else."""

    def __call__(self, cover: Opened) -> Mapping[str, Any]:
        """The columns of a cover, by name."""


@dataclass(frozen=True)
class Look:
    """Size, mode and hashes: what a scan reads."""

    key: str = f"look-{images.DECODER}"

    def __call__(self, cover: Opened) -> Mapping[str, Any]:
        """See `Step`."""
        return pixel_columns(cover.decoded)


@dataclass(frozen=True)
class Embed:
    """The vectors by a recipe, a column a variant."""

    recipe: Recipe
    variants: tuple[str, ...] = ("original",)

    @property
    def key(self) -> str:
        """See `Step`."""
        return f"vectors-{self.recipe.key}-{'-'.join(self.variants)}"

    def __call__(self, cover: Opened) -> Mapping[str, Any]:
        """See `Step`."""
        engine = _engine(self.recipe)
        return {column(name): engine.vector(augment.apply(cover.decoded.image, name)) for name in self.variants}


@dataclass(frozen=True)
class Measure:
    """What an audit measures of a picture."""

    key: str = "measures-1"

    def __call__(self, cover: Opened) -> Mapping[str, Any]:
        """See `Step`."""
        return dict(zip(COLUMNS, measure_picture(cover.decoded.image), strict=True))


@dataclass(frozen=True)
class Shrink:
    """The small picture that pages show, as JPEG, and the signature of its colours."""

    key: str = f"small-{SIDE}"

    def __call__(self, cover: Opened) -> Mapping[str, Any]:
        """See `Step`."""
        jpeg = images.thumbnail(cover.decoded.image, SIDE)
        return {"thumbnail": jpeg, "signature": images.signature(images.decode(jpeg).image)}


@dataclass(frozen=True)
class Answer:
    """The answer of a run: its genre, how unlike known covers the picture is, and all that is said of it as JSON."""

    run: str
    neighbours: int = 0

    @property
    def key(self) -> str:
        """See `Step`."""
        return f"answers-{self.run}-{self.neighbours}"

    def __call__(self, cover: Opened) -> Mapping[str, Any]:
        """See `Step`."""
        answer = _predictor(self.run).predict(cover.data, neighbours=self.neighbours)
        said = json.dumps(prediction_to_dict(answer), ensure_ascii=False)
        return {"genre": answer.genre, "unfamiliar": answer.unfamiliar, "answer": said}


def column(variant: str) -> str:
    """What the column of a variant's vectors is called."""
    return f"vector_{variant}"


def keys_of(steps: Sequence[Step]) -> str:
    """The keys of all steps as one."""
    return "+".join(sorted(step.key for step in steps))


@lru_cache(maxsize=2)
def _engine(recipe: Recipe) -> Engine:
    return engine_for(recipe)


@lru_cache(maxsize=1)
def _predictor(run: str) -> Predictor:
    return Predictor.open(run)
