"""Helpers for AppTests of the Browse page."""

from grids import tiles
from streamlit.testing.v1 import AppTest


def tile_genres(page: AppTest, grid: str) -> list[str]:
    return [tile["label"].rpartition(", ")[2] for tile in tiles(page, grid)]


def pick(page: AppTest, key: str, value) -> AppTest:
    return next(element for element in page.get("button_group") if element.key == key).set_value(value).run()


def open_at(page: AppTest, **params: str | list[str]) -> AppTest:
    page.query_params.update(params)
    return page.run()
