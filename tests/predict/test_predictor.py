import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from drawing import cover, encoded, genre_folders
from PIL import Image
from tiny import tiny_recipe

from covergenre.augment import VIEWS, apply
from covergenre.collection.novelty import UNFAMILIAR
from covergenre.dataset.registry import register
from covergenre.dataset.starter import seal
from covergenre.errors import BadImage, BadRun
from covergenre.images import decode
from covergenre.methods import TrainSpec, method
from covergenre.methods.ensemble import FittedEnsemble
from covergenre.methods.words import BUCKETS, FittedWords
from covergenre.ocr.text import CoverText, Line
from covergenre.predict import Failure, Prediction, Predictor
from covergenre.runs.record import Run
from covergenre.training.combine import combine
from covergenre.training.train import train


@pytest.fixture
def predictor(starter) -> Predictor:
    return Predictor.open()


@pytest.fixture
def jazz() -> bytes:
    """A cover that the starter has not seen."""
    return encoded(cover("jazz", 500))


def known(starter_folder) -> bytes:
    return (starter_folder.parent.parent / "covers" / "discogs" / "rap" / "000.jpg").read_bytes()


def no_cover(kind: str) -> Image.Image:
    chance, ramp = np.random.default_rng(0), np.linspace(0, 255, 300)[:, None, None]
    pixels = {
        "noise": chance.integers(0, 256, (300, 300, 3)),
        "flat": np.full((300, 300, 3), (90, 200, 30)),
        "gradient": np.broadcast_to(ramp * (0.2, 0.9, 0.5), (300, 300, 3)),
    }
    return Image.fromarray(pixels[kind].astype(np.uint8))


def test_every_method_gives_every_genre_a_probability(predictor, jazz):
    prediction = predictor.predict(jazz)
    assert set(prediction.answers) == {"Ensemble", "Nearest neighbours", "Logistic regression"}
    for answer in prediction.answers.values():
        assert set(answer) == set(predictor.genres)
        assert sum(answer.values()) == pytest.approx(1)
        assert min(answer.values()) > 0


def test_the_starter_averages_the_views_of_a_cover(starter, jazz):
    predictor = Predictor.open()
    views = predictor.engine.embed([apply(decode(jazz).image, view) for view in VIEWS])
    np.testing.assert_allclose(predictor.look(decode(jazz).image).vector, views.mean(axis=0), rtol=1e-5)


def test_the_shipped_starter_counts_precedents_on_held_out_covers(monkeypatch, jazz):
    monkeypatch.delenv("COVERGENRE_HOME")
    precedent = Predictor.open().predict(jazz).precedent
    assert 0 <= precedent.right <= precedent.covers == 60
    assert precedent.agreed in (True, False)


def test_without_predictions_of_held_out_covers_there_is_no_precedent(starter, jazz):
    (starter / "runs" / "starter-logistic" / "predictions.parquet").unlink()
    seal(starter)
    assert Predictor.open().predict(jazz).precedent is None


def test_the_genre_is_the_likeliest_of_the_chosen_method(predictor, jazz):
    prediction = predictor.predict(jazz)
    chosen = prediction.answers[predictor.card.chosen.title]
    assert prediction.probabilities == chosen
    assert prediction.genre == max(chosen, key=chosen.get) == next(iter(chosen))
    assert list(chosen.values()) == sorted(chosen.values(), reverse=True)


def test_the_requested_number_of_neighbours_is_returned_best_first(predictor, jazz):
    neighbours = predictor.predict(jazz, neighbours=7).neighbours
    similarities = [neighbour.similarity for neighbour in neighbours]
    assert len(neighbours) == 7
    assert similarities == sorted(similarities, reverse=True)


def test_a_known_cover_is_recognised_and_is_not_its_own_neighbour(predictor, starter_folder):
    prediction = predictor.predict(known(starter_folder), neighbours=40)
    assert (prediction.seen.genre, prediction.seen.source) == ("rap", "discogs")
    assert prediction.seen.id not in {n.id for n in prediction.neighbours if n.genre == "rap" and n.source == "discogs"}


def test_a_near_copy_of_a_known_cover_is_recognised_and_is_not_its_own_neighbour(predictor, starter_folder):
    original = predictor.predict(known(starter_folder))
    copy = predictor.predict(encoded(decode(known(starter_folder)).image, "JPEG", quality=60))
    assert (original.same_pixels, copy.same_pixels) == (True, False)
    assert copy.seen == original.seen
    assert copy.seen.key not in {neighbour.key for neighbour in copy.neighbours}


def test_an_unknown_cover_is_not_recognised(predictor, jazz):
    assert predictor.predict(jazz).seen is None


def test_the_answer_does_not_depend_on_the_file_format(predictor):
    picture = cover("rap", 77)
    png, bmp = (predictor.predict(encoded(picture, kind)) for kind in ("PNG", "BMP"))
    assert png.probabilities == bmp.probabilities


@pytest.mark.parametrize("picture", ["noise", "flat", "gradient"])
def test_the_shipped_starter_finds_pictures_that_are_no_covers_unfamiliar(own_home, picture):
    prediction = Predictor.open().predict(encoded(no_cover(picture)))
    assert prediction.unfamiliar > UNFAMILIAR


def test_a_file_that_is_no_picture_is_refused(predictor):
    with pytest.raises(BadImage, match="covers can be JPEG"):
        predictor.predict(b"not a picture")


