import pyarrow.dataset as parquet
from drawing import genre_folders

from covergenre.inspection import inspection


def test_a_folder_becomes_rows_and_a_second_run_costs_nothing(covergenre, tmp_path):
    folder = genre_folders(tmp_path / "covers", ["jazz"], 3)
    first = covergenre("process", folder, tmp_path / "rows", "--steps", "look, thumbnails", "--json")
    (said,) = first.lines
    assert (first.code, said["done"], said["reused"]) == (0, 3, 0)
    table = parquet.dataset(said["folder"], format="parquet", exclude_invalid_files=True).to_table()
    assert sorted(table["path"].to_pylist()) == ["jazz/000.jpg", "jazz/001.jpg", "jazz/002.jpg"]
    assert "3 were done before" in covergenre("process", folder, tmp_path / "rows", "--steps", "look,thumbnails").out


def test_a_bad_cover_is_named_with_its_reason(covergenre, tmp_path):
    folder = genre_folders(tmp_path / "covers", ["jazz"], 1)
    (folder / "jazz" / "bad.jpg").write_bytes(b"no picture")
    said = covergenre("process", folder, tmp_path / "rows", "--steps", "look")
    assert said.code == 1
    assert "jazz/bad.jpg: " in said.err


def test_an_unknown_step_is_refused(covergenre, tmp_path):
    assert "choose from look" in covergenre("process", tmp_path, tmp_path / "rows", "--steps", "dance").err


def test_without_ray_a_scan_on_it_says_what_to_install(covergenre, tmp_path, absent):
    absent("ray")
    folder = genre_folders(tmp_path / "covers", ["jazz"], 1)
    assert "pip install ray" in covergenre("scan", folder, "--name", "mine", "--on", "ray").err


def test_an_index_is_made_and_its_recall_told(covergenre, dataset, recipe, monkeypatch):
    monkeypatch.setattr(inspection, "RECIPES", (recipe,))
    (said,) = covergenre("index", "drawn", "--json").lines
    assert said["vectors"] == 60
    assert 0.9 < said["recall"] <= 1
    assert "finds" in covergenre("index", "drawn").out
