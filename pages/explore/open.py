"""What the Explore page has opened, shared by all visitors: data sets, what was found in them, and work under way."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import NamedTuple, TypeVar

import streamlit as st

from covergenre import home
from covergenre.audit import set_threshold
from covergenre.audit.inspection import Inspection
from covergenre.collection.collection import Collection
from covergenre.collection.predictions import Predictions
from covergenre.collection.sources import dataset_collection, index_stamp
from covergenre.dataset import registry
from covergenre.dataset.registry import Dataset, open_dataset
from covergenre.dataset.thumbnails import known_looks, look
from covergenre.embedding.many import EXACT
from covergenre.inspection.indexing import index_dataset
from covergenre.inspection.inspection import inspect_dataset
from covergenre.inspection.overview import Overview, overview
from covergenre.inspection.proposal import Proposal, propose
from covergenre.jobs import Job
from covergenre.runs.record import Run, list_runs
from pages.widgets.watch import jobs

T = TypeVar("T")

_numbers = count(1)


class Found(NamedTuple):
    """An examination, the stamp of the manifest that it is about, and its number."""

    examined: Inspection | None = None
    stamp: int = 0
    number: int = 0


@dataclass(frozen=True, eq=False)
class Opened:
    """A data set as the page shows it; what was found may be about the manifest as it was a moment ago."""

    dataset: Dataset
    stamp: int
    found: Found
    covers: Collection
    index: int  # the stamp of the index that the covers are compared by

    @property
    def examined(self) -> Inspection | None:
        """What was found in it, if it was looked through since the app started."""
        return self.found.examined

    @property
    def news(self) -> tuple[int, int]:
        """What is another once its work has brought something that is not shown yet."""
        return self.found.number, self.index

    @property
    def fresh(self) -> bool:
        """Whether that is about the manifest as it is now."""
        return self.found.examined is not None and self.found.stamp == self.stamp


@st.cache_resource(show_spinner=False)
def examinations() -> dict[str, Found]:
    """The latest examination of each data set, by name."""
    return {}


def keep_examined(name: str, stamp: int, examined: Inspection) -> None:
    """Keep what was found in a data set, unless its manifest has changed meanwhile."""
    if stamp == registry.stamp(name):
        examinations()[name] = Found(examined, stamp, next(_numbers))


def latest(name: str) -> Found:
    """What was found last in a data set."""
    return examinations().get(name, Found())


def open_named(name: str) -> Opened:
    """The data set as it is stored now; CoverGenreError when there is none, or it is damaged."""
    stamp = registry.stamp(name)
    dataset = _of(name, stamp, make=lambda: open_dataset(name))
    found = latest(name)
    if not dataset.has_pictures and found.stamp != stamp:  # a second, once
        keep_examined(name, stamp, inspect_dataset(dataset))
        found = latest(name)
    index = index_stamp(dataset)
    covers = _of(name, stamp, found.number, index, make=lambda: dataset_collection(dataset, found.examined))
    return Opened(dataset, stamp, found, covers, index)


def news_of(opened: Opened) -> tuple[int, int]:
    """What work has brought about a data set by now, to compare with the `news` that are shown."""
    return latest(opened.dataset.name).number, index_stamp(opened.dataset)


def was_audited(dataset: Dataset) -> bool:
    """Whether it was audited before, so that it costs little to do so again."""
    return (dataset.folder / "audit").is_dir()


def begin(opened: Opened, with_audit: bool) -> None:
    """Make the small pictures and, `with_audit`, inspect the data set, in the background."""
    dataset, stamp = opened.dataset, opened.stamp

    def work(report, should_stop) -> None:
        look(dataset, report, should_stop)
        if with_audit:
            keep = partial(keep_examined, dataset.name, stamp)
            keep(inspect_dataset(dataset, report, should_stop, keep))

    title = "Looking for defects" if with_audit else "Looking at the covers"
    jobs().start(_work_name(opened), title, work, opened.stamp)


def is_many(opened: Opened) -> bool:
    """Whether the covers are so many that nothing long is begun by itself."""
    return opened.dataset.writable and len(opened.covers) > EXACT


def begin_index(opened: Opened) -> None:
    """Make the index of the covers, in the background."""
    make = partial(index_dataset, opened.dataset)
    jobs().start(_work_name(opened), "Making the index", make, opened.stamp)


def flag_from(opened: Opened, issue: str, threshold: float) -> None:
    """Flag covers from another score on, which is kept with the data set, and inspect it again."""
    set_threshold(opened.dataset, issue, threshold)
    jobs().forget(_work_name(opened))
    begin(opened, with_audit=True)


def work_on(opened: Opened) -> Job | None:
    """The work on a data set as it is now, under way or ended: what was stopped isn't begun again by itself."""
    return jobs().get(_work_name(opened), opened.stamp)


def open_overview(opened: Opened) -> Overview:
    """The figures of a data set; without looks while those are not there."""
    looks, dataset = known_looks(opened.dataset), opened.dataset
    return _of(
        dataset.name, opened.stamp, "overview", looks is not None, make=lambda: overview(dataset.manifest, looks)
    )


def runs_of(opened: Opened) -> tuple[str, ...]:
    """The ids of the runs on this data set that are done, the newest first."""
    return tuple(
        run.id for run in list_runs() if run.spec.dataset == opened.dataset.name and run.status().state == "done"
    )


def open_predictions(opened: Opened, run_id: str) -> Predictions:
    """What a run took the covers for; CoverGenreError when that can't be read."""
    about = (opened.stamp, opened.found.number, run_id)
    return _of(opened.dataset.name, *about, make=lambda: Predictions(Run.open(run_id), opened.covers))


def open_proposal(opened: Opened, issues: tuple[str, ...], spared: frozenset[str]) -> Proposal:
    """The repairs for these issues, without those of the covers that are spared; CoverGenreError as `propose`."""
    about = (opened.stamp, opened.found.number, issues, spared)
    return _of(
        opened.dataset.name, *about, make=lambda: propose(opened.dataset.manifest, opened.examined, issues, spared)
    )


def _work_name(opened: Opened) -> str:
    return f"work on {opened.dataset.name}"


def _of(name: str, *about: object, make: Callable[[], T]) -> T:
    """What `make` gives for a data set as it is now, made once for all visitors; `about` tells it from other things."""
    return _kept(str(home.home()), name, about, make)


@st.cache_resource(show_spinner="One moment", max_entries=20)
def _kept(home_folder: str, name: str, about: tuple[object, ...], _make: Callable[[], T]) -> T:  # noqa: ARG001
    return _make()
