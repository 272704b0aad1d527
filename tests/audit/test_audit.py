import itertools
import shutil

import numpy as np
import pandas as pd
import pytest
from drawing import cover, genre_folders
from PIL import Image, ImageFilter

from covergenre.audit import ISSUES, audit_dataset
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import register
from covergenre.dataset.split import split_of
from covergenre.errors import BadDataset, Cancelled, CoverGenreError
from covergenre.progress import Monitor


@pytest.fixture
def root(tmp_path):
    """Sound covers, and one file for each of many defects."""
    root = genre_folders(tmp_path / "covers", ("jazz", "pop"), 30)
    (root / "jazz" / "broken.jpg").write_bytes(b"no picture")
    Image.new("RGB", (96, 96), "olive").save(root / "jazz" / "blank.png")
    cover("jazz", 100).filter(ImageFilter.GaussianBlur(6)).save(root / "jazz" / "blurred.jpg")
    cover("jazz", 101, side=300).save(root / "jazz" / "large.jpg")
    shutil.copy(root / "jazz" / "000.jpg", root / "jazz" / "copy.jpg")
    Image.open(root / "jazz" / "001.jpg").save(root / "jazz" / "recompressed.jpg", quality=40)
    shutil.copy(root / "jazz" / "002.jpg", root / "pop" / "two-genres.jpg")
    return root


@pytest.fixture
def dataset(root):
    return register("mine", root)[0]


@pytest.fixture
def vectors(dataset):
    """Each cover as 8 x 8 pixels: a simple network's view."""
    files = (dataset.root / path for path in usable(dataset.manifest)["path"])
    pixels = [np.asarray(Image.open(file).convert("RGB").resize((8, 8)), np.float32).ravel() for file in files]
    return np.stack(pixels)


def found(report, issue):
    return {path.rpartition("/")[2] for path in report.flagged(issue)["path"]}


def test_each_planted_defect_is_found(dataset, vectors):
    report = audit_dataset(dataset, vectors=vectors)
    assert found(report, "unreadable") == {"broken.jpg"}
    assert found(report, "blank") == {"blank.png"}
    assert found(report, "mixed formats") == {"blank.png"}
    assert found(report, "blurry") == {"blurred.jpg"}
    assert found(report, "odd size") == {"large.jpg"}
    assert found(report, "exact duplicates") == {"000.jpg", "copy.jpg", "002.jpg", "two-genres.jpg"}
    assert {"001.jpg", "recompressed.jpg"} <= found(report, "near duplicates")
    assert ("jazz/002.jpg", "pop/two-genres.jpg") in report.groups("contradicting labels")


def test_without_split_and_vectors_the_issues_that_need_them_are_skipped(dataset):
    report = audit_dataset(dataset)
    assert set(report.skipped) == {"leakage", "wrong labels", "outliers"}
    assert found(report, "near duplicates") >= {"001.jpg", "recompressed.jpg"}
    assert report.likely.empty


def test_with_split_and_vectors_every_issue_is_judged(dataset, vectors):
    report = audit_dataset(dataset, split_of(dataset), vectors)
    assert report.skipped == {}
    assert report.summary["issue"].tolist() == [issue.name for issue in ISSUES]
    assert set(report.findings["issue"]) <= {issue.name for issue in ISSUES}
    assert report.findings["score"].between(0, 1).all()
    assert not report.findings.duplicated(["issue", "path"]).any()
    assert (report.findings.loc[report.findings["flagged"], "detail"] != "").all()
    assert report.likely["path"].tolist() == usable(dataset.manifest)["path"].tolist()


def test_leakage_is_found_in_the_given_split(dataset):
    split = split_of(dataset)
    split.parts["jazz/000.jpg"], split.parts["jazz/copy.jpg"] = "train", "test"
    assert {"000.jpg", "copy.jpg"} <= found(audit_dataset(dataset, split), "leakage")


def test_shares_are_relative_to_the_covers_that_are_not_excluded(dataset):
    manifest = dataset.manifest.copy()
    manifest.loc[manifest["path"].str.startswith("pop/0"), "excluded"] = "a back cover"
    report = audit_dataset(type(dataset)("mine", dataset.root, dataset.folder, manifest))
    assert report.covers == len(manifest) - 30
    assert report.summary.set_index("issue").loc["unreadable", "share"] == pytest.approx(1 / report.covers)
    assert not report.findings["path"].str.startswith("pop/0").any()


