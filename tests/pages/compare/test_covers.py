import re
from urllib.parse import parse_qs

import pytest
from finished_runs import GENRES, confident_probabilities, finished_run, runs_on_drawn_covers

from covergenre.comparison.comparison import ComparedRuns, compare_runs
from pages.compare.covers import cover_tiles
from pages.widgets.tiles import Tile


@pytest.fixture
def compared(tmp_path):
    return compare_runs(runs_on_drawn_covers(tmp_path / "covers", 2))


def tiles(compared: ComparedRuns, rows: list[int]) -> list[Tile]:
    return cover_tiles(compared, rows, {run: f"<svg>{run.name}</svg>" for run in compared.runs})


def test_each_cover_is_a_tile_with_picture_and_genre(compared):
    first, second = tiles(compared, [4, 0])
    assert 'src="data:image/jpeg;base64,' in first.face
    assert "Rap" in first.face
    assert "Country" in second.face


def test_each_run_shows_its_prediction_and_whether_it_is_right():
    runs = [
        finished_run([1], confident_probabilities([1]), paths=["a/b.jpg"]),
        finished_run([1], confident_probabilities([2], confidence=0.55), "knn", paths=["a/b.jpg"]),
    ]
    (tile,) = tiles(compare_runs(runs), [0])
    right, wrong = tile.face.split('class="line"')[1:]
    assert "✓" in right
    assert "Jazz" in right
    assert "80\u202f%" in right
    assert "✗" in wrong
    assert "Rap" in wrong
    assert "55\u202f%" in wrong


def test_each_prediction_is_marked_with_the_line_style_of_its_run(compared):
    (tile,) = tiles(compared, [0])
    assert re.findall(r"<svg>(.*?)</svg>", tile.face) == [run.name for run in compared.runs]


def test_a_cover_links_to_explore(compared):
    (tile,) = tiles(compared, [0])
    place = {"data": ["mine"], "see": ["Gallery"], "open": ["country/000.jpg"]}
    assert parse_qs(tile.href.removeprefix("explore?")) == place
    assert tile.new_tab


def test_a_cover_of_a_removed_data_set_has_no_link():
    (tile,) = tiles(
        compare_runs(
            [finished_run([0], confident_probabilities([0])), finished_run([0], confident_probabilities([0]), "knn")]
        ),
        [0],
    )
    assert (tile.href, tile.still) == ("", True)


def test_a_cover_with_a_missing_file_has_a_tile_without_a_picture(compared):
    compared.covers.file(0).unlink()
    (tile,) = tiles(compared, [0])
    assert "<img" not in tile.face


def test_an_untrusted_name_is_escaped():
    runs = [
        finished_run([0], confident_probabilities([0]), method, GENRES, paths=["x/<img src=1>.jpg"])
        for method in ("knn", "logistic")
    ]
    (tile,) = tiles(compare_runs(runs), [0])
    assert "<img" not in tile.face
