"""Collecting: from tags to a data set of real covers.

Genre by genre a page of albums is asked of MusicBrainz, and the front picture of each that fits of the Cover Art
Archive, until there are enough. An album that carries the tags of two genres is left out, and of one artist only a few
are taken, so that a split has something to hold apart. Every picture goes through `images` like an upload.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from filelock import Timeout

from covergenre import images
from covergenre.collecting.genres import why_not
from covergenre.collecting.musicbrainz import Album, find_albums
from covergenre.collecting.record import SOURCE, Attempt, Journal, Plan, save_plan
from covergenre.collecting.sources import coverart, open_web
from covergenre.dataset.csv_file import write_csv
from covergenre.dataset.registry import Dataset, register
from covergenre.errors import BadDataset, BadImage, Cancelled, CoverGenreError, Refused
from covergenre.files import replace_bytes
from covergenre.progress import SILENT, Monitor
from covergenre.web import Web

LICENCE = "the artwork belongs to its owners; the data about it is CC0 (MusicBrainz)"
"""Written beside every cover that is collected."""

LOCK_IS_TRIED = 1.0  # seconds; whoever looks whether a plan is collected holds its lock for a moment

_FEWEST_PIXELS = 64  # a side; what is smaller is a stand-in
_COLUMNS = ("path", "artist", "album", "year", "source_id", "image_url", "page_url", "licence", "collected")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Collected:
    """What came of a plan: the data set, covers by genre, and pictures that weren't got, by reason."""

    dataset: Dataset
    covers: Mapping[str, int]
    failures: tuple[Attempt, ...]

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many pictures weren't got for which reason."""
        return Counter(failure.reason for failure in self.failures)


def collect(plan: Plan, monitor: Monitor = SILENT) -> Collected:
    """Bring the covers of a plan and register them as a data set; called again, go on where it stopped.

    Fewer come where the source has no more. Raises CoverGenreError when another process collects under that name;
    ConnectionLost when the source can't be reached (what came is kept); BadDataset when nothing came; Cancelled.
    """
    save_plan(plan)
    try:
        with plan.lock.acquire(timeout=LOCK_IS_TRIED), open_web(monitor) as web:
            journal = Journal(plan)
            try:
                _fetch_all(plan, journal, web, monitor)
            finally:
                _write_table(plan, journal)
    except Timeout as error:
        raise CoverGenreError(f"another process collects {plan.name}: wait for it, or stop it") from error
    covers = {genre: len(journal.kept(genre)) for genre in plan.genres}
    if not any(covers.values()):
        raise BadDataset(f"no cover of {', '.join(plan.genres)} could be had: {_most_common(journal.failures())}")
    dataset, _ = register(plan.name, plan.folder, monitor)
    return Collected(dataset, covers, journal.failures())


def _fetch_all(plan: Plan, journal: Journal, web: Web, monitor: Monitor) -> None:
    total = plan.per_genre * len(plan.genres)
    done = 0
    for number, genre in enumerate(plan.genres):
        try:
            for got in _fetch_genre(plan, journal, web, genre):
                monitor.check()
                monitor.report(done + got, total, f"collecting {genre}")
        except Cancelled as stop:
            kept = sum(len(journal.kept(one)) for one in plan.genres)
            raise Cancelled(f"stopped with {kept} of {total} covers; they are kept, and it can go on") from stop
        done = plan.per_genre * (number + 1)  # a genre that has no more counts as done
    monitor.report(total, total, "collecting")


def _fetch_genre(plan: Plan, journal: Journal, web: Web, genre: str) -> Iterator[int]:
    """Bring covers of a genre; how many there are, after each album."""
    taken = Counter(_artist(album) for album in journal.kept(genre))
    for album in _albums(journal, web, genre):
        got = taken.total()
        if got >= plan.per_genre:
            return
        yield got
        if album.id in journal.tried or taken[_artist(album)] >= plan.per_artist:
            continue
        reason = why_not(genre, album.tags, album.types) or _picture(plan, journal, web, genre, album)
        journal.add(Attempt(genre, album.id, reason, f"{datetime.now(UTC):%Y-%m-%d}"))
        if not reason:
            taken[_artist(album)] += 1
    yield taken.total()


def _albums(journal: Journal, web: Web, genre: str) -> Iterator[Album]:
    """The albums of a genre: those known first, then page by page what else there is."""
    position = 0
    while True:
        while position < len(journal.albums[genre]):
            yield journal.albums[genre][position]
            position += 1
        asked, total = journal.asked[genre], journal.totals[genre]
        if total is not None and asked >= total:
            return
        page = find_albums(web, genre, asked)
        came = len(page.albums) + page.skipped
        # A page that holds nothing ends the list, whatever its total says.
        journal.add_page(genre, page.albums, asked + came, page.total if came else asked)


def _picture(plan: Plan, journal: Journal, web: Web, genre: str, album: Album) -> str:
    """Bring the picture of an album; "" or why there is none."""
    file = journal.picture(genre, album.id)
    if file.exists():  # its process ended between the picture and its line
        return ""
    try:
        answer = web.get(_front(plan, album), images.MAX_BYTES)
        if answer.status == 404:
            return "no cover at the source"
        decoded = images.decode(answer.body)
    except (Refused, BadImage) as error:
        return str(error)
    if min(decoded.width, decoded.height) < _FEWEST_PIXELS:
        return f"a picture of less than {_FEWEST_PIXELS} px"
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_bytes(file, answer.body)
    return ""


def _front(plan: Plan, album: Album) -> str:
    return f"{coverart().base}/release-group/{album.id}/front-{plan.size}"


def _artist(album: Album) -> str:
    return album.artist_id or album.artist.casefold()


def _write_table(plan: Plan, journal: Journal) -> None:
    """What is known of the covers that came, where a scan finds it."""
    rows = []
    for genre in plan.genres:
        for album in journal.kept(genre):
            path = journal.picture(genre, album.id).relative_to(plan.folder).as_posix()
            page, collected = f"https://musicbrainz.org/release-group/{album.id}", journal.tried[album.id].collected
            known = (path, album.artist, album.title, album.year or "")
            rows.append((*known, f"{SOURCE}:{album.id}", _front(plan, album), page, LICENCE, collected))
    write_csv(plan.folder / "manifest.csv", _COLUMNS, rows)


def _most_common(failures: tuple[Attempt, ...]) -> str:
    reasons = Counter(failure.reason for failure in failures).most_common(1)
    return f"{reasons[0][0]} ({reasons[0][1]} times)" if reasons else "the source has no such albums"
