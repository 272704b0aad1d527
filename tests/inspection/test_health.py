import shutil

import pytest
from drawing import genre_folders

from covergenre.audit import audit_dataset
from covergenre.audit.inspection import Inspection
from covergenre.dataset.registry import register
from covergenre.inspection.proposal import health
from covergenre.repair.repair import exclude, repaired


@pytest.fixture
def inspected(tmp_path):
    """Ten covers, one of them twice in its genre."""
    root = genre_folders(tmp_path / "covers", ("jazz", "rap"), 5)
    shutil.copy(root / "jazz" / "001.jpg", root / "jazz" / "copy.jpg")
    dataset = register("mine", root)[0]
    return Inspection(dataset, audit_dataset(dataset), None, None)


def test_health_is_the_share_without_a_grave_defect(inspected):
    assert health(inspected, inspected.dataset.manifest) == pytest.approx(1 - 1 / 11)


def test_health_is_complete_once_the_copy_is_excluded(inspected):
    after = repaired(inspected.dataset.manifest, exclude(["jazz/copy.jpg"], "a copy"))
    assert health(inspected, after) == 1
