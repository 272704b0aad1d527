import re

import pytest
from drawing import cover, encoded
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from visiting import PHONE, layout_shift, wait_until_fits, wait_until_idle, wait_until_loaded

from covergenre.demo import example_tiles

pytestmark = pytest.mark.browser


@pytest.fixture
def files(tmp_path):
    """Two drawn covers and a file that is not a picture."""
    named = {"first.png": encoded(cover("jazz", 1)), "second.png": encoded(cover("rap", 2)), "notes.jpg": b"milk"}
    for name, data in named.items():
        (tmp_path / name).write_bytes(data)
    return [tmp_path / name for name in named]


GRID = ".st-key-tiles-batch .press"
TILES = ".st-key-tiles-nearest .press"


def wait_for_answer(page) -> None:
    page.locator(".gallery li").first.wait_for()
    page.locator(".bars li").first.wait_for()


def test_a_dropped_cover_gets_genre_bars_and_neighbours(visit, drop, files):
    page = visit()
    drop(page, files[:1])
    wait_for_answer(page)
    assert page.locator("h2").first.inner_text()
    assert page.locator(".st-key-cover").inner_text() == "first.png"
    assert page.locator(".bars").count() == 1
    assert page.locator(".bars").first.locator("li").count() == 10
    page.locator(TILES).nth(7).wait_for()
    assert page.locator(TILES).count() == 8
    wait_until_loaded(page, ".gallery img")
    assert re.match(r"https?://", page.locator(".gallery .art a").first.get_attribute("href"))


def test_on_a_phone_a_first_visit_fetches_no_font_for_headings_and_nothing_jumps(visit):
    page = visit(**PHONE)
    fetched = page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
    assert [name for name in fetched if "SourceSerif" in name] == []
    assert layout_shift(page) < 0.02


def paste(page, file) -> None:
    """Paste a picture, as Ctrl and V do."""
    page.evaluate(
        """bytes => {
            const carried = new DataTransfer()
            carried.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }))
            const options = { clipboardData: carried, bubbles: true, cancelable: true }
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", options))
        }""",
        list(file.read_bytes()),
    )


def test_a_picture_can_be_pasted_by_keyboard_anywhere_on_the_page(visit, files):
    page = visit()
    page.get_by_role("button", name="Paste a picture").wait_for()
    paste(page, files[0])
    wait_for_answer(page)
    paste(page, files[1])
    page.get_by_text("2 covers").wait_for()


def test_the_paste_button_reads_a_picture_from_the_clipboard_or_reports_none(visit, files):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    button = page.get_by_role("button", name="Paste a picture")
    page.evaluate("navigator.clipboard.writeText('milk')")
    button.click()
    page.get_by_text("There is no picture in the clipboard.").wait_for()
    page.evaluate(
        """async bytes => {
            const picture = new Blob([new Uint8Array(bytes)], { type: "image/png" })
            await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })])
        }""",
        list(files[0].read_bytes()),
    )
    button.focus()
    page.keyboard.press("Enter")
    wait_for_answer(page)


def test_browsing_starts_from_a_neighbour_or_the_cover_and_back_returns_to_the_prediction(visit, drop, files):
    page = visit()
    drop(page, files[:1])
    wait_for_answer(page)
    page.locator(TILES).nth(2).click()
    page.locator(".st-key-now .gallery img").wait_for()
    page.go_back()
    wait_for_answer(page)
    page.get_by_role("link", name="Browse from this cover").click()
    page.locator(".st-key-now").get_by_alt_text("Upload first.png").wait_for()
    page.locator(".st-key-tiles-near .press").nth(3).click()
    page.locator(".st-key-now .gallery img").wait_for()
    page.locator(".st-key-step-0 button").click()
    page.locator(".st-key-now").get_by_alt_text("Upload first.png").wait_for()
    page.reload()
    page.locator(".st-key-now").get_by_alt_text("Upload first.png").wait_for()


def test_a_batch_with_one_bad_file_is_predicted_and_exported_as_csv(visit, drop, files):
    page = visit()
    drop(page, files)
    page.get_by_text("2 covers, 1 unreadable").wait_for()
    page.get_by_text("Unreadable: notes.jpg.").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV", exact=True).click()
    rows = download.value.path().read_text("utf-8-sig").splitlines()
    assert {row.split(",")[0] for row in rows[1:]} == {"first.png", "second.png", "notes.jpg"}


