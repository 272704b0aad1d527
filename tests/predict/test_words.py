import pytest

from covergenre.ocr.text import CoverText, Line
from covergenre.predict.words import Performers

KNOWN = Performers(["Johnny Cash", "Cash", "Nat King Cole", "Nat King Cole Trio", "", "U2"])


def read(*lines: str) -> CoverText:
    return CoverText(tuple(Line(line, 0.9) for line in lines))


@pytest.mark.parametrize("written", ["JOHNNY CASH", "johnnycash", "At Folsom JOHNNY CA5H", "JOHMNY CASH live"])
def test_a_name_is_found_despite_case_spacing_and_misread_letters(written):
    assert KNOWN.find(read(written)) == "Johnny Cash"


def test_a_name_may_run_over_two_lines():
    assert KNOWN.find(read("NAT KING", "COLE")) == "Nat King Cole"


def test_the_longer_of_two_names_counts():
    assert KNOWN.find(read("Nat King Cole Trio")) == "Nat King Cole Trio"


@pytest.mark.parametrize("written", ["cashmere", "Johnny", "U2", "", "something else altogether"])
def test_other_words_and_short_names_are_no_performers(written):
    assert KNOWN.find(read(written)) is None
