"""Drop covers, see their genres and the albums that look most like them."""

import time

import streamlit as st

from covergenre.dataset.demo import example_tiles
from covergenre.errors import CoverGenreError
from covergenre.images import MAX_BYTES
from covergenre.predict import STARTER, Prediction, Predictor
from covergenre.runs.default import default_run, use
from covergenre.runs.names import method_title
from covergenre.runs.record import Run
from pages.predict import examples, table
from pages.predict.answers import CHUNK, Answer, Answers, Cover
from pages.predict.why import show_why
from pages.widgets import bars, gallery, verdict
from pages.widgets.thumbnails import small
from pages.widgets.words import plain, sentence, tidy, time_left

SIZES = (6, 12, 24)
PREVIEW_SIDE = 720
ROW_HEIGHT = 56
ROWS_IN_SIGHT = 6
TABLE_COLUMNS = {
    "picture": st.column_config.ImageColumn("Cover", width=70),
    "genre": st.column_config.TextColumn("Genre", width="small"),
    "probability": st.column_config.ProgressColumn(
        "Probability", format="%.0f\u202f%%", max_value=100, width="small", color="gray"
    ),
    "file": st.column_config.TextColumn("File", width="medium"),
    "note": st.column_config.TextColumn("Note", width="large"),
}


@st.cache_resource(show_spinner=False, max_entries=2)
def open_answers(run: str) -> tuple[Predictor, Answers]:
    """The predictor of a run or the starter, and the answers it gave, shared by all visitors."""
    predictor = Predictor.open(run)
    return predictor, Answers(predictor)


@st.cache_data(max_entries=64, show_spinner=False)
def preview(digest: str, _data: bytes) -> bytes:  # noqa: ARG001 (the digest is the key)
    """The cover as large as the page shows it."""
    return small(_data, PREVIEW_SIDE)


@st.cache_resource(show_spinner=False)
def drawn_examples() -> list[examples.Example]:
    """The example tiles, drawn once."""
    return examples.make(example_tiles())


def show_now(covers: list[Cover], newest: str = "") -> None:
    """Make these covers the ones the page is about; `newest` is the digest of the one to open, if it matters which."""
    st.session_state.covers = covers
    st.session_state.newest = newest
    st.session_state.stopped = False


def take_uploads(key: str) -> None:
    """The files in the uploader changed; one that came to others is opened."""
    covers = [Cover.of(upload.name, upload.getvalue()) for upload in st.session_state[key]]
    before = {cover.digest for cover in st.session_state.covers}
    added = [cover.digest for cover in covers if cover.digest not in before]
    show_now(covers, added[0] if 0 < len(added) < len(covers) else "")


def take_example(example: examples.Example) -> None:
    """A tile was clicked; the uploader starts anew under another key, so that it does not name other covers."""
    st.session_state.uploader += 1
    show_now([Cover.of(example.title, example.data, drawn=True)])


def set_stopped(stopped: bool) -> None:
    """Stop reading covers, or go on."""
    st.session_state.stopped = stopped


def drop_zone() -> None:
    """The place to drop covers."""
    key = f"uploads-{st.session_state.uploader}"
    with st.container(key="drop"):
        st.file_uploader(
            "Album covers, one or many: JPEG, PNG, WebP, GIF, BMP or TIFF",
            accept_multiple_files=True,
            max_upload_size=MAX_BYTES // 2**20,
            key=key,
            on_change=take_uploads,
            args=(key,),
        )


def example_row() -> None:
    """A few drawn covers to click, while nobody has brought a cover of their own."""
    if any(not cover.drawn for cover in st.session_state.covers):
        st.empty()  # In their place, so that they go at once and not when the covers have been read.
        return
    tiles = drawn_examples()
    with st.container(key="examples", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(examples.style(tiles))
        st.markdown("No cover at hand? Try a drawn one:", width="content")
        for tile in tiles:
            st.button(f"Try {tile.title}", key=tile.key, on_click=take_example, args=(tile,))


def read(answers: Answers, covers: list[Cover]) -> None:
    """Read the covers that are new; with the time left and a way to stop when they are many."""
    missing = answers.missing(covers)
    if not missing or st.session_state.stopped:
        return
    if len(missing) <= CHUNK:
        with st.skeleton(height=420):
            answers.read(missing)
        return
    slot = st.empty()
    with slot.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0)
        st.button("Stop", icon=":material/stop_circle:", on_click=set_stopped, args=(True,))
    began = time.monotonic()

    def report(done: int) -> None:
        left = time_left(done, len(missing), time.monotonic() - began)
        bar.progress(done / len(missing), f"{done} of {len(missing)} covers read. {left}")

    answers.read(missing, report)
    slot.empty()


def show_who(run: str) -> None:
    """That a run answers instead of the starter, and the way back."""
    with st.container(key="who", horizontal=True, vertical_alignment="center", gap="small"):
        name = plain(method_title(Run.open(run).spec.method))
        st.caption(f"Your run answers: {name}, {plain(run)}.", width="content")
        st.button("Let the starter answer", type="tertiary", on_click=use, args=(None,))


