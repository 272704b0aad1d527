import pyarrow.dataset as parquet
import pytest
from drawing import genre_folders
from finished_runs import finished_run, random_probabilities
from tiny import tiny_weights

from covergenre.dataset.registry import names
from covergenre.inspection import inspection


@pytest.fixture
def root(tmp_path):
    return genre_folders(tmp_path / "my covers", ("jazz", "rap"), 4)


def test_scan_prints_what_it_found(covergenre, root):
    (root / "notes.txt").write_text("nothing")
    (root / "jazz" / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n torn")
    (first,) = covergenre("scan", root, "--name", "mine", "--json").lines
    assert (first["covers"], first["usable"], first["genres"]) == (9, 8, {"jazz": 4, "rap": 4})
    assert first["passed_over"] == {"not an image": 1}
    assert (first["read"], first["reused"]) == (9, 0)


def test_rescanning_reads_only_changed_files(covergenre, root):
    covergenre("scan", root, "--name", "mine")
    (root / "rap" / "000.jpg").unlink()
    (again,) = covergenre("scan", root, "--name", "mine", "--json").lines
    assert (again["read"], again["reused"]) == (0, 7)


def test_scan_prints_a_table_by_default(covergenre, root):
    result = covergenre("scan", root, "--name", "mine")
    assert result.code == 0
    assert "mine: 8 usable covers, 0 unusable" in result.out


@pytest.mark.parametrize("name", ["starter", "../up", "Two Words", ""])
def test_an_unavailable_name_is_rejected(covergenre, root, name):
    result = covergenre("scan", root, "--name", name)
    assert result.code == 1
    assert result.err.count("\n") == 1


def test_embed_computes_the_vectors_once(covergenre, root, tmp_path):
    covergenre("scan", root, "--name", "mine")
    options = ("--backbone", "timm:test_resnet", "--features", "pooled", "--weights", tiny_weights(tmp_path))
    (answer,) = covergenre("embed", "mine", *options, "--variants", "flip,gray", "--json").lines
    assert answer["variants"] == {"flip": 8, "gray": 8}
    assert answer["width"] == 96


@pytest.mark.parametrize("options", [["--backbone", "vgg"], ["--features", "all"], ["--variants", "upside down"]])
def test_embed_reports_unknown_options(covergenre, root, options):
    covergenre("scan", root, "--name", "mine")
    result = covergenre("embed", "mine", *options)
    assert result.code == 1
    assert "choose" in result.err


def test_a_data_set_is_renamed(covergenre, root):
    covergenre("scan", root, "--name", "mine")
    assert covergenre("rename", "mine", "ours").code == 0
    assert covergenre("scan", root, "--name", "ours", "--json").lines[0]["reused"] == 8


@pytest.mark.parametrize("command", [("rename", "starter", "mine"), ("remove", "starter")])
def test_the_starter_is_neither_renamed_nor_removed(covergenre, starter, command):
    said = covergenre(*command)
    assert said.code == 1
    assert said.out == ""
    assert "comes with covergenre" in said.err


def test_removing_a_damaged_data_set_requires_confirmation_too(covergenre, root, own_home):
    covergenre("scan", root, "--name", "mine")
    (own_home / "datasets" / "mine" / "dataset.json").unlink()
    assert covergenre("remove", "mine").code == 1
    assert (own_home / "datasets" / "mine").is_dir()
    assert covergenre("remove", "mine", "--yes").code == 0
    assert not (own_home / "datasets" / "mine").exists()


def test_removing_a_data_set_requires_confirmation(covergenre, root):
    covergenre("scan", root, "--name", "mine")
    run = finished_run([0, 1, 2], random_probabilities([0, 1, 2]))
    asked = covergenre("remove", "mine")
    assert asked.code != 0
    assert f"1 run can't answer without mine: {run.id}" in asked.out
    assert names() == ("mine",)
    assert covergenre("remove", "mine", "--yes").code == 0
    assert names() == ()
    assert "there is no data set 'mine'" in covergenre("remove", "mine", "--yes").err


def test_a_folder_becomes_rows_and_a_second_run_reuses_them(covergenre, tmp_path):
    folder = genre_folders(tmp_path / "covers", ["jazz"], 3)
    first = covergenre("process", folder, tmp_path / "rows", "--steps", "look, thumbnails", "--json")
    (result,) = first.lines
    assert (first.code, result["done"], result["reused"]) == (0, 3, 0)
    table = parquet.dataset(result["folder"], format="parquet", exclude_invalid_files=True).to_table()
    assert sorted(table["path"].to_pylist()) == ["jazz/000.jpg", "jazz/001.jpg", "jazz/002.jpg"]
    assert "3 were done before" in covergenre("process", folder, tmp_path / "rows", "--steps", "look,thumbnails").out


def test_a_bad_cover_is_reported_with_the_reason(covergenre, tmp_path):
    folder = genre_folders(tmp_path / "covers", ["jazz"], 1)
    (folder / "jazz" / "bad.jpg").write_bytes(b"no picture")
    result = covergenre("process", folder, tmp_path / "rows", "--steps", "look")
    assert result.code == 1
    assert "jazz/bad.jpg: " in result.err


def test_an_unknown_step_is_rejected(covergenre, tmp_path):
    assert "choose from look" in covergenre("process", tmp_path, tmp_path / "rows", "--steps", "dance").err


def test_without_ray_a_scan_on_it_says_what_to_install(covergenre, tmp_path, hide_packages):
    hide_packages("ray")
    folder = genre_folders(tmp_path / "covers", ["jazz"], 1)
    assert "pip install ray" in covergenre("scan", folder, "--name", "mine", "--on", "ray").err


def test_an_index_is_built_and_its_recall_printed(covergenre, dataset, recipe, monkeypatch):
    monkeypatch.setattr(inspection, "RECIPES", (recipe,))
    (result,) = covergenre("index", "drawn", "--json").lines
    assert result["vectors"] == 60
    assert 0.9 < result["recall"] <= 1
    assert "finds" in covergenre("index", "drawn").out
