"""AppTests of the whole app, and of Predict and The starter in it."""

import io
import re
import subprocess
import sys
import tomllib
import zipfile
from html import unescape

import pytest
import streamlit as st
from apptests import ROOT, click, page_text, query_param
from drawing import cover, encoded
from grids import tiles
from streamlit.testing.v1 import AppTest
from workers import TIMEOUT

from covergenre.dataset import registry
from covergenre.dataset.starter import open_starter
from pages.explore.add_dataset import LARGEST_ZIP
from pages.predict.uploads import MOST_MB
from pages.widgets import model_card

APP = ROOT / "streamlit_app.py"


@pytest.fixture(autouse=True)
def fresh_server():
    """What one test's server has cached is not there for the next."""
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def app(starter) -> AppTest:
    """The first page, opened."""
    return AppTest.from_file(APP, default_timeout=TIMEOUT).run()


def drop(app: AppTest, **files: bytes) -> AppTest:
    for name, data in files.items():
        app.file_uploader[0].upload(name.replace("_", "."), data)
    return app.run()


def nearest(app: AppTest) -> list[str]:
    """What the nearest covers that are shown are called."""
    return [tile["label"] for tile in tiles(app, "nearest")]


def unseen(number: int = 0) -> bytes:
    """A cover that the starter does not know."""
    return encoded(cover("jazz", 500 + number))


def examples(app) -> list:
    return [button for button in app.button if (button.key or "").startswith("example-")]


def test_the_start_page_says_what_to_do_and_which_genres_are_known(app):
    assert app.title[0].value == "What does this cover sound like?"
    assert app.file_uploader[0].label.startswith("Album covers, or a ZIP")
    assert len(app.button) == 6
    assert "The starter knows 4 genres from 48 real covers." in page_text(app)
    assert "for lack of real covers" in page_text(app)


def test_a_cover_is_predicted_without_a_button(app):
    text = page_text(drop(app, cover_png=unseen()))
    assert re.search(r"(Country|Jazz|Rap|Reggae|Unlike the covers I know)", app.header[0].value)
    assert "Of 10 answers like this" in text or "Unlike" in text
    assert "Logistic regression (the answer)" not in text
    assert len(nearest(app)) == 8


def test_a_known_cover_leads_with_its_true_genre(app, starter_folder):
    known = next((starter_folder.parent.parent / "covers" / "discogs" / "rap").iterdir())
    drop(app, known_jpg=known.read_bytes())
    assert app.header[0].value == "A known cover, labelled rap"


def test_the_chosen_number_of_neighbours_is_shown(app):
    drop(app, cover_png=unseen())
    app.segmented_control(key="nearest").set_value(24).run()
    assert len(nearest(app)) == 24


def test_covers_are_read_from_a_zip_and_other_files_reported(app):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in {
            "a.png": unseen(1),
            "deep/b.png": unseen(2),
            "notes.txt": b"milk",
            "../c.png": unseen(3),
        }.items():
            archive.writestr(name, data)
    text = page_text(drop(app, covers_zip=packed.getvalue()))
    assert "2 covers" in text
    assert [cover.name for cover in app.session_state.held[1].covers] == ["a.png", "deep/b.png"]
    assert unescape(app.info[0].value) == (
        "covers.zip: 2 covers; skipped: 1 not an image and 1 a name that leads out of the archive."
    )


def test_an_invalid_or_oversized_zip_is_rejected_in_plain_words(app):
    drop(app, torn_zip=b"PK\x03\x04 torn")
    assert "This is no ZIP that can be read" in unescape(app.info[0].value)
    assert not app.header


def test_a_photo_replaces_dropped_files(app):
    assert not app.get("camera_input")
    drop(app, mine_png=unseen())
    app.toggle(key="camera").set_value(True).run()
    app.camera_input(key="photo").set_value(("photo.jpg", encoded(cover("rap", 77), "JPEG"), "image/jpeg")).run()
    assert "photo.jpg" in page_text(app)
    assert "mine.png" not in page_text(app)


def test_a_cover_and_its_neighbours_link_to_browse(app):
    drop(app, mine_png=unseen())
    links = [link.proto.query_string for link in app.get("page_link")]
    assert all("cover=" in link for link in links)
    assert any("cover=own-" in link for link in links)


def test_a_bad_file_is_reported_with_the_reason(app):
    drop(app, notes_jpg=b"milk, bread")
    assert unescape(app.error[0].value).startswith("This file is not a picture; covers can be JPEG, PNG")
    assert not app.header


def test_in_a_batch_good_files_are_predicted_and_bad_ones_reported(app):
    text = page_text(drop(app, a_png=unseen(1), notes_jpg=b"milk, bread", empty_png=b"", b_png=unseen(2)))
    assert "2 covers, 2 unreadable" in text
    assert "Unreadable: notes.jpg, empty.png." in text


def test_a_file_added_to_a_batch_is_opened(app):
    drop(app, a_png=unseen(1))
    assert "b.png" in page_text(drop(app, b_png=unseen(2)))
    assert "a.png" not in page_text(app)


def test_clicking_an_example_predicts_it(app):
    title = app.button[0].label.removeprefix("Try ")
    app.button[0].click().run()
    text = page_text(app)
    assert title in text
    assert re.search(r"Drawn as \w+: the answer is (right|wrong)\.", text)
    assert len(nearest(app)) == 8
    assert len(examples(app)) == 6


