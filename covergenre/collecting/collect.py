"""Collecting a data set of real covers by genre tags.

For each genre, pages of albums are requested from MusicBrainz, and the front cover of each suitable one from the Cover
Art Archive, until there are enough. An album with tags of two genres is left out, and only a few are taken of one
artist, so that the data set can be split by artist. Pictures are decoded with the same checks as uploads.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from covergenre import images
from covergenre.collecting.background import recording
from covergenre.collecting.genres import rejection_reason
from covergenre.collecting.musicbrainz import Album, find_albums
from covergenre.collecting.record import SOURCE, Attempt, Journal, Plan
from covergenre.collecting.sources import coverart, open_web
from covergenre.dataset.csv_file import write_csv
from covergenre.dataset.registry import Dataset, register
from covergenre.errors import BadDataset, BadImage, Cancelled, Refused
from covergenre.files import replace_bytes
from covergenre.progress import SILENT, Monitor
from covergenre.web import Web

LICENCE = "the artwork belongs to its owners; the data about it is CC0 (MusicBrainz)"
"""Written beside every cover that is collected."""

_FEWEST_PIXELS = 64  # a side; smaller pictures are placeholders
_COLUMNS = ("path", "artist", "album", "year", "source_id", "image_url", "page_url", "licence", "collected")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Collected:
    """The result: the data set, the number of covers by genre, and the albums without a cover."""

    dataset: Dataset
    covers: Mapping[str, int]
    failures: tuple[Attempt, ...]

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many albums have no cover for which reason."""
        return Counter(failure.reason for failure in self.failures)


def collect(plan: Plan, monitor: Monitor = SILENT) -> Collected:
    """Collect the covers of a plan and register them as a data set; called again, it continues where it stopped.

    There are fewer covers where the source has no more. Raises CoverGenreError when another process collects under that
    name, ConnectionLost when a source can't be reached (covers are kept), BadDataset without any cover, and Cancelled.
    """
    plan.prepare()
    return carry_out(plan, monitor)


def carry_out(plan: Plan, monitor: Monitor = SILENT) -> Collected:
    """Collect the covers of a plan that was prepared; as `collect`."""
    with plan.at_work(), recording(plan, monitor) as recorder:
        collected = _collect(plan, recorder.monitor)
        recorder.reasons = Counter(collected.reasons).most_common()
    return collected


def _collect(plan: Plan, monitor: Monitor) -> Collected:
    with open_web(monitor) as web:
        journal = Journal(plan)
        try:
            _fetch_all(plan, journal, web, monitor)
        finally:
            _write_table(plan, journal)
    covers = {genre: len(journal.kept(genre)) for genre in plan.genres}
    if not any(covers.values()):
        reasons = Counter(failure.reason for failure in journal.failures()).most_common(1)
        why = f"{reasons[0][0]} ({reasons[0][1]} times)" if reasons else "the source has no such albums"
        raise BadDataset(f"no cover of {', '.join(plan.genres)} could be collected: {why}")
    dataset, _ = register(plan.name, plan.folder, monitor)
    return Collected(dataset, covers, journal.failures())


def _fetch_all(plan: Plan, journal: Journal, web: Web, monitor: Monitor) -> None:
    done = 0
    for number, genre in enumerate(plan.genres):
        try:
            for got in _fetch_genre(plan, journal, web, genre):
                monitor.check()
                monitor.report(done + got, plan.total, f"collecting {genre}")
        except (Cancelled, KeyboardInterrupt) as stop:
            kept = sum(len(journal.kept(one)) for one in plan.genres)
            told = f"stopped with {kept} of {plan.total} covers; they are kept, and it can be resumed"
            raise Cancelled(told) from stop
        done = plan.per_genre * (number + 1)  # a genre that has no more counts as done
    monitor.report(plan.total, plan.total, "collecting")


def _fetch_genre(plan: Plan, journal: Journal, web: Web, genre: str) -> Iterator[int]:
    """Fetch covers of a genre; yields how many there are, before each album."""
    taken = Counter(_artist(album) for album in journal.kept(genre))
    for album in _albums(journal, web, genre):
        got = taken.total()
        if got >= plan.per_genre:
            return
        yield got
        if album.id in journal.tried or taken[_artist(album)] >= plan.per_artist:
            continue
        reason = rejection_reason(genre, album.tags, album.types) or _picture(plan, journal, web, genre, album)
        journal.add(Attempt(genre, album.id, reason, f"{datetime.now(UTC):%Y-%m-%d}"))
        if not reason:
            taken[_artist(album)] += 1
    yield taken.total()


def _albums(journal: Journal, web: Web, genre: str) -> Iterator[Album]:
    """The albums of a genre: those on record first, then further pages from the source."""
    position = 0
    while True:
        while position < len(journal.albums[genre]):
            yield journal.albums[genre][position]
            position += 1
        offset, total = journal.offsets[genre], journal.totals[genre]
        if total is not None and offset >= total:
            return
        page = find_albums(web, genre, offset)
        came = len(page.albums) + page.skipped
        # An empty page ends the list, whatever its total says.
        journal.add_page(genre, page.albums, offset + came, page.total if came else offset)


def _picture(plan: Plan, journal: Journal, web: Web, genre: str, album: Album) -> str:
    """Fetch the cover of an album; "" or why there is none."""
    file = journal.picture(genre, album.id)
    if file.exists():  # the process was killed between writing the picture and its record
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
    """Write the metadata of the covers where a scan finds it."""
    rows = []
    for genre in plan.genres:
        for album in journal.kept(genre):
            path = journal.picture(genre, album.id).relative_to(plan.folder).as_posix()
            page, collected = f"https://musicbrainz.org/release-group/{album.id}", journal.tried[album.id].collected
            known = (path, album.artist, album.title, album.year or "")
            rows.append((*known, f"{SOURCE}:{album.id}", _front(plan, album), page, LICENCE, collected))
    write_csv(plan.folder / "manifest.csv", _COLUMNS, rows)
