"""Search in the names of covers, regardless of case, accents and punctuation."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from covergenre.vectors import batches

_SIMILAR = 0.75  # of words, 1 is the same: from which one may be a misspelling of the other
_DROPPED = re.compile(r"[.!'’]")
_SEPARATOR = re.compile(r"\W+")
_BATCH = 2**16


class NameSearch:
    """Holds all names of each of n covers as one text, in which every word follows a blank."""

    def __init__(self, *names: Sequence[str]) -> None:
        """`names`: sequences of n texts, such as the artists and the albums."""
        columns = [pa.array(each, pa.large_string(), from_pandas=True) for each in names]
        blank = pa.scalar(" ", pa.large_string())
        joined = pc.binary_join_element_wise(pa.scalar("", pa.large_string()), *columns, blank)
        parts = (joined[part] for part in batches(len(joined), _BATCH))
        self._texts = pa.chunked_array(map(_normalize_all, parts), pa.large_string()).combine_chunks()

    def matches(self, words: Sequence[str], rows: np.ndarray) -> np.ndarray:
        """Which of these rows hold every one of the words, each anywhere in a word of theirs: bool (len(rows),)."""
        left = np.arange(len(rows))
        for word in words:
            left = left[self._match(word, rows[left])]
        found = np.zeros(len(rows), bool)
        found[left] = True
        return found

    def suggest(self, text: str) -> str:
        """`text` with each unknown word replaced by the most similar known one; "" where there is none."""
        given, meant = normalize(text).split(), []
        for word in given:
            known = bool(pc.any(pc.match_substring(self._texts, word)).as_py())
            meant += [word] if known else get_close_matches(word, self._words, 1, _SIMILAR)
        return " ".join(meant) if len(meant) == len(given) and meant != given else ""

    def _match(self, word: str, rows: np.ndarray) -> np.ndarray:
        few = 2 * len(rows) < len(self._texts)
        texts = self._texts.take(pa.array(rows, pa.int64())) if few else self._texts
        found = pc.match_substring(texts, word).to_numpy(zero_copy_only=False)
        return found if few else found[rows]

    @cached_property
    def _words(self) -> list[str]:
        words = pc.unique(pc.list_flatten(pc.utf8_split_whitespace(self._texts))).to_pylist()
        return sorted(word for word in words if len(word) > 2)


def normalize(text: str) -> str:
    """The words of a text without case, accents and punctuation, one blank between two."""
    letters = unicodedata.normalize("NFKD", _DROPPED.sub("", text)).casefold()
    return _SEPARATOR.sub(" ", "".join(letter for letter in letters if not unicodedata.combining(letter))).strip()


def _normalize_all(texts: pa.Array) -> pa.Array:
    """`normalize` of each after a blank, except that ASCII texts, which are done at once by their bytes, may have
    several blanks in a row."""
    starts = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(texts.buffers()[2] or b"", np.uint8)[starts[0] : starts[-1]]
    kept = _ASCII[letters] != 0
    ends = np.concatenate([[0], np.cumsum(kept)])[starts - starts[0]].astype(np.int64)
    data = pa.py_buffer(_ASCII[letters[kept]].tobytes())
    plain = pa.LargeStringArray.from_buffers(len(texts), pa.py_buffer(ends.tobytes()), data)
    other = pc.invert(pc.string_is_ascii(texts))
    rest = pa.array([f" {normalize(text)}" for text in texts.filter(other).to_pylist()], pa.large_string())
    return pc.replace_with_mask(plain, other, rest)


def _normalize_letter(letter: str) -> int:
    return 0 if _DROPPED.fullmatch(letter) else ord(" ") if _SEPARATOR.fullmatch(letter) else ord(letter.lower())


_ASCII = np.array([_normalize_letter(chr(code)) if code < 128 else code for code in range(256)], np.uint8)
"""What becomes of each byte of an ASCII text, 0 for those that are dropped."""
