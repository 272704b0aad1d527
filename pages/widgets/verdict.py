"""What a prediction says, in plain language.

A sentence is Markdown, with texts from outside made harmless in it; a name (`album_line`, `origin`) is plain text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from covergenre.collection.novelty import ODD, UNFAMILIAR
from covergenre.dataset.starter import Card, MethodCard
from covergenre.formatting import listed
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
class Trust:
    """How far to believe an answer.

    `tenths`, 0 to 10: of ten answers like this, so many were right. `words` say so, and `counted` how that is known.
    """

    tenths: float
    words: str
    counted: str


@dataclass(frozen=True)
class Verdict:
    """The large words, what to make of them, and how often such answers are right (None: nothing is to be said)."""

    heading: str
    explanation: str
    trust: Trust | None


def verdict(prediction: Prediction) -> Verdict:
    """The answer in words: what a known cover is filed under; else a genre, or that the cover is unlike all known."""
    genre = inline(plain(prediction.genre))
    if seen := prediction.seen:
        alone = f"By the picture alone it would be {genre}."
        heading = f"I know this one: filed under {inline(plain(seen.genre))}"
        return Verdict(heading, f"{known_as(seen, prediction.same_pixels)} {alone}", None)
    if is_unfamiliar(prediction):
        return Verdict(
            "Unlike the covers I know",
            f"Hardly any album cover lies this far from the ones learned from. {display(genre)} comes closest, "
            "but that is not an answer to build on.",
            None,
        )
    if is_odd(prediction):
        return Verdict(
            f"Perhaps {genre}",
            f"This picture is odd for a cover: nine covers in ten are more like those learned from. {display(genre)} "
            f"comes closest, but how sure that is can't be told. {_dispute(prediction)}".strip(),
            None,
        )
    believed = trust(prediction)
    heading = f"Perhaps {genre}" if believed.tenths < 10 * DOUBTFUL else display(genre)
    sure = next(words for floor, words in _HOW_SURE if believed.tenths >= 10 * floor)
    said = (f"{sure}.", _dispute(prediction), _runner_up(prediction))
    return Verdict(heading, " ".join(part for part in said if part), believed)


def trust(prediction: Prediction) -> Trust:
    """How often answers like this one are right: as counted before, else as probable as the method says."""
    precedent = prediction.precedent
    if precedent is None:
        tenths = 10 * prediction.probabilities[prediction.genre]
        how = "This is the probability of the answer: there are too few earlier answers to count."
        return Trust(tenths, f"Of 10 answers like this, {often(tenths)} should be right.", how)
    tenths = 10 * precedent.share
    together = {True: " and the methods agreed", False: " and the methods disagreed", None: ""}[precedent.agreed]
    which = "covers of sources it had not seen" if precedent.new_source else "covers kept back from learning"
    counted = (
        f"Counted on {precedent.covers} {which}, when the answer was about this sure{together}: "
        f"{precedent.right} were right."
    )
    was = "was" if often(tenths) in ("1", "hardly any") else "were"
    return Trust(tenths, f"Of 10 answers like this, {often(tenths)} {was} right.", counted)


def often(tenths: float) -> str:
    """How many of ten, as one says it: "4 or 5" half-way between, "nearly all", "hardly any"."""
    whole, rest = divmod(tenths, 1)
    if 0.25 <= rest < 0.75 and 1 <= whole < 9:
        return f"{whole:.0f} or {whole + 1:.0f}"
    return {0: "hardly any", 10: "nearly all"}.get(round(tenths), f"{round(tenths)}")


def dots(tenths: float) -> str:
    """The same as ten dots, as many of them full; HTML for beside the words, so it is not read aloud."""
    filled = "".join(
        f'<span style="--fill: {100 * min(max(tenths - place, 0), 1):.0f}%"></span>' for place in range(10)
    )
    return f'<span class="dots" aria-hidden="true">{filled}</span>'


def is_unfamiliar(prediction: Prediction) -> bool:
    """True when fewer than one held-out cover in a hundred lies as far from what is known."""
    return prediction.unfamiliar > UNFAMILIAR


def is_odd(prediction: Prediction) -> bool:
    """True when fewer than one held-out cover in ten lies as far from what is known."""
    return prediction.unfamiliar > ODD


def known_as(seen: Neighbour, same_pixels: bool = True) -> str:
    """Which cover of the data it is, or nearly is, and whether the methods learned from it."""
    learned = "the methods learned from it" if seen.part == "train" else "the methods did not learn from it"
    likeness = "These very pixels are" if same_pixels else "It is nearly the same picture as"
    return f"{likeness} {plain(album_line(seen), 200)}; {learned}."


def scope(card: Card) -> str:
    """Which genres are known, from how many covers, and which are missing or hardly ever answered: short paragraphs.

    A long one would be the largest thing on a phone, and so what is waited for.
    """
    known = listed([inline(plain(genre)) for genre in card.genres])
    said = [f"The starter knows {len(card.genres)} genres from {card.covers:,} real covers.", f"They are {known}."]
    if card.missing:
        said.append(f"Not {_or(card.missing)}: no real covers of them could be had.")
    return "\n\n".join([*said, *hardly_ever(card.chosen)])


def hardly_ever(method: MethodCard) -> list[str]:
    """Which genres a method of the starter hardly ever answers, in all and where the source is new; none: nothing."""
    said = [f"It hardly ever answers {_or(method.missed)}."] if method.missed else []
    if method.missed_elsewhere:
        genres = _or(method.missed_elsewhere)
        said.append(f"On covers of a source it never saw, as yours are, it hardly ever answers {genres}.")
    return said


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
    """The source and the cover's number there, "Discogs 1234567"; a source that numbers nothing by its title alone."""
    number = neighbour.id if neighbour.source not in _SOURCES or neighbour.id.isdecimal() else ""
    return f"{source_title(neighbour.source)} {tidy(number, 24)}".strip()


def source_title(source: str) -> str:
    """The source as it writes itself; a data set by its name."""
    return _SOURCES.get(source) or tidy(source)


def _dispute(prediction: Prediction) -> str:
    """Which method says what, where they disagree."""
    members = list(prediction.answers.items())
    members = members[1:] if len(members) > 2 else members  # the first is made of the others
    said = {title: max(answer, key=answer.get) for title, answer in members}
    if len(set(said.values())) < 2:
        return ""
    each = [f"{inline(plain(genre))} by {plain(title).lower()}" for title, genre in said.items()]
    return f"The methods disagree: {listed(each)}."


def _runner_up(prediction: Prediction) -> str:
    second = [(genre, share) for genre, share in list(prediction.probabilities.items())[1:2] if share >= _WORTH_NAMING]
    return "".join(f"Runner-up: {inline(plain(genre))}." for genre, _ in second)


def _or(genres: Sequence[str]) -> str:
    return " or ".join(inline(plain(genre)) for genre in genres)
