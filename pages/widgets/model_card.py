"""The starter's card as sentences (Markdown) and tables (HTML that is one block of Markdown)."""

from collections.abc import Iterable, Sequence

from covergenre.dataset.starter import Card, MethodCard
from covergenre.evaluation.metrics import Evaluation
from covergenre.formatting import counted, listed, percent, span
from pages.widgets.figures import figure, genre_cell, table
from pages.widgets.genres import inline
from pages.widgets.safe_text import plain
from pages.widgets.verdict import hardly_ever, source_title

FEW = 30
"""A genre with fewer test covers than this has few."""

_FIGURES = (
    ("accuracy", "Accuracy", "the share of right answers"),
    ("balanced_accuracy", "Balanced accuracy", "the mean over all genres"),
    ("f1_weighted", "F1, weighted", "precision and recall combined, by covers"),
    ("f1_macro", "F1, macro", "the same, each genre counting equally"),
    ("calibration_error", "Calibration error", "the gap between stated probability and share of right answers"),
)


def lead(card: Card) -> str:
    """What the starter is and how good it is, in a few sentences, on new sources first."""
    chosen = card.chosen
    sentences = [f"The app learned from {card.covers:,} real album covers of {len(card.genres)} genres."]
    if chosen.left_out:
        right, sure = chosen.left_out.evaluation.accuracy, chosen.left_out.confidence
        sentences.append(
            f"**On covers from new sources, its answer is right {percent(right.value)} of the time** "
            f"({span(right, digits=0)}\u202f%); the probability it states is {percent(sure)} on average."
        )
    test = chosen.test
    commonest = max(test.by_genre, key=lambda scores: scores.covers)
    sentences.append(
        f"On {test.covers:,} held-out covers from known sources, it is right {percent(test.accuracy.value)} of the "
        f"time ({span(test.accuracy, digits=0)}\u202f%); always answering {inline(plain(commonest.genre))} would be "
        f"right {percent(commonest.covers / test.covers)} of the time. Take an answer as a hint, not as a fact."
    )
    sentences += hardly_ever(chosen)
    return " ".join(sentences)


def by_new_source(card: Card) -> str:
    """The accuracy of every method on each source held out from training; "" if none was."""
    methods = [method for method in _in_order(card) if method.left_out]
    if not methods:
        return ""
    everywhere = [
        "All, up to 250 of each",
        *(
            f"{figure(method.left_out.evaluation.accuracy)}<small>states {percent(method.left_out.confidence)}</small>"
            for method in methods
        ),
    ]
    sources = [
        [
            f"{plain(source_title(source))}<small>{counted(figures.covers, 'cover')}</small>",
            *(figure(method.left_out.by_source[source].accuracy) for method in methods),
        ]
        for source, figures in methods[0].left_out.by_source.items()
    ]
    return table(("Held-out source", *(_method_heading(card, method) for method in methods)), [everywhere, *sources])


def figures(card: Card) -> str:
    """The figures of every method on the test part, the one used for predictions first."""
    methods = _in_order(card)
    headings = ["", *(_method_heading(card, method) for method in methods)]
    return table(
        headings,
        ([f"{title}<small>{meaning}</small>", *_figures(methods, field)] for field, title, meaning in _FIGURES),
    )


def by_words(card: Card) -> str:
    """What reading words adds on all test covers and on those without a known name; "" if none are read."""
    if not card.words:
        return ""
    kinds = (
        ("All test covers", card.words.together),
        ("No name or title shared with a training cover", card.words.apart),
    )
    return table(
        ("", "Picture alone", "With words"),
        [
            [f"{name}<small>{counted(gain.covers, 'cover')}</small>", figure(gain.looks), figure(gain.both)]
            for name, gain in kinds
        ],
    )


def by_genre(test: Evaluation) -> str:
    """Precision, recall and F1 of each genre."""
    return table(
        ("Genre", "Precision", "Recall", "F1"),
        (
            [
                f"{genre_cell(scores.genre)}<small>{counted(scores.covers, 'cover')}</small>",
                *(figure(interval, scores.genre) for interval in (scores.precision, scores.recall, scores.f1)),
            ]
            for scores in test.by_genre
        ),
    )


