import os

import pytest

from covergenre.dataset.starter import open_starter
from covergenre.digests import FILE, changed_files, write_digests
from covergenre.errors import BadRun


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "card.json").write_text("{}")
    (tmp_path / "large.bin").write_bytes(bytes(1000))
    write_digests(tmp_path, ["large.bin"], tmp_path / "card.json")
    return tmp_path


def changed(folder):
    return changed_files(folder, folder / "card.json")


def test_unchanged_files_match(folder):
    assert changed(folder) == []


def test_one_changed_bit_is_detected(folder):
    (folder / "large.bin").write_bytes(bytes(500) + b"\1" + bytes(499))
    os.utime(folder / "large.bin", ns=(0, 0))
    assert changed(folder) == ["large.bin"]


def test_a_missing_file_is_reported(folder):
    (folder / "large.bin").unlink()
    assert changed(folder) == ["large.bin"]


def test_unknown_and_missing_digests_are_ignored(folder):
    (folder / "large.bin").write_bytes(b"new")
    (folder / "card.json").write_text('{"made": "anew"}')
    assert changed(folder) == []
    (folder / FILE).unlink()
    assert changed(folder) == []


def test_a_folder_has_changed_if_one_of_its_files_has(folder):
    write_digests(folder, ["card.json", "large.bin"], folder / "card.json")
    (folder / "card.json").write_text('{"made": "anew"}')
    assert changed(folder) == ["card.json"]


def test_a_starter_with_a_changed_network_refuses_to_predict(starter):
    network = starter / "network.bin"
    data = bytearray(network.read_bytes())
    data[len(data) // 2] ^= 1
    network.write_bytes(data)
    with pytest.raises(BadRun, match=r"network\.bin changed since it was built"):
        open_starter(starter)
