import base64
import io

import pytest
from drawing import cover, encoded
from PIL import Image

from covergenre.errors import BadImage
from covergenre.images import signature
from pages.widgets.thumbnails import data_address, small, soft_tile, tile_of_file


def picture(address: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(address.removeprefix("data:image/jpeg;base64,"))))


def test_a_thumbnail_has_the_requested_size():
    assert Image.open(io.BytesIO(small(encoded(cover(side=500)), 96))).size == (96, 96)


def test_a_file_that_is_not_a_picture_is_rejected():
    with pytest.raises(BadImage):
        small(b"text", 96)


def test_a_colour_tile_has_the_colours_of_its_cover():
    tile = picture(soft_tile(signature(Image.new("RGB", (64, 64), (200, 40, 40)))))
    assert tile.resize((1, 1)).getpixel((0, 0)) == pytest.approx((200, 40, 40), abs=8)


def test_a_thumbnail_follows_changes_of_its_file(tmp_path):
    file = tmp_path / "cover.png"
    assert tile_of_file(None) == tile_of_file(file) == ""
    cover("jazz").save(file)
    first = tile_of_file(file)
    assert picture(first).size == (96, 96)
    file.write_text("not a picture any more")
    assert tile_of_file(file) == ""


def test_a_data_url_contains_the_picture():
    assert picture(data_address(small(encoded(cover()), 50))).size == (50, 50)
