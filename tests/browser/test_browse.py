import itertools
import re

import pytest
from drawing import cover, encoded
from visiting import PHONE, eventually, layout_shift, wait_until_fits, wait_until_idle

from covergenre.dataset.starter import open_starter

pytestmark = pytest.mark.browser

TILES = ".st-key-tiles-{} .press"


@pytest.fixture
def browse(visit):
    """Opens the page by its address."""
    return lambda query="", **options: visit(f"/browse{query}", **options)


def cover_name(page) -> str:
    """The name of the cover that is looked at."""
    page.locator(".st-key-now .gallery img").first.wait_for()
    return page.locator("h2").first.inner_text()


def step(page, grid: str, place: int) -> str:
    """Click a tile and wait for its cover: the name of that."""
    tile = page.locator(TILES.format(grid)).nth(place)
    tile.wait_for()
    before = page.locator(".st-key-now").all_inner_texts()
    tile.click()
    eventually(page, lambda: page.locator(".st-key-now").all_inner_texts() != before)
    wait_until_idle(page)
    return cover_name(page)


def wait_for_cover(page, expected: str) -> None:
    """Wait until the cover of this name is looked at."""
    eventually(page, lambda: cover_name(page) == expected)


def test_a_walk_survives_back_forward_and_reload(browse):
    page = browse()
    first = step(page, "found", 0)
    second = step(page, "near", 4)
    assert second != first
    page.reload()
    wait_for_cover(page, second)
    page.go_back()
    wait_for_cover(page, first)
    page.go_forward()
    wait_for_cover(page, second)
    page.locator(".st-key-step-0 button").click()
    wait_for_cover(page, first)


def pager(page) -> str:
    """The page that the pager marks."""
    return page.locator('.st-key-at-leaf [aria-current="page"]').inner_text()


def tile_names(page) -> list[str]:
    """What the tiles are called."""
    page.locator(TILES.format("found")).first.wait_for()
    wait_until_idle(page)
    return page.locator(TILES.format("found")).evaluate_all("tiles => tiles.map(tile => tile.ariaLabel)")


def wait_for_tiles(page, expected: list[str]) -> None:
    """Wait until these tiles are there."""
    eventually(page, lambda: tile_names(page) == expected)


def wait_for_other_tiles(page, before: list[str]) -> list[str]:
    """What the tiles are called once they are no longer those of `before`."""
    eventually(page, lambda: tile_names(page) != before)
    return tile_names(page)


@pytest.mark.parametrize("options", [PHONE, {}])
def test_nothing_jumps_while_the_covers_load(browse, options):
    assert layout_shift(browse(**options)) < 0.02


def test_another_page_of_covers_starts_at_its_first(browse):
    page = browse()
    page.locator(".st-key-at-leaf").get_by_text("2", exact=True).click()
    page.wait_for_url("**leaf=2**")
    wait_until_idle(page)
    top = page.locator(TILES.format("found")).first.bounding_box()["y"]
    assert 0 < top < 200


def test_the_upload_menu_closes_once_there_is_a_picture(browse, tmp_path):
    (tmp_path / "mine.png").write_bytes(encoded(cover("jazz", 1)))
    page = browse()
    page.get_by_role("button", name="Upload").click()
    page.locator(".st-key-bring input[type=file]").set_input_files(tmp_path / "mine.png")
    page.get_by_role("heading", name="mine.png").wait_for()
    page.locator(".st-key-bring").wait_for(state="hidden")


def test_a_url_opens_its_results_page_and_back_returns_from_a_cover_to_it(browse):
    page = browse()
    first = tile_names(page)
    page = browse("?leaf=3")
    third = tile_names(page)
    assert not set(first) & set(third)
    assert pager(page) == "3"
    page.locator(".st-key-at-leaf").get_by_text("4", exact=True).click()
    page.wait_for_url("**leaf=4**")
    fourth = wait_for_other_tiles(page, third)
    step(page, "found", 0)
    page.go_back()
    wait_for_tiles(page, fourth)
    assert pager(page) == "4"
    page.go_back()
    wait_for_tiles(page, third)
    assert pager(page) == "3"


