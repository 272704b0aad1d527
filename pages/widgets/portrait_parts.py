"""The portrait of a genre as HTML that is one block of Markdown: its colours, and what it looks like by decade."""

from collections.abc import Sequence

from covergenre.collection.portraits import Decade
from covergenre.formatting import percent
from covergenre.palette import Swatch

_MORE = 1.25  # a colour with a quarter more area than usual is worth naming
_NAMED = 5


def strip(swatches: Sequence[Swatch], title: str) -> str:
    """The colours side by side, from dark to light, each as wide as its share; "" without colours."""
    if not swatches:
        return ""
    cells = "".join(
        f'<span style="flex: {swatch.share:.4f}; background: {swatch.colour}" title="{_told(swatch)}"></span>'
        for swatch in swatches
    )
    return f'<div class="strip" role="img" aria-label="{title}">{cells}</div>'


def unusual(swatches: Sequence[Swatch]) -> str:
    """The colours that there is more of than in all covers, the most unusual first; "" when there are none."""
    more = [swatch for swatch in swatches if swatch.share > _MORE * swatch.usual and swatch.share > 0.02]
    cells = "".join(
        f'<li><span class="patch" style="background: {swatch.colour}"></span>'
        f"{swatch.share / swatch.usual:.1f} times</li>"
        for swatch in sorted(more, key=lambda swatch: -swatch.share / swatch.usual)[:_NAMED]
    )
    return f'<ul class="patches">{cells}</ul>' if cells else ""


def timeline(decades: Sequence[Decade]) -> str:
    """A row a decade: its covers and its colours."""
    rows = "".join(
        f"<tr><th scope='row'>{decade.start}s</th><td>{decade.covers}</td>"
        f"<td>{strip(decade.palette, f'Colours of the {decade.start}s') or 'too few for their colours'}</td></tr>"
        for decade in decades
    )
    head = "<tr><th scope='col'>Decade</th><th scope='col'>Covers</th><th scope='col'>Colours, dark to light</th></tr>"
    return f'<table class="sheet decades"><thead>{head}</thead><tbody>{rows}</tbody></table>'


def _told(swatch: Swatch) -> str:
    return f"{percent(swatch.share)} of the area; {percent(swatch.usual)} in all covers"
