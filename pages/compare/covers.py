"""The covers behind a comparison, a page at a time, each with the answers of the runs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from covergenre.collection.table import page_url
from covergenre.comparison.comparison import ComparedRun, ComparedRuns
from covergenre.comparison.galleries import galleries
from covergenre.formatting import percent
from covergenre.report.charts import run_colours, swatch
from pages.compare.selection import choose_pair
from pages.widgets.address import bind, get_option, show_pager
from pages.widgets.cover_art import web_address
from pages.widgets.figures import genre_cell
from pages.widgets.genres import display, named
from pages.widgets.safe_text import plain, tidy
from pages.widgets.thumbnails import soft_tile, tile_of_file
from pages.widgets.tiles import Tile, show_grid

_ON_A_PAGE = 24


def show_galleries(compared: ComparedRuns) -> None:
    """The covers worth looking at, in galleries."""
    a, b = choose_pair(compared)
    known = {gallery.key: gallery for gallery in galleries(compared, a, b)}
    filled = next((key for key, gallery in known.items() if len(gallery.rows)), next(iter(known)))
    gallery = known[
        st.pills(
            "Which covers",
            list(known),
            format_func=lambda key: f"{plain(known[key].title)} · {len(known[key].rows):,}",
            required=True,
            label_visibility="collapsed",
            **bind("show", get_option("show", list(known), default=filled)),
        )
    ]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(plain(gallery.meaning, 300), width="content")
        genre = st.selectbox(
            "Genre",
            ["", *compared.genres],
            format_func=lambda genre: display(genre) or "All genres",
            key="compare_genre",
            label_visibility="collapsed",
            width=180,
            persist_state="page",
        )
    rows = gallery.rows
    if genre:
        rows = rows[compared.labels[rows] == compared.genres.index(genre)]
    show_covers(compared, rows, gallery.runs)


def show_covers(compared: ComparedRuns, rows: np.ndarray, runs: Sequence[ComparedRun]) -> None:
    """A page of covers with the answers of `runs`; a click opens the cover in Explore or at its source."""
    if not len(rows):
        st.caption("There are no such covers.")
        return
    lines = {run: line for run, line in _lines(compared).items() if run in runs}
    legend = "".join(f"<li>{line} {plain(run.name)}</li>" for run, line in lines.items())
    st.markdown(f'<ul class="legend">{legend}</ul>', unsafe_allow_html=True)
    grid = st.container()
    shown = show_pager(rows, _ON_A_PAGE)
    with grid:
        show_grid(cover_tiles(compared, shown, lines), "compared", lambda _: None)
        if compared.dataset and compared.dataset.writable:
            st.caption("Click a cover to open it in Explore, where you can correct its genre.")
        elif compared.dataset:
            st.caption("Click a cover to open its page at the source. Only its colours are kept here.")


def cover_tiles(compared: ComparedRuns, rows: Iterable[int], lines: Mapping[ComparedRun, str]) -> list[Tile]:
    """A tile for each cover; `lines` is the line of the legend for each run whose answer is shown."""
    return [_tile(compared, int(row), lines) for row in rows]


def _lines(compared: ComparedRuns) -> dict[ComparedRun, str]:
    return dict(zip(compared.runs, map(swatch, run_colours([run.run for run in compared.runs])), strict=True))


def _tile(compared: ComparedRuns, row: int, lines: Mapping[ComparedRun, str]) -> Tile:
    cover, title = compared.covers.facts(row), compared.covers.title(row)
    signature = compared.covers.signatures[row]
    picture = tile_of_file(compared.covers.file(row)) or (soft_tile(signature) if signature else "")
    art = f'<img src="{picture}" alt="">' if picture else ""
    answers = "".join(_answer(compared, run, row, line) for run, line in lines.items())
    address = _address(compared, cover)
    return Tile(
        cover["path"],
        f"{tidy(title)}, {tidy(cover['genre'], 24)}",
        f'<span class="art">{art}</span><span class="who">{genre_cell(cover["genre"])}</span>'
        f'<span class="what">{plain(title)}</span><span class="said">{answers}</span>',
        href=address,
        still=not address,
        new_tab=True,
    )


def _address(compared: ComparedRuns, cover: Mapping[str, Any]) -> str:
    """Where Explore shows the cover, or its page at the source; "" if there is neither."""
    if not compared.dataset:
        return ""
    if not compared.dataset.writable:
        address = page_url(cover["source"], cover["id"])
        return address if web_address(address) else ""
    return f"explore?{urlencode({'data': compared.dataset.name, 'see': 'Gallery', 'open': cover['path']})}"


def _answer(compared: ComparedRuns, run: ComparedRun, row: int, line: str) -> str:
    probabilities = run.probabilities[row]
    answer = int(probabilities.argmax())
    sign = "✓" if answer == compared.labels[row] else "✗"
    return (
        f'<span class="line">{line}<b class="sign">{sign}</b>'
        f'<span class="answer">{named(compared.genres[answer])}</span>'
        f"<span>{percent(float(probabilities[answer]))}</span></span>"
    )
