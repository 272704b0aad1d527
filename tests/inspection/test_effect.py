from dataclasses import replace

import pytest
from drawing import genre_folders
from tiny import tiny_recipe

from covergenre.audit import audit_dataset
from covergenre.dataset.registry import register
from covergenre.errors import BadDataset
from covergenre.inspection import inspection
from covergenre.inspection.effect import measure_effect
from covergenre.repair.repair import exclude, relabel, repaired


@pytest.fixture
def dataset(tmp_path, monkeypatch):
    """Two genres whose looks differ; most of the second stands under the first."""
    root = genre_folders(tmp_path / "covers", ("jazz", "rap"), 24)
    for number in range(18):
        (root / "rap" / f"{number:03}.jpg").rename(root / "jazz" / f"rap{number:03}.jpg")
    monkeypatch.setattr(inspection, "RECIPES", (tiny_recipe(tmp_path),))
    return register("mine", root)[0]


@pytest.fixture
def inspected(dataset):
    return inspection.inspect_dataset(dataset)


def test_corrected_labels_improve_a_method_on_the_same_covers(dataset, inspected):
    wrong = [path for path in dataset.manifest["path"] if "rap" in path]
    effect = measure_effect(inspected, repaired(dataset.manifest, relabel(wrong, "rap")))
    assert effect.after.value > effect.before.value
    assert effect.covers == (inspected.split.parts == "test").sum()


def test_excluded_covers_are_not_evaluated(dataset, inspected):
    test = inspected.split.parts[inspected.split.parts == "test"].index.tolist()
    effect = measure_effect(inspected, repaired(dataset.manifest, exclude(test[:3], "blank")))
    assert effect.covers == len(test) - 3


def test_covers_with_a_copy_in_training_are_not_evaluated(dataset, inspected):
    parts = inspected.split.parts.copy()
    tested, trained = (parts[parts == part].index[0] for part in ("test", "train"))
    copy = dataset.manifest.set_index("path").loc[tested, ["content_hash", "phash"]]
    manifest = dataset.manifest.set_index("path")
    manifest.loc[trained, ["content_hash", "phash"]] = copy
    leaking = replace(dataset, manifest=manifest.reset_index()[list(dataset.manifest.columns)])
    report = audit_dataset(leaking, inspected.split)
    assert tested in set(report.flagged("leakage")["path"])
    effect = measure_effect(replace(inspected, audit=report), dataset.manifest)
    assert effect.covers < (parts == "test").sum()


def test_missing_covers_or_vectors_are_an_error(dataset, inspected, monkeypatch):
    with pytest.raises(BadDataset, match="too few"):
        measure_effect(inspected, repaired(dataset.manifest, exclude(dataset.manifest["path"], "x")))
    monkeypatch.setattr(inspection, "RECIPES", (replace(inspection.RECIPES[0], limit=20),))
    with pytest.raises(BadDataset, match="no vectors"):
        measure_effect(inspected, dataset.manifest)
