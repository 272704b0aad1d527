"""Covers that can be filtered, searched by name, paged through, and compared with each other.

Covers go by their row. Plain arrays are fast enough up to about 100,000 covers (`benchmarks/scale.py`); the vectors of
more lie in a memory-mapped file, with an index (see `disk_index`).
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from PIL import Image

from covergenre import images
from covergenre.audit import Audit
from covergenre.collection.filters import EVERYTHING, Filters
from covergenre.collection.findings import Findings
from covergenre.collection.name_search import NameSearch, normalize
from covergenre.collection.table import CoverTable, Neighbour
from covergenre.dataset.registry import Dataset
from covergenre.embedding.index import EXACT_LIMIT, FlatIndex, IndexStats, IVFIndex, unit
from covergenre.errors import BadDataset, BadImage, CoverGenreError
from covergenre.images.palette import Palette, Swatch
from covergenre.repair.repair import tags_of
from covergenre.vectors import batches, smallest

Among = Literal["all", "same", "other"]
"""Which neighbours count: of every genre, of the cover's own only, of other genres only."""

TYPICAL = "typical"
"""The order of a search: the best match first, then covers that have a name, then the most typical of each genre."""

SOFT_SIDE = 48
"""The side in pixels of a picture drawn from a signature."""

_BATCH = 2**15  # covers
_CENTRE_SAMPLE = 50_000  # about so many covers give the centres of genres, of more than are compared one by one
_TIES = 12  # covers beyond those asked for that may be as similar as the last of them
_AWAY = 0.6  # the weight of covers to move away from; 1 would be that of covers to move towards


