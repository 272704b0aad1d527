import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from covergenre.methods import Covers
from covergenre.methods.space import METRICS, Space, Spaces


def blended(training: Covers, n_genres: int = 3, shrinkage: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """The looks and what tells the genres apart, of the training covers, each (n, ...)."""
    places = Spaces(training, n_genres).learn("blend", shrinkage).project(training.vectors)
    return places[:, : 1 - n_genres], places[:, 1 - n_genres :]


def standardised(training: Covers) -> np.ndarray:
    vectors = training.vectors.astype(np.float64)
    return (vectors - vectors.mean(axis=0)) / vectors.std(axis=0)


def distances(places: np.ndarray) -> np.ndarray:
    """Between all pairs, in units of the mean: what turning, mirroring and scaling leave alone."""
    between = np.linalg.norm(places[:, None] - places, axis=2)
    return between / between.mean()


def _without_origin_and_unit(scores: np.ndarray) -> np.ndarray:
    scores = scores - scores.mean(axis=1, keepdims=True)
    return scores / scores.std()


def test_cosine_does_not_change_vectors(clouds):
    covers = clouds(30)
    np.testing.assert_array_equal(Spaces(covers, 3).learn("cosine", 0.5).project(covers.vectors), covers.vectors)


def test_the_standardised_space_standardises_columns(clouds):
    covers = clouds(30)
    places = Spaces(covers, 3).learn("standardised", 0.5).project(covers.vectors)
    np.testing.assert_allclose(places, standardised(covers), atol=1e-4)


def test_other_covers_are_standardised_by_training_covers(clouds):
    training, other = clouds(30), clouds(4, seed=1)
    space = Spaces(training, 3).learn("standardised", 0.5)
    expected = (other.vectors - training.vectors.mean(axis=0)) / training.vectors.std(axis=0)
    np.testing.assert_allclose(space.project(other.vectors), expected, atol=1e-4)


@pytest.mark.parametrize("metric", METRICS)
def test_a_projection_is_float32_and_as_wide_as_the_offset(metric, clouds):
    covers = clouds(30)
    space = Spaces(covers, 3).learn(metric, 0.5)
    assert space.project(covers.vectors.astype(np.float64)).dtype == np.float32
    assert space.project(covers.vectors).shape == (30, len(space.offset))
    assert space.project(covers.vectors[:0]).shape == (0, len(space.offset))


def test_a_space_is_an_affine_map():
    matrix, offset = np.arange(6, dtype=np.float32).reshape(3, 2), np.array([10, 20], np.float32)
    np.testing.assert_array_equal(Space(matrix, offset).project([[1, 0, 1]]), [[14, 26]])
    np.testing.assert_array_equal(Space(matrix[:, 0], np.zeros(3, np.float32)).project([[1, 1, 1]]), [[0, 2, 4]])


# --- the blend


@pytest.mark.parametrize("shrinkage", [0.01, 0.5, 1.0])
@pytest.mark.parametrize("common", [1, 4])
def test_the_discriminant_half_equals_scikit_learn(shrinkage, common, clouds):
    everyone = clouds(240, n_genres=4)
    kept = np.flatnonzero((everyone.labels < common) | (np.arange(240) < 80))  # the rest are rare
    covers = Covers(everyone.vectors[kept], everyone.labels[kept], tuple(everyone.hashes[row] for row in kept))
    other = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage, priors=np.full(4, 0.25))
    other.fit(standardised(covers), covers.labels)
    directions = blended(covers, 4, shrinkage)[1]
    centres = np.stack([directions[covers.labels == genre].mean(axis=0) for genre in range(4)])
    nearness = -np.square(directions[:, None] - centres).sum(axis=2)
    np.testing.assert_allclose(
        _without_origin_and_unit(nearness),
        _without_origin_and_unit(other.decision_function(standardised(covers))),
        atol=1e-3,
    )


def test_the_visual_half_is_principal_components_divided_by_the_root_of_their_deviation(clouds):
    covers = clouds(60)
    components = PCA().fit_transform(standardised(covers))
    expected = components / np.sqrt(components.std(axis=0))
    np.testing.assert_allclose(distances(blended(covers)[0]), distances(expected), atol=1e-3)


def test_both_halves_weigh_the_same(clouds):
    for half in blended(clouds(60)):
        assert np.square(half).sum(axis=1).mean() == pytest.approx(1, rel=1e-3)


def test_the_visual_half_has_at_most_128_components(clouds):
    looks, _ = blended(clouds(200, width=400))
    assert looks.shape == (200, 128)


@pytest.mark.parametrize("metric", METRICS)
def test_identical_covers_have_finite_projections(metric):
    alike = Covers(np.ones((6, 5), np.float32), np.arange(6) % 2, ("",) * 6)
    assert np.isfinite(Spaces(alike, 2).learn(metric, 0.5).project(alike.vectors)).all()
