"""AppTests of the Browse page."""

import io
import re
import subprocess
import sys
import zipfile
from html import unescape

import pytest
from apptests import ROOT, click, page_text, pending_job, query_param
from browsing import open_at, pick, tile_genres
from drawing import cover, encoded, genre_folders
from exploring import settled
from grids import press_tile, tiles
from tiny import tiny_recipe

from covergenre.collection.collection import TYPICAL, Collection
from covergenre.collection.map import map_key, quick_map
from covergenre.collection.sources import index_run, open_run_collection
from covergenre.dataset.registry import register
from covergenre.methods import TrainSpec
from covergenre.repair import repair
from covergenre.training.train import train
from pages.browse.basket import to_csv, to_zip
from pages.widgets import map_chart


@pytest.fixture
def library(starter) -> Collection:
    return open_run_collection()


def test_the_page_starts_with_the_most_typical_covers_of_each_genre(page):
    page.run()
    assert "48 covers, the most typical of each genre first" in page_text(page)
    assert len(tiles(page, "found")) == 36
    assert tile_genres(page, "found")[:4] == ["country", "jazz", "rap", "reggae"]


def test_clicking_a_tile_opens_the_cover_with_its_neighbours(page, library):
    page.run()
    press_tile(page, "found", 2)
    assert re.search(r"(More typical|only)", page_text(page))
    nearest = library.like(library.row(query_param(page, "cover")[0]), 24)
    assert len(tiles(page, "near")) == 24
    assert tile_genres(page, "near") == [library.cover(row).genre for row, _ in nearest]


def test_a_walk_leaves_a_trail_that_leads_back(page):
    page.run()
    press_tile(page, "found", 0)
    first = query_param(page, "cover")
    press_tile(page, "near", 3)
    second = query_param(page, "cover")
    press_tile(page, "near", 5)
    assert query_param(page, "trail") == first + second
    page.button(key="step-0").click().run()
    assert (query_param(page, "cover"), query_param(page, "trail")) == (first, [])


def test_the_url_of_a_cover_restores_its_trail_and_choices(page, library):
    here, before = (library.cover(row).key for row in (5, 9))
    open_at(page, cover=here, trail=[before], among="Other genres", order="Least similar")
    assert library.cover(5).genre not in tile_genres(page, "near")
    expected = library.like(5, 24, among="other", most=False)
    assert tile_genres(page, "near") == [library.cover(row).genre for row, _ in expected]
    assert any(button.key == "step-0" for button in page.button)


@pytest.mark.parametrize("cover", ["0123456789abcdef", "<script>", "x" * 5000])
def test_the_url_of_an_unknown_cover_says_so_and_shows_all_covers(page, cover):
    open_at(page, cover=cover, trail=["fedcba9876543210"])
    assert "48 covers" in page_text(page)
    assert "not in the collection shown" in page.warning[0].value


def test_the_results_page_in_the_url_is_shown(page, library):
    rows = library.find(order=TYPICAL)[36:]
    assert tile_genres(open_at(page, leaf="2"), "found") == [library.genre(row) for row in rows]


def test_a_search_finds_covers_by_name(page, library):
    cover = library.cover(17)
    open_at(page, find=f"{cover.source} {cover.id}")
    assert len(tiles(page, "found")) >= 1
    page.text_input[0].set_value("zappa").run()
    assert "No covers match this search" in page.info[0].value


def test_the_genre_filter_limits_the_covers(page):
    open_at(page, genre="Rap")
    assert set(tile_genres(page, "found")) == {"rap"}


def test_a_random_cover_matches_the_filters(page, library):
    open_at(page, genre="Reggae")
    click(page, "Random cover")
    assert library.cover(library.row(query_param(page, "cover")[0])).genre == "reggae"


def test_all_filters_are_cleared_together(page):
    open_at(page, genre="Rap", source="Discogs")
    click(page, "Clear all filters")
    assert "48 covers" in page_text(page)


def test_a_portrait_shows_a_genre_in_covers_and_colours(page):
    text = page_text(open_at(page, view="Portraits", portrait="Jazz"))
    for heading in ("Jazz", "Colours", "Most typical of jazz", "Least typical of jazz"):
        assert heading in text
    assert set(tile_genres(page, "row0")) == {"jazz"}
    assert any('class="strip"' in element.value for element in page.markdown)


def test_clicking_a_cover_in_a_portrait_opens_it(page):
    open_at(page, view="Portraits", portrait="Jazz")
    press_tile(page, "row0", 0)
    assert len(tiles(page, "near")) == 24


def test_the_map_marks_the_cover_and_its_neighbours(page, library):
    open_at(page, view="Map", cover=library.cover(3).key)
    page_text(page)
    assert len(page.get("plotly_chart")) == 1
    assert len(tiles(page, "marked")) == 6


