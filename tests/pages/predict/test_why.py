import re
from pathlib import Path

import numpy as np
import pytest
from apptests import page_text
from drawing import cover, encoded
from PIL import Image
from streamlit.testing.v1 import AppTest
from workers import TIMEOUT

from covergenre.predict import STARTER
from covergenre.predict.explain import Saliency
from pages.predict import why

SECTION = """
import sys
from pathlib import Path
import streamlit as st
from covergenre.predict import Predictor
from covergenre.predict.saved_queries import Cover
from pages.predict.why import show_why


def section():
    predictor = Predictor.open({run!r})
    cover = Cover.of("cover.png", Path({file!r}).read_bytes())
    show_why(predictor, {run!r}, cover, predictor.predict(cover.data))


st.navigation([st.Page(section, default=True), st.Page("pages/browse/browse.py")]).run()
"""
PAGES = Path(__file__).parents[3] / "pages"


def section(tmp_path, run: str = STARTER) -> AppTest:
    """The section, unfolded."""
    file = tmp_path / "cover.png"
    file.write_bytes(encoded(cover("jazz", 500, 120)))
    (tmp_path / "pages").symlink_to(PAGES)
    app = tmp_path / "app.py"
    app.write_text(SECTION.format(run=run, file=str(file)))
    page = AppTest.from_file(app, default_timeout=TIMEOUT)
    page.session_state["why_open"] = True
    return page.run()


def test_nothing_is_computed_before_expanding(starter, tmp_path):
    page = section(tmp_path)
    page.session_state["why_open"] = False
    page.run()
    assert not page_text(page)
    assert not page.toggle


def test_a_prediction_is_explained_in_a_sentence_and_by_method(starter, tmp_path):
    text = page_text(section(tmp_path))
    assert re.search(r"(runner-up|no other genre comes near)\.", text)
    assert "Nearest neighbours" in text
    assert "Logistic regression" in text
    assert text.count("(the answer)") == 1


def test_the_saliency_map_is_computed_only_on_request(starter, tmp_path):
    page = section(tmp_path)
    assert not page.image
    page.toggle[0].set_value(True).run()
    assert "Highlighted: the 20\u202f% of the cover" in page_text(page)
    assert len(page.image) == 1


def test_another_genre_and_another_share_can_be_chosen(starter, tmp_path):
    page = section(tmp_path)
    page.toggle[0].set_value(True).run()
    other = page.get("button_group")[0].options[1]
    page.get("button_group")[0].set_value(other.lower()).run()
    page.slider[0].set_value(40).run()
    assert f"the 40\u202f% of the cover that counts most for {other.lower()}" in page_text(page)


def test_the_probabilities_of_a_single_method_are_shown_once(prediction):
    alone = prediction({"jazz": 1.0}, answers={"Logistic regression": {"jazz": 1.0}})
    assert why.methods(alone) == ""


def test_the_marked_area_stays_bright_and_the_rest_is_dimmed():
    image = Image.new("RGB", (100, 100), (200, 120, 40))
    heat = np.zeros((1, 100, 100), np.float32)
    heat[:, :, :50] = 1
    marked = np.asarray(why.mark(image, Saliency(("jazz",), heat), "jazz", 0.5))
    assert (marked[:, :45] == (200, 120, 40)).all()
    assert marked[:, 60:].max() < 60
    assert len({tuple(pixel) for pixel in marked[:, 60:].reshape(-1, 3)}) == 1


@pytest.mark.parametrize("size", [(1200, 800), (60, 90)])
def test_the_marked_cover_has_the_shape_of_the_cover(size):
    heat = np.random.default_rng(0).random((1, 40, 60)).astype(np.float32)
    marked = why.mark(Image.new("RGB", size), Saliency(("jazz",), heat), "jazz", 0.2)
    assert marked.width / marked.height == pytest.approx(size[0] / size[1], abs=0.01)
    assert max(marked.size) <= 480
