"""The starter's card as a page says it: sentences (Markdown) and tables (HTML that is one block of Markdown)."""

from collections.abc import Iterable, Sequence

from covergenre.dataset.starter import Card, MethodCard
from covergenre.evaluation.metrics import Evaluation, GenreScores
from covergenre.formatting import listed, percent, span
from pages.widgets.figures import figure, genre_cell, table
from pages.widgets.genres import inline
from pages.widgets.safe_text import plain
from pages.widgets.verdict import hardly_ever, source_title

FEW = 30
"""A genre with fewer test covers than this is said to have few."""

_FIGURES = (
    ("accuracy", "Accuracy", "how many answers are right"),
    ("balanced_accuracy", "Balanced accuracy", "the same, every genre counting alike"),
    ("f1_weighted", "F1, weighted", "precision and recall in one figure, by covers"),
    ("f1_macro", "F1, macro", "the same, every genre counting alike"),
    ("calibration_error", "Calibration error", "how far a stated probability is from how often it is right"),
)


def lead(card: Card) -> str:
    """What it is and how good it is, in a few sentences: first where it never saw the source."""
    chosen = card.chosen
    said = [f"{card.covers:,} real album covers of {len(card.genres)} genres taught the app what it says."]
    if chosen.left_out:
        right, sure = chosen.left_out.evaluation.accuracy, chosen.left_out.confidence
        said.append(
            f"**On covers of a source it never saw, its answer is right {percent(right.value)} of the time** "
            f"({span(right, digits=0)}\u202f%), and it says {percent(sure)} on average."
        )
    test = chosen.test
    commonest = max(test.by_genre, key=lambda scores: scores.covers)
    said.append(
        f"On {test.covers:,} covers that were kept back, of sources that it learned from, it is right "
        f"{percent(test.accuracy.value)} of the time ({span(test.accuracy, digits=0)}\u202f%); always saying "
        f"{inline(plain(commonest.genre))} would be right {percent(commonest.covers / test.covers)} there. "
        "Read an answer as a hint, not as a fact."
    )
    said += hardly_ever(chosen)
    return " ".join(said)


def by_new_source(card: Card) -> str:
    """The accuracy of every method on the covers of each source that was left out of learning; "" where none was."""
    methods = [method for method in _in_order(card) if method.left_out]
    if not methods:
        return ""
    everywhere = [
        "All, at most 250 of each",
        *(
            f"{figure(method.left_out.evaluation.accuracy)}<small>says {percent(method.left_out.confidence)}</small>"
            for method in methods
        ),
    ]
    sources = [
        [
            f"{plain(source_title(source))}<small>{figures.covers} covers</small>",
            *(figure(method.left_out.by_source[source].accuracy) for method in methods),
        ]
        for source, figures in methods[0].left_out.by_source.items()
    ]
    return table(("Source left out", *(_method_heading(card, method) for method in methods)), [everywhere, *sources])


def figures(card: Card) -> str:
    """The figures of every method on the test part; the method whose answer counts stands first."""
    methods = _in_order(card)
    headings = ["", *(_method_heading(card, method) for method in methods)]
    return table(
        headings,
        ([f"{title}<small>{meaning}</small>", *_figures(methods, field)] for field, title, meaning in _FIGURES),
    )


def by_words(card: Card) -> str:
    """What reading words adds on test covers, and on those that bear no name it knows; "" where none are read."""
    if not card.words:
        return ""
    kinds = (
        ("All test covers", card.words.together),
        ("No name or title shared with a cover it learned from", card.words.apart),
    )
    return table(
        ("", "By looks alone", "With the words"),
        [[f"{name}<small>{gain.covers} covers</small>", figure(gain.looks), figure(gain.both)] for name, gain in kinds],
    )


