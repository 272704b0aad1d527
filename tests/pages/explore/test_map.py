import numpy as np
import pytest
from drawing import genre_folders
from streamlit.dataframe_util import convert_pandas_df_to_arrow_bytes

from covergenre.dataset.audit import audit
from covergenre.dataset.registry import register
from pages.explore.covers import Covers
from pages.explore.map import inside, points, spec


@pytest.fixture
def covers(tmp_path):
    dataset = register("mine", genre_folders(tmp_path / "covers", ("edm", "rap"), 2))[0]
    return Covers(dataset, audit(dataset))


PLACES = np.array([[-1, -1], [0, 0], [0.5, 0.5], [1, 1]], np.float32)


def test_each_cover_is_a_point_with_its_genre_and_the_key_of_its_picture(covers):
    table = points(covers, covers.paths, PLACES, "", pictured=True)
    assert table["genre"].tolist() == ["EDM", "EDM", "Rap", "Rap"]
    assert table["key"].tolist() == covers.hashes
    assert "score" not in table
    tooltip = [each["field"] for each in spec(table, "light")["encoding"]["tooltip"]]
    assert tooltip == ["title", "genre", "image"]


def test_without_pictures_none_is_asked_for(covers):
    table = points(covers, covers.paths, PLACES, "", pictured=False)
    assert [each["field"] for each in spec(table, "light")["encoding"]["tooltip"]] == ["title", "genre"]


def test_a_point_costs_the_browser_a_hundred_bytes(covers):
    paths = covers.paths * 1000
    table = points(covers, paths, np.repeat(PLACES, 1000, axis=0), "dark", pictured=True)
    assert len(convert_pandas_df_to_arrow_bytes(table)) / len(paths) < 100


def test_covers_that_are_gone_since_have_no_point(covers):
    assert len(points(covers, ["edm/000.jpg", "gone.jpg"], PLACES[:2], "dark", False)) == 1


def test_points_are_coloured_as_genres_are_everywhere_or_by_a_score(covers):
    by_genre = spec(points(covers, covers.paths, PLACES, "", False), "light")["encoding"]["color"]["scale"]
    assert by_genre == {"domain": ["EDM", "Rap"], "range": ["#139990", "#7e1800"]}
    by_score = spec(points(covers, covers.paths, PLACES, "dark", False), "dark")["encoding"]["color"]
    assert by_score["field"] == "score"


@pytest.mark.parametrize(
    ("box", "rows"),
    [
        ({"x": [-0.1, 0.6], "y": [-0.1, 0.6]}, [1, 2]),
        ({"x": [0.6, -0.1], "y": [0.6, -0.1]}, [1, 2]),
        ({"x": [0.2, 0.3], "y": [-1, 1]}, []),
        ({"x": [0, 1]}, []),
        ({}, []),
    ],
)
def test_a_box_chooses_the_covers_in_it(covers, box, rows):
    picked = inside({"selection": {"box": box}}, covers.paths, PLACES)
    assert picked == {covers.paths[row] for row in rows}


@pytest.mark.parametrize("event", [None, {}, {"selection": None}, {"selection": {"box": None}}])
def test_without_a_box_nothing_is_chosen(covers, event):
    assert inside(event, covers.paths, PLACES) == frozenset()