def by_source(card: Card) -> str:
    """The accuracy of every method on the test covers of each source."""
    methods = _in_order(card)
    return table(
        ("Source", *(_method_heading(card, method) for method in methods)),
        (
            [
                f"{plain(source_title(source))}<small>{counted(figures.covers, 'cover')}</small>",
                *(figure(method.by_source[source].accuracy) for method in methods),
            ]
            for source, figures in card.chosen.by_source.items()
        ),
    )


def made_from(card: Card) -> str:
    """The covers by genre and part, and where they come from."""
    parts = list(next(iter(card.counts.values())))
    rows = [
        [genre_cell(genre), *(f"{card.counts[genre][part]:,}" for part in parts), _sources(card, genre)]
        for genre in card.genres
    ]
    totals = [f"{sum(counts[part] for counts in card.counts.values()):,}" for part in parts]
    return table(("Genre", *(part.capitalize() for part in parts), "From"), [*rows, ["All", *totals, ""]], numbers=True)


def left_out(card: Card) -> str:
    """How many covers were left out, by reason; "" for none."""
    counts = {reason: number for reason, number in card.left_out.items() if number}
    reasons = [f"{number:,} {_REASONS.get(reason, plain(reason))}" for reason, number in counts.items()]
    return f"Left out: {listed(reasons)}." if reasons else ""


def honesty(card: Card) -> list[str]:
    """What makes the figures trustworthy."""
    limit = card.recipe.get("limit")
    resolution = (
        f"**One resolution.** Every cover is reduced to at most {limit} px, because one source has small pictures only "
        "and resolution must not give the genre away."
    )
    return [
        *([resolution] if limit else []),
        "**No near copies or artists shared between parts.** All near copies of a picture are in one part, and so are "
        "all covers of an artist, where artists are known.",
        "**No contradictions.** Pictures labelled with two genres are left out.",
        "**One test.** Every choice was made on the validation covers, and probabilities were calibrated on held-out "
        "sources. What ships is exactly what was tested.",
    ]


def limits(card: Card, nameless: Sequence[str]) -> list[str]:
    """What the figures don't say. `nameless`: the sources without artists."""
    test = card.chosen.test.by_genre
    alone = [genre for genre in card.genres if sum(counts[genre] > 0 for counts in card.sources.values()) == 1]
    missed = [scores for scores in test if scores.genre in card.chosen.missed]
    recalled = [
        f"{inline(plain(scores.genre))} ({round(scores.recall.value * scores.covers)} of {scores.covers})"
        for scores in missed
    ]
    few = [scores.genre for scores in test if scores.covers < FEW]
    notes = (
        (
            card.missing,
            f"**Missing genres.** There are no real covers of {_genres(card.missing)}. Such a cover still gets one of "
            f"the {len(card.genres)} genres, which is wrong.",
        ),
        (
            alone,
            f"**Single sources.** All covers of {_genres(alone)} come from one source each. What looks like the genre "
            "may partly be the style of that source.",
        ),
        (
            few,
            f"**Few covers.** There are fewer than {FEW} test covers of {_genres(few)}: mind the wide intervals.",
        ),
        (
            missed,
            f"**Hardly ever answered.** Few test covers are answered correctly of {listed(recalled)}: there are few to "
            "learn from, and they look like those of larger genres.",
        ),
        (
            nameless,
            f"**Unknown artists.** Covers from {listed([plain(source_title(source)) for source in nameless])} come "
            "without artists. An artist may be in several parts, which makes the figures too good.",
        ),
    )
    return [
        *(words for which, words in notes if which),
        "**New sources.** The test covers come from the same sources as the training covers. Yours don't: expect the "
        "figures for held-out sources.",
        "**One label per album.** Many albums belong to two genres. Some wrong answers are as good as the label.",
    ]


_REASONS = {
    "can't be read": "unreadable",
    "stands under two genres": "labelled with two genres",
    "near copy of another": "near copies of another",
}


def _method_heading(card: Card, method: MethodCard) -> str:
    note = "<small>used for predictions</small>" if method.name == card.default else ""
    return f"{plain(method.title)}{note}"


def _in_order(card: Card) -> list[MethodCard]:
    return sorted(card.methods, key=lambda method: method.name != card.default)


def _figures(methods: Iterable[MethodCard], field: str) -> list[str]:
    return [figure(getattr(method.test, field)) for method in methods]


def _sources(card: Card, genre: str) -> str:
    return ", ".join(plain(source_title(source)) for source, counts in card.sources.items() if counts[genre])


def _genres(genres: Iterable[str]) -> str:
    return listed([inline(plain(genre)) for genre in genres])
