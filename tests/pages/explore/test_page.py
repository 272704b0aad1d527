"""AppTests of the Explore page."""

import io
import threading
import zipfile
from html import unescape

import grids
import pytest
import streamlit as st
from apptests import click, page_text, pending_job, query_param, single_page
from drawing import cover, encoded, genre_folders
from exploring import open_at, open_view, settled, text_field, tile_labels

from covergenre.audit import audit_dataset
from covergenre.audit.inspection import Inspection
from covergenre.dataset.registry import names, open_dataset, register
from covergenre.inspection.indexing import index_dataset
from covergenre.inspection.inspection import inspect_dataset
from pages.explore import add_dataset, workspace
from pages.widgets.watch import jobs


def test_without_a_data_set_the_page_says_how_to_add_one():
    page = single_page("explore").run()
    text = page_text(page)
    for words in ("The demo", "A folder", "A ZIP"):
        assert words in text
    assert any(button.label == "Draw the demo" for button in page.button)


def test_a_folder_is_scanned_and_then_shown(root, monkeypatch):
    monkeypatch.chdir(root.parent)
    page = single_page("explore").run()
    text_field(page, "Folder with a subfolder for each genre").set_value("covers")
    text_field(page, "Name").set_value("ours")
    settled(click(page, "Scan"))
    assert names() == ("ours",)
    assert [metric.value for metric in page.metric][:4] == ["62", "0", "1", "2"]


def test_a_folder_outside_the_allowed_roots_is_rejected(root, monkeypatch, own_home):
    monkeypatch.chdir(own_home)
    page = single_page("explore").run()
    text_field(page, "Folder with a subfolder for each genre").set_value("/etc")
    click(page, "Scan")
    assert "can't be scanned from here" in page_text(page)
    assert names() == ()


def test_a_zip_is_unpacked_and_then_shown():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(4):
            archive.writestr(f"jazz/{number}.png", encoded(cover("jazz", number)))
        archive.writestr("../../out.png", encoded(cover("jazz", 9)))
    page = single_page("explore").run()
    page.file_uploader[0].upload("covers.zip", file.getvalue())
    text_field(page, "Name", 1).set_value("zipped")
    settled(click(page, "Unpack"))
    assert len(open_dataset("zipped").manifest) == 4


def test_the_overview_shows_counts_and_colours(page):
    text = page_text(page)
    assert "Jazz" in text
    assert "31" in text
    assert any('class="strip"' in element.value for element in page.markdown)
    assert any("96 x 96" in unescape(element.value) for element in page.markdown)


def test_the_gallery_shows_48_covers_per_page(page):
    open_view(page, "gallery")
    assert "63 of 63 covers" in page_text(page)
    assert len(tile_labels(page)) == 48
    assert len(tile_labels(open_at(see="Gallery", sheet="2"))) == 15


def test_filters_are_in_the_url_and_removable_as_chips(page):
    page = open_at(see="Gallery", from_genre="Rap", words="00")
    assert "10 of 63 covers" in page_text(page)
    click(page, "“00”")
    assert "32 of 63 covers" in page_text(page)
    click(page, "Rap")
    assert "63 of 63 covers" in page_text(page)


def test_sizes_formats_and_modes_link_to_their_covers(page):
    texts = [unescape(element.value) for element in page.markdown]
    assert any("size=96+x+96" in each for each in texts)
    assert "62 of 63 covers" in page_text(open_at(see="Gallery", size="96 x 96", mode="RGB"))
    click(other := open_at(see="Gallery", format="PNG"), "PNG")
    assert "63 of 63 covers" in page_text(other)


def test_a_cover_opens_by_click_and_by_url(page):
    open_view(page, "gallery")
    grids.press_tile(page, "gallery", 3)
    assert "jazz/003.jpg" in page.query_params["open"]
    assert "96 × 96 px, RGB" in page_text(page)
    page = open_at(see="Gallery", open="rap/torn.jpg")
    assert "can't be read" in page_text(page)
    click(page, "All covers")
    assert "torn.jpg, rap" in tile_labels(page)


