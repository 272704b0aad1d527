"""AppTests of findings and repairs on the Explore page."""

import re

import grids
from apptests import page_text, press, query_param
from exploring import open_at, open_view, settled, text_field, tile_labels

from covergenre.audit import read_thresholds
from covergenre.dataset.registry import open_dataset
from covergenre.repair.repair import history


def test_findings_map_and_repair_require_an_audit_first(page):
    for name in ("findings", "map"):
        open_view(page, name)
        assert any(button.label == "Look for defects" for button in page.button)
    assert "Look for defects first" in page_text(open_view(page, "repair"))


def test_findings_are_cards_that_open_their_gallery(audited):
    text = page_text(audited)
    for words in ("Contradicting labels 2", "Unreadable 1", "has two genres", "of all covers"):
        assert words in re.sub(r":gray\[(\d+)]", r"\1", text)
    press(audited, "see-contradicting labels")
    assert sorted(tile_labels(audited)) == ["000.jpg, jazz", "both.jpg, rap"]


def test_groups_are_shown_side_by_side_and_resolved_there(audited):
    press(audited, "groups-exact duplicates")
    assert "2 groups" in re.sub(r"[:\[\]]|gray", "", page_text(audited))
    before = open_dataset("mine").manifest
    assert (before["excluded"] == "").all()
    settled(press(audited, "keep-0"))
    assert (open_dataset("mine").manifest["excluded"] != "").sum() == 1
    assert "1 group\n" in re.sub(r"[:\[\]]|gray", "", page_text(audited))


def test_a_cover_shows_its_findings_group_and_neighbours(audited):
    page = open_at(see="Gallery", open="jazz/copy.jpg")
    text = page_text(page)
    assert "Exact duplicates" in text
    assert tile_labels(page, "group") == ["001.jpg, jazz"]
    assert len(tile_labels(page, "near")) == 12


def test_a_cover_can_be_excluded_and_relabelled(audited):
    page = open_at(see="Gallery", open="jazz/003.jpg")
    settled(press(page, "out-cover"))
    assert open_dataset("mine").manifest.set_index("path").loc["jazz/003.jpg", "excluded"] == "by hand"
    assert any(button.label == "Include again" for button in page.button)
    next(box for box in page.selectbox if box.label == "New genre").set_value("pop").run()
    assert open_dataset("mine").manifest.set_index("path").loc["jazz/003.jpg", "genre"] == "pop"


def test_suggested_repairs_can_be_reviewed_applied_and_undone(audited):
    open_view(audited, "repair")
    ticked = [label for label in tile_labels(audited, "plan") if label.endswith(", selected")]
    assert any("both" in label or "copy" in label for label in ticked)
    assert any("best" in tile["face"] for tile in grids.tiles(audited, "plan"))
    metrics = {metric.label: metric.value for metric in audited.metric}
    assert metrics["Pictures under two genres"] == "0"
    settled(press(audited, "apply"))
    assert (open_dataset("mine").manifest["excluded"] != "").sum() == len(ticked)
    settled(press(audited, "undo-1"))
    assert (open_dataset("mine").manifest["excluded"] == "").all()
    assert [repair.undoes for repair in history(open_dataset("mine"))] == [None, 1]


def test_the_effect_of_a_repair_on_accuracy_is_measured_on_request(audited):
    open_view(audited, "repair")
    settled(press(audited, "measure"))
    assert re.search(r"held-out covers?: \*\*[<>\d\u202f]+%\*\* before .* after", page_text(audited))


def test_changing_a_threshold_updates_the_findings(audited):
    def flagged() -> int:
        heading = next(each.value for each in audited.subheader if each.value.startswith("Outliers"))
        return int(re.search(r"\d+", heading)[0])

    before = flagged()
    slider = next(each for each in audited.slider if each.key == "from outliers")
    assert slider.value == 0.5
    settled(slider.set_value(0.1).run())
    assert flagged() > before
    assert read_thresholds(open_dataset("mine")) == {"outliers": 0.1}
    settled(press(audited, "usual outliers"))
    assert flagged() == before


def test_the_filter_of_a_finding_is_in_the_url(audited):
    press(audited, "see-exact duplicates")
    assert query_param(audited, "issue") == ["exact duplicates"]
    assert query_param(audited, "see") == ["Gallery"]
    press(audited, "chip-0")
    assert "issue" not in audited.query_params


def test_selected_covers_are_excluded_together_and_undone_in_place(page):
    open_view(page, "gallery")
    next(toggle for toggle in page.toggle if toggle.label == "Select").set_value(True).run()
    grids.press_tile(page, "gallery", 3)
    grids.press_tile(page, "gallery", 4)
    assert [label for label in tile_labels(page) if label.endswith("selected")] == [
        "003.jpg, jazz, selected",
        "004.jpg, jazz, selected",
    ]
    settled(press(page, "out-chosen"))
    assert (open_dataset("mine").manifest["excluded"] == "by hand").sum() == 2
    assert len(history(open_dataset("mine"))) == 1
    settled(press(page, "undo-made"))
    assert (open_dataset("mine").manifest["excluded"] == "").all()


def test_all_filtered_covers_can_be_relabelled_and_tagged(page):
    page = open_at(see="Gallery", from_genre="rap", words="00")
    next(toggle for toggle in page.toggle if toggle.label == "Select").set_value(True).run()
    press(page, "choose-all")
    text_field(page, "Tag").set_value("check again")
    settled(press(page, "tag-chosen"))
    manifest = open_dataset("mine").manifest
    assert set(manifest.loc[manifest["tags"] == "check again", "genre"]) == {"rap"}
    press(page, "choose-all")
    settled(next(box for box in page.selectbox if box.label == "New genre").set_value("pop").run())
    assert (open_dataset("mine").manifest["genre"] == "pop").sum() == 10


def test_a_suggested_repair_can_be_deselected(audited):
    open_view(audited, "repair")
    ticked = [i for i, label in enumerate(tile_labels(audited, "plan")) if label.endswith(", selected")]
    grids.press_tile(audited, "plan", ticked[0])
    settled(press(audited, "apply"))
    assert (open_dataset("mine").manifest["excluded"] != "").sum() == len(ticked) - 1
