import numpy as np
import pandas as pd
import pytest
from drawing import cover, genre_folders
from PIL import Image, ImageFilter

from covergenre.audit.measures import COLUMNS, measure, measure_picture
from covergenre.audit.pictures import picture_scores
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import register
from covergenre.errors import Cancelled
from covergenre.progress import SILENT, Monitor


@pytest.fixture
def dataset(tmp_path):
    return register("mine", genre_folders(tmp_path / "covers", ("jazz", "pop"), 3))[0]


def measured(dataset, monitor=SILENT):
    return measure(dataset, usable(dataset.manifest), dataset.folder / "audit", monitor)


def of(image):
    return dict(zip(COLUMNS, measure_picture(image), strict=True))


@pytest.mark.parametrize(("colour", "brightness"), [("black", 0), ("white", 1)])
def test_a_blank_cover_has_a_single_brightness_and_no_spread_blur_or_colour(colour, brightness):
    found = of(Image.new("RGB", (300, 300), colour))
    assert (found["spread"], found["blur"], found["colour"]) == (0, 0, 0)
    assert found["brightness"] == found["brightness_perc_5"] == found["brightness_perc_99"]
    assert found["brightness"] == pytest.approx(brightness)


def test_brightness_entropy_and_their_scores_equal_those_of_cleanvision():
    properties = pytest.importorskip("cleanvision.issue_managers.image_property")
    image = Image.blend(cover("jazz", side=300), Image.effect_noise((300, 300), 60).convert("RGB"), 0.4)
    found = of(image)
    theirs = properties.BrightnessProperty("dark").calculate(image) | properties.EntropyProperty().calculate(image)
    assert {name: found[name] for name in COLUMNS[:4]} == pytest.approx({name: theirs[name] for name in COLUMNS[:4]})
    values = pd.DataFrame([found])
    scores = picture_scores(values)
    for issue in ("dark", "light"):
        theirs = properties.BrightnessProperty(issue).get_scores(values, issue)
        assert scores[issue] == pytest.approx(1 - theirs.iloc[0, 0])
    low = properties.EntropyProperty().get_scores(values, "low_information", normalizing_factor=0.1)
    assert scores["low information"] == pytest.approx(1 - low.iloc[0, 0])


def test_colour_is_the_difference_of_bands_in_the_most_colourful_percent():
    image = Image.new("RGB", (100, 100), (90, 90, 90))
    image.paste((200, 100, 50), (0, 0, 100, 2))
    assert of(image)["colour"] == 150
    assert of(cover("jazz").convert("L").convert("RGB"))["colour"] == 0


def test_the_blur_effect_grows_with_the_blur():
    image = cover("pop", side=300)
    effects = [of(image.filter(ImageFilter.GaussianBlur(radius)))["blur"] for radius in (0, 1, 2, 4)]
    assert effects == sorted(effects)
    assert effects[0] < 0.3
    assert effects[-1] > 0.7


def test_a_blur_in_one_direction_counts():
    kernel = ImageFilter.BoxBlur((12, 0))
    assert of(cover("pop", side=300).filter(kernel))["blur"] > 0.5


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (3000, 2), (7, 5)])
def test_any_size_can_be_measured(size):
    assert np.isfinite(measure_picture(Image.new("RGB", size, "teal"))).all()


def test_rows_are_in_the_order_of_the_manifest(dataset):
    found = measured(dataset)
    assert found.values.index.tolist() == dataset.manifest.index.tolist()
    assert tuple(found.values.columns) == COLUMNS
    first = measure_picture(Image.open(dataset.root / "jazz" / "000.jpg").convert("RGB"))
    assert found.values.iloc[0].tolist() == pytest.approx(list(first))
    assert found.problems == {}


def test_each_distinct_cover_is_measured_once(dataset):
    (dataset.root / "pop" / "copy.jpg").write_bytes((dataset.root / "jazz" / "000.jpg").read_bytes())
    cover("pop", 9).save(dataset.root / "pop" / "new.jpg")
    measured(dataset)
    dataset = register("mine", dataset.root)[0]
    steps = []
    again = measured(dataset, Monitor(steps.append))
    assert [(step.done, step.total) for step in steps] == [(0, 1), (1, 1)]
    assert again.values.iloc[0].tolist() == again.values.iloc[6].tolist()
    assert again.values.notna().all(axis=None)


def test_covers_deleted_or_changed_since_the_scan_are_reported(dataset):
    (dataset.root / "jazz" / "000.jpg").unlink()
    cover("pop", 9).save(dataset.root / "pop" / "001.jpg")
    found = measured(dataset)
    assert set(found.problems) == {"jazz/000.jpg", "pop/001.jpg"}
    assert "scan the data set again" in found.problems["pop/001.jpg"]
    assert found.values.isna().any(axis=1).tolist() == [True, False, False, False, True, False]


def test_a_stop_keeps_what_was_measured(dataset, monkeypatch):
    monkeypatch.setattr("covergenre.dataset.pixel_cache._BATCH", 2)
    stops = iter([False, False, False, False, True])
    with pytest.raises(Cancelled, match="after 4 of 6 covers"):
        measured(dataset, Monitor(should_stop=lambda: next(stops)))
    steps = []
    measured(dataset, Monitor(steps.append))
    assert steps[-1].total == 2


@pytest.mark.parametrize("damage", [b"", b"PAR1 nonsense PAR1"])
def test_a_damaged_cache_is_measured_again(dataset, damage):
    before = measured(dataset)
    (file,) = (dataset.folder / "audit").iterdir()
    file.write_bytes(damage)
    assert measured(dataset).values.equals(before.values)
