"""Words as numbers: hashed character n-grams, which stay alike when a reader mistakes a letter or a space.

Feature hashing (Weinberger and others, Feature hashing for large scale multitask learning, ICML 2009): no vocabulary is
kept, so no name on a cover is stored.
"""

import unicodedata
import zlib
from collections.abc import Sequence

import numpy as np

from covergenre.reading.text import ReadText

BUCKETS = 2**15
_LENGTHS = range(3, 7)


def plain_letters(text: str) -> str:
    """The letters and digits alone, small, without accents."""
    return "".join(character for character in _small(text) if character.isalnum())


def buckets_of(text: ReadText) -> np.ndarray:
    """The buckets of all n-grams of three to six characters, int64 and each once: of the text as it is read, and of
    its letters alone, for a reader often misses the space between words."""
    words = " ".join(_small(str(text)).split())
    grams = _grams(f" {words} ") | _grams(plain_letters(words)) if words else set()
    # A hash that is the same in every process and version of Python.
    return np.unique([zlib.crc32(gram.encode()) % BUCKETS for gram in grams]).astype(np.int64)


def matrix_of(texts: Sequence[ReadText]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The texts as the rows of a sparse matrix: values, columns, and where each row begins. A row's length is 1, or 0
    where nothing is read."""
    rows = [buckets_of(text) for text in texts]
    sizes = np.array([len(row) for row in rows], np.int64)
    columns = np.concatenate([*rows, np.zeros(0, np.int64)])
    values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes)
    return values, columns, np.concatenate([[0], np.cumsum(sizes)])


def _grams(text: str) -> set[str]:
    return {text[start : start + n] for n in _LENGTHS for start in range(len(text) - n + 1)}


def _small(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in parts if not unicodedata.combining(character))
