"""What could not be done, told once where the page begins."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from covergenre.errors import CoverGenreError
from pages.widgets.safe_text import sentence

_WRONG = "wrong"


def tell(why: str) -> None:
    """Have the page tell why something was not done."""
    st.session_state[_WRONG] = why


@contextmanager
def telling() -> Iterator[None]:
    """Have the page tell why what is done in the block could not be done."""
    try:
        yield
    except CoverGenreError as error:
        tell(str(error))


def show_wrong() -> bool:
    """Tell it; whether there was something to tell."""
    if why := st.session_state.pop(_WRONG, ""):
        st.error(sentence(why), icon=":material/error:")
    return bool(why)
