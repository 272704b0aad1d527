"""A prediction in plain language.

Sentences are safe Markdown; names (`album_line`, `origin`) are plain text.
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
"""An answer that is right less often than this is given as "perhaps"."""

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
    """How far to trust an answer.

    `tenths`, 0 to 10: how many of ten answers like this are right. `words` say so, and `counted` how that is known.
    """

    tenths: float
    words: str
    counted: str


@dataclass(frozen=True)
class Verdict:
    """The heading, an explanation, and how often such answers are right; None if that is unknown."""

    heading: str
    explanation: str
    trust: Trust | None


def verdict(prediction: Prediction) -> Verdict:
    """The answer in words: the label of a known cover; else a genre, or that the cover is unlike all known ones."""
    genre = inline(plain(prediction.genre))
    if seen := prediction.seen:
        alone = f"From the picture alone it would be {genre}."
        heading = f"A known cover, labelled {inline(plain(seen.genre))}"
        return Verdict(heading, f"{known_as(seen, prediction.same_pixels)} {alone}", None)
    if is_unfamiliar(prediction):
        return Verdict(
            "Unlike all known covers",
            f"Hardly any album cover differs this much from the training covers. {display(genre)} comes closest, but "
            "don't rely on it.",
            None,
        )
    if is_odd(prediction):
        return Verdict(
            f"Perhaps {genre}",
            f"This picture is unusual for a cover: nine covers in ten are more like the training covers. "
            f"{display(genre)} comes closest, but its certainty is unknown. {_dispute(prediction)}".strip(),
            None,
        )
    believed = trust(prediction)
    heading = f"Perhaps {genre}" if believed.tenths < 10 * DOUBTFUL else display(genre)
    sure = next(words for floor, words in _HOW_SURE if believed.tenths >= 10 * floor)
    second = [name for name, share in list(prediction.probabilities.items())[1:2] if share >= _WORTH_NAMING]
    runner_up = f"Runner-up: {inline(plain(second[0]))}." if second else ""
    parts = (f"{sure}.", _dispute(prediction), runner_up)
    return Verdict(heading, " ".join(filter(None, parts)), believed)


def trust(prediction: Prediction) -> Trust:
    """How often answers like this one are right: as counted on held-out covers, else the probability of the answer."""
    precedent = prediction.precedent
    if precedent is None:
        tenths = 10 * prediction.probabilities[prediction.genre]
        how = "This is the probability of the answer. There are too few similar answers to count."
        return Trust(tenths, f"Of 10 answers like this, {often(tenths)} should be right.", how)
    tenths = 10 * precedent.share
    together = {True: " and the methods agreed", False: " and the methods disagreed", None: ""}[precedent.agreed]
    which = "covers from held-out sources" if precedent.new_source else "held-out covers"
    counted = (
        f"Counted on {precedent.covers} {which} where the answer was about as certain{together}: "
        f"{precedent.right} were right."
    )
    was = "was" if often(tenths) in ("1", "hardly any") else "were"
    return Trust(tenths, f"Of 10 answers like this, {often(tenths)} {was} right.", counted)


def often(tenths: float) -> str:
    """How many of ten in words: "4", "4 or 5" half-way between, "nearly all", "hardly any"."""
    whole, rest = divmod(tenths, 1)
    if 0.25 <= rest < 0.75 and 1 <= whole < 9:
        return f"{whole:.0f} or {whole + 1:.0f}"
    return {0: "hardly any", 10: "nearly all"}.get(round(tenths), f"{round(tenths)}")


def dots(tenths: float) -> str:
    """The same as ten dots, HTML that screen readers skip."""
    filled = "".join(
        f'<span style="--fill: {100 * min(max(tenths - place, 0), 1):.0f}%"></span>' for place in range(10)
    )
    return f'<span class="dots" aria-hidden="true">{filled}</span>'


def is_unfamiliar(prediction: Prediction) -> bool:
    """Whether fewer than one held-out cover in a hundred is as far from all known covers."""
    return prediction.unfamiliar > UNFAMILIAR


def is_odd(prediction: Prediction) -> bool:
    """Whether fewer than one held-out cover in ten is as far from all known covers."""
    return prediction.unfamiliar > ODD


def known_as(seen: Neighbour, same_pixels: bool = True) -> str:
    """Which known cover it is, or nearly is, and whether that was used for training."""
    training = "was used for training" if seen.part == "train" else "was not used for training"
    likeness = "This is exactly the picture of" if same_pixels else "This is nearly the same picture as"
    return f"{likeness} {plain(album_line(seen), 200)}, which {training}."


def scope(card: Card) -> str:
    """Which genres the starter knows, which are missing and which it hardly ever answers, in short paragraphs.

    A long one would be the largest paint on a phone, which browsers measure as the time to load.
    """
    known = listed([inline(plain(genre)) for genre in card.genres])
    sentences = [f"The starter knows {len(card.genres)} genres from {card.covers:,} real covers.", f"They are {known}."]
    if card.missing:
        sentences.append(f"It does not know {_or(card.missing)}, for lack of real covers.")
    return "\n\n".join([*sentences, *hardly_ever(card.chosen)])


def hardly_ever(method: MethodCard) -> list[str]:
    """Which genres a method of the starter hardly ever answers, on all covers and on new sources."""
    sentences = [f"It hardly ever answers {_or(method.missed)}."] if method.missed else []
    if method.missed_elsewhere:
        genres = _or(method.missed_elsewhere)
        sentences.append(f"On covers from new sources, like yours, it hardly ever answers {genres}.")
    return sentences


def not_a_choice(missing: Sequence[str]) -> str:
    """Which of the ten genres the answer can't be; "" if it can be any."""
    return f"The answer is never {_or(missing)}: the starter has no real covers of them." if missing else ""


def album_line(neighbour: Neighbour) -> str:
    """ "Artist – Album (year)", tidied; the source of the cover if both are unknown."""
    if is_untitled(neighbour):
        return f"Untitled release, {origin(neighbour)}"
    line = " – ".join(tidy(part) for part in (neighbour.artist, neighbour.album) if part) or origin(neighbour)
    return f"{line} ({neighbour.year})" if neighbour.year else line


def is_untitled(neighbour: Neighbour) -> bool:
    """Whether only its number at a source is known."""
    return neighbour.source in _SOURCES and not (neighbour.artist or neighbour.album)


def origin(neighbour: Neighbour) -> str:
    """The source and the cover's number there, "Discogs 1234567"; the title alone for a source without numbers."""
    number = neighbour.id if neighbour.source not in _SOURCES or neighbour.id.isdecimal() else ""
    return f"{source_title(neighbour.source)} {tidy(number, 24)}".strip()


def source_title(source: str) -> str:
    """The title of a source, or the name of a data set."""
    return _SOURCES.get(source) or tidy(source)


def _dispute(prediction: Prediction) -> str:
    """The answer of each method, if they disagree."""
    members = list(prediction.answers.items())
    members = members[1:] if len(members) > 2 else members  # the first is made of the others
    by_method = {title: max(answer, key=answer.get) for title, answer in members}
    if len(set(by_method.values())) < 2:
        return ""
    each = [f"{inline(plain(genre))} by {plain(title).lower()}" for title, genre in by_method.items()]
    return f"The methods disagree: {listed(each)}."


def _or(genres: Sequence[str]) -> str:
    return " or ".join(inline(plain(genre)) for genre in genres)
