"""The Explore page as somebody uses it, without a browser."""

import re
import time
from html import unescape
from pathlib import Path

import grids
from streamlit.testing.v1 import AppTest

PAGE = Path(__file__).parents[2] / "pages" / "explore" / "explore.py"


def settled(page: AppTest) -> AppTest:
    """The page when no work is under way any more."""
    end = time.monotonic() + 60
    while any(button.label == "Stop" for button in page.button) and time.monotonic() < end:
        time.sleep(0.1)
        page.run()
    return page


def said(page: AppTest) -> str:
    assert not page.exception
    kinds = (page.title, page.header, page.subheader, page.markdown, page.caption, page.info, page.error)
    texts = (element.value for kind in kinds for element in kind)
    return unescape(re.sub(r"<[^>]*>", " ", "\n".join(texts)))


def at(**params: str) -> AppTest:
    """The page as somebody finds it who comes by this address."""
    page = AppTest.from_file(PAGE, default_timeout=60)
    for name, value in params.items():
        page.query_params[name] = value
    return settled(page.run())


def view(page: AppTest, name: str) -> AppTest:
    return next(group for group in page.get("button_group") if group.key == "at see").set_value(name.capitalize()).run()


def click(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def press(page: AppTest, key: str) -> AppTest:
    return next(button for button in page.button if button.key == key).click().run()


def tiles(page: AppTest, grid: str = "gallery") -> list[str]:
    return [tile["label"] for tile in grids.tiles(page, grid)]


def field(page: AppTest, label: str, position: int = 0):
    return [element for element in page.text_input if element.label == label][position]


def address(page: AppTest, name: str) -> str:
    """What stands in the page's address by a name."""
    value = page.query_params.get(name, "")
    return value if isinstance(value, str) else "".join(value)
