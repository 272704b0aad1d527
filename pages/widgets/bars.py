"""The probabilities of every genre as bars; shares side by side as a strip.

They are HTML and not a chart: they appear with the rest of the answer, without a chart library, and their words and
figures can be read aloud, selected and copied.
"""

from collections.abc import Iterable, Mapping
from html import escape

from covergenre.formatting import percent
from pages.widgets.genres import css_colour, named


def bars(answer: Mapping[str, float]) -> str:
    """One bar a genre in the order of `answer`, with its name and percentage. A full bar is a probability of 1.

    HTML that is also one block of Markdown.
    """
    return f'<ul class="bars">{"".join(_bar(genre, share) for genre, share in answer.items())}</ul>'


def strip(parts: Iterable[tuple[float, str, str]], label: str = "") -> str:
    """Parts (share, CSS colour, tooltip) side by side, each as wide as its share; HTML, "" without parts.

    `label`: for screen readers, which skip the strip without one.
    """
    cells = "".join(
        f'<span style="flex: {share:.4f}; background: {colour}" title="{words}"></span>'
        for share, colour, words in parts
    )
    role = f'role="img" aria-label="{label}"' if label else 'aria-hidden="true"'
    return f'<div class="strip" {role}>{cells}</div>' if cells else ""


def _bar(genre: str, share: float) -> str:
    length = f'<span class="bar" style="width: {100 * share:.1f}%; background: {css_colour(genre)}"></span>'
    return (
        f'<li><span class="name">{named(genre)}</span>'
        f'<span class="track">{length}<span class="figure">{escape(percent(share))}</span></span></li>'
    )
