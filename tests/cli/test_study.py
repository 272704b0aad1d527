import pytest
from drawing import genre_folders
from tiny import tiny_weights


@pytest.fixture
def study(covergenre, tmp_path):
    covergenre("scan", genre_folders(tmp_path / "covers", ("jazz", "rap"), 10), "--name", "mine")
    options = ("--backbone", "timm:test_resnet", "--features", "pooled", "--weights", tiny_weights(tmp_path), "--quick")
    return lambda *more: covergenre("study", "mine", *options, *more)


def test_a_study_prints_one_object_per_point_with_the_published_value(study):
    points = study("--only", "ladder", "--json").lines
    assert [(point["method"], point["x"], point["published"]) for point in points] == [
        ("knn", 2, 0.947),
        ("logistic", 2, 0.964),
    ]
    assert points[0]["accuracy_low"] <= points[0]["accuracy"] <= points[0]["accuracy_high"]


def test_a_study_prints_tables_and_the_path_of_its_csv(study, own_home):
    result = study("--only", "ladder,k")
    assert "94.7 %" in result.out
    assert "k = 4" in result.out
    (table,) = (own_home / "studies").glob("*/table.csv")
    assert str(table) in result.out


def test_an_unknown_part_is_reported(study):
    result = study("--only", "ladders")
    assert (result.code, result.err.count("\n")) == (1, 1)
