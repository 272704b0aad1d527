"""Adding a data set on Explore: the demo, a folder, a ZIP, or covers collected from the web."""

import io
from pathlib import Path

import streamlit as st

from covergenre import home
from covergenre.collecting import background
from covergenre.collecting.genres import genre_tags
from covergenre.collecting.record import Plan
from covergenre.dataset import registry
from covergenre.dataset.manifest import Scan
from covergenre.dataset.starter import STARTER
from covergenre.demo import build_demo
from covergenre.errors import CoverGenreError
from covergenre.exchange import archive
from covergenre.exchange.roots import allowed_folder, allowed_roots
from covergenre.formatting import counted, listed
from covergenre.jobs import Job, Work
from pages.explore.messages import report, report_error, reporting_errors, take_error
from pages.explore.places import show_dataset
from pages.widgets.genres import display
from pages.widgets.safe_text import plain, sentence
from pages.widgets.watch import jobs

LARGEST_ZIP = st.get_option("server.maxUploadSize")  # MB; an upload is held in memory

_JOB = "adding a data set"
_OWN = "own job"  # the job that this visitor started
_DIALOG = "add dialog"  # whether it is open
_NAMED = 5  # skipped files that are named
_AUTO = "auto"  # for None, which a select box takes for nothing chosen
_LEVELS: dict[int | str, str] = {
    _AUTO: "Detect automatically",
    0: "The cover's own folder",
    1: "The first folder",
    2: "The second folder",
    3: "The third folder",
}
_A_SECOND = 1.5  # covers collected in a second, roughly: the sources limit the rate


def adding_job() -> Job | None:
    """The running job that adds a data set, whoever started it."""
    job = jobs().get(_JOB)
    if job and job.running:
        return job
    try:
        plan = next((plan for plan in background.unfinished() if plan.is_running()), None)
    except CoverGenreError:
        plan = None
    return jobs().start(_JOB, f"Collecting {plan.name}", _following(plan)) if plan else None  # older than this server


def start_adding(title: str, work: Work) -> None:
    """Start a job that returns a data set and its `Scan` or None; only one runs at a time."""
    if adding_job():
        report_error("another data set is being added: wait for it or stop it first")
    else:
        st.session_state[_OWN] = jobs().start(_JOB, title, work)


def finish_adding() -> None:
    """Show the data set that this visitor's job added, or why it failed, once it has ended."""
    job: Job | None = st.session_state.get(_OWN)
    if not job or job.running:
        return
    del st.session_state[_OWN]
    if job.state == "failed":
        report_error(job.error)
    elif job.state == "stopped":
        st.toast(sentence(job.error or "stopped"), icon=":material/stop_circle:")
    else:
        dataset, scan = job.result
        show_dataset(dataset.name)
        summary = f"{plain(dataset.name)}: {counted(len(dataset.manifest), 'cover')}."
        report(f"{summary} {_scan_summary(scan)}" if scan else summary, dataset.name)


def show_first_steps() -> None:
    """What to do while there is no data set."""
    _show_forms()
    if home.starter().is_dir():
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="shipped"):
            st.markdown("Or explore the starter, the real covers behind the predictions.", width="content")
            st.button("Explore the starter", icon=":material/fact_check:", on_click=show_dataset, args=(STARTER,))


def show_add_button() -> None:
    """The button for the dialog, which stays open when the page is drawn again because a job has ended."""
    st.button("Add", icon=":material/add:", on_click=_open_dialog, args=(True,))
    if st.session_state.get(_DIALOG):
        _show_dialog()


def choose_level(key: str) -> None:
    """Draw the choice of the folder that names the genre; `level` reads it."""
    st.selectbox(
        "Folder that names the genre",
        list(_LEVELS),
        format_func=_LEVELS.get,
        key=key,
        help="In a music library it is usually the first one, as in Jazz/Miles Davis/Kind of Blue/cover.jpg.",
    )


def level(key: str) -> int | None:
    """The folder chosen; None to detect it."""
    chosen = st.session_state[key]
    return None if chosen == _AUTO else int(chosen)


def registering(name: str, root: Path, level: int | None, missing: registry.Missing = "refuse") -> Work:
    """The job that scans a folder."""
    return lambda monitor: registry.register(name, root, monitor, level, missing)


def _open_dialog(opened: bool) -> None:
    st.session_state[_DIALOG] = opened


def _close_dialog() -> None:
    """Draw the page without the dialog; after an error show it beside the form instead."""
    if error := take_error():
        st.error(error, icon=":material/error:")
    else:
        _open_dialog(False)
        st.rerun()  # by hand, because a click in a dialog runs the dialog alone


@st.dialog("Add a data set", width="large", on_dismiss=lambda: _open_dialog(False))
def _show_dialog() -> None:
    _show_forms()


