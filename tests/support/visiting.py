"""What a visitor waits for: pages of a real browser, which say when they are at rest."""

from collections.abc import Callable

from playwright.sync_api import Page

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def wait_until_idle(page: Page) -> None:
    """Wait until nothing is still to come and nothing is grey because it is of before."""
    page.wait_for_function(
        """() => document.documentElement.dataset.settled === "" && !document.querySelector(
            '[data-stale="true"], [data-testid="stSkeleton"], [data-test-script-state="running"]'
        )"""
    )


def eventually(page: Page, holds: Callable[[], bool]) -> None:
    """Wait until something holds that the page can't be asked for, half a minute at most."""
    for _ in range(300):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come about")


def wait_until_fits(page: Page) -> None:
    """Wait until the page is no wider than its window."""
    page.wait_for_function("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
