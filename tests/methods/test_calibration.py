import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics

from covergenre.methods.calibration import fit_temperature, log_loss, log_softmax, probabilities_of, softmax

logits_of_covers = arrays(
    np.float64, st.tuples(st.integers(1, 6), st.integers(2, 5)), elements=st.floats(-1e6, 1e6, width=32)
)


def drawn(n: int, temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """Logits of n covers, `temperature` times too sure or too shy, and labels drawn from the true probabilities."""
    chance = np.random.default_rng(0)
    logits = chance.normal(size=(n, 4)) * 2
    labels = (softmax(logits).cumsum(axis=1) > chance.random((n, 1))).argmax(axis=1)
    return logits * temperature, labels


# --- softmax and log loss


@given(logits_of_covers)
def test_softmax_equals_scipy(logits):
    np.testing.assert_allclose(softmax(logits), scipy.special.softmax(logits, axis=1), rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(log_softmax(logits), scipy.special.log_softmax(logits, axis=1), rtol=1e-9, atol=1e-9)


@given(logits_of_covers)
def test_probabilities_are_positive_and_sum_to_1(logits):
    probabilities = softmax(logits)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (probabilities > 0).all()


def test_no_covers_have_no_probabilities():
    assert softmax(np.zeros((0, 3))).shape == (0, 3)


def test_log_loss_equals_scikit_learn():
    logits, labels = drawn(200, 1)
    assert log_loss(logits, labels) == pytest.approx(metrics.log_loss(labels, softmax(logits)))


# --- the temperature


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_the_temperature_corrects_overconfidence(temperature):
    assert fit_temperature(*drawn(20_000, temperature)) == pytest.approx(temperature, rel=0.05)


def test_no_other_temperature_does_better():
    logits, labels = drawn(300, 2.5)
    found = log_loss(logits / fit_temperature(logits, labels), labels)
    assert found <= min(log_loss(logits / other, labels) for other in np.geomspace(0.05, 20, 2000)) + 1e-6


@given(logits_of_covers, st.data())
def test_the_temperature_stays_in_range_and_never_increases_log_loss(logits, data):
    labels = np.array(
        data.draw(st.lists(st.integers(0, logits.shape[1] - 1), min_size=len(logits), max_size=len(logits)))
    )
    temperature = fit_temperature(logits, labels)
    assert 0.05 <= temperature <= 20
    assert log_loss(logits / temperature, labels) <= 1.01 * log_loss(logits, labels) + 1e-9


@given(logits_of_covers, st.floats(0.05, 20))
def test_a_temperature_keeps_the_order_of_the_genres(logits, temperature):
    order = np.argsort(-logits, axis=1, kind="stable")
    ranked = np.take_along_axis(softmax(logits / temperature), order, axis=1)
    assert (np.diff(ranked, axis=1) <= 0).all()


def test_the_temperature_of_no_covers_is_1():
    assert fit_temperature(np.zeros((0, 3)), np.zeros(0, np.int64)) == 1


# --- where it differs from source to source


def test_a_spread_averages_over_temperatures_and_keeps_the_predicted_genre():
    logits, _ = drawn(200, 1.0)
    plain = probabilities_of(logits, {"temperature": 1.5})
    np.testing.assert_allclose(plain, softmax(logits / 1.5))
    spread = probabilities_of(logits, {"temperature": 1.5, "spread": 0.6})
    np.testing.assert_allclose(spread.sum(axis=1), 1)
    assert (spread.argmax(axis=1) == plain.argmax(axis=1)).all()
    rng = np.random.default_rng(0)
    sampled = np.mean([softmax(logits / (1.5 * np.exp(0.6 * at))) for at in rng.normal(size=2000)], axis=0)
    np.testing.assert_allclose(spread, sampled, atol=0.02)
