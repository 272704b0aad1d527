import pytest

from covergenre.collection.track_record import PastAnswers
from pages.widgets.verdict import album_line, known_as, not_a_choice, origin, scope, verdict


def test_the_genre_is_named_with_its_probability(prediction):
    words = verdict(prediction({"black metal": 0.71, "rap": 0.29}))
    assert (words.heading, words.figure) == ("Black metal", "71\u202f%")


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.97, "Very sure: answers like this are right nearly always."),
        (0.7, "Fairly sure: answers like this are right about 7 times in 10."),
        (0.5, "Leaning this way: answers like this are right about 5 times in 10."),
        (0.3, "Little more than a guess: answers like this are right about 3 times in 10."),
        (0.13, "Little more than a guess: answers like this are right rarely."),
    ],
)
def test_how_sure_it_is_follows_from_the_probability(prediction, share, said):
    assert verdict(prediction({"jazz": share, "pop": 0.01})).explanation == said


@pytest.mark.parametrize(
    ("precedent", "heading", "said"),
    [
        (
            PastAnswers(60, 47, True),
            "Jazz",
            "Fairly sure: when it was this sure before and the methods agreed, it was right about 8 times in 10 "
            "(47 of 60 held-out covers).",
        ),
        (
            PastAnswers(60, 14, False),
            "Perhaps jazz",
            "Little more than a guess: when it was this sure before and the methods disagreed, it was right about "
            "2 times in 10 (14 of 60 held-out covers).",
        ),
        (
            PastAnswers(40, 40, None),
            "Jazz",
            "Very sure: when it was this sure before, it was right nearly always (40 of 40 held-out covers).",
        ),
    ],
)
def test_what_came_of_such_answers_before_says_how_sure_it_is(prediction, precedent, heading, said):
    words = verdict(prediction({"jazz": 0.6, "pop": 0.01}, precedent=precedent))
    assert (words.heading, words.explanation) == (heading, said)


def test_the_runner_up_is_named_when_it_is_worth_naming(prediction):
    assert verdict(prediction({"jazz": 0.6, "edm": 0.4})).explanation.endswith("Runner-up: EDM, 40\u202f%.")
    assert "Runner-up" not in verdict(prediction({"jazz": 0.97, "edm": 0.03})).explanation


def test_that_the_methods_disagree_is_said(prediction):
    answers = {"Logistic regression": {"jazz": 0.6, "pop": 0.4}, "Nearest neighbours": {"jazz": 0.3, "pop": 0.7}}
    assert verdict(prediction({"jazz": 0.6, "pop": 0.4}, answers=answers)).explanation.endswith("The methods disagree.")


def test_of_an_unfamiliar_picture_no_genre_is_claimed(prediction):
    words = verdict(prediction(unfamiliar=0.999))
    assert words.heading == "Unlike the covers I know"
    assert words.figure == ""
    assert "Jazz comes closest" in words.explanation


def test_of_a_picture_that_is_odd_for_a_cover_the_genre_is_named_without_a_figure(prediction):
    words = verdict(prediction({"jazz": 0.9, "edm": 0.1}, unfamiliar=0.95))
    assert (words.heading, words.figure) == ("Perhaps jazz", "")
    assert "odd for a cover" in words.explanation
    assert "%" not in words.explanation


def test_answers_that_were_counted_on_new_sources_are_said_to_be(prediction):
    words = verdict(prediction({"jazz": 0.6, "pop": 0.01}, precedent=PastAnswers(60, 30, None, new_source=True)))
    assert "30 of 60 covers of sources it had not seen" in words.explanation


def test_a_cover_with_a_probability_for_one_genre_only_has_no_runner_up(prediction):
    assert "Runner-up" not in verdict(prediction({"jazz": 1.0})).explanation


def test_a_known_cover_is_named_and_whether_it_was_learned_from(neighbour):
    assert known_as(neighbour()).endswith("filed under jazz; the methods learned from it.")
    assert known_as(neighbour(part="test")).endswith("the methods did not learn from it.")


def test_a_near_copy_of_a_known_cover_is_not_said_to_be_the_same(neighbour):
    assert "These very pixels are Ada Lane" in known_as(neighbour())
    assert "It is nearly the same picture as Ada Lane" in known_as(neighbour(), same_pixels=False)


def test_a_hostile_album_cannot_write_on_the_page(neighbour):
    said = known_as(neighbour(artist="**<script>**", album="[here](http://x)", genre="<b>"))
    assert set("<>[]()") & set(said.replace("(1961)", "")) == set()


def test_what_is_not_known_of_an_album_is_left_out(neighbour):
    assert album_line(neighbour()) == "Ada Lane – Blue Hours (1961)"
    assert album_line(neighbour(year=None)) == "Ada Lane – Blue Hours"
    assert album_line(neighbour(artist="")) == "Blue Hours (1961)"
    assert (
        album_line(neighbour(artist="", album="", year=None, source="discogs", id="152"))
        == "Untitled release, Discogs 152"
    )


def test_a_cover_of_ones_own_is_named_by_its_file(neighbour):
    assert origin(neighbour(source="", id="jazz/blue.jpg")) == "jazz/blue.jpg"


def test_the_genres_that_are_known_and_those_that_are_not_are_named():
    said = scope(("edm", "jazz"), 3486, ("anime", "disco"))
    assert said == (
        "The starter knows 2 genres from 3,486 real covers: EDM and jazz. "
        "Not anime or disco: no real covers of them could be had."
    )
    assert (
        not_a_choice(("anime", "disco"))
        == "The answer is never anime or disco: the starter has no real covers of them."
    )


def test_nothing_is_said_to_be_missing_when_nothing_is():
    assert scope(("edm", "jazz"), 20, ()).endswith("EDM and jazz.")
    assert not_a_choice(()) == ""
