import pytest
from drawing import genre_folders

from covergenre.audit import audit_dataset
from covergenre.audit.inspection import Inspection
from covergenre.collection.filters import Filters
from covergenre.collection.sources import dataset_collection
from covergenre.dataset.registry import register
from pages.explore.filters import Query
from pages.explore.gallery import notes


@pytest.fixture
def covers(tmp_path):
    """A good cover, one that is there twice, and a torn file."""
    root = genre_folders(tmp_path / "covers", ("jazz",), 2)
    (root / "jazz" / "copy.jpg").write_bytes((root / "jazz" / "000.jpg").read_bytes())
    (root / "jazz" / "torn.jpg").write_bytes(b"\xff\xd8\xff torn")
    dataset = register("mine", root)[0]
    return dataset_collection(dataset, Inspection(dataset, audit_dataset(dataset), None, None))


def test_a_tile_shows_its_score_or_unusual_state(covers):
    rows = list(range(len(covers)))
    assert notes(covers, rows, Query(Filters())) == {covers.row_of("jazz/torn.jpg"): "unreadable"}
    assert notes(covers, rows, Query(Filters(issue="exact duplicates")))[covers.row_of("jazz/copy.jpg")] == "1.00"
