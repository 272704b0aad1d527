import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from covergenre.predict import Failure
from pages.predict.answers import Answer
from pages.predict.table import summary, to_csv, unread

GENRES = ("edm", "jazz", "pop")


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_heading_counts_what_was_read_and_what_was_not(answer, failure):
    assert summary([answer(), answer()]) == "2 covers"
    assert summary([answer(), failure()]) == "1 covers read, 1 not"


def test_the_first_unread_files_are_named_and_the_others_counted(answer, failure):
    assert unread([answer()]) == ""
    assert unread([failure("a"), answer(), failure("b")]) == "a, b"
    assert unread([failure(str(n)) for n in range(8)]) == "0, 1, 2, 3, 4 and 3 more"


def test_the_csv_file_holds_every_answer_in_full(answer, failure, neighbour):
    first, second = read_csv(to_csv([answer(seen=neighbour()), failure()], GENRES))
    assert (first["file"], first["genre"], first["jazz"], first["edm"]) == ("cover.jpg", "jazz", "0.7200", "0.0800")
    assert first["known as"] == first["nearest cover"] == "Ada Lane – Blue Hours (1961)"
    assert (second["file"], second["genre"], second["jazz"]) == ("notes.jpg", "", "")
    assert second["error"] == "this file is not a picture"


def test_a_spreadsheet_sees_that_the_file_is_utf_8(answer):
    assert to_csv([answer(name="日本.jpg")], GENRES).startswith(b"\xef\xbb\xbf")


@given(
    st.sampled_from(["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "  @", "＝", "＋"]),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30),
)
def test_no_cell_begins_a_formula(start, rest):
    name = start + rest
    (row,) = read_csv(to_csv([Answer(Failure(name, name), "")], GENRES))
    assert row["file"] == row["error"] == f"'{name}"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_name_comes_back_from_the_csv_file_as_it_was(name):
    (row,) = read_csv(to_csv([Answer(Failure(name, "why"), "")], GENRES))
    assert row["file"] in (name, f"'{name}")