def test_a_second_audit_opens_no_cover_and_finds_the_same(dataset, vectors):
    first = audit_dataset(dataset, split_of(dataset), vectors)
    shutil.rmtree(dataset.root)
    again = audit_dataset(dataset, split_of(dataset), vectors)
    pd.testing.assert_frame_equal(first.findings, again.findings)
    pd.testing.assert_frame_equal(first.likely, again.likely)


def test_only_new_covers_are_measured(dataset):
    audit_dataset(dataset)
    for number in range(3):
        cover("pop", 200 + number).save(dataset.root / "pop" / f"new{number}.jpg")
    steps = []
    audit_dataset(register("mine", dataset.root)[0], monitor=Monitor(steps.append))
    assert {step.total for step in steps if step.what == "measuring covers"} == {3}


def test_thresholds_can_be_changed_and_are_in_the_report(dataset):
    report = audit_dataset(dataset, thresholds={"blurry": 1.0})
    assert found(report, "blurry") == set()
    assert report.thresholds["blurry"] == 1.0


def test_a_cover_deleted_since_the_scan_is_unreadable(dataset):
    (dataset.root / "pop" / "005.jpg").unlink()
    assert found(audit_dataset(dataset), "unreadable") == {"broken.jpg", "005.jpg"}


def test_a_data_set_of_broken_files_has_a_report(tmp_path):
    (tmp_path / "covers" / "jazz").mkdir(parents=True)
    (tmp_path / "covers" / "jazz" / "broken.jpg").write_bytes(b"no picture")
    report = audit_dataset(register("broken", tmp_path / "covers")[0])
    assert (report.covers, len(report.findings)) == (1, 1)


def test_with_one_genre_the_issues_that_compare_genres_are_skipped(tmp_path):
    dataset, _ = register("one", genre_folders(tmp_path / "covers", ["jazz"], 3))
    assert set(audit_dataset(dataset).skipped) == {
        "leakage",
        "class imbalance",
        "spurious cues",
        "wrong labels",
        "outliers",
    }


def test_vectors_of_fewer_than_50_covers_are_not_used(tmp_path):
    dataset, _ = register("few", genre_folders(tmp_path / "covers", ["jazz", "pop"], 5))
    report = audit_dataset(dataset, vectors=np.ones((10, 4), np.float32))
    assert "fewer than 50" in report.skipped["wrong labels"]


def test_a_data_set_with_every_cover_excluded_is_an_error(dataset):
    manifest = dataset.manifest.assign(excluded="all of it")
    with pytest.raises(BadDataset, match="no cover left"):
        audit_dataset(type(dataset)("mine", dataset.root, dataset.folder, manifest))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda vectors: vectors[1:],
        lambda vectors: vectors[0],
        lambda vectors: vectors.astype(np.float64),
        lambda vectors: np.where(vectors > 250, np.float32("nan"), vectors),
    ],
)
def test_invalid_vectors_are_refused(dataset, vectors, spoil):
    with pytest.raises(CoverGenreError, match="expected one finite float32 vector"):
        audit_dataset(dataset, vectors=spoil(vectors))


def test_a_stopped_audit_keeps_its_measurements(dataset, vectors):
    calls = itertools.count()
    with pytest.raises(Cancelled):
        audit_dataset(dataset, vectors=vectors, monitor=Monitor(should_stop=lambda: next(calls) > 2))
    steps = []
    assert audit_dataset(dataset, vectors=vectors, monitor=Monitor(steps.append)).covers == len(dataset.manifest)
    assert max(step.total for step in steps if step.what == "measuring covers") < len(vectors)


@pytest.mark.covers
def test_on_real_covers_copies_and_the_low_resolution_of_black_metal_are_found(real_scan, covers, tmp_path):
    from covergenre.dataset.registry import Dataset

    sources = real_scan.manifest["source"].isin(["discogs", "metal_archives"])
    manifest = real_scan.manifest[sources].groupby("genre").head(60).reset_index(drop=True)
    report = audit_dataset(Dataset("real", covers, tmp_path, manifest))
    auc = report.cue_genres.set_index(["cue", "genre"])["auc"]
    assert auc["resolution", "black metal"] > 0.95
    assert len(found(report, "contradicting labels")) > 0
    assert found(report, "unreadable") == set()
