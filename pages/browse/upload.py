"""A picture somebody brought as the place where a walk begins."""

from collections.abc import Callable

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from covergenre import images
from covergenre.collection.collection import Collection
from covergenre.collection.filters import Filters
from covergenre.errors import BadImage, CoverGenreError, in_words
from covergenre.images import MAX_BYTES
from covergenre.predict import STARTER, open_predictor
from covergenre.predict.saved_queries import Cover, Query, delete_query, load_query, save_query
from pages.browse.tiles import show_similar
from pages.widgets.paste import paste_into
from pages.widgets.safe_text import plain, sentence, tidy
from pages.widgets.segments import segments
from pages.widgets.thumbnails import data_address, small

ORDERS = {"most": "Most similar", "least": "Least similar"}
_SHOWN = 24
_SIDE = 480
_LATE = "bring late"
_MARK = "own-"


def take_pending_upload(go: Callable[[str], None]) -> None:
    """Go to a picture that came before this session had drawn where to drop it; before any widget is drawn."""
    if key := st.session_state.pop(_LATE, ""):
        _take(key, go)


def show_uploader(go: Callable[[str], None]) -> None:
    """Draw the way to start from a picture of one's own; `go` is called with its key."""
    with st.popover("Your picture", icon=":material/add_photo_alternate:"), st.container(key="bring"):
        key = f"bring-{st.session_state.setdefault('brought', 0)}"
        upload = st.file_uploader(
            "Start from a picture of yours",
            max_upload_size=MAX_BYTES // 2**20,
            key=key,
            on_change=_take,
            args=(key, go),
        )
        if isinstance(upload, UploadedFile) and st.session_state.get("bring_seen") != upload.file_id:
            st.session_state[_LATE] = key  # into a session that had not drawn this, as after a restart: nobody called
            st.rerun()
        paste_into("bring")
        if why := st.session_state.get("bring_error"):
            st.error(why, icon=":material/broken_image:")


def choose_order() -> str:
    """Draw the choice of the order: "most" or "least" similar first."""
    return segments("Order", ORDERS, "order")


def is_upload(key: str) -> bool:
    """Whether a key is that of a picture somebody brought, still there or not."""
    return key.startswith(_MARK)


def upload_key(token: str, number: int = 0) -> str:
    """What a picture that is kept (see `saved_queries`) goes by where known covers go by `Neighbour.key`.

    `number`: which of several that were brought together.
    """
    return f"{_MARK}{token}-{number}"


def upload_title(key: str) -> str:
    """The name of a picture that was brought."""
    own = _own(key)
    return tidy(own.name) if own else "Your picture"


def similar_to_upload(
    key: str, collection: Collection, name: str, k: int, filters: Filters, most: bool = True
) -> list[tuple[int, float]]:
    """The rows and similarities of the covers of `name` most like a picture that was brought; none when it has gone."""
    own = _own(key)
    return collection.nearest(_place(name, own.digest, own.data), k, filters, most) if own else []


def show_upload(key: str, collection: Collection, name: str, filters: Filters, go: Callable[[str], None]) -> None:
    """The picture, and the covers most or least like it."""
    own = _own(key)
    if own is None:
        st.info("This picture is no longer here. Add it again.", icon=":material/broken_image:")
        return
    left, right = st.columns([1, 3], gap="large")
    with left, st.container(key="now"):
        st.image(data_address(_shown(own.digest, own.data)), width="stretch", alt=f"Your picture {tidy(own.name)}")
        st.header(plain(own.name), anchor=False)
        st.caption("Your picture among the known covers. Whoever has the address of this page can see it for a while.")
        st.button("Forget it", icon=":material/delete:", type="tertiary", on_click=_forget, args=(key, go),
                  help="It is deleted, and with it the answer that it belongs to.")  # fmt: skip
    with right:
        most = choose_order() == "most"
        try:
            near = similar_to_upload(key, collection, name, _SHOWN, filters, most)
        except CoverGenreError as error:
            st.error(sentence(str(error)), title="Your picture can't be compared with these covers")
            return
        show_similar(collection, near, go)


def _own(key: str) -> Cover | None:
    """The picture of a key, as long as it is kept."""
    token, number = _kept_as(key)
    kept = load_query(token, number)
    return kept.covers[0] if kept and kept.covers else None


def _kept_as(key: str) -> tuple[str, int]:
    """The token that a picture is kept under, and its number there."""
    token, _, number = key.removeprefix(_MARK).partition("-")
    return token, int(number) if number.isdecimal() and len(number) < 6 else 0


def _forget(key: str, go: Callable[[str], None]) -> None:
    delete_query(_kept_as(key)[0])
    go("")


def _take(key: str, go: Callable[[str], None]) -> None:
    """A picture was brought."""
    upload = st.session_state.get(key)
    st.session_state.bring_error = ""
    if not isinstance(upload, UploadedFile):  # none, or one that went with the server
        return
    st.session_state.bring_seen = upload.file_id
    data = upload.getvalue()
    try:
        images.decode_once(data)
        token, _ = save_query(Query((Cover.of(upload.name, data),), STARTER))
    except (BadImage, OSError) as error:
        st.session_state.bring_error = sentence(in_words(error))
        return
    st.session_state.brought = st.session_state.get("brought", 0) + 1
    go(upload_key(token))


@st.cache_data(max_entries=64, show_spinner=False)
def _place(name: str, digest: str, _data: bytes) -> np.ndarray:  # noqa: ARG001 (the digest is a key)
    """Where a picture lies among the covers of a run or the starter, found once."""
    predictor = open_predictor(name)
    vector = predictor.look(images.decode_once(_data).image).vector
    return predictor.collection.project(vector[None])[0]


@st.cache_data(max_entries=16, show_spinner=False)
def _shown(digest: str, _data: bytes) -> bytes:  # noqa: ARG001 (the digest is the key)
    return small(_data, _SIDE)
