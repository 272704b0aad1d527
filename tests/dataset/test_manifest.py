import errno
import itertools
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from drawing import cover, genre_folders
from PIL import Image

from covergenre import images
from covergenre.dataset.manifest import COLUMNS, GONE, fingerprint, keep_edits, scan, usable
from covergenre.errors import BadDataset, Cancelled
from covergenre.progress import Monitor


@pytest.fixture
def root(tmp_path):
    return genre_folders(tmp_path / "covers", ("jazz", "pop"), 3)


def row(manifest, path):
    return manifest.set_index("path").loc[path]


def touch(file, seconds=10):
    """Set the time of change anew; the file stays as it is."""
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + seconds * 10**9))


def test_a_row_describes_the_file_and_its_pixels(root):
    file = root / "spotify" / "black metal" / "R 1.x.PNG"
    file.parent.mkdir(parents=True)
    cover("metal", side=50).resize((50, 40)).convert("L").save(file, "PNG")
    found = row(scan(root).manifest, "spotify/black metal/R 1.x.PNG")
    image = images.decode(file.read_bytes()).image
    assert found.to_dict() == {
        "name": "R 1.x",
        "ext": ".png",
        "source": "spotify",
        "genre": "black metal",
        "width": 50,
        "height": 40,
        "mode": "L",
        "bytes": file.stat().st_size,
        "modified": file.stat().st_mtime_ns,
        "content_hash": images.content_hash(image),
        "phash": images.perceptual_hash(image),
        "artist": "",
        "album": "",
        "year": None,
        "problem": "",
        "excluded": "",
        "original_genre": "",
        "edit": "",
        "tags": "",
    }


def test_the_columns_and_their_types_are_the_same_for_any_folder(root, tmp_path):
    (tmp_path / "empty").mkdir()
    for manifest in (scan(root).manifest, scan(tmp_path / "empty").manifest):
        assert tuple(manifest.columns) == COLUMNS
        numbers = {name: str(kind) for name, kind in manifest.dtypes.items() if kind != "str"}
        assert numbers == {**dict.fromkeys(("width", "height", "bytes", "modified"), "int64"), "year": "Int64"}


def test_folders_between_root_and_genre_are_the_source(root):
    (root / "a" / "b").mkdir(parents=True)
    shutil.move(root / "pop", root / "a" / "b" / "pop")
    manifest = scan(root).manifest
    assert set(zip(manifest["source"], manifest["genre"], strict=True)) == {("", "jazz"), ("a/b", "pop")}


def test_an_unreadable_image_is_a_row_with_its_problem(root):
    (root / "jazz" / "broken.jpg").write_bytes(b"not an image at all")
    (root / "jazz" / "empty.jpg").write_bytes(b"")
    manifest = scan(root).manifest
    broken = row(manifest, "jazz/broken.jpg")
    assert (broken["width"], broken["content_hash"], broken["bytes"]) == (0, "", 19)
    assert broken["problem"] != ""
    assert len(usable(manifest)) == len(manifest) - 2


def test_usable_rows_keep_their_index(root):
    (root / "jazz" / "000.jpg").write_bytes(b"")
    assert usable(scan(root).manifest).index.tolist() == [1, 2, 3, 4, 5]


def test_an_excluded_cover_is_not_used(root):
    manifest = scan(root).manifest
    manifest.loc[0, "excluded"] = "a back cover"
    assert usable(manifest).index.tolist() == [1, 2, 3, 4, 5]


def test_repairs_survive_a_rescan_even_of_a_changed_file(root):
    repairs = {"genre": "bebop", "excluded": "a back cover", "original_genre": "jazz", "edit": "7"}
    manifest = scan(root).manifest
    manifest.loc[[0, 1], list(repairs)] = list(repairs.values())
    touch(root / "jazz" / "000.jpg")
    again = scan(root, manifest).manifest
    for path in ("jazz/000.jpg", "jazz/001.jpg"):
        assert row(again, path)[list(repairs)].to_dict() == repairs


def test_repairs_and_undos_made_during_a_scan_are_kept(root):
    before = scan(root).manifest
    before.loc[0, "excluded"] = "a back cover"
    latest = before.copy()
    latest.loc[0, "excluded"] = ""
    latest.loc[1, ["genre", "original_genre", "edit"]] = ["bebop", "jazz", "2"]
    (root / "pop" / "002.jpg").unlink()
    pd.testing.assert_frame_equal(keep_edits(scan(root, before).manifest, latest).iloc[:5], latest.iloc[:5])


