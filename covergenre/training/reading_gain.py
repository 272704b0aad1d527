"""What reading words adds to looks, judged twice: as covers come, and on those whose words no training cover bears.

Much of what words tell is who performs. A cover by a performer who is known already is so much easier than one by a
stranger that a single figure would say nothing of either.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from covergenre.dataset.groups import connect
from covergenre.dataset.starter import WordsFigures, WordsGain
from covergenre.evaluation.intervals import wilson
from covergenre.methods.ngrams import plain_letters
from covergenre.reading.text import ReadText

_FEW = 12  # covers that a line or word may stand on to count as a name
_LINE, _WORD = 5, 7  # letters


def names_apart(artists: Sequence[str], texts: Sequence[ReadText]) -> list[str]:
    """For each cover the name of the covers it must stay with: those of its artist, and those that share with it a line
    or a long word that at most a dozen covers have."""
    holders: dict[str, list[int]] = defaultdict(list)
    for cover, (artist, text) in enumerate(zip(artists, texts, strict=True)):
        lines = {plain_letters(line.text) for line in text.lines}
        words = {plain_letters(word) for word in str(text).split()}
        pieces = {line for line in lines if len(line) >= _LINE} | {word for word in words if len(word) >= _WORD}
        for piece in pieces:
            holders[piece].append(cover)
        if artist:
            holders[f"artist {artist}"].append(cover)
    names = (held for piece, held in holders.items() if piece.startswith("artist ") or len(held) <= _FEW)
    links = [(held[0], other) for held in names for other in held[1:]]
    return [f"together {group}" for group in connect(np.array(links, int).reshape(-1, 2), len(texts))]


def judge_words(looks: np.ndarray, both: np.ndarray, texts: Sequence[ReadText], apart: np.ndarray) -> WordsFigures:
    """What words add on held-out covers: whether each is answered rightly (n,) by its looks and with its words, what is
    written on it, and whether no cover that was learned from shares its names."""
    readable = float(np.mean([bool(text.lines) for text in texts]))
    return WordsFigures(readable, _gain(looks, both), _gain(looks[apart], both[apart]))


def _gain(looks: np.ndarray, both: np.ndarray) -> WordsGain:
    n = len(looks)
    return WordsGain(n, wilson(int(looks.sum()), n), wilson(int(both.sum()), n))
