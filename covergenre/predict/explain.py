"""Why a cover got its answer: which known covers voted for it, and where in the picture it comes from.

The place is found by covering: a window goes over the picture, what is below it is blurred, and what the answer loses
says how much of it came from there. That holds for every head, whatever it reads. 25 windows of a third of the side
were measured, on real held-out covers, to find a place that matters more than 49 windows of a quarter, a second look at
the best fifth, or 64 random masks (RISE: Petsiuk, Das and Saenko, BMVC 2018) do; `benchmarks/saliency.py` tells how
much it matters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageFilter

from covergenre import images
from covergenre.methods.knn import FittedNeighbours
from covergenre.predict.predictor import Look, Predictor, unlabelled

SIDE = 256
"""The longer side, in pixels, of the picture that windows go over."""

_STEPS = 5  # windows along each side
_WINDOW = 1 / 3  # of a side
_BLUR = 1 / 8  # of the longer side: takes every shape away and leaves the colours


@dataclass(frozen=True)
class Evidence:
    """How the nearest known covers voted.

    `voters`: how many did. `shares`: of the votes for each genre, the largest first. `votes`: the share of all votes
    that each cover has, by its content hash.
    """

    voters: int
    shares: Mapping[str, float]
    votes: Mapping[str, float]


@dataclass(frozen=True)
class Saliency:
    """Where in a picture the answer comes from.

    `heat`: float32 (genres, height, width), in the shape of the picture at `SIDE`. How much the log-odds of a genre
    fall, on average, when a window covers the place: above 0 what speaks for the genre, below 0 what speaks against it.
    """

    genres: tuple[str, ...]
    heat: np.ndarray

    def region(self, genre: str, share: float) -> np.ndarray:
        """The part of the picture, of `share` of its area, that speaks most for a genre: bool (height, width)."""
        heat = self.heat[self.genres.index(genre)]
        order = np.argsort(-heat, axis=None, kind="stable")
        marked = np.zeros(heat.size, bool)
        marked[order[: round(share * heat.size)]] = True
        return marked.reshape(heat.shape)


def evidence(predictor: Predictor, image: Image.Image) -> Evidence | None:
    """How the nearest known covers voted on an RGB cover; None where no head is one of nearest neighbours."""
    head = next((head for head in predictor.heads.values() if isinstance(head, FittedNeighbours)), None)
    if head is None:
        return None
    _, (rows,), (weights,) = head.votes(unlabelled([predictor.look(image)]))
    voters = {int(row): float(weight) for row, weight in zip(rows, weights, strict=True) if row >= 0}
    shares = dict.fromkeys(predictor.genres, 0.0)
    for row, weight in voters.items():
        shares[predictor.genres[head.labels[row]]] += weight
    return Evidence(
        voters=len(voters),
        shares={genre: shares[genre] for genre in sorted(shares, key=lambda genre: shares[genre], reverse=True)},
        votes={str(head.hashes[row]): weight for row, weight in voters.items()},
    )


def saliency(predictor: Predictor, image: Image.Image) -> Saliency:
    """Where in an RGB cover the answer of the head that counts comes from, for every genre at once."""
    small = images.shrink(image, SIDE)
    masks = _windows(small.height, small.width)
    pictures = [small, *(cover_up(small, mask) for mask in masks)]
    odds = _log_odds(probabilities(predictor, predictor.look(image), pictures))
    falls = odds[0] - odds[1:]
    heat = np.tensordot(falls.T, masks, axes=1) / np.maximum(masks.sum(axis=0), 1e-6)
    return Saliency(predictor.genres, heat.astype(np.float32))


def probabilities(predictor: Predictor, look: Look, pictures: Sequence[Image.Image]) -> np.ndarray:
    """What the head that counts says of altered pictures of one cover: float64 (n, genres).

    The cover's vector is moved as far as the alteration moves that of its plain view: one view for each, not several.
    """
    vectors = look.vector + predictor.engine.embed(pictures) - predictor.engine.vector(look.picture())
    looks = [
        replace(look, vector=vector, picture=picture.copy) for vector, picture in zip(vectors, pictures, strict=True)
    ]
    return next(iter(predictor.heads.values())).predict_proba(unlabelled(looks))


def cover_up(image: Image.Image, mask: np.ndarray) -> Image.Image:
    """The image, blurred where the mask (height, width) is 1 and as it was where it is 0."""
    blurred = image.filter(ImageFilter.GaussianBlur(_BLUR * max(image.size)))
    return Image.composite(blurred, image, Image.fromarray((255 * mask).astype(np.uint8)))


def _log_odds(probabilities: np.ndarray) -> np.ndarray:
    return np.log(probabilities / np.maximum(1 - probabilities, 1e-9))


def _windows(height: int, width: int) -> np.ndarray:
    """Windows with soft edges that cover the picture evenly: float32 (n, height, width), 0..1."""
    masks = []
    for top in np.linspace(0, height - _WINDOW * height, _STEPS):
        for left in np.linspace(0, width - _WINDOW * width, _STEPS):
            mask = Image.new("L", (width, height))
            mask.paste(255, tuple(round(edge) for edge in (left, top, left + _WINDOW * width, top + _WINDOW * height)))
            masks.append(np.asarray(mask.filter(ImageFilter.GaussianBlur(max(height, width) / 30)), np.float32) / 255)
    return np.stack(masks)
