import numpy as np
import pytest
from asking import asked

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


def together(*parts: Covers) -> Covers:
    return Covers(
        np.concatenate([part.vectors for part in parts]),
        np.concatenate([part.labels for part in parts]),
        tuple(each for part in parts for each in part.hashes),
        sources=tuple(each for part in parts for each in part.sources),
    )


@pytest.fixture
def covers() -> Covers:
    return together(drawn(200, "a", 0.9, 4.0, 0), drawn(200, "b", 0.1, -4.0, 1))


def learned(covers: Covers, **parameters):
    spec = asked("logistic", 2, Parameters(**parameters))
    return method("logistic").fit(covers, covers.take(np.zeros(0, int)), spec, Context()), spec


def test_what_tells_the_source_gains_nothing(covers):
    blind = Covers(covers.vectors, covers.labels, covers.hashes)
    evened, fooled = (np.abs(np.diff(learned(each, c=0.01)[0].coefficients, axis=0))[0] for each in (covers, blind))
    assert evened[1] < 0.25 * fooled[1]
    assert evened[0] > 0.5 * fooled[0]


def test_covers_of_a_source_left_out_are_answered_by_what_the_other_says(covers):
    fitted, spec = learned(covers)
    told = predict_left_out(method("logistic"), fitted, covers, None, spec, Context())
    assert sorted(told.rows) == list(range(400))
    assert set(told.sources) == {"a", "b"}
    alone, _ = learned(covers.take(np.arange(200, 400)))
    other = alone.predict_proba(covers.take(np.arange(200)))
    assert (told.probabilities[told.sources == "a"].argmax(axis=1) == other.argmax(axis=1)).all()


def test_covers_of_a_group_that_is_asked_about_are_not_learned_from(covers):
    fitted, spec = learned(covers)
    groups = np.arange(400)
    groups[200:] = 7  # all of b go with a cover of a
    told = predict_left_out(method("logistic"), fitted, covers, groups, spec, Context())
    assert set(told.sources) == {"b"}


def test_of_the_variants_of_a_cover_one_is_asked_about(covers):
    twice = together(covers, covers)
    fitted, spec = learned(twice)
    assert len(predict_left_out(method("logistic"), fitted, twice, None, spec, Context()).rows) == 400


def test_covers_of_one_source_can_not_be_asked_about():
    covers = drawn(100, "a", 0.5, 0.0, 0)
    fitted, spec = learned(covers)
    assert predict_left_out(method("logistic"), fitted, covers, None, spec, Context()) is None
    assert with_temperature(fitted, None) is fitted


def test_a_source_is_calibrated_on_the_others_and_what_all_call_for_is_known():
    labels = np.tile([0, 1], 100)
    sure = np.where(np.eye(2)[labels] == 1, 0.99, 0.01)
    wrong = sure.copy()
    wrong[:100] = 1 - wrong[:100]
    sources = np.repeat(["fooled", "known"], 100)
    told = calibrate_left_out(np.arange(200), sources, labels, wrong)
    assert told.probabilities[:100].max() > 0.99
    assert told.probabilities[100:].max() < 0.6
    assert told.calibration["spread"] > 1


def test_sources_too_small_to_say_how_sure_to_be_are_taken_together():
    labels, sources = np.tile([0, 1], 20), np.repeat(["a", "b"], 20)
    wrong = np.where(np.eye(2)[labels] == 1, 0.01, 0.99)
    assert set(calibrate_left_out(np.arange(40), sources, labels, wrong).calibration) == {"temperature"}


def test_a_large_source_does_not_drown_the_others():
    rows = cap_per_source(np.repeat(["large", "small"], [5000, 20]))
    assert [(rows < 5000).sum(), (rows >= 5000).sum()] == [MAX_PER_SOURCE, 20]


def test_an_average_is_of_the_covers_that_all_were_asked_about():
    labels, answers = np.array([0, 1, 0]), np.array([[0.8, 0.2], [0.3, 0.7], [0.6, 0.4]])
    sources = np.array(["a", "a", "b"])
    first = calibrate_left_out(np.array([4, 5, 6]), sources, labels, answers)
    second = calibrate_left_out(np.array([6, 5]), sources[[2, 1]], labels[[2, 1]], answers[[2, 1]])
    both = combine_left_out([first, second], 0.0)
    assert both.rows.tolist() == [5, 6]
    assert both.labels.tolist() == [1, 0]
    assert combine_left_out([first, None], 0.0) is None


def test_a_further_draw_spreads_as_student_has_it():
    from scipy.stats import t

    assert spread_factor(6) == pytest.approx(t(5).std() * (1 + 1 / 6) ** 0.5)
    assert np.isfinite(spread_factor(2))


def test_how_sure_an_average_is_spreads_as_on_a_further_source():
    labels, sources = np.tile([0, 1], 150), np.repeat(["a", "b", "c"], 100)
    sure = np.where(np.eye(2)[labels] == 1, 0.8, 0.2)
    sure[:40] = 1 - sure[:40]
    sure[100:120] = 1 - sure[100:120]
    alone = calibrate_left_out(np.arange(300), sources, labels, sure)
    both = combine_left_out([alone, alone], 0.0)
    plain = calibrate_left_out(np.arange(300), sources, labels, alone.probabilities)
    assert both.calibration["temperature"] == pytest.approx(plain.calibration["temperature"])
    assert both.calibration["spread"] == pytest.approx(plain.calibration["spread"] * spread_factor(3))


def test_of_words_what_they_say_without_any_is_known_and_they_are_joined_at_a_weight():
    labels, sources, rows = np.array([0, 1, 0, 1]), np.array(["a", "a", "b", "b"]), np.arange(4)
    looks = calibrate_left_out(rows, sources, labels, np.full((4, 2), 0.5))
    usual = np.tile([0.6, 0.4], (4, 1))
    said = np.where(np.eye(2)[labels] == 1, 0.9, 0.1)
    said[3] = usual[3]  # nothing is read on the last
    words = calibrate_left_out(rows, sources, labels, said, usual)
    both = combine_left_out([looks, words], 1.0)
    assert both.probabilities[:3].argmax(axis=1).tolist() == [0, 1, 0]
    np.testing.assert_allclose(both.probabilities[3], 0.5)
    assert both.wordless is None
