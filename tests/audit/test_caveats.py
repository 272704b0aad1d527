from dataclasses import replace

import pytest
from drawing import genre_folders
from PIL import Image

from covergenre.audit import audit_dataset
from covergenre.audit.caveats import read_caveats
from covergenre.dataset.registry import register


@pytest.fixture
def dataset(tmp_path):
    """Rap comes in small pictures, jazz in large ones; one jazz cover is there twice."""
    root = genre_folders(tmp_path / "covers", ("jazz", "rap"), 12)
    for file in root.glob("rap/*"):
        Image.open(file).resize((80, 80)).save(file)
    first = min(root.glob("jazz/*"))
    first.with_name("again.jpg").write_bytes(first.read_bytes())
    return register("mine", root)[0]


def test_an_audit_stores_what_matters_for_training(dataset):
    assert read_caveats(dataset) is None
    audit_dataset(dataset)
    facts = read_caveats(dataset)
    assert facts.cues["rap"]["resolution"] > 0.8
    assert facts.side == min(dataset.manifest[["width", "height"]].max(axis=1))
    assert facts.flagged["exact duplicates"] == {"jazz": 2}
    assert "wrong labels" not in facts.flagged


def test_caveats_of_other_covers_are_ignored(dataset):
    audit_dataset(dataset)
    assert read_caveats(replace(dataset, manifest=dataset.manifest[1:])) is None


def test_a_damaged_file_is_ignored(dataset):
    audit_dataset(dataset)
    (dataset.folder / "audit" / "facts.json").write_text("[]")
    assert read_caveats(dataset) is None
