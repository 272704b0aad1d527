from hypothesis import given
from hypothesis import strategies as st

from pages.browse.walk import Walk

KEYS = st.text("abcdef", max_size=2)


def test_a_step_adds_the_previous_cover_to_the_trail():
    assert Walk().to("a").to("b").to("c") == Walk("c", ("a", "b"))


def test_a_step_to_the_same_cover_is_ignored():
    assert Walk("a", ("b",)).to("a") == Walk("a", ("b",))


def test_returning_to_all_covers_keeps_the_trail():
    assert Walk("b", ("a",)).to("").to("c") == Walk("c", ("a", "b"))


def test_going_back_drops_later_steps():
    assert Walk("d", ("a", "b", "c")).back_to(1) == Walk("b", ("a",))


def test_covers_that_no_longer_exist_are_skipped():
    assert Walk("gone", ("a", "gone", "b")).among({"a", "b"}.__contains__) == Walk("", ("a", "b"))


@given(st.lists(KEYS, max_size=60))
def test_the_trail_is_limited_to_what_a_url_can_hold(steps):
    walk = Walk()
    for key in steps:
        walk = walk.to(key)
        assert len(walk.trail) <= 12
        assert "" not in walk.trail
