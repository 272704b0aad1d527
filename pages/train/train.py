"""Start training, follow it, and see the results; runs are separate processes that this page only shows."""

from dataclasses import replace

import streamlit as st

from covergenre.dataset import registry
from covergenre.dataset.registry import Dataset
from covergenre.errors import BadRun, CoverGenreError
from covergenre.formatting import percent
from covergenre.methods import METHODS
from covergenre.runs import launch
from covergenre.runs.cautions import run_cautions
from covergenre.runs.default import default_run, set_default_run
from covergenre.runs.notes import (
    LONGEST,
    LONGEST_NAME,
    MOST_TAGS,
    Notes,
    read_notes,
    rename,
    run_name,
    tidy_tags,
    write_notes,
)
from covergenre.runs.record import Run, list_runs
from covergenre.training.repeats import repeats_of, spread
from pages.train import curve, queue, run_summary, studies
from pages.train import form as train_form
from pages.train.run_summary import RunSummary
from pages.train.table import open_run, show_table
from pages.widgets import model_card
from pages.widgets.address import go
from pages.widgets.genres import show_colours
from pages.widgets.history import run_again
from pages.widgets.menus import close, menu
from pages.widgets.safe_text import plain, sentence, tidy

_REPEAT, _NOTES, _DELETE = "menu repeat", "menu notes", "menu delete"
POLL = 2.0  # seconds; only while something runs


@st.cache_resource(max_entries=512, show_spinner=False)
def summary_of(run_id: str, stamp: tuple[int, ...]) -> RunSummary:  # noqa: ARG001 (part of the cache's key)
    """A run with its figures, cached until its status or notes change."""
    return RunSummary.of(Run.open(run_id))


def dataset_of(name: str) -> Dataset:
    """A data set, read anew only when it has changed; raises as `registry.open_dataset`."""
    return _dataset(name, registry.stamp(name))


@st.cache_resource(max_entries=8, show_spinner=False)
def _dataset(name: str, stamp: int) -> Dataset:  # noqa: ARG001 (part of the cache's key)
    return registry.open_dataset(name)


def dataset_of_run(run: Run) -> Dataset | None:
    """The data set of a run; None if it no longer exists."""
    try:
        return dataset_of(run.spec.dataset)
    except (CoverGenreError, OSError):
        return None


def run_summaries() -> list[RunSummary]:
    """Every run that can be read, the newest first."""
    summaries = []
    for run in list_runs():
        try:
            stamp = tuple(
                file.stat().st_mtime_ns if file.exists() else 0
                for file in (run.folder / name for name in ("status.json", "notes.json"))
            )
            each = summary_of(run.id, stamp)
            summaries.append(
                RunSummary.of(run) if each.status.state == "running" else each
            )  # its process may have died since
        except (BadRun, OSError):
            continue
    return summaries


def start() -> None:
    """Queue a run with the settings of the form, and open it."""
    from covergenre.training.train import prepare

    dataset = dataset_of(st.session_state[train_form.DATASET])
    run = prepare(dataset, train_form.read_spec(dataset))
    launch.start(run)
    open_run(run.id)
    st.toast(f"{run_summary.title(run)} added to the queue.", icon=":material/play_arrow:")


def start_every_method() -> None:
    """Queue one run of each method, and find them in the table by their tag."""
    from covergenre.training.repeats import start_all

    dataset = dataset_of(st.session_state[train_form.DATASET])
    runs = start_all(dataset, train_form.read_spec(dataset))
    go(find=read_notes(runs[0]).tags[0], run="")


def repeat(run: Run) -> None:
    """Queue a run again with other seeds, and find them all by their tag."""
    from covergenre.training.repeats import start_repeats

    runs = start_repeats(
        registry.open_dataset(run.spec.dataset, run.spec.dataset_id), run, st.session_state[f"more-{run.id}"]
    )
    tag = read_notes(runs[0]).tags[0]
    write_notes(run, replace(read_notes(run), tags=tidy_tags((*read_notes(run).tags, tag))))
    close(_REPEAT)
    go(find=tag)


def hide(run: Run, hidden: bool) -> None:
    """Hide a run in the table, or show it again."""
    write_notes(run, replace(read_notes(run), hidden=hidden))


def save_notes(run: Run) -> None:
    """Save the name, tags and note in the form."""
    name, tags, note = (st.session_state[f"{part}-{run.id}"] for part in ("name", "tags", "note"))
    if name != run_name(run):
        rename(run, name)
    write_notes(run, replace(read_notes(run), tags=tidy_tags(tags), note=note))
    close(_NOTES)


