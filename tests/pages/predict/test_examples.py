from benchmarks.examples import chosen, said_of
from covergenre import images
from covergenre.demo import EXAMPLES, example_tiles
from covergenre.predict import Predictor
from covergenre.predict.track_record import PastAnswers
from pages.predict.uploads import drawn_examples


def test_an_example_file_contains_exactly_the_drawn_pixels():
    for (cover, _), (title, genre, image) in zip(drawn_examples(), example_tiles(), strict=True):
        assert (cover.name, cover.drawn_as) == (title, genre)
        assert images.content_hash(images.decode(cover.data).image) == images.content_hash(image)


def test_the_most_confident_correct_examples_and_one_wrong_are_chosen(prediction):
    def answering(genre: str, right: int, unfamiliar: float = 0.3):
        return prediction({genre: 0.9, "other": 0.1}, precedent=PastAnswers(60, right, True), unfamiliar=unfamiliar)

    said = {
        ("jazz", 0): answering("jazz", 20),
        ("jazz", 1): answering("jazz", 40),
        ("rap", 0): answering("rap", 50),
        ("edm", 0): answering("edm", 55, unfamiliar=0.99),
        ("pop", 0): answering("rap", 10),
        ("pop", 1): answering("jazz", 30),
    }
    assert chosen(said) == (("rap", 0), ("jazz", 1), ("pop", 1))


def test_the_starter_predicts_most_examples_correctly_but_not_the_last():
    said = said_of(Predictor.open(), EXAMPLES)
    right = [answer.genre == genre for (genre, _), answer in said.items()]
    assert sum(right[:-1]) >= 4
    assert not right[-1]
