"""One cover of a data set, large: its facts and findings, the actions on it, and the covers most like it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from covergenre import images
from covergenre.collection.collection import Collection
from covergenre.collection.table import page_url
from covergenre.errors import CoverGenreError
from pages.explore.actions import show_actions
from pages.explore.places import open_cover
from pages.explore.tiles import show_covers
from pages.explore.workspace import Workspace
from pages.widgets.cover_art import web_address
from pages.widgets.figures import genre_cell
from pages.widgets.genres import display, inline
from pages.widgets.safe_text import plain
from pages.widgets.thumbnails import small
from pages.widgets.verdict import source_title

_SIDE = 720
_SIMILAR = 12


def show_cover(opened: Workspace, row: int) -> None:
    """The cover in this row, and everything about it."""
    covers = opened.covers
    left, right = st.columns([2, 3], gap="large")
    with left, st.container(key="cover"):
        show_picture(covers, row)
    with right:
        st.header(plain(covers.title(row), 120), anchor=False)
        st.markdown(facts(covers, row), unsafe_allow_html=True)
        _show_findings(covers, row)
        if opened.dataset.writable:
            show_actions(opened, [covers.paths[row]], "cover")
    if similar := {other: f"{cosine:.2f}" for other, cosine in covers.like(row, _SIMILAR)}:
        st.header("Most similar covers", anchor=False)
        show_covers(covers, list(similar), "near", open_cover, similar)


def show_picture(covers: Collection, row: int) -> None:
    """The cover as large as there is room, or its colours if the data set has no pictures."""
    title = plain(covers.title(row))
    if not covers.dataset.has_pictures:
        colours = images.draw_signature(covers.signatures[row], _SIDE)
        st.image(colours, width="stretch", alt=f"The colours of {title}")
    elif picture := _large(str(covers.dataset.root), covers.paths[row], covers.hashes[row], covers):
        st.image(picture, width="stretch", alt=f"The cover {title}")
    else:
        st.info("This file can't be read.", icon=":material/broken_image:")


def facts(covers: Collection, row: int) -> str:
    """What is known about the cover, as a list in HTML."""
    cover, pictured = covers.facts(row), covers.dataset.has_pictures
    year = "" if pd.isna(cover["year"]) else f", {cover['year']}"
    known = {
        "Genre": f'<span class="sheet">{genre_cell(cover["genre"])}</span>'
        + (f" (was {inline(plain(cover['original_genre']))})" if cover["original_genre"] else ""),
        "Album": plain(", ".join(filter(None, (cover["artist"], cover["album"]))) + year, 160)
        if cover["album"]
        else "",
        "File": plain(cover["path"], 200) if pictured else "",
        "Source": "" if pictured else _source(cover),
        "Picture": f"{cover['width']} × {cover['height']} px, {cover['mode']}" if cover["width"] else "",
        "Size": f"{cover['bytes'] / 1000:,.0f} kB" if cover["bytes"] else "",
        "Part": cover["part"].capitalize(),
        "Tags": plain(cover["tags"], 200),
        "Left out": plain(cover["excluded"], 200),
        "Unreadable": plain(cover["problem"], 300),
    }
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in known.items() if value)
    return f'<dl class="known">{rows}</dl>'


def _source(cover: Mapping[str, Any]) -> str:
    """The source of a cover that ships, linked to its page there if it has one."""
    name = plain(f"{source_title(cover['source'])} {cover['id']}")
    page = web_address(page_url(cover["source"], cover["id"]))
    return f'<a href="{page}" target="_blank" rel="noopener noreferrer">{name}</a>' if page else name


def _show_findings(covers: Collection, row: int) -> None:
    if covers.findings is None:
        return
    path = covers.paths[row]
    findings = covers.findings.of(path)
    st.header("Findings", anchor=False)
    if not findings:
        st.caption("No defects found.")
    for finding in findings:
        st.markdown(f"**{display(finding.issue)}** :gray[{finding.score:.2f}]  \n{plain(finding.detail, 300)}")
    group = dict.fromkeys(other for each in findings for other in covers.findings.group(path, each.issue))
    if others := [other for other in covers.rows_of(group) if other != row][:6]:
        st.caption("In a group with:")
        show_covers(covers, others, "group", open_cover)


@st.cache_data(max_entries=64, show_spinner=False)
def _large(root: str, path: str, key: str, _covers: Collection) -> bytes:  # noqa: ARG001 (they tell pictures apart)
    try:
        return small(images.read(_covers.dataset.file(path)), _SIDE)
    except CoverGenreError:
        return b""
