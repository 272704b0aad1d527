from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from specs import train_spec as spec_of

from covergenre.embedding.index import IVFIndex
from covergenre.errors import BadRun, CoverGenreError
from covergenre.methods import Context, Covers, knn, method
from covergenre.methods.knn import NEIGHBOURS, FittedNeighbours, Parameters
from covergenre.methods.space import Space
from covergenre.methods.storage import load_head, save_head
from covergenre.progress import SILENT, Monitor

CHOICES = {"metric": "cosine", "k": 3, "vote_temperature": 0.5, "temperature": 1.0}


def fit(training: Covers, validation: Covers, parameters: Parameters, n_genres: int = 3, monitor=SILENT):
    return method("knn").fit(training, validation, spec_of("knn", n_genres, parameters), Context(monitor))


def at(*degrees: float) -> np.ndarray:
    """Vectors that point into these directions of a plane, 10 long: the cosine between two is that of the degrees."""
    return 10 * np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], axis=1).astype(np.float32)


def placed(degrees, labels, hashes=None, weights=(1.0, 1.0), **choices) -> FittedNeighbours:
    """What is learned from covers in a plane, without a fit."""
    hashes = hashes or [f"hash {number}" for number in range(len(degrees))]
    space = Space(np.ones(2, np.float32), np.zeros(2, np.float32))
    vectors = (at(*degrees) / 10).astype(np.float16)
    return FittedNeighbours(
        space, vectors, np.array(labels), np.array(hashes), np.array(weights), {**CHOICES, **choices}
    )


def query(*degrees: float, hashes=None) -> Covers:
    return Covers(at(*degrees), np.full(len(degrees), -1), tuple(hashes or [""] * len(degrees)))


def cosine(degrees) -> np.ndarray:
    return np.cos(np.radians(degrees))


@pytest.fixture
def parts(clouds) -> tuple[Covers, Covers, Covers]:
    return clouds(150, apart=0.5, seed=1), clouds(90, apart=0.5, seed=2, first=1000), clouds(60, seed=3, first=2000)


# --- neighbours


def test_neighbours_are_the_most_similar_best_first():
    similarities, rows = placed([0, 90, 20, 50], [0, 0, 1, 1]).neighbours(query(10, 95), 3)
    assert rows.tolist()[1] == [1, 3, 2]
    assert set(rows[0, :2]) == {0, 2}
    np.testing.assert_allclose(similarities, cosine([[10, 10, 40], [5, 45, 75]]), atol=1e-3)
    assert similarities.dtype == np.float32
    assert rows.dtype == np.int64


@pytest.mark.parametrize("metric", ["cosine", "standardised", "blend"])
def test_neighbours_equal_those_of_an_exhaustive_search(metric, parts):
    training, validation, test = parts
    fitted = fit(training, validation, Parameters(metric=metric))
    places, others = fitted.project(test.vectors), fitted.project(training.vectors)
    cosines = (places / np.linalg.norm(places, axis=1, keepdims=True)) @ (
        others / np.linalg.norm(others, axis=1, keepdims=True)
    ).T
    similarities, rows = fitted.neighbours(test, 20)
    np.testing.assert_allclose(similarities, -np.sort(-cosines, axis=1)[:, :20], atol=2e-3)
    np.testing.assert_allclose(similarities, np.take_along_axis(cosines, rows, axis=1), atol=2e-3)


def test_a_cover_is_not_its_own_neighbour():
    fitted = placed([0, 10, 20], [0, 1, 1], hashes=["a", "b", "c"])
    _, rows = fitted.neighbours(query(0, 0, hashes=["a", "elsewhere"]), 2)
    assert rows.tolist() == [[1, 2], [0, 1]]


def test_the_variants_of_a_cover_are_not_its_neighbours():
    fitted = placed([0, 1, 2, 3, 30, 40], [0, 0, 0, 0, 1, 1], hashes=[*"aaaabc"])
    similarities, rows = fitted.neighbours(query(0, 35, hashes=["a", "b"]), 2)
    assert rows.tolist() == [[4, 5], [5, 3]]
    assert np.isfinite(similarities).all()


def test_too_few_neighbours_are_padded():
    similarities, rows = placed([0, 1, 30], [0, 0, 1], hashes=[*"aab"]).neighbours(query(0, 0, hashes="ax"), 3)
    assert rows.tolist()[0] == [2, -1, -1]
    assert np.isneginf(similarities[0, 1:]).all()
    assert (rows[1] >= 0).all()


