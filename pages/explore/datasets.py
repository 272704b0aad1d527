"""Which data set the Explore page is about, and how one comes there: drawn, scanned, unpacked; renamed and removed."""

import io
from pathlib import Path

import streamlit as st

from covergenre import home
from covergenre.collecting.record import Plan
from covergenre.dataset import registry
from covergenre.dataset.manifest import Scan
from covergenre.dataset.registry import Dataset
from covergenre.dataset.starter import STARTER
from covergenre.demo import build_demo
from covergenre.errors import CoverGenreError
from covergenre.exchange import archive
from covergenre.exchange.roots import allowed_folder, allowed_roots
from covergenre.formatting import counted, listed
from covergenre.jobs import Job, Work
from covergenre.runs.record import dependents_note
from pages.explore import web
from pages.explore.filters import no_filters
from pages.explore.messages import report, report_error, reporting_errors, take_error
from pages.explore.selection import SELECTED
from pages.explore.workspace import Workspace, inspections
from pages.widgets.address import go, settle
from pages.widgets.menus import close, menu
from pages.widgets.safe_text import plain, sentence
from pages.widgets.watch import jobs

NAME = "data"
LARGEST_ZIP = st.get_option("server.maxUploadSize")  # MB; an upload is held in memory

_BRINGING = "bringing a data set"
_OWN = "brought"  # the work that this visitor began
_NEW_NAME, _MANAGE = "new name", "manage"
_ASKING = "asking how to add"  # while the dialog is open
_NAMED = 5  # skipped files that are named
_AUTO = "auto"  # a list takes None for nothing chosen
_LEVELS: dict[int | str, str] = {
    _AUTO: "told from the files",
    0: "the folder that holds the cover",
    1: "the first folder",
    2: "the second folder",
    3: "the third folder",
}
_MISSING = {
    "refuse": "ask, where they are many",
    "keep": "keep what is known of them",
    "forget": "forget them",
}


def choose_dataset() -> str:
    """The name of the chosen data set, or of the starter; "" when there is none and the starter wasn't asked for."""
    known = registry.names(shipped=True)
    if known in ((), (STARTER,)) and STARTER not in (st.session_state.get(NAME), st.query_params.get(NAME)):
        return ""
    settle(NAME, NAME, known)
    return st.selectbox(
        "Data set", known, key=NAME, label_visibility="collapsed", width=240,
        on_change=lambda: _choose(st.session_state[NAME]),
    )  # fmt: skip


def adding_job() -> Job | None:
    """The work that brings a data set, whoever began it; None when there is none under way."""
    job = jobs().get(_BRINGING)
    if job and job.running:
        return job
    plan = web.at_work()  # begun before this server was
    return jobs().start(_BRINGING, f"Collecting {plan.name}", web.work(plan)) if plan else None


def finish() -> None:
    """Work that this visitor began to bring a data set has ended: show that, or say why not."""
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
        _choose(dataset.name)
        words = f"{plain(dataset.name)}: {counted(len(dataset.manifest), 'cover')}."
        report(f"{words} {_said(scan)}" if scan else words, dataset.name)


def _said(scan: Scan) -> str:
    """How a folder was read, what was passed over and what is gone, in Markdown."""
    over = [
        f"{count} × {plain(why)} ({listed([plain(name, 60) for name in scan.skipped.names[why][:_NAMED]])}"
        f"{', ...' if count > _NAMED else ''})"
        for why, count in scan.skipped.items()
    ]
    parts = [f"Read as {plain(str(scan.layout))}."]
    parts += [f"Passed over: {'; '.join(over)}."] if over else []
    parts += [f"{len(scan.gone)} covers are gone; what is known of them is kept."] if scan.gone else []
    return " ".join([*parts, *(sentence(remark) for remark in scan.remarks)])


def show_add_forms() -> None:
    """The ways to come by a data set."""
    demo, folder = st.columns(2, gap="large")
    dropped, collected = st.columns(2, gap="large")
    with demo:
        st.header("The demo", anchor=False)
        st.markdown("Ten genres of invented albums, drawn here in half a minute, with defects to be found among them.")
        if "demo" in registry.names():
            st.caption("A data set called demo already exists.")
        elif st.button("Draw the demo", type="primary", icon=":material/brush:"):
            _draw()
            _close()
    with folder:
        st.header("A folder", anchor=False)
        with st.form("scan", border=False):
            text = st.text_input("Folder of genre folders", placeholder=f"{allowed_roots()[0]}/covers")
            st.caption(f"Below {listed([plain(str(root), 60) for root in allowed_roots()])}. Nothing in it is changed.")
            name = st.text_input("Name", placeholder="mine", max_chars=64)
            level = _choose_level("scan level")
            if st.form_submit_button("Scan", icon=":material/folder_open:"):
                _scan(name, text, level)
                _close()
    with dropped:
        st.header("A ZIP", anchor=False)
        with st.form("zip", border=False):
            upload = st.file_uploader("ZIP of genre folders", type="zip", max_upload_size=LARGEST_ZIP)
            name = st.text_input("Name", placeholder="mine", max_chars=64)
            level = _choose_level("zip level")
            if st.form_submit_button("Unpack", icon=":material/folder_zip:"):
                _unpack(name, upload, level)
                _close()
    with collected:
        st.header("From the web", anchor=False)
        try:
            if plan := web.unfinished() or web.asked():
                _collect(plan)
                _close()
        except CoverGenreError as error:
            st.error(sentence(str(error)))


def _close() -> None:
    """Draw the page anew without the dialog; where something is wrong, say so beside what was typed instead."""
    if why := take_error():
        st.error(why, icon=":material/error:")
    else:
        _ask(False)
        st.rerun()  # by hand, because in a dialog a click runs the dialog alone


