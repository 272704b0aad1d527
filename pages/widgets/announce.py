"""What happened, said to those who listen: a live region that stays while its words change."""

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
    """Say these words, once a change. It has to stand at the same place of the page at each run."""
    _REGION(data={"words": words}, key="announce", height=1)