def answer_area(predictor: Predictor, run: str, answers: Answers, covers: list[Cover]) -> None:
    """What is said about the covers that were given."""
    read(answers, covers)
    done = [(cover, answer) for cover in covers if (answer := answers.get(cover))]
    if len(done) < len(covers):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Stopped after {len(done)} of {len(covers)} covers.", width="content")
            st.button("Read the rest", on_click=set_stopped, args=(False,))
    if len(covers) == 1 and done:
        show_one(*done[0], predictor, run)
    elif done:
        show_many(done, predictor, run)


def show_many(done: list[tuple[Cover, Answer]], predictor: Predictor, run: str) -> None:
    """A table of all answers; the selected one is shown in full below it."""
    answers = [answer for _, answer in done]
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader(table.summary(answers), anchor=False, width="content")
        st.download_button(
            "Download as CSV",
            lambda: table.to_csv(answers, predictor.genres),
            "genres.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    if unread := table.unread(answers):
        st.caption(f"Not read: {unread}. The table says why.")
    event = st.dataframe(
        table.frame(answers),
        column_config=TABLE_COLUMNS,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=min(len(answers), ROWS_IN_SIGHT) * ROW_HEIGHT + 40,
        on_select="rerun",
        selection_mode="single-row",
        alt="The covers and their genres. Select a row to see its answer in full below.",
    )
    newest = next((row for row, (cover, _) in enumerate(done) if cover.digest == st.session_state.newest), None)
    row = table.opened_row(event.selection.rows, answers, newest)
    if row is not None:
        show_one(*done[row], predictor, run)


def show_one(cover: Cover, answer: Answer, predictor: Predictor, run: str) -> None:
    """One cover and everything that is said about it, or why nothing can be."""
    prediction = answer.prediction
    if prediction is None:
        title = f"{plain(cover.name)} could not be read"
        st.error(sentence(answer.result.error), title=title, icon=":material/broken_image:")
        return
    left, right = st.columns([2, 3], gap="medium")
    with left, st.container(key="cover"):
        st.image(preview(cover.digest, cover.data), width="stretch", alt=f"The cover {tidy(cover.name)}")
        st.caption(plain(cover.name))
    with right:
        show_verdict(prediction)
        show_bars(prediction)
        if predictor.card and predictor.card.missing:
            st.caption(verdict.not_a_choice(predictor.card.missing))
    show_nearest(prediction)
    with st.container(key="why"):
        show_why(predictor, run, cover, prediction)


def show_verdict(prediction: Prediction) -> None:
    """The genre in large words, and how far to believe it."""
    words = verdict.verdict(prediction)
    st.header(f"{words.heading} :gray[{words.figure}]" if words.figure else words.heading, anchor=False)
    st.markdown(words.explanation)
    if prediction.seen:
        st.info(verdict.known_as(prediction.seen, prediction.same_pixels), icon=":material/fingerprint:")


def show_bars(prediction: Prediction) -> None:
    """Each method's probabilities, side by side, in one order."""
    for column, (name, answer) in zip(st.columns(len(prediction.answers)), prediction.answers.items(), strict=True):
        with column, st.container(gap="xsmall"):
            st.markdown(f"**{plain(name)}**")
            st.markdown(bars.bars(answer), unsafe_allow_html=True)


@st.fragment
def show_nearest(prediction: Prediction) -> None:
    """The grid of the nearest covers."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader("Nearest covers", anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="center", gap="medium", width="content"):
            load = st.toggle(
                "Load pictures from their source",
                help="Your browser then asks Spotify and others for the pictures, so they see that you look at them.",
                key="load_pictures",
                persist_state="session",
            )
            size = st.segmented_control(
                "Number of nearest covers",
                SIZES,
                default=SIZES[1],
                required=True,
                key="nearest",
                label_visibility="collapsed",
                persist_state="session",
            )
    st.markdown(gallery.gallery(prediction.neighbours[:size], load), unsafe_allow_html=True)


st.session_state.setdefault("covers", [])
st.session_state.setdefault("newest", "")
st.session_state.setdefault("stopped", False)
st.session_state.setdefault("uploader", 0)

with st.container(key="page"):
    st.title("What does this cover sound like?", anchor=False)
    drop_zone()
    example_row()
    run = default_run() or STARTER
    try:
        if run != STARTER:
            show_who(run)
        predictor, answers = open_answers(run)
    except CoverGenreError as error:
        st.error(sentence(str(error)), title=f"The {'starter' if run == STARTER else 'run'} can't be opened")
        st.stop()
    if st.session_state.covers:
        with st.container(key="answer"):
            answer_area(predictor, run, answers, st.session_state.covers)
    elif predictor.card:
        st.caption(verdict.scope(predictor.genres, predictor.card.covers, predictor.card.missing))
