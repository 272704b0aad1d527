"""The filters of the gallery on Explore: chosen in a popover, shown as chips to remove, kept in the address."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from covergenre.collection.collection import Collection
from covergenre.collection.filters import Filters
from covergenre.collection.predictions import PredictionFilter, Predictions
from covergenre.dataset.manifest import STATES
from covergenre.dataset.selections import load_selection
from covergenre.dataset.split import PARTS
from covergenre.errors import CoverGenreError
from covergenre.inspection.overview import kinds_of
from pages.explore.workspace import Workspace, finished_runs_of, open_predictions
from pages.widgets.address import PAGE, bind, get, get_option, get_options, go
from pages.widgets.collection_choice import collection_title
from pages.widgets.genres import display
from pages.widgets.safe_text import sentence, tidy
from pages.widgets.verdict import source_title

ON_MAP = "map"  # the name of a selection made on the map
TEXT, ISSUE, BY = "words", "issue", "by"
RUN, SAID, VERDICT, SURE = "answers", "said", "verdict", "sure"
_KEYS = {"genres": "from_genre", "sources": "from_source", "parts": "in_part", "states": "state", "tags": "tag"}
KIND_KEYS = {"sizes": "size", "formats": "format", "modes": "mode"}
KEYS = (*_KEYS.values(), *KIND_KEYS.values(), TEXT, ISSUE, BY, RUN, SAID, VERDICT, SURE)
_LABELS = {"genres": "Genre", "sources": "Source", "parts": "Part of the split", "states": "State", "tags": "Tag"}
_ALL, _ORDER, _NO_RUN, _NO_PART = "Any", "As found", "No run", "none"
_RIGHT, _WRONG = "right", "wrong"

Chip = tuple[str, Mapping[str, str | list[str]]]
"""What a chip says, and the parameters of the address that remove its filter."""


class Query(NamedTuple):
    """What to look for: the arguments of `Collection.find`, and which answers of a run and which kinds of files."""

    filters: Filters
    text: str = ""
    order: str = ""
    """The issue whose score sorts; "" for none."""
    answers: Predictions | None = None
    wanted: PredictionFilter = PredictionFilter()
    files: Mapping[str, str] = {}
    """By kind, see `overview.KINDS`."""

    def find(self, covers: Collection) -> np.ndarray:
        """The rows of the covers found."""
        rows = covers.find(self.filters, self.text, self.order)
        if self.files:
            kinds = kinds_of(covers.dataset.manifest)
            rows = rows[(kinds[list(self.files)] == list(self.files.values())).all(axis=1).to_numpy()[rows]]
        return rows[self.answers.passing(self.wanted)[rows]] if self.answers else rows


def choose_filters(opened: Workspace) -> Query:
    """Draw the filters; what they are set to."""
    covers = opened.covers
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        text = st.text_input(
            "Search",
            placeholder="Search file, artist or album",
            icon=":material/search:",
            label_visibility="collapsed",
            width="stretch",
            **bind(TEXT, get(TEXT)),
        )
        with st.popover("Filter", icon=":material/tune:"):
            chosen: dict[str, Any] = {
                field: _pills(_LABELS[field], options, _KEYS[field]) for field, options in _options(covers).items()
            }
            issue = _choose_issue(covers)
            answers, wanted = _choose_answers(opened)
        order = _choose_order(covers)
    picked = load_selection(get(ON_MAP))
    if get(ON_MAP) and picked is None:
        st.caption("The selection from the map has expired. Select the covers again.")
    files = {kind: value for kind, key in KIND_KEYS.items() if (value := get(key))}
    query = Query(Filters(**chosen, issue=issue, picked=picked), text, order, answers, wanted, files)
    show_chips(query)
    return query


def no_filters() -> dict[str, str]:
    """The parameters of the address that remove all filters."""
    return dict.fromkeys((*KEYS, ON_MAP, PAGE), "")


def only(**parameters: str | list[str]) -> dict[str, str | list[str]]:
    """The parameters of the address that set these filters and remove all others."""
    return {**no_filters(), **parameters}


def label(value: str, name: str = "") -> str:
    """A value of a filter as it is shown; `name`: the filter's parameter of the address."""
    return (source_title(value) if name == _KEYS["sources"] else display(tidy(value, 24))) or "None"


def show_chips(query: Query) -> None:
    """The filters in use, each as a chip that removes it."""
    chips: list[Chip] = []
    for field, key in _KEYS.items():
        values = getattr(query.filters, field)
        chips += [
            (label(value, key), {key: [each or _NO_PART for each in values if each != value]}) for value in values
        ]
    chips += [(tidy(value, 24), {KIND_KEYS[kind]: ""}) for kind, value in query.files.items()]
    if issue := query.filters.issue:
        chips.append((display(issue), {ISSUE: ""}))
    if query.text:
        chips.append((f"“{tidy(query.text, 24)}”", {TEXT: ""}))
    if (picked := query.filters.picked) is not None:
        chips.append((f"{len(picked):,} from the map", {ON_MAP: ""}))
    if query.answers:
        chips += _answer_chips(query.wanted)
    if not chips:
        return
    with st.container(horizontal=True, gap="xsmall", key="chips"):
        for number, (text, removed) in enumerate(chips):
            st.button(text, key=f"chip-{number}", icon=":material/close:", help="Remove this filter",
                      on_click=go, kwargs={**removed, PAGE: ""})  # fmt: skip
        if len(chips) > 1:
            st.button("Clear all", key="chip-all", type="tertiary", on_click=go, kwargs=no_filters())


