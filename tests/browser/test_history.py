"""Back, Forward and reload: every history entry is a choice of the visitor."""

import re

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

pytestmark = pytest.mark.browser


def wait_for_address(page, address):
    """Wait until the page is at an address that ends so."""
    page.wait_for_function("address => location.href.endsWith(address)", arg=address)


def test_choices_and_page_changes_each_add_a_history_entry(visit):
    page = visit()
    page.get_by_role("link", name="Browse").click()
    wait_for_address(page, "/browse")
    page.get_by_text("Portraits", exact=True).click()
    wait_for_address(page, "/browse?view=Portraits")
    page.get_by_role("link", name="Explore").click()
    wait_for_address(page, "/explore")
    page.go_back()
    wait_for_address(page, "/browse?view=Portraits")
    page.get_by_role("heading", name="Jazz").wait_for()
    page.go_back()
    wait_for_address(page, "/browse")
    page.go_forward()
    wait_for_address(page, "/browse?view=Portraits")
    page.reload()
    page.get_by_role("heading", name="Jazz").wait_for()


def test_a_tab_is_titled_after_its_page(visit):
    page = visit()
    page.wait_for_function("document.title === 'Predict · covergenre'")
    page.get_by_role("link", name="Train").click()
    page.wait_for_function("document.title === 'Train · covergenre'")


def test_predict_opens_at_a_url_with_its_name(visit):
    page = visit("/predict?run=starter")
    page.get_by_text("The starter knows").wait_for()
    wait_for_address(page, "/?run=starter")


def test_going_back_before_a_step_has_rendered_restores_the_previous_state(visit, server):
    page, held, holding = visit(), [], False

    def connect(browser) -> None:
        def deliver(message) -> None:
            changes = ForwardMsg.FromString(message).WhichOneof("type") == "page_info_changed"
            if held or (holding and changes):
                held.append(message)
            else:
                browser.send(message)

        nonlocal send
        send = browser.send
        browser.connect_to_server().on_message(deliver)

    send = None
    page.route_web_socket(re.compile("_stcore/stream"), connect)
    page.goto(f"{server}/browse")
    page.locator(".st-key-tiles-found .press").first.click()
    page.locator(".st-key-tiles-near .press").first.wait_for()
    page.get_by_test_id("stStatusWidget").wait_for(state="detached")
    address, holding = page.url, True
    page.locator(".st-key-tiles-near .press").nth(3).click()
    while not held:
        page.wait_for_timeout(50)
    page.go_back()
    holding = False
    while held:
        send(held[0])
        held.pop(0)
    page.locator(".st-key-tiles-found .press").first.wait_for()
    page.reload()
    page.locator(".st-key-tiles-found .press").first.wait_for()
    wait_for_address(page, "/browse")
    page.go_forward()
    page.wait_for_url(address)