@pytest.mark.parametrize("path", ["no/such.jpg", "../../../etc/passwd", "<b>"])
def test_the_url_of_an_unknown_cover_shows_the_gallery(page, path):
    assert len(tile_labels(open_at(see="Gallery", open=path))) == 48


def test_the_map_appears_once_there_are_vectors(audited):
    open_view(audited, "map")
    assert "Covers that look alike lie close together." in page_text(audited)
    assert [button.label for button in audited.button if "map" in button.label] == ["Draw the detailed map"]


def test_a_data_set_can_be_renamed_and_removed_after_confirmation(page, root):
    text_field(page, "New name").set_value("ours")
    settled(click(page, "Rename"))
    assert names() == ("ours",)
    assert next(button for button in page.button if button.label == "Remove").disabled
    page.checkbox[0].check().run()
    click(page, "Remove")
    assert names() == ()
    assert (root / "jazz" / "000.jpg").exists()


def test_a_tag_is_removed_where_it_was_added_and_the_menu_closes(page):
    page = open_at(see="Gallery", open="jazz/003.jpg")
    page.text_input(key="new tag cover").set_value("live").run()
    click(page, "Add tag")
    assert open_dataset("mine").manifest["tags"].tolist().count("live") == 1
    page.session_state["menu tag cover"] = True
    click(page, "Remove “live”")
    assert not open_dataset("mine").manifest["tags"].any()
    assert page.session_state["menu tag cover"] is False


def test_rescanning_finds_new_files(page, root):
    genre_folders(root, ("pop",), 3)
    settled(click(page, "Scan again"))
    assert [metric.value for metric in page.metric][:4] == ["65", "0", "1", "3"]


def test_a_damaged_data_set_is_reported_and_can_be_removed(page):
    (open_dataset("mine").folder / "manifest.csv").write_text("path\n")
    page.run()
    assert "names no column" in page_text(page)
    page.checkbox[0].check().run()
    click(page, "Remove")
    assert names() == ()


def test_filters_persist_across_covers_and_views(page):
    page = open_at(see="Gallery", from_genre="Rap")
    grids.press_tile(page, "gallery", 1)
    assert "2 of 32" in page_text(page)
    click(page, "Next")
    assert "rap/002.jpg" in page_text(page)
    click(page, "All covers")
    assert "32 of 63 covers" in page_text(page)
    open_view(page, "overview")
    assert "32 of 63 covers" in page_text(open_view(page, "gallery"))


def test_findings_that_arrive_during_rendering_are_shown(page, monkeypatch):
    open_workspace = workspace.open_workspace

    def open_a_moment_too_early(name):
        opened = open_workspace(name)
        if not opened.inspection:
            found = Inspection(opened.dataset, audit_dataset(opened.dataset), None, None)
            workspace.save_inspection(name, opened.stamp, found)
        return opened

    monkeypatch.setattr(workspace, "open_workspace", open_a_moment_too_early)
    assert "Exact duplicates" in page_text(open_view(page, "findings"))


def test_only_the_session_that_added_a_data_set_is_notified(root, monkeypatch):
    monkeypatch.chdir(root.parent)
    other = single_page("explore").run()
    page = single_page("explore").run()
    text_field(page, "Folder with a subfolder for each genre").set_value("covers")
    click(page, "Scan")
    jobs().get("adding a data set").wait()
    assert "mine: 63 covers." not in page_text(other.run())
    assert "mine: 63 covers." in page_text(page.run())


@pytest.mark.parametrize("before", [True, False])
def test_a_data_set_that_arrives_during_rendering_is_shown_at_once(page, monkeypatch, before):
    job, end = pending_job("adding a data set", result=(open_dataset("mine"), None))
    page.session_state[add_dataset._OWN] = job  # it was begun by this visitor
    real = add_dataset.adding_job

    def end_during_rendering():
        if before:
            end()
        found = real()
        end()
        return found

    monkeypatch.setattr(add_dataset, "adding_job", end_during_rendering)
    assert "mine: 63 covers." in page_text(page.run())


def test_only_one_data_set_is_added_at_a_time(page):
    _, end = pending_job("adding a data set")
    click(page, "Scan again")
    end()
    assert "wait for it or stop it first" in page_text(page)