def test_there_are_at_most_as_many_neighbours_as_covers():
    assert placed([0, 1, 30], [0, 0, 1]).neighbours(query(5), 10)[1].shape == (1, 3)


# --- the vote


def votes(*weights: float) -> np.ndarray:
    """The shares of two genres when these weights vote, first for 0, then for 1, and one more is shared out."""
    shares = np.array(weights) + sum(weights) / 3 / 2
    return shares / shares.sum()


def test_votes_are_weighted_by_similarity():
    probabilities = placed([0, 30, 60, 200], [0, 1, 1, 1]).predict_proba(query(0))
    weights = np.exp(cosine([0, 30, 60]) / 0.5)
    np.testing.assert_allclose(probabilities[0], votes(weights[0], weights[1] + weights[2]), atol=1e-3)


def test_a_low_vote_temperature_favours_the_nearest():
    loud = placed([0, 30, 60], [0, 1, 1], vote_temperature=0.01).predict_proba(query(0))
    alike = placed([0, 30, 60], [0, 1, 1], vote_temperature=1e6).predict_proba(query(0))
    np.testing.assert_allclose(loud[0], votes(1, 0), atol=1e-3)
    np.testing.assert_allclose(alike[0], votes(1, 2), atol=1e-3)


def test_votes_are_weighted_by_genre():
    probabilities = placed([0, 0, 0], [0, 1, 1], weights=(4.0, 0.5)).predict_proba(query(0))
    np.testing.assert_allclose(probabilities[0], votes(4, 1), atol=1e-3)


def test_the_temperature_sharpens_the_result():
    probabilities = placed([0, 0, 0], [0, 1, 1], temperature=0.5).predict_proba(query(0))
    expected = votes(1, 2) ** 2
    np.testing.assert_allclose(probabilities[0], expected / expected.sum(), atol=1e-3)


def test_copies_of_a_cover_do_not_vote():
    fitted = placed([0, 0, 10, 10, 10], [0, 0, 1, 1, 1], hashes=[*"aabcd"])
    np.testing.assert_allclose(fitted.predict_proba(query(0, hashes="a"))[0], votes(0, 3), atol=1e-3)


def test_without_voters_all_genres_are_equally_likely():
    fitted = placed([0, 1], [0, 0], hashes=[*"aa"])
    np.testing.assert_allclose(fitted.predict_proba(query(0, hashes="a")), [[0.5, 0.5]])


def test_shares_of_votes_sum_to_1_and_give_the_answer(parts):
    training, validation, test = parts
    fitted = fit(training, validation, Parameters(k=12))
    _, rows, shares = fitted.votes(test)
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(test)))
    by_genre = np.stack([(shares * (training.labels[rows] == genre)).sum(axis=1) for genre in range(3)], axis=1)
    odds = np.log(by_genre + 1 / rows.shape[1] / 3) / fitted.choices["temperature"]
    expected = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(fitted.predict_proba(test), expected, atol=1e-9)


def test_without_voters_all_shares_are_0():
    _, rows, shares = placed([0, 10], [0, 1], hashes=["a", "a"]).votes(query(5, hashes=["a"]))
    assert (rows.tolist(), shares.tolist()) == ([[-1, -1]], [[0.0, 0.0]])


def test_a_prediction_does_not_depend_on_the_batch(parts):
    training, validation, _ = parts
    fitted = fit(training, validation, Parameters())
    seen = Covers(training.vectors[:9], training.labels[:9], training.hashes[:9])
    alone = [
        fitted.predict_proba(Covers(seen.vectors[[row]], seen.labels[[row]], (seen.hashes[row],))) for row in range(9)
    ]
    np.testing.assert_allclose(fitted.predict_proba(seen), np.vstack(alone), atol=1e-6)


@given(st.lists(st.integers(-89, 89), min_size=3, max_size=8, unique=True), st.randoms(use_true_random=False))
def test_the_order_of_the_training_covers_does_not_matter(degrees, random):
    labels = [abs(degree) % 2 for degree in degrees]
    shuffled = random.sample(range(len(degrees)), len(degrees))
    other = placed([degrees[row] for row in shuffled], [labels[row] for row in shuffled], k=len(degrees))
    np.testing.assert_allclose(
        placed(degrees, labels, k=len(degrees)).predict_proba(query(7)), other.predict_proba(query(7)), atol=1e-6
    )


# --- what is chosen


