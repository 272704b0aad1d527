"""The map: all covers on a plane, like ones near each other.

The good map is t-SNE (van der Maaten and Hinton, Visualizing Data using t-SNE, JMLR 2008) by scikit-learn, started from
the principal components so that it comes out the same each time. On the starter it keeps 30 % of a cover's twelve
nearest near it, the two principal components alone 4 %. But it takes the better part of a minute, so it is drawn once
for a set of vectors and kept (that of the starter ships with it); until then, and for sets too large for it, there are
the principal components, at once and without scikit-learn. Only where a vector points counts, not its length.
"""

import hashlib
import logging
import secrets
from pathlib import Path

import numpy as np

from covergenre import home

DRAWABLE = 8000
"""t-SNE is offered up to so many covers: about two minutes on two cores."""

_STEPS = 500  # twice as many keep no more of the neighbours
_log = logging.getLogger(__name__)


def quick_map(vectors: np.ndarray) -> np.ndarray:
    """The places of covers along the two directions in which their vectors (n, e) vary most: float32 (n, 2), -1..1."""
    places = np.zeros((len(vectors), 2), np.float32)
    if len(vectors) > 1:
        units = _units(vectors)
        centred = units - units.mean(axis=0)
        _, axes = np.linalg.eigh(centred.T @ centred)
        found = centred @ axes[:, ::-1][:, :2]
        places[:, : found.shape[1]] = found
    return _fitted(places)


def find_map(vectors: np.ndarray) -> np.ndarray | None:
    """The good map of exactly these vectors, if it was drawn before or came with the starter: float32 (n, 2), -1..1."""
    key = _key(vectors)
    for file in (home.maps() / f"{key}.npz", home.starter() / "map.npz"):
        places = _read(file, key, len(vectors))
        if places is not None:
            return places
    return None


def draw_map(vectors: np.ndarray, file: Path | None = None) -> np.ndarray:
    """Draw the good map of these vectors (n, e) and keep it, in `file` or under `home.maps()`: as `find_map` has it."""
    from sklearn.manifold import TSNE

    perplexity = min(30, max((len(vectors) - 1) / 3, 1))
    drawing = TSNE(init=quick_map(vectors) * 1e-4, perplexity=perplexity, max_iter=_STEPS, random_state=0)
    places = _fitted(drawing.fit_transform(_units(vectors)))
    key = _key(vectors)
    file = file or home.maps() / f"{key}.npz"
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{secrets.token_hex(4)}.npz")
    try:
        np.savez(beside, key=np.array(key), places=places.astype(np.float16))
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return places


def _fitted(places: np.ndarray) -> np.ndarray:
    """The places in the middle of a square from -1 to 1; one scale for both sides."""
    low, high = places.min(axis=0), places.max(axis=0)
    return ((places - (low + high) / 2) / (max((high - low).max() / 2, 1e-9))).astype(np.float32)


def _units(vectors: np.ndarray) -> np.ndarray:
    vectors = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def _key(vectors: np.ndarray) -> str:
    """What is equal for equal vectors: of those given and nothing computed, whose last digit may differ elsewhere."""
    return hashlib.blake2b(np.ascontiguousarray(vectors).tobytes(), digest_size=16).hexdigest()


def _read(file: Path, key: str, n: int) -> np.ndarray | None:
    """The map in a file, if it is one of the vectors of this key."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            places = stored["places"].astype(np.float32)
            fits = str(stored["key"]) == key and places.shape == (n, 2) and np.isfinite(places).all()
    except FileNotFoundError:
        return None
    except Exception as error:  # A damaged archive brings any exception out of its reader.
        _log.warning("the map %s is damaged and passed over: %s", file, error)
        return None
    return places if fits else None
