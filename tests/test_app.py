"""The app as streamlit runs it, without a browser: what every page says and does."""

import io
import re
import subprocess
import sys
import tomllib
import zipfile
from html import unescape
from pathlib import Path

import pytest
import streamlit as st
from drawing import cover, encoded
from streamlit.testing.v1 import AppTest

from covergenre.dataset.starter import open_starter
from pages.explore.sources import LARGEST_ZIP
from pages.predict.ways_in import MOST_MB
from pages.widgets import model_card

APP = Path(__file__).parents[1] / "streamlit_app.py"


@pytest.fixture(autouse=True)
def fresh_server():
    """What one test's server has cached is not there for the next."""
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def app(starter) -> AppTest:
    """The first page, opened."""
    return AppTest.from_file(APP, default_timeout=60).run()


def drop(app: AppTest, **files: bytes) -> AppTest:
    for name, data in files.items():
        app.file_uploader[0].upload(name.replace("_", "."), data)
    return app.run()


def said(app: AppTest) -> str:
    """All that is read on the page, without its markup."""
    assert not app.exception
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption)
    texts = (element.value for kind in kinds for element in kind)
    return unescape(re.sub(r"<[^>]*>", " ", "\n".join(texts)))


def nearest(app: AppTest) -> list[str]:
    """What the nearest covers that are shown are called: the links before the one that walks on from the cover."""
    labels = [link.proto.label for link in app.get("page_link")]
    return labels[: labels.index("Continue in Browse from this cover")]


def unseen(number: int = 0) -> bytes:
    """A cover that the starter does not know."""
    return encoded(cover("jazz", 500 + number))


def examples(app) -> list:
    return [button for button in app.button if button.key.startswith("example-")]


def test_the_first_page_says_what_to_do_and_what_is_known(app):
    assert app.title[0].value == "What does this cover sound like?"
    assert app.file_uploader[0].label.startswith("Album covers, one or many")
    assert len(app.button) == 6
    assert "The starter knows 4 genres from 48 real covers: country, jazz, rap and reggae." in said(app)
    assert "no real covers of them could be had" in said(app)


def test_a_cover_is_answered_without_a_button(app):
    text = said(drop(app, cover_png=unseen()))
    assert re.search(r"(Country|Jazz|Rap|Reggae|Unlike the covers I know)", app.header[0].value)
    assert "Logistic regression" in text
    assert "Nearest neighbours" in text
    assert len(nearest(app)) == 12


def test_a_cover_that_is_known_is_said_to_be(app, starter_folder):
    known = next((starter_folder.parent.parent / "covers" / "discogs" / "rap").iterdir())
    said(drop(app, known_jpg=known.read_bytes()))
    assert "A known cover" in app.info[0].value
    assert "filed under rap" in app.info[0].value


def test_as_many_neighbours_are_shown_as_chosen(app):
    drop(app, cover_png=unseen())
    app.get("segmented_control")[0].set_value(24).run()
    assert len(nearest(app)) == 24


def test_covers_are_taken_out_of_a_zip_and_what_else_is_in_it_is_said(app):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in {
            "a.png": unseen(1),
            "deep/b.png": unseen(2),
            "notes.txt": b"milk",
            "../c.png": unseen(3),
        }.items():
            archive.writestr(name, data)
    text = said(drop(app, covers_zip=packed.getvalue()))
    assert "2 covers" in text
    assert app.dataframe[0].value["file"].tolist() == ["a.png", "deep/b.png"]
    assert unescape(app.info[0].value) == (
        "covers.zip: 2 covers; passed over: 1 not an image and 1 a name that leads out of the archive."
    )


def test_a_zip_that_is_none_or_too_much_is_refused_in_words(app):
    drop(app, torn_zip=b"PK\x03\x04 torn")
    assert "This is no ZIP that can be read" in unescape(app.info[0].value)
    assert not app.header


def test_a_photo_takes_the_place_of_what_was_dropped(app):
    assert not app.get("camera_input")
    drop(app, mine_png=unseen())
    app.toggle(key="camera").set_value(True).run()
    app.camera_input(key="photo").set_value(("photo.jpg", encoded(cover("rap", 77), "JPEG"), "image/jpeg")).run()
    assert "photo.jpg" in said(app)
    assert "mine.png" not in said(app)


