from covergenre.predict.saved_queries import Cover
from covergenre.predict.track_record import PastAnswers
from pages.predict.batch import batch_tile, certainty, group, in_order


def test_an_answer_counts_under_its_genre_or_why_it_has_none(answer, failure, neighbour):
    assert group(answer()) == "jazz"
    assert group(answer(seen=neighbour(genre="country"))) == "country"
    assert group(answer(unfamiliar=0.999)) == "Unfamiliar"
    assert group(failure()) == "Not read"


def test_the_surest_come_first_or_last_and_those_not_read_yet_at_the_end(answer, failure, neighbour):
    half, known = answer(precedent=PastAnswers(60, 30, True)), answer(seen=neighbour())
    sure, odd = answer(precedent=PastAnswers(60, 59, True)), answer(unfamiliar=0.999)
    answers = [half, None, known, odd, sure, failure()]
    assert in_order(answers, (), "dropped") == [0, 1, 2, 3, 4, 5]
    assert in_order(answers, (), "surest") == [2, 4, 0, 3, 5, 1]
    assert in_order(answers, (), "doubtful") == [5, 3, 0, 4, 2, 1]


def test_only_the_chosen_genres_are_shown(answer, failure):
    answers = [answer(), answer(shares={"pop": 1.0}), failure(), None]
    assert in_order(answers, ("pop",), "dropped") == [1]
    assert in_order(answers, ("Not read", "jazz"), "dropped") == [0, 2]


def test_of_ten_answers_like_it_so_many_were_right(answer):
    assert certainty(answer(precedent=PastAnswers(60, 27, True))) == 4.5


def test_a_tile_says_genre_and_trust_or_why_there_is_none(answer, failure, neighbour):
    def told(answer) -> tuple[str, bool]:
        tile = batch_tile(3, Cover.of("a.jpg", b""), answer)
        return tile.label, tile.still

    assert told(None) == ("a.jpg", True)
    assert told(answer(precedent=PastAnswers(60, 27, True))) == ("a.jpg, Jazz, 4 or 5 of 10 right", False)
    assert told(answer(seen=neighbour(genre="rap"))) == ("a.jpg, Rap, known cover", False)
    assert told(failure(error="this is milk")) == ("a.jpg, Not read, this is milk", False)
