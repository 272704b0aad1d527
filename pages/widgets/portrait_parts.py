"""The portrait of a genre as HTML that is one block of Markdown: its colours, and what it looks like by decade."""

from collections.abc import Sequence

from covergenre.collection.portraits import Decade
from covergenre.formatting import percent
from covergenre.images.palette import Swatch
from pages.widgets.bars import strip
from pages.widgets.figures import table

_MORE = 1.25  # a colour with a quarter more area than usual is worth naming
_NAMED = 5


def colours(swatches: Sequence[Swatch], title: str) -> str:
    """The colours side by side, from dark to light, each as wide as its share; "" without colours."""
    return strip(
        (
            (each.share, each.colour, f"{percent(each.share)} of the area; {percent(each.usual)} in all covers")
            for each in swatches
        ),
        title,
    )


def unusual(swatches: Sequence[Swatch]) -> str:
    """The colours more common than in all covers, the most unusual first; "" for none."""
    more = [swatch for swatch in swatches if swatch.share > _MORE * swatch.usual and swatch.share > 0.02]
    cells = "".join(
        f'<li><span class="patch" style="background: {swatch.colour}"></span>'
        f"{swatch.share / swatch.usual:.1f} times</li>"
        for swatch in sorted(more, key=lambda swatch: -swatch.share / swatch.usual)[:_NAMED]
    )
    return f'<ul class="patches">{cells}</ul>' if cells else ""


def timeline(decades: Sequence[Decade]) -> str:
    """A table with the covers and colours of each decade."""
    rows = (
        (
            f"{decade.start}s",
            str(decade.covers),
            colours(decade.palette, f"Colours of the {decade.start}s") or "too few covers",
        )
        for decade in decades
    )
    return table(("Decade", "Covers", "Colours, dark to light"), rows)
