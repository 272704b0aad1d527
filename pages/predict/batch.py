"""Answers to many covers: a grid of them that fills as they come, by genre and by certainty; a click opens one."""

import time
from collections import Counter
from collections.abc import Sequence

import streamlit as st

from covergenre.formatting import time_left
from covergenre.predict import Prediction, Predictor
from covergenre.predict.saved_queries import Cover
from pages.predict import session, table
from pages.predict.answers import Answer, Answers
from pages.widgets import verdict
from pages.widgets.figures import genre_cell
from pages.widgets.genres import display
from pages.widgets.safe_text import plain, tidy
from pages.widgets.tiles import Tile, show_grid

CHUNK = 16
SHEET = 120
ORDERS = {"dropped": "As dropped", "surest": "Surest first", "doubtful": "Least sure first"}
UNFAMILIAR, UNREAD = "Unfamiliar", "Not read"


def read_next(answers: Answers, covers: Sequence[Cover]) -> list[Cover]:
    """Read what is new of a few covers; of many, tell how far it is, with a way to stop, and which are to be read next.

    These are for when the page is drawn, so that all covers are there at once and fill as they are read.
    """
    missing = answers.missing(covers)
    if not missing:
        st.session_state.pop("began", None)
        return []
    if len(covers) <= CHUNK:
        with st.skeleton(height=420):
            answers.read(missing)
        return []
    done, total = len(covers) - len(missing), len(covers)
    with st.container(horizontal=True, vertical_alignment="center", key="reading"):
        if st.session_state.stopped:
            st.markdown(f"Stopped after {done} of {total} covers.", width="content")
            st.button("Read the rest", on_click=_set_stopped, args=(False,))
            return []
        started, at = st.session_state.setdefault("began", (time.monotonic(), done))
        left = time_left(done - at, total - at, time.monotonic() - started)
        st.progress(done / total, f"{done} of {total} covers read. {left}")
        st.button("Stop", icon=":material/stop_circle:", on_click=_set_stopped, args=(True,))
    return missing[:CHUNK]


def show_batch(covers: Sequence[Cover], answers: Answers, predictor: Predictor) -> None:
    """All answers as a grid, those of the chosen genres, in the chosen order."""
    known = [answers.get(cover) for cover in covers]
    read = [answer for answer in known if answer]
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.header(table.summary(read), anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            st.download_button(
                "Download as CSV",
                lambda: table.to_csv(read, predictor.genres),
                "genres.csv",
                "text/csv",
                icon=":material/download:",
                on_click="ignore",
            )
            st.button("Forget them", icon=":material/delete:", type="tertiary", on_click=session.forget_covers)
    if unread := table.unread(read):
        st.caption(f"Not read: {unread}.")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="narrow"):
        only = choose_genres(read)
        order = choose_order()
    shown = in_order(known, only, order)
    sheets = max(1, -(-len(shown) // SHEET))
    sheet = min(st.session_state.get("sheet", 1) or 1, sheets)
    now = shown[(sheet - 1) * SHEET : sheet * SHEET]
    show_grid([batch_tile(n, covers[n], known[n]) for n in now], "batch", lambda n: session.open_cover(int(n)))
    if sheets > 1:
        st.pagination(sheets, key="sheet", bind="query-params")


def choose_genres(read: Sequence[Answer]) -> tuple[str, ...]:
    """Draw the genres with how many covers have them; those that were chosen, none for all. The address has them."""
    if not (counts := Counter(map(group, read))):
        return ()
    st.session_state["only"] = [name for name in st.query_params.get_all("only") if name in counts]
    return tuple(
        st.pills(
            "Genres",
            [name for name, _ in counts.most_common()],
            selection_mode="multi",
            format_func=lambda name: f"{display(tidy(name, 24))} {counts[name]}",
            key="only",
            on_change=_narrow,
            label_visibility="collapsed",
        )
    )


def choose_order() -> str:
    """Draw the orders; the one that was chosen. The address has it, also while one cover is looked at."""
    told = st.query_params.get("sort")
    st.session_state["sort"] = told if told in ORDERS else next(iter(ORDERS))
    return st.segmented_control(
        "Order",
        list(ORDERS),
        format_func=ORDERS.get,
        required=True,
        key="sort",
        on_change=_narrow,
        label_visibility="collapsed",
    )


def group(answer: Answer) -> str:
    """The genre that an answer counts under, or why it has none."""
    if answer.prediction is None:
        return UNREAD
    if answer.prediction.seen:
        return answer.prediction.seen.genre
    return UNFAMILIAR if verdict.is_unfamiliar(answer.prediction) else answer.prediction.genre


def in_order(known: Sequence[Answer | None], only: Sequence[str], order: str) -> list[int]:
    """The numbers of the covers to show: of the groups `only` (none: all); those not yet read come last, if at all."""
    numbers = [n for n, answer in enumerate(known) if not only or (answer and group(answer) in only)]
    if order == "dropped":
        return numbers
    sign = -1 if order == "surest" else 1
    return sorted(numbers, key=lambda n: (known[n] is None, sign * certainty(known[n]) if known[n] else 0))


def certainty(answer: Answer) -> float:
    """How sure an answer is, 0 to 10: a known cover is certain, of an odd picture nothing is."""
    prediction = answer.prediction
    if prediction is None:
        return -1
    if prediction.seen:
        return 10
    return 0 if verdict.is_odd(prediction) else verdict.trust(prediction).tenths


def batch_tile(number: int, cover: Cover, answer: Answer | None) -> Tile:
    """What the grid draws of a cover; one that has not been read yet can't be opened."""
    if answer is None:
        called, note, picture = "", "", ""
    elif answer.prediction is None:
        called, note, picture = UNREAD, answer.error, ""
    else:
        called, note, picture = group(answer), _note(answer.prediction, group(answer)), answer.picture
    art = '<span class="art">' + (f'<img src="{picture}" alt="">' if picture else "") + "</span>"
    lines = "".join(f'<span class="what">{plain(line, 200)}</span>' for line in (note, cover.name))
    face = art + (genre_cell(called) if called else "<span>…</span>") + lines
    label = ", ".join(filter(None, (tidy(cover.name), display(tidy(called, 24)), tidy(note, 200))))
    return Tile(str(number), label, face, look="batch", still=not called)


def _note(prediction: Prediction, called: str) -> str:
    """How sure an answer is, in three or four words."""
    if prediction.seen:
        return "known cover"
    if called == UNFAMILIAR:
        return f"{display(tidy(prediction.genre, 24))} comes closest"
    if verdict.is_odd(prediction):
        return "odd for a cover: unsure"
    return f"{verdict.often(verdict.trust(prediction).tenths)} of 10 right"


def _narrow() -> None:
    """Other covers are shown, or in another order: from the first sheet on."""
    st.query_params.update({"only": st.session_state["only"], "sort": st.session_state["sort"]})
    st.session_state["sheet"] = 1


def _set_stopped(stopped: bool) -> None:
    st.session_state.stopped = stopped
    st.session_state.pop("began", None)