def test_bad_files_do_not_affect_good_ones(predictor, jazz):
    results = predictor.predict_many([("a", b""), ("b", jazz), ("c", b"<svg/>"), ("d", jazz)])
    assert [result.name for result in results] == ["a", "b", "c", "d"]
    assert [type(result) for result in results] == [Failure, Prediction, Failure, Prediction]
    assert "SVG" in results[2].error


def test_no_files_have_no_predictions(predictor):
    assert predictor.predict_many([]) == []


def test_a_batch_is_predicted_as_each_file_alone(predictor):
    files = [(f"{number}", encoded(cover("country", number))) for number in range(5)]
    together = predictor.predict_many(files)
    for (name, data), result in zip(files, together, strict=True):
        alone = predictor.predict(data, name)
        assert result.genre == alone.genre
        assert result.probabilities == pytest.approx(alone.probabilities, abs=1e-4)


def test_threads_share_one_predictor(predictor, jazz):
    expected = predictor.predict(jazz).probabilities
    with ThreadPoolExecutor(8) as pool:
        for prediction in pool.map(predictor.predict, [jazz] * 24):
            assert prediction.probabilities == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("method", ["knn", "logistic"])
def test_a_run_predicts_as_the_starter_does(tmp_path, method):
    root = genre_folders(tmp_path / "covers", ("jazz", "rap", "disco"), 10)
    dataset, _ = register("mine", root)
    run = train(dataset, TrainSpec(method, recipe=tiny_recipe(tmp_path)))
    prediction = Predictor.open(run.id).predict((root / "disco" / "003.jpg").read_bytes(), neighbours=4)
    assert set(prediction.probabilities) == {"disco", "jazz", "rap"}
    assert prediction.seen.path == root / "disco" / "003.jpg"
    assert all(neighbour.path.is_file() for neighbour in prediction.neighbours)


@pytest.mark.parametrize("name", ["knn", "logistic"])
def test_a_method_of_the_starter_predicts_alone_as_it_does_within_it(predictor, jazz, name):
    together, alone = predictor.predict(jazz), Predictor.open(f"starter-{name}").predict(jazz)
    assert alone.probabilities == pytest.approx(together.answers[method(name).title])
    assert [each.key for each in alone.neighbours] == [each.key for each in together.neighbours]
    assert alone.unfamiliar == together.unfamiliar


def test_runs_of_the_starter_that_are_combined_can_predict(starter, jazz):
    run = combine([Run.open("starter-knn"), Run.open("starter-logistic")])
    assert Predictor.open(run.id).predict(jazz).genre in run.spec.genres


def test_a_missing_run_is_an_error():
    with pytest.raises(BadRun, match="no run"):
        Predictor.open("20260101-000000-knn-0000")


def test_a_starter_without_its_backbone_is_damaged(starter):
    (starter / "network.bin").unlink()
    with pytest.raises(BadRun, match=r"starter in .* is damaged"):
        Predictor.open()


def test_predicting_imports_neither_torch_nor_scikit_learn(starter, tmp_path, jazz):
    (tmp_path / "cover.png").write_bytes(jazz)
    code = (
        "import sys, pathlib; from covergenre.predict import Predictor;"
        "Predictor.open().predict(pathlib.Path(sys.argv[1]).read_bytes());"
        "print({'torch', 'sklearn', 'scipy', 'fastai', 'catboost', 'timm', 'streamlit'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "cover.png")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "set()"


@pytest.mark.covers
def test_the_shipped_starter_knows_its_covers(own_home, covers):
    predictor = Predictor.open()
    files = [next((covers / "spotify" / genre).iterdir()) for genre in ("jazz", "classical", "reggae")]
    results = predictor.predict_many([(file.stem, file.read_bytes()) for file in files])
    known_as = {result.seen.id for result in results if result.seen}
    assert known_as
    assert known_as <= {file.stem for file in files}


class Scribe:
    """Reads the same on every cover."""

    def read(self, image):
        return CoverText((Line("live", 0.9), Line("MILES DAVIS", 0.9)))


@pytest.fixture
def listener(predictor, monkeypatch) -> Predictor:
    """The starter's logistic regression, joined with a method to which every word speaks for jazz."""
    weights = np.zeros((BUCKETS, len(predictor.genres)), np.float16)
    weights[:, predictor.genres.index("jazz")] = 3
    hears = FittedWords(weights, np.zeros(len(predictor.genres), np.float32), {"temperature": 1.0})
    members = [("logistic", predictor.heads["Logistic regression"]), ("words", hears)]
    both = FittedEnsemble(members, {"members": "logistic words", "weight": 1.0, "temperature": 1.0})
    monkeypatch.setattr("covergenre.predict.predictor.open_reader", Scribe)
    return Predictor(
        predictor.engine, predictor.genres, {"Both": both}, predictor.collection, predictor._novelty, VIEWS[:1]
    )


def test_words_on_a_cover_count_and_are_reported(listener, jazz):
    with_words, without_words = listener.predict(jazz), listener.predict(jazz, words=False)
    assert with_words.probabilities["jazz"] > without_words.probabilities["jazz"]
    assert with_words.words.lines == ("live", "MILES DAVIS")
    assert with_words.words.spoken[0][:2] == ("MILES DAVIS", "jazz")
    assert without_words.words is None


def test_without_the_package_for_text_the_picture_alone_counts(listener, jazz, monkeypatch):
    monkeypatch.setattr("covergenre.predict.predictor.installed", lambda: False)
    prediction = listener.predict(jazz)
    assert prediction.words is None
    assert prediction.probabilities == listener.predict(jazz, words=False).probabilities


def test_words_are_read_only_if_a_method_weighs_them(predictor, jazz):
    assert not predictor.weighs_words
    assert predictor.predict(jazz).words is None
