"""The data sets that the Explore page has open and the work on them in the background, shared by all visitors."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import NamedTuple, TypeVar

import streamlit as st

from covergenre import home
from covergenre.audit import set_threshold as store_threshold
from covergenre.audit.inspection import Inspection
from covergenre.collection.collection import Collection
from covergenre.collection.predictions import Predictions
from covergenre.collection.sources import dataset_collection, index_stamp
from covergenre.dataset import registry
from covergenre.dataset.registry import Dataset, open_dataset
from covergenre.dataset.thumbnails import known_signatures, make_signatures
from covergenre.embedding.index import EXACT_LIMIT
from covergenre.inspection.indexing import index_dataset
from covergenre.inspection.inspection import inspect_dataset
from covergenre.inspection.overview import Overview, overview
from covergenre.inspection.proposal import Proposal, propose
from covergenre.jobs import Job
from covergenre.runs.record import Run, list_runs
from pages.widgets.watch import jobs

T = TypeVar("T")

_numbers = count(1)


class LastInspection(NamedTuple):
    """An inspection, the stamp of the manifest that it is of, and a number that is new each time."""

    inspection: Inspection | None = None
    stamp: int = 0
    number: int = 0


@dataclass(frozen=True, eq=False)
class Workspace:
    """A data set as the page shows it; the inspection may be of an earlier state of the manifest."""

    dataset: Dataset
    stamp: int
    last: LastInspection
    covers: Collection
    index: int  # the stamp of the index that the covers are compared by

    @property
    def inspection(self) -> Inspection | None:
        """The result of the last inspection since the app started."""
        return self.last.inspection

    @property
    def version(self) -> tuple[int, int]:
        """Changes whenever work in the background has produced something new to show."""
        return self.last.number, self.index

    @property
    def is_current(self) -> bool:
        """Whether the manifest has been inspected as it is now."""
        return self.inspection is not None and self.last.stamp == self.stamp


@st.cache_resource(show_spinner=False)
def inspections() -> dict[str, LastInspection]:
    """The last inspection of each data set, by name."""
    return {}


def open_workspace(name: str) -> Workspace:
    """The data set as it is stored now; CoverGenreError if there is none or it is damaged."""
    stamp = registry.stamp(name)
    dataset = _cached(name, stamp, make=lambda: open_dataset(name))
    last = _last_inspection(name)
    if not dataset.has_pictures and last.stamp != stamp:  # a second, once
        save_inspection(name, stamp, inspect_dataset(dataset))
        last = _last_inspection(name)
    index = index_stamp(dataset)
    covers = _cached(name, stamp, last.number, index, make=lambda: dataset_collection(dataset, last.inspection))
    return Workspace(dataset, stamp, last, covers, index)


def version_of(opened: Workspace) -> tuple[int, int]:
    """The `version` that opening the data set would give now."""
    return _last_inspection(opened.dataset.name).number, index_stamp(opened.dataset)


def save_inspection(name: str, stamp: int, inspection: Inspection) -> None:
    """Keep an inspection, unless the manifest has changed meanwhile."""
    if stamp == registry.stamp(name):
        inspections()[name] = LastInspection(inspection, stamp, next(_numbers))


def was_audited(dataset: Dataset) -> bool:
    """Whether it was audited before, so that another audit costs little."""
    return (dataset.folder / "audit").is_dir()


def start_inspection(opened: Workspace, with_audit: bool) -> None:
    """Make the thumbnails and, `with_audit`, inspect the data set, in the background."""
    dataset, stamp = opened.dataset, opened.stamp

    def work(monitor) -> None:
        make_signatures(dataset, monitor)
        if with_audit:
            save = partial(save_inspection, dataset.name, stamp)
            save(inspect_dataset(dataset, monitor, save))

    title = "Looking for defects" if with_audit else "Reading the covers"
    jobs().start(_job_name(opened), title, work, opened.stamp)


def is_large(opened: Workspace) -> bool:
    """Whether there are so many covers that long work only starts on request."""
    return opened.dataset.writable and len(opened.covers) > EXACT_LIMIT


def start_index(opened: Workspace) -> None:
    """Build the index of the covers, in the background."""
    jobs().start(_job_name(opened), "Building the index", partial(index_dataset, opened.dataset), opened.stamp)


def set_threshold(opened: Workspace, issue: str, threshold: float) -> None:
    """Store from which score on covers are flagged, and inspect the data set again."""
    store_threshold(opened.dataset, issue, threshold)
    jobs().forget(_job_name(opened))
    start_inspection(opened, with_audit=True)


def current_job(opened: Workspace) -> Job | None:
    """The work on the data set as it is now, running or ended: stopped work does not restart by itself."""
    return jobs().get(_job_name(opened), opened.stamp)


def open_overview(opened: Workspace) -> Overview:
    """The figures of a data set; brightness and colours only once the thumbnails are made."""
    looks, dataset = known_signatures(opened.dataset), opened.dataset
    return _cached(
        dataset.name, opened.stamp, "overview", looks is not None, make=lambda: overview(dataset.manifest, looks)
    )


def finished_runs_of(opened: Workspace) -> tuple[str, ...]:
    """The ids of the finished runs on this data set, the newest first."""
    return tuple(
        run.id for run in list_runs() if run.spec.dataset == opened.dataset.name and run.status().state == "done"
    )


def open_predictions(opened: Workspace, run_id: str) -> Predictions:
    """The answers of a run for the covers; CoverGenreError if they can't be read."""
    key = (opened.stamp, opened.last.number, run_id)
    return _cached(opened.dataset.name, *key, make=lambda: Predictions(Run.open(run_id), opened.covers))


def open_proposal(opened: Workspace, issues: tuple[str, ...], spared: frozenset[str]) -> Proposal:
    """The repairs for these issues, except of the covers `spared`; CoverGenreError as `propose`."""
    key = (opened.stamp, opened.last.number, issues, spared)
    return _cached(
        opened.dataset.name, *key, make=lambda: propose(opened.dataset.manifest, opened.inspection, issues, spared)
    )


def _last_inspection(name: str) -> LastInspection:
    return inspections().get(name, LastInspection())


def _job_name(opened: Workspace) -> str:
    return f"work on {opened.dataset.name}"


def _cached(name: str, *key: object, make: Callable[[], T]) -> T:
    """The result of `make` for a data set, shared by all visitors; `key` tells it from other results."""
    return _made_once(str(home.home()), name, key, make)


@st.cache_resource(show_spinner="One moment", max_entries=20)
def _made_once(home_folder: str, name: str, key: tuple[object, ...], _make: Callable[[], T]) -> T:  # noqa: ARG001
    return _make()