def test_a_cover_and_its_nearest_lead_to_where_they_are_looked_at(app):
    drop(app, mine_png=unseen())
    links = [link.proto.query_string for link in app.get("page_link")]
    assert all("cover=" in link for link in links)
    assert any("cover=own-" in link for link in links)


def test_a_bad_file_is_named_with_its_reason(app):
    drop(app, notes_jpg=b"milk, bread")
    assert unescape(app.error[0].value).startswith("This file is not a picture; covers can be JPEG, PNG")
    assert not app.header


def test_of_many_files_the_good_are_answered_and_the_bad_are_named(app):
    text = said(drop(app, a_png=unseen(1), notes_jpg=b"milk, bread", empty_png=b"", b_png=unseen(2)))
    assert "2 covers read, 2 not" in text
    assert "Not read: notes.jpg, empty.png." in text
    assert app.dataframe[0].value["file"].tolist() == ["a.png", "notes.jpg", "empty.png", "b.png"]
    assert len(nearest(app)) == 12


def test_a_file_that_comes_to_others_is_the_one_that_is_opened(app):
    drop(app, a_png=unseen(1))
    assert "b.png" in said(drop(app, b_png=unseen(2)))
    assert "a.png" not in said(app)


def test_an_example_is_answered_when_it_is_clicked(app):
    title = app.button[0].label.removeprefix("Try ")
    app.button[0].click().run()
    assert title in said(app)
    assert len(nearest(app)) == 12
    assert len(examples(app)) == 6


def test_an_example_takes_the_place_of_what_was_dropped_and_the_other_way_round(app):
    app.button[0].click().run()
    assert "mine.png" in said(drop(app, mine_png=unseen()))
    assert not examples(app)


def test_the_answer_is_still_there_after_a_look_at_another_page(app):
    drop(app, mine_png=unseen())
    app.switch_page("pages/starter/starter.py").run()
    assert "mine.png" in said(app.switch_page("pages/predict/predict.py").run())


def test_a_starter_that_is_damaged_is_named(starter):
    (starter / "card.json").write_text("{")
    app = AppTest.from_file(APP, default_timeout=60).run()
    for page in ("pages/predict/predict.py", "pages/starter/starter.py"):
        app.switch_page(page).run()
        assert not app.exception
        assert "is damaged" in unescape(app.error[0].value)


def test_the_starter_page_tells_how_often_it_is_right_and_what_is_missing(app):
    text = said(app.switch_page("pages/starter/starter.py").run())
    assert "48 real album covers of 4 genres" in text
    for heading in ("How often it is right", "By genre", "By source", "What it was made from"):
        assert heading in text
    assert "No real covers of anime, black metal" in text


def test_the_figures_by_genre_are_those_of_the_method_that_is_chosen(app, starter):
    card = open_starter(starter).card
    app.switch_page("pages/starter/starter.py").run()
    for method in (card.chosen, *card.methods):
        app.get("segmented_control")[0].set_value(method.name).run()
        assert model_card.by_genre(method.test) in [element.value for element in app.markdown]


_ANSWER = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({app!r}, default_timeout=60).run()
app.button[0].click().run()
app.switch_page("pages/starter/starter.py").run()
assert not app.exception
print(sorted({{"torch", "fastai", "catboost", "sklearn", "scipy", "timm"}} & set(sys.modules)))
"""


def test_no_page_and_no_answer_imports_a_heavy_library(starter):
    ran = subprocess.run(
        [sys.executable, "-c", _ANSWER.format(app=str(APP))], capture_output=True, text=True, cwd=APP.parent, check=True
    )
    assert ran.stdout.strip().endswith("[]")


def test_every_upload_has_the_one_limit_that_the_server_keeps():
    settings = tomllib.loads((APP.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert {MOST_MB, LARGEST_ZIP} == {settings["server"]["maxUploadSize"]}


def test_styles_of_all_pages_are_for_what_is_named_alone():
    from streamlit_app import stylesheet

    assert re.findall(r"(?m)^\s*(?:a|button|div|h\d|input|p|span)\b[^{]*\{", stylesheet()) == []
