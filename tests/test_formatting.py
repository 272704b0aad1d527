import pytest

from covergenre.evaluation.intervals import Interval
from covergenre.formatting import disarmed, duration, listed, milliseconds, percent, roughly, size, span, time_left


@pytest.mark.parametrize(("items", "words"), [("", ""), ("a", "a"), ("ab", "a and b"), ("abc", "a, b and c")])
def test_a_list_is_joined_as_prose(items, words):
    assert listed(list(items)) == words


def test_shares_are_formatted_in_per_cent():
    assert percent(0.4873, 1) == "48.7\u202f%"
    assert percent(0.4873) == "49\u202f%"
    assert span(Interval(0.5, 0.451, 0.549)) == "45.1–54.9"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0.84, "0.8 s"),
        (14.2, "14 s"),
        (59.7, "1 min"),
        (200, "3 min 20 s"),
        (3600, "1 h 0 min"),
        (3900, "1 h 5 min"),
    ],
)
def test_times_use_fitting_units(seconds, words):
    assert duration(seconds).replace("\u202f", " ") == words


@pytest.mark.parametrize(("value", "words"), [(None, "–"), (0.253, "0.25 ms"), (12.4, "12 ms")])
def test_milliseconds(value, words):
    assert milliseconds(value).replace("\u202f", " ") == words


@pytest.mark.parametrize(
    ("number", "words"), [(None, "–"), (98405, "98 KB"), (2744189, "2.7 MB"), (3148500000, "3.1 GB")]
)
def test_sizes(number, words):
    assert size(number).replace("\u202f", " ") == words


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0\u202f%"), (0.004, "<\u202f1\u202f%"), (0.5, "50\u202f%"), (0.994, ">\u202f99\u202f%"), (1, "100\u202f%")],
)
def test_a_percentage_never_overstates(share, text):
    assert percent(share) == text


@pytest.mark.parametrize(
    ("done", "elapsed", "text"),
    [(0, 0.0, ""), (16, 1.0, "About 5 s left."), (99, 0.1, "About 1 s left."), (50, 300.0, "About 5 min left.")],
)
def test_the_remaining_time_follows_from_the_pace_so_far(done, elapsed, text):
    assert time_left(done, 100, elapsed) == text


@pytest.mark.parametrize("text", ["=1+1", " =1", "+1", "-1", "@SUM(A1)", "\tx", "＝1"])
def test_text_that_looks_like_a_formula_is_escaped(text):
    assert disarmed(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["jazz", "", -1.5, None])
def test_other_cells_are_unchanged(cell):
    assert disarmed(cell) == cell


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1\u202fs"), (8.4, "8\u202fs"), (43, "45\u202fs"), (2767, "46\u202fmin"), (3900, "1\u202fh 5\u202fmin")],
)
def test_the_remaining_time_is_rounded(seconds, words):
    assert roughly(seconds) == words
