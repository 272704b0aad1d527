import shutil

import pytest
from drawing import genre_folders
from playwright.sync_api import Page, TimeoutError, expect
from visiting import PHONE, eventually, wait_until_fits, wait_until_idle, wait_until_loaded

from covergenre.dataset.registry import open_dataset, register
from covergenre.repair.repair import history

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with one data set that has a duplicate and was not audited yet."""
    folder = tmp_path_factory.mktemp("explored")
    root = genre_folders(folder / "covers", ("jazz", "rap"), 30)
    shutil.copy(root / "jazz" / "000.jpg", root / "jazz" / "copy.jpg")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERGENRE_HOME", str(folder / "home"))
        register("mine", root)
    return folder / "home"


@pytest.fixture(scope="module")
def server(serve, home):
    """The app on that home."""
    return serve(home)


@pytest.fixture
def explore(visit):
    """The page at this address, as a visitor with these options sees it."""

    def open_page(address: str = "", **options):
        page = visit(f"/explore{address}", **options)
        page.get_by_role("heading", name="Explore a data set").wait_for()
        return page

    return open_page


def has_tiles(page, count: int) -> None:
    expect(page.locator(".st-key-tiles-gallery img")).to_have_count(count)


def pick_genre(page: Page, genre: str) -> None:
    """Pick a genre in the filters; a page that draws itself anew meanwhile may close them, so open them again."""
    choice = page.get_by_role("button", name=genre, exact=True)
    for _ in range(20):
        if not choice.is_visible():
            page.get_by_role("button", name="Filter").click()
        try:
            return choice.click(timeout=5_000)
        except TimeoutError:
            continue
    raise AssertionError(f"{genre} can't be picked")


def wait_for_audit(page: Page) -> None:
    """Look for defects, unless they were looked for before; then the page does so by itself."""
    cards = page.locator(".st-key-card-exact-duplicates")
    button = page.locator("button:enabled").filter(has_text="Look for defects")  # not while covers are looked at
    cards.or_(button).first.wait_for()
    if button.is_visible():
        button.click()
    cards.wait_for()
    page.locator('[class*="st-key-watching"]').wait_for(state="detached")


def test_a_data_set_is_filtered_and_an_opened_cover_survives_reload(explore):
    page = explore("?see=Gallery")
    has_tiles(page, 48)
    wait_until_loaded(page, ".st-key-tiles-gallery li:nth-child(41) img")
    assert page.locator(".st-key-tiles-gallery img").nth(40).evaluate("image => image.naturalWidth") == 96
    pick_genre(page, "Rap")
    has_tiles(page, 30)
    page.keyboard.press("Escape")
    page.locator(".st-key-tiles-gallery .press").nth(2).click()
    page.get_by_text("rap/002.jpg").wait_for()
    page.reload()
    page.get_by_text("rap/002.jpg").wait_for()
    page.get_by_role("button", name="All covers").click()
    has_tiles(page, 30)
    page.get_by_role("button", name="Next").wait_for(state="detached")
    page.wait_for_load_state("networkidle")
    page.locator(".st-key-chips button").first.click()
    has_tiles(page, 48)


def test_a_filter_that_was_removed_stays_removed(explore):
    page = explore("?see=Gallery")
    has_tiles(page, 48)
    pick_genre(page, "Rap")
    has_tiles(page, 30)
    page.keyboard.press("Escape")
    page.locator(".st-key-chips button").first.click()
    has_tiles(page, 48)
    page.locator(".st-key-choice label").first.click()
    page.get_by_text("0 selected").wait_for()
    wait_until_idle(page)
    has_tiles(page, 48)
    assert "from_genre" not in page.url


def test_defects_are_found_repaired_and_the_repair_undone(explore, home, monkeypatch):
    monkeypatch.setenv("COVERGENRE_HOME", str(home))
    before = len(history(open_dataset("mine")))
    page = explore("?see=Findings")
    wait_for_audit(page)
    page.get_by_text("Repair", exact=True).click()
    page.locator(".st-key-apply button").click()
    page.get_by_role("heading", name="History").wait_for()
    assert (open_dataset("mine").manifest["excluded"] != "").sum() >= 1
    page.get_by_role("button", name="Undo").first.click()
    eventually(page, lambda: (open_dataset("mine").manifest["excluded"] == "").all())
    assert len(history(open_dataset("mine"))) == before + 2


def test_nothing_overflows_on_a_phone(explore):
    page = explore("?see=Overview", **PHONE)
    for view in ("Overview", "Gallery"):
        page.get_by_text(view, exact=True).first.tap()
        page.locator("h2, .gallery").first.wait_for()
        wait_until_idle(page)
        wait_until_fits(page)


def test_back_and_forward_keep_the_filter_set_by_a_finding(explore):
    page = explore("?see=Findings")
    wait_for_audit(page)
    page.locator(".st-key-see-exact-duplicates button").click()
    has_tiles(page, 2)
    page.locator(".st-key-tiles-gallery .press").nth(1).click()
    page.locator(".st-key-steps").wait_for()
    page.go_back()
    has_tiles(page, 2)
    page.go_back()
    page.locator(".st-key-cards-grave").wait_for()
    page.go_forward()
    has_tiles(page, 2)


def test_selected_covers_are_excluded_and_restored_in_place(explore, home, monkeypatch):
    monkeypatch.setenv("COVERGENRE_HOME", str(home))
    page = explore("?see=Gallery&from_genre=rap")
    has_tiles(page, 30)
    page.locator(".st-key-choice label").first.click()
    page.get_by_role("button", name="All 30").click()
    expect(page.locator(".gallery .chosen")).to_have_count(30)
    page.locator(".st-key-tiles-gallery .press").nth(0).click()
    expect(page.locator(".gallery .chosen")).to_have_count(29)
    grid = page.locator(".st-key-tiles-gallery")
    top = grid.bounding_box()["y"]
    page.locator(".st-key-out-chosen button").click()
    page.locator(".st-key-undo-made button").wait_for()
    wait_until_idle(page)
    assert grid.bounding_box()["y"] == top, "what was done pushed the covers about"
    eventually(page, lambda: (open_dataset("mine").manifest["excluded"] == "by hand").sum() == 29)
    page.locator(".st-key-undo-made button").click()
    eventually(page, lambda: (open_dataset("mine").manifest["excluded"] != "by hand").all())


def test_a_threshold_can_be_moved_repeatedly_while_the_audit_reruns(explore):
    page = explore("?see=Findings")
    wait_for_audit(page)
    page.locator(".st-key-card-exact-duplicates").get_by_role("button", name="Threshold").click()
    slider = page.get_by_role("slider", name="Flag exact duplicates")
    for step in ("0.51", "0.52", "0.53"):
        slider.press("ArrowRight")
        expect(slider).to_have_value(step)
        page.get_by_text(f"with a score of {step} or more").first.wait_for()
    page.get_by_role("button", name="Reset to").click()
    page.locator(".st-key-card-exact-duplicates").get_by_text("with a score of 0.50 or more").wait_for()
