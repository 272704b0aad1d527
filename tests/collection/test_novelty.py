from dataclasses import replace

import numpy as np
import pytest

from covergenre.collection.novelty import UNFAMILIAR, NoveltyDetector
from covergenre.errors import BadRun


@pytest.fixture
def chance() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def detector(chance) -> NoveltyDetector:
    return NoveltyDetector.learn(chance.normal(3, 2, (400, 20)), chance.normal(3, 2, (400, 20)))


def test_novelty_is_uniform_on_covers_like_the_held_out_ones(detector, chance):
    shares = detector.unfamiliar(chance.normal(3, 2, (2000, 20)))
    assert np.abs(np.quantile(shares, [0.25, 0.5, 0.75]) - [0.25, 0.5, 0.75]).max() < 0.08


def test_a_distant_vector_is_unfamiliar(detector):
    assert detector.unfamiliar(np.full((1, 20), 30.0))[0] == 1.0 > UNFAMILIAR


def test_a_direction_without_variance_is_unfamiliar_even_near_the_mean(chance):
    directions = chance.normal(size=(5, 20))  # along which covers vary, of twenty
    noise = 0.01 * chance.normal(size=(800, 20))
    training, held_out = np.split(chance.normal(size=(800, 5)) @ directions + noise, 2)
    detector = NoveltyDetector.learn(training, held_out)
    elsewhere = np.linalg.svd(directions)[2][-1] * training.std()
    assert detector.unfamiliar(elsewhere[None])[0] > UNFAMILIAR > detector.unfamiliar(training).mean()


def test_the_scale_of_a_column_does_not_matter(chance):
    training, held_out, queries = (chance.normal(0, 1, (50, 8)) for _ in range(3))
    scale = 10.0 ** np.arange(-4, 4)
    plain = NoveltyDetector.learn(training, held_out).unfamiliar(queries)
    scaled = NoveltyDetector.learn(training * scale, held_out * scale).unfamiliar(queries * scale)
    assert scaled == pytest.approx(plain, abs=0.01)


def test_a_constant_column_does_no_harm(chance):
    training = chance.normal(0, 1, (50, 4))
    training[:, 2] = 7.0
    assert np.isfinite(NoveltyDetector.learn(training, training).unfamiliar(training)).all()


def test_a_saved_detector_loads_unchanged(detector, tmp_path, chance):
    detector.save(tmp_path / "familiarity.npz")
    queries = chance.normal(0, 5, (10, 20))
    assert (
        NoveltyDetector.load(tmp_path / "familiarity.npz").unfamiliar(queries) == detector.unfamiliar(queries)
    ).all()


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 torn"])
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "familiarity.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadRun, match=r"familiarity\.npz is missing or damaged"):
        NoveltyDetector.load(path)


def test_arrays_that_do_not_fit_together_are_refused(detector, tmp_path):
    path = tmp_path / "familiarity.npz"
    damaged = replace(detector, deviation=detector.deviation[1:])
    damaged.save(path)
    with pytest.raises(BadRun, match="damaged"):
        NoveltyDetector.load(path)


def test_columns_beyond_the_given_width_are_ignored(detector):
    chance = np.random.default_rng(3)
    training, held_out, queries = (chance.normal(size=(count, 20)) for count in (400, 100, 9))
    wider = (np.hstack([vectors, chance.normal(9, 5, (len(vectors), 7))]) for vectors in (training, held_out, queries))
    training_too, held_out_too, asked_too = wider
    np.testing.assert_array_equal(
        NoveltyDetector.learn(training, held_out).unfamiliar(queries),
        NoveltyDetector.learn(training_too, held_out_too, 20).unfamiliar(asked_too),
    )
