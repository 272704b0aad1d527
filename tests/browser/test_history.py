"""Back, Forward and reload: every step is something that the visitor chose."""

import pytest

pytestmark = pytest.mark.browser


def at(page, address):
    """Wait until the page is at an address that ends so."""
    page.wait_for_function("address => location.href.endsWith(address)", arg=address)


def test_a_choice_is_a_step_and_another_page_is_one(visit, server):
    page = visit()
    page.get_by_role("link", name="Browse").click()
    at(page, "/browse")
    page.get_by_text("Portraits", exact=True).click()
    at(page, "/browse?view=Portraits")
    page.get_by_role("link", name="Explore").click()
    at(page, "/explore")
    page.go_back()
    at(page, "/browse?view=Portraits")
    page.get_by_role("heading", name="Jazz").wait_for()
    page.go_back()
    at(page, "/browse")
    page.go_forward()
    at(page, "/browse?view=Portraits")
    page.reload()
    page.get_by_role("heading", name="Jazz").wait_for()


def test_a_tab_is_titled_after_its_page(visit):
    page = visit()
    page.wait_for_function("document.title === 'Predict · covergenre'")
    page.get_by_role("link", name="Train").click()
    page.wait_for_function("document.title === 'Train · covergenre'")


def test_predict_is_found_by_its_name(visit, server):
    page = visit()
    page.goto(f"{server}/predict?run=starter")
    page.get_by_text("The starter knows").wait_for()
    at(page, "/?run=starter")
