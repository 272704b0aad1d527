"""Drop covers, see their genres and the albums that look most like them."""

import time

import streamlit as st

from covergenre.errors import CoverGenreError
from covergenre.formatting import time_left
from covergenre.predict import STARTER, Prediction, Predictor, open_predictor
from covergenre.runs.default import answering, use
from covergenre.runs.names import method_title
from covergenre.runs.record import Run
from pages.predict import table
from pages.predict.answers import CHUNK, Answer, Answers, Cover
from pages.predict.ways_in import begin, example_row, ways_in
from pages.predict.why import show_why
from pages.predict.words_read import show_words, words_wanted
from pages.widgets import bars, verdict
from pages.widgets.brought import brought_pictures, visitor
from pages.widgets.pictures import choose_pictures
from pages.widgets.safe_text import plain, sentence, tidy
from pages.widgets.thumbnails import data_address, small
from pages.widgets.tiles import BROWSE, show_links
from pages.widgets.whose import KEY, title

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


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs={Predictor: id})
def answers_of(predictor: Predictor, words: bool) -> Answers:
    """The answers that a predictor gave, shared by all visitors."""
    return Answers(predictor, words)


@st.cache_data(max_entries=64, show_spinner=False)
def preview(digest: str, _data: bytes) -> bytes:  # noqa: ARG001 (the digest is the key)
    """The cover as large as the page shows it."""
    return small(_data, PREVIEW_SIDE)


def set_stopped(stopped: bool) -> None:
    """Stop reading covers, or go on."""
    st.session_state.stopped = stopped


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
        st.image(data_address(preview(cover.digest, cover.data)), width="stretch", alt=f"The cover {tidy(cover.name)}")
        st.caption(plain(cover.name))
    with right:
        show_verdict(prediction)
        show_words(prediction)
        show_bars(prediction)
        if predictor.card and predictor.card.missing:
            st.caption(verdict.not_a_choice(predictor.card.missing))
    show_nearest(cover, prediction, run)
    with st.container(key="why"):
        show_why(predictor, run, cover, prediction)


def show_verdict(prediction: Prediction) -> None:
    """The genre in large words, and how far to believe it."""
    words = verdict.verdict(prediction)
    st.header(f"{words.heading} :gray[{words.figure}]" if words.figure else words.heading, anchor=False)
    st.markdown(words.explanation)
    if prediction.note:
        st.caption(sentence(prediction.note))
    if prediction.seen:
        st.info(verdict.known_as(prediction.seen, prediction.same_pixels), icon=":material/fingerprint:")


def show_bars(prediction: Prediction) -> None:
    """Each method's probabilities, side by side, in one order."""
    for column, (name, answer) in zip(st.columns(len(prediction.answers)), prediction.answers.items(), strict=True):
        with column, st.container(gap="xsmall"):
            st.markdown(f"**{plain(name)}**")
            st.markdown(bars.bars(answer), unsafe_allow_html=True)


@st.fragment
def show_nearest(cover: Cover, prediction: Prediction, run: str) -> None:
    """The grid of the nearest covers; each, and the cover itself, is where a walk through the covers can begin."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader("Nearest covers", anchor=False, width="content")
        size = st.segmented_control(
            "Number of nearest covers",
            SIZES,
            default=SIZES[1],
            required=True,
            key="nearest",
            label_visibility="collapsed",
            persist_state="session",
        )
    nearest = prediction.neighbours[:size]
    show_links(nearest, choose_pictures(nearest, "nearest"), run, "nearest")
    own = brought_pictures().keep(cover.name, cover.data, visitor())
    st.page_link(
        BROWSE,
        label="Continue in Browse from this cover",
        icon=":material/explore:",
        query_params={KEY: title(run), "cover": own},
    )


begin()
with st.container(key="page"):
    st.title("What does this cover sound like?", anchor=False)
    ways_in()
    example_row()
    try:
        predictor, run, word = answering(open_predictor, STARTER)
    except CoverGenreError as error:
        st.error(sentence(str(error)), title="The starter can't be opened")
        st.stop()
    if run != STARTER:
        show_who(run)
    if word:
        st.warning(sentence(word), icon=":material/sync_problem:")
    if st.session_state.covers:
        words = words_wanted(predictor)
        with st.container(key="answer"):
            answer_area(predictor, run, answers_of(predictor, words), st.session_state.covers)
    elif predictor.card:
        st.caption(verdict.scope(predictor.genres, predictor.card.covers, predictor.card.missing))
