import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from covergenre.embedding.index import FlatIndex
from covergenre.errors import CoverGenreError

WIDTH = 5
numbers = st.floats(-100, 100, width=32).map(lambda number: round(number, 2))


def rows_of(most: int) -> st.SearchStrategy[np.ndarray]:
    return st.integers(1, most).flatmap(lambda count: arrays(np.float32, (count, WIDTH), elements=numbers))


def cosines(queries: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Every query's cosine similarity with every vector, in double precision; 0 where one of them is all zeros."""
    lengths = np.linalg.norm(queries.astype(float), axis=1)[:, None] * np.linalg.norm(vectors.astype(float), axis=1)
    products = queries.astype(float) @ vectors.astype(float).T
    return np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)


def random_vectors(count: int, width: int = WIDTH) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(count, width)).astype(np.float32)


@given(rows_of(30), rows_of(4), st.integers(1, 40))
def test_neighbours_equal_those_of_brute_force(vectors, queries, k):
    similarities, rows = FlatIndex(vectors).search(queries, k)

    expected = cosines(queries, vectors)
    assert similarities.shape == rows.shape == (len(queries), min(k, len(vectors)))
    assert (similarities.dtype, rows.dtype) == (np.float32, np.int64)
    assert np.abs(similarities).max() <= 1
    np.testing.assert_allclose(similarities, -np.sort(-expected, axis=1)[:, :k], atol=1e-5)
    np.testing.assert_allclose(similarities, np.take_along_axis(expected, rows, axis=1), atol=1e-5)
    assert all(len(set(found)) == len(found) for found in rows.tolist())


def test_a_vector_is_its_own_nearest_neighbour():
    vectors = random_vectors(200, 64)

    similarities, rows = FlatIndex(vectors).search(vectors, 3)

    assert rows[:, 0].tolist() == list(range(200))
    np.testing.assert_allclose(similarities[:, 0], 1, atol=1e-5)


def test_only_the_direction_counts():
    vectors = random_vectors(20)

    _, rows = FlatIndex(vectors).search(vectors[:5] * 1000, 20)
    _, rows_scaled = FlatIndex(vectors * np.arange(1, 21)[:, None]).search(vectors[:5], 20)

    np.testing.assert_array_equal(rows, rows_scaled)


def test_a_vector_of_zeros_has_similarity_0():
    similarities, rows = FlatIndex(np.array([[0, 0], [3, 4], [-3, -4]])).search(np.array([[3, 4]]), 3)

    assert rows.tolist() == [[1, 0, 2]]
    np.testing.assert_allclose(similarities, [[1, 0, -1]], atol=1e-6)


def test_a_query_of_zeros_has_similarity_0():
    similarities, _ = FlatIndex(random_vectors(4)).search(np.zeros((1, WIDTH)), 4)

    assert similarities.tolist() == [[0, 0, 0, 0]]


def test_all_vectors_are_returned_when_more_are_requested():
    similarities, rows = FlatIndex(random_vectors(3)).search(random_vectors(2), 50)

    assert similarities.shape == (2, 3)
    assert np.sort(rows).tolist() == [[0, 1, 2]] * 2


@pytest.mark.parametrize(("vectors", "queries"), [(0, 2), (3, 0), (0, 0)])
def test_an_empty_index_or_query_finds_nothing(vectors, queries):
    index = FlatIndex(random_vectors(vectors))
    similarities, rows = index.search(random_vectors(queries), 2)

    assert len(index) == vectors
    assert similarities.shape == rows.shape == (queries, min(2, vectors))
    assert (similarities.dtype, rows.dtype) == (np.float32, np.int64)


def test_the_index_holds_copies_of_its_vectors():
    vectors = random_vectors(5)
    index = FlatIndex(vectors)
    query = vectors[:1].copy()

    vectors[:] = 0

    assert index.search(query, 1)[0][0, 0] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("kind", [np.float64, np.float16, np.int32])
def test_other_types_and_memory_layouts_are_accepted(kind):
    vectors = (random_vectors(6) * 10).astype(kind)

    _, rows = FlatIndex(np.asfortranarray(vectors)).search(vectors[::2], 1)

    assert rows.tolist() == [[0], [2], [4]]


def test_vectors_of_another_width_are_refused():
    with pytest.raises(CoverGenreError, match="are 3 wide, those of the index 5: embed both by one recipe"):
        FlatIndex(random_vectors(4)).search(np.ones((1, 3)), 1)


@pytest.mark.parametrize("k", [0, -1])
def test_fewer_than_one_neighbour_is_refused(k):
    with pytest.raises(CoverGenreError, match="ask for at least 1"):
        FlatIndex(random_vectors(4)).search(random_vectors(1), k)
