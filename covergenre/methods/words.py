"""Words: the genre by the text on a cover, by logistic regression on hashed character n-grams.

Much of what it learns is names of performers, and words that go with a genre. For a cover without text it predicts the
genres' frequencies, so it is best combined with a method that looks at pictures (see `ensemble`).

Character n-grams stay alike when a reader mistakes a letter or a space. They are hashed (Weinberger and others, Feature
hashing for large scale multitask learning, ICML 2009): no vocabulary is kept, so no name on a cover is stored.
"""

import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from covergenre import images
from covergenre.errors import CoverGenreError
from covergenre.methods.base import Context, Covers, check_training
from covergenre.methods.calibration import probabilities_of
from covergenre.methods.linear import LinearHead, Parameters, best_head
from covergenre.methods.priors import genre_weights
from covergenre.methods.spec import TrainSpec
from covergenre.methods.storage import damaged_head
from covergenre.ocr.networks import MODULE
from covergenre.ocr.text import CoverText

NAME = "words"
STRENGTHS = (1.0, 3.0, 10.0, 30.0, 100.0)
"""The values of C that are tried, in this order, until the validation log loss rises."""

BUCKETS = 2**15
_LENGTHS = range(3, 7)  # of n-grams, in characters
_FALLBACK = 10.0  # without a validation part
_TOLERANCE = 1e-3
_MOST_STEPS = 200
_LEAST = 1.5  # times likelier; lines that make less of a difference are ignored


@dataclass(frozen=True)
class TellingLine:
    """A line on a cover that points to a genre (its position), and how many times likelier it makes it."""

    line: str
    genre: int
    factor: float


class FittedWords(LinearHead):
    """Coefficients float16 (BUCKETS, n_genres), intercepts float32 (n_genres,)."""

    @property
    def wordless(self) -> np.ndarray:
        """Its prediction for a cover without text, float64 (n_genres,)."""
        return probabilities_of(self.intercepts[np.newaxis], self.choices)[0]

    def predict_proba(self, covers: Covers) -> np.ndarray:
        """See `Fitted.predict_proba`. Covers without texts are read."""
        return self._answers(texts_of(covers, Context()))

    def telling_lines(self, text: CoverText) -> tuple[TellingLine, ...]:
        """The lines of a text that make a genre likelier than no text does, each on its own, the strongest first."""
        alone = self._answers([CoverText((line,)) for line in text.lines])
        lines = [
            TellingLine(line.text, int(gains.argmax()), float(gains.max()))
            for line, gains in zip(text.lines, alone / self.wordless, strict=True)
        ]
        return tuple(sorted((each for each in lines if each.factor >= _LEAST), key=lambda each: -each.factor))

    def _answers(self, texts: Sequence[CoverText]) -> np.ndarray:
        return probabilities_of(_logits(matrix_of(texts), self.coefficients, self.intercepts), self.choices)


class Words:
    """Multinomial logistic regression on hashed n-grams, by scikit-learn's L-BFGS."""

    name = NAME
    title = "Words"
    description = "Reads the text on a cover. Recognises performers it was trained on, and words typical of a genre."
    reads = "texts"
    needs = (MODULE,)
    Parameters = Parameters
    presets: dict[str, Any] = {}  # noqa: RUF012 (as `Method` has it)

    def fit(self, training: Covers, validation: Covers, spec: TrainSpec, context: Context) -> FittedWords:
        """See `Method.fit`. MissingPackage when covers have to be read and OCR is not installed.

        Values of C are compared by validation log loss, each at its best temperature.
        """
        check_training(training, validation, spec.n_genres)
        parameters = spec.parameters_as(Parameters)
        texts, held_out = (texts_of(part, context) for part in (training, validation))
        if not any(text.lines for text in texts):
            raise CoverGenreError("nothing can be read on the training covers: choose a method that looks at pictures")
        matrix = matrix_of(held_out)
        strengths = STRENGTHS if len(validation) else (_FALLBACK,)
        strengths = (parameters.c,) if parameters.c is not None else strengths
        weights = genre_weights(training.labels, spec.n_genres, parameters.balance)[training.labels]
        heads = _heads(matrix_of(texts), training.labels, weights, spec.n_genres, strengths, context)
        logits_of = partial(_logits, matrix)
        return FittedWords(*best_head(heads, logits_of, validation.labels, len(strengths), context.monitor))

    def load(self, folder: Path) -> FittedWords:
        """See `Method.load`."""
        fitted = FittedWords.load(folder, genre_axis=1)
        if len(fitted.coefficients) != BUCKETS:
            raise damaged_head(folder, f"it should have {BUCKETS} rows of coefficients")
        return fitted


