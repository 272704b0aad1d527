import pytest

from covergenre.collection.portraits import Decade
from covergenre.images.palette import Swatch
from pages.widgets.portrait_parts import colours, timeline, unusual

DARK, RED, LIGHT = Swatch("#101010", 0.5, 0.5), Swatch("#c00000", 0.3, 0.1), Swatch("#f0f0f0", 0.2, 0.4)


def test_each_colour_is_as_wide_as_its_share():
    html = colours([DARK, RED, LIGHT], "Its colours")
    assert [html.index(f"flex: {share}") for share in ("0.5000", "0.3000", "0.2000")] == sorted(
        html.index(f"flex: {share}") for share in ("0.5000", "0.3000", "0.2000")
    )
    assert "30\u202f% of the area; 10\u202f% in all covers" in html
    assert 'aria-label="Its colours"' in html


def test_only_overrepresented_colours_are_unusual():
    html = unusual([DARK, RED, LIGHT])
    assert "#c00000" in html
    assert "3.0 times" in html
    assert "#101010" not in html
    assert "#f0f0f0" not in html


@pytest.mark.parametrize("draw", [lambda: colours([], "none"), lambda: unusual([]), lambda: unusual([DARK, LIGHT])])
def test_empty_input_draws_nothing(draw):
    assert draw() == ""


def test_a_decade_shows_its_covers_and_colours(neighbour):
    html = timeline([Decade(1960, 1, (), neighbour()), Decade(1970, 12, (DARK, RED), neighbour())])
    assert html.count("<tr>") == 3
    assert "1960s" in html
    assert "too few" in html
    assert "<td>12</td>" in html
    assert "\n" not in html
