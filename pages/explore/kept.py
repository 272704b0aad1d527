"""Covers that were ticked or chosen on the map: too many for an address, which therefore holds a name for them.

They are kept on the server for all visitors, while it runs: a reload, Back and another tab find them again.
"""

import hashlib
from collections.abc import Iterable

import streamlit as st

_MOST = 500  # choices; the oldest go first


def keep(paths: Iterable[str]) -> str:
    """Keep these paths: the name by which `kept` finds them."""
    chosen = frozenset(paths)
    name = hashlib.blake2b("\n".join(sorted(chosen)).encode(), digest_size=8).hexdigest()
    choices = _choices()
    choices[name] = chosen
    for stale in list(choices)[:-_MOST]:
        choices.pop(stale, None)
    return name


def kept(name: str) -> frozenset[str] | None:
    """The paths that have this name; None when they are no longer known."""
    return _choices().get(name)


@st.cache_resource(show_spinner=False)
def _choices() -> dict[str, frozenset[str]]:
    return {}
