"""What every method keeps to, and the checks they share."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from drawing import cover
from specs import train_spec

from covergenre.errors import BadRun, Cancelled, CoverGenreError
from covergenre.methods import METHODS, Context, Covers, base, method
from covergenre.methods.base import check_training
from covergenre.progress import SILENT, Monitor

BOOSTING = pytest.param("boosting", marks=pytest.mark.skipif(find_spec("catboost") is None, reason="needs catboost"))
QUICK = {"boosting": {"trees": 20}}

every_method = pytest.mark.parametrize("name", ["knn", "logistic", BOOSTING])
every_head = pytest.mark.parametrize("name", ["knn", "logistic"])

_PREDICT = """
import sys
from pathlib import Path
import numpy as np
from covergenre.methods import Covers, method
vectors = np.load(sys.argv[3])
covers = Covers(vectors, np.full(len(vectors), -1), ("",) * len(vectors))
np.save(sys.argv[4], method(sys.argv[1]).load(Path(sys.argv[2])).predict_proba(covers))
heavy = {"sklearn", "scipy", "torch", "pandas", "statsmodels", "catboost", "fastai"} & set(sys.modules)
sys.exit(f"predicting imported {sorted(heavy)}" if heavy else 0)
"""


@pytest.fixture
def parts(clouds) -> tuple[Covers, Covers, Covers]:
    return clouds(90, seed=1), clouds(45, seed=2, first=1000), clouds(300, seed=3, first=2000)


def fit(name, training, validation, n_genres=3, parameters=None, monitor=SILENT):
    spec = train_spec(name, n_genres, QUICK.get(name, {}) if parameters is None else parameters)
    return method(name).fit(training, validation, spec, Context(monitor))


def nobody(width: int = 12) -> Covers:
    return Covers(np.zeros((0, width), np.float32), np.zeros(0, np.int64), ())


def accuracy(fitted, covers: Covers) -> float:
    return (fitted.predict_proba(covers).argmax(axis=1) == covers.labels).mean()


# --- the list of methods


def test_a_method_is_found_by_its_name():
    assert [method(name).name for name in METHODS] == list(METHODS)


def test_an_unknown_method_is_refused_with_the_known_ones():
    with pytest.raises(CoverGenreError, match=r"'knnn'.*knn, logistic"):
        method("knnn")


# --- what every method does


@every_method
def test_it_learns_separable_genres(name, parts):
    training, validation, test = parts
    assert accuracy(fit(name, training, validation), test) > 0.9


@every_method
def test_it_learns_nothing_from_noise(name, clouds):
    training, validation, test = (clouds(300, apart=0, seed=seed, first=1000 * seed) for seed in (1, 2, 3))
    probabilities = fit(name, training, validation).predict_proba(test)
    assert -np.log(probabilities[np.arange(300), test.labels]).mean() < 1.02 * np.log(3)


@every_method
def test_probabilities_are_positive_and_sum_to_1(name, parts):
    training, validation, test = parts
    far = replace(test, vectors=test.vectors * 1e4)
    for covers in (test, far):
        probabilities = fit(name, training, validation).predict_proba(covers)
        assert probabilities.dtype == np.float64
        assert probabilities.shape == (300, 3)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-12)
        assert (probabilities > 0).all()


@every_method
def test_no_covers_have_no_probabilities(name, parts):
    assert fit(name, parts[0], parts[1]).predict_proba(nobody()).shape == (0, 3)


@every_method
def test_fitting_is_deterministic(name, parts):
    training, validation, test = parts
    first, second = (fit(name, training, validation) for _ in range(2))
    assert first.choices == second.choices
    np.testing.assert_array_equal(first.predict_proba(test), second.predict_proba(test))


@every_method
def test_prediction_ignores_labels(name, parts):
    training, validation, test = parts
    fitted = fit(name, training, validation)
    unlabelled = replace(test, labels=np.full(len(test), -1))
    np.testing.assert_array_equal(fitted.predict_proba(test), fitted.predict_proba(unlabelled))


@every_method
def test_the_unit_of_vectors_does_not_matter(name, parts):
    scaled = [replace(part, vectors=part.vectors * np.float32(1024)) for part in parts]
    expected = fit(name, *parts[:2]).predict_proba(parts[2])
    np.testing.assert_allclose(fit(name, *scaled[:2]).predict_proba(scaled[2]), expected, atol=2e-3)


@every_method
def test_a_constant_column_does_no_harm(name, parts):
    constant = [replace(part, vectors=np.insert(part.vectors, 3, 7, axis=1)) for part in parts]
    assert accuracy(fit(name, *constant[:2]), constant[2]) > 0.9


@every_method
def test_a_saved_model_loads_unchanged(name, parts, tmp_path):
    fitted = fit(name, *parts[:2])
    fitted.save(tmp_path / "made" / "model")
    loaded = method(name).load(tmp_path / "made" / "model")
    assert loaded.choices == fitted.choices
    np.testing.assert_array_equal(loaded.predict_proba(parts[2]), fitted.predict_proba(parts[2]))


@every_head
def test_prediction_imports_no_heavy_library(name, parts, tmp_path):
    fitted = fit(name, *parts[:2])
    fitted.save(tmp_path / "model")
    np.save(tmp_path / "vectors.npy", parts[2].vectors)
    files = [str(tmp_path / file) for file in ("model", "vectors.npy", "probabilities.npy")]
    run = subprocess.run(
        [sys.executable, "-c", _PREDICT, name, *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    np.testing.assert_allclose(np.load(files[2]), fitted.predict_proba(parts[2]), atol=1e-6)


@every_method
def test_the_validation_part_may_be_empty(name, parts):
    fitted = fit(name, parts[0], nobody())
    assert fitted.choices["temperature"] == 1
    assert accuracy(fitted, parts[2]) > 0.9


@every_method
def test_two_genres_are_enough(name, clouds):
    training, validation, test = (clouds(60, 2, seed=seed, first=1000 * seed) for seed in (1, 2, 3))
    fitted = fit(name, training, validation, n_genres=2)
    assert fitted.predict_proba(test).shape == (60, 2)
    assert accuracy(fitted, test) > 0.9


@every_method
def test_there_may_be_more_genres_than_columns(name, clouds):
    training, validation, test = (clouds(200, 5, 2, apart=5, seed=seed, first=1000 * seed) for seed in (1, 2, 3))
    assert accuracy(fit(name, training, validation, n_genres=5), test) > 0.8


@every_method
def test_one_cover_of_each_genre_can_be_learned_from(name, clouds):
    probabilities = fit(name, clouds(3), clouds(3, seed=1, first=10)).predict_proba(clouds(30, seed=2, first=20))
    assert np.isfinite(probabilities).all()


@every_method
def test_progress_and_validation_log_loss_are_reported(name, parts):
    reports = []
    fit(name, *parts[:2], monitor=Monitor(reports.append))
    assert [progress.done for progress in reports] == list(range(1, len(reports) + 1))
    assert reports[-1].done <= reports[-1].total
    assert all(0 < progress.metrics["validation log loss"] < 2 for progress in reports)


@every_method
def test_fitting_can_be_stopped(name, parts):
    calls = []
    with pytest.raises(Cancelled, match="stopped"):
        fit(name, *parts[:2], monitor=Monitor(should_stop=lambda: calls.append(True) or len(calls) > 1))
    assert len(calls) == 2


@every_method
def test_vectors_of_another_width_are_refused(name, parts, clouds):
    with pytest.raises(CoverGenreError, match=r"13 wide.*12"):
        fit(name, *parts[:2]).predict_proba(clouds(5, width=13))


@every_method
def test_a_missing_head_is_a_bad_run(name, tmp_path):
    with pytest.raises(BadRun, match="missing or damaged"):
        method(name).load(tmp_path)


@every_head
def test_a_head_of_another_method_is_a_bad_run(name, parts, tmp_path):
    other = "logistic" if name == "knn" else "knn"
    fit(other, *parts[:2]).save(tmp_path)
    with pytest.raises(BadRun, match="it should hold the arrays"):
        method(name).load(tmp_path)


@every_method
def test_choices_convert_to_json(name, parts):
    choices = fit(name, *parts[:2]).choices
    assert json.loads(json.dumps(choices)) == choices


@every_method
def test_default_parameters_convert_to_json(name):
    fields = vars(method(name).Parameters())
    assert json.loads(json.dumps(fields)) == fields


# --- the checks they share


def test_vectors_labels_and_hashes_must_be_equally_many():
    with pytest.raises(CoverGenreError, match=r"\(2, 3\).*\(3,\).*2 hashes"):
        Covers(np.zeros((2, 3), np.float32), np.zeros(3, np.int64), ("a", "b"))
    with pytest.raises(CoverGenreError, match="1 hashes"):
        Covers(np.zeros((2, 3), np.float32), np.zeros(2, np.int64), ("a",))


def test_there_are_as_many_pictures_as_covers_or_none():
    with pytest.raises(CoverGenreError, match="1 pictures of 2 covers"):
        Covers(np.zeros((2, 0), np.float32), np.zeros(2, np.int64), ("a", "b"), [cover])
    assert Covers(np.zeros((1, 0), np.float32), np.zeros(1, np.int64), ("a",), [cover]).pictures == [cover]


def test_each_cover_has_a_source_or_none_does():
    with pytest.raises(CoverGenreError, match="1 sources of 2 covers"):
        Covers(np.zeros((2, 0), np.float32), np.zeros(2, np.int64), ("a", "b"), sources=("discogs",))


@pytest.mark.parametrize("rows", [[2, 0], np.array([True, False, True])])
def test_take_selects_rows_of_every_attribute(rows):
    covers = Covers(np.eye(3, dtype=np.float32), np.arange(3), tuple("abc"), [1, 2, 3], tuple("xyz"))
    taken, at = covers.take(rows), np.arange(3)[rows]
    assert taken.labels.tolist() == at.tolist() == taken.vectors.argmax(axis=1).tolist()
    assert taken.hashes == tuple("abc"[row] for row in at)
    assert [taken.pictures, taken.sources] == [[row + 1 for row in at], tuple("xyz"[row] for row in at)]


def test_covers_are_counted():
    assert len(nobody()) == 0
    assert len(Covers(np.zeros((2, 3), np.float32), np.zeros(2, np.int64), ("a", "b"))) == 2


def test_one_genre_is_too_few(clouds):
    with pytest.raises(CoverGenreError, match="1 genres"):
        check_training(clouds(4, 1), nobody(), 1)


def test_a_genre_without_training_cover_is_refused(parts):
    with pytest.raises(CoverGenreError, match="2 of 5 genres have no training cover"):
        check_training(parts[0], parts[1], 5)


@pytest.mark.parametrize("label", [-1, 3])
@pytest.mark.parametrize("part", [0, 1])
def test_a_cover_of_no_genre_is_refused(parts, label, part):
    parts[part].labels[0] = label
    with pytest.raises(CoverGenreError, match=f"a {('training', 'validation')[part]} cover has none of the 3 genres"):
        check_training(parts[0], parts[1], 3)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("part", [0, 1])
def test_a_vector_that_is_not_finite_is_refused(parts, value, part):
    parts[part].vectors[1, 2] = value
    with pytest.raises(CoverGenreError, match="not a number"):
        check_training(parts[0], parts[1], 3)


def test_parts_of_different_widths_are_refused(parts, clouds):
    for validation in (clouds(9, width=13), nobody(13)):
        with pytest.raises(CoverGenreError, match="13 wide"):
            check_training(parts[0], validation, 3)


def test_a_sample_is_stratified_by_genre_and_source(clouds, monkeypatch):
    monkeypatch.setattr(base, "SAMPLE_SIZE", 60)
    covers = replace(clouds(600), sources=tuple("a" if row < 450 else "b" for row in range(600)))
    drawn = covers.sample()
    assert len(drawn) == 60
    assert Counter(zip(drawn.sources, drawn.labels.tolist(), strict=True)) == {
        (source, label): 15 if source == "a" else 5 for source in "ab" for label in range(3)
    }
    assert covers.sample().hashes == drawn.hashes


def test_the_sample_of_few_covers_is_all_of_them(clouds):
    covers = clouds(30)
    assert covers.sample() is covers


@every_head
def test_a_head_of_many_covers_is_fitted_on_a_sample_and_says_so(name, parts, clouds, monkeypatch):
    whole = fit(name, *parts[:2])
    monkeypatch.setattr(base, "SAMPLE_SIZE", 60)
    some = fit(name, *parts[:2])
    assert "learned_from" not in whole.choices
    assert some.choices["learned_from"] == 60
    same = some.predict_proba(parts[2]).argmax(axis=1) == whole.predict_proba(parts[2]).argmax(axis=1)
    assert same.mean() > 0.8
