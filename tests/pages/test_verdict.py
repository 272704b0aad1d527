import re
from dataclasses import replace

import pytest

from covergenre.dataset.starter import LeftOut, open_starter
from covergenre.evaluation.intervals import Interval
from covergenre.evaluation.metrics import Evaluation
from covergenre.predict.track_record import PastAnswers
from pages.widgets.genres import inline
from pages.widgets.verdict import album_line, dots, hardly_ever, known_as, not_a_choice, often, origin, scope, verdict


def test_the_genre_is_the_heading(prediction):
    assert verdict(prediction({"black metal": 0.71, "rap": 0.29})).heading == "Black metal"


@pytest.mark.parametrize(
    ("share", "sure", "words"),
    [
        (0.97, "Very sure.", "Of 10 answers like this, nearly all should be right."),
        (0.7, "Fairly sure.", "Of 10 answers like this, 7 should be right."),
        (0.55, "Leaning this way.", "Of 10 answers like this, 5 or 6 should be right."),
        (0.3, "Little more than a guess.", "Of 10 answers like this, 3 should be right."),
    ],
)
def test_without_a_record_how_sure_it_is_follows_from_the_probability(prediction, share, sure, words):
    said = verdict(prediction({"jazz": share, "pop": 0.01}))
    assert (said.explanation, said.trust.words) == (sure, words)


@pytest.mark.parametrize(
    ("precedent", "heading", "words", "counted"),
    [
        (PastAnswers(60, 47, True), "Jazz", "8 were right.", "and the methods agreed: 47 were right."),
        (PastAnswers(60, 27, False), "Perhaps jazz", "4 or 5 were right.", "and the methods disagreed: 27 were right."),
        (PastAnswers(40, 40, None), "Jazz", "nearly all were right.", "about as certain: 40 were right."),
        (PastAnswers(50, 1, None), "Perhaps jazz", "hardly any was right.", "about as certain: 1 were right."),
    ],
)
def test_what_came_of_such_answers_before_says_how_sure_it_is(prediction, precedent, heading, words, counted):
    said = verdict(prediction({"jazz": 0.6, "pop": 0.01}, precedent=precedent))
    assert (said.heading, said.trust.words) == (heading, f"Of 10 answers like this, {words}")
    assert said.trust.counted.endswith(counted)


def test_no_figure_but_that_of_trust_is_said(prediction):
    said = verdict(prediction({"jazz": 0.51, "pop": 0.4}, precedent=PastAnswers(60, 27, True)))
    assert re.findall(r"\d+", f"{said.heading} {said.explanation} {said.trust.words}") == ["10", "4", "5"]


@pytest.mark.parametrize(
    ("tenths", "said"), [(4.5, "4 or 5"), (4.2, "4"), (3.8, "4"), (0.4, "hardly any"), (9.6, "nearly all"), (8.9, "9")]
)
def test_half_way_between_two_numbers_both_are_named(tenths, said):
    assert often(tenths) == said


def test_as_many_dots_are_full_as_answers_were_right():
    fills = [int(fill) for fill in re.findall(r"--fill: (\d+)%", dots(4.5))]
    assert fills == [100] * 4 + [50] + [0] * 5


def test_the_runner_up_is_named_when_it_is_worth_naming(prediction):
    assert verdict(prediction({"jazz": 0.6, "edm": 0.4})).explanation.endswith("Runner-up: EDM.")
    assert "Runner-up" not in verdict(prediction({"jazz": 0.97, "edm": 0.03})).explanation
    assert "Runner-up" not in verdict(prediction({"jazz": 1.0})).explanation


def test_where_the_methods_disagree_it_is_told_what_each_says(prediction):
    answers = {"Logistic regression": {"jazz": 0.6, "pop": 0.4}, "Nearest neighbours": {"jazz": 0.3, "pop": 0.7}}
    two = prediction({"jazz": 0.6, "pop": 0.04}, answers=answers)
    three = prediction({"jazz": 0.6, "pop": 0.04}, answers={"Ensemble": {"jazz": 0.6, "pop": 0.4}, **answers})
    for each in (two, three):
        said = "The methods disagree: jazz by logistic regression and pop by nearest neighbours."
        assert said in verdict(each).explanation


