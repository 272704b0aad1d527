import numpy as np
import pytest

from covergenre.embedding.index import FlatIndex, IVFIndex, build_index
from covergenre.errors import Cancelled, CoverGenreError
from covergenre.progress import Monitor

WIDTH = 24


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Covers of forty kinds, as near each other as covers are."""
    chance = np.random.default_rng(0)
    centres = chance.normal(size=(40, WIDTH))
    return (centres[chance.integers(0, 40, 3000)] + 0.7 * chance.normal(size=(3000, WIDTH))).astype(np.float16)


@pytest.fixture(scope="module")
def built(vectors, tmp_path_factory) -> tuple:
    folder = tmp_path_factory.mktemp("index")
    return folder, build_index(vectors, folder)


def test_the_measured_recall_is_reached(built, vectors):
    folder, card = built
    index = IVFIndex.open(folder)
    assert index.stats == card
    assert card.recall >= 0.97 or card.probes == card.lists
    queries = vectors[:300]
    near, rows = index.search(queries, 12)
    exact, expected = FlatIndex(vectors).search(queries, 12)
    found = np.mean([len(set(a) & set(b)) / 12 for a, b in zip(rows.tolist(), expected.tolist(), strict=True)])
    assert found > 0.93
    assert (rows[:, 0] == np.arange(300)).mean() > 0.95
    np.testing.assert_allclose(near[:, 0], exact[:, 0], atol=0.02)


def test_a_search_in_a_subset_finds_the_neighbours_of_an_exhaustive_one(built, vectors):
    among = np.zeros(len(vectors), bool)
    among[::100] = True
    _, rows = IVFIndex.open(built[0]).search(vectors[:50], 5, among)
    few = np.flatnonzero(among)
    expected = few[FlatIndex(vectors[few]).search(vectors[:50], 5)[1]]
    assert np.mean(rows == expected) > 0.9
    assert among[rows].all()


def test_a_search_in_fewer_than_k_is_padded(built, vectors):
    among = np.zeros(len(vectors), bool)
    among[7] = True
    similarities, rows = IVFIndex.open(built[0]).search(vectors[:1], 3, among)
    assert rows.tolist() == [[7, -1, -1]]
    assert np.isneginf(similarities[0, 1:]).all()


@pytest.mark.parametrize("name", ["index.faiss", "index.json"])
def test_a_changed_file_is_refused(vectors, tmp_path, name):
    build_index(vectors[:200], tmp_path)
    IVFIndex.open(tmp_path)
    file = tmp_path / name
    file.write_bytes(file.read_bytes()[:-3] + b"   ")
    with pytest.raises(CoverGenreError, match="build it again"):
        IVFIndex.open(tmp_path)


def test_a_missing_index_is_an_error(tmp_path):
    with pytest.raises(CoverGenreError, match="build it again"):
        IVFIndex.open(tmp_path)


def test_vectors_of_another_width_are_refused(built):
    with pytest.raises(CoverGenreError, match="wide"):
        IVFIndex.open(built[0]).search(np.ones((1, WIDTH + 1)), 3)


def test_a_stopped_build_leaves_nothing(vectors, tmp_path):
    with pytest.raises(Cancelled):
        build_index(vectors, tmp_path / "index", monitor=Monitor(should_stop=lambda: True))
    assert not (tmp_path / "index").exists()


def test_its_stats_describe_it(built):
    _, stats = built
    assert (stats.vectors, stats.width, stats.lists) == (3000, WIDTH, 128)
    assert 1 <= stats.probes <= stats.lists
