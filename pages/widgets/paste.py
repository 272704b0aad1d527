"""Pictures for a file uploader that are pasted or dropped anywhere on the page, or pasted with a button.

The uploader treats them like files chosen there.
"""

from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_PASTE = st.components.v2.component(
    "covergenre_paste",
    html='<button type="button">Paste a picture</button><span role="status"></span>',
    css=(_HERE / "paste.css").read_text(encoding="utf-8"),
    js=(_HERE / "paste.js").read_text(encoding="utf-8"),
)


def paste_into(container: str) -> None:
    """Draw the button; `container` is the key of the container with the uploader."""
    _PASTE(data={"container": container}, key=f"paste-{container}", width="content")
