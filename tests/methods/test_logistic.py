import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from specs import train_spec

from covergenre.errors import BadRun, CoverGenreError
from covergenre.methods import Context, Covers, method
from covergenre.methods.logistic import STRENGTHS, Parameters, fit_multinomial
from covergenre.methods.storage import load_head, save_head
from covergenre.progress import SILENT, Monitor


def fit(training: Covers, validation: Covers, parameters: Parameters, n_genres: int = 3, monitor=SILENT):
    return method("logistic").fit(training, validation, train_spec("logistic", n_genres, parameters), Context(monitor))


def without_some(covers: Covers, genre: int, kept: int) -> Covers:
    """The covers with only `kept` of one genre."""
    rows = [row for row, label in enumerate(covers.labels) if label != genre or (kept := kept - 1) >= 0]
    return Covers(covers.vectors[rows], covers.labels[rows], tuple(covers.hashes[row] for row in rows))


@pytest.fixture
def parts(clouds) -> tuple[Covers, Covers, Covers]:
    """So few and so wide that a weak penalty learns the training covers by heart."""
    return tuple(clouds(n, width=60, apart=0.3, seed=seed) for seed, n in enumerate((120, 90, 300)))


@pytest.mark.parametrize("n_genres", [2, 3])
def test_it_equals_scikit_learn_on_standardised_vectors(n_genres, clouds):
    training, nobody, test = clouds(120, n_genres), clouds(0, n_genres), clouds(50, n_genres, seed=1)
    fitted = fit(training, nobody, Parameters(c=0.01), n_genres)
    scaler = StandardScaler().fit(training.vectors)
    c = 0.02 if n_genres == 2 else 0.01  # of two genres, scikit-learn penalises the difference, which is twice as long
    other = LogisticRegression(C=c, tol=1e-8, max_iter=1000).fit(scaler.transform(training.vectors), training.labels)
    np.testing.assert_allclose(
        fitted.predict_proba(test), other.predict_proba(scaler.transform(test.vectors)), atol=2e-3
    )


def test_the_temperature_divides_the_logits(parts):
    fitted = fit(*parts[:2], Parameters())
    logits = parts[2].vectors @ fitted.coefficients.T + fitted.intercepts
    powers = np.exp(logits / fitted.choices["temperature"])
    np.testing.assert_allclose(fitted.predict_proba(parts[2]), powers / powers.sum(axis=1, keepdims=True), rtol=1e-4)


def test_c_has_the_lowest_validation_log_loss(parts):
    reports = []
    for c in STRENGTHS:
        fit(*parts[:2], Parameters(c=c), monitor=Monitor(reports.append))
    losses = [progress.metrics["validation log loss"] for progress in reports]
    assert fit(*parts[:2], Parameters()).choices["c"] == STRENGTHS[np.argmin(losses)]
    assert 0 < np.argmin(losses) < len(STRENGTHS) - 1


def test_the_search_for_c_stops_once_the_log_loss_rises(parts):
    reports = []
    chosen = fit(*parts[:2], Parameters(), monitor=Monitor(reports.append)).choices["c"]
    assert [progress.what for progress in reports][-2] == f"C = {chosen:g}"
    assert reports[-1].done < reports[-1].total == len(STRENGTHS)


def test_a_given_c_is_kept(parts):
    assert fit(*parts[:2], Parameters(c=0.5)).choices["c"] == 0.5


def test_without_validation_c_has_its_default(parts, clouds):
    assert fit(parts[0], clouds(0, width=60), Parameters()).choices == {"c": 1e-3, "temperature": 1.0}


def test_balance_favours_rare_genres(parts):
    training = without_some(parts[0], genre=2, kept=6)
    named = [
        fit(training, parts[1], Parameters(c=0.01, balance=balance)).predict_proba(parts[2]).argmax(axis=1) == 2
        for balance in (0, 0.5, 1)
    ]
    assert named[0].sum() < named[1].sum() < named[2].sum()


@pytest.mark.parametrize("c", [0, -1, float("inf"), float("nan")])
def test_c_must_be_above_0(c):
    with pytest.raises(CoverGenreError, match="give a number above 0"):
        Parameters(c=c)


@pytest.mark.parametrize("balance", [-0.1, 1.1, float("nan")])
def test_balance_must_be_a_share(balance):
    with pytest.raises(CoverGenreError, match="from 0 to 1"):
        Parameters(balance=balance)


def test_coefficients_and_intercepts_that_do_not_fit_are_a_bad_run(parts, tmp_path):
    fit(*parts[:2], Parameters()).save(tmp_path)
    arrays, choices = load_head(tmp_path, coefficients=2, intercepts=1)
    save_head(tmp_path, {**arrays, "intercepts": arrays["intercepts"][:2]}, choices)
    with pytest.raises(BadRun, match="don't fit together"):
        method("logistic").load(tmp_path)


@pytest.fixture
def drawn():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 40)
    return rng.normal(np.eye(3)[labels] @ np.eye(3, 5), 1), labels


def test_without_offsets_it_equals_scikit_learn(drawn):
    scores, labels = drawn
    weights = np.where(labels == 0, 2.0, 0.5)
    coefficients, intercepts = fit_multinomial(scores, labels, weights, np.zeros((1, 3)), 0.1)
    other = LogisticRegression(C=0.1, tol=1e-8, max_iter=1000).fit(scores, labels, weights)
    np.testing.assert_allclose(coefficients, other.coef_.T, atol=5e-3)
    np.testing.assert_allclose(intercepts, other.intercept_ - other.intercept_.mean(), atol=5e-3)


def test_a_constant_offset_moves_to_the_intercepts(drawn):
    scores, labels = drawn
    ones, offset = np.ones(len(labels)), np.array([[2.0, 0.0, -2.0]])
    plain = fit_multinomial(scores, labels, ones, np.zeros((1, 3)), 0.1)
    offered = fit_multinomial(scores, labels, ones, offset, 0.1)
    np.testing.assert_allclose(offered[0], plain[0], atol=5e-3)
    np.testing.assert_allclose(offered[1] + offset[0], plain[1], atol=2e-2)


def test_what_the_offsets_explain_is_not_learned(drawn):
    _, labels = drawn
    vectors = np.eye(3)[labels]
    knowing = fit_multinomial(vectors, labels, np.ones(len(labels)), 8 * vectors, 1.0)[0]
    unknowing = fit_multinomial(vectors, labels, np.ones(len(labels)), 0 * vectors, 1.0)[0]
    assert np.abs(knowing).max() < 0.1 * np.abs(unknowing).max()
