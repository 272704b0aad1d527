"""An uploaded picture as the start of a walk."""

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
from pages.widgets.menus import close, menu
from pages.widgets.paste import paste_into
from pages.widgets.safe_text import plain, sentence, tidy
from pages.widgets.segments import segments
from pages.widgets.thumbnails import data_address, small

ORDERS = {"most": "Most similar", "least": "Least similar"}
_SHOWN = 24
_SIDE = 480
_LATE = "bring late"
_MARK = "own-"
_MENU = "bring_menu"


def take_pending_upload(go: Callable[[str], None]) -> None:
    """Go to a picture that was uploaded before this session had drawn the uploader; before any widget is drawn."""
    if key := st.session_state.pop(_LATE, ""):
        _take(key, go)


def show_uploader(go: Callable[[str], None]) -> None:
    """Draw the menu to upload a picture; `go` is called with its key."""
    with menu("Upload", _MENU, icon=":material/add_photo_alternate:"), st.container(key="bring"):
        key = f"bring-{st.session_state.setdefault('bring_number', 0)}"
        upload = st.file_uploader(
            "Start from your own picture",
            max_upload_size=MAX_BYTES // 2**20,
            key=key,
            on_change=_take,
            args=(key, go),
        )
        if isinstance(upload, UploadedFile) and st.session_state.get("bring_seen") != upload.file_id:
            st.session_state[_LATE] = key  # without a callback, as after a restart of the server
            st.rerun()
        paste_into("bring")
        if why := st.session_state.get("bring_error"):
            st.error(why, icon=":material/broken_image:")


def choose_order() -> str:
    """Draw the choice of "most" or "least" similar first."""
    return segments("Order", ORDERS, "order")


def is_upload(key: str) -> bool:
    """Whether a key is that of an upload, expired or not."""
    return key.startswith(_MARK)


def upload_key(token: str, number: int = 0) -> str:
    """The key of a saved picture (see `saved_queries`), as known covers have a `Neighbour.key`.

    `number`: which of several pictures uploaded together.
    """
    return f"{_MARK}{token}-{number}"


def upload_title(key: str) -> str:
    """The name of an upload."""
    cover = _open(key)
    return tidy(cover.name) if cover else "Upload"


def similar_to_upload(
    key: str, collection: Collection, name: str, k: int, filters: Filters, most: bool = True
) -> list[tuple[int, float]]:
    """The rows and similarities of the covers of `name` most similar to an upload; none if it has expired."""
    cover = _open(key)
    return collection.nearest(_vector(name, cover.digest, cover.data), k, filters, most) if cover else []


def show_upload(key: str, collection: Collection, name: str, filters: Filters, go: Callable[[str], None]) -> None:
    """The picture, and the covers most or least similar to it."""
    cover = _open(key)
    if cover is None:
        st.info("This upload has expired. Upload the picture again.", icon=":material/broken_image:")
        return
    left, right = st.columns([1, 3], gap="large")
    with left, st.container(key="now"):
        st.image(data_address(_shown(cover.digest, cover.data)), width="stretch", alt=f"Upload {tidy(cover.name)}")
        st.header(plain(cover.name), anchor=False)
        st.caption("Your upload. Anyone with the address of this page can see it until it expires.")
        st.button("Delete", icon=":material/delete:", type="tertiary", on_click=_delete, args=(key, go),
                  help="Deletes the picture, and the prediction that it belongs to")  # fmt: skip
    with right:
        most = choose_order() == "most"
        try:
            near = similar_to_upload(key, collection, name, _SHOWN, filters, most)
        except CoverGenreError as error:
            st.error(sentence(str(error)), title="Your picture can't be compared with these covers")
            return
        show_similar(collection, near, go)


def _open(key: str) -> Cover | None:
    """The uploaded picture; None if it has expired."""
    token, number = _token(key)
    kept = load_query(token, number)
    return kept.covers[0] if kept and kept.covers else None


def _token(key: str) -> tuple[str, int]:
    """The token that a picture is saved under, and its number there."""
    token, _, number = key.removeprefix(_MARK).partition("-")
    return token, int(number) if number.isdecimal() and len(number) < 6 else 0


def _delete(key: str, go: Callable[[str], None]) -> None:
    delete_query(_token(key)[0])
    go("")


def _take(key: str, go: Callable[[str], None]) -> None:
    """Save an uploaded picture and go to it."""
    upload = st.session_state.get(key)
    st.session_state.bring_error = ""
    if not isinstance(upload, UploadedFile):  # none, or one that the restarted server no longer has
        return
    st.session_state.bring_seen = upload.file_id
    data = upload.getvalue()
    try:
        images.decode_once(data)
        token, _ = save_query(Query((Cover.of(upload.name, data),), STARTER))
    except (BadImage, OSError) as error:
        st.session_state.bring_error = sentence(in_words(error))
        return
    st.session_state.bring_number = st.session_state.get("bring_number", 0) + 1
    close(_MENU)
    go(upload_key(token))


@st.cache_data(max_entries=64, show_spinner=False)
def _vector(name: str, digest: str, _data: bytes) -> np.ndarray:  # noqa: ARG001 (the digest is a key)
    """The vector of a picture among the covers of a run or the starter, computed once."""
    predictor = open_predictor(name)
    vector = predictor.look(images.decode_once(_data).image).vector
    return predictor.collection.project(vector[None])[0]


@st.cache_data(max_entries=16, show_spinner=False)
def _shown(digest: str, _data: bytes) -> bytes:  # noqa: ARG001 (the digest is the key)
    return small(_data, _SIDE)