def delete(run_id: str) -> None:
    """Delete a run and close it."""
    close(_DELETE)
    launch.delete(run_id)
    open_run(None)


def show_form(earlier: list[RunSummary]) -> None:
    """The form, and the buttons to train."""
    names = registry.names()
    if not names:
        train_form.offer_data()
        return
    method = train_form.choose_method()
    name = train_form.choose_dataset(names)
    try:
        dataset = dataset_of(name)
    except (CoverGenreError, OSError) as error:
        st.error(sentence(str(error)))
        return
    train_form.choose_settings(dataset, method)
    spec = train_form.read_spec(dataset)
    train_form.show_cautions(dataset, spec)
    few = spec.n_genres < 2
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Train", type="primary", icon=":material/play_arrow:", disabled=few, on_click=queue.attempt, args=(start,)
        )
        st.button(
            "Train all methods",
            help="Trains every method that learns from vectors, each with its own settings.",
            icon=":material/playlist_play:",
            disabled=few,
            on_click=queue.attempt,
            args=(start_every_method,),
        )
        runs = [each.run for each in earlier]
        estimate = "Choose at least two genres." if few else train_form.estimate(dataset, spec, runs)
        st.caption(estimate, width="content")


def announce_ended(at_work: set[str], summaries: list[RunSummary]) -> None:
    """Say which runs have ended since the page was last drawn. `at_work`: the ids of those running or waiting."""
    before = st.session_state.get("train_at_work", set())
    st.session_state.train_at_work = at_work
    for each in summaries:
        if each.run.id in before - at_work:
            st.toast(run_summary.outcome(each), icon=":material/flag:", duration="long")
            st.session_state.train_ended = each.run.id


def show_ended(summaries: list[RunSummary]) -> None:
    """The run that ended last in this visit, with a button to show it: its figures are far below."""
    for each in summaries:
        if each.run.id == st.session_state.get("train_ended"):
            with st.container(horizontal=True, vertical_alignment="center", key="ended"):
                st.markdown(run_summary.outcome(each), width="stretch")
                st.button("Show", icon=":material/arrow_downward:", on_click=open_run, args=(each.run.id,))


def show_work(at_first: tuple[tuple[Run, ...], tuple[Run, ...]]) -> None:
    """The running run and the queue, redrawn while there are any. `at_first`: those before the page was drawn."""

    @st.fragment(run_every=POLL if any(at_first) else None)
    def drawn() -> None:
        running, waiting = queue.active()
        if (running, waiting) != at_first:
            run_again()
        queue.show_error()
        for run in running:
            queue.show_running(run)
        if waiting:
            queue.show_queue(waiting)
        if not any(at_first):
            st.markdown("No training is running.")
            st.caption("Training runs in a separate process, so you can close this page.")

    drawn()


