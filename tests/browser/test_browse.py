import re
import time

import pytest

from covergenre.dataset.starter import open_starter

pytestmark = pytest.mark.browser

TILES = '[class*="st-key-go-{}-"] button'


def browse(page, query: str = ""):
    """The page, opened by its address and done."""
    page.goto(f"{re.match('https?://[^/]+', page.url)[0]}/browse{query}")
    page.get_by_text("Browse the covers").wait_for()
    return page


def shown(page) -> str:
    """The name of the cover that is looked at."""
    page.locator(".st-key-now .gallery img").first.wait_for()
    return page.locator("h3").first.inner_text()


def step(page, grid: str, place: int) -> str:
    """Click a tile and wait for its cover: the name of that."""
    tile = page.locator(TILES.format(grid)).nth(place)
    tile.wait_for()
    before = page.url
    tile.click()
    page.wait_for_url(lambda url: url != before)
    page.get_by_test_id("stStatusWidget").wait_for(state="detached")
    return shown(page)


def settles(page, expected: str) -> bool:
    """Whether the cover of this name is looked at before long."""
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if shown(page) == expected:
            return True
        page.wait_for_timeout(100)
    return False


def test_a_walk_can_be_gone_back_reloaded_and_shared(visit):
    page = browse(visit())
    first = step(page, "found", 0)
    second = step(page, "near", 4)
    assert second != first
    page.reload()
    assert settles(page, second)
    page.go_back()
    assert settles(page, first)
    page.go_forward()
    assert settles(page, second)
    page.locator(".st-key-step-0 button").click()
    assert settles(page, first)


def test_what_is_typed_is_searched_for_and_filters_are_in_the_address(visit):
    page = browse(visit())
    page.get_by_placeholder("Search artist or album").fill("darkthrone")
    page.keyboard.press("Enter")
    page.wait_for_url("**find=darkthrone**")
    page.get_by_text(re.compile(r"^\d+ covers$")).wait_for()
    assert "Darkthrone" in page.locator(TILES.format("found")).first.inner_text()
    browse(page, "?genre=Jazz")
    jazz = (open_starter().covers["genre"] == "jazz").sum()
    page.get_by_text(f"{jazz:,} covers").wait_for()


def test_a_point_of_the_map_can_be_clicked(visit):
    page = browse(visit(), "?view=Map")
    chart = page.locator(".js-plotly-plot")
    chart.wait_for()
    page.wait_for_timeout(1500)
    box = chart.bounding_box()
    for across, down in ((x / 20, y / 20) for x in range(8, 13) for y in range(6, 11)):
        at = box["x"] + across * box["width"], box["y"] + down * box["height"]
        page.mouse.move(*at)
        page.wait_for_timeout(100)
        page.mouse.click(*at)
        page.wait_for_timeout(400)
        if "cover=" in page.url:
            break
    page.locator(TILES.format("marked")).first.wait_for()
    assert page.locator(TILES.format("marked")).count() == 6


@pytest.mark.parametrize("view", ["Covers", "Portraits", "Map"])
def test_every_view_fits_a_phone(visit, view):
    page = browse(visit(viewport={"width": 390, "height": 800}), f"?view={view}")
    page.get_by_test_id("stStatusWidget").wait_for(state="detached")
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
