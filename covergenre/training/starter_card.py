"""The starter's card: the metrics of its methods on held-out covers and on sources left out.

The gain of reading words is evaluated twice: on all test covers, and on those that share no name with a training cover,
because much of what words tell is a performer that is already known.
"""

import platform
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from covergenre.dataset.groups import connect
from covergenre.dataset.split import PARTS, Split
from covergenre.dataset.starter import FORMAT, GENRES, Card, LeftOut, MethodCard, SourceFigures, WordsFigures, WordsGain
from covergenre.embedding.recipe import Recipe
from covergenre.evaluation.intervals import wilson
from covergenre.evaluation.metrics import evaluate
from covergenre.methods import Covers, TrainSpec, method
from covergenre.methods.leave_one_source_out import LeftOutPredictions, cap_per_source
from covergenre.methods.words import plain_letters
from covergenre.ocr.text import CoverText
from covergenre.packages import versions
from covergenre.training.experiment import Result
from covergenre.training.parts import Parts

_FEW = 12  # the most covers with a line or word that counts as a name
_LINE, _WORD = 5, 7  # letters


def make_card(
    manifest: pd.DataFrame,
    split: Split,
    left_out: Mapping[str, int],
    methods: tuple[MethodCard, ...],
    recipe: Recipe,
) -> Card:
    """The card of the chosen covers; `left_out`: how many were not chosen, by reason."""
    genres = tuple(sorted(manifest["genre"].unique()))
    return Card(
        format=FORMAT,
        built=f"{datetime.now(UTC):%Y-%m-%d}",
        seed=split.seed,
        recipe=recipe.to_dict(),
        genres=genres,
        missing=tuple(genre for genre in GENRES if genre not in genres),
        covers=len(manifest),
        counts=_counts(manifest["genre"], split.parts.to_numpy(), PARTS),
        sources=_counts(manifest["source"], manifest["genre"], genres),
        left_out=left_out,
        default=_best(methods).name,
        methods=methods,
        versions={
            "python": platform.python_version(),
            **versions(("numpy", "openvino", "scikit-learn", "torch")),
        },
    )


def method_card(spec: TrainSpec, result: Result, parts: Parts, manifest: pd.DataFrame, split: Split) -> MethodCard:
    """The metrics of one method."""
    own = split.groups[split.parts == "validation"].to_numpy()
    validation = evaluate(parts.validation.labels, result.validation, spec.genres, own, spec.seed)
    right = result.test.argmax(axis=1) == parts.test.labels
    sources = manifest.loc[(split.parts == "test").to_numpy(), "source"].to_numpy()
    title, figures = method(spec.method).title, _by_source(right, sources)
    groups = parts.train_groups
    left_out = None if result.left_out is None or groups is None else _left_out(spec, result.left_out, groups)
    return MethodCard(spec.method, title, result.fitted.choices, validation, result.evaluation, figures, left_out)


def words_figures(
    result: Result, test: Covers, texts: Sequence[CoverText], manifest: pd.DataFrame, split: Split
) -> WordsFigures:
    """The gain of reading words on the test covers."""
    names = np.array(name_groups(manifest["artist"].tolist(), texts))
    part = split.parts.to_numpy()
    apart = ~np.isin(names[part == "test"], names[part == "train"])
    wordless = result.fitted.predict_proba(replace(test, texts=[CoverText()] * len(test)))
    looks, both = (answers.argmax(axis=1) == test.labels for answers in (wordless, result.test))
    return reading_gain(looks, both, test.texts, apart)


def name_groups(artists: Sequence[str], texts: Sequence[CoverText]) -> list[str]:
    """A group for each cover: covers of one artist, or that share a line or a long word that few covers have."""
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


def reading_gain(looks: np.ndarray, both: np.ndarray, texts: Sequence[CoverText], apart: np.ndarray) -> WordsFigures:
    """The gain of words, from whether each of n covers is predicted correctly by `looks` alone and with words (`both`).

    `apart` (n,): whether it shares no name with a training cover.
    """
    readable = float(np.mean([bool(text.lines) for text in texts]))
    return WordsFigures(readable, _gain(looks, both), _gain(looks[apart], both[apart]))


def _gain(looks: np.ndarray, both: np.ndarray) -> WordsGain:
    n = len(looks)
    return WordsGain(n, wilson(int(looks.sum()), n), wilson(int(both.sum()), n))


def _best(methods: Sequence[MethodCard]) -> MethodCard:
    """The method with the highest balanced accuracy on sources left out, or on validation where none could be.

    Balanced, because how often each genre comes in a user's covers is not known: plain accuracy favours a head that
    never answers a rare one.
    """
    return max(
        methods,
        key=lambda each: (each.left_out.evaluation if each.left_out else each.validation).balanced_accuracy.value,
    )


def _counts(rows: pd.Series, columns: Sequence[str], order: Sequence[str]) -> dict[str, dict[str, int]]:
    table = pd.crosstab(rows.to_numpy(), np.asarray(columns)).reindex(columns=list(order), fill_value=0)
    return {str(row): {name: int(count) for name, count in cells.items()} for row, cells in table.iterrows()}


def _left_out(spec: TrainSpec, asked: LeftOutPredictions, groups: np.ndarray) -> LeftOut:
    even = cap_per_source(asked.sources)
    labels, answers = asked.labels[even], asked.probabilities[even]
    evaluation = evaluate(labels, answers, spec.genres, groups[asked.rows[even]], spec.seed)
    right = asked.probabilities.argmax(axis=1) == asked.labels
    return LeftOut(evaluation, float(answers.max(axis=1).mean()), _by_source(right, asked.sources))


def _by_source(right: np.ndarray, sources: np.ndarray) -> dict[str, SourceFigures]:
    counted = pd.Series(right).groupby(sources).agg(["sum", "size"])
    return {
        str(source): SourceFigures(int(row["size"]), wilson(int(row["sum"]), int(row["size"])))
        for source, row in counted.iterrows()
    }