def test_the_basket_shows_covers_between_the_chosen_ones(page, library):
    open_at(page, view="Covers")
    press_tile(page, "found", 0, "mark")
    press_tile(page, "found", 5, "mark")
    kept = query_param(page, "keep")
    assert [tile["key"] for tile in tiles(page, "found") if tile["marked"]] == kept
    pick(page, "view", "basket")
    assert [tile["key"] for tile in tiles(page, "kept")] == kept
    rows = [library.row(key) for key in kept]
    assert tile_genres(page, "between") == [library.genre(row) for row, _ in library.between(rows)]
    pick(page, "at unlike", [kept[1]])
    assert tile_genres(page, "between") == [library.genre(row) for row, _ in library.between(rows[:1], rows[1:])]
    press_tile(page, "kept", 1, "mark")
    assert query_param(page, "keep") == kept[:1]


def test_an_empty_basket_says_how_to_fill_it(page):
    open_at(page, view="Basket")
    assert "Press + on covers" in page.info[0].value


def test_the_basket_can_be_downloaded_as_a_table(neighbour):
    head, row = to_csv([neighbour(album="=1+1")]).decode("utf-8-sig").splitlines()
    assert head == "artist,album,year,genre,source,id,page_url"
    assert row.startswith("Ada Lane,'=1+1,1961,jazz,spotify,")


def test_the_local_files_of_the_basket_can_be_downloaded_as_a_zip(neighbour, tmp_path):
    file = tmp_path / "cover.png"
    file.write_bytes(encoded(cover("jazz", 1)))
    packed = zipfile.ZipFile(io.BytesIO(to_zip([neighbour(path=None), neighbour(genre="jazz", path=file)])))
    assert packed.namelist() == ["covers.csv", "jazz/002 cover.png"]
    assert packed.read("jazz/002 cover.png") == file.read_bytes()
    assert len(packed.read("covers.csv").splitlines()) == 3


def test_the_map_shipped_with_the_starter_is_used(page):
    open_at(page, view="Map")
    assert not any(button.label == "Draw the detailed map" for button in page.button)


def test_a_missing_map_is_computed_once(page, starter, own_home):
    (starter / "map.npz").unlink()
    open_at(page, view="Map")
    click(page, "Draw the detailed map")
    assert any(button.label == "Stop" for button in page.button)
    page_text(settled(page.run()))
    assert len(list((own_home / "maps").iterdir())) == 1
    assert not any(button.label == "Draw the detailed map" for button in page.button)


def test_a_map_computed_during_rendering_is_not_offered_again(page, starter, library, monkeypatch):
    (starter / "map.npz").unlink()
    (_, end), looks = pending_job(f"map {map_key(library.vectors)}"), []

    def computed_during_rendering(vectors):
        end()
        looks.append(1)
        return quick_map(vectors), len(looks) > 1

    monkeypatch.setattr(map_chart, "known_map", computed_during_rendering)
    open_at(page, view="Map")
    assert not any(button.label == "Draw the detailed map" for button in page.button)


def test_the_covers_of_a_run_can_be_browsed(page, tmp_path):
    dataset, _ = register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 8))
    repair.apply(dataset, repair.tag(dataset.manifest, dataset.manifest["path"][:2], "live"))
    run = train(dataset, TrainSpec("knn", recipe=tiny_recipe(tmp_path)))
    page.run()
    page.selectbox[0].set_value(run.id).run()
    assert "16 covers" in page_text(page)
    pick(page, "tag", ["live"])
    assert "2 covers" in page_text(page)
    press_tile(page, "found", 0)
    assert "Tagged: live." in page_text(page)
    assert len(tiles(page, "near")) == 1


def test_the_recall_of_a_runs_index_is_shown(page, tmp_path):
    dataset, _ = register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 8))
    run = train(dataset, TrainSpec("knn", recipe=tiny_recipe(tmp_path)))
    index_run(run)
    page.run()
    assert "searched with an index" not in page_text(page)
    page.selectbox[0].set_value(run.id).run()
    assert "16 covers are searched with an index that finds" in page_text(page)


def test_a_damaged_starter_is_reported(page, starter):
    (starter / "card.json").write_text("{")
    page.run()
    assert not page.exception
    assert "is damaged" in unescape(page.error[0].value)


_WALK = """
import sys
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("pages/browse/browse.py", default_timeout=600).run()
page.button[-1].click().run()
for view in ("Portraits", "Map"):
    page.query_params["view"] = view
    page.run()
assert not page.exception
print(sorted({"torch", "fastai", "catboost", "sklearn", "scipy", "timm", "openvino"} & set(sys.modules)))
"""


def test_no_view_imports_a_heavy_library(starter):
    ran = subprocess.run(
        [sys.executable, "-c", _WALK],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert ran.stdout.strip().endswith("[]")
