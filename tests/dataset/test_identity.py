from drawing import genre_folders

from covergenre.dataset.identity import id_of, name_of
from covergenre.dataset.registry import register, remove, rename


def test_an_id_survives_a_rename(tmp_path):
    dataset, _ = register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 2))
    rename("mine", "ours")
    assert id_of("ours") == dataset.id != ""
    assert name_of(dataset.id, "mine") == "ours"


def test_a_new_data_set_of_the_same_name_has_another_id(tmp_path):
    root = genre_folders(tmp_path / "covers", ("jazz", "rap"), 2)
    before = register("mine", root)[0].id
    remove("mine")
    assert register("mine", root)[0].id != before


def test_a_removed_data_set_keeps_its_name(tmp_path):
    assert name_of("0123", "mine") == "mine"
    assert id_of("mine") == id_of("..") == ""
