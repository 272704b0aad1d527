import numpy as np
import pytest
from drawing import genre_folders
from pandas.testing import assert_frame_equal
from tiny import tiny_recipe

from covergenre import home
from covergenre.audit.measures import measure
from covergenre.cluster.dataset import embedder, scanner
from covergenre.cluster.job import HERE
from covergenre.dataset import registry
from covergenre.dataset.thumbnails import known_signatures
from covergenre.embedding.embed import embed_dataset
from covergenre.errors import BadDataset
from covergenre.progress import SILENT


@pytest.fixture
def folder(tmp_path):
    genre_folders(tmp_path / "covers", ["jazz", "pop"], 3)
    (tmp_path / "covers" / "pop" / "bad.jpg").write_bytes(b"no picture")
    return tmp_path / "covers"


def test_a_distributed_scan_equals_a_local_scan(folder):
    here, _ = registry.register("here", folder)
    there, scanned = registry.register("there", folder, read_pixels=scanner(HERE))
    assert_frame_equal(there.manifest, here.manifest)
    assert scanned.read == 7
    assert registry.register("there", folder, read_pixels=scanner(HERE))[1].reused == 7


def test_covers_are_embedded_measured_and_thumbnailed_in_one_pass(folder, tmp_path):
    dataset, _ = registry.register("covers", folder)
    recipe = tiny_recipe(tmp_path)
    there = embed_dataset(dataset, recipe, ("original", "flip"), fill=embedder(HERE))
    assert known_signatures(dataset) is not None
    assert not list(home.shards().glob("*/*/*.parquet"))
    for file in folder.rglob("*.jpg"):
        file.unlink()  # nothing has to be read again
    used = dataset.manifest[dataset.manifest["problem"] == ""]
    assert measure(dataset, used, dataset.folder / "audit", SILENT).values.notna().all(axis=None)
    again = embed_dataset(dataset, recipe, ("original", "flip"))
    assert all(np.array_equal(there[variant], again[variant]) for variant in again)


def test_a_missing_cover_is_reported_and_the_others_are_kept(folder, tmp_path):
    dataset, _ = registry.register("covers", folder)
    gone = folder / "jazz" / "001.jpg"
    kept = gone.read_bytes()
    gone.unlink()
    with pytest.raises(BadDataset, match=r"1 of 6 covers .* jazz/001.jpg"):
        embed_dataset(dataset, tiny_recipe(tmp_path), fill=embedder(HERE))
    gone.write_bytes(kept)
    for file in folder.rglob("00[02].jpg"):
        file.unlink()
    assert len(embed_dataset(dataset, tiny_recipe(tmp_path), fill=embedder(HERE))["original"]) == 6
