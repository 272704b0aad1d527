"""The names of covers as they are searched: without case, accents and punctuation."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_LIKE = 0.75  # how alike two words are, 1 the same, for one to be taken for a slip of the other
_NOTHING = re.compile(r"[.!'’]")
_GAP = re.compile(r"\W+")
_AT_ONCE = 2**16


class NameSearch:
    """What can be searched of n covers: of each all its names, as one text in which every word follows a blank."""

    def __init__(self, *names: Sequence[str]) -> None:
        """`names`: n each, such as the artists and the albums."""
        columns = [pa.array(each, pa.large_string(), from_pandas=True) for each in names]
        blank = pa.scalar(" ", pa.large_string())
        joined = pc.binary_join_element_wise(pa.scalar("", pa.large_string()), *columns, blank)
        parts = (joined.slice(start, _AT_ONCE) for start in range(0, len(joined), _AT_ONCE))
        self._texts = pa.chunked_array([_folded_all(part) for part in parts], pa.large_string()).combine_chunks()

    def holding(self, words: Sequence[str], rows: np.ndarray) -> np.ndarray:
        """Which of these rows hold every one of the words, each anywhere in a word of theirs: bool, one a row."""
        left = np.arange(len(rows))
        for word in words:
            left = left[self._match(word, rows[left])]
        found = np.zeros(len(rows), bool)
        found[left] = True
        return found

    def respelled(self, text: str) -> str:
        """`text` with each unknown word as the known one most like it; "" where nothing is like it."""
        meant, given = [], folded(text).split()
        for word in given:
            known = bool(pc.any(pc.match_substring(self._texts, word)).as_py())
            meant += [word] if known else get_close_matches(word, self._words, 1, _LIKE)
        found = " ".join(meant)
        return found if len(meant) == len(given) and found != folded(text) else ""

    def _match(self, word: str, rows: np.ndarray) -> np.ndarray:
        few = 2 * len(rows) < len(self._texts)
        texts = self._texts.take(pa.array(rows, pa.int64())) if few else self._texts
        found = pc.match_substring(texts, word).to_numpy(zero_copy_only=False)
        return found if few else found[rows]

    @cached_property
    def _words(self) -> list[str]:
        words = pc.unique(pc.list_flatten(pc.utf8_split_whitespace(self._texts))).to_pylist()
        return sorted(word for word in words if len(word) > 2)


def folded(text: str) -> str:
    """The words of a text without case, accents and punctuation, one blank between two."""
    letters = unicodedata.normalize("NFKD", _NOTHING.sub("", text)).casefold()
    return _GAP.sub(" ", "".join(letter for letter in letters if not unicodedata.combining(letter))).strip()


def _folded_all(texts: pa.Array) -> pa.Array:
    """`folded` of each after a blank, however many blanks; those of plain letters all at once, by their bytes."""
    starts = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(texts.buffers()[2] or b"", np.uint8)[starts[0] : starts[-1]]
    kept = _PLAIN[letters] != 0
    ends = np.concatenate([[0], np.cumsum(kept)])[starts - starts[0]]
    told = pa.py_buffer(_PLAIN[letters[kept]].tobytes())
    plain = pa.LargeStringArray.from_buffers(len(texts), pa.py_buffer(ends.astype(np.int64).tobytes()), told)
    other = pc.invert(pc.string_is_ascii(texts))
    rest = pa.array([f" {folded(text)}" for text in texts.filter(other).to_pylist()], pa.large_string())
    return pc.replace_with_mask(plain, other, rest)


def _plain() -> np.ndarray:
    """What becomes of each byte: small letters, blanks for what parts words, 0 for what is left out."""
    made = np.arange(256, dtype=np.uint8)
    for code in range(128):
        letter = chr(code)
        made[code] = 0 if _NOTHING.fullmatch(letter) else ord(" ") if _GAP.fullmatch(letter) else ord(letter.lower())
    return made


_PLAIN = _plain()