def test_of_an_unfamiliar_picture_no_genre_is_claimed(prediction):
    words = verdict(prediction(unfamiliar=0.999, precedent=PastAnswers(60, 42, True)))
    assert words.heading == "Unlike all known covers"
    assert words.trust is None
    assert "Jazz comes closest" in words.explanation


def test_of_a_picture_that_is_odd_for_a_cover_the_genre_is_named_without_a_figure(prediction):
    words = verdict(prediction({"jazz": 0.9, "edm": 0.1}, unfamiliar=0.95))
    assert (words.heading, words.trust) == ("Perhaps jazz", None)
    assert "unusual for a cover" in words.explanation


def test_answers_that_were_counted_on_new_sources_are_said_to_be(prediction):
    words = verdict(prediction({"jazz": 0.6, "pop": 0.01}, precedent=PastAnswers(60, 30, None, new_source=True)))
    assert "60 covers from held-out sources" in words.trust.counted


def test_a_known_cover_leads_with_what_it_is_filed_under(prediction, neighbour):
    words = verdict(prediction({"rap": 0.6, "pop": 0.4}, seen=neighbour(genre="country"), unfamiliar=0.999))
    assert words.heading == "A known cover, labelled country"
    assert words.explanation.endswith("From the picture alone it would be rap.")
    assert words.trust is None


def test_it_is_said_whether_a_known_cover_was_learned_from(neighbour):
    assert known_as(neighbour()).endswith(", which was used for training.")
    assert known_as(neighbour(part="test")).endswith(", which was not used for training.")


def test_a_near_copy_of_a_known_cover_is_not_said_to_be_the_same(neighbour):
    assert "This is exactly the picture of Ada Lane" in known_as(neighbour())
    assert "This is nearly the same picture as Ada Lane" in known_as(neighbour(), same_pixels=False)


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


def test_a_file_name_at_a_source_is_not_taken_for_its_number(neighbour):
    assert origin(neighbour(source="spotify", id="00467_Blue_Hours_1961")) == "Spotify"


def test_the_genres_that_are_known_and_those_that_are_not_are_named(starter_folder):
    card = open_starter(starter_folder).card
    said = scope(replace(card, genres=("edm", "jazz"), covers=3486, missing=("anime", "disco")))
    assert said.startswith(
        "The starter knows 2 genres from 3,486 real covers.\n\nThey are EDM and jazz.\n\n"
        "It does not know anime or disco, for lack of real covers."
    )
    assert (
        not_a_choice(("anime", "disco"))
        == "The answer is never anime or disco: the starter has no real covers of them."
    )


def test_nothing_is_said_to_be_missing_when_nothing_is(starter_folder):
    assert "for lack of" not in scope(replace(open_starter(starter_folder).card, missing=()))
    assert not_a_choice(()) == ""


def test_the_genres_that_are_hardly_ever_answered_are_named_and_those_where_the_source_is_new(starter_folder):
    method = open_starter(starter_folder).card.chosen
    first, second, *_ = (scores.genre for scores in method.test.by_genre)

    def recalled(**shares: float) -> Evaluation:
        by_genre = (
            replace(scores, recall=Interval(shares.get(scores.genre, 0.5), 0, 1)) for scores in method.test.by_genre
        )
        return replace(method.test, by_genre=tuple(by_genre))

    assert hardly_ever(replace(method, test=recalled(), left_out=None)) == []
    left_out = LeftOut(recalled(**{first: 0.0, second: 0.09}), 0.4, {})
    everywhere, elsewhere = hardly_ever(replace(method, test=recalled(**{first: 0.0}), left_out=left_out))
    assert (inline(first) in everywhere, inline(second) in everywhere) == (True, False)
    assert (inline(first) in elsewhere, inline(second) in elsewhere) == (False, True)
