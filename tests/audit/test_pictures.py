import numpy as np
import pandas as pd
import pytest
from drawing import cover
from PIL import Image, ImageEnhance, ImageFilter

from covergenre.audit.issues import THRESHOLDS
from covergenre.audit.measures import COLUMNS, measure_picture
from covergenre.audit.pictures import find_odd_files, find_poor_pictures, picture_scores


def issues_of_pictures(**pictures):
    """The issues that each picture is flagged for."""
    covers = pd.DataFrame({"path": list(pictures)})
    values = pd.DataFrame([measure_picture(picture) for picture in pictures.values()], columns=list(COLUMNS))
    return flags(find_poor_pictures(covers, values, picture_scores(values), THRESHOLDS), pictures)


def issues_of_files(limits=THRESHOLDS, **changes):
    """The issues that each of these covers is flagged for, beside a hundred of 300 x 300."""
    usual = {"width": 300, "height": 300, "mode": "RGB", "ext": ".jpg"}
    rows = [{**usual, "path": path, **change} for path, change in changes.items()]
    covers = pd.DataFrame([{**usual, "path": f"usual {number}"} for number in range(100)] + rows)
    return flags(find_odd_files(covers, limits), changes)


def flags(found, names):
    flagged = pd.concat(found).query("flagged")
    return {name: sorted(flagged.loc[flagged["path"] == name, "issue"]) for name in names}


@pytest.fixture(scope="module")
def drawn():
    """A cover with the many shades of a photograph."""
    shades = Image.radial_gradient("L").resize((300, 300)).convert("RGB")
    return Image.blend(cover("pop", 3, side=300), shades, 0.3)


def test_a_sound_cover_has_no_issue(drawn):
    assert issues_of_pictures(drawn=drawn) == {"drawn": []}


def test_defects_of_a_picture_are_found(drawn):
    found = issues_of_pictures(
        blank=Image.new("RGB", (300, 300), "olive"),
        dark=ImageEnhance.Brightness(drawn).enhance(0.1),
        blurred=drawn.filter(ImageFilter.GaussianBlur(8)),
        grey=drawn.convert("L").convert("RGB"),
        light=Image.blend(drawn, Image.new("RGB", drawn.size, "white"), 0.97),
    )
    assert "blank" in found["blank"]
    assert "dark" in found["dark"]
    assert found["blurred"] == ["blurry"]
    assert found["grey"] == ["grayscale"]
    assert "light" in found["light"]


def test_a_single_colour_is_blank_and_of_low_information_but_not_blurry():
    assert issues_of_pictures(blank=Image.new("RGB", (300, 300), "olive")) == {"blank": ["blank", "low information"]}


def test_a_very_dark_picture_is_not_blank_but_a_single_dark_colour_is(drawn):
    found = issues_of_pictures(
        dim=ImageEnhance.Brightness(drawn).enhance(1 / 12), plain=Image.new("RGB", (300, 300), "#0c0c12")
    )
    assert "dark" in found["dim"]
    assert "blank" not in found["dim"]
    assert {"blank", "dark"} <= set(found["plain"])


def test_every_cover_has_a_score_for_every_issue(drawn):
    covers = pd.DataFrame({"path": ["a", "b"]})
    values = pd.DataFrame([measure_picture(drawn), measure_picture(drawn.convert("L").convert("RGB"))], columns=COLUMNS)
    found = pd.concat(find_poor_pictures(covers, values, picture_scores(values), THRESHOLDS))
    assert found.groupby("issue")["path"].agg(list).map(tuple).unique().tolist() == [("a", "b")]
    assert found["score"].between(0, 1).all()


def test_a_cover_without_measures_has_no_findings():
    values = pd.DataFrame([[np.nan] * len(COLUMNS)], columns=list(COLUMNS))
    covers = pd.DataFrame({"path": ["a"]})
    assert pd.concat(find_poor_pictures(covers, values, picture_scores(values), THRESHOLDS)).empty


def test_a_size_is_odd_only_when_far_from_the_usual_one():
    found = issues_of_files(
        small={"width": 48, "height": 48}, large={"width": 1500, "height": 1500}, scan={"width": 292}
    )
    assert found == {"small": ["odd size"], "large": ["odd size"], "scan": []}


def test_no_size_is_odd_when_all_differ():
    covers = {f"a{side}": {"width": side, "height": side} for side in range(300, 900, 2)}
    assert not any(issues_of_files(**covers).values())


def test_an_aspect_beyond_four_to_three_is_odd():
    found = issues_of_files(
        box={"width": 400, "height": 300}, banner={"width": 300, "height": 210}, tall={"height": 450}
    )
    assert found == {"box": [], "banner": ["odd aspect"], "tall": ["odd aspect"]}


def test_rare_modes_and_formats_are_flagged():
    found = issues_of_files(grey={"mode": "L"}, png={"ext": ".png"}, jpeg={"ext": ".jpeg"})
    assert found == {"grey": ["colour mode"], "png": ["mixed formats"], "jpeg": []}


def test_thresholds_decide_what_is_flagged():
    covers = {"png": {"ext": ".png"}}
    assert issues_of_files({**THRESHOLDS, "mixed formats": 1.0}, **covers) == {"png": []}


def test_no_covers_have_no_issues():
    columns = {"path": [], "width": [], "height": [], "mode": [], "ext": []}
    assert pd.concat(find_odd_files(pd.DataFrame(columns), THRESHOLDS)).empty
