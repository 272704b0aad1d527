"""The Explore page as streamlit runs it, without a browser."""

import io
import re
import shutil
import threading
import time
import zipfile
from html import unescape
from pathlib import Path

import grids
import pytest
from drawing import cover, encoded, genre_folders
from streamlit.testing.v1 import AppTest
from tiny import tiny_recipe

from covergenre.dataset.audit import audit, chosen_thresholds
from covergenre.dataset.registry import names, open_dataset, register
from covergenre.dataset.repair import history
from covergenre.inspection import examine
from covergenre.inspection.examined import Examined
from pages.explore import open as opening
from pages.widgets.watch import jobs

PAGE = Path(__file__).parents[3] / "pages" / "explore" / "explore.py"


@pytest.fixture(autouse=True)
def tiny_backbone(tmp_path, monkeypatch):
    """Covers become vectors by the tiny backbone."""
    monkeypatch.setattr(examine, "RECIPES", (tiny_recipe(tmp_path),))


@pytest.fixture
def root(tmp_path):
    """Jazz and rap; one picture stands under both genres, another twice in jazz; one file is torn."""
    root = genre_folders(tmp_path / "covers", ("jazz", "rap"), 30)
    shutil.copy(root / "jazz" / "000.jpg", root / "rap" / "both.jpg")
    shutil.copy(root / "jazz" / "001.jpg", root / "jazz" / "copy.jpg")
    (root / "rap" / "torn.jpg").write_bytes(b"\xff\xd8\xff torn")
    return root


@pytest.fixture
def page(root) -> AppTest:
    """The page of a data set that was not looked through yet, opened and come to rest."""
    register("mine", root)
    return settled(AppTest.from_file(PAGE, default_timeout=60).run())


@pytest.fixture
def audited(page) -> AppTest:
    """The page of a data set that was looked through."""
    view(page, "findings")
    return settled(click(page, "Look for defects"))


def settled(page: AppTest) -> AppTest:
    """The page when no work is under way any more."""
    end = time.monotonic() + 60
    while any(button.label == "Stop" for button in page.button) and time.monotonic() < end:
        time.sleep(0.1)
        page.run()
    return page


def said(page: AppTest) -> str:
    assert not page.exception
    kinds = (page.title, page.header, page.subheader, page.markdown, page.caption, page.info, page.error)
    texts = (element.value for kind in kinds for element in kind)
    return unescape(re.sub(r"<[^>]*>", " ", "\n".join(texts)))


def at(**params: str) -> AppTest:
    """The page as somebody finds it who comes by this address."""
    page = AppTest.from_file(PAGE, default_timeout=60)
    for name, value in params.items():
        page.query_params[name] = value
    return settled(page.run())


def view(page: AppTest, name: str) -> AppTest:
    return next(group for group in page.get("button_group") if group.key == "at see").set_value(name.capitalize()).run()


