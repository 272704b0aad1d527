"""What a prediction says, in plain language.

A sentence is Markdown, with texts from outside made harmless in it; a name (`album_line`, `origin`) is plain text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from covergenre.collection.novelty import ODD, UNFAMILIAR
from covergenre.formatting import listed, percent
from covergenre.predict import Neighbour, Prediction
from pages.widgets.genres import display, inline
from pages.widgets.safe_text import plain, tidy

DOUBTFUL = 0.5
"""An answer that was right less often than this before is given as a mere perhaps."""

_WORTH_NAMING = 0.05
_HOW_SURE = ((0.85, "Very sure"), (0.65, "Fairly sure"), (0.45, "Leaning this way"), (0.0, "Little more than a guess"))
_SOURCES = {
    "bang_dream": "BanG Dream!",
    "cd_shelf": "A shelf of CDs",
    "city_pop": "City pop",
    "discogs": "Discogs",
    "discogs_thumbs": "Discogs, small pictures",
    "initial_d": "Initial D",
    "metal_archives": "Metal Archives",
    "netlabels": "Netlabels",
    "record_shop": "A record shop",
    "reggae_shop": "A reggae shop",
    "spotify": "Spotify",
}


@dataclass(frozen=True)
class Verdict:
    """The large words, the figure beside them ("" when a figure would mislead), and what to make of both."""

    heading: str
    figure: str
    explanation: str


def verdict(prediction: Prediction) -> Verdict:
    """The answer in words: a genre with its probability, without one where the picture is odd for a cover, or that it
    is unlike all covers that are known."""
    genre, share = display(plain(prediction.genre)), percent(prediction.probabilities[prediction.genre])
    if is_unfamiliar(prediction):
        return Verdict(
            "Unlike the covers I know",
            "",
            f"Hardly any album cover lies this far from the ones learned from. {genre} comes closest ({share}), "
            "but that is not an answer to build on.",
        )
    if is_odd(prediction):
        return Verdict(
            f"Perhaps {inline(plain(prediction.genre))}",
            "",
            f"This picture is odd for a cover: nine covers in ten are more like those learned from. {genre} comes "
            f"closest, but how sure that is can't be told. {_competition(prediction, figures=False)}".strip(),
        )
    precedent = prediction.precedent
    doubtful = precedent is not None and precedent.share < DOUBTFUL
    heading = f"Perhaps {inline(plain(prediction.genre))}" if doubtful else genre
    return Verdict(heading, share, f"{_how_sure(prediction)} {_competition(prediction)}".strip())


def is_unfamiliar(prediction: Prediction) -> bool:
    """True when fewer than one held-out cover in a hundred lies as far from what is known."""
    return prediction.unfamiliar > UNFAMILIAR


def is_odd(prediction: Prediction) -> bool:
    """True when fewer than one held-out cover in ten lies as far from what is known."""
    return prediction.unfamiliar > ODD


def known_as(seen: Neighbour, same_pixels: bool = True) -> str:
    """That this very cover, or nearly this one, is in the data, as what, and whether the methods learned from it."""
    learned = "the methods learned from it" if seen.part == "train" else "the methods did not learn from it"
    likeness = "These very pixels are" if same_pixels else "It is nearly the same picture as"
    return (
        f"**A known cover.** {likeness} {plain(album_line(seen), 200)}, filed under "
        f"{inline(plain(seen.genre))}; {learned}."
    )


def scope(genres: Sequence[str], covers: int, missing: Sequence[str]) -> str:
    """Which genres are known, from how many covers, and which are missing."""
    known = listed([inline(plain(genre)) for genre in genres])
    unknown = f" Not {_or(missing)}: no real covers of them could be had." if missing else ""
    return f"The starter knows {len(genres)} genres from {covers:,} real covers: {known}.{unknown}"


def not_a_choice(missing: Sequence[str]) -> str:
    """Which of the ten genres no answer can be; "" when all can."""
    return f"The answer is never {_or(missing)}: the starter has no real covers of them." if missing else ""


def album_line(neighbour: Neighbour) -> str:
    """ "Artist – Album (year)", tidied; where the cover comes from when neither artist nor album is known."""
    if is_untitled(neighbour):
        return f"Untitled release, {origin(neighbour)}"
    line = " – ".join(tidy(part) for part in (neighbour.artist, neighbour.album) if part) or origin(neighbour)
    return f"{line} ({neighbour.year})" if neighbour.year else line


def is_untitled(neighbour: Neighbour) -> bool:
    """Whether it is a release of which only the number at a source is known."""
    return neighbour.source in _SOURCES and not (neighbour.artist or neighbour.album)


def origin(neighbour: Neighbour) -> str:
    """The source and the cover's number there: "Discogs 1234567"."""
    return f"{source_title(neighbour.source)} {tidy(neighbour.id, 24)}".strip()


def source_title(source: str) -> str:
    """The source as it writes itself; a data set by its name."""
    return _SOURCES.get(source) or tidy(source)


def _how_sure(prediction: Prediction) -> str:
    precedent = prediction.precedent
    share = precedent.share if precedent else prediction.probabilities[prediction.genre]
    words = next(words for floor, words in _HOW_SURE if share >= floor)
    times = round(10 * share)
    often = "nearly always" if times == 10 else f"about {times} times in 10" if times > 1 else "rarely"
    if precedent is None:
        return f"{words}: answers like this are right {often}."
    together = {True: " and the methods agreed", False: " and the methods disagreed", None: ""}[precedent.agreed]
    which = "covers of sources it had not seen" if precedent.new_source else "held-out covers"
    counted = f"{precedent.right} of {precedent.covers} {which}"
    return f"{words}: when it was this sure before{together}, it was right {often} ({counted})."


def _competition(prediction: Prediction, figures: bool = True) -> str:
    second = [(genre, share) for genre, share in list(prediction.probabilities.items())[1:2] if share >= _WORTH_NAMING]
    runner_up = [
        f"Runner-up: {inline(plain(genre))}{f', {percent(share)}' if figures else ''}." for genre, share in second
    ]
    others = {max(answer, key=answer.get) for answer in prediction.answers.values()} - {prediction.genre}
    said = prediction.precedent and prediction.precedent.agreed is False
    return " ".join([*runner_up, *(["The methods disagree."] if others and not said else [])])


def _or(genres: Sequence[str]) -> str:
    return " or ".join(inline(plain(genre)) for genre in genres)
