"""The steps that can be applied to a cover, each of which calls the same library function as a single machine does.

A step holds nothing but its parameters, so it can be sent to any machine; engines and predictors are opened there, once
per process.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

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


@dataclass(frozen=True)
class Step:
    """A function from a cover to columns by name; `key` changes whenever the content of the columns would."""

    key: str
    columns: Callable[[OpenedCover], Mapping[str, Any]]


def look() -> Step:
    """Size, mode and hashes: what a scan reads."""
    return Step(f"look-{images.DECODER}", _look)


def measures() -> Step:
    """The measures of a picture that an audit uses."""
    return Step("measures-1", _measures)


def thumbnails() -> Step:
    """The thumbnail that pages show, as JPEG, and the signature of its colours."""
    return Step(f"small-{SIDE}", _thumbnail)


def vectors(recipe: Recipe, variants: tuple[str, ...] = ("original",)) -> Step:
    """The vectors by a recipe, a column per variant."""
    return Step(f"vectors-{recipe.key}-{'-'.join(variants)}", partial(_vectors, recipe, variants))


def answers(run: str, neighbours: int = 0) -> Step:
    """The answers of a run: the genre, how unfamiliar the picture is, and the whole answer as JSON."""
    return Step(f"answers-{run}-{neighbours}", partial(_answer, run, neighbours))


def vector_column(variant: str) -> str:
    """The name of the column with a variant's vectors."""
    return f"vector_{variant}"


def _look(cover: OpenedCover) -> Mapping[str, Any]:
    return pixel_columns(cover.decoded)


def _measures(cover: OpenedCover) -> Mapping[str, Any]:
    return dict(zip(COLUMNS, measure_picture(cover.decoded.image), strict=True))


def _thumbnail(cover: OpenedCover) -> Mapping[str, Any]:
    jpeg = images.thumbnail(cover.decoded.image, SIDE)
    return {"thumbnail": jpeg, "signature": images.signature(images.decode(jpeg).image)}


def _vectors(recipe: Recipe, variants: tuple[str, ...], cover: OpenedCover) -> Mapping[str, Any]:
    engine = _engine(recipe)
    return {vector_column(name): engine.vector(augment.apply(cover.decoded.image, name)) for name in variants}


def _answer(run: str, neighbours: int, cover: OpenedCover) -> Mapping[str, Any]:
    prediction = _predictor(run).predict(cover.data, neighbours=neighbours)
    answer = json.dumps(prediction_to_dict(prediction), ensure_ascii=False)
    return {"genre": prediction.genre, "unfamiliar": prediction.unfamiliar, "answer": answer}


@lru_cache(maxsize=2)
def _engine(recipe: Recipe) -> Engine:
    return engine_for(recipe)


@lru_cache(maxsize=1)
def _predictor(run: str) -> Predictor:
    return Predictor.open(run)
