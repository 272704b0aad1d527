"""The ways to bring covers: dropped, chosen, pasted, photographed, in a ZIP, or one of the drawn examples.

All end in the address of the page (see `place`), which says what the rest of it is about.
"""

import io
from collections.abc import Iterable

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from covergenre import images
from covergenre.demo import example_tiles
from covergenre.errors import BadDataset, BadImage
from covergenre.exchange.archive import Limits, read_covers
from covergenre.formatting import listed
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


def opened(name: str, data: bytes) -> tuple[list[Cover], str]:
    """The covers in a file, those of a ZIP each by its own, and what there is to say about a ZIP (Markdown)."""
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
    return covers, f"{plain(name)}: {len(covers)} covers; skipped: {reasons}." if reasons else ""


def show_uploads() -> None:
    """The place to drop covers, and the other ways to bring them."""
    key = f"uploads-{st.session_state.uploader}"
    with st.container(key="drop"):
        uploads = st.file_uploader(
            f"Album covers, one or many, or a ZIP of them: {ACCEPTED}",
            accept_multiple_files=True,
            max_upload_size=MOST_MB,
            key=key,
            on_change=_take_uploads,
            args=(key,),
        )
    if dropped := [upload for upload in uploads if isinstance(upload, UploadedFile)]:
        _take(dropped)  # into a session that had not drawn this yet, such as after a restart: nobody called back
    st.session_state.uploaded = _ids(dropped)
    with st.container(key="ways", horizontal=True, vertical_alignment="center", gap="small"):
        paste_into("drop")
        camera = st.toggle("Use the camera", key="camera", persist_state="session")
        from_url.ask()
    if camera:
        with st.container(key="lens"):
            st.camera_input(
                "A photo of the sleeve, as large and straight as it goes", key="photo", on_change=_take_photo
            )
    from_url.show_progress()
    for remark in st.session_state.remarks:
        st.info(remark, icon=":material/folder_zip:")


def show_examples() -> None:
    """A few drawn covers to click, while nobody has brought a cover of their own."""
    now = session.current()
    if now and any(not cover.drawn_as for cover in now.covers):
        st.empty()  # In their place, so that they go at once and not when the covers have been read.
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
    """The drawn covers, each with a small picture as an address."""
    return [
        (Cover.of(title, images.png(image), drawn_as=genre), data_address(images.thumbnail(image, _EXAMPLE_SIDE)))
        for title, genre, image in example_tiles()
    ]


def _take_uploads(key: str) -> None:
    """The files in the uploader changed; one that came to others is opened.

    Streamlit also calls this when nothing has changed: a browser that has not yet heard that the page is done reports
    uploaders that have gone, and the server has forgotten what was in them; after a lost session also the files.
    """
    session.restore()
    if key == f"uploads-{st.session_state.uploader}":
        _take([upload for upload in st.session_state.get(key) or () if isinstance(upload, UploadedFile)])


def _take(uploads: list[UploadedFile]) -> None:
    """Make these uploads the ones the page is about, unless they are already."""
    if _ids(uploads) == st.session_state.uploaded:
        return
    st.session_state.uploaded = _ids(uploads)
    found = [opened(upload.name, upload.getvalue()) for upload in uploads]
    covers = [cover for several, _ in found for cover in several]
    now = session.current()
    before = {cover.digest for cover in now.covers} if now else set()
    added = [number for number, cover in enumerate(covers) if cover.digest not in before]
    newest = added[0] if len(added) == 1 and len(covers) > 1 else None
    session.show(covers, newest, [remark for _, remark in found if remark])


def _take_photo() -> None:
    """A photo was taken; one that was cleared leaves its answer until there is another."""
    session.restore()
    if isinstance(photo := st.session_state.get("photo"), UploadedFile):
        st.session_state.uploader += 1
        session.show([Cover.of("photo.jpg", photo.getvalue())])


def _take_example(cover: Cover) -> None:
    """A tile was clicked; the uploader starts anew under another key, so that it does not name other covers."""
    session.restore()
    st.session_state.uploader += 1
    session.show([cover])


def _ids(uploads: Iterable[UploadedFile]) -> tuple[str, ...]:
    return tuple(upload.file_id for upload in uploads)
