"""What the page tells of what was done last, until that is dismissed or something else is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from covergenre.dataset.registry import open_dataset
from covergenre.errors import CoverGenreError
from covergenre.repair import repair
from pages.widgets.safe_text import sentence

_NEWS = "news"


@dataclass(frozen=True)
class News:
    """`words` in Markdown: what was done to a data set, or what could not be done. `repair`: the one to undo for it."""

    words: str
    wrong: bool = False
    dataset: str = ""
    repair: int = 0


def tell(why: str) -> None:
    """Have the page tell why something was not done."""
    st.session_state[_NEWS] = News(sentence(why), wrong=True)


def note(words: str, dataset: str, repair: int = 0) -> None:
    """Have the page tell what was done to a data set, with the way to undo it where that was a repair."""
    st.session_state[_NEWS] = News(words, dataset=dataset, repair=repair)


@contextmanager
def telling() -> Iterator[None]:
    """Have the page tell why what is done in the block could not be done, and no longer what went wrong before."""
    take_wrong()
    try:
        yield
    except CoverGenreError as error:
        tell(str(error))


def take_wrong() -> str:
    """What went wrong, which the page then tells no more; "" for nothing."""
    news = st.session_state.get(_NEWS)
    return st.session_state.pop(_NEWS).words if news and news.wrong else ""


def show_news(dataset: str) -> None:
    """Tell it, where it is about this data set or none."""
    news = st.session_state.get(_NEWS)
    if not news or news.dataset not in ("", dataset):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="news", border=not news.wrong):
        if news.wrong:
            st.error(news.words, icon=":material/error:", width="stretch")
        else:
            st.markdown(f":material/check: {news.words}", width="stretch")
        if news.repair:
            st.button("Undo", icon=":material/undo:", key="undo-made", on_click=undo, args=(dataset, news.repair))
        st.button("Dismiss", icon=":material/close:", key="dismiss", type="tertiary",
                  on_click=lambda: st.session_state.pop(_NEWS, None))  # fmt: skip


def undo(dataset: str, number: int) -> None:
    """Undo a repair; the page says why not, if it can't be."""
    st.session_state.pop(_NEWS, None)
    with telling():
        repair.undo(open_dataset(dataset), number)
        st.toast(f"Repair {number} is undone.", icon=":material/undo:")
