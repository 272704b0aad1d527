import json
import random
import subprocess
import sys
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from lettering import cover_with_text
from specs import train_spec

from covergenre.errors import BadRun, Cancelled, CoverGenreError
from covergenre.methods import Context, Covers, method
from covergenre.methods.ensemble import FittedEnsemble, calibrate, pool_logits, split_evidence
from covergenre.methods.words import BUCKETS, FittedWords, Parameters, buckets_of, matrix_of, plain_letters, texts_of
from covergenre.ocr.text import CoverText, Line
from covergenre.progress import SILENT, Monitor, Progress

NAMES = ("johnny cash", "louis armstrong", "public enemy")
OTHER = ("the best of", "live", "volume two", "stereo")


def text(*lines: str) -> CoverText:
    return CoverText(tuple(Line(line, 0.9) for line in lines))


def labelled_covers(n: int, seed: int = 0) -> Covers:
    """Covers on which, but for each fifth, the genre's performer is written."""
    chance = random.Random(seed)
    labels = np.arange(n) % 3
    texts = [text(*([NAMES[label]] if number % 5 else []), chance.choice(OTHER)) for number, label in enumerate(labels)]
    return Covers(np.zeros((n, 0), np.float32), labels, tuple(f"{seed}-{i}" for i in range(n)), texts=texts)


def unlabelled_covers(*texts: CoverText) -> Covers:
    return Covers(np.zeros((len(texts), 0), np.float32), np.full(len(texts), -1), ("",) * len(texts), texts=texts)


def fit(parameters=None, monitor=SILENT, n_genres=3, parts=None) -> FittedWords:
    training, validation = parts or (labelled_covers(60, 1), labelled_covers(30, 2))
    spec = train_spec("words", n_genres, parameters)
    return method("words").fit(training, validation, spec, Context(monitor))


@pytest.fixture(scope="module")
def fitted() -> FittedWords:
    return fit()


def test_a_known_name_is_recognised_even_if_misread(fitted):
    probabilities = fitted.predict_proba(
        unlabelled_covers(text("JOHNNYCASH"), text("Louls Armstrong"), text("PUBLIC", "ENEMY"))
    )
    assert probabilities.argmax(axis=1).tolist() == [0, 1, 2]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_without_words_it_predicts_the_prior(fitted):
    np.testing.assert_allclose(fitted.predict_proba(unlabelled_covers(text()))[0], fitted.wordless)
    assert fitted.wordless.max() < 0.5


def test_telling_lines_name_the_genre_they_support(fitted):
    first, *more = fitted.telling_lines(text("live", "Johnny Cash"))
    assert (first.line, first.genre) == ("Johnny Cash", 0)
    assert first.factor > 1.5
    assert all(each.factor <= first.factor for each in more)
    assert fitted.telling_lines(text()) == ()


def test_it_learns_nothing_from_noise():
    rng = random.Random(7)

    def noise(n: int) -> Covers:
        made = [text("".join(rng.choice("abcdefgh") for _ in range(12))) for _ in range(n)]
        return Covers(np.zeros((n, 0), np.float32), np.arange(n) % 3, tuple(map(str, range(n))), texts=made)

    test = noise(300)
    probabilities = fit(parts=(noise(300), noise(150))).predict_proba(test)
    assert -np.log(probabilities[np.arange(300), test.labels]).mean() < 1.03 * np.log(3)


def test_a_saved_model_is_small_and_loads_unchanged(fitted, tmp_path):
    fitted.save(tmp_path)
    loaded = method("words").load(tmp_path)
    assert loaded.choices == fitted.choices
    np.testing.assert_array_equal(loaded.predict_proba(labelled_covers(9)), fitted.predict_proba(labelled_covers(9)))
    assert (tmp_path / "head.npz").stat().st_size < 2 * 3 * BUCKETS + 10_000


def test_a_head_of_another_method_is_a_bad_run(clouds, tmp_path):
    method("logistic").fit(clouds(30), clouds(15, seed=1, first=100), train_spec("logistic"), Context()).save(tmp_path)
    with pytest.raises(BadRun, match="missing or damaged"):
        method("words").load(tmp_path)


def test_choices_hold_c_and_convert_to_json(fitted):
    assert set(fitted.choices) == {"c", "temperature"}
    assert json.loads(json.dumps(fitted.choices)) == fitted.choices
    assert fit(Parameters(c=3.0)).choices["c"] == 3


def test_progress_is_reported_and_fitting_can_be_stopped():
    reports: list[Progress] = []
    fit(monitor=Monitor(reports.append))
    assert [each.done for each in reports] == list(range(1, len(reports) + 1))
    with pytest.raises(Cancelled):
        fit(monitor=Monitor(should_stop=lambda: True))


def test_two_genres_and_an_empty_validation_part_are_enough():
    two = [part.take(part.labels < 2) for part in (labelled_covers(60, 1), labelled_covers(30, 2))]
    assert fit(n_genres=2, parts=two).predict_proba(unlabelled_covers(text("johnny cash"))).argmax() == 0
    alone = fit(parts=(labelled_covers(60, 1), labelled_covers(0)))
    assert alone.choices == {"c": 10.0, "temperature": 1.0}


def test_covers_with_neither_text_nor_picture_are_refused(fitted):
    with pytest.raises(CoverGenreError, match="give a picture for each"):
        fitted.predict_proba(Covers(np.zeros((1, 0), np.float32), np.zeros(1, np.int64), ("a",)))


