"""Covers of a comparison in a grid: what they look like, what they are, and what each run took them for.

A click opens the cover in Explore, beside this page, where a wrong genre can be mended; one of a data set
that can't be changed leads to its page at the source.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from covergenre.collection.table import page_url
from covergenre.comparison.comparison import ComparedRun, ComparedRuns
from covergenre.formatting import percent
from covergenre.report.charts import run_colours, swatch
from pages.widgets.genres import css_colour, named
from pages.widgets.safe_text import plain, tidy
from pages.widgets.thumbnails import soft_tile, tile_of_file


def cover_grid(compared: ComparedRuns, rows: Iterable[int], runs: Sequence[ComparedRun]) -> str:
    """The grid as one block of HTML; each cover with the answers of `runs`, which a legend tells apart."""
    lines = dict(zip(compared.runs, map(swatch, run_colours([run.run for run in compared.runs])), strict=True))
    lines = {run: lines[run] for run in runs}
    tiles = "".join(_tile(compared, int(row), lines) for row in rows)
    legend = "".join(f"<li>{line} {plain(run.name)}</li>" for run, line in lines.items())
    return f'<ul class="legend">{legend}</ul><ul class="gallery answers">{tiles}</ul>'


def _tile(compared: ComparedRuns, row: int, lines: Mapping[ComparedRun, str]) -> str:
    cover = compared.covers.facts(row)
    name = plain(tidy(compared.covers.title(row)))
    image = _image(compared, row, name)
    genre = f'<span class="dot" style="background: {css_colour(cover["genre"])}"></span>{named(cover["genre"])}'
    answers = "".join(_answer(compared, run, row, line) for run, line in lines.items())
    inner = (
        f'<span class="art">{image}</span><span class="genre who">{genre}</span><span class="what">{name}</span>'
        f'<span class="said">{answers}</span>'
    )
    if address := _address(compared, cover):
        inner = f'<a href="{address}" target="_blank" rel="noopener noreferrer">{inner}</a>'
    has_file_name = not compared.dataset or compared.dataset.has_pictures
    return f'<li title="{plain(cover["path"], 200) if has_file_name else name}">{inner}</li>'


def _image(compared: ComparedRuns, row: int, name: str) -> str:
    """The cover, or its colours where that is all there is; "" where there is nothing."""
    signature = compared.covers.signatures[row]
    if tile := tile_of_file(compared.covers.file(row)):
        return f'<img src="{tile}" alt="Cover of {name}">'
    return f'<img src="{soft_tile(signature)}" alt="Colours of the cover of {name}">' if signature else ""


def _address(compared: ComparedRuns, cover: Mapping[str, Any]) -> str:
    """Where Explore shows the cover, or its page at the source; "" where there is neither."""
    if not compared.dataset:
        return ""
    if not compared.dataset.writable:
        return plain(page_url(cover["source"], cover["id"]), 2000)
    place = {"data": compared.dataset.name, "see": "Gallery", "open": cover["path"]}
    return plain(f"explore?{urlencode(place)}", 2000)


def _answer(compared: ComparedRuns, run: ComparedRun, row: int, line: str) -> str:
    chances = run.probabilities[row]
    predicted = int(chances.argmax())
    right = predicted == compared.labels[row]
    sign = '<b class="sign" title="right">✓</b>' if right else '<b class="sign" title="wrong">✗</b>'
    share = percent(float(chances[predicted]))
    words = f'<span class="answer">{named(compared.genres[predicted])}</span>'
    return f'<span class="line" title="{plain(run.name)}">{line}{sign}{words}<span>{share}</span></span>'
