import errno
import io
import shutil
import stat
import zipfile
from pathlib import Path

import pytest
from drawing import cover, encoded
from hypothesis import given
from hypothesis import strategies as st

from covergenre import home
from covergenre.dataset.registry import names, register
from covergenre.errors import BadDataset, Cancelled
from covergenre.exchange.archive import Limits, discard, is_unpacked, read_covers, register_archive, unpack
from covergenre.progress import Monitor

PICTURE = encoded(cover("jazz", 1, 32))


def zip_file(*members: tuple[str | zipfile.ZipInfo, bytes], compression=zipfile.ZIP_DEFLATED) -> io.BytesIO:
    """A ZIP of these names and contents."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    file.seek(0)
    return file


def paths(root) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_genre_folders_are_unpacked_and_can_be_registered():
    unpacked = unpack(zip_file(("jazz/a.png", PICTURE), ("rap/b.png", PICTURE)))
    assert paths(unpacked.root) == ["jazz/a.png", "rap/b.png"]
    assert (unpacked.covers, unpacked.skipped) == (2, {})
    dataset, _ = register("mine", unpacked.root)
    assert dataset.genres == ("jazz", "rap")


def test_a_folder_around_all_genre_folders_is_stripped():
    root = unpack(zip_file(("covers/jazz/a.png", PICTURE), ("covers/rap/b.png", PICTURE))).root
    assert paths(root) == ["jazz/a.png", "rap/b.png"]


def test_sources_between_the_root_and_the_genres_are_kept():
    root = unpack(zip_file(("discogs/jazz/a.png", PICTURE), ("spotify/rap/b.png", PICTURE))).root
    assert paths(root) == ["discogs/jazz/a.png", "spotify/rap/b.png"]


def test_a_table_beside_the_genre_folders_is_imported():
    unpacked = unpack(zip_file(("jazz/a.png", PICTURE), ("manifest.csv", b"path,artist\njazz/a.png,Ada\n")))
    dataset, _ = register("mine", unpacked.root)
    assert dataset.manifest["artist"].tolist() == ["Ada"]
    assert unpacked.covers == 1


@pytest.mark.parametrize("name", ["jazz/Ångström – 東京.png", "jazz/e\u0301tude.png", "黒/🎷.png"])
def test_names_of_any_script_are_kept(name):
    root = unpack(zip_file((name, PICTURE))).root
    assert register("mine", root)[0].manifest["problem"].tolist() == [""]


@pytest.mark.parametrize(
    "name",
    [
        "../out.png",
        "jazz/../../out.png",
        "/etc/out.png",
        "C:/out.png",
        "..\\out.png",
        "jazz//out.png",
        "./jazz/out.png",
    ],
)
def test_a_path_traversal_is_skipped_and_nothing_is_written_outside(name, own_home):
    unpacked = unpack(zip_file(("jazz/a.png", PICTURE), (name, PICTURE)))
    assert paths(unpacked.root) == ["jazz/a.png"]
    assert unpacked.skipped == {"a name that leads out of the archive": 1}
    assert not list(own_home.rglob("out.png"))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_skipped(kind):
    link = zipfile.ZipInfo("jazz/link.png")
    link.external_attr = (kind | 0o777) << 16
    unpacked = unpack(zip_file(("jazz/a.png", PICTURE), (link, b"/etc/passwd")))
    assert paths(unpacked.root) == ["jazz/a.png"]
    assert unpacked.skipped == {"a link or device": 1}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("jazz/.hidden.png", "hidden"),
        ("__MACOSX/jazz/a.png", "hidden"),
        (".git/jazz/a.png", "hidden"),
        ("jazz/notes.txt", "not an image"),
        ("jazz/more.zip", "not an image"),
        ("jazz/run.exe", "not an image"),
        ("loose.png", "in no genre folder"),
        ("/".join("abcdefgh") + "/a.png", "too deep in folders"),
        (f"jazz/{'a' * 300}.png", "a name that no file can have"),
        ("jazz/a\nb.png", "a name that no file can have"),
    ],
)
def test_files_that_are_not_covers_are_skipped_by_reason(name, reason):
    unpacked = unpack(zip_file(("jazz/a.png", PICTURE), (name, PICTURE)))
    assert paths(unpacked.root) == ["jazz/a.png"]
    assert unpacked.skipped == {reason: 1}


def test_a_duplicate_name_is_unpacked_once():
    with pytest.warns(UserWarning, match="Duplicate"):
        file = zip_file(("jazz/a.png", PICTURE), ("jazz/a.png", b"other"))
    unpacked = unpack(file)
    assert (unpacked.root / "jazz" / "a.png").read_bytes() == PICTURE
    assert unpacked.skipped == {"there twice": 1}


def test_a_file_in_the_place_of_a_folder_is_skipped():
    unpacked = unpack(zip_file(("jazz/a.png", PICTURE), ("jazz/a.png/b.png", PICTURE)))
    assert unpacked.covers == 1


def test_a_zip_bomb_in_one_file_is_skipped_as_too_large():
    bomb = zip_file(("jazz/a.png", PICTURE), ("jazz/bomb.png", b"\0" * 3_000_000))
    unpacked = unpack(bomb, limits=Limits(file=2**20))
    assert paths(unpacked.root) == ["jazz/a.png"]
    assert unpacked.skipped == {"larger than 1 MB": 1}


def test_a_file_with_a_false_size_is_stopped_too():
    file = zip_file(("jazz/a.png", PICTURE), ("jazz/bomb.png", b"\0" * 3_000_000)).getvalue()
    lied = file.replace((3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    unpacked = unpack(io.BytesIO(lied), limits=Limits(file=2**20))
    assert sum(path.stat().st_size for path in unpacked.root.rglob("*.png")) < 2**20


def test_a_zip_bomb_of_many_files_is_rejected_and_leaves_nothing(own_home):
    bomb = zip_file(*((f"jazz/{number}.png", b"\0" * 400_000) for number in range(8)))
    with pytest.raises(BadDataset, match="unpacks to more than"):
        unpack(bomb, limits=Limits(file=2**20, total=2**21))
    assert not list(home.uploads().iterdir())


def test_a_file_without_a_name_is_skipped():
    data = zip_file(("jazz/a.png", PICTURE), ("rap/b.png", PICTURE)).getvalue().replace(b"rap/b", b"\0ap/b")
    unpacked = unpack(io.BytesIO(data))
    assert (paths(unpacked.root), sum(unpacked.skipped.values())) == (["jazz/a.png"], 1)


def test_too_many_entries_are_rejected():
    with pytest.raises(BadDataset, match="3 entries, at most 2"):
        unpack(zip_file(*((f"jazz/{number}.png", b"") for number in range(3))), limits=Limits(files=2))


def test_a_damaged_file_is_skipped_and_the_others_are_kept():
    file = zip_file(("jazz/a.png", PICTURE), ("jazz/b.png", PICTURE), compression=zipfile.ZIP_STORED).getvalue()
    at = file.rindex(PICTURE[:20]) + 30
    unpacked = unpack(io.BytesIO(file[:at] + b"\xff\xff\xff" + file[at + 3 :]))
    assert paths(unpacked.root) == ["jazz/a.png"]
    assert unpacked.skipped == {"damaged": 1}


def test_an_encrypted_file_is_skipped():
    file = zip_file(("jazz/a.png", PICTURE), ("jazz/b.png", PICTURE)).getvalue()
    central = file.rindex(b"PK\x01\x02")
    locked = file[: central + 8] + b"\x01\x00" + file[central + 10 :]
    assert unpack(io.BytesIO(locked)).skipped == {"encrypted": 1}


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"milk", zip_file().getvalue(), zip_file(("a.txt", b"x")).getvalue()]
)
def test_a_file_that_is_no_zip_of_covers_is_rejected(data):
    with pytest.raises(BadDataset, match="ZIP"):
        unpack(io.BytesIO(data))
    assert not home.uploads().exists() or not list(home.uploads().iterdir())


@given(st.binary(max_size=400), st.integers(0, 300))
def test_any_bytes_give_a_result_or_raise_bad_dataset(noise, at):
    file = zip_file(("jazz/a.png", PICTURE[:100])).getvalue()
    try:
        discarded = unpack(io.BytesIO(file[:at] + noise + file[at + len(noise) :])).root
    except BadDataset:
        return
    assert discarded.is_relative_to(home.uploads())
    shutil.rmtree(discarded)


def test_an_archive_becomes_a_data_set():
    dataset, scan = register_archive("mine", zip_file(("jazz/a.png", PICTURE), ("notes.txt", b"x")))
    assert names() == ("mine",)
    assert dataset.manifest["path"].tolist() == ["jazz/a.png"]
    assert scan.skipped == {"not an image": 1}


@pytest.mark.parametrize("name", ["mine", "starter", "../up"])
def test_an_unavailable_name_leaves_nothing_unpacked(name):
    register_archive("mine", zip_file(("jazz/a.png", PICTURE)))
    with pytest.raises(BadDataset, match=r"choose another|can't name"):
        register_archive(name, zip_file(("jazz/a.png", PICTURE)))
    assert len(list(home.uploads().iterdir())) == 1


def test_unpacking_reports_progress_and_leaves_nothing_when_stopped():
    said = []
    file = zip_file(*((f"jazz/{number}.png", PICTURE) for number in range(4)))
    with pytest.raises(Cancelled):
        unpack(file, monitor=Monitor(should_stop=lambda: True))
    assert not list(home.uploads().iterdir())
    unpack(file, Monitor(said.append))
    assert (said[-1].done, said[-1].total) == (4, 4)


def test_only_unpacked_copies_are_deleted(tmp_path):
    dataset, _ = register("mine", unpack(zip_file(("jazz/a.png", PICTURE))).root)
    own = tmp_path / "own" / "jazz"
    own.mkdir(parents=True)
    (own / "a.png").write_bytes(PICTURE)
    others, _ = register("own", tmp_path / "own")
    assert (is_unpacked(dataset), is_unpacked(others)) == (True, False)
    discard(dataset)
    discard(others)
    assert not dataset.root.exists()
    assert (own / "a.png").exists()


def test_covers_are_read_from_anywhere_in_a_zip_and_nothing_is_written():
    archive = zip_file(("a.png", PICTURE), ("deep/er/b.png", b"b"), ("manifest.csv", b"path"), ("notes.txt", b"milk"))
    covers, skipped = read_covers(archive)
    assert covers == [("a.png", PICTURE), ("deep/er/b.png", b"b")]
    assert skipped == {"not an image": 1}
    assert not home.uploads().exists()


@pytest.mark.parametrize("name", ["../out.png", "/out.png", "C:\\out.png", "a/../../out.png", ".hidden.png"])
def test_a_path_traversal_is_not_read_either(name):
    assert [path for path, _ in read_covers(zip_file(("a.png", PICTURE), (name, PICTURE)))[0]] == ["a.png"]


def test_an_oversized_picture_is_skipped_and_counts_towards_the_total_limit():
    bomb = b"\0" * 1000
    covers, skipped = read_covers(zip_file(("bomb.png", bomb), ("a.png", b"a")), Limits(9, 100, 200))
    assert (covers, sum(skipped.values())) == ([("a.png", b"a")], 1)
    with pytest.raises(BadDataset, match="unpacks to more than"):
        read_covers(zip_file(*((f"{number}.png", bomb) for number in range(3))), Limits(9, 100, 200))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 torn", b"milk"])
def test_a_file_that_is_no_zip_is_not_read(data):
    with pytest.raises(BadDataset, match="no ZIP"):
        read_covers(io.BytesIO(data))


def test_a_zip_without_pictures_says_what_it_contains():
    with pytest.raises(BadDataset, match=r"no picture \(1 skipped: not an image"):
        read_covers(zip_file(("notes.txt", b"milk")))


class TestOtherSystems:
    def test_folders_separated_by_backslashes_are_unpacked(self):
        file = zip_file((r"jazz\a.png", PICTURE), (r"rap\b.png", PICTURE))
        assert paths(unpack(file).root) == ["jazz/a.png", "rap/b.png"]

    def test_an_unsupported_compression_is_reported_with_advice(self):
        file = zip_file(("jazz/a.png", PICTURE), ("jazz/b.png", PICTURE)).getvalue()
        central = file.rindex(b"PK\x01\x02")
        unpacked = unpack(io.BytesIO(file[: central + 10] + b"\x09\x00" + file[central + 12 :]))
        assert unpacked.skipped == {
            "packed as deflate64, which is not read here: pack it again as an ordinary ZIP (Deflate)": 1
        }
        assert unpacked.covers == 1

    def test_a_music_library_of_one_genre_keeps_its_genre(self):
        albums = [f"Jazz/{artist}/{album}/cover.png" for artist in ("Ada", "Bo") for album in ("Blue", "Red", "Sea")]
        dataset, _ = register_archive("mine", zip_file(*((path, PICTURE) for path in albums)))
        assert dataset.genres == ("Jazz",)


def test_a_full_disk_stops_unpacking_and_blames_no_cover(monkeypatch, own_home):
    real = Path.open

    def open_or_fail(self, mode="r", *args, **kwargs):
        if "x" in mode and self.name == "b.png":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", open_or_fail)
    with pytest.raises(OSError, match="No space left"):
        register_archive("mine", zip_file(("jazz/a.png", PICTURE), ("rap/b.png", PICTURE)))
    assert names() == ()
    assert not list(home.uploads().iterdir())


CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")
@pytest.mark.parametrize(
    ("name", "some"),
    [("30-backslash.zip", "jazz"), ("33-macos-utf8-no-flag.zip", "Bossa Nov\u00e1"), ("31-cp932.zip", "ソウル")],
)
def test_archives_from_other_systems_lose_no_cover(name, some):
    dataset, scan = register_archive("mine", CASES / name)
    with zipfile.ZipFile(CASES / name) as archive:
        pictures = [each for each in archive.namelist() if each.endswith(".jpg") and "__MACOSX" not in each]
    assert len(dataset.manifest) == len(pictures)
    assert some in dataset.genres
    assert set(scan.skipped) <= {"hidden"}


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")
def test_an_archive_with_unsupported_compression_is_rejected_as_such():
    with pytest.raises(BadDataset, match="packed as deflate64, which is not read here"):
        register_archive("mine", CASES / "34-deflate64.zip")
