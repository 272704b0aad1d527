import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics

from covergenre.errors import CoverGenreError
from covergenre.evaluation.confusion import ORDERS, most_confused, order, shares
from covergenre.evaluation.metrics import confusion_matrix

matrices = st.integers(1, 6).flatmap(lambda g: arrays(np.int64, (g, g), elements=st.integers(0, 9)))


@pytest.fixture
def confusion(reference) -> np.ndarray:
    return confusion_matrix(reference.labels, reference.probabilities.argmax(axis=1), 10)


# --- shares


@pytest.mark.parametrize("of", ["true", "pred"])
def test_shares_equal_scikit_learn(reference, confusion, of):
    expected = metrics.confusion_matrix(reference.labels, reference.probabilities.argmax(axis=1), normalize=of)
    np.testing.assert_allclose(shares(confusion, "true" if of == "true" else "predicted"), expected)


def test_an_absent_genre_has_shares_of_0():
    np.testing.assert_array_equal(shares([[0, 0], [1, 3]]), [[0, 0], [0.25, 0.75]])
    np.testing.assert_array_equal(shares([[2, 0], [2, 0]], "predicted"), [[0.5, 0], [0.5, 0]])


def test_shares_of_an_unknown_total_are_refused():
    with pytest.raises(CoverGenreError, match="choose true or predicted"):
        shares(np.eye(2), "all")


# --- the largest mistakes


def test_the_reference_confuses_edm_with_pop_the_most(reference, confusion):
    first, second, *_ = most_confused(confusion, 10)
    assert [reference.genres[place] for place in first] == ["edm", "pop"]
    assert (confusion[first], confusion[first[0]].sum()) == (25, 146)
    assert (confusion[second], reference.genres[second[0]]) == (20, "jazz")  # of 159, before 20 of 253 country covers


@given(matrices, st.integers(1, 40))
def test_most_confused_are_the_largest_cells_off_the_diagonal(matrix, most):
    beside = matrix[~np.eye(len(matrix), dtype=bool)]
    found = [matrix[cell] for cell in most_confused(matrix, most)]
    assert found == sorted(beside[beside > 0], reverse=True)[:most]


def test_a_diagonal_matrix_has_no_confusions():
    assert most_confused(np.diag([3, 4]), 10) == []


# --- the order of the genres


@given(matrices, st.sampled_from(ORDERS))
def test_every_genre_is_in_every_order_once(matrix, by):
    found = order(matrix, [f"genre {number}" for number in range(len(matrix))], by)
    assert sorted(found) == list(range(len(matrix)))
    assert all(type(position) is int for position in found)


@pytest.mark.parametrize(("by", "expected"), [("alphabet", (2, 1, 0)), ("size", (1, 2, 0))])
def test_genres_are_ordered_by_alphabet_or_by_their_number_of_covers(by, expected):
    assert order(np.array([[1, 0, 0], [1, 4, 0], [0, 0, 2]]), ("rap", "pop", "jazz"), by) == expected


def test_order_by_similarity_puts_confused_genres_side_by_side():
    matrix = np.diag([20] * 6)
    for one, other in ((0, 3), (3, 5), (1, 4)):
        matrix[one, other] = matrix[other, one] = 8
    matrix[5, 2] = 3
    found = list(order(matrix, [*"abcdef"]))
    assert abs(found.index(0) - found.index(3)) == 1
    assert abs(found.index(3) - found.index(5)) == 1
    assert abs(found.index(1) - found.index(4)) == 1


def test_order_by_similarity_moves_confusion_to_the_diagonal(reference, confusion):
    def spread(positions) -> float:
        placed = shares(confusion)[np.ix_(positions, positions)]
        rows, columns = np.indices(placed.shape)
        return float((placed * np.abs(rows - columns)).sum())

    chance = np.random.default_rng(0)
    others = [spread(chance.permutation(10)) for _ in range(500)]
    assert spread(order(confusion, reference.genres)) < np.quantile(others, 0.05)


def test_large_matrices_can_be_ordered():
    matrix = np.random.default_rng(0).integers(0, 30, (40, 40))
    assert sorted(order(matrix, [f"{number:02}" for number in range(40)])) == list(range(40))


def test_an_unknown_order_is_refused():
    with pytest.raises(CoverGenreError, match=r"'colour'.*alphabet, size, similarity"):
        order(np.eye(2), ("a", "b"), "colour")