def test_one_cover_of_a_batch_opens_and_back_returns_to_the_batch(visit, drop, files):
    page = visit()
    drop(page, files[:2])
    page.get_by_role("heading", name="2 covers").wait_for()
    page.locator(GRID).nth(1).click()
    page.locator(".st-key-cover").get_by_text("second.png").wait_for()
    page.wait_for_url("**open=1**")
    page.go_back()
    page.locator(GRID).nth(1).wait_for()
    page.go_forward()
    page.locator(".st-key-cover").get_by_text("second.png").wait_for()
    page.reload()
    page.locator(".st-key-cover").get_by_text("second.png").wait_for()
    page.get_by_role("button", name="Previous").click()
    page.locator(".st-key-cover").get_by_text("first.png").wait_for()
    page.get_by_role("button", name="All 2 covers").click()
    page.locator(GRID).nth(1).wait_for()


def test_arrow_keys_move_through_the_grid_and_enter_opens_a_cover(visit, drop, files):
    page = visit()
    drop(page, files[:2])
    page.locator(GRID).nth(1).wait_for()
    page.locator(GRID).first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator(".st-key-cover").get_by_text("second.png").wait_for()


def test_a_prediction_survives_reload_and_opens_elsewhere_until_deleted(visit, drop, files):
    page, other = visit(), visit()
    drop(page, files[:1])
    wait_for_answer(page)
    page.wait_for_url("**answer=**")
    address, said = page.url, page.locator("h2").first.inner_text()
    page.reload()
    wait_for_answer(page)
    other.goto(address)
    wait_for_answer(other)
    assert other.locator("h2").first.inner_text() == said
    assert other.title().endswith("first.png · covergenre")
    page.get_by_role("button", name="Delete").click()
    page.get_by_text("The starter knows").wait_for()
    page.wait_for_url(re.compile("^((?!answer=).)*$"))
    other.reload()
    other.get_by_text("This prediction has expired").wait_for()


def test_a_cropped_cover_gets_a_new_prediction(visit):
    page = visit()
    page.locator(".st-key-example-1 button").click()
    wait_for_answer(page)
    page.get_by_role("button", name="Crop").click()
    ask = page.get_by_role("button", name="Predict this part")
    ask.wait_for()
    assert ask.is_disabled()
    page.get_by_role("slider", name="Rotate").press("ArrowRight")
    ask.click()  # which waits until it can be
    page.locator(".st-key-cover").get_by_text("cropped.png").wait_for()


def test_back_returns_to_the_previous_prediction(visit):
    page = visit()
    titles = [title for title, _, _ in example_tiles()[:2]]
    for number, title in enumerate(titles):
        page.locator(f".st-key-example-{number} button").click()
        page.locator(".st-key-cover").get_by_text(title).wait_for()
        wait_until_idle(page)
    page.go_back()
    page.locator(".st-key-cover").get_by_text(titles[0]).wait_for()
    page.go_back()
    page.get_by_text("The starter knows").wait_for()


def test_a_cover_can_be_dropped_anywhere_on_the_page(visit, files):
    page = visit()
    page.get_by_role("button", name="Paste a picture").wait_for()
    page.evaluate(
        """bytes => {
            const carried = new DataTransfer()
            carried.items.add(new File([new Uint8Array(bytes)], "far.png", { type: "image/png" }))
            for (const kind of ["dragover", "drop"]) {
                const options = { dataTransfer: carried, bubbles: true, cancelable: true }
                document.querySelector("h1").dispatchEvent(new DragEvent(kind, options))
            }
        }""",
        list(files[0].read_bytes()),
    )
    page.locator(".st-key-cover").get_by_text("far.png").wait_for()


def test_a_prediction_is_announced_to_screen_readers(visit):
    page = visit()
    page.locator(".st-key-example-0 button").click()
    wait_for_answer(page)
    region = page.locator("[role=status]").filter(has_text=example_tiles()[0][0])
    region.wait_for(state="attached")
    assert page.locator("h2").first.inner_text() in region.inner_text()


def test_a_neighbour_opens_at_the_top_of_the_page_with_the_focus_on_its_heading(visit):
    page = visit(viewport={"width": 1280, "height": 500})
    page.locator(".st-key-example-0 button").click()
    wait_for_answer(page)
    page.locator(TILES).nth(7).scroll_into_view_if_needed()
    page.locator(TILES).nth(7).focus()
    page.keyboard.press("Enter")
    page.locator(".st-key-now .gallery img").wait_for()
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop === 0")
    page.wait_for_function("document.activeElement.tagName === 'H1'")


