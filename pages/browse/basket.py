"""The basket: covers collected while browsing, those similar to all of them, and downloads."""

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from covergenre.collection.collection import Collection
from covergenre.collection.filters import Filters
from covergenre.collection.table import Neighbour
from covergenre.exchange.export import folder
from covergenre.formatting import as_csv, counted
from pages.browse.tiles import basket_keys, set_basket, show_tiles
from pages.widgets.address import bind
from pages.widgets.pictures import pictures_wanted
from pages.widgets.safe_text import tidy
from pages.widgets.verdict import album_line

UNLIKE = "unlike"
_SHOWN = 24
_COLUMNS = ("artist", "album", "year", "genre", "source", "id", "page_url")


def show_basket(collection: Collection, filters: Filters, go: Callable[[str], None]) -> None:
    """The covers in the basket, and those similar to them but not to the ones excepted."""
    rows = [row for key in basket_keys() if (row := collection.row(key)) is not None]
    if not rows:
        st.info(
            "The basket is empty. Press + on covers to add them, then find similar ones or download the list.",
            icon=":material/shopping_basket:",
        )
        return
    covers = [collection.cover(row) for row in rows]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{counted(len(covers), 'cover')}**", width="content")
        st.download_button("Download as CSV", lambda: to_csv(covers), "covers.csv", "text/csv",
                           icon=":material/download:", on_click="ignore")  # fmt: skip
        if files := sum(cover.path is not None for cover in covers):
            st.download_button(f"Download {counted(files, 'file')}", lambda: to_zip(covers), "covers.zip",
                               "application/zip", icon=":material/folder_zip:", on_click="ignore")  # fmt: skip
        st.button("Empty the basket", type="tertiary", icon=":material/delete:", on_click=set_basket, args=([],))
    show_tiles(covers, go, "kept")
    unlike = _choose_unlike(covers)
    liked = [row for row, cover in zip(rows, covers, strict=True) if cover.key not in unlike]
    if not liked:
        st.info("Leave at least one cover to be similar to.", icon=":material/filter_alt_off:")
        return
    others = [row for row in rows if row not in liked]
    st.header("Similar to these, but not to those" if others else "Similar to these", anchor=False)
    near = collection.covers(collection.between(liked, others, _SHOWN, filters))
    show_tiles(near, go, "between", pictures_wanted())


def to_csv(covers: Iterable[Neighbour]) -> bytes:
    """The covers as a CSV file in UTF-8 with its mark; no text in it is run as a formula."""
    return as_csv(_COLUMNS, ([getattr(cover, name) for name in _COLUMNS] for cover in covers)).encode("utf-8-sig")


def to_zip(covers: Iterable[Neighbour]) -> bytes:
    """The files of those covers that lie on this machine, in a folder a genre, and the list of all, as a ZIP."""
    covers, buffer = list(covers), io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("covers.csv", to_csv(covers))
        for number, cover in enumerate(covers, 1):
            if cover.path and cover.path.is_file():
                packed.write(cover.path, f"{folder(cover.genre)}/{number:03d} {cover.path.name}")
    return buffer.getvalue()


def _choose_unlike(covers: Sequence[Neighbour]) -> list[str]:
    """Draw the choice of covers that the results should not be similar to; their keys.

    They are numbered, as several may have the same title or none.
    """
    if len(covers) < 2:
        return []
    titles = {cover.key: f"{number}. {tidy(album_line(cover), 40)}" for number, cover in enumerate(covers, 1)}
    chosen = bind(UNLIKE, [key for key in st.query_params.get_all(UNLIKE) if key in titles])
    return list(st.pills("Not similar to", list(titles), selection_mode="multi", format_func=titles.get, **chosen))
