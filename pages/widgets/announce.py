"""A live region that announces changes to screen readers."""

import streamlit as st

_REGION = st.components.v2.component(
    "covergenre_announce",
    html='<div role="status"></div>',
    css="""
    div { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    """,
    js="""
    export default function ({ parentElement, data }) {
      const region = parentElement.querySelector("[role=status]")
      if (region.textContent !== data.words) region.textContent = data.words
    }
    """,
)


def announce(words: str) -> None:
    """Announce these words when they change. Has to be at the same place of the page in each run."""
    _REGION(data={"words": words}, key="announce", height=1)
