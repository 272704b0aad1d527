import re
from html import unescape

from pages.widgets.bars import bars


def test_bars_are_ordered_by_probability_with_name_and_percentage():
    html = unescape(bars({"edm": 0.6, "jazz": 0.396, "pop": 0.004}))
    assert re.findall(r'class="name">(.+?)</span>', html) == ["EDM", "Jazz", "Pop"]
    assert re.findall(r'class="figure">(.+?)</span>', html) == ["60\u202f%", "40\u202f%", "<\u202f1\u202f%"]


def test_a_bar_is_as_long_as_its_probability():
    assert re.findall(r"width: ([\d.]+)%", bars({"jazz": 1.0, "pop": 0.123, "edm": 0.0})) == ["100.0", "12.3", "0.0"]


def test_markup_in_a_users_genre_is_escaped():
    assert "<script" not in bars({"<script>x</script>": 1.0})