def test_an_example_and_dropped_files_replace_each_other(app):
    app.button[0].click().run()
    assert "mine.png" in page_text(drop(app, mine_png=unseen()))
    assert not examples(app)


def test_the_prediction_is_kept_while_visiting_another_page(app):
    drop(app, mine_png=unseen())
    app.switch_page("pages/starter/starter.py").run()
    assert "mine.png" in page_text(app.switch_page("pages/predict/predict.py").run())


def another_visitor(app: AppTest) -> AppTest:
    """The app as a browser finds it that opens the address of the first, after a restart of the server."""
    st.cache_resource.clear()
    other = AppTest.from_file(APP, default_timeout=TIMEOUT)
    other.query_params.update(app.query_params)
    return other.run()


def test_a_prediction_has_a_url_that_outlives_session_and_server(app):
    drop(app, mine_png=unseen())
    assert re.fullmatch(r"[0-9a-f]{32}", query_param(app, "answer")[0])
    again = another_visitor(app)
    assert "mine.png" in page_text(again)
    assert again.header[0].value == app.header[0].value


def test_each_cover_of_a_batch_has_a_url(app):
    drop(app, a_png=unseen(1), b_png=unseen(2), c_png=unseen(3))
    app.query_params["open"] = "1"
    text = page_text(another_visitor(app))
    assert "b.png" in text
    assert "a.png" not in text


def test_a_batch_survives_a_reload(app):
    drop(app, **{f"c{number}_png": unseen(number) for number in range(20)})
    assert "20 covers" in page_text(another_visitor(app))


def test_a_deleted_prediction_has_no_url(app):
    drop(app, mine_png=unseen())
    before = query_param(app, "answer")[0]
    click(app, "Delete")
    assert "answer" not in app.query_params
    assert not app.header
    app.query_params["answer"] = before
    gone = another_visitor(app)
    assert "has expired" in gone.info[0].value
    assert not gone.header


def test_going_back_from_a_prediction_shows_the_start_page(app):
    drop(app, mine_png=unseen())
    del app.query_params["answer"]
    assert "mine.png" not in page_text(app.run())


def test_a_correction_is_saved_to_a_data_set_and_can_be_undone(app):
    drop(app, mine_png=unseen())
    truth = next(group for group in app.get("button_group") if "truth" in group.key)
    truth.set_value("rap").run()
    assert "Saved as rap in mine: 1 rap." in page_text(app)
    assert registry.open_dataset("mine").genres == ("rap",)
    truth = next(group for group in app.get("button_group") if "truth" in group.key)
    truth.set_value(None).run()
    assert registry.names() == ()


def test_a_damaged_starter_is_reported(starter):
    (starter / "card.json").write_text("{")
    app = AppTest.from_file(APP, default_timeout=TIMEOUT).run()
    for page in ("pages/predict/predict.py", "pages/starter/starter.py"):
        app.switch_page(page).run()
        assert not app.exception
        assert "is damaged" in unescape(app.error[0].value)


def test_the_starter_page_states_accuracy_and_missing_genres(app):
    text = page_text(app.switch_page("pages/starter/starter.py").run())
    assert "48 real album covers of 4 genres" in text
    for heading in ("Accuracy", "By genre", "By source", "The data"):
        assert heading in text
    assert "There are no real covers of anime, black metal" in text


def test_metrics_by_genre_are_those_of_the_chosen_method(app, starter):
    card = open_starter(starter).card
    app.switch_page("pages/starter/starter.py").run()
    for method in (card.chosen, *card.methods):
        app.get("segmented_control")[0].set_value(method.name).run()
        assert model_card.by_genre(method.test) in [element.value for element in app.markdown]


_ANSWER = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({app!r}, default_timeout=600).run()
app.button[0].click().run()
app.switch_page("pages/starter/starter.py").run()
assert not app.exception
print(sorted({{"torch", "fastai", "catboost", "sklearn", "scipy", "timm"}} & set(sys.modules)))
"""


def test_pages_and_predictions_import_no_heavy_library(starter):
    ran = subprocess.run(
        [sys.executable, "-c", _ANSWER.format(app=str(APP))], capture_output=True, text=True, cwd=APP.parent, check=True
    )
    assert ran.stdout.strip().endswith("[]")


def test_every_uploader_has_the_limit_enforced_by_the_server():
    settings = tomllib.loads((APP.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert {MOST_MB, LARGEST_ZIP} == {settings["server"]["maxUploadSize"]}


def test_styles_apply_only_to_named_elements():
    from streamlit_app import stylesheet

    assert re.findall(r"(?m)^\s*(?:a|button|div|h\d|input|p|span)\b[^{]*\{", stylesheet()) == []


def test_preloaded_scripts_exist():
    from streamlit_app import EARLY, head

    links = re.findall(r'href="\./static/js/([^"]+)"', head())
    assert all(any(link.startswith(f"{name}.") for link in links) for name in EARLY)


@pytest.mark.parametrize("name", ["predict", "browse", "explore", "train", "compare", "starter"])
def test_the_initial_heading_is_that_of_the_page(app, name):
    from streamlit_app import PAGES

    app.switch_page(f"pages/{name}/{name}.py").run()
    assert app.title[0].value == PAGES[name][1].heading


def test_search_engines_are_asked_not_to_index_predictions(app):
    from streamlit_app import robots

    assert b"Disallow: /*?" in robots(None).body
