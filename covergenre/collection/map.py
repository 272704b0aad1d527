"""A map of covers: their vectors in two dimensions, similar covers near each other.

The detailed map is t-SNE (van der Maaten and Hinton, Visualizing Data using t-SNE, JMLR 2008), initialised with the
principal components so that it is reproducible. On the starter it keeps 30 % of a cover's twelve nearest near it, the
two principal components alone 4 %. It takes up to two minutes, so it is computed once for a set of vectors and stored
(the starter ships with its own). Until then, and for larger sets, the quick map shows the principal components, without
scikit-learn. Only the direction of a vector counts, not its length.
"""

import hashlib
import logging
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from covergenre import home
from covergenre.embedding.index import unit
from covergenre.errors import Cancelled, CoverGenreError
from covergenre.files import replace_arrays
from covergenre.progress import SILENT, Monitor
from covergenre.vectors import batches

DRAWABLE = 8000
"""The most covers that t-SNE is offered for: about two minutes on two cores."""

_SECONDS_PER_COVER = 0.015  # about, on two cores
_SAMPLE = 50_000  # covers that the principal components are computed from
_STEPS = 500  # twice as many keep no more of the neighbours
_log = logging.getLogger(__name__)


def quick_map(vectors: np.ndarray) -> np.ndarray:
    """The first two principal components of vectors (n, e): float32 (n, 2), -1..1."""
    places = np.zeros((len(vectors), 2), np.float32)
    if len(vectors) > 1:
        sample = unit(vectors[:: max(len(vectors) // _SAMPLE, 1)])
        mean = sample.mean(axis=0)
        centred = sample - mean
        axes = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :2]
        for part in batches(len(vectors), _SAMPLE):
            places[part, : axes.shape[1]] = (unit(vectors[part]) - mean) @ axes
    return _fitted(places)


def find_map(vectors: np.ndarray) -> np.ndarray | None:
    """The stored detailed map of exactly these vectors, float32 (n, 2), -1..1, or None."""
    key = map_key(vectors)
    for file in (home.maps() / f"{key}.npz", home.starter() / "map.npz"):
        places = _read(file, key, len(vectors))
        if places is not None:
            return places
    return None


def known_map(vectors: np.ndarray) -> tuple[np.ndarray, bool]:
    """The best available map of these vectors, and whether that is the detailed one."""
    detailed = find_map(vectors)
    return (quick_map(vectors), False) if detailed is None else (detailed, True)


def draw_map_apart(vectors: np.ndarray, monitor: Monitor = SILENT) -> None:
    """`draw_map` in a child process, which can be stopped and whose memory is freed.

    Raises Cancelled when stopped, CoverGenreError when it fails. Progress is estimated from the number of covers.
    """
    began, expected = time.monotonic(), max(len(vectors) * _SECONDS_PER_COVER, 3.0)
    with tempfile.TemporaryDirectory() as folder:
        file, log = Path(folder) / "vectors.npy", Path(folder) / "log"
        np.save(file, vectors)
        with log.open("wb") as said:
            process = subprocess.Popen(
                home.child_command(__name__, str(file)),
                env=home.child_environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        while process.poll() is None:
            if monitor.should_stop():
                process.kill()
                process.wait()
                raise Cancelled("stopped before the map was drawn")
            elapsed = time.monotonic() - began
            monitor.report(int(len(vectors) * min(elapsed / expected, 0.99)), len(vectors), "placing covers")
            time.sleep(0.1)
        if process.returncode:
            why = log.read_text(errors="replace").strip().splitlines()[-1:]
            raise CoverGenreError(f"the map could not be drawn ({' '.join(why)[:200]}): try again")


def draw_map(vectors: np.ndarray, file: Path | None = None) -> np.ndarray:
    """Compute the detailed map of vectors (n, e) and store it for `find_map`, in `file` or else under `home.maps()`."""
    from sklearn.manifold import TSNE

    perplexity = min(30, max((len(vectors) - 1) / 3, 1))
    tsne = TSNE(init=quick_map(vectors) * 1e-4, perplexity=perplexity, max_iter=_STEPS, random_state=0)
    places = _fitted(tsne.fit_transform(unit(vectors)))
    key = map_key(vectors)
    file = file or home.maps() / f"{key}.npz"
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_arrays(file, key=np.array(key), places=places.astype(np.float16))
    return places


def _fitted(places: np.ndarray) -> np.ndarray:
    """Places scaled alike in both directions to fit the square from -1 to 1, and centred in it."""
    low, high = places.min(axis=0), places.max(axis=0)
    return ((places - (low + high) / 2) / (max((high - low).max() / 2, 1e-9))).astype(np.float32)


def map_key(vectors: np.ndarray) -> str:
    """A hash of the vectors, of many a sample, as they are given: what is computed may differ between machines."""
    some = np.ascontiguousarray(vectors[:: max(len(vectors) // _SAMPLE, 1)])
    return hashlib.blake2b(some.tobytes(), digest_size=16).hexdigest()


def _read(file: Path, key: str, n: int) -> np.ndarray | None:
    """The map in a file, if it is one of the vectors of this key."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            places = stored["places"].astype(np.float32)
            fits = str(stored["key"]) == key and places.shape == (n, 2) and np.isfinite(places).all()
    except FileNotFoundError:
        return None
    except Exception as error:  # A damaged archive brings any exception out of its reader.
        _log.warning("the map %s is damaged and ignored: %s", file, error)
        return None
    return places if fits else None


if __name__ == "__main__":
    draw_map(np.load(sys.argv[1], allow_pickle=False))
