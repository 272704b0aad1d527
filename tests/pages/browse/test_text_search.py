"""Search by description on the Browse page."""

import numpy as np
import pytest
from apptests import click, page_text, pending_job
from browsing import open_at
from drawing import genre_folders
from grids import tiles
from tiny import tiny_recipe

from covergenre.dataset.registry import register
from covergenre.embedding import clip
from covergenre.methods import TrainSpec
from covergenre.training.train import train
from pages.widgets.collection_choice import collection_title as whose_title
from pages.widgets.watch import jobs


def test_text_search_says_which_package_to_install(page, monkeypatch, starter_folder):
    monkeypatch.setattr(clip, "installed", lambda: False)
    register("covers", starter_folder.parent.parent / "covers")
    open_at(page, by="Pictures", find="dark fortress at night")
    assert "pip install open_clip_torch" in page.info[0].value
    assert not tiles(page, "found")


class _Counting:
    """A network that sees in each cover nothing but how bright it is."""

    key = "words-counting"

    def encode_text(self, text: str) -> np.ndarray:
        return np.array([1.0, 0.0] if "bright" in text else [0.0, 1.0], np.float32)

    def encode_covers(self, covers) -> np.ndarray:
        share = np.array([np.asarray(image).mean() / 255 for image in covers])
        return np.stack([share, 1 - share], axis=1).astype(np.float32)


def test_covers_are_indexed_and_then_found_by_description(page, tmp_path, monkeypatch):
    monkeypatch.setattr(clip, "installed", lambda: True)
    monkeypatch.setattr(clip, "has_weights", lambda: True)
    monkeypatch.setattr(clip.ClipProcess, "open", classmethod(lambda cls: _Counting()))
    dataset, _ = register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 8))
    run = train(dataset, TrainSpec("knn", recipe=tiny_recipe(tmp_path)))
    open_at(page, by="Pictures", of=whose_title(run.id))
    assert "16 covers are not indexed for search by description yet" in page_text(page)
    click(page, "Index them")
    jobs().get("look at covers").wait()
    page.run()
    found = {}
    for text in ("bright", "dark"):
        page.text_input(key="find").set_value(text).run()
        assert f"The best matches for “{text}” among 16 covers." in page_text(page)
        found[text] = [tile["label"] for tile in tiles(page, "found")]
    assert found["bright"] == found["dark"][::-1]


def test_a_network_that_arrived_during_rendering_is_not_offered_again(page, monkeypatch, starter_folder):
    register("covers", starter_folder.parent.parent / "covers")
    (_, end), looks = pending_job("words"), []

    def available_during_rendering() -> bool:
        end()
        looks.append(1)
        return len(looks) > 1

    monkeypatch.setattr(clip, "installed", lambda: True)
    monkeypatch.setattr(clip, "has_weights", available_during_rendering)
    monkeypatch.setattr(clip.ClipProcess, "open", classmethod(lambda cls: _Counting()))
    open_at(page, by="Pictures")
    assert not [button for button in page.button if button.label.startswith("Download")]


def test_text_search_is_not_offered_without_pictures(page):
    open_at(page)
    assert "by" not in [group.key for group in page.get("button_group")]


def test_the_text_search_network_is_downloaded_with_one_button(page, start_hub, monkeypatch, starter_folder):
    pytest.importorskip("huggingface_hub")
    monkeypatch.setattr(clip, "installed", lambda: True)
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda *_: None)
    monkeypatch.setattr(clip, "MODEL", "x")
    register("covers", starter_folder.parent.parent / "covers")
    start_hub({("x", name): name.encode() for name in clip._FILES})
    open_at(page, by="Pictures")
    next(button for button in page.button if button.label.startswith("Download (605")).click().run()
    jobs().get("words").wait()
    assert [path.name for path in sorted(clip.weights_folder().glob("open*"))] == list(clip._FILES)
