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


class Texts:
    """What can be searched of n covers: of each all its names, as one text in which every word follows a blank."""

    def __init__(self, *names: Sequence[str]) -> None:
        """`names`: n each, such as the artists and the albums."""
        columns = [pa.array(each, pa.large_string(), from_pandas=True) for each in names]
        joined = pc.binary_join_element_wise(*columns, pa.scalar(" ", pa.large_string()))
        self._texts = pc.binary_join_element_wise(
            pa.scalar("", pa.large_string()), _folded_all(joined), pa.scalar(" ", pa.large_string())
        )

    def holding(self, words: Sequence[str], rows: np.ndarray) -> np.ndarray:
        """Which of these rows hold every one of the words, each anywhere in a word of theirs: bool, one a row."""
        few = 2 * len(rows) < len(self._texts)
        texts = self._texts.take(pa.array(rows, pa.int64())) if few else self._texts
        found = np.ones(len(texts), bool)
        for word in words:
            found &= pc.match_substring(texts, word).to_numpy(zero_copy_only=False)
        return found if few else found[rows]

    def respelled(self, text: str) -> str:
        """`text` with each unknown word as the known one most like it; "" where nothing is like it."""
        meant, given = [], folded(text).split()
        for word in given:
            known = bool(pc.any(pc.match_substring(self._texts, word)).as_py())
            meant += [word] if known else get_close_matches(word, self._words, 1, _LIKE)
        found = " ".join(meant)
        return found if len(meant) == len(given) and found != folded(text) else ""

    @cached_property
    def _words(self) -> list[str]:
        words = pc.unique(pc.list_flatten(pc.utf8_split_whitespace(self._texts))).to_pylist()
        return sorted(word for word in words if len(word) > 2)


def folded(text: str) -> str:
    """The words of a text without case, accents and punctuation, one blank between two."""
    letters = unicodedata.normalize("NFKD", _NOTHING.sub("", text)).casefold()
    return _GAP.sub(" ", "".join(letter for letter in letters if not unicodedata.combining(letter))).strip()


def _folded_all(texts: pa.Array) -> pa.Array:
    """`folded` of each; Arrow does those of plain letters, at a million a second."""
    plain = pc.string_is_ascii(texts)
    words = pc.replace_substring_regex(texts, _NOTHING.pattern, "")
    words = pc.utf8_trim_whitespace(pc.replace_substring_regex(pc.ascii_lower(words), _GAP.pattern, " "))
    rest = pa.array([folded(text) for text in texts.filter(pc.invert(plain)).to_pylist()], pa.large_string())
    return pc.replace_with_mask(words, pc.invert(plain), rest)