def click(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def press(page: AppTest, key: str) -> AppTest:
    return next(button for button in page.button if button.key == key).click().run()


def tiles(page: AppTest, grid: str = "gallery") -> list[str]:
    return [tile["label"] for tile in grids.tiles(page, grid)]


def field(page: AppTest, label: str, position: int = 0):
    return [element for element in page.text_input if element.label == label][position]


def test_with_no_data_set_it_says_how_to_come_by_one():
    page = AppTest.from_file(PAGE, default_timeout=60).run()
    text = said(page)
    for words in ("The demo", "A folder", "A ZIP"):
        assert words in text
    assert any(button.label == "Draw the demo" for button in page.button)


def test_a_folder_is_scanned_and_then_shown(root, monkeypatch):
    monkeypatch.chdir(root.parent)
    page = AppTest.from_file(PAGE, default_timeout=60).run()
    field(page, "Folder of genre folders").set_value("covers")
    field(page, "Name").set_value("ours")
    settled(click(page, "Scan"))
    assert names() == ("ours",)
    assert [metric.value for metric in page.metric][:4] == ["62", "0", "1", "2"]


def test_a_folder_outside_those_allowed_is_refused(root, monkeypatch, own_home):
    monkeypatch.chdir(own_home)
    page = AppTest.from_file(PAGE, default_timeout=60).run()
    field(page, "Folder of genre folders").set_value("/etc")
    click(page, "Scan")
    assert "can't be scanned from here" in said(page)
    assert names() == ()


def test_a_zip_is_unpacked_and_then_shown():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(4):
            archive.writestr(f"jazz/{number}.png", encoded(cover("jazz", number)))
        archive.writestr("../../out.png", encoded(cover("jazz", 9)))
    page = AppTest.from_file(PAGE, default_timeout=60).run()
    page.file_uploader[0].upload("covers.zip", file.getvalue())
    field(page, "Name", 1).set_value("zipped")
    settled(click(page, "Unpack"))
    assert len(open_dataset("zipped").manifest) == 4


def test_the_overview_counts_and_shows_colours(page):
    text = said(page)
    assert "Jazz" in text
    assert "31" in text
    assert any('class="strip"' in element.value for element in page.markdown)
    assert any("96 x 96" in unescape(element.value) for element in page.markdown)


def test_the_gallery_shows_48_covers_a_page(page):
    view(page, "gallery")
    assert "63 of 63 covers" in said(page)
    assert len(tiles(page)) == 48
    assert len(tiles(at(see="Gallery", sheet="2"))) == 15


def test_filters_stand_in_the_address_and_come_off_as_chips(page):
    page = at(see="Gallery", from_genre="Rap", words="00")
    assert "10 of 63 covers" in said(page)
    click(page, "“00”")
    assert "32 of 63 covers" in said(page)
    click(page, "Rap")
    assert "63 of 63 covers" in said(page)


def test_a_cover_is_opened_by_a_click_and_by_its_address(page):
    view(page, "gallery")
    grids.press(page, "gallery", 3)
    assert "jazz/003.jpg" in page.query_params["open"]
    assert "96 × 96 px, RGB" in said(page)
    page = at(see="Gallery", open="rap/torn.jpg")
    assert "can't be shown" in said(page)
    click(page, "All covers")
    assert "torn.jpg, rap" in tiles(page)


@pytest.mark.parametrize("path", ["no/such.jpg", "../../../etc/passwd", "<b>"])
def test_an_address_of_no_cover_shows_the_gallery(page, path):
    assert len(tiles(at(see="Gallery", open=path))) == 48


def test_findings_map_and_repair_ask_for_an_audit_first(page):
    for name in ("findings", "map"):
        view(page, name)
        assert any(button.label == "Look for defects" for button in page.button)
    assert "Look for defects first" in said(view(page, "repair"))


def test_findings_are_cards_that_open_their_gallery(audited):
    text = said(audited)
    for words in ("Contradicting labels 2", "Unreadable 1", "stands under two genres", "of all covers"):
        assert words in re.sub(r":gray\[(\d+)]", r"\1", text)
    press(audited, "see-contradicting labels")
    assert sorted(tiles(audited)) == ["000.jpg, jazz", "both.jpg, rap"]


def test_groups_are_shown_side_by_side_and_settled_there(audited):
    press(audited, "groups-exact duplicates")
    assert "2 groups" in re.sub(r"[:\[\]]|gray", "", said(audited))
    before = open_dataset("mine").manifest
    assert (before["excluded"] == "").all()
    settled(press(audited, "keep-0"))
    assert (open_dataset("mine").manifest["excluded"] != "").sum() == 1
    assert "1 group\n" in re.sub(r"[:\[\]]|gray", "", said(audited))


def test_a_cover_tells_its_findings_its_group_and_those_most_like_it(audited):
    page = at(see="Gallery", open="jazz/copy.jpg")
    text = said(page)
    assert "Exact duplicates" in text
    assert tiles(page, "group") == ["001.jpg, jazz"]
    assert len(tiles(page, "near")) == 12


def test_a_cover_is_left_out_and_given_another_genre(audited):
    page = at(see="Gallery", open="jazz/003.jpg")
    settled(press(page, "leave-out"))
    assert open_dataset("mine").manifest.set_index("path").loc["jazz/003.jpg", "excluded"] == "by hand"
    assert any(button.label == "Take back in" for button in page.button)
    next(box for box in page.selectbox if box.label == "Genre").set_value("pop").run()
    assert open_dataset("mine").manifest.set_index("path").loc["jazz/003.jpg", "genre"] == "pop"


def test_suggested_repairs_are_looked_at_applied_and_undone(audited):
    view(audited, "repair")
    ticked = [label for label in tiles(audited, "plan") if label.endswith(", selected")]
    assert any("both" in label or "copy" in label for label in ticked)
    assert any("best" in tile["face"] for tile in grids.tiles(audited, "plan"))
    metrics = {metric.label: metric.value for metric in audited.metric}
    assert metrics["Pictures under two genres"] == "0"
    settled(press(audited, "apply"))
    assert (open_dataset("mine").manifest["excluded"] != "").sum() == len(ticked)
    settled(press(audited, "undo-1"))
    assert (open_dataset("mine").manifest["excluded"] == "").all()
    assert [repair.undoes for repair in history(open_dataset("mine"))] == [None, 1]


def test_the_map_is_drawn_once_there_are_vectors(audited):
    view(audited, "map")
    assert "Covers that look alike lie near each other." in said(audited)
    assert [button.label for button in audited.button if "map" in button.label] == ["Draw the detailed map"]


def test_a_data_set_is_renamed_and_removed_after_asking(page, root):
    field(page, "New name").set_value("ours")
    settled(click(page, "Rename"))
    assert names() == ("ours",)
    assert next(button for button in page.button if button.label == "Remove").disabled
    page.checkbox[0].check().run()
    click(page, "Remove")
    assert names() == ()
    assert (root / "jazz" / "000.jpg").exists()


def test_scanning_again_finds_what_is_new(page, root):
    genre_folders(root, ("pop",), 3)
    settled(click(page, "Scan again"))
    assert [metric.value for metric in page.metric][:4] == ["65", "0", "1", "3"]


def test_a_damaged_data_set_is_named_and_can_be_removed(page):
    (open_dataset("mine").folder / "manifest.csv").write_text("path\n")
    page.run()
    assert "names no column" in said(page)
    page.checkbox[0].check().run()
    click(page, "Remove")
    assert names() == ()


def test_filters_stay_while_a_cover_or_another_view_is_looked_at(page):
    page = at(see="Gallery", from_genre="Rap")
    grids.press(page, "gallery", 1)
    assert "2 of 32" in said(page)
    click(page, "Next")
    assert "rap/002.jpg" in said(page)
    click(page, "All covers")
    assert "32 of 63 covers" in said(page)
    view(page, "overview")
    assert "32 of 63 covers" in said(view(page, "gallery"))


def test_what_a_repair_does_to_accuracy_is_measured_when_asked_for(audited):
    view(audited, "repair")
    settled(press(audited, "measure"))
    assert re.search(r"held out: \*\*[<>\d\u202f]+%\*\* before .* after", said(audited))


def test_what_is_found_while_the_page_is_being_drawn_is_shown(page, monkeypatch):
    open_named = opening.open_named

    def open_a_moment_too_early(name):
        opened = open_named(name)
        if not opened.examined:
            found = Examined(opened.dataset, audit(opened.dataset), None, None)
            opening.examinations().put(name, opened.stamp, found)
        return opened

    monkeypatch.setattr(opening, "open_named", open_a_moment_too_early)
    assert "Exact duplicates" in said(view(page, "findings"))


def test_a_threshold_is_changed_and_the_findings_with_it(audited):
    def flagged() -> int:
        heading = next(each.value for each in audited.header if each.value.startswith("Outliers"))
        return int(re.search(r"\d+", heading)[0])

    before = flagged()
    slider = next(each for each in audited.slider if each.key == "from outliers")
    assert slider.value == 0.5
    settled(slider.set_value(0.1).run())
    assert flagged() > before
    assert chosen_thresholds(open_dataset("mine")) == {"outliers": 0.1}
    settled(press(audited, "usual outliers"))
    assert flagged() == before


def test_only_who_began_it_is_told_that_a_data_set_has_come(root, monkeypatch):
    monkeypatch.chdir(root.parent)
    other = AppTest.from_file(PAGE, default_timeout=60).run()
    page = AppTest.from_file(PAGE, default_timeout=60).run()
    field(page, "Folder of genre folders").set_value("covers")
    click(page, "Scan")
    jobs().get("bringing a data set").wait()
    assert not other.run().toast
    assert [toast.value for toast in page.run().toast] == ["mine: 63 covers."]


def test_while_a_data_set_is_brought_another_has_to_wait(page):
    go_on = threading.Event()
    jobs().start("bringing a data set", "Scanning", lambda report, should_stop: go_on.wait(30))
    click(page, "Scan again")
    go_on.set()
    assert "wait until it is there" in said(page)


def test_the_starter_is_offered_and_shown_with_tiles_for_pictures(starter):
    page = AppTest.from_file(PAGE, default_timeout=60).run()
    click(page, "See the starter")
    assert "only to look at" in said(page)
    assert any('class="strip"' in element.value for element in page.markdown)
    view(page, "gallery")
    assert len(tiles(page)) == 48
    assert all("data:image/jpeg" in element.value for element in page.markdown if "explored" in element.value)
    grids.press(page, "gallery", 2)
    assert len(tiles(page, "near")) == 12
    assert not [button for button in page.button if button.key == "leave-out"]


def test_of_the_starter_it_is_said_what_can_not_be_told_and_nothing_can_be_changed(starter):
    page = at(data="starter", see="Findings")
    assert "the starter ships no pictures" in said(page)
    assert not page.slider
    view(page, "map")
    assert "Covers that look alike" in said(page)
    assert not [button for button in page.button if button.label == "Draw the detailed map"]
    assert "can't be repaired" in said(view(page, "repair"))
    assert not [button for button in page.button if button.label in ("Rename", "Remove", "Scan again")]


def test_a_damaged_starter_is_named_and_other_data_sets_stay_within_reach(page, starter):
    (starter / "card.json").write_text("{")
    page = at(data="starter")
    assert "is damaged" in said(page)
    assert [box.options for box in page.selectbox] == [["mine", "starter"]]


def address(page: AppTest, name: str) -> str:
    """What stands in the page's address by a name."""
    value = page.query_params.get(name, "")
    return value if isinstance(value, str) else "".join(value)


def test_the_first_data_set_of_all_stands_in_the_address_too(page):
    assert address(page, "data") == "mine"


def test_a_filter_of_a_finding_stands_in_the_address(audited):
    press(audited, "see-exact duplicates")
    assert address(audited, "issue") == "exact duplicates"
    assert address(audited, "see") == "Gallery"
    press(audited, "chip-0")
    assert "issue" not in audited.query_params


def test_selected_covers_are_left_out_together_and_that_is_undone_in_place(page):
    view(page, "gallery")
    next(toggle for toggle in page.toggle if toggle.label == "Select").set_value(True).run()
    grids.press(page, "gallery", 3)
    grids.press(page, "gallery", 4)
    assert [label for label in tiles(page) if label.endswith("selected")] == [
        "003.jpg, jazz, selected",
        "004.jpg, jazz, selected",
    ]
    settled(press(page, "out-chosen"))
    assert (open_dataset("mine").manifest["excluded"] == "by hand").sum() == 2
    assert len(history(open_dataset("mine"))) == 1
    settled(press(page, "undo-made"))
    assert (open_dataset("mine").manifest["excluded"] == "").all()


def test_all_that_a_filter_left_is_given_another_genre_and_a_tag(page):
    page = at(see="Gallery", from_genre="rap", words="00")
    next(toggle for toggle in page.toggle if toggle.label == "Select").set_value(True).run()
    press(page, "choose-all")
    field(page, "Tag").set_value("check again")
    settled(press(page, "tag-chosen"))
    manifest = open_dataset("mine").manifest
    assert set(manifest.loc[manifest["tags"] == "check again", "genre"]) == {"rap"}
    press(page, "choose-all")
    next(box for box in page.selectbox if box.label == "New genre").set_value("pop").run()
    settled(press(page, "relabel-chosen"))
    assert (open_dataset("mine").manifest["genre"] == "pop").sum() == 10


def test_of_suggested_repairs_one_is_spared(audited):
    view(audited, "repair")
    ticked = [i for i, label in enumerate(tiles(audited, "plan")) if label.endswith(", selected")]
    grids.press(audited, "plan", ticked[0])
    settled(press(audited, "apply"))
    assert (open_dataset("mine").manifest["excluded"] != "").sum() == len(ticked) - 1


def test_a_view_is_saved_and_found_again(page):
    page = at(see="Gallery", from_genre="Rap")
    field(page, "Name of this view").set_value("all rap")
    click(page, "Save this view")
    click(page, "Clear all") if any(b.label == "Clear all" for b in page.button) else click(page, "Rap")
    assert "63 of 63 covers" in said(page)
    click(page, "all rap")
    assert "32 of 63 covers" in said(page)
