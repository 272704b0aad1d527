import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from covergenre.evaluation.agreement import cell_members, disagreement, hardest, mistakes, typical
from covergenre.evaluation.metrics import confusion_matrix

LABELS = np.array([0, 0, 0, 1, 1, 2])
A = np.array(
    [
        [0.7, 0.2, 0.1],  # right
        [0.1, 0.6, 0.3],  # 1
        [0.05, 0.9, 0.05],  # 1, surer
        [0.2, 0.8, 0.0],  # right
        [0.5, 0.4, 0.1],  # 0
        [0.3, 0.3, 0.4],  # right
    ]
)
B = np.array(
    [
        [0.9, 0.1, 0.0],  # right
        [0.2, 0.7, 0.1],  # 1
        [0.6, 0.2, 0.2],  # right
        [0.6, 0.3, 0.1],  # 0
        [0.9, 0.1, 0.0],  # 0
        [0.0, 0.1, 0.9],  # right
    ]
)


# --- the covers of a cell


def test_members_of_a_cell_are_sorted_by_confidence():
    assert cell_members(LABELS, A, true=0, predicted=1).tolist() == [2, 1]
    assert cell_members(LABELS, A, true=2, predicted=0).tolist() == []


def test_members_of_a_row_or_column_are_sorted_by_confidence():
    assert cell_members(LABELS, A, true=0).tolist() == [2, 0, 1]
    assert cell_members(LABELS, A, predicted=1).tolist() == [2, 3, 1]
    assert cell_members(LABELS, A).tolist() == [2, 3, 0, 1, 4, 5]


def test_cell_sizes_equal_the_confusion_matrix(drawn):
    labels, probabilities, genres = drawn(120)
    counts = confusion_matrix(labels, probabilities.argmax(axis=1), len(genres))
    for true, predicted in np.ndindex(counts.shape):
        found = cell_members(labels, probabilities, true, predicted)
        assert len(found) == counts[true, predicted]
        assert (np.diff(probabilities[found].max(axis=1)) <= 0).all()


# --- mistakes


def test_the_worst_mistakes_come_first():
    assert mistakes(LABELS, A).tolist() == [2, 1, 4]


def test_mistakes_are_the_covers_with_the_greatest_loss(drawn):
    labels, probabilities, _ = drawn(200)
    found = mistakes(labels, probabilities)
    losses = [stats.entropy(np.eye(4)[label], chances) for label, chances in zip(labels, probabilities, strict=True)]
    assert sorted(found) == np.flatnonzero(probabilities.argmax(axis=1) != labels).tolist()
    assert (np.diff(np.array(losses)[found]) <= 1e-9).all()


# --- two methods


def test_covers_are_split_by_which_method_is_right():
    split = disagreement(LABELS, A, B)
    assert split.only_a.tolist() == [3]
    assert split.only_b.tolist() == [2]
    assert split.both.tolist() == [5, 0]
    assert split.neither.tolist() == [4, 1]


def test_the_same_method_is_never_right_alone():
    split = disagreement(LABELS, A, A)
    assert split.only_a.tolist() == split.only_b.tolist() == []
    assert sorted(split.neither) == [1, 2, 4]


@given(st.integers(0, 1000))
def test_every_cover_is_in_one_part(seed):
    chance = np.random.default_rng(seed)
    labels, (a, b) = chance.integers(0, 3, 20), chance.dirichlet([1, 1, 1], (2, 20))
    split = disagreement(labels, a, b)
    parts = [split.only_a, split.only_b, split.both, split.neither]
    assert sorted(np.concatenate(parts)) == list(range(20))
    assert sorted(disagreement(labels, b, a).only_b) == sorted(split.only_a)


# --- all methods


def test_the_hardest_covers_are_wrong_for_all_methods():
    assert hardest(LABELS, [A, B]).tolist() == [1, 4]
    assert hardest(LABELS, [A]).tolist() == mistakes(LABELS, A).tolist()


def test_typical_covers_are_right_for_all_methods():
    assert typical(LABELS, [A, B]).tolist() == [0, 5]
    assert typical(LABELS, [A]).tolist() == [3, 0, 5]


@pytest.mark.parametrize("pick", [hardest, typical])
def test_covers_are_sorted_by_the_geometric_mean_of_the_methods(drawn, pick):
    labels, a, _ = drawn(300, seed=1)
    b = np.random.default_rng(0).permuted(a * 0.3 + 0.175, axis=1)
    found = pick(labels, [a, b])
    means = stats.gmean([each[np.arange(300), labels] for each in (a, b)])[found]
    steps = np.diff(means) if pick is hardest else -np.diff(means)
    assert len(found) > 10
    assert (steps >= -1e-12).all()


def test_a_true_genre_of_probability_0_is_hardest():
    impossible = np.where(np.arange(6)[:, None] == 4, [1.0, 0.0, 0.0], A)
    assert hardest(LABELS, [impossible]).tolist()[0] == 4


def test_the_order_of_the_methods_makes_no_difference():
    assert hardest(LABELS, [A, B]).tolist() == hardest(LABELS, [B, A]).tolist()
