"""Upload covers, see their genres and the most similar albums."""

import streamlit as st

from covergenre.errors import CoverGenreError
from covergenre.predict import STARTER, Predictor, open_predictor
from covergenre.runs.default import default_run, open_default
from covergenre.runs.notes import run_name
from covergenre.runs.record import Run
from pages.predict import session
from pages.predict.answers import Answer, Answers
from pages.predict.batch import read_next, show_batch
from pages.predict.cover_text import words_wanted
from pages.predict.single import show_single
from pages.predict.uploads import show_examples, show_uploads
from pages.widgets import verdict
from pages.widgets.announce import announce
from pages.widgets.genres import display, show_colours
from pages.widgets.safe_text import plain, sentence, tidy


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs={Predictor: id})
def answers_of(predictor: Predictor, words: bool) -> Answers:
    """The answers of a predictor, shared by all visitors."""
    return Answers(predictor, words)


def open_answering() -> tuple[Predictor, str, str]:
    """The predictor, its name, and a warning if it is not the one that gave the answer before."""
    now = session.current()
    if now is None or now.run == (default_run() or STARTER):
        return open_default(open_predictor, STARTER)
    try:
        return open_predictor(now.run), now.run, ""
    except CoverGenreError:
        predictor, run, _ = open_default(open_predictor, STARTER)
        return predictor, run, f"the run {now.run} that made this prediction was deleted: this one is from {run}"


def show_run(run: str) -> None:
    """Say that a run predicts instead of the starter, with a button to switch back."""
    with st.container(key="who", horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"Predicted by your run {plain(run_name(Run.open(run)))} ({plain(run)}).", width="content")
        st.button("Use the starter", type="tertiary", on_click=session.use_starter)


def answer_area(predictor: Predictor, run: str, words: bool) -> None:
    """The predictions for the covers that the address names."""
    covers, answers = session.current().covers, answers_of(predictor, words)
    with st.container(key="answer"):
        unread = read_next(answers, covers)
        number = 0 if len(covers) == 1 else session.open_index()
        if number is None or number >= len(covers):
            show_batch(covers, answers, predictor)
            announcement = "" if unread else f"{len(covers)} covers are done."
        else:
            if len(covers) > 1:
                show_way_back(number, len(covers))
            announcement = ""
            if answer := answers.get(covers[number]):
                show_single(covers[number], answer, predictor, run)
                announcement = spoken(answer)
                title_tab(covers[number].name, answer)
        if st.session_state.unkept:
            st.caption("These covers are too large to be saved. They are lost when you reload the page.")
    with region:
        announce(announcement)
    if unread:
        answers.read(unread)
        st.rerun()


def show_way_back(number: int, covers: int) -> None:
    """The buttons from one of several covers to all of them, the previous and the next."""
    with st.container(key="back", horizontal=True, vertical_alignment="center", gap="small"):
        go = session.open_cover
        st.button(f"All {covers} covers", icon=":material/apps:", type="tertiary", on_click=go, args=(None,))
        last = number == covers - 1
        st.button("Previous", icon=":material/chevron_left:", on_click=go, args=(number - 1,), disabled=number == 0)
        st.button("Next", icon=":material/chevron_right:", on_click=go, args=(number + 1,), disabled=last)


def spoken(answer: Answer) -> str:
    """The answer for screen readers."""
    if answer.prediction is None:
        return f"{tidy(answer.result.name)} could not be read."
    words = verdict.verdict(answer.prediction)
    return f"{tidy(answer.result.name)}: {tidy(words.heading)}. {words.trust.words if words.trust else ''}"


def title_tab(name: str, answer: Answer) -> None:
    """Name the browser's tab after the answer."""
    if answer.prediction:
        genre = display(tidy(answer.prediction.genre, 24))
        st.set_page_config(page_title=f"{genre}? {tidy(name, 40)} · covergenre")


session.restore()
region = st.container(key="announced", height="content")
with st.container(key="page"):
    st.title("What does this cover sound like?", anchor=False)
    show_uploads()
    show_examples()
    try:
        predictor, run, warning = open_answering()
    except CoverGenreError as error:
        st.error(sentence(str(error)), title="The starter can't be opened")
        st.stop()
    if run != STARTER:
        show_colours(predictor.genres)
        show_run(run)
    if warning:
        st.warning(sentence(warning), icon=":material/sync_problem:")
    if session.is_expired():
        st.info("This prediction has expired. Upload the cover again.", icon=":material/hourglass_disabled:")
    if session.current():
        if run == STARTER and default_run():
            st.caption("This prediction is from the starter. New covers are predicted by your run.")
        answer_area(predictor, run, words_wanted(predictor))
    elif predictor.card:
        st.caption(verdict.scope(predictor.card))
        with region:
            announce("")
