"""Waiting for pages of a real browser."""

from collections.abc import Callable

from playwright.sync_api import Page
from workers import TIMEOUT

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def wait_until_idle(page: Page) -> None:
    """Wait until the page has finished loading and nothing on it is stale."""
    page.wait_for_function(
        """() => document.documentElement.dataset.settled === "" && !document.querySelector(
            '[data-stale="true"], [data-testid="stSkeleton"], [data-test-script-state="running"]'
        )"""
    )


def eventually(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for a condition that can't be checked inside the page."""
    for _ in range(int(10 * TIMEOUT)):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("the condition did not become true")


def wait_until_loaded(page: Page, pictures: str) -> None:
    """Wait until the pictures of this selector are there and have their pixels."""
    page.wait_for_function(
        """selector => {
            const pictures = [...document.querySelectorAll(selector)]
            return pictures.length > 0 && pictures.every(picture => picture.naturalWidth > 0)
        }""",
        arg=pictures,
    )


def wait_until_fits(page: Page) -> None:
    """Wait until the page is no wider than its window."""
    page.wait_for_function("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def layout_shift(page: Page) -> float:
    """How far what was visible has moved by itself since the page was opened, as browsers measure it."""
    return page.evaluate(
        """() => new Promise((done) => new PerformanceObserver((list) => {
            done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))
        }).observe({ type: "layout-shift", buffered: true }))"""
    )
