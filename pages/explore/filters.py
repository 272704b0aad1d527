"""The filters of the Explore page's gallery: chosen in a popover, shown as chips to take off, kept in the address."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from covergenre.collection.collection import Collection
from covergenre.collection.filters import Filters
from covergenre.collection.predictions import Predictions, Wanted
from covergenre.dataset.manifest import STATES
from covergenre.dataset.split import PARTS
from covergenre.errors import CoverGenreError
from covergenre.inspection.overview import kinds_of
from pages.explore.address import PAGE, bind, get, get_option, get_options, go
from pages.explore.selection import load_selection
from pages.explore.workspace import Workspace, finished_runs_of, open_predictions
from pages.widgets.collection_choice import collection_title
from pages.widgets.genres import display
from pages.widgets.safe_text import sentence, tidy

ON_MAP = "map"  # covers that were chosen there, by the name under which they are kept
TEXT, ISSUE, BY = "words", "issue", "by"
RUN, SAID, VERDICT, SURE = "answers", "said", "verdict", "sure"
_KEYS = {"genres": "from_genre", "sources": "from_source", "parts": "in_part", "states": "state", "tags": "tag"}
KIND_KEYS = {"sizes": "size", "formats": "format", "modes": "mode"}
KEYS = (*_KEYS.values(), *KIND_KEYS.values(), TEXT, ISSUE, BY, RUN, SAID, VERDICT, SURE)
_WORDS = {"genres": "Genre", "sources": "Source", "parts": "Part of the split", "states": "State", "tags": "Tag"}
_ALL, _ORDER, _NO_RUN, _NO_PART = "Any", "As found", "No run", "none"
_RIGHT, _WRONG = "right", "wrong"


class Asked(NamedTuple):
    """What `Collection.find` is asked: the filters, the text, and the issue whose score sorts ("" for none); which
    answers of a run are wanted; and what the files are to be, by kind (see `overview.KINDS`).
    """

    filters: Filters
    text: str = ""
    order: str = ""
    answers: Predictions | None = None
    wanted: Wanted = Wanted()
    files: Mapping[str, str] = {}

    def find(self, covers: Collection) -> np.ndarray:
        """The rows of the covers that were asked for."""
        rows = covers.find(self.filters, self.text, self.order)
        if self.files:
            kinds = kinds_of(covers.dataset.manifest)
            rows = rows[(kinds[list(self.files)] == list(self.files.values())).all(axis=1).to_numpy()[rows]]
        return rows[self.answers.passing(self.wanted)[rows]] if self.answers else rows


def choose_filters(opened: Workspace) -> Asked:
    """Draw the filters, and tell what they are set to."""
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
                field: _pills(_WORDS[field], options, _KEYS[field]) for field, options in _options(covers)
            }
            issue = _choose_issue(covers)
            answers, wanted = _choose_answers(opened)
        order = _choose_order(covers)
    picked = load_selection(get(ON_MAP))
    if get(ON_MAP) and picked is None:
        st.caption("The covers that were chosen on the map are no longer known: choose them anew.")
    files = {kind: value for kind, key in KIND_KEYS.items() if (value := get(key))}
    asked = Asked(Filters(**chosen, issue=issue, picked=picked), text, order, answers, wanted, files)
    show_chips(asked)
    return asked


def no_filters() -> dict[str, str]:
    """What takes all filters off, for the address."""
    return dict.fromkeys((*KEYS, ON_MAP, PAGE), "")


def only(**places: str | list[str]) -> dict[str, str | list[str]]:
    """What sets these filters and takes all others off."""
    return {**no_filters(), **places}


def word(value: str) -> str:
    """A value as a filter shows it."""
    return display(tidy(value, 24)) or "None"


def show_chips(asked: Asked) -> None:
    """What is set, each a chip that takes itself off."""
    chips: list[tuple[str, Mapping[str, str | list[str]]]] = []
    for field, key in _KEYS.items():
        values = getattr(asked.filters, field)
        chips += [(word(value), {key: [each or _NO_PART for each in values if each != value]}) for value in values]
    chips += [(tidy(value, 24), {KIND_KEYS[kind]: ""}) for kind, value in asked.files.items()]
    if issue := asked.filters.issue:
        chips.append((display(issue), {ISSUE: ""}))
    if asked.text:
        chips.append((f"“{tidy(asked.text, 24)}”", {TEXT: ""}))
    if (picked := asked.filters.picked) is not None:
        chips.append((f"{len(picked):,} from the map", {ON_MAP: ""}))
    if asked.answers:
        chips += _answer_chips(asked.wanted)
    if not chips:
        return
    with st.container(horizontal=True, gap="xsmall", key="chips"):
        for place, (label, off) in enumerate(chips):
            st.button(label, key=f"chip-{place}", icon=":material/close:", help="Remove this filter",
                      on_click=lambda off=off: go(**off, **{PAGE: ""}))  # fmt: skip
        if len(chips) > 1:
            st.button("Clear all", key="chip-all", type="tertiary", on_click=lambda: go(**no_filters()))


def choose_run(runs: Sequence[str], required: bool = False) -> str:
    """Draw the choice of the run whose answers are looked at; "" for none, unless one is `required`."""
    options = list(runs) if required else [_NO_RUN, *runs]
    run = st.selectbox(
        "Answers of a run",
        options,
        format_func=lambda run: run if run == _NO_RUN else collection_title(run),
        help="A run answers for the covers of its validation and test parts, not for those it learned from.",
        **bind(RUN, get_option(RUN, options, default=options[0])),
    )
    return "" if run == _NO_RUN else run


def _answer_chips(wanted: Wanted) -> list[tuple[str, Mapping[str, str | list[str]]]]:
    chips: list[tuple[str, Mapping[str, str | list[str]]]] = [
        (f"Said {word(genre)}", {SAID: [each for each in wanted.genres if each != genre]}) for genre in wanted.genres
    ]
    if wanted.right is not None:
        chips.append((display(_RIGHT if wanted.right else _WRONG), {VERDICT: ""}))
    if wanted.certainty != (0.0, 1.0):
        low, high = (round(100 * share) for share in wanted.certainty)
        chips.append((f"Certainty {low}–{high} %", {SURE: ""}))
    return [*chips, (f"Tested by {collection_title(get(RUN))}", dict.fromkeys((RUN, SAID, VERDICT, SURE), ""))]


def _options(covers: Collection) -> list[tuple[str, list[str]]]:
    return [
        ("genres", list(covers.genres)),
        ("sources", list(covers.sources)),
        ("parts", [part for part in (*PARTS, "") if part in covers.parts]),
        ("states", [state for state in STATES if state in covers.states]),
        ("tags", list(covers.tags)),
    ]


def _pills(label: str, options: Sequence[str], name: str) -> tuple[str, ...]:
    if len(options) < (1 if name == _KEYS["tags"] else 2):
        return ()
    said: Callable[[str], str] = lambda option: word("" if option == _NO_PART else option)  # noqa: E731
    held = [option or _NO_PART for option in options]  # an address can't hold a text of no letters
    chosen = st.pills(label, held, selection_mode="multi", format_func=said,
                      **bind(name, get_options(name, held, said)))  # fmt: skip
    return tuple("" if each == _NO_PART and "" in options else each for each in chosen or ())


def _choose_issue(covers: Collection) -> str:
    if covers.findings is None:
        return ""
    summary = covers.findings.report.summary
    found = [_ALL, *summary.loc[summary["count"] > 0, "issue"]]
    chosen = st.selectbox("Issue", found, format_func=display, **bind(ISSUE, get_option(ISSUE, found, default=_ALL)))
    return "" if chosen == _ALL else chosen


def _choose_answers(opened: Workspace) -> tuple[Predictions | None, Wanted]:
    """What a run took the covers for: which run, and which of its answers."""
    runs = finished_runs_of(opened)
    run = choose_run(runs) if runs else ""
    if not run:
        return None, Wanted()
    try:
        answers = open_predictions(opened, run)
    except CoverGenreError as error:
        st.error(sentence(str(error)))
        return None, Wanted()
    genres = _pills("It said", answers.genres, SAID)
    verdict = st.pills(
        "And was", [_RIGHT, _WRONG], format_func=display, **bind(VERDICT, get_option(VERDICT, (_RIGHT, _WRONG)) or None)
    )
    low, high = st.slider("Certainty in percent", 0, 100, **bind(SURE, _sure()))
    return answers, Wanted(genres, None if verdict is None else verdict == _RIGHT, (low / 100, high / 100))


def _sure() -> tuple[int, int]:
    asked = re.fullmatch(r"(\d{1,3})-(\d{1,3})", get(SURE))
    low, high = (int(asked[1]), int(asked[2])) if asked else (0, 100)
    return (low, high) if low <= high <= 100 else (0, 100)


def _choose_order(covers: Collection) -> str:
    if not covers.findings or not covers.findings.issues:
        return ""
    options = [_ORDER, *covers.findings.graded]
    chosen = st.selectbox(
        "Sort by",
        options,
        format_func=lambda issue: "In order" if issue == _ORDER else f"Worst first: {issue}",
        label_visibility="collapsed",
        width=230,
        **bind(BY, get_option(BY, options, default=_ORDER)),
    )
    return "" if chosen == _ORDER else chosen
