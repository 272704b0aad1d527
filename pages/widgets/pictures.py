"""The choice between real pictures and colours in a grid, remembered in a cookie."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from covergenre.collecting.pictures import Availability, fetcher
from covergenre.collection.table import Neighbour
from pages.widgets.history import run_again
from pages.widgets.safe_text import plain
from pages.widgets.verdict import source_title

KEY = "load_pictures"

_COOKIE = "covergenre_pictures"
_EVERY = 2.0  # seconds between checks for new pictures
_REMEMBER = st.components.v2.component(
    "covergenre_pictures", html="<span></span>", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)
_HELP = (
    "The app downloads them from Spotify, Metal Archives and the Cover Art Archive, keeps them on its own machine and "
    "shows them from there. Your browser contacts nobody else."
)


def pictures_wanted() -> bool:
    """Whether the visitor has chosen real pictures, now or on an earlier visit."""
    if KEY not in st.session_state:
        st.session_state[KEY] = st.context.cookies.get(_COOKIE) == "1"
    return bool(st.session_state[KEY])


def choose_pictures(covers: Sequence[Neighbour], name: str) -> bool:
    """Draw the choice for a grid of these covers, unless all their files are here; whether real pictures are wanted.

    `name` tells this grid from others on the page.
    """
    wanted = pictures_wanted()
    if all(cover.path for cover in covers):
        return wanted
    with st.container(key=f"pictures-{name}", horizontal=True, vertical_alignment="center", gap="small"):
        if wanted:
            _say_standing(covers)
            st.button("Show colours only", type="tertiary", key=f"colours-{name}", on_click=_want, args=(False,))
        else:
            st.markdown("Covers that are not on this machine are shown as colours.", width="content")
            st.button(
                "Show the real covers",
                type="tertiary",
                icon=":material/image:",
                key=f"real-{name}",
                help=_HELP,
                on_click=_want,
                args=(True,),
            )
        _REMEMBER(key=f"remember-{name}", data={"wanted": wanted}, height=0)
    return wanted


def standing_line(standing: Availability) -> str:
    """How many have a picture, and why others have none, `plain`."""
    line = f"{standing.shown} of {standing.covers} have a picture."
    if standing.coming:
        line += f" {standing.coming} loading."
    return " ".join([line, *(_because(reason, count) for reason, count in standing.reasons.items())])


def _because(reason: str, count: int) -> str:
    source = reason.removeprefix("no address known (").removesuffix(")")
    if source == reason:
        return f"{count} failed: {plain(reason, 200)}."
    line = f"{count} from {source_title(source)} have no known picture" if source else f"{count} have no known picture"
    if source == "discogs":
        line += ": `covergenre pictures fetch` gets names and pictures with a token of your own"
    return f"{line}."


def _want(wanted: bool) -> None:
    st.session_state[KEY] = wanted


def _say_standing(covers: Sequence[Neighbour]) -> None:
    """The standing, updated while pictures are loading."""
    if fetcher.availability(covers).coming:
        st.fragment(_follow, run_every=_EVERY)(covers)
    else:
        st.markdown(standing_line(fetcher.availability(covers)), width="content")


def _follow(covers: Sequence[Neighbour]) -> None:
    standing = fetcher.availability(covers)
    if not standing.coming:
        run_again()
    st.markdown(standing_line(standing), width="content")