def choose_run(runs: Sequence[str], required: bool = False) -> str:
    """Draw the choice of a run whose answers are shown; "" for none, unless one is `required`."""
    options = list(runs) if required else [_NO_RUN, *runs]
    run = st.selectbox(
        "Answers of a run",
        options,
        format_func=lambda run: run if run == _NO_RUN else collection_title(run),
        help="A run answers for the covers of its validation and test parts, not for those it was trained on.",
        **bind(RUN, get_option(RUN, options, default=options[0]), hidden=not required),
    )
    return "" if run == _NO_RUN else run


def _answer_chips(wanted: PredictionFilter) -> list[Chip]:
    chips: list[Chip] = [
        (f"Answered {label(genre)}", {SAID: [each for each in wanted.genres if each != genre]})
        for genre in wanted.genres
    ]
    if wanted.right is not None:
        chips.append((display(_RIGHT if wanted.right else _WRONG), {VERDICT: ""}))
    if wanted.certainty != (0.0, 1.0):
        low, high = (round(100 * share) for share in wanted.certainty)
        chips.append((f"Certainty {low}–{high} %", {SURE: ""}))
    return [*chips, (f"Tested by {collection_title(get(RUN))}", dict.fromkeys((RUN, SAID, VERDICT, SURE), ""))]


def _options(covers: Collection) -> dict[str, Sequence[str]]:
    return {
        "genres": covers.genres,
        "sources": covers.sources,
        "parts": [part for part in (*PARTS, "") if part in covers.parts],
        "states": [state for state in STATES if state in covers.states],
        "tags": covers.tags,
    }


def _pills(title: str, options: Sequence[str], name: str) -> tuple[str, ...]:
    if len(options) < (1 if name == _KEYS["tags"] else 2):
        return ()
    words: Callable[[str], str] = lambda option: label("" if option == _NO_PART else option, name)  # noqa: E731
    values = [option or _NO_PART for option in options]  # an address can't hold an empty value
    chosen = st.pills(title, values, selection_mode="multi", format_func=words,
                      **bind(name, get_options(name, values, words), hidden=True))  # fmt: skip
    return tuple("" if each == _NO_PART and "" in options else each for each in chosen or ())


def _choose_issue(covers: Collection) -> str:
    if covers.findings is None:
        return ""
    summary = covers.findings.report.summary
    found = [_ALL, *summary.loc[summary["count"] > 0, "issue"]]
    chosen = st.selectbox("Issue", found, format_func=display,
                          **bind(ISSUE, get_option(ISSUE, found, default=_ALL), hidden=True))  # fmt: skip
    return "" if chosen == _ALL else chosen


def _choose_answers(opened: Workspace) -> tuple[Predictions | None, PredictionFilter]:
    """The run whose answers are shown, and which of them."""
    runs = finished_runs_of(opened)
    run = choose_run(runs) if runs else ""
    if not run:
        return None, PredictionFilter()
    try:
        answers = open_predictions(opened, run)
    except CoverGenreError as error:
        st.error(sentence(str(error)))
        return None, PredictionFilter()
    genres = _pills("Answer", answers.genres, SAID)
    verdict = st.pills(
        "Was it right?",
        [_RIGHT, _WRONG],
        format_func=display,
        **bind(VERDICT, get_option(VERDICT, (_RIGHT, _WRONG)) or None, hidden=True),
    )
    low, high = st.slider("Certainty in percent", 0, 100, **bind(SURE, _certainty(), hidden=True))
    return answers, PredictionFilter(genres, None if verdict is None else verdict == _RIGHT, (low / 100, high / 100))


def _certainty() -> tuple[int, int]:
    """The range in the address, in percent."""
    match = re.fullmatch(r"(\d{1,3})-(\d{1,3})", get(SURE))
    low, high = (int(match[1]), int(match[2])) if match else (0, 100)
    return (low, high) if low <= high <= 100 else (0, 100)


def _choose_order(covers: Collection) -> str:
    if not covers.findings or not covers.findings.issues:
        return ""
    options = [_ORDER, *covers.findings.graded]
    chosen = st.selectbox(
        "Sort by",
        options,
        format_func=lambda issue: "Default order" if issue == _ORDER else f"Worst first: {issue}",
        label_visibility="collapsed",
        width=230,
        **bind(BY, get_option(BY, options, default=_ORDER)),
    )
    return "" if chosen == _ORDER else chosen
