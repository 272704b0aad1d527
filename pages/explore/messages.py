"""The message at the foot of the Explore page: what the last action did, until dismissed or replaced."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from covergenre.dataset.registry import open_dataset
from covergenre.errors import CoverGenreError, in_words
from covergenre.repair import repair
from pages.widgets.safe_text import sentence

_KEY = "message"


@dataclass(frozen=True)
class Message:
    """`text` is Markdown; `dataset` is "" for any data set; `repair` is the number of a repair to undo, or 0."""

    text: str
    is_error: bool = False
    dataset: str = ""
    repair: int = 0


def report(text: str, dataset: str, repair: int = 0) -> None:
    """Show what was done to a data set, with a button to undo it if that was a repair."""
    st.session_state[_KEY] = Message(text, dataset=dataset, repair=repair)


def report_error(reason: str) -> None:
    """Show why something was not done."""
    st.session_state[_KEY] = Message(sentence(reason), is_error=True)


@contextmanager
def reporting_errors() -> Iterator[None]:
    """Show the error that the block raises, one that a user can fix or of the system, in place of an earlier one."""
    take_error()
    try:
        yield
    except (CoverGenreError, OSError) as error:
        report_error(in_words(error))


def take_error() -> str:
    """Remove the error from the page and return it; "" if there is none."""
    message = st.session_state.get(_KEY)
    return st.session_state.pop(_KEY).text if message and message.is_error else ""


def show_message(dataset: str) -> None:
    """Draw the message, if it is about this data set or any."""
    message = st.session_state.get(_KEY)
    if not message or message.dataset not in ("", dataset):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="news"):
        if message.is_error:
            st.error(message.text, icon=":material/error:", width="stretch")
        else:
            st.markdown(f":material/check: {message.text}", width="stretch")
        if message.repair:
            st.button("Undo", icon=":material/undo:", key="undo-made", on_click=undo, args=(dataset, message.repair))
        st.button("Dismiss", icon=":material/close:", key="dismiss", type="tertiary",
                  on_click=lambda: st.session_state.pop(_KEY, None))  # fmt: skip


def undo(dataset: str, number: int) -> None:
    """Undo a repair, or show why it can't be undone."""
    st.session_state.pop(_KEY, None)
    with reporting_errors():
        repair.undo(open_dataset(dataset), number)
        st.toast(f"Repair {number} undone.", icon=":material/undo:")
