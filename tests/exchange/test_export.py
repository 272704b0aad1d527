import io
import zipfile

import pandas as pd
import pytest
from drawing import genre_folders

from covergenre.dataset.registry import register
from covergenre.errors import BadDataset, Cancelled
from covergenre.exchange.archive import register_archive
from covergenre.exchange.export import as_list, write_folders
from covergenre.progress import Monitor
from covergenre.repair.repair import apply, exclude, relabel


@pytest.fixture
def dataset(tmp_path):
    dataset = register("mine", genre_folders(tmp_path / "covers", ("jazz", "pop"), 2, side=16))[0]
    apply(dataset, exclude(["jazz/000.jpg"], "blank"))
    return apply(dataset, relabel(["jazz/001.jpg"], "pop"))


def test_a_list_has_the_usable_covers_with_their_current_genres(dataset):
    rows = pd.read_csv(io.StringIO(as_list(dataset.manifest)))
    assert rows["path"].tolist() == ["jazz/001.jpg", "pop/000.jpg", "pop/001.jpg"]
    assert set(rows["genre"]) == {"pop"}


def test_a_list_can_be_limited_to_some_covers(dataset):
    assert as_list(dataset.manifest, ["jazz/000.jpg"]).count("\n") == 2


def test_exported_folders_contain_the_original_files_by_genre(dataset, tmp_path):
    assert write_folders(dataset, tmp_path / "out" / "mine.zip") == 3
    with zipfile.ZipFile(tmp_path / "out" / "mine.zip") as archive:
        names = set(archive.namelist()) - {"manifest.csv"}
        assert names == {"pop/000.jpg", "pop/jazz_001.jpg", "pop/pop_001.jpg"}
        assert archive.read("pop/000.jpg") == dataset.file("pop/000.jpg").read_bytes()


def test_exported_folders_can_be_imported_again(dataset, tmp_path):
    write_folders(dataset, tmp_path / "mine.zip")
    again, _ = register_archive("again", tmp_path / "mine.zip")
    assert len(again.manifest) == 3


def test_a_genre_with_any_name_is_exported_as_one_safe_folder(dataset, tmp_path):
    write_folders(apply(dataset, relabel(["pop/000.jpg"], "../r&b/soul")), tmp_path / "mine.zip")
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        assert "_r&b_soul/000.jpg" in archive.namelist()


def test_nothing_is_written_when_a_file_is_missing_or_the_export_stopped(dataset, tmp_path):
    with pytest.raises(Cancelled):
        write_folders(dataset, tmp_path / "mine.zip", monitor=Monitor(should_stop=lambda: True))
    dataset.file("pop/000.jpg").unlink()
    with pytest.raises(BadDataset, match=r"pop/000\.jpg can't be read"):
        write_folders(dataset, tmp_path / "mine.zip")
    assert list(tmp_path.glob("*mine.zip*")) == []
