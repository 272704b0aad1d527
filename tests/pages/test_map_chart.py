import numpy as np
import pytest
from drawing import genre_folders
from known_covers import clustered_vectors, cover_table

from covergenre.audit import audit_dataset
from covergenre.audit.inspection import Inspection
from covergenre.collection.collection import Collection
from covergenre.collection.sources import dataset_collection
from covergenre.dataset.registry import register
from pages.widgets import map_chart
from pages.widgets.map_chart import Colour, figure, key_of, selected_paths

GENRES = ["jazz"] * 5 + ["rap"] * 4


@pytest.fixture
def collection() -> Collection:
    return Collection(cover_table(GENRES, artist="Ada <b>Lane"), clustered_vectors(GENRES))


@pytest.fixture
def places(collection) -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (len(collection), 2)).astype(np.float32)


def traces(chart: dict) -> dict:
    return {trace["name"]: trace for trace in chart["data"] if "name" in trace}


def test_every_genre_is_a_trace_in_its_colour_with_hover_names(collection, places):
    drawn = traces(figure(collection, places, np.arange(9), None, [], "light"))
    assert list(drawn) == ["Jazz", "Rap"]
    assert drawn["Rap"]["x"] == pytest.approx(places[5:, 0].tolist(), abs=1e-3)
    assert drawn["Rap"]["customdata"] == list(collection.hashes[5:9])
    assert drawn["Jazz"]["marker"]["color"] != drawn["Rap"]["marker"]["color"]


def test_with_too_many_genres_for_colours_each_is_labelled_on_the_map():
    genres = [f"genre {number:02}" for number in range(20)]
    many = Collection(cover_table(genres), clustered_vectors(genres, 20))
    chart = figure(many, np.eye(20, 2, dtype=np.float32), np.arange(20), None, [], "light")
    assert chart["data"][-1]["text"] == [f"Genre {number:02}" for number in range(20)]
    assert len({trace["marker"]["color"] for trace in traces(chart).values()}) == 20


def test_filtered_out_covers_are_faint_and_not_interactive(collection, places):
    chart = figure(collection, places, np.arange(5), None, [], "light")
    assert list(traces(chart)) == ["Jazz"]
    faint = chart["data"][0]
    assert len(faint["x"]) == 4
    assert faint["hoverinfo"] == "skip"


def test_the_cover_and_its_neighbours_are_marked(collection, places):
    drawn = traces(figure(collection, places, np.arange(5), 7, [6, 8], "dark"))
    assert drawn["This cover"]["customdata"] == [collection.hashes[7]]
    assert drawn["Most similar covers"]["customdata"] == list(collection.hashes[[6, 8]])


def test_large_collections_are_sampled_but_keep_all_marked_covers():
    genres = ["jazz"] * 301
    many = Collection(cover_table(genres), clustered_vectors(genres))
    chart = figure(many, np.zeros((301, 2), np.float32), np.arange(301), 1, [2], "light", most=120)
    assert traces(chart)["Jazz"]["customdata"] == [many.hashes[row] for row in sorted({*range(0, 301, 3), 1, 2})]


@pytest.mark.parametrize("text", [None, {}, {"selection": {"points": []}}, {"selection": {"points": [{"x": 1}]}}])
def test_a_click_between_covers_selects_none(collection, text):
    assert key_of(text, collection) == ""


@pytest.mark.parametrize("data", [f"{3:016x}", [f"{3:016x}"]])
def test_a_click_on_a_cover_selects_it(collection, data):
    assert key_of({"selection": {"points": [{"customdata": data}]}}, collection) == f"{3:016x}"


def test_a_box_selection_is_not_taken_for_a_click(collection):
    drawn = {"points": [{"customdata": f"{3:016x}"}], "box": [{"x": [0, 1], "y": [0, 1]}]}
    assert key_of({"selection": drawn}, collection) == ""


def test_an_unknown_cover_has_no_key(collection):
    assert key_of({"selection": {"points": [{"customdata": f"{99:016x}"}]}}, collection) == ""


PLACES = np.array([[-1, -1], [0, 0], [0.5, 0.5], [1, 1]], np.float32)


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
def test_a_box_selects_the_covers_inside(box, rows):
    some = Collection(cover_table(["jazz"] * 5), clustered_vectors(["jazz"] * 4), rows=np.array([0, 1, 2, 4]))
    own = np.array([0, 1, 2, 4])
    assert selected_paths({"selection": {"box": [box]}}, some, PLACES) == {some.paths[own[at]] for at in rows}


@pytest.mark.parametrize("event", [None, {}, {"selection": None}, {"selection": {"box": []}}])
def test_nothing_is_selected_without_a_box(event):
    some = Collection(cover_table(["jazz"] * 4), clustered_vectors(["jazz"] * 4))
    assert selected_paths(event, some, PLACES) == frozenset()


def test_removed_covers_have_no_point():
    some = Collection(cover_table(["jazz"] * 3), clustered_vectors(["jazz"] * 4), rows=np.array([0, -1, 1, 2]))
    drawn = traces(figure(some, PLACES, np.arange(3), None, [], "light"))
    assert drawn["Jazz"]["x"] == pytest.approx([-1, 0.5, 1])


def test_points_can_be_coloured_by_a_score(tmp_path):
    dataset = register("mine", genre_folders(tmp_path / "covers", ("edm", "rap"), 2))[0]
    report = audit_dataset(dataset)
    covers = dataset_collection(dataset, Inspection(dataset, report, None, clustered_vectors(["a"] * 4)))
    drawn = traces(
        figure(
            covers,
            PLACES,
            np.arange(4),
            None,
            [],
            "dark",
            colour=Colour("Score: dark", covers.findings.scores("dark")),
            drag="select",
        )
    )
    assert drawn["Score: dark"]["marker"]["color"] == pytest.approx(
        np.nan_to_num(covers.findings.scores("dark")).round(2).tolist()
    )


def test_labels_of_nearby_genres_do_not_overlap():
    middles = np.array([[0.5, 0.5], [0.5, 0.5], [0.52, 0.51], [0.1, 0.5]])
    moved = map_chart._without_overlap(middles, ["Jazz", "Rap", "Reggae", "Pop"], np.ones(2))
    assert (moved[:, 0] == middles[:, 0]).all()
    assert moved[3, 1] == 0.5
    assert (np.diff(sorted(moved[:3, 1])) > 0.0349).all()
