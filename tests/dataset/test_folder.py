import errno
import os
import unicodedata

import pytest

from covergenre.dataset import folder
from covergenre.dataset.folder import find_covers
from covergenre.errors import BadDataset


@pytest.fixture
def root(tmp_path):
    """A folder with one file that looks like a cover, and a place outside of it."""
    put(tmp_path / "root" / "jazz" / "a.jpg")
    put(tmp_path / "outside" / "secret.jpg")
    return tmp_path / "root"


def put(file, data=b"x"):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def paths(root):
    return [cover.path for cover in find_covers(root)[0]]


def skipped(root):
    return find_covers(root)[1]


def test_a_cover_has_its_path_size_and_modification_time(root):
    put(root / "jazz" / "a.jpg", b"12345")
    os.utime(root / "jazz" / "a.jpg", ns=(7, 1_700_000_000_123_456_789))
    assert find_covers(root) == ([folder.CoverFile("jazz/a.jpg", 5, 1_700_000_000_123_456_789)], {})


def test_covers_of_any_depth_are_sorted_by_path(root):
    for name in ("spotify/jazz/b.png", "pop/z.JPEG", "a/b/c/rock/x.webp"):
        put(root / name)
    assert paths(root) == ["a/b/c/rock/x.webp", "jazz/a.jpg", "pop/z.JPEG", "spotify/jazz/b.png"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_are_not_normalised(root, form):
    name = unicodedata.normalize(form, 'chanson française/Édith — 💿, "1"\n.jpg')
    put(root / name)
    assert paths(root) == [name, "jazz/a.jpg"]


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["jazz/.b.jpg", ".git/objects/b.jpg"], folder.HIDDEN),
        (["jazz/notes.txt", "jazz/jpg", "README.md"], folder.NOT_AN_IMAGE),
        (["loose.jpg"], folder.NO_GENRE),
        ([os.fsdecode(b"jazz/caf\xe9.jpg"), os.fsdecode(b"caf\xe9/b.jpg")], folder.NOT_UNICODE),
        *(
            ([f"{name}/b.jpg", f"jazz/{name}/b.jpg"], folder.HIDDEN)
            for name in ("@eaDir", "$RECYCLE.BIN", "__MACOSX", "System Volume Information", "lost+found")
        ),
    ],
    ids=["hidden", "no image", "no genre", "not Unicode", *["of a system"] * 5],
)
def test_files_that_cannot_be_covers_are_skipped_with_a_reason(root, names, reason):
    for name in names:
        put(root / name)
    assert (paths(root), skipped(root)) == (["jazz/a.jpg"], {reason: len(names)})


def test_links_out_of_the_root_are_skipped(root):
    (root / "jazz" / "file.jpg").symlink_to(root.parent / "outside" / "secret.jpg")
    (root / "folder").symlink_to(root.parent / "outside")
    (root / "jazz" / "dots.jpg").symlink_to("../../outside/secret.jpg")
    assert (paths(root), skipped(root)) == (["jazz/a.jpg"], {folder.OUTSIDE: 3})


def test_a_link_to_a_folder_whose_name_begins_like_the_root_is_skipped(root):
    put(root.parent / "root-of-another" / "b.jpg")
    (root / "pop").symlink_to(root.parent / "root-of-another")
    assert (paths(root), skipped(root)) == (["jazz/a.jpg"], {folder.OUTSIDE: 1})


def test_a_link_to_a_cover_inside_the_root_is_a_cover(root):
    put(root / "pop" / "b.jpg")
    (root / "jazz" / "b.jpg").symlink_to("../pop/b.jpg")
    assert paths(root) == ["jazz/a.jpg", "jazz/b.jpg", "pop/b.jpg"]


def test_looping_and_broken_links_are_skipped(root):
    (root / "jazz" / "up").symlink_to("..")
    (root / "jazz" / "self.jpg").symlink_to("self.jpg")
    (root / "jazz" / "gone.jpg").symlink_to("gone-for-ever.jpg")
    assert (paths(root), skipped(root)) == (["jazz/a.jpg"], {folder.LINK: 3})


def test_the_root_may_be_a_link(root):
    (root.parent / "link").symlink_to(root)
    assert paths(root.parent / "link") == ["jazz/a.jpg"]


def test_a_pipe_named_like_an_image_is_not_opened(root):
    os.mkfifo(root / "jazz" / "pipe.jpg")
    assert (paths(root), skipped(root)) == (["jazz/a.jpg"], {folder.NOT_AN_IMAGE: 1})


@pytest.mark.skipif(os.geteuid() == 0, reason="a closed folder is open to root")
def test_a_folder_that_cannot_be_opened_is_skipped(root):
    put(root / "pop" / "b.jpg")
    (root / "pop").chmod(0)
    try:
        assert (paths(root), skipped(root)) == (["jazz/a.jpg"], {folder.CLOSED: 1})
    finally:
        (root / "pop").chmod(0o700)


def test_skipped_files_are_listed(root):
    put(root / "jazz" / "notes.txt")
    put(root / "loose.jpg")
    assert skipped(root).names == {folder.NOT_AN_IMAGE: ["jazz/notes.txt"], folder.NO_GENRE: ["loose.jpg"]}


def test_a_disk_error_ends_the_search(root, monkeypatch):
    def fail(path):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "scandir", fail)
    with pytest.raises(BadDataset, match="can't be read just now"):
        find_covers(root)


def test_a_link_deleted_during_the_search_is_skipped(tmp_path, monkeypatch):
    cover = tmp_path / "jazz" / "a.jpg"
    cover.parent.mkdir()
    cover.symlink_to("b.jpg")
    realpath = os.path.realpath

    def gone(path):
        if str(path).endswith(".jpg"):
            raise FileNotFoundError(path)
        return realpath(path)

    monkeypatch.setattr("os.path.realpath", gone)
    assert find_covers(tmp_path)[1] == {folder.LINK: 1}
