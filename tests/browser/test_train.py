"""A real run in the browser: started, followed, restored after a reload, and used for predictions."""

import pytest
from drawing import genre_folders
from playwright.sync_api import expect
from visiting import PHONE, eventually, wait_until_fits, wait_until_idle

from covergenre.dataset.registry import register
from covergenre.runs.record import list_runs

pytestmark = pytest.mark.browser


@pytest.fixture
def server(serve, own_home):
    """A server for each test, with a separate home."""
    return serve(own_home)


@pytest.fixture(scope="module")
def server_without_runs(serve, tmp_path_factory):
    """A server on a home with a data set."""
    home, root = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("covers")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERGENRE_HOME", str(home))
        register("mine", genre_folders(root, ("jazz", "rap"), 12))
    return serve(home)


@pytest.fixture
def page(visit, tmp_path):
    """The Train page over 24 drawn covers."""
    register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 12))
    page = visit("/train")
    page.get_by_text("No training is running.").wait_for()
    return page


def test_a_run_is_followed_to_completion_kept_after_a_reload_and_put_into_use(page):
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_role("heading", name="Nearest neighbours on mine").wait_for()
    page.get_by_text("No training is running.").wait_for()
    assert [run.status().state for run in list_runs()] == ["done"]
    page.get_by_role("columnheader", name="Recall").wait_for()
    page.wait_for_url(f"**run={list_runs()[0].id}**")
    page.reload()
    page.get_by_role("heading", name="Nearest neighbours on mine").wait_for()
    page.get_by_role("button", name="Use for predictions").click()
    page.get_by_role("button", name="Use the starter again").wait_for()
    page.get_by_role("link", name="Predict").click()
    page.get_by_text("Predicted by your run").wait_for()
    page.locator(".st-key-example-0 button").click()
    page.locator(".bars li").first.wait_for()
    assert page.locator(".bars").first.locator("li").count() == 2
    page.get_by_role("button", name="Use the starter").click()
    page.locator(".bars").first.locator("li").nth(7).wait_for()


def method(page, name: str):
    return page.get_by_role("radio", name=name, exact=True)


def test_train_starts_the_method_on_screen_even_if_clicked_immediately(page, kill_leftover_processes):
    methods = ["Logistic regression", "Boosted trees", "Logistic regression"]
    for number, name in enumerate(methods, 1):
        button = page.get_by_role("button", name="Train", exact=True).element_handle()
        page.evaluate(
            "([choice, button]) => { choice.click(); button.click() }", [method(page, name).element_handle(), button]
        )
        eventually(page, lambda number=number: len(list_runs()) == number)
        wait_until_idle(page)
    assert [run.spec.method for run in reversed(list_runs())] == ["logistic", "boosting", "logistic"]


def test_a_result_comes_into_view_however_long_the_run_took(page):
    page.clock.install()
    page.reload()
    page.get_by_text("No training is running.").wait_for()
    result = page.get_by_role("heading", name="Nearest neighbours on mine")
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_role("button", name="Cancel").wait_for()
    page.clock.fast_forward("10:00")
    result.wait_for()
    expect(result).to_be_in_viewport()
    page.mouse.wheel(0, -5000)
    expect(result).not_to_be_in_viewport()
    page.locator(".st-key-ended").get_by_role("button", name="Show").click()
    expect(result).to_be_in_viewport()


class TestBeforeAnyRun:
    @pytest.fixture
    def server(self, server_without_runs):
        """One server for these tests, which change nothing."""
        return server_without_runs

    @pytest.fixture
    def page(self, visit):
        """The Train page of a data set that no run was made on."""
        page = visit("/train")
        page.get_by_text("No training is running.").wait_for()
        return page

    def test_nothing_overflows_on_a_phone(self, page):
        page.set_viewport_size(PHONE["viewport"])
        wait_until_fits(page)
        page.get_by_text("Studies", exact=True).click()
        page.get_by_text("Repeat the experiments of the reference study").wait_for()
        wait_until_fits(page)

    def test_the_chosen_method_is_restored_on_returning_to_the_page(self, page):
        method(page, "Boosted trees").click()
        page.wait_for_function("location.search.includes('method=boosting&dataset=mine')")
        page.get_by_text("Trees", exact=True).wait_for()
        page.get_by_role("link", name="Explore").click()
        page.wait_for_function("location.pathname === '/explore'")
        page.go_back()
        page.get_by_text("Trees", exact=True).wait_for()
        page.wait_for_url("**method=boosting**")
        page.get_by_role("link", name="Explore").click()
        page.get_by_role("link", name="Train").click()
        page.get_by_text("Trees", exact=True).wait_for()
        page.wait_for_function("location.search.includes('method=boosting&dataset=mine')")

    def test_the_initial_state_of_the_page_adds_no_history_entry(self, page):
        page.get_by_role("link", name="Predict").click()
        page.wait_for_function("location.pathname === '/'")
        page.get_by_role("link", name="Train").click()
        page.wait_for_function("location.search.includes('method=knn&dataset=mine')")
        page.go_back()
        page.wait_for_function("location.pathname === '/'")
