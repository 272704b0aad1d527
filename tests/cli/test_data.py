import pytest
from drawing import genre_folders
from tiny import tiny_weights


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
