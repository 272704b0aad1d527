"""One collection of covers for everything that shows or compares them: found by name, narrowed by filters, a page at a
time, each leading on to those most like it.

Covers go by their row. Plain arrays do the work: a filter may leave any of the covers, and looking at all of them stays
fast up to some 100,000 (`benchmarks/scale.py`). Of many the vectors lie in a file, with an index (see `near`).
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
from covergenre.collection.filters import EVERYTHING, Filters, first
from covergenre.collection.findings import Findings
from covergenre.collection.name_search import NameSearch, folded
from covergenre.collection.table import CoverTable, Neighbour
from covergenre.dataset.registry import Dataset
from covergenre.embedding.index import EXACT_LIMIT, FlatIndex, IndexStats, IVFIndex, unit
from covergenre.errors import BadDataset, BadImage, CoverGenreError
from covergenre.images.palette import Palette, Swatch
from covergenre.repair.repair import tags_of

Among = Literal["all", "same", "other"]
"""Which neighbours count: of every genre, of the cover's own only, of other genres only."""

TYPICAL = "typical"
"""The order of a search: the best match first, then covers that have a name, then the most typical of each genre."""

SOFT_SIDE = 48
"""The pixels, each way, of a cover of which only the colours are known."""

_AT_ONCE = 2**15  # covers
_CENTRED = 50_000  # covers that say where genres have their centres, of more than are compared one by one
_TIES = 12  # covers beyond those asked for that may be as similar as the last of them
_AWAY = 0.6  # how strongly what is like covers that are not meant is avoided; 1 is as strongly as the others draw


