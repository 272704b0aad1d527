"""Downloads of a data set (lists, copies in folders) and uploads of tables of artists and albums."""

from functools import partial

import streamlit as st

from covergenre import home
from covergenre.dataset.registry import table_text
from covergenre.exchange.annotate import annotate
from covergenre.exchange.export import as_list, write_folders
from covergenre.files import is_full
from covergenre.formatting import counted, size
from pages.explore.messages import report, report_error, reporting_errors
from pages.explore.workspace import Workspace
from pages.widgets.safe_text import plain, sentence
from pages.widgets.watch import jobs, watch

_LARGEST_TABLE = 50  # MB


def show_exchange(opened: Workspace) -> None:
    """The downloads, and the form for a table."""
    st.header("Download", anchor=False)
    with st.container(horizontal=True, gap="small"):
        _download("Covers in use (CSV)", lambda: as_list(opened.dataset.manifest), opened, "list")
        _download("Whole table (CSV)", lambda: table_text(opened.dataset), opened, "table")
        if opened.dataset.writable:
            _show_folders(opened)
    if opened.dataset.writable:
        _show_table(opened)


def _download(label: str, text, opened: Workspace, what: str) -> None:
    st.download_button(
        label,
        lambda: text().encode(),
        f"{opened.dataset.name}-{what}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _show_folders(opened: Workspace) -> None:
    """Copies of the covers in use in one folder a genre: made on request, then downloaded."""
    name, file = f"folders of {opened.dataset.name}", home.home() / "exports" / f"{opened.dataset.name}.zip"
    job = jobs().get(name, opened.stamp)
    if job and job.running:
        watch(job, "folders")
    elif job and job.state == "done" and file.is_file():
        st.download_button(
            f"Download folders ({size(file.stat().st_size)})",
            file.read_bytes,
            file.name,
            "application/zip",
            icon=":material/folder_zip:",
            type="primary",
            on_click="ignore",
        )
    else:
        st.button("Covers in use (folders)", icon=":material/folder_zip:", key="make-folders", on_click=_make,
                  args=(opened, name, file), help="Copies of your files, in a folder for each genre")  # fmt: skip
        if job and job.error:
            st.caption(sentence(job.error))


def _make(opened: Workspace, name: str, file) -> None:
    if is_full(home.home()):
        report_error("the disk is full: free some space first")
        return
    jobs().start(name, "Copying", partial(write_folders, opened.dataset, file), opened.stamp)


def _show_table(opened: Workspace) -> None:
    """The form for a table of artists and albums, matched by path or file name."""
    st.header("Artists and albums", anchor=False)
    known, covers = int((opened.dataset.manifest["artist"] != "").sum()), len(opened.dataset.manifest)
    st.markdown(
        f"{known:,} of {counted(covers, 'cover')} have an artist. All covers of an artist stay in one part of the "
        "split, so that the test measures what a method knows about genres, not about artists."
    )
    with st.form("annotate", border=False, clear_on_submit=True):
        upload = st.file_uploader(
            "CSV table with the columns path (or file), artist, album and year", type=["csv", "tsv", "txt"],
            max_upload_size=_LARGEST_TABLE,
        )  # fmt: skip
        over = st.checkbox("Replace existing values")
        if st.form_submit_button("Upload table", icon=":material/upload:"):
            _annotate(opened, upload, over)
            st.rerun()


def _annotate(opened: Workspace, upload, over: bool) -> None:
    if upload is None:
        report_error("no table chosen: add a CSV file first")
        return
    with reporting_errors():
        done = annotate(opened.dataset, upload.name, upload.getvalue(), over)
        summary = f"{counted(done.covers, 'cover')} matched, {counted(done.cells, 'cell')} changed."
        remarks = (sentence(remark) for remark in done.remarks)
        report(" ".join([f"{plain(upload.name)}: {summary}", *remarks]), opened.dataset.name)
