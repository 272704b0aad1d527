from dataclasses import replace

import numpy as np
import pytest

from covergenre.collection.novelty import UNFAMILIAR, NoveltyDetector
from covergenre.errors import BadRun


@pytest.fixture
def chance() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def familiarity(chance) -> NoveltyDetector:
    return NoveltyDetector.learn(chance.normal(3, 2, (400, 20)), chance.normal(3, 2, (400, 20)))


def test_covers_like_those_held_out_are_spread_evenly_over_0_to_1(familiarity, chance):
    shares = familiarity.unfamiliar(chance.normal(3, 2, (2000, 20)))
    assert np.abs(np.quantile(shares, [0.25, 0.5, 0.75]) - [0.25, 0.5, 0.75]).max() < 0.08


def test_what_lies_far_out_is_unfamiliar(familiarity):
    assert familiarity.unfamiliar(np.full((1, 20), 30.0))[0] == 1.0 > UNFAMILIAR


def test_what_no_cover_has_is_unfamiliar_however_near_the_mean_it_lies(chance):
    directions = chance.normal(size=(5, 20))  # along which covers vary, of twenty
    noise = 0.01 * chance.normal(size=(800, 20))
    training, held_out = np.split(chance.normal(size=(800, 5)) @ directions + noise, 2)
    familiarity = NoveltyDetector.learn(training, held_out)
    elsewhere = np.linalg.svd(directions)[2][-1] * training.std()
    assert familiarity.unfamiliar(elsewhere[None])[0] > UNFAMILIAR > familiarity.unfamiliar(training).mean()


def test_the_scale_of_a_number_does_not_matter(chance):
    training, held_out, asked = (chance.normal(0, 1, (50, 8)) for _ in range(3))
    scale = 10.0 ** np.arange(-4, 4)
    plain = NoveltyDetector.learn(training, held_out).unfamiliar(asked)
    scaled = NoveltyDetector.learn(training * scale, held_out * scale).unfamiliar(asked * scale)
    assert scaled == pytest.approx(plain, abs=0.01)


def test_a_number_that_never_varied_in_training_breaks_nothing(chance):
    training = chance.normal(0, 1, (50, 4))
    training[:, 2] = 7.0
    assert np.isfinite(NoveltyDetector.learn(training, training).unfamiliar(training)).all()


def test_it_reads_back_as_written(familiarity, tmp_path, chance):
    familiarity.save(tmp_path / "familiarity.npz")
    asked = chance.normal(0, 5, (10, 20))
    assert (NoveltyDetector.load(tmp_path / "familiarity.npz").unfamiliar(asked) == familiarity.unfamiliar(asked)).all()


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 torn"])
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "familiarity.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadRun, match=r"familiarity\.npz is missing or damaged"):
        NoveltyDetector.load(path)


def test_arrays_that_do_not_fit_together_are_refused(familiarity, tmp_path):
    path = tmp_path / "familiarity.npz"
    damaged = replace(familiarity, deviation=familiarity.deviation[1:])
    damaged.save(path)
    with pytest.raises(BadRun, match="damaged"):
        NoveltyDetector.load(path)


def test_numbers_beyond_the_plain_ones_change_nothing(familiarity):
    chance = np.random.default_rng(3)
    training, held_out, asked = (chance.normal(size=(count, 20)) for count in (400, 100, 9))
    wider = (np.hstack([vectors, chance.normal(9, 5, (len(vectors), 7))]) for vectors in (training, held_out, asked))
    training_too, held_out_too, asked_too = wider
    np.testing.assert_array_equal(
        NoveltyDetector.learn(training, held_out).unfamiliar(asked),
        NoveltyDetector.learn(training_too, held_out_too, 20).unfamiliar(asked_too),
    )
