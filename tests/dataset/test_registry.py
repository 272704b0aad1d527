import json
import multiprocessing
import shutil
from contextlib import nullcontext
from dataclasses import replace

import pandas as pd
import pytest
from drawing import cover, genre_folders

from covergenre import home
from covergenre.dataset.manifest import write_manifest
from covergenre.dataset.registry import names, open_dataset, register, remove, rename, table_text
from covergenre.errors import BadDataset, Cancelled, CoversMissing
from covergenre.progress import Monitor


@pytest.fixture
def root(tmp_path):
    return genre_folders(tmp_path / "covers", ("pop", "jazz"), 3)


def test_a_registered_folder_can_be_opened_by_name(root):
    registered, scanned = register("mine", root)
    opened = open_dataset("mine")
    assert (opened.name, opened.root, opened.folder) == ("mine", root, home.datasets() / "mine")
    pd.testing.assert_frame_equal(opened.manifest, scanned.manifest)
    pd.testing.assert_frame_equal(opened.manifest, registered.manifest)


def test_genres_are_those_of_usable_covers_sorted(root):
    (root / "rock").mkdir()
    (root / "rock" / "broken.jpg").write_bytes(b"")
    assert register("mine", root)[0].genres == ("jazz", "pop")


def test_registering_again_is_a_rescan_that_keeps_edits(root):
    dataset, _ = register("mine", root)
    manifest = dataset.folder / "manifest.csv"
    manifest.write_text(manifest.read_text().replace("jazz/001.jpg,001,.jpg,,jazz", "jazz/001.jpg,001,.jpg,,bebop"))
    cover("pop", 7).save(root / "pop" / "new.jpg")
    again, scanned = register("mine", root)
    assert (scanned.read, scanned.reused) == (1, 6)
    assert again.manifest.set_index("path").loc["jazz/001.jpg", "genre"] == "bebop"


def test_repairs_made_during_a_scan_are_not_lost(root):
    dataset, _ = register("mine", root)
    cover("pop", 7).save(root / "pop" / "new.jpg")

    def repair(_):
        manifest = dataset.manifest.assign(excluded="a back cover")
        write_manifest(manifest, dataset.folder / "manifest.csv")

    again, _ = register("mine", root, monitor=Monitor(repair))
    assert open_dataset("mine").manifest["excluded"].tolist() == ["a back cover"] * 6 + [""]
    pd.testing.assert_frame_equal(open_dataset("mine").manifest, again.manifest)


def test_a_broken_manifest_is_reported_and_not_overwritten(root):
    manifest = register("mine", root)[0].folder / "manifest.csv"
    manifest.write_text(manifest.read_text().replace(",RGB,", ",RGB,?", 1))
    broken = manifest.read_text()
    with pytest.raises(BadDataset, match="row 2, column 'bytes'"):
        register("mine", root)
    assert manifest.read_text() == broken


def test_a_deleted_manifest_is_created_again(root):
    dataset, _ = register("mine", root)
    (dataset.folder / "manifest.csv").unlink()
    pd.testing.assert_frame_equal(register("mine", root)[0].manifest, dataset.manifest)


@pytest.mark.parametrize("name", ["", "Jazz", "-a", "../up", "a/b", "a.b", "a" * 65, "jazz\n", "été", "starter"])
def test_invalid_names_are_refused(root, name):
    with pytest.raises(BadDataset, match="name"):
        register(name, root)
    assert names() == ()


@pytest.mark.parametrize("name", ["../..", ".", "", "nothing", "a/b"])
def test_an_unknown_data_set_cannot_be_opened_renamed_or_removed(root, name):
    register("mine", root)
    for act in (open_dataset, remove, lambda unknown: rename(unknown, "other")):
        with pytest.raises(BadDataset, match="there are: mine"):
            act(name)
    assert names() == ("mine",)


def test_a_name_cannot_be_used_for_another_folder(root, tmp_path):
    register("mine", root)
    other = genre_folders(tmp_path / "other", ("rock",), 1)
    with pytest.raises(BadDataset, match="choose another name"):
        register("mine", other)
    assert open_dataset("mine").root == root


def test_a_folder_without_covers_is_refused_with_what_was_found(tmp_path):
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(BadDataset, match="1 skipped: not an image"):
        register("mine", tmp_path)
    assert names() == ()


def test_edits_survive_an_empty_root(root, tmp_path):
    dataset, _ = register("mine", root)
    root.rename(tmp_path / "unplugged")
    root.mkdir()
    with pytest.raises(BadDataset, match="it is empty"):
        register("mine", root)
    pd.testing.assert_frame_equal(open_dataset("mine").manifest, dataset.manifest)