def loss_of(parts, **parameters) -> float:
    reports = []
    fit(*parts[:2], Parameters(**parameters), monitor=Monitor(reports.append))
    return min(progress.metrics["validation log loss"] for progress in reports)


def test_the_choices_have_the_lowest_validation_log_loss(parts):
    chosen = fit(*parts[:2], Parameters(metric=None)).choices
    best = loss_of(parts, metric=None)
    given = {name: chosen[name] for name in ("metric", "k", "vote_temperature")}
    assert best == pytest.approx(loss_of(parts, **given, shrinkage=chosen.get("shrinkage")))
    assert best <= min(loss_of(parts, metric=metric) for metric in ("cosine", "standardised", "blend"))
    assert best <= min(loss_of(parts, **{**given, "k": k}) for k in NEIGHBOURS)
    assert best < loss_of(parts, k=1)


def test_validation_covers_do_not_vote_for_themselves(parts):
    training = parts[0]
    strangers = replace(training, hashes=tuple(f"other {content_hash}" for content_hash in training.hashes))
    assert loss_of((training, strangers), k=1) < 0.1
    assert loss_of((training, training), k=1) > 0.5


def test_given_parameters_are_kept(parts):
    given = {"metric": "blend", "shrinkage": 0.25, "k": 7, "vote_temperature": 0.2}
    assert fit(*parts[:2], Parameters(**given)).choices.items() > given.items()


def test_only_the_blend_has_a_shrinkage(parts):
    assert "shrinkage" not in fit(*parts[:2], Parameters(metric="cosine")).choices


def test_without_validation_the_choices_have_defaults(parts, clouds):
    fitted = fit(parts[0], clouds(0), Parameters(k=7))
    assert fitted.choices == {
        "metric": "blend",
        "shrinkage": 0.5,
        "k": 7,
        "vote_temperature": 0.07,
        "temperature": 1.0,
    }


def test_votes_are_balanced_by_source_and_saved(parts, tmp_path):
    training, validation, test = parts
    common = np.where(training.labels == 0, "a", np.where(np.arange(150) % 4 == 0, "a", "b"))
    fitted = fit(replace(training, sources=tuple(common.tolist())), validation, Parameters("cosine"))
    assert (
        fitted.cover_weights[training.labels == 0].max()
        < fitted.cover_weights[(training.labels != 0) & (common == "a")].min()
    )
    fitted.save(tmp_path)
    np.testing.assert_array_equal(method("knn").load(tmp_path).predict_proba(test), fitted.predict_proba(test))
    kinds = {"matrix": 2, "offset": 1, "vectors": 2, "labels": 1, "hashes": 1, "weights": 1, "evened": 1}
    arrays, choices = load_head(tmp_path, **kinds)
    save_head(tmp_path, {**arrays, "evened": arrays["evened"][1:]}, choices)
    with pytest.raises(BadRun, match="don't fit together"):
        method("knn").load(tmp_path)


def test_balance_favours_rare_genres(parts):
    training, validation, test = parts
    rows = np.flatnonzero((training.labels < 2) | (np.arange(150) < 24))
    rare = Covers(training.vectors[rows], training.labels[rows], tuple(training.hashes[row] for row in rows))
    named = [
        (fit(rare, validation, Parameters("cosine", k=40, balance=balance)).predict_proba(test).argmax(axis=1) == 2)
        for balance in (0, 0.5, 1)
    ]
    assert named[0].sum() < named[1].sum() < named[2].sum()


def test_training_covers_are_unit_vectors_in_float16_with_their_hashes(parts):
    fitted = fit(*parts[:2], Parameters())
    assert fitted.vectors.dtype == np.float16
    assert fitted.hashes.tolist() == list(parts[0].hashes)
    np.testing.assert_allclose(np.linalg.norm(fitted.vectors.astype(np.float32), axis=1), 1, atol=1e-3)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("metric", "euclidean"),
        ("shrinkage", 0),
        ("shrinkage", 1.1),
        ("k", 0),
        ("vote_temperature", 0),
        ("vote_temperature", float("inf")),
        ("balance", -0.1),
        ("balance", float("nan")),
    ],
)
def test_an_invalid_parameter_is_refused(field, value):
    with pytest.raises(CoverGenreError, match=field):
        Parameters(**{field: value})


# --- what is kept


