import pytest
from drawing import genre_folders
from finished import answers, finished
from tiny import tiny_weights

from covergenre.dataset.registry import names


@pytest.fixture
def root(tmp_path):
    return genre_folders(tmp_path / "my covers", ("jazz", "rap"), 4)


def test_scan_says_what_it_found(covergenre, root):
    (root / "notes.txt").write_text("nothing")
    (root / "jazz" / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n torn")
    (first,) = covergenre("scan", root, "--name", "mine", "--json").lines
    assert (first["covers"], first["usable"], first["genres"]) == (9, 8, {"jazz": 4, "rap": 4})
    assert first["passed_over"] == {"not an image": 1}
    assert (first["read"], first["reused"]) == (9, 0)


def test_scanning_again_reads_only_what_changed(covergenre, root):
    covergenre("scan", root, "--name", "mine")
    (root / "rap" / "000.jpg").unlink()
    (again,) = covergenre("scan", root, "--name", "mine", "--json").lines
    assert (again["read"], again["reused"]) == (0, 7)


def test_scan_prints_a_table_for_people(covergenre, root):
    said = covergenre("scan", root, "--name", "mine")
    assert said.code == 0
    assert "mine: 8 covers that can be used, 0 that can't" in said.out


@pytest.mark.parametrize("name", ["starter", "../up", "Two Words", ""])
def test_a_name_that_cannot_be_had_is_refused(covergenre, root, name):
    said = covergenre("scan", root, "--name", name)
    assert said.code == 1
    assert said.err.count("\n") == 1


def test_embed_computes_the_vectors_once(covergenre, root, tmp_path):
    covergenre("scan", root, "--name", "mine")
    options = ("--backbone", "timm:test_resnet", "--features", "pooled", "--weights", tiny_weights(tmp_path))
    (answer,) = covergenre("embed", "mine", *options, "--variants", "flip,gray", "--json").lines
    assert answer["variants"] == {"flip": 8, "gray": 8}
    assert answer["width"] == 96


@pytest.mark.parametrize("options", [["--backbone", "vgg"], ["--features", "all"], ["--variants", "upside down"]])
def test_embed_names_what_there_is_not(covergenre, root, options):
    covergenre("scan", root, "--name", "mine")
    said = covergenre("embed", "mine", *options)
    assert said.code == 1
    assert "choose" in said.err


def test_a_data_set_is_renamed(covergenre, root):
    covergenre("scan", root, "--name", "mine")
    assert covergenre("rename", "mine", "ours").code == 0
    assert covergenre("scan", root, "--name", "ours", "--json").lines[0]["reused"] == 8


def test_a_data_set_is_forgotten_only_when_that_is_confirmed(covergenre, root):
    covergenre("scan", root, "--name", "mine")
    run = finished([0, 1, 2], answers([0, 1, 2]))
    asked = covergenre("remove", "mine")
    assert asked.code != 0
    assert f"1 run can't answer without mine: {run.id}" in asked.out
    assert names() == ("mine",)
    assert covergenre("remove", "mine", "--yes").code == 0
    assert names() == ()
    assert "there is no data set 'mine'" in covergenre("remove", "mine", "--yes").err