def show_opened(summaries: list[RunSummary]) -> None:
    """The run that the address names."""
    run_id = st.query_params.get("run")
    opened = next((each for each in summaries if each.run.id == run_id), None)
    if run_id and not opened:
        st.info(f"The run {plain(run_id, 60)} no longer exists.", icon=":material/search_off:")
    if not opened or opened.status.state == "running" or opened.run in launch.queued_runs():
        return  # running and queued runs are shown above
    run = opened.run
    with st.container(key="opened"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.header(run_summary.title(run), anchor=False, width="content")
            st.button("Close", icon=":material/close:", type="tertiary", on_click=open_run, args=(None,))
        st.caption(f"{plain(run.id)} · {run_summary.state_word(opened.status)}")
        if opened.status.error and opened.status.state == "cancelled":
            st.caption(sentence(opened.status.error))
        elif opened.status.error:
            st.error(sentence(opened.status.error), icon=":material/error:")
        show_actions(opened)
        show_spread(opened, summaries)
        for caution in run_cautions(run, dataset_of_run(run)) if opened.evaluation else ():
            st.caption(f":material/warning: {sentence(caution.message)}")
        charts = curve.curves({"": run.events()})
        left, right = st.columns(2, gap="large")
        with left:
            if opened.evaluation:
                st.markdown(run_summary.figures(opened.evaluation), unsafe_allow_html=True)
            curve.show(charts)
        with right if opened.evaluation or charts else left:
            st.markdown(run_summary.settings_table(run), unsafe_allow_html=True)
        if opened.evaluation:
            show_colours(run.spec.genres)
            st.markdown(model_card.by_genre(opened.evaluation), unsafe_allow_html=True)
        queue.show_log(run)


def show_actions(opened: RunSummary) -> None:
    """The actions on a run."""
    run, state = opened.run, opened.status.state
    with st.container(horizontal=True, vertical_alignment="center"):
        if opened.evaluation:
            st.page_link(
                "pages/compare/compare.py",
                label="Show details",
                icon=":material/zoom_in:",
                query_params={"run": run.id},
            )
        if state == "done" and run.id == default_run():
            st.button(
                "Use the starter again",
                icon=":material/undo:",
                on_click=queue.attempt,
                args=(set_default_run, None),
            )
        elif state == "done":
            st.button(
                "Use for predictions", icon=":material/album:", on_click=queue.attempt, args=(set_default_run, run.id)
            )
        else:
            st.button("Resume", icon=":material/resume:", on_click=queue.attempt, args=(launch.resume, run.id))
            queue.finish_button(run)
        if run.spec.method in METHODS:
            st.button("Copy settings", icon=":material/content_copy:", on_click=train_form.clone, args=(run,))
            with menu("Repeat", _REPEAT, icon=":material/casino:"):
                st.number_input("Number of other seeds", 1, 20, 4, key=f"more-{run.id}")
                st.button("Train again", on_click=queue.attempt, args=(repeat, run))
        shown = (
            ("Show in the table", ":material/visibility:")
            if opened.notes.hidden
            else ("Hide", ":material/visibility_off:")
        )
        st.button(shown[0], icon=shown[1], on_click=queue.attempt, args=(hide, run, not opened.notes.hidden))
        with menu("Name and note", _NOTES, icon=":material/edit_note:"):
            show_notes(run, opened.notes)
        with menu("Delete", _DELETE, icon=":material/delete:"):
            st.markdown("This deletes its model and its figures.")
            st.button("Delete permanently", type="primary", on_click=queue.attempt, args=(delete, run.id))
    if opened.notes.tags:
        st.caption(plain(", ".join(opened.notes.tags), LONGEST))
    if opened.notes.note:
        st.markdown(plain(opened.notes.note, LONGEST))


def show_spread(opened: RunSummary, summaries: list[RunSummary]) -> None:
    """How much a run's accuracy varies with the seed, if it was repeated with other seeds."""
    alike = {run.id for run in repeats_of(opened.run, [each.run for each in summaries])}
    known = [each.evaluation.accuracy.value for each in summaries if each.evaluation and each.run.id in alike]
    if found := spread(known):
        st.markdown(
            f"Accuracy with {found.runs} seeds: {percent(found.mean, 1)} on average, {percent(found.low, 1)} to "
            f"{percent(found.high, 1)}, standard deviation {100 * found.deviation:.1f} points. Each seed changes the "
            "split and the training."
        )


def show_notes(run: Run, notes: Notes) -> None:
    """The form for the name, tags and note of a run."""
    st.text_input("Name", run_name(run), max_chars=LONGEST_NAME, key=f"name-{run.id}")
    known = dict.fromkeys([*notes.tags, *(tag for other in list_runs() for tag in read_notes(other).tags)])
    st.multiselect(
        "Tags",
        list(known),
        notes.tags,
        format_func=tidy,
        accept_new_options=True,
        max_selections=MOST_TAGS,
        key=f"tags-{run.id}",
    )
    st.text_area("Note", notes.note, max_chars=LONGEST, key=f"note-{run.id}")
    st.button("Save", on_click=queue.attempt, args=(save_notes, run))


def show_runs() -> None:
    """The form, the running run with the queue, and the runs."""
    at_first = queue.active()  # first: a run that ends while the page is drawn has it drawn again
    summaries = run_summaries()
    announce_ended({run.id for runs in at_first for run in runs}, summaries)
    form, now = st.columns([3, 2], gap="large")
    with form:
        show_form(summaries)
    with now, st.container(key="work"):
        show_work(at_first)
        show_ended(summaries)
    show_table(summaries)
    show_opened(summaries)


with st.container(key="page"):
    st.title("Train on your covers", anchor=False)
    view = st.segmented_control(
        "View",
        ("Runs", "Studies"),
        default="Runs",
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    if view == "Studies":
        studies.show_studies()
    else:
        show_runs()