@pytest.mark.parametrize("metric", ["cosine", "standardised", "blend"])
def test_every_space_loads_unchanged(metric, parts, tmp_path):
    fitted = fit(*parts[:2], Parameters(metric=metric))
    fitted.save(tmp_path)
    loaded = method("knn").load(tmp_path)
    np.testing.assert_array_equal(loaded.space.matrix, fitted.space.matrix)
    np.testing.assert_array_equal(loaded.predict_proba(parts[2]), fitted.predict_proba(parts[2]))
    assert loaded.hashes.tolist() == fitted.hashes.tolist()


def test_vectors_of_one_column_can_be_loaded(clouds, tmp_path):
    fitted = fit(clouds(20, 2, 1), clouds(10, 2, 1, seed=1, first=100), Parameters(metric="standardised"), 2)
    fitted.save(tmp_path)
    assert method("knn").load(tmp_path).predict_proba(clouds(5, 2, 1, seed=2)).shape == (5, 2)


@pytest.mark.parametrize(
    "damage",
    [
        lambda arrays: {"vectors": arrays["vectors"][1:]},
        lambda arrays: {"hashes": arrays["hashes"][1:]},
        lambda arrays: {"offset": arrays["offset"][1:]},
        lambda arrays: {"matrix": arrays["matrix"][:, 1:]},
        lambda arrays: {"matrix": arrays["matrix"][:, :1]},
        lambda arrays: {"labels": arrays["labels"] + 1},
        lambda arrays: {"labels": arrays["labels"] - 1},
        lambda arrays: {"labels": arrays["labels"].astype(float)},
        lambda arrays: {"hashes": arrays["labels"]},
        lambda arrays: {"weights": arrays["weights"][1:]},
    ],
)
def test_arrays_that_do_not_fit_together_are_a_bad_run(damage, parts, tmp_path):
    fit(*parts[:2], Parameters("blend", 0.5)).save(tmp_path)
    arrays, choices = load_head(tmp_path, matrix=2, offset=1, vectors=2, labels=1, hashes=1, weights=1)
    save_head(tmp_path, {**arrays, **damage(arrays)}, choices)
    with pytest.raises(BadRun, match="don't fit together"):
        method("knn").load(tmp_path)


@pytest.mark.parametrize(
    "damage", [{"k": 0}, {"k": 2.5}, {"k": None}, {"vote_temperature": 0.0}, {"vote_temperature": "1"}]
)
def test_invalid_choices_are_a_bad_run(damage, parts, tmp_path):
    fit(*parts[:2], Parameters("cosine")).save(tmp_path)
    arrays, choices = load_head(tmp_path, matrix=2, offset=1, vectors=2, labels=1, hashes=1, weights=1)
    save_head(tmp_path, arrays, {**choices, **damage})
    with pytest.raises(BadRun, match="don't fit together"):
        method("knn").load(tmp_path)


class TestManyTrainingCovers:
    """More training covers than are compared one by one."""

    @pytest.fixture
    def fitted(self, parts, monkeypatch) -> FittedNeighbours:
        monkeypatch.setattr(knn, "EXACT_LIMIT", 100)
        return fit(*parts[:2], Parameters(k=5))

    def test_predictions_by_an_index_are_close_to_exact_ones(self, fitted, parts, monkeypatch):
        assert isinstance(fitted._index, IVFIndex)
        through = fitted.predict_proba(parts[2])
        monkeypatch.setattr(knn, "EXACT_LIMIT", 1_000)
        assert np.abs(through - replace(fitted).predict_proba(parts[2])).mean() < 0.02

    def test_the_index_is_saved_with_the_head(self, fitted, parts, tmp_path, monkeypatch):
        fitted.save(tmp_path)
        before = fitted.predict_proba(parts[2])
        monkeypatch.setattr(knn, "build_index", None)
        np.testing.assert_allclose(method("knn").load(tmp_path).predict_proba(parts[2]), before, atol=1e-6)

    def test_a_damaged_index_is_rebuilt(self, fitted, parts, tmp_path, caplog):
        fitted.save(tmp_path)
        (tmp_path / "index.faiss").write_bytes(b"damaged")
        loaded = method("knn").load(tmp_path)
        np.testing.assert_allclose(loaded.predict_proba(parts[2]), fitted.predict_proba(parts[2]), atol=1e-6)
        assert "missing or damaged" in caplog.text

    def test_copies_of_a_cover_are_not_its_neighbours(self, fitted, parts):
        _, rows = fitted.neighbours(parts[0].take(np.arange(20)), 5)
        assert not (rows == np.arange(20)[:, None]).any()
