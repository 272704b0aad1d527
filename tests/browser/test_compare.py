from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest
from finished_runs import runs_on_drawn_covers
from playwright.sync_api import TimeoutError, expect
from visiting import PHONE, wait_until_fits, wait_until_idle, wait_until_loaded
from workers import TIMEOUT

from covergenre.comparison.comparison import compare_runs

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """Two runs on 60 drawn covers, in a home of their own."""
    home = tmp_path_factory.mktemp("compared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERGENRE_HOME", str(home / "home"))
        yield compare_runs(runs_on_drawn_covers(home / "covers", 20))


@pytest.fixture(scope="module")
def server(serve, compared):
    """The app on that home."""
    return serve(compared.runs[0].run.folder.parents[1])


@pytest.fixture
def confusion(visit):
    """The matrices, as a visitor with these options sees them."""

    def open_page(address: str = "", **options):
        page = visit(f"/compare?tab=Confusion{address}", **options)
        page.locator(".st-key-matrix_1 .mark-rect path").first.wait_for()
        return page

    return open_page


def cell(page, side: int, what: str):
    """The cell of a matrix with this label, once the matrix is stable."""
    found = page.locator(f".st-key-matrix_{side} .mark-rect path[aria-label^='{what}:']")
    expect(found).to_have_count(1)
    return found.last  # drawn anew meanwhile, the matrix stands twice for a moment


def cell_in_url(page) -> dict[str, str]:
    """What the address says of a cell."""
    said = parse_qs(urlsplit(page.url).query)
    return {name: "".join(values) for name, values in said.items() if name not in ("tab", "run")}


def covers(page) -> int:
    """How many covers are shown, once there are any."""
    page.locator(".gallery > li").first.wait_for()
    return page.locator(".gallery > li").count()


def test_clicking_a_cell_shows_its_covers_and_updates_the_url(confusion, compared):
    poor = compared.of(next(run.id for run in compared.runs if run.run.spec.method == "knn"))
    page = confusion()
    side = 0 if page.locator(".st-key-matrix_0").locator("xpath=..").get_by_text(poor.name).count() else 1
    cell(page, side, "jazz taken for rap").click()
    page.get_by_role("heading", name="Jazz taken for rap").wait_for()
    assert covers(page) == poor.evaluation.confusion[1][2]
    assert cell_in_url(page) == {"of": poor.id, "true": "jazz", "predicted": "rap"}
    wait_until_loaded(page, ".gallery img")


def test_alternating_clicks_on_both_matrices_all_register(confusion):
    page = confusion()
    seen = []
    for side in (0, 1, 0):
        cell(page, side, "rap, correct").click()
        page.wait_for_function("before => !location.search.includes(before)", arg=seen[-1] if seen else "of=none")
        page.get_by_role("heading", name="Rap, correct").wait_for()
        page.wait_for_function("() => location.search.includes('of=')")
        seen.append(f"of={cell_in_url(page)['of']}")
    assert seen[0] == seen[2] != seen[1]


def test_clicking_a_margin_shows_the_genre(confusion):
    page = confusion()
    cell(page, 0, "True jazz").click()
    page.get_by_role("heading", name="Jazz", exact=True).wait_for()
    page.get_by_text("Precision").first.wait_for()
    assert covers(page) == 20


def open_list(page, key: str) -> None:
    """By the keyboard; a list that opens while the page is still being drawn closes again, so more than once."""
    for _ in range(20):
        page.locator(f".st-key-{key} input").press("ArrowDown")
        with suppress(TimeoutError):
            page.get_by_role("option").nth(1).wait_for(timeout=4_000)
            return
    raise AssertionError(f"the list of {key} can't be opened by the keyboard")


def test_a_cell_can_be_chosen_by_keyboard(confusion):
    page = confusion()
    for key, genre in (("compare_true", "Rap"), ("compare_predicted", "Jazz")):
        wait_until_idle(page)
        open_list(page, key)
        page.keyboard.type(genre)
        expect(page.get_by_role("option")).to_have_text([genre])
        page.keyboard.press("Enter")
        page.wait_for_function(f"() => location.search.includes('{genre.lower()}')")
    page.get_by_role("heading", name="Rap taken for jazz").wait_for()


def test_a_url_opens_its_cell_and_back_returns_to_the_previous_cell(confusion, compared):
    run = compared.runs[0]
    page = confusion(f"&of={run.id}&true=jazz&predicted=jazz")
    page.get_by_role("heading", name="Jazz, correct").wait_for()
    cell(page, 0, "country, correct").click()
    page.get_by_role("heading", name="Country, correct").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Jazz, correct").wait_for()


def test_the_first_request_to_a_new_server_may_be_for_a_subpage(serve, compared, chromium):
    page = chromium.new_page()
    page.set_default_timeout(1000 * TIMEOUT)
    page.goto(f"{serve(compared.runs[0].run.folder.parents[1])}/compare")
    page.get_by_role("heading", name="Which run is better?").wait_for()
    page.get_by_text("Is the difference real?").wait_for()
    assert page.get_by_text("Page not found").count() == 0
    page.close()


def test_nothing_overflows_on_a_phone(confusion):
    wait_until_fits(confusion(**PHONE))


def test_the_compared_runs_survive_reload_navigation_and_a_second_tab(visit, server, compared):
    good, poor = compared.runs
    page = visit("/compare")
    page.wait_for_function("() => location.search.includes('run=')")
    both = parse_qs(urlsplit(page.url).query)["run"]
    assert set(both) == {good.id, poor.id}
    other = page.context.new_page()
    other.goto(f"{server}/compare?run={poor.id}")
    other.get_by_role("heading", name=poor.name, exact=True).wait_for()
    page.get_by_role("link", name="Browse").click()
    page.wait_for_function("() => location.pathname.endsWith('/browse')")
    page.go_back()
    page.get_by_role("heading", name="Is the difference real?").wait_for()
    page.reload()
    page.get_by_role("heading", name="Is the difference real?").wait_for()
    assert parse_qs(urlsplit(page.url).query)["run"] == both
    assert parse_qs(urlsplit(other.url).query)["run"] == [poor.id]


def test_the_state_of_train_survives_back_forward_reload_and_a_second_tab(visit, server, compared):
    poor = compared.runs[1]
    page = visit()
    page.goto(f"{server}/train?run={poor.id}")
    opened = page.get_by_role("heading", name=f"{poor.name} on mine")
    opened.wait_for()
    words = page.get_by_role("textbox", name="Search")
    words.fill("logistic")
    words.press("Enter")
    page.wait_for_function("() => location.search.includes('find=logistic')")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_role("textbox", name="Search")).to_have_value("logistic")
    page.get_by_role("link", name="Compare").click()
    page.wait_for_function("() => location.pathname.endsWith('/compare') && location.search.includes('run=')")
    page.go_back()
    expect(words).to_have_value("logistic")
    page.go_back()
    expect(words).to_have_value("")
    page.go_forward()
    expect(words).to_have_value("logistic")
    page.reload()
    expect(words).to_have_value("logistic")
    opened.wait_for()
    assert parse_qs(urlsplit(page.url).query)["run"] == [poor.id]