@runtime_checkable
class Projection(Protocol):
    """Something that takes vectors to where neighbours are looked for: a head of nearest neighbours, or a space."""

    def project(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors (n, d) to float32 (n, e)."""


class Collection(CoverTable):
    """Covers by row, with what is known of them. Any number of threads may ask at once."""

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
        """`covers`: as `CoverTable` takes them. `vectors`: (m, e), covers where neighbours are compared.

        `projection` takes other vectors there. `rows` (m,): whose vectors they are, -1 for covers that are gone; None
        when every cover has one. `dataset`: whose covers they are; `report`: its audit. `index`: of the vectors, where
        they are too many to be looked at one by one; they may be mapped from a file then.
        """
        super().__init__(covers)
        self.dataset = dataset
        self.vectors = vectors
        self.rows = np.arange(0 if vectors is None else len(vectors)) if rows is None else rows
        self._projection = projection
        self._many = index
        self._codes = {name: _coded(covers[name]) for name in ("genre", "source", "part")}
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
        """What the index is that the nearest are found by; None where covers are compared one by one."""
        return self._many.stats if self._many else None

    @property
    def years(self) -> tuple[int, int] | None:
        """The first and the last year that is known; None when none is."""
        known = self.year_of[~np.isnan(self.year_of)]
        return (int(known.min()), int(known.max())) if len(known) else None

    def part_of(self, rows: np.ndarray) -> np.ndarray:
        """The parts of the covers in these rows: texts (n,)."""
        codes, names = self._codes["part"]
        return np.array(names, dtype=str)[codes[rows]]

    def colours(self, rows: np.ndarray) -> tuple[Swatch, ...]:
        """What colours the covers in these rows are made of; none where no signature is known."""
        return self._palette.swatches([self.signatures[row] for row in rows])

    def file(self, row: int) -> Path | None:
        """The file of a cover: its own, or one of the same picture in another data set; None when there is none."""
        try:
            own = self.dataset.file(self.paths[row]) if self.dataset and self.dataset.has_pictures else None
        except BadDataset:
            return None
        return own if own and own.is_file() else self.files([row])[0]

    def picture(self, row: int) -> Image.Image | None:
        """A cover, or where its file is gone a soft tile of its colours; None where they are not known either."""
        file, signature = self.file(row), self.signatures[row]
        try:
            if file:
                return images.decode(images.read(file)).image
            return images.draw_signature(signature, SOFT_SIDE) if signature else None
        except BadImage:
            return None

    def find(self, filters: Filters = EVERYTHING, text: str = "", order: str = "") -> np.ndarray:
        """The rows, int64, of the covers that pass the filters and whose name holds every word of `text`, in any case.

        The name is artist, album, source, and number or file. `order`: "" for that of the table, or of the issue that
        filters; `TYPICAL`; or an issue of the audit, the worst first and those without a score last.
        """
        texts = self._texts_begun  # so that they are there when somebody searches
        passing, words = self.passing(filters), folded(text).split()
        rows = np.flatnonzero(passing)
        if filters.issue:
            flagged = self.findings.flagged(filters.issue) if self.findings else []
            rows = np.array([row for row in self.rows_of(flagged) if passing[row]], np.int64)
        if words:
            rows = rows[texts.result().holding(words, rows)]
        if order == TYPICAL:
            rows = self._most_typical(rows)
            if not words:
                return rows
            inside = ~texts.result().holding([f" {word}" for word in words], rows)
            return np.concatenate([rows[~inside], rows[inside]])
        if order and self.findings:
            scores = self.findings.scores(order)[rows]
            rows = rows[np.argsort(np.where(np.isnan(scores), 1, -scores), kind="stable")]
        return rows

    def respelled(self, text: str) -> str:
        """What may have been meant by a text that finds nothing: each unknown word as the known one most like it.

        "" where nothing is like it.
        """
        return self._texts_begun.result().respelled(text)

    def page(self, rows: np.ndarray, start: int, n: int) -> tuple[Neighbour, ...]:
        """The `n` covers from the one at `start` on, of those in these rows; `similarity` is that to their genre's
        centre, 1 where not every cover has a vector.
        """
        shown = rows[start : start + n]
        if len(self.rows) == len(self):
            own = self._centres[self.genre_of[shown]]
            near = np.einsum("nd,nd->n", unit(self._vectors[self._vector_of[shown]]), own)
        else:
            near = np.ones(len(shown))
        return self.covers([(int(row), float(similarity)) for row, similarity in zip(shown, near, strict=True)])

    def counts(self, by: Literal["genre", "source", "part"], filters: Filters = EVERYTHING) -> dict[str, int]:
        """How many covers that pass the filters have each genre, source or part."""
        codes, names = self._codes[by]
        found = np.bincount(codes[self.passing(filters)], minlength=len(names))
        return dict(zip(names, found.tolist(), strict=True))

    def any(self, chance: np.random.Generator, filters: Filters = EVERYTHING) -> int | None:
        """The row of a cover drawn at random; None when none passes the filters."""
        rows = np.flatnonzero(self.passing(filters))
        return int(chance.choice(rows)) if len(rows) else None

    def nearest(
        self, vector: np.ndarray, k: int = 24, filters: Filters = EVERYTHING, most: bool = True
    ) -> list[tuple[int, float]]:
        """The rows and similarities of the `k` covers most like `vector` (e,) (least, without `most`), in order.

        `vector` is the place of a cover that need not be known (see `place`).
        """
        return self._first(unit(vector[None])[0], self.passing(filters), k, most)

    def like(
        self, row: int, k: int = 24, filters: Filters = EVERYTHING, among: Among = "all", most: bool = True
    ) -> list[tuple[int, float]]:
        """As `nearest`, for the cover in a row; those with the same pixels are left out. [] where it has no vector."""
        own = np.flatnonzero(self.rows == row)
        if not len(own):
            return []
        passing = self.passing(filters) & (self.hashes != self.hashes[row])
        if among != "all":
            passing &= (self.genre_of == self.genre_of[row]) == (among == "same")
        return self._first(unit(self._vectors[own[:1]])[0], passing, k, most)

    def between(
        self, like: Sequence[int], unlike: Sequence[int] = (), k: int = 24, filters: Filters = EVERYTHING
    ) -> list[tuple[int, float]]:
        """As `nearest`, for the middle of the covers in the rows `like`, away from that of those in `unlike`.

        All of these are left out, as are those of the same pixels; [] where none of `like` has a vector.
        """
        towards, away = (unit(self._vectors[np.isin(self.rows, rows)]) for rows in (like, unlike))
        if not len(towards):
            return []
        wanted = towards.mean(axis=0) - (_AWAY * away.mean(axis=0) if len(away) else 0)
        named = self.hashes.isin(self.hashes[[*like, *unlike]])
        return self._first(unit(wanted[None])[0], self.passing(filters) & ~named, k, True)

    def neighbours(self, vectors: np.ndarray, hashes: Sequence[str], k: int) -> list[tuple[Neighbour, ...]]:
        """The `k` covers most like each of the vectors (n, d), best first, without those of its own content hash."""
        if k < 1:
            return [() for _ in hashes]
        similarities, at = self._index.search(self._project(vectors), k + self.most_copies + _TIES)
        rows, found = np.where(at >= 0, self.rows[at], -1), []
        for query, own in enumerate(hashes):
            order = np.argsort(-self._tied(similarities[query], rows[query]), kind="stable")
            near = [(rows[query][each], similarities[query][each]) for each in order]
            near = [(row, similarity) for row, similarity in near if row >= 0 and self.hashes[row] != own]
            found.append(self.covers(near[:k]))
        return found

    def place(self, vector: np.ndarray) -> np.ndarray:
        """Where a cover of this vector (d,) lies among them: float32 (e,)."""
        return self._project(vector[None])[0]

    @cached_property
    def closeness(self) -> np.ndarray:
        """How near each cover is to the centre of each genre: cosines, float32 (n, genres); 0 for one without a vector.

        The centre is the mean of the genre's covers, of many those of a sample. The nearest centre names the genre of a
        held-out cover of the starter about as often as its best head does.
        """
        near = np.zeros((len(self), len(self.genres)), np.float32)
        for part in _parts(len(self.rows)):
            there = self.rows[part] >= 0
            near[self.rows[part][there]] = (unit(self._vectors[part]) @ self._centres.T)[there]
        return near

    @cached_property
    def typicality(self) -> np.ndarray:
        """How near each cover is to the centre of its own genre: float32 (n,)."""
        return self.closeness[np.arange(len(self)), self.genre_of]

    def standing(self, row: int) -> tuple[float, str]:
        """The share of its genre's covers that the one in `row` is more typical than, and the genre it lies nearest to.

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
        if filters.pictured:
            passing &= self._pictured()
        if filters.tags:
            codes, sets = self._tags
            passing &= np.array([not tags.isdisjoint(filters.tags) for tags in sets], bool)[codes]
        if filters.picked is not None:
            passing &= self.paths.isin(list(filters.picked))
        return passing

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The tags that covers have, sorted."""
        return tuple(sorted(set().union(*self._tags[1])))

    def tagged(self, row: int) -> tuple[str, ...]:
        """The tags of the cover in a row, sorted."""
        codes, sets = self._tags
        return tuple(sorted(sets[codes[row]]))

    @cached_property
    def _tags(self) -> tuple[np.ndarray, list[frozenset[str]]]:
        """Which of the different sets of tags each cover has, and these."""
        codes, cells = _coded(self._covers["tags"] if "tags" in self._covers else pd.Series([""] * len(self)))
        return codes, [frozenset(tags_of(cell)) for cell in cells]

    @property
    def _vectors(self) -> np.ndarray:
        return np.empty((0, 1), np.float32) if self.vectors is None else self.vectors

    def _project(self, vectors: np.ndarray) -> np.ndarray:
        if self._projection is None:
            raise CoverGenreError("these covers have no vectors to be compared by: have them examined first")
        return self._projection.project(vectors)

    @cached_property
    def _index(self) -> FlatIndex | IVFIndex:
        return self._many or FlatIndex(self._vectors)

    @cached_property
    def _centres(self) -> np.ndarray:
        """The centre of each genre, of length 1: float32 (genres, e)."""
        step = -(-len(self.rows) // _CENTRED) if len(self.rows) > EXACT_LIMIT else 1
        sums = np.zeros((len(self.genres), self._vectors.shape[1]), np.float32)
        for part in _parts(len(self.rows), step):
            members = self.genre_of[self.rows[part], None] == np.arange(len(self.genres))
            members &= self.rows[part, None] >= 0
            sums += members.T.astype(np.float32) @ unit(self._vectors[part])
        return unit(sums)

    @cached_property
    def _vector_of(self) -> np.ndarray:
        """The vector of each cover by row, int64 (n,); that of any for a cover without."""
        found = np.zeros(len(self), np.int64)
        there = np.flatnonzero(self.rows >= 0)
        found[self.rows[there]] = there
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
    def _palette(self) -> Palette:
        return Palette(self.signatures)

    @cached_property
    def _texts_begun(self) -> Future[NameSearch]:
        """What is searched, made meanwhile: half a second for a million, which the first page need not wait for."""
        pool = ThreadPoolExecutor(1)
        begun = pool.submit(NameSearch, *(self.column(name) for name in ("artist", "album", "source", "id")))
        pool.shutdown(wait=False)
        return begun

    def _most_typical(self, rows: np.ndarray) -> np.ndarray:
        """These rows, ascending: those that have a name first, then the most typical of each genre."""
        chosen = np.zeros(len(self), bool)
        chosen[rows] = True
        return self._by_typicality[chosen[self._by_typicality]]

    @cached_property
    def _by_typicality(self) -> np.ndarray:
        return np.argsort((~self.named * len(self) + self._rank) * len(self.genres) + self.genre_of)

    def _pictured(self) -> np.ndarray:
        """Which covers can be shown: bool (n,). It hangs on the data sets that there are, so it is looked up anew."""
        addresses = self.column("image_url")
        return np.array([bool(file or address) for file, address in zip(self.files(), addresses, strict=True)], bool)

    def _tied(self, similarities: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """What to order covers by: of those that a page calls equally similar, the ones with a name come first."""
        seen = similarities.round(2)
        return seen + 0.004 * self.named[rows] + 0.1 * (similarities - seen)

    def _first(self, unit: np.ndarray, passing: np.ndarray, k: int, most: bool) -> list[tuple[int, float]]:
        """The rows that pass and their similarities to a vector of length 1, from one end of their order."""
        among = passing[self.rows] & (self.rows >= 0)
        if self._many:
            (near,), (at,) = self._many.search((unit if most else -unit)[None], k + _TIES, among)
            at, near = at[at >= 0], near[at >= 0] * (1 if most else -1)
            order = first(-self._tied(near if most else -near, self.rows[at]), k)
            return [(int(self.rows[at[each]]), float(near[each])) for each in order]
        at = np.flatnonzero(among)
        similarities = np.clip(self.units @ unit, -1, 1)[at]
        order = first(-self._tied(similarities if most else -similarities, self.rows[at]), k)
        return [(int(self.rows[at[each]]), float(similarities[each])) for each in order]


def _parts(n: int, step: int = 1) -> list[slice]:
    """Every `step`-th of n, so many at a time."""
    return [slice(start, start + step * _AT_ONCE, step) for start in range(0, n, step * _AT_ONCE)]


def _coded(column: pd.Series) -> tuple[np.ndarray, tuple[str, ...]]:
    """For each cell the position of its text among the different texts, and those, sorted."""
    codes, names = pd.factorize(column, sort=True)
    return codes, tuple(map(str, names))
