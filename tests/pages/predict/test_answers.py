from concurrent.futures import ThreadPoolExecutor

import pytest
from drawing import cover, encoded

from covergenre.predict import Failure, Predictor
from covergenre.predict.saved_queries import Cover
from pages.predict.answers import Answers


@pytest.fixture
def predictor(starter) -> Predictor:
    return Predictor.open()


def drawn(number: int, name: str = "") -> Cover:
    return Cover.of(name or f"{number}.png", encoded(cover("jazz", number, 64)))


def test_a_cover_is_read_once_whatever_its_name(predictor):
    answers = Answers(predictor, words=True)
    answers.read([drawn(1, "first.png")])
    assert answers.missing([drawn(1, "second.png")]) == []
    assert answers.get(drawn(1, "second.png")).result.name == "second.png"


def test_identical_covers_are_predicted_once(predictor):
    missing = Answers(predictor, words=True).missing([drawn(1), drawn(2), drawn(1, "again")])
    assert len(missing) == len({cover.digest for cover in missing}) == 2


def test_an_unreadable_file_returns_the_reason(predictor):
    answers, bad = Answers(predictor, words=True), Cover.of("notes.jpg", b"milk, bread")
    answers.read([bad, drawn(1)])
    assert isinstance(answers.get(bad).result, Failure)
    assert answers.get(bad).prediction is None
    assert answers.get(bad).picture == ""
    assert answers.get(drawn(1)).picture.startswith("data:image/jpeg")


def test_the_oldest_predictions_are_evicted(predictor, monkeypatch):
    monkeypatch.setattr("pages.predict.answers._LIMIT", 3)
    answers = Answers(predictor, words=True)
    answers.read([drawn(number) for number in range(3)])
    answers.get(drawn(0))
    answers.read([drawn(3)])
    assert [number for number in range(4) if answers.get(drawn(number)) is None] == [1]


def test_many_visitors_can_predict_concurrently(predictor):
    answers = Answers(predictor, words=True)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: answers.read([drawn(number % 3)]), range(8)))
    assert answers.missing([drawn(number) for number in range(3)]) == []