def _show_forms() -> None:
    demo, folder = st.columns(2, gap="large")
    upload, web = st.columns(2, gap="large")
    with demo:
        _show_demo()
    with folder:
        _show_folder()
    with upload:
        _show_zip()
    with web:
        _show_web()


def _show_demo() -> None:
    st.header("The demo", anchor=False)
    st.markdown("Invented covers of ten genres with planted defects, drawn on this machine in half a minute.")
    if "demo" in registry.names():
        st.caption("There is already a data set called demo.")
    elif st.button("Draw the demo", type="primary", icon=":material/brush:"):
        start_adding("Drawing the demo", lambda monitor: (build_demo(monitor), None))
        _close_dialog()


def _show_folder() -> None:
    st.header("A folder", anchor=False)
    with st.form("scan", border=False):
        path = st.text_input("Folder with a subfolder for each genre", placeholder=f"{allowed_roots()[0]}/covers")
        st.caption(f"Inside {listed([plain(str(root), 60) for root in allowed_roots()])}. Your files are not changed.")
        name = st.text_input("Name", placeholder="mine", max_chars=64)
        choose_level("scan level")
        if st.form_submit_button("Scan", icon=":material/folder_open:"):
            with reporting_errors():
                start_adding("Scanning", registering(name.strip() or "mine", allowed_folder(path), level("scan level")))
            _close_dialog()


def _show_zip() -> None:
    st.header("A ZIP", anchor=False)
    with st.form("zip", border=False):
        upload = st.file_uploader("ZIP with a folder for each genre", type="zip", max_upload_size=LARGEST_ZIP)
        name = st.text_input("Name", placeholder="mine", max_chars=64)
        choose_level("zip level")
        if st.form_submit_button("Unpack", icon=":material/folder_zip:"):
            _unpack(name, upload, level("zip level"))
            _close_dialog()


def _unpack(name: str, upload, level: int | None) -> None:
    if upload is None:
        report_error("no ZIP chosen: add one first")
        return
    data = io.BytesIO(upload.getvalue())

    def work(monitor):
        return archive.register_archive(name.strip() or "mine", data, monitor, level)

    start_adding("Unpacking", work)


def _show_web() -> None:
    st.header("From the web", anchor=False)
    try:
        if plan := _continued_plan() or _new_plan():
            if not adding_job():
                start_adding(f"Collecting {plan.name}", _collecting(plan))
            _close_dialog()
    except CoverGenreError as error:
        st.error(sentence(str(error)))


def _continued_plan() -> Plan | None:
    """Draw the collections that are incomplete; the one to continue, once its button is pressed."""
    for plan in background.unfinished():
        status = background.read_status(plan)
        reason = "" if status.state == "stopped" else sentence(status.error, 200)
        st.markdown(
            f"**{plain(plan.name)}** is incomplete: {status.done:,} of {status.total:,} covers collected. {reason}"
        )
        if st.button("Continue", icon=":material/resume:", key=f"go-on-{plan.name}"):
            return plan
    return None


def _new_plan() -> Plan | None:
    """Draw the form; what to collect, once its button is pressed. CoverGenreError if that is not possible."""
    with st.form("collect", border=False):
        genres = st.pills(
            "Genres", list(genre_tags()), selection_mode="multi", format_func=display, key="collect genres"
        )
        each = st.number_input("Covers of each genre", 1, 2000, 100, step=50, key="collect each")
        st.caption(
            "Albums come from MusicBrainz, pictures from the Cover Art Archive, at the rate they allow: ten genres "
            f"take about {max(round(10 * each / _A_SECOND / 60), 1)} min. The pictures stay on this machine."
        )
        name = st.text_input("Name", placeholder="collected", max_chars=64, key="collect name")
        if not st.form_submit_button("Collect", icon=":material/cloud_download:"):
            return None
    return Plan((name or "").strip() or "collected", tuple(genres), int(each))


def _collecting(plan: Plan) -> Work:
    """Start to collect a plan, or follow the process that does; raises CoverGenreError if it can't be started."""
    if not plan.is_running():
        background.start(plan)
    return _following(plan)


def _following(plan: Plan) -> Work:
    """The job that follows the process that collects a plan."""
    return lambda monitor: (background.wait(plan, monitor), None)


def _scan_summary(scan: Scan) -> str:
    """How a folder was read, what was skipped and what is missing, in Markdown."""
    skipped = [
        f"{count} × {plain(reason)} ({listed([plain(name, 60) for name in scan.skipped.names[reason][:_NAMED]])}"
        f"{', …' if count > _NAMED else ''})"
        for reason, count in scan.skipped.items()
    ]
    parts = [f"Read as {plain(str(scan.layout))}."]
    parts += [f"Skipped: {'; '.join(skipped)}."] if skipped else []
    parts += [f"{len(scan.gone)} covers are missing; their entries are kept."] if scan.gone else []
    return " ".join([*parts, *(sentence(remark) for remark in scan.remarks)])
