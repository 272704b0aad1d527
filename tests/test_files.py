import errno
import os
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from covergenre.files import is_full, publish_folder, replace_arrays, replace_text, where_allowed


@pytest.mark.parametrize(("free", "full"), [(0, True), (2**20, True), (2**30, False)])
def test_a_nearly_full_disk_counts_as_full(tmp_path, monkeypatch, free, full):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=free))
    assert is_full(tmp_path) == full


def test_text_is_stored_byte_for_byte(tmp_path):
    replace_text(tmp_path / "a.txt", "é\r\n\n\0")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa9\r\n\n\0"


def test_a_text_that_cannot_be_written_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    replace_text(tmp_path / "a.txt", "old")
    with pytest.raises(UnicodeEncodeError):
        replace_text(tmp_path / "a.txt", "\udcff")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a.txt", "old")]


def test_a_reader_never_sees_half_a_file_while_others_write(tmp_path):
    file, texts = tmp_path / "a.txt", {letter * 200_000 for letter in "abc"}
    replace_text(file, min(texts))
    writers = [
        threading.Thread(target=lambda text=text: [replace_text(file, text) for _ in range(20)]) for text in texts
    ]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert file.read_text() in texts
    assert len(list(tmp_path.iterdir())) == 1


def test_arrays_survive_a_round_trip(tmp_path):
    replace_arrays(tmp_path / "a.npz", one=np.arange(3), two=np.array(["x"]))
    with np.load(tmp_path / "a.npz", allow_pickle=False) as stored:
        assert (stored["one"].tolist(), stored["two"].tolist()) == ([0, 1, 2], ["x"])
    assert [file.name for file in tmp_path.iterdir()] == ["a.npz"]


def test_written_files_are_synced_before_they_appear(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr("os.fsync", lambda number: synced.append(number))
    replace_text(tmp_path / "a.txt", "a")
    (tmp_path / "staged" / "deep").mkdir(parents=True)
    (tmp_path / "staged" / "deep" / "b.txt").write_text("b")
    publish_folder(tmp_path / "staged", tmp_path / "whole")
    assert len(synced) == 2
    assert (tmp_path / "whole" / "deep" / "b.txt").read_text() == "b"


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_read_only_folder_is_left_as_it_is(number):
    with where_allowed():
        raise OSError(number, os.strerror(number))


def test_a_full_disk_is_not_ignored():
    with pytest.raises(OSError, match="No space"), where_allowed():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