class TestMissingCovers:
    @pytest.fixture
    def away(self, root, tmp_path):
        """A data set one genre of which is on a share that went away."""
        dataset, _ = register("mine", root)
        repaired = dataset.manifest.assign(excluded=["", "", "", "a back cover", "", ""], artist="Ada")
        write_manifest(repaired, dataset.folder / "manifest.csv")
        (root / "pop").rename(tmp_path / "away")
        return dataset

    def test_of_a_whole_genre_are_an_error_and_change_nothing(self, away, root):
        before = open_dataset("mine").manifest
        with pytest.raises(CoversMissing, match="3 of 6 covers are not where they were, all of pop among them"):
            register("mine", root)
        pd.testing.assert_frame_equal(open_dataset("mine").manifest, before)

    def test_come_back_with_their_repairs_if_kept(self, away, root, tmp_path):
        before = open_dataset("mine").manifest
        kept, _ = register("mine", root, missing="keep")
        (tmp_path / "away").rename(root / "pop")
        again, _ = register("mine", root)
        assert (len(kept.manifest), kept.genres) == (6, ("jazz",))
        pd.testing.assert_frame_equal(again.manifest, before)

    def test_are_removed_if_forgotten(self, away, root):
        assert len(register("mine", root, missing="forget")[0].manifest) == 3

    @pytest.mark.parametrize(("lost", "asks"), [(1, False), (3, True)])
    def test_are_an_error_from_a_tenth_of_all_covers_on(self, tmp_path, lost, asks):
        root = genre_folders(tmp_path / "many", ("pop", "jazz"), 12, 16)
        register("many", root)
        for number in range(lost):
            (root / "pop" / f"00{number}.jpg").unlink()
        with pytest.raises(CoversMissing, match="3 of 24") if asks else nullcontext():
            assert len(register("many", root)[1].gone) == lost


class TestGenreLevel:
    @pytest.fixture
    def nested(self, tmp_path):
        return genre_folders(tmp_path / "covers" / "x", ("pop", "jazz"), 2, 16).parent

    def test_is_remembered(self, nested):
        assert register("mine", nested, genre_level=1)[0].genres == ("x",)
        assert register("mine", nested)[0].genres == ("x",)

    def test_changed_rereads_genres_and_keeps_repairs(self, nested):
        dataset, _ = register("mine", nested)
        manifest = dataset.manifest.copy()
        manifest.loc[0, ["genre", "original_genre"]] = ["bebop", "jazz"]
        write_manifest(manifest, dataset.folder / "manifest.csv")
        again, _ = register("mine", nested, genre_level=1)
        assert again.manifest["genre"].tolist() == ["bebop", "x", "x", "x"]


def test_pixels_read_by_an_older_version_are_read_again(root):
    file = register("mine", root)[0].folder / "dataset.json"
    record = json.loads(file.read_text())
    file.write_text(json.dumps({key: record[key] for key in ("name", "root", "scanned")}))
    assert [register("mine", root)[1].read for _ in range(2)] == [6, 0]


def test_the_id_survives_rescans_and_renames(root):
    folder = register("mine", root)[0].folder
    first = json.loads((folder / "dataset.json").read_text())["id"]
    register("mine", root)
    rename("mine", "ours")
    assert json.loads((home.datasets() / "ours" / "dataset.json").read_text())["id"] == first


def test_a_stopped_scan_stores_nothing(root):
    with pytest.raises(Cancelled):
        register("mine", root, monitor=Monitor(should_stop=lambda: True))
    assert names() == ()


def test_removing_a_data_set_leaves_the_covers(root):
    register("mine", root)
    remove("mine")
    assert names() == ()
    assert len(list(root.glob("*/*.jpg"))) == 6


def test_a_renamed_data_set_keeps_all_that_was_stored(root):
    old, _ = register("old", root)
    rename("old", "new")
    new = open_dataset("new")
    assert (names(), new.root) == (("new",), root)
    pd.testing.assert_frame_equal(new.manifest, old.manifest)
    assert json.loads((new.folder / "dataset.json").read_text())["name"] == "new"


def test_renaming_never_overwrites_another_data_set(root):
    register("a", root)
    register("b", root)
    with pytest.raises(BadDataset, match="already"):
        rename("a", "b")
    assert names() == ("a", "b")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"root": 1, "scanned": ""}', "\0"])
def test_a_damaged_record_is_refused_and_can_be_removed(root, text):
    (register("mine", root)[0].folder / "dataset.json").write_text(text)
    with pytest.raises(BadDataset, match="damaged"):
        open_dataset("mine")
    remove("mine")
    assert names() == ()


def test_a_file_is_inside_the_root(root):
    dataset, _ = register("mine", root)
    assert dataset.file("jazz/001.jpg") == root / "jazz" / "001.jpg"


@pytest.mark.parametrize("path", ["../secret.jpg", "/etc/passwd", "jazz/link.jpg", "jazz/../../secret.jpg", "a\0b"])
def test_a_path_that_leads_out_of_the_root_is_refused(root, path):
    (root.parent / "secret.jpg").write_bytes(b"")
    (root / "jazz" / "link.jpg").symlink_to(root.parent / "secret.jpg")
    dataset, _ = register("mine", root)
    with pytest.raises(BadDataset):
        dataset.file(path)


def test_two_processes_can_scan_at_once(root):
    spawn = multiprocessing.get_context("spawn")
    scans = [spawn.Process(target=register, args=("mine", root)) for _ in range(2)]
    for process in scans:
        process.start()
    for process in scans:
        process.join(timeout=300)
    assert [process.exitcode for process in scans] == [0, 0]
    pd.testing.assert_frame_equal(open_dataset("mine").manifest, register("mine", root)[0].manifest)
    assert {file.name for file in (home.datasets() / "mine").iterdir()} == {"dataset.json", "manifest.csv"}


def test_a_data_set_opens_without_its_root(root):
    register("mine", root)
    shutil.rmtree(root)
    assert len(open_dataset("mine").manifest) == 6


def test_an_exported_table_holds_no_formulas(root):
    dataset, _ = register("mine", root)
    odd = replace(dataset, manifest=dataset.manifest.assign(artist="=cmd()", **{"=head": "x"}))
    header, first, *_ = table_text(odd).splitlines()
    assert header.endswith("'=head")
    assert "'=cmd()" in first
