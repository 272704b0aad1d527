"""How long work reports its progress and is stopped."""

import pytest

from covergenre.errors import Cancelled
from covergenre.progress import SILENT, Monitor, Progress


def test_progress_is_reported_before_each_step_and_at_the_end():
    heard = []
    assert list(Monitor(heard.append).steps("ab", "drawing", "they are kept")) == ["a", "b"]
    assert heard == [Progress(0, 2, "drawing"), Progress(1, 2, "drawing"), Progress(2, 2, "drawing")]


def test_a_stop_happens_between_steps_and_says_how_many_were_done():
    done = []
    with pytest.raises(Cancelled, match="stopped after 1 of 3 names; they are kept"):
        done.extend(Monitor(should_stop=lambda: len(done) == 1).steps("abc", "asking", "they are kept", "names"))
    assert done == ["a"]


def test_mapped_results_keep_the_order_of_the_items():
    assert list(SILENT.map(lambda x: x * x, range(20), "squaring", "nothing is kept")) == [x * x for x in range(20)]


def test_an_error_in_a_mapped_function_is_raised_to_the_caller():
    with pytest.raises(ZeroDivisionError):
        list(SILENT.map(lambda x: 1 / x, [1, 0], "dividing", "nothing is kept"))


def test_a_check_does_nothing_unless_a_stop_is_requested():
    SILENT.check()
    with pytest.raises(Cancelled, match="nothing was drawn"):
        Monitor(should_stop=lambda: True).check("nothing was drawn")
