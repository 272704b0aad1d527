import csv
from pathlib import Path

import pytest

from covergenre.dataset.registry import Dataset, open_dataset, register
from covergenre.demo import build, build_demo
from covergenre.demo.build import plan
from covergenre.errors import BadDataset, Cancelled
from covergenre.progress import Monitor, Progress

FEW = plan()[::25]


@pytest.fixture(autouse=True)
def short_plan(monkeypatch):
    """All 640 covers take half a minute."""
    monkeypatch.setattr(build, "plan", lambda: FEW)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, list[Progress]]:
    """A home with the demo, and what was reported while it was drawn."""
    home, reports = tmp_path_factory.mktemp("demo"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERGENRE_HOME", str(home))
        patch.setattr(build, "plan", lambda: FEW)
        build_demo(Monitor(reports.append))
    return home, reports


@pytest.fixture
def demo(built, monkeypatch) -> Dataset:
    """The demo, in the home in which it was drawn."""
    monkeypatch.setenv("COVERGENRE_HOME", str(built[0]))
    return open_dataset("demo")


def rows(file) -> list[dict]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_demo_is_registered_with_every_planned_cover(built, demo):
    assert demo.root == built[0] / "demo"
    assert list(demo.manifest["path"]) == [cover.path for cover in FEW]


def test_artist_album_and_year_reach_the_manifest(demo):
    manifest = demo.manifest.set_index("path")
    cover = next(cover for cover in FEW if not cover.of)
    assert manifest.loc[cover.path, ["artist", "album", "year"]].tolist() == [
        cover.album.artist,
        cover.album.title,
        cover.album.year,
    ]


def test_planted_csv_names_every_defect_and_the_spurious_cue(demo):
    planted = rows(demo.root / "planted.csv")
    assert list(planted[0]) == ["path", "defect", "of", "detail"]
    assert [row["path"] for row in planted[:-1]] == [cover.path for cover in FEW if cover.defect]
    assert (planted[-1]["path"], planted[-1]["defect"]) == ("edm", "spurious cue")


def test_a_second_call_draws_nothing(demo):
    before = {file: file.stat().st_mtime_ns for file in demo.root.rglob("*.*")}
    assert build_demo().root == demo.root
    assert before == {file: file.stat().st_mtime_ns for file in demo.root.rglob("*.*")}


def test_progress_counts_every_cover(built):
    drawn = [progress.done for progress in built[1] if progress.what == "covers drawn"]
    assert drawn == list(range(len(FEW) + 1))


def test_a_stopped_demo_leaves_nothing_behind(own_home):
    reports = []
    with pytest.raises(Cancelled):
        build_demo(Monitor(reports.append, lambda: len(reports) > 3))
    assert not list(own_home.glob("**/*.jpg"))
    assert not (own_home / "demo").exists()


def test_an_interrupted_demo_is_drawn_again(own_home):
    (own_home / ".demo" / "jazz").mkdir(parents=True)
    (own_home / ".demo" / "jazz" / "half.jpg").write_bytes(b"half")
    assert "jazz/half.jpg" not in set(build_demo().manifest["path"])


def test_a_users_data_set_named_demo_is_left_alone(tmp_path):
    (tmp_path / "jazz").mkdir()
    (tmp_path / "jazz" / "own.jpg").write_bytes(FEW[0].content())
    register("demo", tmp_path)
    reports = []
    with pytest.raises(BadDataset, match="demo"):
        build_demo(Monitor(reports.append))
    assert reports == []  # it is known before anything is drawn
    assert open_dataset("demo").root == tmp_path
