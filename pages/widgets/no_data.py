"""What the Train page offers while there is no data set: to draw one, or to read a folder of covers."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from covergenre.dataset.demo import build_demo
from covergenre.dataset.registry import register
from covergenre.dataset.roots import allowed_folder
from covergenre.errors import CoverGenreError
from covergenre.progress import Progress, Report
from pages.widgets.words import sentence, time_left


def offer_data() -> None:
    """Two ways to a data set."""
    st.markdown("There is no data set to train on yet.")
    if st.button("Draw a demo: 10 genres of invented albums", icon=":material/palette:", type="primary"):
        _do(build_demo)
    offer_folder()


def offer_folder() -> None:
    """A form to scan a folder of covers."""
    with st.form("scan"):
        folder = st.text_input(
            "A folder of genre folders on this computer", placeholder="/home/me/covers", icon=":material/folder_open:"
        )
        st.caption("Each genre is a folder of its name with the covers in it. They are read, never changed.")
        scan = st.form_submit_button("Read this folder")
    if scan and folder.strip():
        _do(lambda report: _scan(folder, report))


def name_for(folder: Path) -> str:
    """A name for the data set of a folder."""
    name = re.sub(r"[^a-z0-9_-]+", "-", folder.name.lower()).strip("-_")
    return name[:64] if name and name != "starter" else "covers"


def _do(work: Callable[[Report], object]) -> None:
    """Do it with a bar, then show the page anew."""
    bar, began = st.progress(0.0, "Starting"), time.monotonic()
    shown = 0.0

    def report(progress: Progress) -> None:
        nonlocal shown
        if time.monotonic() - shown > 0.2:
            shown = time.monotonic()
            left = time_left(progress.done, progress.total, shown - began)
            bar.progress(progress.done / max(progress.total, 1), f"{progress.done} of {progress.total} covers. {left}")

    try:
        work(report)
    except CoverGenreError as error:
        bar.empty()
        st.error(sentence(str(error)))
        return
    except OSError as error:
        bar.empty()
        st.error(sentence(f"nothing could be written ({error.strerror or error}): make room on the disk"))
        return
    st.rerun()


def _scan(text: str, report: Report) -> None:
    folder = allowed_folder(text)
    register(name_for(folder), folder, report)
