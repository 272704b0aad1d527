import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from covergenre.methods.multinomial import fit_multinomial


@pytest.fixture
def drawn():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 40)
    return rng.normal(np.eye(3)[labels] @ np.eye(3, 5), 1), labels


def test_without_offsets_it_is_the_regression_of_scikit_learn(drawn):
    scores, labels = drawn
    weights = np.where(labels == 0, 2.0, 0.5)
    coefficients, intercepts = fit_multinomial(scores, labels, weights, np.zeros((1, 3)), 0.1)
    other = LogisticRegression(C=0.1, tol=1e-8, max_iter=1000).fit(scores, labels, weights)
    np.testing.assert_allclose(coefficients, other.coef_.T, atol=5e-3)
    np.testing.assert_allclose(intercepts, other.intercept_ - other.intercept_.mean(), atol=5e-3)


def test_an_offset_that_is_the_same_for_all_covers_is_made_up_for_by_the_intercepts(drawn):
    scores, labels = drawn
    ones, offset = np.ones(len(labels)), np.array([[2.0, 0.0, -2.0]])
    plain = fit_multinomial(scores, labels, ones, np.zeros((1, 3)), 0.1)
    offered = fit_multinomial(scores, labels, ones, offset, 0.1)
    np.testing.assert_allclose(offered[0], plain[0], atol=5e-3)
    np.testing.assert_allclose(offered[1] + offset[0], plain[1], atol=2e-2)


def test_what_the_offsets_say_already_is_not_learned(drawn):
    _, labels = drawn
    told = np.eye(3)[labels]
    knowing = fit_multinomial(told, labels, np.ones(len(labels)), 8 * told, 1.0)[0]
    unknowing = fit_multinomial(told, labels, np.ones(len(labels)), 0 * told, 1.0)[0]
    assert np.abs(knowing).max() < 0.1 * np.abs(unknowing).max()
