"""Finding covers by what can be seen on them, in words: "dark fortress at night".

A network that learned from pictures and their captions (Radford et al., Learning Transferable Visual Models From
Natural Language Supervision, ICML 2021) gives pictures and texts vectors that lie near each other where they fit. It
comes with open_clip, a package that need not be installed: nothing else here needs it. The covers are looked at once,
and their vectors are kept like all others. Pictures are needed for that, so covers of which none is at hand can't be
found so.
"""

import hashlib
import importlib.util
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from PIL import Image

from covergenre import home, hub, images
from covergenre.collection.collection import Collection
from covergenre.collection.filters import first
from covergenre.embedding.store import VectorStore
from covergenre.errors import BadImage, Cancelled, NoWeights
from covergenre.progress import Progress, Report, ShouldStop, never, silent
from covergenre.vectors import unit_rows

PACKAGE = "open_clip_torch"
"""What pip installs to make this work; its licence is MIT."""

MODEL = "laion/CLIP-ViT-B-32-laion2B-s34B-b79K"
"""The network, by its name at the Hugging Face hub; its weights are under the MIT licence."""

MEGABYTES = 605
"""Of these weights."""

_BATCH = 16
_NAMES = "open_clip_config.json", "open_clip_model.safetensors"
_opening = threading.Lock()


def installed() -> bool:
    """Whether the package is there; its weights may still have to be fetched."""
    return importlib.util.find_spec("open_clip") is not None


def weights_folder() -> Path:
    """Where the two files of a network may be put by hand, by the names they have at the hub."""
    return home.home() / "words"


def fetch_words(report: Report = silent, should_stop: ShouldStop = never) -> None:
    """Bring the two files of the network to `weights_folder()`; raises as `hub.fetch` does."""
    for name in _NAMES:
        hub.fetch(MODEL, name, weights_folder() / name, report, should_stop)


def is_here() -> bool:
    """Whether the network's files are."""
    return _folder() is not None


class Words:
    """A network that reads pictures and words. Any number of threads may use one at once."""

    def __init__(self, model: Any, preprocess: Any, tokenize: Any, key: str) -> None:
        self._model, self._preprocess, self._tokenize = model, preprocess, tokenize
        self.key = key

    @classmethod
    def open(cls) -> "Words":
        """The network in `weights_folder()` where there is one, else where the hub's own tools keep it; opened once.

        NoWeights, saying what to do, when the package is missing or the weights can't be had.
        """
        if not installed():
            raise NoWeights(f"covers are found by words where {PACKAGE} is installed: run pip install {PACKAGE}")
        with _opening:
            folder = _folder()
            if folder is None:
                raise _not_to_be_had("it was not fetched yet")
            return _open(tuple((path, path.stat().st_size, path.stat().st_mtime_ns) for path in _files(folder)))

    def text(self, text: str) -> np.ndarray:
        """A text as a vector of length 1, float32 (e,)."""
        import torch

        with torch.inference_mode():
            return _unit(self._model.encode_text(self._tokenize([text])))[0]

    def covers(self, covers: Sequence[Image.Image]) -> np.ndarray:
        """RGB covers as vectors of length 1, float32 (n, e)."""
        import torch

        with torch.inference_mode():
            return _unit(self._model.encode_image(torch.stack([self._preprocess(cover) for cover in covers])))


@dataclass(frozen=True)
class WordIndex:
    """The covers of a collection that can be found by words.

    `rows`, (n,), are those that were looked at and `units`, (n, e), their vectors. `unseen` are the rows of those with
    a picture that were not yet; of all others there is no picture.
    """

    words: Words
    rows: np.ndarray
    units: np.ndarray
    unseen: np.ndarray

    @classmethod
    def open(cls, collection: Collection, words: Words | None = None) -> Self:
        """What is known so far of a collection's covers by `words`, or the network opened here.

        NoWeights as `Words.open` raises it.
        """
        words, hashes = words or Words.open(), collection.hashes
        found, vectors = _store(words).get(hashes.tolist())
        has_picture = np.array([file is not None for file in collection.files()], bool)
        return cls(words, np.flatnonzero(found), vectors[found], np.flatnonzero(has_picture & ~found))

    def search(self, text: str, k: int, among: Iterable[int]) -> list[tuple[int, float]]:
        """The rows and similarities of the `k` covers that fit a text best, of those rows that are `among` them."""
        passing = np.flatnonzero(np.isin(self.rows, list(among)))
        if not len(passing):
            return []
        similarities = self.units[passing] @ self.words.text(text)
        return [(int(self.rows[passing[at]]), float(similarities[at])) for at in first(-similarities, k)]


def look_at(collection: Collection, index: WordIndex, report: Report = silent, should_stop: ShouldStop = never) -> None:
    """Look at the covers of a collection that were not looked at yet; what was done is kept when it is stopped.

    A cover whose file can't be read any more is passed over. Raises Cancelled when stopped.
    """
    store, files = _store(index.words), collection.files()
    for start in range(0, len(index.unseen), _BATCH):
        if should_stop():
            raise Cancelled(f"stopped after {start} of {len(index.unseen)} covers; those are kept")
        report(Progress(start, len(index.unseen), "looking at covers"))
        opened = {row: image for row in index.unseen[start : start + _BATCH] if (image := _opened(files[row]))}
        if opened:
            store.put([collection.hashes[row] for row in opened], index.words.covers(list(opened.values())))
    report(Progress(len(index.unseen), len(index.unseen), "looking at covers"))


def _opened(file: Path) -> Image.Image | None:
    try:
        return images.decode(images.read(file)).image
    except BadImage:
        return None


def _store(words: Words) -> VectorStore:
    return VectorStore(home.vectors() / words.key / "original")


def _files(folder: Path) -> list[Path]:
    return [folder / name for name in _NAMES]


def _folder() -> Path | None:
    """The folder that holds the network, if one does: the user's own, or that of the hub's own tools."""
    if all(path.is_file() for path in _files(weights_folder())):
        return weights_folder()
    from huggingface_hub import try_to_load_from_cache

    kept = [path for name in _NAMES if isinstance(path := try_to_load_from_cache(MODEL, name), str)]
    return Path(kept[0]).parent if len(kept) == len(_NAMES) else None


@lru_cache(maxsize=1)
def _open(stamps: tuple[tuple[Path, int, int], ...]) -> Words:
    """The network in these files, which are told by size and time from changed ones."""
    import open_clip

    files = [path for path, _, _ in stamps]
    source = f"local-dir:{files[0].parent}"
    try:
        model, preprocess = open_clip.create_model_from_pretrained(source)
        return Words(model.eval(), preprocess, open_clip.get_tokenizer(source), f"words-{_digest(files)}")
    except Exception as error:  # Readers of damaged files raise errors of every kind.
        raise _not_to_be_had((str(error).strip().splitlines() or [type(error).__name__])[0][:200]) from error


def _not_to_be_had(why: str) -> NoWeights:
    return NoWeights(
        f"the network that reads words can't be had ({why}): run covergenre networks fetch words, or put "
        f"{' and '.join(_NAMES)} of {MODEL} into {weights_folder()}"
    )


def _digest(files: Iterable[Path]) -> str:
    """What differs whenever the contents of these files do."""
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


def _unit(vectors: Any) -> np.ndarray:
    return unit_rows(vectors.float().numpy())
