"""A cover by the address of its picture, which the server downloads in the background."""

import time
from functools import partial
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import streamlit as st

from covergenre import __version__
from covergenre.errors import Refused
from covergenre.images import MAX_BYTES, decode_once
from covergenre.jobs import Job
from covergenre.predict.saved_queries import Cover
from covergenre.progress import Monitor
from covergenre.web import Web
from pages.predict import session
from pages.widgets.safe_text import sentence
from pages.widgets.watch import jobs, watch

MOST_SECONDS = 20.0

_KEY = "address"


def fetch(address: str, monitor: Monitor, trusted: tuple[str, ...] = ()) -> Cover:
    """The cover at a web address; `trusted` hosts may be in a private network.

    Raises Refused, BadImage or ConnectionLost with what to do; Cancelled when stopped.
    """
    end = time.monotonic() + MOST_SECONDS
    address = address.strip() if "://" in address else f"https://{address.strip()}"
    with Web(
        f"covergenre/{__version__}",
        trusted=trusted,
        monitor=Monitor(should_stop=lambda: monitor.should_stop() or _late(end)),
    ) as web:
        answer = web.get(address, MAX_BYTES)
    if answer.status != 200:
        raise Refused("there is no picture at this address: copy the address of the picture itself")
    if answer.media_type.startswith("text/html"):
        raise Refused("this is the address of a web page: copy the address of the picture itself")
    decode_once(answer.body)
    name = PurePosixPath(unquote(urlsplit(address).path)).name or urlsplit(address).hostname or "picture"
    return Cover.of(name, answer.body)


def show_field() -> None:
    """Draw the field for an address."""
    st.text_input(
        "Address of a picture",
        key=_KEY,
        placeholder="Or a picture's address: https://…",
        icon=":material/link:",
        label_visibility="collapsed",
        max_chars=2000,
        width=320,
        on_change=_begin,
    )


def show_progress() -> None:
    """The download while it runs; then its cover, or why it failed."""
    job: Job | None = st.session_state.get("fetching")
    if job and job.running:
        watch(job, "fetching")
        return
    if job:
        del st.session_state["fetching"]
        if job.state == "done":
            st.session_state.uploader += 1
            session.show([job.result])
            st.rerun()
        st.session_state.unfetched = job.error if job.state == "failed" else ""
    if wrong := st.session_state.get("unfetched"):
        st.error(sentence(wrong), title="The picture could not be downloaded", icon=":material/link_off:")


def _begin() -> None:
    st.session_state.unfetched = ""
    if address := st.session_state[_KEY].strip():
        st.session_state[_KEY] = ""
        st.session_state.fetching = jobs().start(
            f"fetching {id(st.session_state)}", "Downloading the picture", partial(fetch, address)
        )


def _late(end: float) -> bool:
    if time.monotonic() > end:
        raise Refused(f"the server has not answered for {MOST_SECONDS:.0f} seconds: save the picture and upload it")
    return False
