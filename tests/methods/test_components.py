import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from covergenre.methods.components import COMPONENTS, Components


@pytest.fixture
def vectors() -> np.ndarray:
    """300 of 40 numbers that vary along 40 directions, some far more than others."""
    chance = np.random.default_rng(0)
    return (chance.normal(size=(300, 40)) * np.linspace(5, 0.1, 40) @ chance.normal(size=(40, 40)) + 7).astype("f4")


def test_scores_equal_scikit_learn(vectors):
    expected = PCA(20, svd_solver="full").fit_transform(StandardScaler().fit_transform(vectors))
    scores = Components.learn(vectors).scores[:, :20]
    np.testing.assert_allclose(np.abs(scores), np.abs(expected), atol=1e-2)


def test_directions_of_components_unfold_to_directions_of_vectors(vectors):
    components = Components.learn(vectors)
    directions = np.random.default_rng(1).normal(size=(40, 3))
    matrix, offset = components.unfold(directions)
    assert (matrix.dtype, offset.dtype, matrix.shape, offset.shape) == (np.float32, np.float32, (40, 3), (3,))
    np.testing.assert_allclose(vectors @ matrix + offset, components.scores @ directions, atol=1e-3)


@pytest.mark.parametrize(("covers", "width"), [(9, 40), (40, 9), (1000, 900)])
def test_the_number_of_components_is_bounded(covers, width):
    components = Components.learn(np.random.default_rng(0).normal(size=(covers, width)))
    assert components.scores.shape == (covers, min(covers, width, COMPONENTS))
    assert components.width == width


def test_a_constant_column_is_ignored(vectors):
    vectors[:, 3] = 2.5
    scores = Components.learn(vectors).scores
    without = Components.learn(np.delete(vectors, 3, axis=1)).scores
    np.testing.assert_allclose(np.linalg.norm(scores, axis=1), np.linalg.norm(without, axis=1), rtol=1e-4)


def test_the_same_vectors_give_the_same_components(vectors):
    np.testing.assert_array_equal(Components.learn(vectors).axes, Components.learn(vectors).axes)
