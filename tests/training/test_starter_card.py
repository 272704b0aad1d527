import numpy as np

from covergenre.ocr.text import CoverText, Line
from covergenre.training.starter_card import name_groups, reading_gain


def text(*lines: str) -> CoverText:
    return CoverText(tuple(Line(line, 0.9) for line in lines))


def test_covers_of_one_artist_and_those_that_share_a_name_stay_together():
    texts = [text("Johnny Cash"), text("JOHNNYCASH", "live"), text("live"), text(), text("Greatest")]
    names = name_groups(["", "", "Nina", "Nina", ""], texts)
    assert names[0] == names[1]
    assert names[2] == names[3]
    assert len(set(names)) == 3


def test_what_stands_on_many_covers_is_no_name():
    names = name_groups([""] * 20, [text("Stereophonic")] * 20)
    assert len(set(names)) == 20


def test_what_words_add_is_told_of_all_covers_and_of_those_that_share_no_name():
    looks, both = np.array([1, 0, 0, 1], bool), np.array([1, 1, 1, 0], bool)
    figures = reading_gain(looks, both, [text("a"), text("b"), text(), text("c")], np.array([1, 1, 0, 0], bool))
    assert figures.readable == 0.75
    assert (figures.together.covers, figures.together.looks.value, figures.together.both.value) == (4, 0.5, 0.75)
    assert (figures.apart.covers, figures.apart.looks.value, figures.apart.both.value) == (2, 0.5, 1.0)