@runtime_checkable
class Projection(Protocol):
    """Takes vectors to the space in which neighbours are compared: a head of nearest neighbours, or a `Space`."""

    def project(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors (n, d) to float32 (n, e)."""


class Collection(CoverTable):
    """Covers by row, with what is known of them. Thread-safe."""

    def __init__(
        self,
        covers: pd.DataFrame,
        vectors: np.ndarray | None = None,
        projection: Projection | None = None,
        rows: np.ndarray | None = None,
        dataset: Dataset | None = None,
        report: Audit | None = None,
        index: IVFIndex | None = None,
    ) -> None:
        """`covers`: as `CoverTable` takes them, from `dataset`, with the `report` of its audit.

        `vectors` (m, e) are projected already; `projection` does that to others. `rows` (m,): the row that each belongs
        to, -1 where that cover is gone; None when every cover has one, in order. `index`: of the vectors, where they
        are too many to be compared one by one; they may be memory-mapped then.
        """
        super().__init__(covers)
        self.dataset = dataset
        self.vectors = vectors
        self.rows = np.arange(0 if vectors is None else len(vectors)) if rows is None else rows
        self._projection = projection
        self._ivf = index
        self._codes = {name: _factorize(covers[name]) for name in ("genre", "source", "part")}
        self.genre_of, self.genres = self._codes["genre"]
        self.sources, self.parts = self._codes["source"][1], self._codes["part"][1]
        self.states = tuple(dict.fromkeys(self.state_of.tolist()))
        self.year_of = pd.to_numeric(covers["year"], errors="coerce").to_numpy(np.float64, na_value=np.nan)
        self.findings = Findings(report, self.paths, self.is_used) if report else None

    @cached_property
    def units(self) -> np.ndarray:
        """The vectors at length 1: float32 (m, e)."""
        return unit(self._vectors)

    @cached_property
    def named(self) -> np.ndarray:
        """Which covers have an artist or an album: bool (n,)."""
        return np.asarray(self.column("artist") != "") | np.asarray(self.column("album") != "")

    @property
    def index_stats(self) -> IndexStats | None:
        """Of the index; None where covers are compared one by one."""
        return self._ivf.stats if self._ivf else None

    @property
    def years(self) -> tuple[int, int] | None:
        """The first and the last known year; None when none is known."""
        known = self.year_of[~np.isnan(self.year_of)]
        return (int(known.min()), int(known.max())) if len(known) else None

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The tags that covers have, sorted."""
        return tuple(sorted(set().union(*self._tags[1])))

    def tags_of(self, row: int) -> tuple[str, ...]:
        """The tags of a cover, sorted."""
        codes, sets = self._tags
        return tuple(sorted(sets[codes[row]]))

    def part_of(self, rows: np.ndarray) -> np.ndarray:
        """The parts of the split that covers are in: texts (n,)."""
        codes, names = self._codes["part"]
        return np.array(names, dtype=str)[codes[rows]]

    def colours(self, rows: np.ndarray) -> tuple[Swatch, ...]:
        """The colours of covers; none where no signature is known."""
        return self._palette.swatches([self.signatures[row] for row in rows])

    def file(self, row: int) -> Path | None:
        """The file of a cover: its own, or one of the same picture in another data set; None when there is none."""
        try:
            own = self.dataset.file(self.paths[row]) if self.dataset and self.dataset.has_pictures else None
        except BadDataset:
            return None
        return own if own and own.is_file() else self.files([row])[0]

    def picture(self, row: int) -> Image.Image | None:
        """A cover, or a soft tile of its colours where its file is gone; None where neither is known."""
        file, signature = self.file(row), self.signatures[row]
        try:
            if file:
                return images.decode(images.read(file)).image
            return images.draw_signature(signature, SOFT_SIDE) if signature else None
        except BadImage:
            return None

    def find(self, filters: Filters = EVERYTHING, text: str = "", order: str = "") -> np.ndarray:
        """The rows, int64, of covers that pass the filters and whose name holds every word of `text`, in any case.

        The name is artist, album, source, and number or file. `order`: "" for that of the table, or of the issue that
        filters; `TYPICAL`; or an issue of the audit, the worst first and those without a score last.
        """
        names = self._name_search  # so that it is built by the time somebody searches
        passing, words = self.passing(filters), normalize(text).split()
        rows = np.flatnonzero(passing)
        if filters.issue:
            flagged = self.findings.flagged(filters.issue) if self.findings else []
            rows = np.array([row for row in self.rows_of(flagged) if passing[row]], np.int64)
        if words:
            rows = rows[names.result().matches(words, rows)]
        if order == TYPICAL:
            chosen = np.zeros(len(self), bool)
            chosen[rows] = True
            rows = self._by_typicality[chosen[self._by_typicality]]
            if words:
                whole = names.result().matches([f" {word}" for word in words], rows)
                rows = np.concatenate([rows[whole], rows[~whole]])
        elif order and self.findings:
            scores = self.findings.scores(order)[rows]
            rows = rows[np.argsort(np.where(np.isnan(scores), 1, -scores), kind="stable")]
        return rows

    def suggest_spelling(self, text: str) -> str:
        """`text` with each unknown word replaced by the most similar known one; "" where there is none."""
        return self._name_search.result().suggest(text)

    def page(self, rows: np.ndarray, start: int, n: int) -> tuple[Neighbour, ...]:
        """`n` of the covers in these rows, from the one at `start` on.

        `similarity` is that to the centre of their genre, or 1 where not every cover has a vector.
        """
        shown = rows[start : start + n]
        if len(self.rows) == len(self):
            centres = self._centres[self.genre_of[shown]]
            near = np.einsum("nd,nd->n", unit(self._vectors[self._vector_of[shown]]), centres)
        else:
            near = np.ones(len(shown))
        return self.covers(list(zip(shown.tolist(), near.tolist(), strict=True)))

    def counts(self, by: Literal["genre", "source", "part"], filters: Filters = EVERYTHING) -> dict[str, int]:
        """The number of covers that pass the filters, by genre, source or part."""
        codes, names = self._codes[by]
        found = np.bincount(codes[self.passing(filters)], minlength=len(names))
        return dict(zip(names, found.tolist(), strict=True))

    def random_row(self, rng: np.random.Generator, filters: Filters = EVERYTHING) -> int | None:
        """The row of a random cover; None when none passes the filters."""
        rows = np.flatnonzero(self.passing(filters))
        return int(rng.choice(rows)) if len(rows) else None

    def nearest(
        self, vector: np.ndarray, k: int, filters: Filters = EVERYTHING, most: bool = True
    ) -> list[tuple[int, float]]:
        """The rows and similarities of the `k` covers most similar (least, without `most`) to a projected vector (e,),
        in order."""
        return self._extreme(unit(vector[None])[0], self.passing(filters), k, most)

    def like(
        self, row: int, k: int, filters: Filters = EVERYTHING, among: Among = "all", most: bool = True
    ) -> list[tuple[int, float]]:
        """As `nearest`, for the cover in a row, without covers of the same pixels; [] where it has no vector."""
        own = np.flatnonzero(self.rows == row)
        if not len(own):
            return []
        passing = self.passing(filters) & (self.hashes != self.hashes[row])
        if among != "all":
            passing &= (self.genre_of == self.genre_of[row]) == (among == "same")
        return self._extreme(unit(self._vectors[own[:1]])[0], passing, k, most)

    def between(
        self, like: Sequence[int], unlike: Sequence[int] = (), k: int = 24, filters: Filters = EVERYTHING
    ) -> list[tuple[int, float]]:
        """As `nearest`, for the mean of the covers in the rows `like`, moved away from the mean of those in `unlike`.

        All of these are left out, as are covers of the same pixels; [] where none of `like` has a vector.
        """
        towards, away = (unit(self._vectors[np.isin(self.rows, rows)]) for rows in (like, unlike))
        if not len(towards):
            return []
        wanted = towards.mean(axis=0) - (_AWAY * away.mean(axis=0) if len(away) else 0)
        given = self.hashes.isin(self.hashes[[*like, *unlike]])
        return self._extreme(unit(wanted[None])[0], self.passing(filters) & ~given, k, True)

    def neighbours(self, vectors: np.ndarray, hashes: Sequence[str], k: int) -> list[tuple[Neighbour, ...]]:
        """The `k` covers most similar to each of the vectors (n, d), best first, without those of its content hash."""
        if k < 1:
            return [() for _ in hashes]
        similarities, at = self._index.search(self.project(vectors), k + self.max_duplicates + _TIES)
        rows, found = np.where(at >= 0, self.rows[at], -1), []
        for query, own in enumerate(hashes):
            order = np.argsort(-self._with_ties(similarities[query], rows[query]), kind="stable")
            near = [(rows[query][i], similarities[query][i]) for i in order]
            near = [(row, similarity) for row, similarity in near if row >= 0 and self.hashes[row] != own]
            found.append(self.covers(near[:k]))
        return found

    def project(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors (n, d) to the space in which covers are compared: float32 (n, e)."""
        if self._projection is None:
            raise CoverGenreError("these covers have no vectors to be compared by: have them examined first")
        return self._projection.project(vectors)

    @cached_property
    def closeness(self) -> np.ndarray:
        """The similarity of each cover to the centre of each genre: float32 (n, genres); 0 for one without a vector.

        A centre is the mean of the genre's covers, of many those of a sample. The nearest centre names the genre of a
        held-out cover of the starter about as often as its best head does.
        """
        near = np.zeros((len(self), len(self.genres)), np.float32)
        for part in batches(len(self.rows), _BATCH):
            known = self.rows[part] >= 0
            near[self.rows[part][known]] = (unit(self._vectors[part]) @ self._centres.T)[known]
        return near

    @cached_property
    def typicality(self) -> np.ndarray:
        """The similarity of each cover to the centre of its own genre: float32 (n,)."""
        return self.closeness[np.arange(len(self)), self.genre_of]

    def standing(self, row: int) -> tuple[float, str]:
        """The share of its genre's other covers that a cover is more typical than, and the genre it lies nearest to.

        For a genre's only cover the share is 1.
        """
        others = max(int((self.genre_of == self.genre_of[row]).sum()) - 1, 1)
        return 1 - int(self._rank[row]) / others, self.genres[int(self.closeness[row].argmax())]

    def passing(self, filters: Filters) -> np.ndarray:
        """Which covers pass the filters, all but `issue`: bool (n,)."""
        states = np.isin(self.state_of, filters.states)
        passing = states if filters.states else self.state_of != "left out"
        for name, wanted in (("genre", filters.genres), ("source", filters.sources), ("part", filters.parts)):
            codes, names = self._codes[name]
            if wanted:
                passing &= np.isin(names, wanted)[codes]
        if filters.years:
            with np.errstate(invalid="ignore"):
                passing &= (self.year_of >= filters.years[0]) & (self.year_of <= filters.years[1])
        if filters.named:
            passing &= self.named
        if filters.pictured:  # not cached: it depends on the data sets that there are
            shown = zip(self.files(), self.column("image_url"), strict=True)
            passing &= np.array([bool(file or address) for file, address in shown], bool)
        if filters.tags:
            codes, sets = self._tags
            passing &= np.array([not tags.isdisjoint(filters.tags) for tags in sets], bool)[codes]
        if filters.picked is not None:
            passing &= self.paths.isin(list(filters.picked))
        return passing

    @cached_property
    def _tags(self) -> tuple[np.ndarray, list[frozenset[str]]]:
        """The distinct sets of tags, and which of them each cover has."""
        codes, cells = _factorize(self._covers["tags"] if "tags" in self._covers else pd.Series([""] * len(self)))
        return codes, [frozenset(tags_of(cell)) for cell in cells]

    @property
    def _vectors(self) -> np.ndarray:
        return np.empty((0, 1), np.float32) if self.vectors is None else self.vectors

    @cached_property
    def _index(self) -> FlatIndex | IVFIndex:
        return self._ivf or FlatIndex(self._vectors)

    @cached_property
    def _centres(self) -> np.ndarray:
        """The centre of each genre, of length 1: float32 (genres, e)."""
        step = -(-len(self.rows) // _CENTRE_SAMPLE) if len(self.rows) > EXACT_LIMIT else 1
        rows, vectors = self.rows[::step], self._vectors[::step]
        sums = np.zeros((len(self.genres), vectors.shape[1]), np.float32)
        for part in batches(len(rows), _BATCH):
            members = (self.genre_of[rows[part], None] == np.arange(len(self.genres))) & (rows[part, None] >= 0)
            sums += members.T.astype(np.float32) @ unit(vectors[part])
        return unit(sums)

    @cached_property
    def _vector_of(self) -> np.ndarray:
        """The position of each cover's vector: int64 (n,); any for a cover without."""
        found = np.zeros(len(self), np.int64)
        known = np.flatnonzero(self.rows >= 0)
        found[self.rows[known]] = known
        return found

    @cached_property
    def _rank(self) -> np.ndarray:
        """The place of each cover in its genre, int64 (n,): 0 for the most typical."""
        order = np.argsort(4 * self.genre_of - self.typicality.astype(np.float64), kind="stable")  # genre by genre
        counts = np.bincount(self.genre_of, minlength=len(self.genres))
        ranks = np.empty(len(self), np.int64)
        ranks[order] = np.arange(len(self)) - np.repeat(np.cumsum(counts) - counts, counts)
        return ranks

    @cached_property
    def _by_typicality(self) -> np.ndarray:
        """All rows: those that have a name first, then the most typical of each genre."""
        return np.argsort((~self.named * len(self) + self._rank) * len(self.genres) + self.genre_of)

    @cached_property
    def _palette(self) -> Palette:
        return Palette(self.signatures)

    @cached_property
    def _name_search(self) -> Future[NameSearch]:
        """Built in a thread: half a second for a million covers, which the first page need not wait for."""
        pool = ThreadPoolExecutor(1)
        search = pool.submit(NameSearch, *(self.column(name) for name in ("artist", "album", "source", "id")))
        pool.shutdown(wait=False)
        return search

    def _with_ties(self, similarities: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """What to order covers by: among those whose similarity a page shows alike, covers with a name come first."""
        rounded = similarities.round(2)
        return rounded + 0.004 * self.named[rows] + 0.1 * (similarities - rounded)

    def _extreme(self, unit: np.ndarray, passing: np.ndarray, k: int, most: bool) -> list[tuple[int, float]]:
        """The rows and similarities of the `k` covers, of those passing, that are most or least similar to a unit."""
        sign, among = 1 if most else -1, passing[self.rows] & (self.rows >= 0)
        if self._ivf:
            (near,), (at,) = self._ivf.search(sign * unit[None], k + _TIES, among)
            near, at = sign * near[at >= 0], at[at >= 0]
        else:
            at = np.flatnonzero(among)
            near = np.clip(self.units @ unit, -1, 1)[at]
        order = smallest(-self._with_ties(sign * near, self.rows[at]), k)
        return [(int(self.rows[at[i]]), float(near[i])) for i in order]


def _factorize(column: pd.Series) -> tuple[np.ndarray, tuple[str, ...]]:
    """For each cell the position of its text among the distinct texts, and those, sorted."""
    codes, names = pd.factorize(column, sort=True)
    return codes, tuple(map(str, names))