def test_back_returns_to_the_previous_portrait(browse):
    page = browse("?view=Portraits")
    for genre in ("Jazz", "Rap"):
        page.get_by_test_id("stButtonGroup").get_by_text(genre, exact=True).click()
        page.get_by_role("heading", name=re.compile(f"^{genre} ")).wait_for()
    page.go_back()
    page.get_by_role("heading", name=re.compile("^Jazz ")).wait_for()
    page.reload()
    page.get_by_role("heading", name=re.compile("^Jazz ")).wait_for()


def test_back_and_forward_move_between_a_filter_and_portraits(browse):
    page = browse("?genre=Jazz")
    jazz = tile_names(page)
    page.get_by_text("Portraits", exact=True).click()
    page.get_by_role("heading", name="Colours").wait_for()
    page.go_back()
    wait_for_tiles(page, jazz)
    page.go_forward()
    page.get_by_role("heading", name="Colours").wait_for()


def test_search_text_and_filters_are_in_the_url(browse):
    page = browse()
    page.get_by_placeholder("Search artist or album").fill("darkthrone")
    page.keyboard.press("Enter")
    page.wait_for_url("**find=darkthrone**")
    page.get_by_text(re.compile(r"^\d+ covers$")).wait_for()
    assert "Darkthrone" in tile_names(page)[0]
    page = browse("?genre=Jazz")
    jazz = (open_starter().covers["genre"] == "jazz").sum()
    page.get_by_text(f"{jazz:,} covers").wait_for()


def point(page) -> tuple[float, float]:
    """Where on the screen the first cover of the map's first genre is, once the chart knows."""
    page.wait_for_function("!!document.querySelector('.js-plotly-plot')?._fullLayout?.xaxis?.d2p")
    return tuple(
        page.evaluate(
            """() => {
                const chart = document.querySelector(".js-plotly-plot")
                const { xaxis, yaxis, _size: size } = chart._fullLayout
                const genre = chart.data.find(trace => trace.customdata)
                const { x, y } = chart.getBoundingClientRect()
                return [x + size.l + xaxis.d2p(genre.x[0]), y + size.t + yaxis.d2p(genre.y[0])]
            }"""
        )
    )


def test_a_point_on_the_map_shows_its_picture_and_can_be_clicked(browse):
    page = browse("?view=Map")
    x, y = point(page)
    picture = page.locator('.st-key-map-hover img, [class*="map-hover"] img').first
    nudges = itertools.cycle((0, 1))  # the chart takes a moment to listen
    eventually(page, lambda: page.mouse.move(x + next(nudges), y) or picture.is_visible())
    assert re.search(r"/pictures/[0-9a-f]{32}\.jpg", picture.evaluate("picture => picture.src"))
    eventually(page, lambda: picture.evaluate("picture => picture.naturalWidth") > 0)
    page.mouse.click(x, y)
    page.wait_for_url("**cover=**")
    page.locator(TILES.format("marked")).nth(5).wait_for()


def test_a_box_selection_on_the_map_becomes_a_grid(browse):
    page = browse("?view=Map")
    x, y = point(page)
    page.locator('[data-title="Box Select"]').click()
    page.mouse.move(x - 40, y - 40)
    page.mouse.down()
    page.mouse.move(x + 40, y + 40, steps=5)
    page.mouse.up()
    page.locator(TILES.format("chosen")).first.wait_for()
    page.get_by_text(re.compile(r"covers? selected")).wait_for()


def test_a_cover_added_to_the_basket_survives_reload_and_navigation(browse):
    page = browse()
    tile = page.locator(".st-key-tiles-found li").nth(1)
    tile.hover()
    tile.locator(".mark").click()
    page.wait_for_url("**keep=**")
    kept = tile.locator(".press").get_attribute("aria-label")
    page.get_by_role("link", name="The starter").click()
    page.get_by_role("heading", name="The starter").wait_for()
    page.get_by_role("link", name="Browse").click()
    page.get_by_role("radio", name="Basket").click()
    page.locator(TILES.format("between")).first.wait_for()
    page.reload()
    page.locator(TILES.format("between")).first.wait_for()
    assert page.locator(TILES.format("kept")).evaluate_all("tiles => tiles.map(tile => tile.ariaLabel)") == [kept]


@pytest.mark.parametrize("view", ["Covers", "Portraits", "Map"])
def test_every_view_fits_on_a_phone(browse, view):
    wait_until_fits(browse(f"?view={view}", **PHONE))
