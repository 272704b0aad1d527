import re
import time

import pytest

from covergenre.dataset.starter import open_starter

pytestmark = pytest.mark.browser

TILES = ".st-key-tiles-{} .press"


def browse(page, query: str = ""):
    """The page, opened by its address and done."""
    page.goto(f"{re.match('https?://[^/]+', page.url)[0]}/browse{query}")
    page.get_by_text("Browse the covers").wait_for()
    return page


def shown(page) -> str:
    """The name of the cover that is looked at."""
    page.locator(".st-key-now .gallery img").first.wait_for()
    return page.locator("h2").first.inner_text()


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


def pager(page) -> str:
    """The page that the pager marks."""
    return page.locator('.st-key-leaf [aria-current="page"]').inner_text()


def names(page) -> list[str]:
    """What the tiles are called."""
    page.locator(TILES.format("found")).first.wait_for()
    page.get_by_test_id("stStatusWidget").wait_for(state="detached")
    return page.locator(TILES.format("found")).evaluate_all("tiles => tiles.map(tile => tile.ariaLabel)")


def becomes(page, expected: list[str]) -> bool:
    """Whether these tiles are there before long."""
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if names(page) == expected:
            return True
        page.wait_for_timeout(100)
    return False


def test_an_address_of_a_page_shows_and_marks_it_and_back_leads_from_a_cover_to_it(visit):
    page = browse(visit())
    first = names(page)
    browse(page, "?leaf=3")
    third = names(page)
    assert not set(first) & set(third)
    assert pager(page) == "3"
    page.locator(".st-key-leaf").get_by_text("4", exact=True).click()
    page.wait_for_url("**leaf=4**")
    fourth = names(page)
    step(page, "found", 0)
    page.go_back()
    assert becomes(page, fourth)
    assert pager(page) == "4"
    page.go_back()
    assert becomes(page, third)
    assert pager(page) == "3"


def test_back_leads_from_one_portrait_to_the_one_before(visit):
    page = browse(visit(), "?view=Portraits")
    for genre in ("Jazz", "Rap"):
        page.get_by_test_id("stButtonGroup").get_by_text(genre, exact=True).click()
        page.get_by_role("heading", name=re.compile(f"^{genre} ")).wait_for()
    page.go_back()
    page.get_by_role("heading", name=re.compile("^Jazz ")).wait_for()
    page.reload()
    page.get_by_role("heading", name=re.compile("^Jazz ")).wait_for()


def test_from_jazz_to_portraits_back_is_jazz_and_forward_is_portraits(visit):
    page = browse(visit(), "?genre=Jazz")
    jazz = names(page)
    page.get_by_text("Portraits", exact=True).click()
    page.get_by_role("heading", name="Its colours").wait_for()
    page.go_back()
    assert becomes(page, jazz)
    page.go_forward()
    page.get_by_role("heading", name="Its colours").wait_for()


def test_a_cover_that_is_not_there_is_said_to_be(visit):
    page = browse(visit(), "?cover=0123456789abcdef")
    page.get_by_text("No such cover").wait_for()


def test_what_is_typed_is_searched_for_and_filters_are_in_the_address(visit):
    page = browse(visit())
    page.get_by_placeholder("Search artist or album").fill("darkthrone")
    page.keyboard.press("Enter")
    page.wait_for_url("**find=darkthrone**")
    page.get_by_text(re.compile(r"^\d+ covers$")).wait_for()
    assert "Darkthrone" in names(page)[0]
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
