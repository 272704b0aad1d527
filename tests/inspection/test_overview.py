import numpy as np
import pytest
from drawing import genre_folders
from PIL import Image

from covergenre import images
from covergenre.dataset.registry import register
from covergenre.dataset.thumbnails import make_signatures
from covergenre.inspection.overview import lightness, overview
from covergenre.repair.repair import exclude, repaired


@pytest.fixture
def dataset(tmp_path):
    """Six jazz covers and two of rap, one torn file, and one larger PNG."""
    root = genre_folders(tmp_path / "covers", ("rap",), 2)
    genre_folders(root, ("jazz",), 6)
    (root / "rap" / "torn.jpg").write_bytes(b"\xff\xd8\xff torn")
    Image.new("L", (200, 100), 30).save(root / "jazz" / "wide.png")
    return register("mine", root)[0]


def test_covers_are_counted_by_genre_and_state(dataset):
    seen = overview(repaired(dataset.manifest, exclude(["jazz/000.jpg"], "blank")), None)
    assert seen.genres.loc["jazz"].to_dict() == {"usable": 6, "left out": 1, "unreadable": 0}
    assert seen.genres.loc["rap"].to_dict() == {"usable": 2, "left out": 0, "unreadable": 1}
    assert list(seen.genres.index) == ["jazz", "rap"]
    assert (seen.covers, seen.imbalance) == (10, 3.0)


def test_files_are_counted_by_size_format_and_mode(dataset):
    seen = overview(dataset.manifest, None)
    assert seen.sizes == {"96 x 96": 8, "200 x 100": 1}
    assert seen.formats == {"JPEG": 8, "PNG": 1}
    assert seen.modes == {"RGB": 8, "L": 1}


def test_each_genre_has_brightness_and_palette_once_its_signatures_are_known(dataset):
    assert overview(dataset.manifest, None).looks == ()
    looks = overview(dataset.manifest, make_signatures(dataset)).looks
    assert [each.genre for each in looks] == ["jazz", "rap"]
    for each in looks:
        assert 0 <= each.brightness[0] <= each.brightness[1] <= each.brightness[2] <= 1
        assert sum(swatch.share for swatch in each.palette) == pytest.approx(1)


def test_lightness_gives_brightness_and_colourfulness():
    plain = [images.signature(Image.new("RGB", (60, 60), colour)) for colour in ("black", "white", "grey", "red")]
    brightness, colour = lightness(plain)
    np.testing.assert_allclose(brightness[:3], [0, 1, 0.5], atol=0.01)
    np.testing.assert_allclose(colour[:3], 0, atol=0.01)
    assert colour[3] > 0.8


def test_a_data_set_without_usable_covers_has_an_overview(tmp_path):
    (tmp_path / "covers" / "jazz").mkdir(parents=True)
    (tmp_path / "covers" / "jazz" / "a.jpg").write_bytes(b"milk")
    seen = overview(register("mine", tmp_path / "covers")[0].manifest, None)
    assert (seen.covers, seen.imbalance, seen.sizes) == (1, 1.0, {})
