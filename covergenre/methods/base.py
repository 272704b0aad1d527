"""The protocol of methods: they are trained on covers and leave something fitted that predicts genres."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from PIL import Image

from covergenre.errors import CoverGenreError
from covergenre.methods.spec import TrainSpec
from covergenre.ocr.text import CoverText
from covergenre.progress import SILENT, Monitor
from covergenre.vectors import finite, stratified_sample

Choices = Mapping[str, Any]
"""Numbers and texts by name."""
Reads = Literal["vectors", "pictures", "texts"]
"""What a method is trained on; "texts" are the words on the covers, read from their pictures."""

SAMPLE_SIZE = 50_000
"""Of more covers than these, heads are trained on a sample, and make their choices on a sample of validation. Vectors
of more may be mapped from a file."""

FINISH_FILE = "enough"
"""A file in a checkpoint that asks its method to finish with what it has learned so far."""

Picture = Callable[[], Image.Image]
"""Reads an RGB cover; BadDataset or BadImage when it can't be read."""


@dataclass(frozen=True)
class Covers:
    """Covers as the input of a method.

    `vectors`: float32 (n, d), finite; 0 wide for methods that read pictures or texts. `labels`: int64 (n,), positions
    in the list of genres, -1 where unknown. `hashes`: the content hash of each cover, shared by its variants. The rest
    may be missing: `pictures`, read on demand; `sources`, "" where unknown; `texts` that were read before. Raises
    CoverGenreError when they don't fit together.
    """

    vectors: np.ndarray
    labels: np.ndarray
    hashes: tuple[str, ...]
    pictures: Sequence[Picture] = ()
    sources: tuple[str, ...] = ()
    texts: Sequence[CoverText] = ()

    def __post_init__(self) -> None:
        shape, labels, hashes = np.shape(self.vectors), np.shape(self.labels), len(self.hashes)
        if len(shape) != 2 or labels != shape[:1] or hashes != shape[0]:
            raise CoverGenreError(
                f"vectors of shape {shape}, labels of shape {labels} and {hashes} hashes don't describe the same "
                "covers: give one vector, one label and one hash for each"
            )
        for name, given in (("pictures", self.pictures), ("sources", self.sources), ("texts", self.texts)):
            if len(given) not in (0, hashes):
                raise CoverGenreError(f"there are {len(given)} {name} of {hashes} covers: give one for each")

    def __len__(self) -> int:
        return len(self.hashes)

    def take(self, rows: np.ndarray) -> "Covers":
        """Some of the covers, by positions or a boolean mask."""
        at = np.arange(len(self))[rows]
        fields = (self.hashes, self.pictures, self.sources, self.texts)
        hashes, pictures, sources, texts = ([values[row] for row in at] if values else [] for values in fields)
        return Covers(self.vectors[at], np.asarray(self.labels)[at], tuple(hashes), pictures, tuple(sources), texts)

    def sample(self) -> "Covers":
        """A fixed sample of about `SAMPLE_SIZE` covers, stratified by source and genre; all when there are no more."""
        rows = self.sample_rows()
        return self if len(rows) == len(self) else self.take(rows)

    def sample_rows(self) -> np.ndarray:
        """The positions of the covers in `sample`, ascending."""
        strata = np.unique(np.asarray(self.sources, str), return_inverse=True)[1] if self.sources else 0
        labels = np.asarray(self.labels)
        return stratified_sample(labels + strata * (labels.max(initial=0) + 1), SAMPLE_SIZE)


@dataclass(frozen=True)
class Context:
    """The circumstances of a training.

    `checkpoint` is a folder, made when it is needed, where a method may keep its progress; called again with the same
    input, it goes on from there. With `FINISH_FILE` in it, a method that has learned anything stops learning.
    """

    monitor: Monitor = SILENT
    checkpoint: Path | None = None


class Fitted(Protocol):
    """A fitted method. It predicts without scikit-learn, scipy or torch, so that an app starts fast."""

    @property
    def choices(self) -> Choices:
        """What training chose, by name: parameters chosen on validation, and the temperature."""

    def predict_proba(self, covers: Covers) -> np.ndarray:
        """Calibrated probabilities, float64 of shape (n, n_genres); each row sums to 1 and holds no 0.

        Raises CoverGenreError when the vectors are not as wide as those it was trained on.
        """

    def save(self, folder: Path) -> None:
        """Write everything that `Method.load` needs into `folder`, which is made if it isn't there."""


class Method(Protocol):
    """A way to predict genres.

    `reads`: what it is trained on. `Parameters` is a frozen dataclass; a field that is None is chosen on validation.
    `presets` are some of them by name; "reference" is as near to the reference study as the method comes. `needs`:
    optional modules for training (see `covergenre.packages`).
    """

    name: str
    title: str
    description: str
    reads: Reads
    needs: Sequence[str]
    Parameters: type
    presets: Mapping[str, Any]

    def fit(self, training: Covers, validation: Covers, spec: TrainSpec, context: Context) -> Fitted:
        """Train, with every choice made and calibrated on `validation`; the same input gives the same result.

        Without validation covers, each parameter that is None has a fallback and the temperature is 1. Of `spec`, only
        genres, parameters and seed matter. Raises CoverGenreError for unusable covers, Cancelled when stopped.
        """

    def load(self, folder: Path) -> Fitted:
        """Load what `Fitted.save` wrote. BadRun when it is missing or damaged; nothing in it is executed."""


def preset_of(method: Method, name: str) -> Any:
    """The method's `Parameters` of that name; CoverGenreError when it has none."""
    if name not in method.presets:
        known = ", ".join(method.presets) or "none"
        raise CoverGenreError(f"{method.name} has no preset {name!r}: it has {known}")
    return method.presets[name]


def check_training(training: Covers, validation: Covers, n_genres: int) -> None:
    """CoverGenreError unless these parts can be used: finite, equally wide, training covers of each genre."""
    if n_genres < 2:
        raise CoverGenreError(f"there are {n_genres} genres to tell apart: give at least two")
    for part, name in ((training, "training"), (validation, "validation")):
        labels = np.asarray(part.labels)
        if len(part) and not 0 <= labels.min() <= labels.max() < n_genres:
            raise CoverGenreError(f"a {name} cover has none of the {n_genres} genres: leave out covers of other genres")
        if not finite(part.vectors):
            raise CoverGenreError(f"a {name} vector holds a value that is not a number: embed the covers again")
    absent = n_genres - len(np.unique(training.labels))
    if absent:
        raise CoverGenreError(f"{absent} of {n_genres} genres have no training cover: add covers or leave them out")
    check_width(validation, training.vectors.shape[1])


def sample_choices(training: Covers, known: int) -> Choices:
    """The size of a sample, as a choice to store, where it isn't all of the `known` covers."""
    return {"learned_from": len(training)} if len(training) < known else {}


def check_width(covers: Covers, width: int) -> None:
    """CoverGenreError unless the vectors have `width` numbers each."""
    found = covers.vectors.shape[1]
    if found != width:
        raise CoverGenreError(f"these vectors are {found} wide, the training's were {width}: embed both by one recipe")