def texts_of(covers: Covers, context: Context) -> Sequence[CoverText]:
    """The texts of covers, else those read from their pictures, each once; CoverGenreError if they have neither.

    A cover of unknown hash gets that of its picture, as texts are cached by it.
    """
    if len(covers.texts) == len(covers):
        return covers.texts
    if not covers.pictures:
        raise CoverGenreError("words are read from pictures, and these covers have none: give a picture for each")
    from covergenre.ocr.reader import read_covers

    known = zip(covers.hashes, covers.pictures, strict=True)
    hashes = [key or images.content_hash(picture()) for key, picture in known]
    pictures = dict(zip(reversed(hashes), reversed(covers.pictures), strict=True))  # the originals come first
    texts = read_covers(pictures, context.monitor)
    return [texts[key] for key in hashes]


def plain_letters(text: str) -> str:
    """The letters and digits alone, small, without accents."""
    return "".join(character for character in _small(text) if character.isalnum())


def buckets_of(text: CoverText) -> np.ndarray:
    """The buckets of all n-grams of three to six characters, int64 and each once: of the text as it is read, and of
    its letters alone, for a reader often misses the space between words."""
    words = " ".join(_small(str(text)).split())
    grams = _grams(f" {words} ") | _grams(plain_letters(words)) if words else set()
    # A hash that is the same in every process and version of Python.
    return np.unique([zlib.crc32(gram.encode()) % BUCKETS for gram in grams]).astype(np.int64)


def matrix_of(texts: Sequence[CoverText]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The texts as the rows of a sparse matrix: values, columns, and where each row begins. A row's length is 1, or 0
    where nothing is read."""
    rows = [buckets_of(text) for text in texts]
    sizes = np.array([len(row) for row in rows], np.int64)
    columns = np.concatenate([*rows, np.zeros(0, np.int64)])
    values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes)
    return values, columns, np.concatenate([[0], np.cumsum(sizes)])


def _heads(
    matrix: tuple[np.ndarray, ...],
    labels: np.ndarray,
    weights: np.ndarray,
    n_genres: int,
    strengths: Sequence[float],
    context: Context,
) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    """For each C, lazily: C, coefficients (BUCKETS, n_genres) and intercepts (n_genres,).

    Only buckets that at least two training covers share get coefficients.
    """
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    _, columns, _ = matrix
    shared = np.flatnonzero(np.bincount(columns, minlength=BUCKETS) > 1)
    shared = shared if len(shared) else np.arange(BUCKETS)
    rows = csr_matrix(matrix, shape=(len(labels), BUCKETS), dtype=np.float64)[:, shared]
    solver = LogisticRegression(tol=_TOLERANCE, max_iter=_MOST_STEPS, warm_start=True)
    for c in strengths:
        context.monitor.check()
        solver.set_params(C=c).fit(rows, labels, weights)
        learned, intercepts = solver.coef_, solver.intercept_
        if n_genres == 2:  # scikit-learn keeps the difference of the two only
            learned, intercepts = np.vstack([-learned, learned]) / 2, np.array([-1, 1]) * intercepts / 2
        coefficients = np.zeros((BUCKETS, n_genres), np.float16)
        coefficients[shared] = learned.T
        yield c, coefficients, intercepts.astype(np.float32)


def _logits(matrix: tuple[np.ndarray, ...], coefficients: np.ndarray, intercepts: np.ndarray) -> np.ndarray:
    """Float64 (n, n_genres) for the rows of a sparse matrix."""
    values, columns, starts = matrix
    rows = [values[start:end] @ coefficients[columns[start:end]] for start, end in pairwise(starts)]
    return np.reshape(rows, (-1, len(intercepts))) + intercepts


def _grams(text: str) -> set[str]:
    return {text[start : start + n] for n in _LENGTHS for start in range(len(text) - n + 1)}


def _small(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in parts if not unicodedata.combining(character))
