import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from drawing import cover, genre_folders

from covergenre import home, images
from covergenre.augment import VARIANTS, apply
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset, register
from covergenre.embedding.embed import embed_dataset
from covergenre.errors import BadDataset, Cancelled, CoverGenreError, NoWeights
from covergenre.progress import Monitor

STUCK_AFTER_150 = """
import json, sys, time
from covergenre.dataset.registry import open_dataset
from covergenre.embedding.embed import embed_dataset
from covergenre.embedding.recipe import Recipe
from covergenre.progress import Monitor

def report(progress):
    if progress.done == 150:
        print("150 are done", flush=True)
        time.sleep(600)

embed_dataset(open_dataset("mine"), Recipe.from_dict(json.loads(sys.argv[1])), monitor=Monitor(report))
"""


@pytest.fixture
def root(tmp_path):
    return genre_folders(tmp_path / "covers", ("jazz", "pop"), 4)


@pytest.fixture
def dataset(root) -> Dataset:
    return register("mine", root)[0]


def pictures(dataset: Dataset) -> list:
    paths = usable(dataset.manifest)["path"]
    return [images.decode(images.read(dataset.file(path))).image for path in paths]


class Watch:
    """Listens to an embedding: how many vectors it had to compute, and asks it to stop after so many."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.reports = []
        self.stop_after = stop_after

    def __call__(self, progress) -> None:
        self.reports.append(progress)

    @property
    def wanted(self) -> int:
        return self.reports[0].total if self.reports else 0

    def should_stop(self) -> bool:
        return self.stop_after is not None and self.reports[-1].done >= self.stop_after


def computed(dataset: Dataset, recipe, variants=("original",)) -> int:
    """How many vectors an embedding has to compute."""
    watch = Watch()
    embed_dataset(dataset, recipe, variants, monitor=Monitor(watch))
    return watch.wanted


class TestVectors:
    def test_are_those_of_the_engine_in_the_order_of_the_manifest(self, dataset, tiny, engine):
        vectors = embed_dataset(dataset, tiny())["original"]

        assert (vectors.dtype, vectors.shape) == (np.float32, (8, 96))
        np.testing.assert_allclose(vectors, engine.embed(pictures(dataset)), rtol=1e-5)

    def test_of_variants_are_keyed_by_name(self, dataset, tiny, engine):
        vectors = embed_dataset(dataset, tiny(), VARIANTS)

        assert tuple(vectors) == VARIANTS
        for variant in VARIANTS:
            expected = engine.embed([apply(image, variant) for image in pictures(dataset)])
            np.testing.assert_allclose(vectors[variant], expected, rtol=1e-5)

    def test_leave_out_covers_that_cannot_be_read(self, root, tiny):
        before = embed_dataset(register("mine", root)[0], tiny())["original"]
        (root / "jazz" / "000a.jpg").write_bytes(b"no picture")

        again, _ = register("mine", root)

        assert len(again.manifest) == 9
        np.testing.assert_array_equal(embed_dataset(again, tiny())["original"], before)

    def test_follow_the_manifest_when_it_is_reordered(self, dataset, tiny):
        vectors = embed_dataset(dataset, tiny())["original"]

        backwards = replace(dataset, manifest=dataset.manifest.iloc[::-1])

        np.testing.assert_array_equal(embed_dataset(backwards, tiny())["original"], vectors[::-1])

    def test_of_different_recipes_are_stored_separately(self, dataset, tiny):
        pooled = embed_dataset(dataset, tiny())["original"]
        stages = embed_dataset(dataset, tiny("stages"))["original"]
        small = embed_dataset(dataset, tiny(limit=32))["original"]

        assert (pooled.shape, stages.shape) == ((8, 96), (8, 896))
        assert np.abs(pooled - small).max() > 0.01
        np.testing.assert_array_equal(embed_dataset(dataset, tiny())["original"], pooled)


class TestSecondTime:
    def test_opens_neither_the_covers_nor_the_backbone(self, root, dataset, tiny, own_home):
        first = embed_dataset(dataset, tiny(), VARIANTS)
        shutil.rmtree(root)
        (own_home / "engines").unlink()
        watch = Watch()

        second = embed_dataset(dataset, tiny(), VARIANTS, monitor=Monitor(watch))

        assert watch.reports == []
        assert not (own_home / "engines").exists()
        for variant in VARIANTS:
            np.testing.assert_array_equal(second[variant], first[variant])

    def test_computes_only_what_is_new(self, root, dataset, tiny):
        embed_dataset(dataset, tiny())
        cover("pop", 77).save(root / "pop" / "new.jpg")
        shutil.move(root / "jazz", root / "bebop")

        assert computed(register("mine", root, missing="keep")[0], tiny()) == 1

    def test_computes_only_variants_that_are_new(self, dataset, tiny):
        embed_dataset(dataset, tiny(), ("original", "flip"))

        assert computed(dataset, tiny(), ("original", "flip", "gray")) == 8

    def test_computes_what_a_damaged_shard_held(self, dataset, tiny):
        vectors = embed_dataset(dataset, tiny(), ("original", "gray"))
        (shard,) = (home.vectors() / tiny().key / "gray").iterdir()
        shard.write_bytes(shard.read_bytes()[:-9])

        watch = Watch()
        again = embed_dataset(dataset, tiny(), ("original", "gray"), monitor=Monitor(watch))

        assert watch.wanted == 8
        np.testing.assert_allclose(again["gray"], vectors["gray"], rtol=1e-5)

    def test_is_shared_by_data_sets_with_the_same_covers(self, root, dataset, tiny):
        embed_dataset(dataset, tiny())

        assert computed(register("other", root / "..")[0], tiny()) == 0

    def test_equal_covers_are_computed_once(self, root, tiny):
        shutil.copy(root / "jazz" / "000.jpg", root / "pop" / "copy.jpg")
        dataset, _ = register("mine", root)

        assert computed(dataset, tiny()) == 8
        vectors = embed_dataset(dataset, tiny())["original"]
        rows = dataset.manifest["path"].tolist()
        np.testing.assert_array_equal(vectors[rows.index("jazz/000.jpg")], vectors[rows.index("pop/copy.jpg")])


class TestProgress:
    def test_runs_from_nothing_to_all_vectors_of_all_variants(self, dataset, tiny):
        watch = Watch()

        embed_dataset(dataset, tiny(), ("original", "flip"), monitor=Monitor(watch))

        assert [progress.done for progress in watch.reports] == list(range(0, 17, 2))
        assert {progress.total for progress in watch.reports} == {16}


class TestInterruption:
    def test_a_stop_keeps_what_was_computed(self, dataset, tiny):
        watch = Watch(stop_after=3)

        with pytest.raises(Cancelled, match="embedding was stopped after 3 of 8 vectors; those are kept"):
            embed_dataset(dataset, tiny(), monitor=Monitor(watch, watch.should_stop))

        assert computed(dataset, tiny()) == 5

    def test_a_resumed_embedding_gives_the_same_vectors(self, dataset, tiny, engine):
        watch = Watch(stop_after=3)
        with pytest.raises(Cancelled):
            embed_dataset(dataset, tiny(), ("gray",), monitor=Monitor(watch, watch.should_stop))

        resumed = embed_dataset(dataset, tiny(), ("gray",))["gray"]

        expected = engine.embed([apply(image, "gray") for image in pictures(dataset)])
        np.testing.assert_allclose(resumed, expected, rtol=1e-5)

    def test_a_killed_embedding_resumes_near_where_it_was(self, tmp_path, tiny, engine, start):
        dataset, _ = register("mine", genre_folders(tmp_path / "many", ("jazz", "pop"), 100, side=24))
        process = start(STUCK_AFTER_150, json.dumps(tiny().to_dict()))
        assert process.stdout.readline() == "150 are done\n"
        process.kill()
        process.wait()

        watch = Watch()
        vectors = embed_dataset(dataset, tiny(), monitor=Monitor(watch))["original"]

        assert 50 <= watch.wanted < 50 + 64
        np.testing.assert_allclose(vectors, engine.embed(pictures(dataset)), rtol=1e-5)

    def test_two_at_once_give_the_same_vectors(self, dataset, tiny, engine):
        with ThreadPoolExecutor(2) as pool:
            both = list(pool.map(embed_dataset, [dataset] * 2, [tiny()] * 2))

        expected = engine.embed(pictures(dataset))
        for vectors in both:
            np.testing.assert_allclose(vectors["original"], expected, rtol=1e-5)


class TestRefusals:
    def test_a_data_set_without_a_usable_cover(self, tmp_path, tiny):
        (tmp_path / "covers" / "jazz").mkdir(parents=True)
        (tmp_path / "covers" / "jazz" / "broken.jpg").write_bytes(b"no picture")
        dataset, _ = register("mine", tmp_path / "covers")

        with pytest.raises(BadDataset, match="the data set mine has no usable cover"):
            embed_dataset(dataset, tiny())

    def test_a_cover_deleted_since_the_scan(self, root, dataset, tiny):
        (root / "pop" / "003.jpg").unlink()

        with pytest.raises(BadDataset, match=r"pop/003\.jpg can't be read any more .*scan mine again"):
            embed_dataset(dataset, tiny())
        assert len(list((home.vectors() / tiny().key / "original").glob("*.npz"))) == 1

    def test_a_cover_changed_since_the_scan(self, root, dataset, tiny):
        cover("jazz", 99).save(root / "pop" / "003.jpg")

        with pytest.raises(
            BadDataset, match=r"pop/003\.jpg is no longer the picture that was scanned: scan mine again"
        ):
            embed_dataset(dataset, tiny())

    def test_a_cover_that_became_a_link_out_of_the_root(self, root, dataset, tiny, tmp_path):
        shutil.move(root / "pop" / "003.jpg", tmp_path / "elsewhere.jpg")
        (root / "pop" / "003.jpg").symlink_to(tmp_path / "elsewhere.jpg")

        with pytest.raises(BadDataset, match="leads out of"):
            embed_dataset(dataset, tiny())

    def test_a_variant_that_does_not_exist(self, dataset, tiny):
        with pytest.raises(CoverGenreError, match="there is no variant 'sepia'"):
            embed_dataset(dataset, tiny(), ("original", "sepia"))

    def test_unreadable_weights(self, dataset, tiny, tmp_path):
        (tmp_path / "own.safetensors").write_bytes(b"no weights")

        with pytest.raises(NoWeights, match="can't be read as weights"):
            embed_dataset(dataset, replace(tiny(), weights=str(tmp_path / "own.safetensors")))
