"""Why a cover got its prediction: which known covers voted, and where in the picture the prediction comes from.

Saliency is measured by occlusion, which works with every head: a window slides over the picture and blurs what is below
it, and the fall of the log-odds says how much of the prediction came from there. On real held-out covers, 25 windows of
a third of the side find a more important place than 49 windows of a quarter, a second pass over the best fifth, or 64
random masks (RISE: Petsiuk, Das and Saenko, BMVC 2018); `benchmarks/saliency.py` measures it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageFilter

from covergenre import images
from covergenre.methods.knn import FittedNeighbours
from covergenre.predict.predictor import Look, Predictor, unlabelled

SIDE = 256
"""The longer side, in pixels, of the picture that windows slide over."""

_STEPS = 5  # windows along each side
_WINDOW = 1 / 3  # of a side
_BLUR = 1 / 8  # of the longer side: removes every shape and leaves the colours


@dataclass(frozen=True)
class Evidence:
    """How the nearest known covers voted: the number of `voters`, each genre's share of the votes, the largest first,
    and each cover's share, by its content hash.
    """

    voters: int
    shares: Mapping[str, float]
    votes: Mapping[str, float]


@dataclass(frozen=True)
class Saliency:
    """Where in a picture the prediction comes from.

    `heat`: float32 (genres, height, width), in the shape of the picture at `SIDE`: the mean fall of a genre's log-odds
    when a window covers the place, above 0 where the picture supports the genre.
    """

    genres: tuple[str, ...]
    heat: np.ndarray

    def region(self, genre: str, share: float) -> np.ndarray:
        """The part of the picture, of `share` of its area, that supports a genre most: bool (height, width)."""
        heat = self.heat[self.genres.index(genre)]
        order = np.argsort(-heat, axis=None, kind="stable")
        marked = np.zeros(heat.size, bool)
        marked[order[: round(share * heat.size)]] = True
        return marked.reshape(heat.shape)


def evidence(predictor: Predictor, image: Image.Image) -> Evidence | None:
    """How the nearest known covers voted on an RGB cover; None where no head is a nearest-neighbour method."""
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
    """Where in an RGB cover the prediction comes from, for every genre at once."""
    small = images.shrink(image, SIDE)
    masks = _windows(small.height, small.width)
    pictures = [small, *(cover_up(small, mask) for mask in masks)]
    found = probabilities(predictor, predictor.look(image), pictures)
    log_odds = np.log(found / np.maximum(1 - found, 1e-9))
    falls = log_odds[0] - log_odds[1:]
    heat = np.tensordot(falls.T, masks, axes=1) / np.maximum(masks.sum(axis=0), 1e-6)
    return Saliency(predictor.genres, heat.astype(np.float32))


def probabilities(predictor: Predictor, look: Look, pictures: Sequence[Image.Image]) -> np.ndarray:
    """The probabilities for altered pictures of one cover: float64 (n, genres).

    Its vector is moved as far as the alteration moves that of a single view, so that each takes one inference.
    """
    vectors = look.vector + predictor.engine.embed(pictures) - predictor.engine.vector(look.picture())
    looks = [
        replace(look, vector=vector, picture=picture.copy) for vector, picture in zip(vectors, pictures, strict=True)
    ]
    return next(iter(predictor.heads.values())).predict_proba(unlabelled(looks))


def cover_up(image: Image.Image, mask: np.ndarray) -> Image.Image:
    """The image, blurred where the mask (height, width) is 1 and unchanged where it is 0."""
    blurred = image.filter(ImageFilter.GaussianBlur(_BLUR * max(image.size)))
    return Image.composite(blurred, image, Image.fromarray((255 * mask).astype(np.uint8)))


def _windows(height: int, width: int) -> np.ndarray:
    """Windows with soft edges that cover the picture evenly: float32 (n, height, width), 0..1."""
    masks = []
    for top in np.linspace(0, height - _WINDOW * height, _STEPS):
        for left in np.linspace(0, width - _WINDOW * width, _STEPS):
            mask = Image.new("L", (width, height))
            mask.paste(255, tuple(round(edge) for edge in (left, top, left + _WINDOW * width, top + _WINDOW * height)))
            masks.append(np.asarray(mask.filter(ImageFilter.GaussianBlur(max(height, width) / 30)), np.float32) / 255)
    return np.stack(masks)
