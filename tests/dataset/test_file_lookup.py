import shutil

import pytest
from drawing import cover, genre_folders

from covergenre import home
from covergenre.dataset.file_lookup import find_files
from covergenre.dataset.registry import register, remove


@pytest.fixture
def root(tmp_path):
    return genre_folders(tmp_path / "covers", ("jazz", "rap"), 2)


def test_a_picture_is_found_by_its_pixels(root):
    dataset, _ = register("mine", root)
    for path, key in zip(dataset.manifest["path"], dataset.manifest["content_hash"], strict=True):
        assert find_files([key])[0] == root / path


def test_a_picture_that_no_data_set_has_is_not_found(root):
    register("mine", root)
    assert find_files(["0" * 32])[0] is None


def test_what_is_added_and_removed_later_is_seen(root):
    dataset, _ = register("mine", root)
    key = dataset.manifest["content_hash"].iloc[0]
    assert find_files([key])[0]
    remove("mine")
    assert find_files([key])[0] is None
    register("again", root)
    assert find_files([key])[0]


def test_a_file_that_has_gone_is_not_found(root):
    dataset, _ = register("mine", root)
    shutil.rmtree(root / "jazz")
    assert find_files([dataset.manifest["content_hash"].iloc[0]])[0] is None


def test_a_damaged_data_set_hides_no_other(root, tmp_path):
    register("broken", genre_folders(tmp_path / "more", ("disco",), 1))
    dataset, _ = register("mine", root)
    (home.datasets() / "broken" / "manifest.csv").write_text("path\n")
    assert find_files([dataset.manifest["content_hash"].iloc[0]])[0]


def test_a_path_that_leads_out_of_its_root_is_not_followed(root, tmp_path):
    outside = tmp_path / "secret.jpg"
    cover("edm", 1).save(outside)
    dataset, _ = register("mine", root)
    victim = root / "jazz" / "000.jpg"
    victim.unlink()
    victim.symlink_to(outside)
    assert find_files([dataset.manifest["content_hash"].iloc[0]])[0] is None
