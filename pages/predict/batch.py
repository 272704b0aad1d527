"""Predictions for many covers: a grid that fills as they come, filtered by genre and sorted by certainty, and a CSV."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence

import streamlit as st

from covergenre.formatting import as_csv, counted, time_left
from covergenre.predict import Failure, Prediction, Predictor
from covergenre.predict.saved_queries import Cover
from pages.predict import session
from pages.predict.answers import Answer, Answers
from pages.widgets import verdict
from pages.widgets.address import bind, get_option, show_pager
from pages.widgets.figures import genre_cell
from pages.widgets.genres import display
from pages.widgets.safe_text import plain, tidy
from pages.widgets.tiles import Tile, show_grid

CHUNK = 16
SHEET = 120
ORDERS = {"dropped": "Upload order", "surest": "Most certain first", "doubtful": "Least certain first"}
UNFAMILIAR, UNREAD = "Unfamiliar", "Not read"
_NAMED = 5  # unreadable files that are named


def read_next(answers: Answers, covers: Sequence[Cover]) -> list[Cover]:
    """Predict a few new covers at once; of many, show the progress and return those to predict next.

    They are predicted after the page is drawn, so that all covers are there at once and fill as they are read.
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
            st.button("Continue", on_click=_set_stopped, args=(False,))
            return []
        started, at = st.session_state.setdefault("began", (time.monotonic(), done))
        left = time_left(done - at, total - at, time.monotonic() - started)
        st.progress(done / total, f"{done} of {total} covers read. {left}")
        st.button("Stop", icon=":material/stop_circle:", on_click=_set_stopped, args=(True,))
    return missing[:CHUNK]


def show_batch(covers: Sequence[Cover], answers: Answers, predictor: Predictor) -> None:
    """The predictions in a grid: those of the chosen genres, in the chosen order."""
    known = [answers.get(cover) for cover in covers]
    read = [answer for answer in known if answer]
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.header(summary(read), anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            st.download_button(
                "Download as CSV",
                lambda: to_csv(read, predictor.genres),
                "genres.csv",
                "text/csv",
                icon=":material/download:",
                on_click="ignore",
            )
            st.button("Delete", icon=":material/delete:", type="tertiary", on_click=session.delete_covers)
    if names := unread(read):
        st.caption(f"Unreadable: {names}.")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="narrow"):
        only = choose_genres(read)
        order = choose_order()
    grid = st.container()
    shown = show_pager(in_order(known, only, order), SHEET)
    with grid:
        show_grid([batch_tile(n, covers[n], known[n]) for n in shown], "batch", lambda n: session.open_cover(int(n)))


def choose_genres(read: Sequence[Answer]) -> tuple[str, ...]:
    """Draw the genres with their numbers of covers; the chosen ones, none for all."""
    if not (counts := Counter(map(group, read))):
        return ()
    return tuple(
        st.pills(
            "Genres",
            [name for name, _ in counts.most_common()],
            selection_mode="multi",
            format_func=lambda name: f"{display(tidy(name, 24))} {counts[name]}",
            label_visibility="collapsed",
            **bind("only", [name for name in st.query_params.get_all("only") if name in counts]),
        )
    )


def choose_order() -> str:
    """Draw the orders; the chosen one."""
    return st.segmented_control(
        "Order",
        list(ORDERS),
        format_func=ORDERS.get,
        required=True,
        label_visibility="collapsed",
        **bind("sort", get_option("sort", list(ORDERS), default=next(iter(ORDERS)))),
    )


def summary(answers: Sequence[Answer]) -> str:
    """How many covers have a prediction."""
    failed = sum(answer.prediction is None for answer in answers)
    read = counted(len(answers) - failed, "cover")
    return f"{read}, {failed} unreadable" if failed else read


def unread(answers: Iterable[Answer]) -> str:
    """The names of the files that could not be read, as Markdown: the first few of them, and how many more."""
    names = [plain(answer.result.name, 40) for answer in answers if answer.prediction is None]
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def to_csv(answers: Iterable[Answer], genres: Sequence[str]) -> bytes:
    """The answers as a CSV file in UTF-8 (with the mark that lets a spreadsheet see that it is).

    A text that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    columns = ["file", "genre", *genres, "unfamiliar", "known as", "nearest cover", "error"]
    return as_csv(columns, (_record(answer.result, genres) for answer in answers)).encode("utf-8-sig")


def group(answer: Answer) -> str:
    """The genre to count an answer under, or why it has none."""
    if answer.prediction is None:
        return UNREAD
    if answer.prediction.seen:
        return answer.prediction.seen.genre
    return UNFAMILIAR if verdict.is_unfamiliar(answer.prediction) else answer.prediction.genre


def in_order(known: Sequence[Answer | None], only: Sequence[str], order: str) -> list[int]:
    """The numbers of the covers to show: of the groups `only` (none: all), those without an answer last if at all."""
    numbers = [n for n, answer in enumerate(known) if not only or (answer and group(answer) in only)]
    if order == "dropped":
        return numbers
    sign = -1 if order == "surest" else 1
    return sorted(numbers, key=lambda n: (known[n] is None, sign * certainty(known[n]) if known[n] else 0))


def certainty(answer: Answer) -> float:
    """How certain an answer is, 0 to 10: a known cover is certain, nothing is for an unusual picture."""
    prediction = answer.prediction
    if prediction is None:
        return -1
    if prediction.seen:
        return 10
    return 0 if verdict.is_odd(prediction) else verdict.trust(prediction).tenths


def batch_tile(number: int, cover: Cover, answer: Answer | None) -> Tile:
    """The tile of a cover, which can't be opened before it has an answer."""
    if answer is None:
        called, note, picture = "", "", ""
    elif answer.prediction is None:
        called, note, picture = UNREAD, answer.error, ""
    else:
        called, note, picture = group(answer), _note(answer.prediction, group(answer)), answer.picture
    art = '<span class="art">' + (f'<img src="{picture}" alt="">' if picture else "") + "</span>"
    lines = "".join(f'<span class="what">{plain(line, 200)}</span>' for line in (note, cover.name))
    none = called in ("", UNFAMILIAR, UNREAD)
    face = art + (f'<span class="genre">{called or "…"}</span>' if none else genre_cell(called)) + lines
    label = ", ".join(filter(None, (tidy(cover.name), display(tidy(called, 24)), tidy(note, 200))))
    return Tile(str(number), label, face, look="batch", still=not called)


def _note(prediction: Prediction, called: str) -> str:
    """How certain an answer is, in a few words."""
    if prediction.seen:
        return "known cover"
    if called == UNFAMILIAR:
        return f"{display(tidy(prediction.genre, 24))} comes closest"
    if verdict.is_odd(prediction):
        return "unusual cover: uncertain"
    return f"{verdict.often(verdict.trust(prediction).tenths)} of 10 right"


def _set_stopped(stopped: bool) -> None:
    st.session_state.stopped = stopped
    st.session_state.pop("began", None)


def _record(result: Prediction | Failure, genres: Sequence[str]) -> list:
    if isinstance(result, Failure):
        return [result.name, "", *("" for _ in genres), "", "", "", result.error]
    shares = [f"{result.probabilities[genre]:.4f}" for genre in genres]
    known = verdict.album_line(result.seen) if result.seen else ""
    nearest = verdict.album_line(result.neighbours[0]) if result.neighbours else ""
    return [result.name, result.genre, *shares, f"{result.unfamiliar:.4f}", known, nearest, ""]
