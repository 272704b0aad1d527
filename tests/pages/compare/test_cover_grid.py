import re
from html import unescape
from urllib.parse import parse_qs

import pytest
from finished import GENRES, finished, on_drawn_covers, sure

from covergenre.comparison.comparison import compare_runs
from pages.compare.cover_grid import cover_grid


@pytest.fixture
def compared(tmp_path):
    return compare_runs(on_drawn_covers(tmp_path / "covers", 2))


def tiles(grid: str) -> list[str]:
    return re.findall(r"<li title=.*?</li>", grid)


def test_there_is_a_tile_a_cover_with_its_picture_and_genre(compared):
    grid = cover_grid(compared, [4, 0], compared.runs)
    first, second = tiles(grid)
    assert 'src="data:image/jpeg;base64,' in first
    assert "Rap" in first
    assert "Country" in second


def test_each_run_says_what_it_took_the_cover_for_and_whether_that_is_right():
    runs = [
        finished([1], sure([1]), paths=["a/b.jpg"]),
        finished([1], sure([2], confidence=0.55), "knn", paths=["a/b.jpg"]),
    ]
    compared = compare_runs(runs)
    (tile,) = tiles(cover_grid(compared, [0], compared.runs))
    right, wrong = tile.split('class="line"')[1:]
    assert "✓" in right
    assert "Jazz" in right
    assert "80\u202f%" in right
    assert "✗" in wrong
    assert "Rap" in wrong
    assert "55\u202f%" in wrong


def test_a_run_has_the_same_line_in_the_legend_and_at_the_covers(compared):
    b = compared.runs[1]
    grid = cover_grid(compared, [0], [b])
    lines = re.findall(r"<svg.*?</svg>", grid)
    assert len(lines) == 2
    assert lines[0] == lines[1]


def test_a_cover_leads_to_explore(compared):
    (tile,) = tiles(cover_grid(compared, [0], compared.runs))
    address = unescape(re.search(r'href="([^"]*)"', tile)[1])
    place = {"data": ["mine"], "see": ["Gallery"], "open": ["country/000.jpg"]}
    assert parse_qs(address.removeprefix("explore?")) == place


def test_a_cover_of_a_data_set_that_is_gone_leads_nowhere():
    compared = compare_runs([finished([0], sure([0])), finished([0], sure([0]), "knn")])
    assert "href" not in cover_grid(compared, [0], compared.runs)


def test_a_cover_whose_file_is_gone_has_a_tile_without_a_picture(compared):
    compared.covers.file(0).unlink()
    (tile,) = tiles(cover_grid(compared, [0], compared.runs))
    assert "<img" not in tile


def test_a_name_from_outside_is_harmless():
    runs = [finished([0], sure([0]), method, GENRES, paths=["x/<img src=1>.jpg"]) for method in ("knn", "logistic")]
    compared = compare_runs(runs)
    assert "<img" not in cover_grid(compared, [0], compared.runs)


def test_the_grid_is_one_block_of_markdown(compared):
    assert "\n" not in cover_grid(compared, range(6), compared.runs)
