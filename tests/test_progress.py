"""How long work reports its progress and is stopped."""

import pytest

from covergenre.errors import Cancelled
from covergenre.progress import SILENT, Monitor, Progress


def test_steps_are_reported_before_each_and_at_the_end():
    heard = []
    assert list(Monitor(heard.append).steps("ab", "drawing", "they are kept")) == ["a", "b"]
    assert heard == [Progress(0, 2, "drawing"), Progress(1, 2, "drawing"), Progress(2, 2, "drawing")]


def test_a_stop_comes_between_two_steps_and_says_how_many_were_done():
    done = []
    with pytest.raises(Cancelled, match="stopped after 1 of 3 names; they are kept"):
        done.extend(Monitor(should_stop=lambda: len(done) == 1).steps("abc", "asking", "they are kept", "names"))
    assert done == ["a"]


def test_a_mapped_function_gives_its_results_in_the_order_of_the_items():
    assert list(SILENT.map(lambda x: x * x, range(20), "squaring", "nothing is kept")) == [x * x for x in range(20)]


def test_an_error_of_the_function_goes_on_to_the_caller():
    with pytest.raises(ZeroDivisionError):
        list(SILENT.map(lambda x: 1 / x, [1, 0], "dividing", "nothing is kept"))


def test_a_check_says_nothing_unless_the_caller_wants_to_stop():
    SILENT.check()
    with pytest.raises(Cancelled, match="nothing was drawn"):
        Monitor(should_stop=lambda: True).check("nothing was drawn")
