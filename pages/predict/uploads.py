"""The ways to give covers: drop, choose, paste or photograph them, a ZIP, or one of the drawn examples.

All end in the address of the page (see `session`), which the rest of the page shows.
"""

import io
from collections.abc import Iterable

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from covergenre import images
from covergenre.demo import example_tiles
from covergenre.errors import BadDataset, BadImage
from covergenre.exchange.archive import Limits, read_covers
from covergenre.formatting import counted, listed
from covergenre.images import ACCEPTED
from covergenre.images.audio import embedded_cover, is_audio
from covergenre.predict.saved_queries import Cover
from pages.predict import from_url, session
from pages.widgets.paste import paste_into
from pages.widgets.safe_text import plain, sentence
from pages.widgets.thumbnails import data_address

MOST_MB = st.get_option("server.maxUploadSize")  # of one file: a ZIP; a picture has that of `covergenre.images`
PACKED = Limits(files=2000, total=500 * 2**20)
_EXAMPLE_SIDE = 176
_ZIP = b"PK\x03\x04", b"PK\x05\x06"


def read_file(name: str, data: bytes) -> tuple[list[Cover], str]:
    """The covers in a file, of which a ZIP may have several, and a remark on a ZIP (Markdown)."""
    if is_audio(data):
        try:
            return [Cover.of(name, embedded_cover(data))], ""
        except BadImage as error:
            return [], f"{plain(name)}: {sentence(str(error))}"
    if not data.startswith(_ZIP):
        return [Cover.of(name, data)], ""
    try:
        found, skipped = read_covers(io.BytesIO(data), PACKED)
    except BadDataset as error:
        return [], f"{plain(name)}: {sentence(str(error))}"
    covers = [Cover.of(path, content) for path, content in found]
    reasons = listed([f"{count} {plain(why)}" for why, count in skipped.items()])
    return covers, f"{plain(name)}: {counted(len(covers), 'cover')}; skipped: {reasons}." if reasons else ""


def show_uploads() -> None:
    """The drop zone, and the other ways to give covers."""
    key = f"uploads-{st.session_state.uploader}"
    with st.container(key="drop"):
        uploads = st.file_uploader(
            f"Album covers, or a ZIP of them: {ACCEPTED}",
            accept_multiple_files=True,
            max_upload_size=MOST_MB,
            key=key,
            on_change=_take_uploads,
            args=(key,),
        )
    if dropped := [upload for upload in uploads if isinstance(upload, UploadedFile)]:
        _take(dropped)  # without a callback, as after a restart of the server
    st.session_state.uploaded = _ids(dropped)
    with st.container(key="ways", horizontal=True, vertical_alignment="center", gap="small"):
        paste_into("drop")
        camera = st.toggle("Use the camera", key="camera", persist_state="session")
        from_url.show_field()
    if camera:
        with st.container(key="lens"):
            st.camera_input(
                "Photograph the cover straight on, so that it fills the frame", key="photo", on_change=_take_photo
            )
    from_url.show_progress()
    for remark in st.session_state.remarks:
        st.info(remark, icon=":material/folder_zip:")


def show_examples() -> None:
    """A few drawn covers to try, while there are no covers of one's own."""
    now = session.current()
    if now and any(not cover.drawn_as for cover in now.covers):
        st.empty()  # in their place, so that they go at once and not when the covers have been read
        return
    drawn = [(f"example-{number}", *each) for number, each in enumerate(drawn_examples())]
    with st.container(key="examples", horizontal=True, vertical_alignment="center", gap="small"):
        worn = (f'.st-key-{key} button {{ background-image: url("{picture}"); }}' for key, _, picture in drawn)
        st.html(f"<style>{' '.join(worn)}</style>")
        st.markdown("No cover at hand? Try one of these drawn examples:", width="content")
        for key, cover, _ in drawn:
            st.button(f"Try {cover.name}", key=key, on_click=_take_example, args=(cover,))


@st.cache_resource(show_spinner=False)
def drawn_examples() -> list[tuple[Cover, str]]:
    """The drawn covers, each with a thumbnail as an address."""
    return [
        (Cover.of(title, images.png(image), drawn_as=genre), data_address(images.thumbnail(image, _EXAMPLE_SIDE)))
        for title, genre, image in example_tiles()
    ]


def _take_uploads(key: str) -> None:
    """The files in the uploader changed; one added to others is opened.

    Streamlit also calls this without a change: a browser that does not know yet that the page is done reports uploaders
    that no longer exist, or after a lost session files that the server no longer has.
    """
    session.restore()
    if key == f"uploads-{st.session_state.uploader}":
        _take([upload for upload in st.session_state.get(key) or () if isinstance(upload, UploadedFile)])


def _take(uploads: list[UploadedFile]) -> None:
    """Show these uploads, unless they are shown already."""
    if _ids(uploads) == st.session_state.uploaded:
        return
    st.session_state.uploaded = _ids(uploads)
    found = [read_file(upload.name, upload.getvalue()) for upload in uploads]
    covers = [cover for several, _ in found for cover in several]
    now = session.current()
    before = {cover.digest for cover in now.covers} if now else set()
    added = [number for number, cover in enumerate(covers) if cover.digest not in before]
    newest = added[0] if len(added) == 1 and len(covers) > 1 else None
    session.show(covers, newest, [remark for _, remark in found if remark])


def _take_photo() -> None:
    """Show the photo; a cleared one keeps its prediction until there is another."""
    session.restore()
    if isinstance(photo := st.session_state.get("photo"), UploadedFile):
        st.session_state.uploader += 1
        session.show([Cover.of("photo.jpg", photo.getvalue())])


def _take_example(cover: Cover) -> None:
    """Show an example, with a new uploader, so that it does not list other covers."""
    session.restore()
    st.session_state.uploader += 1
    session.show([cover])


def _ids(uploads: Iterable[UploadedFile]) -> tuple[str, ...]:
    return tuple(upload.file_id for upload in uploads)
