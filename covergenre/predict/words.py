"""What is written on a cover, and the known performer that it names."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from covergenre.methods.words import plain_letters
from covergenre.ocr.text import CoverText

_SHORTEST = 5  # letters; shorter names are part of many words
_GRAM = 3
_SIMILAR = 0.85


@dataclass(frozen=True)
class Words:
    """What is written on a cover: its `lines` from the top down, and the `performer` of known covers it names, or "".

    `spoken`: the lines that point to a genre, the strongest first: each line, its genre, and how many times likelier
    the line makes that genre for the method that reads words.
    """

    lines: tuple[str, ...]
    spoken: tuple[tuple[str, str, float], ...]
    performer: str


class Performers:
    """Finds names in texts, despite a misread letter or a missing space."""

    def __init__(self, names: Iterable[str]) -> None:
        letters = {name: plain_letters(name) for name in set(names)}
        self._letters = {name: plain for name, plain in letters.items() if len(plain) >= _SHORTEST}
        self._with_gram: dict[str, set[str]] = defaultdict(set)
        for name, plain in self._letters.items():
            for gram in _grams(plain):
                self._with_gram[gram].add(name)

    def find(self, text: CoverText) -> str | None:
        """The name that matches part of a text best, the longer of two; None when none does."""
        written = plain_letters(str(text))
        near = {name for gram in _grams(written) for name in self._with_gram.get(gram, ())}
        held = [(_similarity(self._letters[name], written), len(self._letters[name]), name) for name in near]
        best = max((each for each in held if each[0] >= _SIMILAR), key=lambda each: each[:2], default=None)
        return best[2] if best else None


def _similarity(name: str, written: str) -> float:
    """The share of a name's letters that match at the best place of a text: 0..1."""
    if len(name) > len(written) + 1:
        return 0.0
    if name in written:
        return 1.0
    return max(
        sum(a == b for a, b in zip(name, written[start:], strict=False)) / len(name)
        for start in range(max(len(written) - len(name) + 2, 1))
    )


def _grams(letters: str) -> set[str]:
    return {letters[start : start + _GRAM] for start in range(len(letters) - _GRAM + 1)}
