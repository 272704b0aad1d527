"""Covers of a comparison in a grid: what they look like, what they are, and what each run took them for.

A click opens the cover in Explore, beside this page, where a wrong genre can be mended.
"""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from urllib.parse import urlencode

from covergenre.report.charts import swatch
from covergenre.runs.comparison import ComparedRun, ComparedRuns
from pages.widgets.genres import css_colour, display
from pages.widgets.thumbnails import tile_of_file
from pages.widgets.words import percent, plain, tidy


def cover_grid(compared: ComparedRuns, rows: Iterable[int], runs: Sequence[ComparedRun]) -> str:
    """The grid as one block of HTML; each cover with the answers of `runs`, which a legend tells apart."""
    tiles = "".join(_tile(compared, int(row), runs) for row in rows)
    legend = "".join(f"<li>{swatch(_number(compared, run))} {plain(run.name)}</li>" for run in runs)
    return f'<ul class="legend">{legend}</ul><ul class="gallery answers">{tiles}</ul>'


def _tile(compared: ComparedRuns, row: int, runs: Sequence[ComparedRun]) -> str:
    cover = compared.covers.iloc[row]
    name = " – ".join(tidy(part) for part in (cover["artist"], cover["album"]) if part)
    name = plain(name or PurePosixPath(cover["path"]).name)
    picture = tile_of_file(compared.file(row))
    image = f'<img src="{picture}" alt="Cover of {name}">' if picture else ""
    genre = f'<span class="dot" style="background: {css_colour(cover["genre"])}"></span>{_genre(cover["genre"])}'
    answers = "".join(_answer(compared, run, row) for run in runs)
    inner = (
        f'<span class="art">{image}</span><span class="genre who">{genre}</span><span class="what">{name}</span>'
        f'<span class="said">{answers}</span>'
    )
    if compared.dataset:
        inner = f'<a href="{_address(compared.dataset.name, cover["path"])}" target="_blank" rel="noopener">{inner}</a>'
    return f'<li title="{plain(cover["path"], 200)}">{inner}</li>'


def _address(dataset: str, path: str) -> str:
    """Where Explore shows the cover."""
    return plain(f"explore?{urlencode({'data': dataset, 'see': 'Gallery', 'open': path})}", 2000)


def _answer(compared: ComparedRuns, run: ComparedRun, row: int) -> str:
    chances = run.probabilities[row]
    predicted = int(chances.argmax())
    right = predicted == compared.labels[row]
    sign = '<b class="sign" title="right">✓</b>' if right else '<b class="sign" title="wrong">✗</b>'
    share = percent(float(chances[predicted]))
    line = swatch(_number(compared, run))
    words = f'<span class="answer">{_genre(compared.genres[predicted])}</span>'
    return f'<span class="line" title="{plain(run.name)}">{line}{sign}{words}<span>{share}</span></span>'


def _genre(genre: str) -> str:
    return display(plain(genre, 24))


def _number(compared: ComparedRuns, run: ComparedRun) -> int:
    return compared.runs.index(run)
