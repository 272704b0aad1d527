"""The probabilities of every genre as bars; shares side by side as a strip.

They are HTML and not a chart: they stand there with the rest of the answer, no chart library is fetched for them, and
they can be read aloud, selected and copied as the words and figures they are.
"""

from collections.abc import Iterable, Mapping
from html import escape

from covergenre.formatting import percent
from pages.widgets.genres import css_colour, named


def bars(answer: Mapping[str, float]) -> str:
    """One bar a genre, from top to bottom in the order of `answer`, each with its name before and its percentage after.

    HTML that is also one block of Markdown. A full bar is a probability of 1, so that bars of two methods compare.
    """
    return f'<ul class="bars">{"".join(_bar(genre, share) for genre, share in answer.items())}</ul>'


def strip(parts: Iterable[tuple[float, str, str]], label: str = "") -> str:
    """Parts side by side, each as wide as its share, of a CSS colour, with words for the mouse; HTML, "" without parts.

    `label`: what it is, for those who listen; without one it is not for them.
    """
    cells = "".join(
        f'<span style="flex: {share:.4f}; background: {colour}" title="{words}"></span>'
        for share, colour, words in parts
    )
    told = f'role="img" aria-label="{label}"' if label else 'aria-hidden="true"'
    return f'<div class="strip" {told}>{cells}</div>' if cells else ""


def _bar(genre: str, share: float) -> str:
    length = f'<span class="bar" style="width: {100 * share:.1f}%; background: {css_colour(genre)}"></span>'
    return (
        f'<li><span class="name">{named(genre)}</span>'
        f'<span class="track">{length}<span class="figure">{escape(percent(share))}</span></span></li>'
    )
