import numpy as np
import pytest
from specs import train_spec

from covergenre.methods import Context, Covers, method
from covergenre.methods.leave_one_source_out import (
    MAX_PER_SOURCE,
    calibrate_left_out,
    cap_per_source,
    combine_left_out,
    predict_left_out,
    spread_factor,
    with_temperature,
)
from covergenre.methods.logistic import Parameters


def drawn(n: int, source: str, share: float, look: float, seed: int) -> Covers:
    """Covers of two genres, `share` of them of the second: its sign is number 0, the look of the source number 1."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(n) < share * n).astype(np.int64)
    vectors = rng.normal(0, 1, (n, 6)).astype(np.float32)
    vectors[:, 0] += 2.0 * labels
    vectors[:, 1] += look
    return Covers(vectors, labels, tuple(f"{source}{row}" for row in range(n)), sources=(source,) * n)


def concatenate(*parts: Covers) -> Covers:
    return Covers(
        np.concatenate([part.vectors for part in parts]),
        np.concatenate([part.labels for part in parts]),
        tuple(each for part in parts for each in part.hashes),
        sources=tuple(each for part in parts for each in part.sources),
    )


@pytest.fixture
def covers() -> Covers:
    return concatenate(drawn(200, "a", 0.9, 4.0, 0), drawn(200, "b", 0.1, -4.0, 1))


def fit(covers: Covers, **parameters):
    spec = train_spec("logistic", 2, Parameters(**parameters))
    return method("logistic").fit(covers, covers.take(np.zeros(0, int)), spec, Context()), spec


def test_what_reveals_the_source_gets_little_weight(covers):
    blind = Covers(covers.vectors, covers.labels, covers.hashes)
    evened, fooled = (np.abs(np.diff(fit(each, c=0.01)[0].coefficients, axis=0))[0] for each in (covers, blind))
    assert evened[1] < 0.25 * fooled[1]
    assert evened[0] > 0.5 * fooled[0]


def test_a_source_is_predicted_by_a_fit_on_the_others(covers):
    fitted, spec = fit(covers)
    left_out = predict_left_out(method("logistic"), fitted, covers, None, spec, Context())
    assert sorted(left_out.rows) == list(range(400))
    assert set(left_out.sources) == {"a", "b"}
    alone, _ = fit(covers.take(np.arange(200, 400)))
    other = alone.predict_proba(covers.take(np.arange(200)))
    assert (left_out.probabilities[left_out.sources == "a"].argmax(axis=1) == other.argmax(axis=1)).all()


def test_the_groups_of_predicted_covers_are_not_trained_on(covers):
    fitted, spec = fit(covers)
    groups = np.arange(400)
    groups[200:] = 7  # all of b go with a cover of a
    left_out = predict_left_out(method("logistic"), fitted, covers, groups, spec, Context())
    assert set(left_out.sources) == {"b"}


def test_one_variant_of_a_cover_is_predicted(covers):
    twice = concatenate(covers, covers)
    fitted, spec = fit(twice)
    assert len(predict_left_out(method("logistic"), fitted, twice, None, spec, Context()).rows) == 400


def test_a_single_source_cannot_be_left_out():
    covers = drawn(100, "a", 0.5, 0.0, 0)
    fitted, spec = fit(covers)
    assert predict_left_out(method("logistic"), fitted, covers, None, spec, Context()) is None
    assert with_temperature(fitted, None) is fitted


def test_each_source_is_calibrated_on_the_others():
    labels = np.tile([0, 1], 100)
    sure = np.where(np.eye(2)[labels] == 1, 0.99, 0.01)
    wrong = sure.copy()
    wrong[:100] = 1 - wrong[:100]
    sources = np.repeat(["fooled", "known"], 100)
    left_out = calibrate_left_out(np.arange(200), sources, labels, wrong)
    assert left_out.probabilities[:100].max() > 0.99
    assert left_out.probabilities[100:].max() < 0.6
    assert left_out.calibration["spread"] > 1


def test_small_sources_are_calibrated_together():
    labels, sources = np.tile([0, 1], 20), np.repeat(["a", "b"], 20)
    wrong = np.where(np.eye(2)[labels] == 1, 0.01, 0.99)
    assert set(calibrate_left_out(np.arange(40), sources, labels, wrong).calibration) == {"temperature"}


def test_the_covers_per_source_are_capped():
    rows = cap_per_source(np.repeat(["large", "small"], [5000, 20]))
    assert [(rows < 5000).sum(), (rows >= 5000).sum()] == [MAX_PER_SOURCE, 20]


def test_a_combination_is_of_the_covers_that_all_members_predicted():
    labels, answers = np.array([0, 1, 0]), np.array([[0.8, 0.2], [0.3, 0.7], [0.6, 0.4]])
    sources = np.array(["a", "a", "b"])
    first = calibrate_left_out(np.array([4, 5, 6]), sources, labels, answers)
    second = calibrate_left_out(np.array([6, 5]), sources[[2, 1]], labels[[2, 1]], answers[[2, 1]])
    both = combine_left_out([first, second], 0.0)
    assert both.rows.tolist() == [5, 6]
    assert both.labels.tolist() == [1, 0]
    assert combine_left_out([first, None], 0.0) is None


def test_the_spread_factor_follows_students_distribution():
    from scipy.stats import t

    assert spread_factor(6) == pytest.approx(t(5).std() * (1 + 1 / 6) ** 0.5)
    assert np.isfinite(spread_factor(2))


def test_a_combination_has_the_spread_of_a_further_source():
    labels, sources = np.tile([0, 1], 150), np.repeat(["a", "b", "c"], 100)
    sure = np.where(np.eye(2)[labels] == 1, 0.8, 0.2)
    sure[:40] = 1 - sure[:40]
    sure[100:120] = 1 - sure[100:120]
    alone = calibrate_left_out(np.arange(300), sources, labels, sure)
    both = combine_left_out([alone, alone], 0.0)
    plain = calibrate_left_out(np.arange(300), sources, labels, alone.probabilities)
    assert both.calibration["temperature"] == pytest.approx(plain.calibration["temperature"])
    assert both.calibration["spread"] == pytest.approx(plain.calibration["spread"] * spread_factor(3))


def test_words_are_combined_as_evidence_with_a_weight():
    labels, sources, rows = np.array([0, 1, 0, 1]), np.array(["a", "a", "b", "b"]), np.arange(4)
    looks = calibrate_left_out(rows, sources, labels, np.full((4, 2), 0.5))
    usual = np.tile([0.6, 0.4], (4, 1))
    spoken = np.where(np.eye(2)[labels] == 1, 0.9, 0.1)
    spoken[3] = usual[3]  # nothing is read on the last
    words = calibrate_left_out(rows, sources, labels, spoken, usual)
    both = combine_left_out([looks, words], 1.0)
    assert both.probabilities[:3].argmax(axis=1).tolist() == [0, 1, 0]
    np.testing.assert_allclose(both.probabilities[3], 0.5)
    assert both.wordless is None
