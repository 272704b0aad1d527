import shutil

import pandas as pd
import pytest
from drawing import genre_folders

from covergenre.audit import audit_dataset
from covergenre.audit.inspection import Inspection
from covergenre.collection.collection import Collection
from covergenre.collection.filters import Filters
from covergenre.collection.sources import dataset_collection
from covergenre.dataset.registry import register
from covergenre.dataset.split import Split
from covergenre.repair.repair import apply, exclude


@pytest.fixture
def dataset(tmp_path):
    """Two sources; one picture stands twice in jazz; one file of rap is torn; of one cover the artist is known."""
    root = genre_folders(tmp_path / "covers" / "discogs", ("jazz", "rap"), 4).parent
    genre_folders(root / "spotify", ("pop",), 2)
    shutil.copy(root / "discogs" / "jazz" / "000.jpg", root / "discogs" / "jazz" / "copy.jpg")
    (root / "discogs" / "rap" / "torn.jpg").write_bytes(b"\xff\xd8\xff torn")
    (root / "manifest.csv").write_text("path,artist,album\ndiscogs/jazz/001.jpg,Ada Lane,Blue Hours\n")
    return register("mine", root)[0]


@pytest.fixture
def covers(dataset):
    parts = pd.Series({"discogs/jazz/001.jpg": "train", "discogs/rap/001.jpg": "test"})
    split = Split("honest", 42, parts, parts)
    return dataset_collection(dataset, Inspection(dataset, audit_dataset(dataset), split, None))


def paths(covers: Collection, text: str = "", **wanted) -> list[str]:
    return [covers.paths[row].removeprefix("discogs/") for row in covers.find(Filters(**wanted), text)]


def test_all_covers_are_sorted_by_path_including_unreadable_ones(covers):
    assert paths(covers)[:5] == ["jazz/000.jpg", "jazz/001.jpg", "jazz/002.jpg", "jazz/003.jpg", "jazz/copy.jpg"]
    assert len(paths(covers)) == len(covers) == 12


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"genres": ("jazz",)}, 5),
        ({"sources": ("spotify",)}, 2),
        ({"parts": ("train", "test")}, 2),
        ({"states": ("unreadable",)}, 1),
        ({"text": "JAZZ 00"}, 4),
        ({"text": "blue lane"}, 1),
        ({"issue": "exact duplicates"}, 2),
        ({"picked": frozenset({"spotify/pop/000.jpg", "gone.jpg"})}, 1),
        ({"genres": ("rap",), "sources": ("discogs",), "states": ("usable",)}, 4),
        ({"genres": ("edm",)}, 0),
        ({"issue": "no such issue"}, 0),
    ],
)
def test_covers_must_pass_every_filter(covers, wanted, count):
    assert len(paths(covers, **wanted)) == count


def test_excluded_covers_are_shown_only_on_request(dataset):
    covers = dataset_collection(apply(dataset, exclude(["discogs/jazz/000.jpg"], "by hand")))
    assert len(paths(covers)) == 11
    assert paths(covers, states=("left out",)) == ["jazz/000.jpg"]


def test_the_worst_come_first_and_covers_without_a_score_last(covers):
    rows = covers.find(order="low information")
    scores = covers.findings.scores("low information")[rows]
    assert list(scores[:-1]) == sorted(scores[:-1], reverse=True)
    assert covers.paths[rows[-1]] == "discogs/rap/torn.jpg"


def test_the_findings_of_a_cover_come_with_its_group(covers):
    path = "discogs/jazz/copy.jpg"
    assert "exact duplicates" in [finding.issue for finding in covers.findings.of(path)]
    assert covers.findings.group(path, "exact duplicates") == ("discogs/jazz/000.jpg", "discogs/jazz/copy.jpg")
    assert covers.findings.has_groups("exact duplicates")
    assert not covers.findings.has_groups("dark")


def test_a_group_of_one_remaining_cover_is_dropped(dataset):
    report = audit_dataset(dataset)
    after = apply(dataset, exclude(["discogs/jazz/copy.jpg"], "a copy"))
    covers = dataset_collection(after, Inspection(dataset, report, None, None))
    assert covers.findings.groups("exact duplicates") == ()


def test_without_an_audit_there_are_no_findings(dataset):
    covers = dataset_collection(dataset)
    assert covers.findings is None
    assert len(paths(covers, issue="dark")) == 0


def test_the_title_is_artist_and_album_or_else_the_file_name(covers):
    assert covers.title(covers.row_of("discogs/jazz/001.jpg")) == "Ada Lane – Blue Hours"
    assert covers.title(covers.row_of("discogs/jazz/copy.jpg")) == "copy.jpg"
