"""Helpers for AppTests of the Explore page."""

import time

import grids
from apptests import single_page
from streamlit.testing.v1 import AppTest
from workers import TIMEOUT


def settled(page: AppTest) -> AppTest:
    """The page once no work is in progress."""
    end = time.monotonic() + TIMEOUT
    while any(button.label == "Stop" for button in page.button):
        assert time.monotonic() < end, "the work didn't end"
        time.sleep(0.1)
        page.run()
    return page


def open_at(**params: str) -> AppTest:
    """The page opened at a URL with these query parameters."""
    page = single_page("explore")
    page.query_params.update(params)
    return settled(page.run())


def open_view(page: AppTest, name: str) -> AppTest:
    return next(group for group in page.get("button_group") if group.key == "at see").set_value(name.capitalize()).run()


def tile_labels(page: AppTest, grid: str = "gallery") -> list[str]:
    return [tile["label"] for tile in grids.tiles(page, grid)]


def text_field(page: AppTest, label: str, position: int = 0):
    return [element for element in page.text_input if element.label == label][position]
