"""A walk on the Browse page that starts from an uploaded picture."""

from html import unescape

import pytest
from apptests import page_text, query_param
from browsing import open_at, pick, tile_genres
from drawing import cover, encoded
from grids import press_tile, tiles

from covergenre.predict import STARTER, open_predictor
from covergenre.predict.saved_queries import Cover, Query, save_query
from pages.browse.upload import is_upload, upload_key


@pytest.fixture
def own(page) -> str:
    """The key of a picture that was uploaded to this server."""
    token, _ = save_query(Query((Cover.of("mine.png", encoded(cover("jazz", 500))),), STARTER))
    return upload_key(token)


def test_an_uploaded_picture_is_shown_with_its_neighbours(page, own):
    text = page_text(open_at(page, cover=own))
    assert "mine.png" in text
    assert len(tiles(page, "near")) == 24
    expected = open_predictor().predict(encoded(cover("jazz", 500)), neighbours=1).neighbours[0]
    assert expected.genre == tile_genres(page, "near")[0]
    pick(page, "order", "least")
    assert len(tiles(page, "near")) == 24


def test_a_walk_starts_from_an_uploaded_picture_and_returns_to_it(page, own):
    open_at(page, cover=own)
    press_tile(page, "near", 2)
    assert query_param(page, "trail") == [own]
    assert "mine.png" in next(button.label for button in page.button if button.key == "step-0").replace("&#46;", ".")
    page.button(key="step-0").click().run()
    assert query_param(page, "cover") == [own]


def test_a_picture_can_be_uploaded_on_this_page(page):
    page.run()
    page.file_uploader[0].upload("mine.png", encoded(cover("rap", 501))).run()
    (key,) = query_param(page, "cover")
    assert is_upload(key)
    assert "mine.png" in page_text(page)


def test_an_uploaded_picture_can_be_deleted(page, own):
    open_at(page, cover=own)
    next(button for button in page.button if button.label == "Delete").click().run()
    assert not query_param(page, "cover")
    open_at(page, cover=own)
    assert "Upload the picture again" in page.info[0].value


def test_a_file_that_is_not_a_picture_is_rejected_with_the_reason(page):
    page.run()
    page.file_uploader[0].upload("notes.jpg", b"milk").run()
    assert "not a picture" in unescape(page.error[0].value)
    assert not query_param(page, "cover")


def test_an_expired_picture_is_reported(page):
    open_at(page, cover="own-00ff")
    assert "Upload the picture again" in page.info[0].value


def test_the_map_marks_the_neighbours_of_an_uploaded_picture(page, own):
    open_at(page, cover=own, view="Map")
    assert len(tiles(page, "marked")) == 6
