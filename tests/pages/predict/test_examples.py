import pytest
from drawing import cover, encoded

from covergenre import images
from pages.predict.examples import make, style


@pytest.fixture
def tiles():
    return make([("Blue", "jazz", cover("jazz")), ("Loud", "rap", cover("rap"))])


def test_an_example_is_a_file_with_the_very_pixels_that_were_drawn(tiles):
    assert [(tile.title, tile.genre) for tile in tiles] == [("Blue", "jazz"), ("Loud", "rap")]
    assert images.content_hash(images.decode(tiles[0].data).image) == images.content_hash(cover("jazz"))
    assert tiles[0].data == encoded(cover("jazz"))


def test_every_button_wears_its_own_picture(tiles):
    sheet = style(tiles)
    for tile in tiles:
        assert f'.st-key-{tile.key} button {{ background-image: url("{tile.picture}"); }}' in sheet