def test_skipped_files_are_counted(root):
    (root / "jazz" / "notes.txt").write_text("")
    assert scan(root).skipped == {"not an image": 1}


def test_a_missing_root_is_refused(tmp_path):
    with pytest.raises(BadDataset, match="not a folder"):
        scan(tmp_path / "nowhere")


def test_a_rescan_reads_nothing_when_nothing_changed(root):
    first = scan(root)
    again = scan(root, first.manifest)
    assert (first.read, first.reused, again.read, again.reused) == (6, 0, 0, 6)
    pd.testing.assert_frame_equal(first.manifest, again.manifest)


def test_a_rescan_reads_only_new_and_changed_files(root):
    before = scan(root).manifest
    cover("pop", 9).save(root / "jazz" / "001.jpg")
    cover("pop", 8).save(root / "jazz" / "new.jpg")
    touch(root / "pop" / "001.jpg")
    again = scan(root, before)
    assert (again.read, again.reused) == (3, 4)
    pd.testing.assert_frame_equal(again.manifest, scan(root).manifest)


def test_edits_survive_a_rescan_even_of_a_changed_file(root):
    manifest = scan(root).manifest.assign(note="")
    manifest.loc[1, ["genre", "artist", "album", "year", "note"]] = ["bebop", "Miles", "Kind of Blue", 1959, "=1+1"]
    cover("pop", 9).save(root / "jazz" / "001.jpg")
    edited = row(scan(root, manifest).manifest, "jazz/001.jpg")
    assert edited[["genre", "artist", "album", "year", "note"]].tolist() == [
        "bebop",
        "Miles",
        "Kind of Blue",
        1959,
        "=1+1",
    ]
    assert edited["content_hash"] != manifest.loc[1, "content_hash"]


def test_a_problem_noted_by_hand_stays_until_the_file_changes(root):
    manifest = scan(root).manifest
    manifest.loc[0, "problem"] = "a back cover"
    assert row(scan(root, manifest).manifest, "jazz/000.jpg")["problem"] == "a back cover"
    touch(root / "jazz" / "000.jpg")
    assert row(scan(root, manifest).manifest, "jazz/000.jpg")["problem"] == ""


def test_a_table_beside_the_covers_adds_artist_album_year_and_further_columns(root):
    (root / "manifest.csv").write_text(
        "path,genre,artist,album,year,image_url\njazz/000.jpg,polka,Miles,Kind of Blue,1959,http://a.b/?1,\n".replace(
            "?1,", "?1"
        )
    )
    scanned = scan(root)
    found = row(scanned.manifest, "jazz/000.jpg")
    assert found[["genre", "artist", "album", "year", "image_url"]].tolist() == [
        "jazz",
        "Miles",
        "Kind of Blue",
        1959,
        "http://a.b/?1",
    ]
    assert row(scanned.manifest, "jazz/001.jpg")[["artist", "image_url"]].tolist() == ["", ""]
    assert scanned.skipped == {"not an image": 1}


def test_an_edit_takes_precedence_over_the_table_beside_the_covers(root):
    (root / "manifest.csv").write_text("path,artist,album\njazz/000.jpg,Miles,Kind of Blue\n")
    manifest = scan(root).manifest
    manifest.loc[0, "artist"] = "Miles Davis"
    touch(root / "jazz" / "000.jpg")
    assert row(scan(root, manifest).manifest, "jazz/000.jpg")[["artist", "album"]].tolist() == [
        "Miles Davis",
        "Kind of Blue",
    ]


def test_an_unusable_table_is_reported(root):
    (root / "manifest.csv").write_text("who,artist\njazz/000.jpg,Miles\n")
    scanned = scan(root)
    assert row(scanned.manifest, "jazz/000.jpg")["artist"] == ""
    assert ["manifest.csv was not used" in remark for remark in scanned.remarks] == [True]


class TestMissingCovers:
    def test_keep_their_rows_but_are_not_used(self, root):
        before = scan(root).manifest
        before.loc[5, ["excluded", "artist"]] = ["a back cover", "Ada"]
        (root / "pop" / "002.jpg").unlink()
        again = scan(root, before)
        gone = row(again.manifest, "pop/002.jpg")
        assert again.gone == ("pop/002.jpg",)
        assert (gone["problem"], gone["excluded"], gone["artist"]) == (GONE, "a back cover", "Ada")
        assert "pop/002.jpg" not in set(usable(again.manifest)["path"])

    def test_are_reported_once(self, root):
        before = scan(root).manifest
        (root / "pop" / "002.jpg").unlink()
        assert scan(root, scan(root, before).manifest).gone == ()

    def test_are_unchanged_when_they_come_back(self, root):
        before = scan(root).manifest
        before.loc[5, ["genre", "original_genre", "edit", "album"]] = ["bebop", "pop", "3", "Blue"]
        (root / "pop").rename(root.parent / "away")
        without = scan(root, before).manifest
        (root.parent / "away").rename(root / "pop")
        pd.testing.assert_frame_equal(scan(root, without).manifest, before)