def _ask(asking: bool) -> None:
    st.session_state[_ASKING] = asking


def _choose_level(key: str) -> int | None:
    """Draw the choice of the folder that names the genre; None to have it told from the files."""
    chosen = st.selectbox(
        "The genre is",
        list(_LEVELS),
        format_func=_LEVELS.get,
        key=key,
        help="A music library has it in the first folder (Jazz/Miles Davis/Kind of Blue/cover.jpg).",
    )
    return _level(chosen)


def _level(chosen: int | str) -> int | None:
    return None if chosen == _AUTO else int(chosen)


def show_starter() -> None:
    """The way to what is there already."""
    if home.starter().is_dir():
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="shipped"):
            st.markdown("Or look at the starter: the real covers that predictions are based on.", width="content")
            st.button("See the starter", icon=":material/fact_check:", on_click=_choose, args=(STARTER,))


def show_management(opened: Workspace) -> None:
    """Train on it, rescan, rename, remove, and bring another; only the last where the data set can't be changed."""
    if opened.dataset.writable:
        if st.button("Train on this", icon=":material/model_training:"):
            st.switch_page("pages/train/train.py", query_params={"dataset": opened.dataset.name})
        _show_changes(opened.dataset)
    _offer_ways()


def _show_changes(dataset: Dataset) -> None:
    with menu("Manage", _MANAGE, icon=":material/settings:"):
        st.caption(f"{plain(str(dataset.root), 120)}")
        with st.form("rescan", border=False):
            _choose_level("again level")
            st.selectbox("If covers are gone", list(_MISSING), format_func=_MISSING.get, key="if gone")
            st.form_submit_button(
                "Scan again", icon=":material/refresh:", on_click=_rescan, args=(dataset,), width="stretch"
            )
        with st.form("rename", border=False):
            st.text_input("New name", value=dataset.name, max_chars=64, key=f"{_NEW_NAME} {dataset.name}")
            st.form_submit_button(
                "Rename", icon=":material/edit:", width="stretch", on_click=_rename, args=(dataset.name,)
            )
        ours = archive.is_unpacked(dataset)
        _show_removal(
            dataset.name, "The copies unpacked from your ZIP go too." if ours else "Your files stay.", dataset
        )


def show_damaged(name: str) -> None:
    """What can be done where the data set is damaged: forget it, and bring another."""
    if name != STARTER:
        with menu("Manage", _MANAGE, icon=":material/settings:"):
            _show_removal(name, "Its covers stay as they are.")
    _offer_ways()


def _show_removal(name: str, consequence: str, dataset: Dataset | None = None) -> None:
    """Remove the data set, once that was confirmed."""
    if said := dependents_note(name):
        st.warning(plain(said, 400), icon=":material/warning:")
    sure = st.checkbox(f"Forget its scan, splits, audit and repairs. {consequence}", key=f"sure {name}")
    st.button(
        "Remove", icon=":material/delete:", on_click=_remove, args=(name, dataset), disabled=not sure, width="stretch"
    )


def _offer_ways() -> None:
    """The way to the dialog, which stays when the page is drawn anew because some work has ended."""
    st.button("Add", icon=":material/add:", on_click=_ask, args=(True,))
    if st.session_state.get(_ASKING):
        _ask_ways()


@st.dialog("Add a data set", width="large", on_dismiss=lambda: _ask(False))
def _ask_ways() -> None:
    show_add_forms()


def _choose(name: str) -> None:
    """Show another data set, without the filters and the cover of this one."""
    go(**{**no_filters(), SELECTED: "", "open": "", "groups": "", NAME: name})


def _start(title: str, work: Work) -> None:
    if adding_job():
        report_error("another data set is being brought just now: wait until it is there, or stop it")
    else:
        st.session_state[_OWN] = jobs().start(_BRINGING, title, work)


def _draw() -> None:
    _start("Drawing the demo", lambda report, should_stop: (build_demo(report, should_stop), None))


def _scan(name: str, text: str, level: int | None) -> None:
    with reporting_errors():
        _start("Scanning", _registering(name.strip() or "mine", allowed_folder(text), level))


def _rescan(dataset: Dataset) -> None:
    close(_MANAGE)
    chosen = st.session_state
    _start("Scanning again", _registering(dataset.name, dataset.root, _level(chosen["again level"]), chosen["if gone"]))


def _registering(name: str, root: Path, level: int | None, missing: registry.Missing = "refuse") -> Work:
    return lambda report, should_stop: registry.register(name, root, report, should_stop, level, missing)


def _unpack(name: str, upload, level: int | None) -> None:
    if upload is None:
        report_error("no ZIP was dropped: drop one first")
        return
    data = io.BytesIO(upload.getvalue())

    def work(report, should_stop):
        return archive.register_archive(name.strip() or "mine", data, report, should_stop, level)

    _start("Unpacking", work)


def _collect(plan: Plan) -> None:
    if not adding_job():
        _start(f"Collecting {plan.name}", web.work(plan))


def _rename(old: str) -> None:
    new = st.session_state[f"{_NEW_NAME} {old}"].strip()
    if old == new:
        return
    close(_MANAGE)
    with reporting_errors():
        registry.rename(old, new)
        inspections().pop(old, None)
        go(**{NAME: new})


def _remove(name: str, dataset: Dataset | None) -> None:
    close(_MANAGE)
    with reporting_errors():
        registry.remove(name)
        if dataset:
            archive.discard(dataset)
    inspections().pop(name, None)
    _choose("")