def test_covers_of_unknown_hash_are_each_read_from_their_own_picture():
    for names in (("JOHNNY CASH", "MILES DAVIS"), ("NINA SIMONE", "JOHNNY CASH")):
        pictures = [partial(cover_with_text, name) for name in names]
        covers = Covers(np.zeros((2, 0), np.float32), np.full(2, -1), ("", ""), pictures=pictures)
        texts = [str(text).replace(" ", "") for text in texts_of(covers, Context())]
        assert texts == [name.replace(" ", "") for name in names]


def test_training_covers_without_any_text_are_refused():
    blank = Covers(np.zeros((6, 0), np.float32), np.arange(6) % 3, tuple("abcdef"), texts=[text()] * 6)
    with pytest.raises(CoverGenreError, match="nothing can be read"):
        fit(parts=(blank, blank))


def test_prediction_imports_no_heavy_library(fitted, tmp_path):
    fitted.save(tmp_path)
    code = (
        "import sys; from pathlib import Path; import numpy as np\n"
        "from covergenre.methods import Covers, method; from covergenre.ocr.text import CoverText\n"
        "covers = Covers(np.zeros((1, 0)), np.zeros(1, int), ('',), texts=[CoverText()])\n"
        f"method('words').load(Path({str(tmp_path)!r})).predict_proba(covers)\n"
        "sys.exit(str({'sklearn', 'scipy', 'torch', 'pandas'} & set(sys.modules) or '') or 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


# --- joined with what covers look like


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """Answers to `labelled_covers(90, 3)` by a method that is right a little more often than by chance."""
    labels, rng = labelled_covers(90, 3).labels, np.random.default_rng(0)
    logits = rng.normal(size=(90, 3)) + 0.7 * np.eye(3)[labels]
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def evidence_of(fitted: FittedWords, covers: Covers, pictures: np.ndarray) -> tuple[list, list]:
    return split_evidence([pictures, fitted.predict_proba(covers)], [None, fitted.wordless])


def test_informative_words_get_a_weight_and_improve_answers(fitted, pictures):
    covers = labelled_covers(90, 3)
    averaged, evidence = evidence_of(fitted, covers, pictures)
    weight = calibrate(averaged, evidence, covers.labels)["weight"]
    joined = pool_logits(averaged, evidence, weight)
    assert weight > 0
    assert (joined.argmax(axis=1) == covers.labels).mean() > (pictures.argmax(axis=1) == covers.labels).mean() + 0.2


def test_uninformative_words_get_hardly_any_weight(pictures):
    noise = np.random.default_rng(1).normal(size=pictures.shape)
    assert calibrate([pictures], [noise], labelled_covers(90, 3).labels)["weight"] <= 0.2


def test_a_cover_without_words_keeps_its_visual_prediction(fitted, pictures):
    averaged, evidence = evidence_of(fitted, unlabelled_covers(*[text()] * 90), pictures)
    np.testing.assert_allclose(pool_logits(averaged, evidence, 2.0), np.log(pictures), atol=1e-12)


def test_an_ensemble_is_saved_with_its_weight(fitted, clouds, tmp_path):
    looks = method("logistic").fit(clouds(30), clouds(15, seed=1, first=100), train_spec("logistic"), Context())
    both = FittedEnsemble(
        [("logistic", looks), ("words", fitted)], {"members": "logistic words", "weight": 0.7, "temperature": 1.1}
    )
    both.save(tmp_path)
    seen = clouds(9, seed=2, first=200)
    covers = Covers(seen.vectors, seen.labels, seen.hashes, texts=[text("johnny cash")] * 9)
    kept = method("ensemble").load(tmp_path)
    np.testing.assert_array_equal(kept.predict_proba(covers), both.predict_proba(covers))
    assert [type(reader) for reader in kept.readers()] == [FittedWords]
    silent = Covers(seen.vectors, seen.labels, seen.hashes, texts=[text()] * 9)
    assert (kept.predict_proba(covers)[:, 0] > kept.predict_proba(silent)[:, 0]).all()


def read(*lines: str) -> CoverText:
    return CoverText(tuple(Line(line, 1.0) for line in lines))


def alike(one: str, other: str) -> float:
    first, second = set(buckets_of(read(one)).tolist()), set(buckets_of(read(other)).tolist())
    return len(first & second) / len(first | second)


def test_buckets_are_the_same_in_every_process_and_version():
    assert 0x352441C2 % BUCKETS in buckets_of(read("abc"))  # the CRC-32 of "abc" that every reference gives


def test_case_accents_and_line_breaks_are_ignored():
    np.testing.assert_array_equal(buckets_of(read("MÖTLEY", "Crüe")), buckets_of(read("motley crue")))
    assert plain_letters("AC/DC: Live!") == "acdclive"


def test_words_with_a_missed_space_or_a_misread_letter_are_similar():
    assert alike("johnny cash", "johnnycash") > 0.4
    assert alike("johnny cash", "johnny carh") > 0.4
    assert alike("johnny cash", "miles davis") < 0.05


def test_each_row_has_length_1_or_0_without_text():
    values, columns, starts = matrix_of([read("one"), read(), read("another one")])
    rows = [values[start:end] for start, end in pairwise(starts)]
    np.testing.assert_allclose([np.sum(row**2) for row in rows], [1, 0, 1])
    assert columns.max() < BUCKETS