def by_genre(test: Evaluation) -> str:
    """Precision, recall and F1 of each genre."""
    return table(
        ("Genre", "Precision", "Recall", "F1"),
        (
            [
                f"{genre_cell(scores.genre)}<small>{scores.covers} covers</small>",
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
                f"{plain(source_title(source))}<small>{figures.covers} covers</small>",
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
    """How many covers were left out, by reason; "" when none were."""
    counted = {reason: number for reason, number in card.left_out.items() if number}
    reasons = [f"{number:,} {_REASONS.get(reason, plain(reason))}" for reason, number in counted.items()]
    return f"Left out: {listed(reasons)}." if reasons else ""


def honesty(card: Card) -> list[str]:
    """What was done so that the figures can be believed."""
    limit = card.recipe.get("limit")
    resolution = (
        f"**One resolution.** Every cover is first brought to {limit} px at most. One source has small pictures only, "
        "and the size of a file must not name a genre."
    )
    return [
        *([resolution] if limit else []),
        "**No near copies or artists shared between parts.** Near copies of a picture stay in one part, and so do the "
        "covers of one artist where the artist is known: no test cover is by an artist the methods learned from.",
        "**No contradictions.** A picture that stands under two genres is left out.",
        "**One look at the test covers.** Every choice was settled on the validation covers, and how sure the answers "
        "sound on sources left out. What ships is what was tested; nothing was trained again afterwards.",
    ]


def limits(card: Card, nameless: Sequence[str]) -> list[str]:
    """What the figures don't say. `nameless`: the sources that name no artists."""
    test = card.chosen.test.by_genre
    alone = [genre for genre in card.genres if sum(counts[genre] > 0 for counts in card.sources.values()) == 1]
    missed = [scores for scores in test if scores.genre in card.chosen.missed]
    few = [scores.genre for scores in test if scores.covers < FEW]
    told = (
        (
            card.missing,
            f"**Missing genres.** No real covers of {_genres(card.missing)} could be had. Such a cover is still given "
            f"one of the {len(card.genres)} genres, and wrongly.",
        ),
        (
            alone,
            f"**One source.** All covers of {_genres(alone)} come from one source each. Some of what looks like the "
            "genre may be the taste of that source.",
        ),
        (few, f"**Few covers.** There are fewer than {FEW} test covers of {_genres(few)}: mind the wide ranges."),
        (
            missed,
            f"**Hardly ever answered.** Of the test covers of {listed([_found(scores) for scores in missed])} fewer "
            "than one in ten was answered rightly: they are few to learn from, and look like those of larger genres. "
            "Such a cover is nearly always given another genre.",
        ),
        (
            nameless,
            f"**Artists unknown.** The covers from {listed([plain(source_title(source)) for source in nameless])} came "
            "without artists. There one artist may stand on both sides, which flatters the figures.",
        ),
    )
    return [
        *(words for which, words in told if which),
        "**Other places.** The held-out covers come from the same sources as the rest. Covers of your own don't: the "
        "figures on sources left out say what to expect.",
        "**One label an album.** Many albums belong to two genres, and no cover settles which. Some wrong answers are "
        "as good as the label.",
    ]


_REASONS = {
    "can't be read": "that can't be read",
    "stands under two genres": "that stand under two genres",
    "near copy of another": "that are near copies of another",
}


def _method_heading(card: Card, method: MethodCard) -> str:
    note = "<small>its answer counts</small>" if method.name == card.default else ""
    return f"{plain(method.title)}{note}"


def _in_order(card: Card) -> list[MethodCard]:
    return sorted(card.methods, key=lambda method: method.name != card.default)


def _figures(methods: Iterable[MethodCard], field: str) -> list[str]:
    return [figure(getattr(method.test, field)) for method in methods]


def _sources(card: Card, genre: str) -> str:
    return ", ".join(plain(source_title(source)) for source, counts in card.sources.items() if counts[genre])


def _genres(genres: Iterable[str]) -> str:
    return listed([inline(plain(genre)) for genre in genres])


def _found(scores: GenreScores) -> str:
    return f"{inline(plain(scores.genre))} ({round(scores.recall.value * scores.covers)} of {scores.covers})"