def test_the_starter_is_offered_and_shown_with_colour_tiles(starter):
    page = single_page("explore").run()
    click(page, "Explore the starter")
    assert "for viewing only" in page_text(page)
    assert any('class="strip"' in element.value for element in page.markdown)
    open_view(page, "gallery")
    assert len(tile_labels(page)) == 48
    assert all("data:image/jpeg" in element.value for element in page.markdown if "explored" in element.value)
    grids.press_tile(page, "gallery", 2)
    assert len(tile_labels(page, "near")) == 12
    assert not [button for button in page.button if button.key == "out-cover"]


def test_the_starter_states_its_limits_and_cannot_be_changed(starter):
    page = open_at(data="starter", see="Findings")
    assert "the starter ships no pictures" in page_text(page)
    assert not page.slider
    open_view(page, "map")
    assert "Covers that look alike" in page_text(page)
    assert not [button for button in page.button if button.label == "Draw the detailed map"]
    assert "can't be changed" in page_text(open_view(page, "repair"))
    assert not [button for button in page.button if button.label in ("Rename", "Remove", "Scan again")]


def test_a_damaged_starter_is_reported_and_other_data_sets_stay_available(page, starter):
    (starter / "card.json").write_text("{")
    page = open_at(data="starter")
    assert "is damaged" in page_text(page)
    assert [box.options for box in page.selectbox] == [["mine", "starter"]]


def test_the_first_data_set_is_in_the_url_too(page):
    assert query_param(page, "data") == ["mine"]


def test_a_view_can_be_saved_and_reopened(page):
    page = open_at(see="Gallery", from_genre="Rap")
    text_field(page, "Name of this view").set_value("all rap")
    click(page, "Save this view")
    click(page, "Clear all") if any(b.label == "Clear all" for b in page.button) else click(page, "Rap")
    assert "63 of 63 covers" in page_text(page)
    click(page, "all rap")
    assert "32 of 63 covers" in page_text(page)


def test_large_data_sets_wait_for_their_index_and_show_its_recall(root, monkeypatch):
    monkeypatch.setattr(workspace, "EXACT_LIMIT", 10)
    register("mine", root)
    page = open_at()
    assert "need an index of these" in page_text(page)
    settled(click(page, "Build index"))
    assert "62 covers are searched with an index that finds" in page_text(page)
    open_view(page, "map")
    assert "Covers that look alike lie close together" in page_text(page)


def test_an_index_completed_during_rendering_is_shown_at_once(root, monkeypatch):
    monkeypatch.setattr(workspace, "EXACT_LIMIT", 10)
    register("mine", root)
    page, real = open_at(), workspace.open_workspace

    def opened_before_the_index_was_done(name):
        opened = real(name)
        if opened.covers.index_stats is None:
            index_dataset(opened.dataset)
        return opened

    monkeypatch.setattr(workspace, "open_workspace", opened_before_the_index_was_done)
    page.run()
    assert "62 covers are searched with an index that finds" in page_text(page)


def test_selected_covers_are_still_selected_after_a_restart_of_the_server(page):
    open_view(page, "gallery")
    next(each for each in page.toggle if each.label == "Select").set_value(True).run()
    grids.press_tile(page, "gallery", 3)
    selected = tile_labels(page)[3]
    assert selected.endswith(", selected")
    st.cache_resource.clear()
    again = open_at(see="Gallery", ticked=query_param(page, "ticked")[0])
    assert [label for label in tile_labels(again) if label.endswith(", selected")] == [selected]


def test_after_a_restart_the_page_says_that_a_data_set_is_being_checked_again(audited, monkeypatch):
    st.cache_resource.clear()
    go_on = threading.Event()
    monkeypatch.setattr(workspace, "inspect_dataset", lambda *args: go_on.wait(60) and inspect_dataset(*args))
    page = single_page("explore")
    page.query_params["see"] = "Findings"
    page.run()
    text = page_text(page)
    go_on.set()
    assert "is being checked for defects" in text
    assert "has not been checked" not in text
    assert "healthy" in page_text(settled(page))