def test_the_menu_on_a_phone_closes_after_navigation_and_stays_closed_after_reload(visit):
    page = visit(**PHONE)
    page.get_by_test_id("stExpandSidebarButton").tap()
    menu = "document.querySelector('[data-testid=stSidebar]').getBoundingClientRect()"
    page.wait_for_function(f"{menu}.left === 0")
    page.get_by_test_id("stSidebarNavLink").filter(has_text="The starter").tap()
    page.wait_for_url("**/starter")
    page.wait_for_function(f"{menu}.right <= 0")
    page.reload()
    page.get_by_test_id("stExpandSidebarButton").wait_for()
    assert page.evaluate(f"{menu}.right <= 0")


def test_an_example_can_be_reached_and_chosen_by_keyboard(visit):
    page = visit()
    page.get_by_role("button", name="Paste a picture").wait_for()
    page.locator(".st-key-drop button").focus()
    for _ in range(4):  # past the button that pastes, the camera's switch and the field for an address
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText").startswith("Try ")
    page.keyboard.press("Enter")
    wait_for_answer(page)


def test_the_dark_colour_scheme_gets_a_dark_page_with_its_own_palette(visit):
    page = visit(color_scheme="dark")
    page.locator(".st-key-example-0 button").click()
    wait_for_answer(page)
    jazz = page.locator(".bars li").filter(has_text="Jazz").first.locator(".bar")
    assert jazz.evaluate("bar => getComputedStyle(bar).backgroundColor") == "rgb(75, 168, 237)"
    assert page.locator(".stApp").evaluate("app => getComputedStyle(app).backgroundColor") == "rgb(21, 20, 18)"


def test_nothing_overflows_on_a_phone_and_a_prediction_scrolls_into_view(visit):
    page = visit(**PHONE)
    wait_until_fits(page)
    page.locator(".st-key-example-0 button").tap()
    wait_for_answer(page)
    page.wait_for_function("document.querySelector('.st-key-answer h2').getBoundingClientRect().bottom < innerHeight")
    wait_until_fits(page)


def test_pictures_are_requested_from_the_app_and_only_on_demand(visit):
    page = visit()
    requested: list[str] = []

    def give_picture(route) -> None:
        requested.append(route.request.url)
        route.fulfill(body=encoded(cover("pop"), "JPEG"), content_type="image/jpeg")

    page.route("**/pictures/*.jpg?fetch=1", give_picture)
    page.locator(".st-key-example-0 button").click()
    wait_for_answer(page)
    page.get_by_text("Covers that are not on this machine are shown as colours.").wait_for()
    assert requested == []
    page.get_by_role("button", name="Show the real covers").click()
    page.wait_for_function("[...document.querySelectorAll('.gallery img[src*=fetch]')].some(i => i.naturalWidth)")
    assert requested
    page.get_by_role("button", name="Show colours only").click()
    page.get_by_role("button", name="Show the real covers").wait_for()


def test_the_starter_page_shows_its_figures_at_any_width(visit):
    page = visit("/starter")
    page.get_by_role("heading", name="Accuracy").wait_for()
    table = page.locator("table").filter(has=page.get_by_role("columnheader", name="Recall"))
    table.locator("tbody tr").nth(7).wait_for()
    assert table.locator("tbody tr").count() == 10
    page.set_viewport_size(PHONE["viewport"])
    wait_until_fits(page)


def test_a_prediction_survives_a_click_before_the_browser_learns_that_the_script_finished(visit):
    page, held, slow = visit(), [], True

    def connect(browser) -> None:
        server = browser.connect_to_server()

        def deliver(message) -> None:
            if slow and ForwardMsg.FromString(message).WhichOneof("type") == "script_finished":
                held.append(lambda: browser.send(message))
            else:
                browser.send(message)

        server.on_message(deliver)

    page.route_web_socket(re.compile("_stcore/stream"), connect)
    page.reload()
    page.locator(".st-key-example-0 button").click()
    wait_for_answer(page)
    while len(held) < 2:  # the server's runs of the page: the first look, and the example
        page.wait_for_timeout(50)
    page.get_by_text("Use the camera").click()
    page.locator(".st-key-lens").wait_for()
    while len(held) < 3:
        page.wait_for_timeout(50)
    slow = False
    for release in held:
        release()
    page.locator("[data-stale=true]").first.wait_for(state="detached")
    wait_for_answer(page)
