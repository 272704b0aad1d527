"""What the Explore page has opened, shared by all visitors: data sets, what was found in them, and work under way."""

import threading
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd
import streamlit as st

from covergenre import home
from covergenre.audit import choose_threshold
from covergenre.audit.examined import Examined
from covergenre.collection.collection import Collection
from covergenre.collection.predictions import Predictions
from covergenre.collection.sources import dataset_collection
from covergenre.dataset import registry
from covergenre.dataset.registry import Dataset, open_dataset
from covergenre.dataset.thumbnails import known_looks, look
from covergenre.inspection.examine import examine
from covergenre.inspection.overview import Overview, overview
from covergenre.jobs import Job
from covergenre.runs.record import Run, list_runs
from pages.widgets.watch import jobs


class Found(NamedTuple):
    """An examination, the stamp of the manifest that it is about, and its number."""

    examined: Examined | None = None
    stamp: int = 0
    number: int = 0


class Examinations:
    """The latest examination of each data set, by name."""

    def __init__(self) -> None:
        self._found: dict[str, Found] = {}
        self._lock = threading.Lock()
        self._count = 0

    def put(self, name: str, stamp: int, examined: Examined) -> None:
        """Keep what was found, unless the manifest has changed meanwhile."""
        with self._lock:
            if stamp != registry.stamp(name):
                return
            self._count += 1
            self._found[name] = Found(examined, stamp, self._count)

    def get(self, name: str) -> Found:
        """What was found last."""
        return self._found.get(name, Found())

    def drop(self, name: str) -> None:
        """Forget a data set."""
        with self._lock:
            self._found.pop(name, None)


@dataclass(frozen=True, eq=False)
class Opened:
    """A data set as the page shows it; what was found may be about the manifest as it was a moment ago."""

    dataset: Dataset
    stamp: int
    found: Found
    covers: Collection

    @property
    def examined(self) -> Examined | None:
        """What was found in it, if it was looked through since the app started."""
        return self.found.examined

    @property
    def fresh(self) -> bool:
        """Whether that is about the manifest as it is now."""
        return self.found.examined is not None and self.found.stamp == self.stamp


@st.cache_resource(show_spinner=False)
def examinations() -> Examinations:
    """What was found."""
    return Examinations()


def open_named(name: str) -> Opened:
    """The data set as it is stored now; CoverGenreError when there is none, or it is damaged."""
    stamp = registry.stamp(name)
    dataset = _dataset(str(home.home()), name, stamp)
    if not dataset.has_pictures and examinations().get(name).stamp != stamp:  # a second, once
        examinations().put(name, stamp, examine(dataset))
    found = examinations().get(name)
    covers = _covers(str(home.home()), name, stamp, found.number, found.examined)
    return Opened(dataset, stamp, found, covers)


def was_audited(dataset: Dataset) -> bool:
    """Whether it was audited before, so that it costs little to do so again."""
    return (dataset.folder / "audit").is_dir()


def begin(opened: Opened, with_audit: bool) -> None:
    """Make the small pictures and, `with_audit`, examine the data set, in the background."""
    dataset, stamp = opened.dataset, opened.stamp

    def work(report, should_stop) -> None:
        look(dataset, report, should_stop)
        if with_audit:
            keep = lambda examined: examinations().put(dataset.name, stamp, examined)  # noqa: E731
            keep(examine(dataset, report, should_stop, keep))

    title = "Looking for defects" if with_audit else "Looking at the covers"
    jobs().start(_work_name(opened), title, work, opened.stamp)


def flag_from(opened: Opened, issue: str, threshold: float) -> None:
    """Flag covers from another score on, which is kept with the data set, and examine it anew."""
    choose_threshold(opened.dataset, issue, threshold)
    jobs().forget(_work_name(opened))
    begin(opened, with_audit=True)


def work_on(opened: Opened) -> Job | None:
    """The work on a data set as it is now, under way or ended: what was stopped isn't begun again by itself."""
    return jobs().get(_work_name(opened), opened.stamp)


def open_overview(opened: Opened) -> Overview:
    """The figures of a data set; without looks while those are not there."""
    looks = known_looks(opened.dataset)
    return _overview(str(home.home()), opened.dataset.name, opened.stamp, looks is not None, opened.dataset, looks)


def runs_of(opened: Opened) -> tuple[str, ...]:
    """The ids of the runs on this data set that are done, the newest first."""
    return tuple(
        run.id for run in list_runs() if run.spec.dataset == opened.dataset.name and run.status().state == "done"
    )


def open_predictions(opened: Opened, run_id: str) -> Predictions:
    """What a run took the covers for; CoverGenreError when that can't be read."""
    return _predictions(str(home.home()), run_id, opened.dataset.name, opened.stamp, opened.found.number, opened.covers)


def _work_name(opened: Opened) -> str:
    return f"work on {opened.dataset.name}"


@st.cache_resource(show_spinner="Opening the data set", max_entries=4)
def _dataset(home_folder: str, name: str, stamp: int) -> Dataset:  # noqa: ARG001 (they tell a changed one)
    return open_dataset(name)


@st.cache_resource(show_spinner=False, max_entries=4)
def _covers(
    home_folder: str,
    name: str,
    stamp: int,
    number: int,  # noqa: ARG001 (tells what was found since)
    _examined: Examined | None,
) -> Collection:
    return dataset_collection(_dataset(home_folder, name, stamp), _examined)


@st.cache_resource(show_spinner=False, max_entries=4)
def _overview(
    home_folder: str,  # noqa: ARG001
    name: str,  # noqa: ARG001
    stamp: int,  # noqa: ARG001
    looked: bool,  # noqa: ARG001
    _dataset: Dataset,
    _looks: pd.DataFrame | None,
) -> Overview:
    return overview(_dataset.manifest, _looks)


@st.cache_resource(show_spinner=False, max_entries=8)
def _predictions(
    home_folder: str,  # noqa: ARG001
    run_id: str,
    name: str,  # noqa: ARG001
    stamp: int,  # noqa: ARG001
    number: int,  # noqa: ARG001
    _covers: Collection,
) -> Predictions:
    return Predictions(Run.open(run_id), _covers)
