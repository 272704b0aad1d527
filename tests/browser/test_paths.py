"""Back, Forward, Reload and a second tab on paths through Explore, Train and Compare, with one server for all."""

import pytest
from finished_runs import runs_on_drawn_covers
from playwright.sync_api import expect
from visiting import eventually, wait_until_idle

from covergenre.runs.notes import read_notes
from covergenre.runs.record import list_runs

pytestmark = pytest.mark.browser

TILES = ".st-key-tiles-gallery .press"
TICKED = ".st-key-tiles-gallery .chosen"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with 60 drawn covers and two finished runs on them."""
    folder = tmp_path_factory.mktemp("paths")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERGENRE_HOME", str(folder / "home"))
        runs_on_drawn_covers(folder / "covers", 20)
    return folder / "home"


@pytest.fixture(scope="module")
def server(serve, home):
    """The app on that home."""
    return serve(home)


@pytest.fixture(autouse=True)
def use_home(home, monkeypatch) -> None:
    """What a test looks up is what the server has."""
    monkeypatch.setenv("COVERGENRE_HOME", str(home))


def wait_for_query(page, *words: str) -> None:
    """Wait until the address has all these words."""
    page.wait_for_function(
        "words => words.every(word => decodeURIComponent(location.search).includes(word))", arg=words
    )


def test_selected_covers_survive_reload_and_a_second_tab_without_history_entries(visit):
    page = visit("/explore?see=Gallery&from_genre=rap")
    page.locator(".st-key-choice label").first.click()
    page.locator(".st-key-choose-all").wait_for()
    wait_until_idle(page)
    for number in (0, 1):
        page.locator(TILES).nth(number).click()
        expect(page.locator(TICKED)).to_have_count(number + 1)
    page.reload()
    expect(page.locator(TICKED)).to_have_count(2)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator(TICKED)).to_have_count(2)
    page.get_by_text("Overview", exact=True).click()
    page.get_by_role("heading", name="Genres").wait_for()
    page.go_back()
    expect(page.locator(TICKED)).to_have_count(2)


def test_a_size_in_the_overview_links_to_its_covers_and_back_returns(visit):
    page = visit("/explore?see=Overview")
    page.get_by_role("link", name="96 x 96").click()
    wait_for_query(page, "size=96+x+96")
    page.get_by_text("60 of 60 covers").wait_for()
    page.locator(TILES).first.click()
    page.locator(".st-key-steps").wait_for()
    page.go_back()
    page.get_by_text("60 of 60 covers").wait_for()
    page.go_back()
    page.get_by_role("link", name="96 x 96").wait_for()


def test_an_opened_run_scrolls_into_view_and_back_closes_it(visit):
    page = visit("/train", viewport={"width": 1280, "height": 700})
    run = list_runs()[0]
    table = page.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    page.mouse.click(box["x"] + 14, box["y"] + 54)
    wait_for_query(page, f"run={run.id}")
    heading = page.locator(".st-key-opened h2")
    expect(heading).to_be_in_viewport()
    page.reload()
    heading.wait_for()
    page.go_back()
    heading.wait_for(state="detached")
    page.go_forward()
    heading.wait_for()


def test_a_menu_closes_after_saving(visit):
    run = list_runs()[0]
    page = visit(f"/train?run={run.id}")
    opened = page.locator(".st-key-opened")
    opened.get_by_role("button", name="Name and note").click()
    page.get_by_role("combobox", name="Tags").fill("talk")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save").click()
    eventually(page, lambda: read_notes(run).tags == ("talk",))
    page.get_by_role("button", name="Save").wait_for(state="detached")
    opened.get_by_text("talk", exact=True).wait_for()


def test_the_tab_of_a_single_run_survives_back_reload_and_a_second_window(visit):
    run = list_runs()[0]
    page = visit(f"/compare?run={run.id}&tab=Settings")
    page.get_by_role("heading", name="Download the model").wait_for()
    page.get_by_role("tab", name="Calibration").click()
    page.get_by_role("heading", name="Precision and recall by genre").wait_for()
    wait_for_query(page, "tab=Calibration")
    page.go_back()
    page.get_by_role("heading", name="Download the model").wait_for()
    page.go_forward()
    page.get_by_role("heading", name="Precision and recall by genre").wait_for()
    page.reload()
    wait_until_idle(page)
    page.get_by_role("heading", name="Precision and recall by genre").wait_for()
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("heading", name="Precision and recall by genre").wait_for()
