import shutil

import numpy as np
import pytest
from drawing import cover, genre_folders

from covergenre import home
from covergenre.dataset.file_lookup import KEY, HashIndex, find_files
from covergenre.dataset.registry import register, remove


@pytest.fixture
def root(tmp_path):
    return genre_folders(tmp_path / "covers", ("jazz", "rap"), 2)


def test_a_picture_is_found_by_its_pixels(root):
    dataset, _ = register("mine", root)
    for path, key in zip(dataset.manifest["path"], dataset.manifest["content_hash"], strict=True):
        assert find_files([key])[0] == root / path


def test_an_unknown_picture_is_not_found(root):
    register("mine", root)
    assert find_files(["0" * 32])[0] is None


def test_registering_and_removing_a_data_set_takes_effect(root):
    dataset, _ = register("mine", root)
    key = dataset.manifest["content_hash"].iloc[0]
    assert find_files([key])[0]
    remove("mine")
    assert find_files([key])[0] is None
    register("again", root)
    assert find_files([key])[0]


def test_a_deleted_file_is_not_found(root):
    dataset, _ = register("mine", root)
    shutil.rmtree(root / "jazz")
    assert find_files([dataset.manifest["content_hash"].iloc[0]])[0] is None


def test_a_damaged_data_set_does_not_hide_others(root, tmp_path):
    register("broken", genre_folders(tmp_path / "more", ("disco",), 1))
    dataset, _ = register("mine", root)
    (home.datasets() / "broken" / "manifest.csv").write_text("path\n")
    assert find_files([dataset.manifest["content_hash"].iloc[0]])[0]


def test_a_link_out_of_the_root_is_not_followed(root, tmp_path):
    outside = tmp_path / "secret.jpg"
    cover("edm", 1).save(outside)
    dataset, _ = register("mine", root)
    victim = root / "jazz" / "000.jpg"
    victim.unlink()
    victim.symlink_to(outside)
    assert find_files([dataset.manifest["content_hash"].iloc[0]])[0] is None


HASHES = [f"{row * 7919:032x}"[::-1] for row in range(1, 50)]


def test_a_hash_is_found_by_all_of_its_digits_and_by_the_first_ones():
    known = HashIndex(HASHES)
    assert known.find(HASHES) == list(range(49))
    assert known.find([content_hash[:KEY] for content_hash in HASHES]) == list(range(49))


def test_the_first_of_equal_hashes_is_found():
    assert HashIndex([*HASHES, HASHES[3]]).find([HASHES[3]]) == [3]
    assert HashIndex([*HASHES, HASHES[3]], np.array([2, 10, 49])).find([HASHES[3], HASHES[2], HASHES[4]]) == [
        49,
        2,
        None,
    ]


def test_unknown_shortened_and_similar_hashes_are_not_found():
    other = HASHES[0][:KEY] + "f" * 16
    assert HashIndex(HASHES).find(["f" * 32, HASHES[0][:8], "", other]) == [None] * 4


def test_an_empty_index_or_query_finds_nothing():
    assert HashIndex([]).find(HASHES[:2]) == [None, None]
    assert HashIndex(HASHES).find([]) == []