class TestMusicLibrary:
    @pytest.fixture
    def library(self, tmp_path):
        for genre, artist, album in itertools.product(("Jazz", "Zouk"), ("Ada", "Bo"), ("Blue (1961)", "Red")):
            folder = tmp_path / "music" / genre / artist / album
            folder.mkdir(parents=True)
            for number, name in enumerate(("cover.jpg", "back.jpg")):
                cover(f"{genre}{artist}{album}", number, 32).save(folder / name)
        return tmp_path / "music"

    def test_the_first_folder_is_the_genre_and_each_album_has_one_front(self, library):
        scanned = scan(library)
        found = row(scanned.manifest, "Jazz/Ada/Blue (1961)/cover.jpg")
        assert (str(scanned.layout), len(scanned.manifest)) == ("GENRE/.../ALBUM/cover.jpg", 8)
        assert found[["genre", "artist", "album", "year"]].tolist() == ["Jazz", "Ada", "Blue", 1961]
        assert scanned.skipped == {"not the front of its album": 8}

    def test_another_level_can_be_chosen(self, library):
        assert set(scan(library, genre_level=2).manifest["genre"]) == {"Ada", "Bo"}


def test_a_disk_error_ends_the_scan(root, monkeypatch):
    def fail(path):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(OSError, match="Input/output"):
        scan(root)


def test_a_broken_table_is_reported_with_row_and_column(root):
    (root / "manifest.csv").write_text("path,year\njazz/000.jpg,1959\njazz/001.jpg,long ago\n")
    with pytest.raises(BadDataset, match=r"manifest\.csv: row 3, column 'year' holds 'long ago'"):
        scan(root)


def test_a_table_that_is_a_link_out_of_the_root_is_not_read(root, tmp_path):
    (tmp_path / "elsewhere.csv").write_text("path,artist\njazz/000.jpg,Miles\n")
    (root / "manifest.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert row(scan(root).manifest, "jazz/000.jpg")["artist"] == ""


def test_progress_ends_with_all_covers_done(root):
    seen = []
    scan(root, monitor=Monitor(seen.append))
    assert (seen[-1].done, seen[-1].total, seen[-1].what) == (6, 6, "covers")


def test_a_scan_can_be_stopped(root):
    with pytest.raises(Cancelled, match="0 of 6"):
        scan(root, monitor=Monitor(should_stop=lambda: True))


def test_the_fingerprint_ignores_what_does_not_matter_to_a_run(root):
    manifest = scan(root).manifest
    same = manifest.assign(artist="someone", modified=0).sample(frac=1, random_state=0)
    assert fingerprint(manifest) == fingerprint(same)
    assert len(fingerprint(manifest)) == 16


@pytest.mark.parametrize(
    ("column", "value"), [("path", "pop/0.jpg"), ("genre", "rock"), ("content_hash", "0" * 32), ("problem", "no")]
)
def test_the_fingerprint_changes_with_path_genre_pixels_and_usability(root, column, value):
    manifest = scan(root).manifest
    changed = manifest.copy()
    changed.loc[5, column] = value
    assert fingerprint(manifest) != fingerprint(changed)


def test_a_cover_that_declares_too_many_pixels_has_a_problem(root):
    Image.new("1", (8000, 8000)).save(root / "jazz" / "huge.png")
    assert "pixels" in row(scan(root).manifest, "jazz/huge.png")["problem"]


@pytest.mark.covers
def test_every_real_cover_is_read_once_and_all_are_usable(covers, real_scan):
    pictures = {path.relative_to(covers).as_posix() for path in covers.glob("*/*/*")}
    assert set(real_scan.manifest["path"]) == pictures
    assert (len(real_scan.manifest), real_scan.read) == (len(pictures), len(pictures))
    assert dict(real_scan.skipped) == {"not an image": 2}  # README.md and manifest.csv
    assert (real_scan.manifest["problem"] == "").all()
    assert scan(covers, real_scan.manifest).read == 0
