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
def test_without_a_track_record_confidence_follows_the_probability(prediction, share, sure, words):
    shown = verdict(prediction({"jazz": share, "pop": 0.01}))
    assert (shown.explanation, shown.trust.words) == (sure, words)


@pytest.mark.parametrize(
    ("precedent", "heading", "words", "counted"),
    [
        (PastAnswers(60, 47, True), "Jazz", "8 were right.", "and the methods agreed: 47 were right."),
        (PastAnswers(60, 27, False), "Perhaps jazz", "4 or 5 were right.", "and the methods disagreed: 27 were right."),
        (PastAnswers(40, 40, None), "Jazz", "nearly all were right.", "about as certain: 40 were right."),
        (PastAnswers(50, 1, None), "Perhaps jazz", "hardly any was right.", "about as certain: 1 were right."),
    ],
)
def test_confidence_follows_the_track_record_of_similar_answers(prediction, precedent, heading, words, counted):
    shown = verdict(prediction({"jazz": 0.6, "pop": 0.01}, precedent=precedent))
    assert (shown.heading, shown.trust.words) == (heading, f"Of 10 answers like this, {words}")
    assert shown.trust.counted.endswith(counted)


def test_only_the_confidence_figure_is_shown(prediction):
    shown = verdict(prediction({"jazz": 0.51, "pop": 0.4}, precedent=PastAnswers(60, 27, True)))
    assert re.findall(r"\d+", f"{shown.heading} {shown.explanation} {shown.trust.words}") == ["10", "4", "5"]


@pytest.mark.parametrize(
    ("tenths", "shown"), [(4.5, "4 or 5"), (4.2, "4"), (3.8, "4"), (0.4, "hardly any"), (9.6, "nearly all"), (8.9, "9")]
)
def test_halfway_between_two_counts_both_are_named(tenths, shown):
    assert often(tenths) == shown


def test_the_number_of_filled_dots_is_the_number_of_right_answers():
    fills = [int(fill) for fill in re.findall(r"--fill: (\d+)%", dots(4.5))]
    assert fills == [100] * 4 + [50] + [0] * 5


def test_the_runner_up_is_named_if_it_is_close(prediction):
    assert verdict(prediction({"jazz": 0.6, "edm": 0.4})).explanation.endswith("Runner-up: EDM.")
    assert "Runner-up" not in verdict(prediction({"jazz": 0.97, "edm": 0.03})).explanation
    assert "Runner-up" not in verdict(prediction({"jazz": 1.0})).explanation


def test_disagreeing_methods_are_listed_with_their_answers(prediction):
    answers = {"Logistic regression": {"jazz": 0.6, "pop": 0.4}, "Nearest neighbours": {"jazz": 0.3, "pop": 0.7}}
    two = prediction({"jazz": 0.6, "pop": 0.04}, answers=answers)
    three = prediction({"jazz": 0.6, "pop": 0.04}, answers={"Ensemble": {"jazz": 0.6, "pop": 0.4}, **answers})
    for each in (two, three):
        shown = "The methods disagree: jazz by logistic regression and pop by nearest neighbours."
        assert shown in verdict(each).explanation


def test_no_genre_is_claimed_for_an_unfamiliar_picture(prediction):
    words = verdict(prediction(unfamiliar=0.999, precedent=PastAnswers(60, 42, True)))
    assert words.heading == "Unlike all known covers"
    assert words.trust is None
    assert "Jazz comes closest" in words.explanation


def test_the_genre_of_an_unusual_picture_is_named_without_a_figure(prediction):
    words = verdict(prediction({"jazz": 0.9, "edm": 0.1}, unfamiliar=0.95))
    assert (words.heading, words.trust) == ("Perhaps jazz", None)
    assert "unusual for a cover" in words.explanation


def test_a_track_record_from_unseen_sources_is_said_to_be_one(prediction):
    words = verdict(prediction({"jazz": 0.6, "pop": 0.01}, precedent=PastAnswers(60, 30, None, new_source=True)))
    assert "60 covers from held-out sources" in words.trust.counted


def test_a_known_cover_leads_with_its_true_genre(prediction, neighbour):
    words = verdict(prediction({"rap": 0.6, "pop": 0.4}, seen=neighbour(genre="country"), unfamiliar=0.999))
    assert words.heading == "A known cover, labelled country"
    assert words.explanation.endswith("From the picture alone it would be rap.")
    assert words.trust is None


def test_a_known_cover_says_whether_it_was_used_for_training(neighbour):
    assert known_as(neighbour()).endswith(", which was used for training.")
    assert known_as(neighbour(part="test")).endswith(", which was not used for training.")


def test_a_near_copy_of_a_known_cover_is_not_called_the_same(neighbour):
    assert "This is exactly the picture of Ada Lane" in known_as(neighbour())
    assert "This is nearly the same picture as Ada Lane" in known_as(neighbour(), same_pixels=False)


def test_markup_in_an_album_title_is_escaped(neighbour):
    shown = known_as(neighbour(artist="**<script>**", album="[here](http://x)", genre="<b>"))
    assert set("<>[]()") & set(shown.replace("(1961)", "")) == set()


def test_unknown_facts_of_an_album_are_omitted(neighbour):
    assert album_line(neighbour()) == "Ada Lane – Blue Hours (1961)"
    assert album_line(neighbour(year=None)) == "Ada Lane – Blue Hours"
    assert album_line(neighbour(artist="")) == "Blue Hours (1961)"
    assert (
        album_line(neighbour(artist="", album="", year=None, source="discogs", id="152"))
        == "Untitled release, Discogs 152"
    )


def test_a_users_own_cover_is_named_by_its_file(neighbour):
    assert origin(neighbour(source="", id="jazz/blue.jpg")) == "jazz/blue.jpg"


def test_a_file_name_at_a_source_is_not_shown_as_an_id(neighbour):
    assert origin(neighbour(source="spotify", id="00467_Blue_Hours_1961")) == "Spotify"


def test_known_and_missing_genres_are_named(starter_folder):
    card = open_starter(starter_folder).card
    shown = scope(replace(card, genres=("edm", "jazz"), covers=3486, missing=("anime", "disco")))
    assert shown.startswith(
        "The starter knows 2 genres from 3,486 real covers.\n\nThey are EDM and jazz.\n\n"
        "It does not know anime or disco, for lack of real covers."
    )
    assert (
        not_a_choice(("anime", "disco"))
        == "The answer is never anime or disco: the starter has no real covers of them."
    )


def test_no_genre_is_called_missing_when_none_is(starter_folder):
    assert "for lack of" not in scope(replace(open_starter(starter_folder).card, missing=()))
    assert not_a_choice(()) == ""


def test_rarely_predicted_genres_are_named_overall_and_for_unseen_sources(starter_folder):
    method = open_starter(starter_folder).card.chosen
    first, second, *_ = (scores.genre for scores in method.test.by_genre)

    def with_track_record(**shares: float) -> Evaluation:
        by_genre = (
            replace(scores, recall=Interval(shares.get(scores.genre, 0.5), 0, 1)) for scores in method.test.by_genre
        )
        return replace(method.test, by_genre=tuple(by_genre))

    assert hardly_ever(replace(method, test=with_track_record(), left_out=None)) == []
    left_out = LeftOut(with_track_record(**{first: 0.0, second: 0.09}), 0.4, {})
    everywhere, elsewhere = hardly_ever(replace(method, test=with_track_record(**{first: 0.0}), left_out=left_out))
    assert (inline(first) in everywhere, inline(second) in everywhere) == (True, False)
    assert (inline(first) in elsewhere, inline(second) in elsewhere) == (False, True)
