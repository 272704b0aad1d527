import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from covergenre.predict import Failure
from covergenre.predict.saved_queries import Cover
from covergenre.predict.track_record import PastAnswers
from pages.predict.answers import Answer
from pages.predict.batch import batch_tile, certainty, group, in_order, summary, to_csv, unread

GENRES = ("edm", "jazz", "pop")


def test_predictions_are_counted_by_genre_or_reason_for_none(answer, failure, neighbour):
    assert group(answer()) == "jazz"
    assert group(answer(seen=neighbour(genre="country"))) == "country"
    assert group(answer(unfamiliar=0.999)) == "Unfamiliar"
    assert group(failure()) == "Not read"


def test_predictions_sort_by_confidence_with_pending_files_last(answer, failure, neighbour):
    half, known = answer(precedent=PastAnswers(60, 30, True)), answer(seen=neighbour())
    sure, odd = answer(precedent=PastAnswers(60, 59, True)), answer(unfamiliar=0.999)
    answers = [half, None, known, odd, sure, failure()]
    assert in_order(answers, (), "dropped") == [0, 1, 2, 3, 4, 5]
    assert in_order(answers, (), "surest") == [2, 4, 0, 3, 5, 1]
    assert in_order(answers, (), "doubtful") == [5, 3, 0, 4, 2, 1]


def test_the_batch_can_be_filtered_by_genre(answer, failure):
    answers = [answer(), answer(shares={"pop": 1.0}), failure(), None]
    assert in_order(answers, ("pop",), "dropped") == [1]
    assert in_order(answers, ("Not read", "jazz"), "dropped") == [0, 2]


def test_confidence_is_the_number_right_of_ten_similar_answers(answer):
    assert certainty(answer(precedent=PastAnswers(60, 27, True))) == 4.5


def test_a_tile_shows_genre_and_confidence_or_why_there_is_none(answer, failure, neighbour):
    def tile_of(answer) -> tuple[str, bool]:
        tile = batch_tile(3, Cover.of("a.jpg", b""), answer)
        return tile.label, tile.still

    assert tile_of(None) == ("a.jpg", True)
    assert tile_of(answer(precedent=PastAnswers(60, 27, True))) == ("a.jpg, Jazz, 4 or 5 of 10 right", False)
    assert tile_of(answer(seen=neighbour(genre="rap"))) == ("a.jpg, Rap, known cover", False)
    assert tile_of(failure(error="this is milk")) == ("a.jpg, Not read, this is milk", False)


def test_only_a_genre_has_the_dot_of_a_genre(answer, failure):
    dotted = ["dot" in batch_tile(0, Cover.of("a.jpg", b""), each).face for each in (answer(), failure(), None)]
    assert dotted == [True, False, False]


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_heading_counts_readable_and_unreadable_files(answer, failure):
    assert summary([answer(), answer()]) == "2 covers"
    assert summary([answer(), failure()]) == "1 cover, 1 unreadable"


def test_the_first_unreadable_files_are_named_and_the_others_counted(answer, failure):
    assert unread([answer()]) == ""
    assert unread([failure("a"), answer(), failure("b")]) == "a, b"
    assert unread([failure(str(n)) for n in range(8)]) == "0, 1, 2, 3, 4 and 3 more"


def test_the_csv_file_contains_every_prediction_in_full(answer, failure, neighbour):
    first, second = read_csv(to_csv([answer(seen=neighbour()), failure()], GENRES))
    assert (first["file"], first["genre"], first["jazz"], first["edm"]) == ("cover.jpg", "jazz", "0.7200", "0.0800")
    assert first["known as"] == first["nearest cover"] == "Ada Lane – Blue Hours (1961)"
    assert (second["file"], second["genre"], second["jazz"]) == ("notes.jpg", "", "")
    assert second["error"] == "this file is not a picture"


def test_the_csv_file_starts_with_a_byte_order_mark(answer):
    assert to_csv([answer(name="日本.jpg")], GENRES).startswith(b"\xef\xbb\xbf")


@given(
    st.sampled_from(["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "  @", "＝", "＋"]),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30),
)
def test_no_cell_starts_a_formula(start, rest):
    name = start + rest
    (row,) = read_csv(to_csv([Answer(Failure(name, name), "")], GENRES))
    assert row["file"] == row["error"] == f"'{name}"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_name_survives_a_round_trip_through_csv(name):
    (row,) = read_csv(to_csv([Answer(Failure(name, "why"), "")], GENRES))
    assert row["file"] in (name, f"'{name}")
