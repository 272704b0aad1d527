from dataclasses import replace

import numpy as np
import pytest
from drawing import genre_folders
from tiny import tiny_recipe

from covergenre.audit.space import NeighbourSearch
from covergenre.collection.disk_index import DiskIndex
from covergenre.dataset.registry import register
from covergenre.embedding.embed import embed_dataset
from covergenre.errors import Cancelled
from covergenre.inspection import inspection as survey
from covergenre.inspection.indexing import index_dataset
from covergenre.inspection.inspection import index_neighbours, inspect_dataset, split_if_possible, stored_vectors
from covergenre.methods import TrainSpec
from covergenre.progress import Monitor
from covergenre.training.train import prepare


@pytest.fixture(autouse=True)
def recipe(tmp_path, monkeypatch):
    """The tiny backbone's, which is the usual one here."""
    recipe = tiny_recipe(tmp_path)
    monkeypatch.setattr(survey, "RECIPES", (recipe,))
    return recipe


@pytest.fixture
def dataset(tmp_path):
    return register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 26))[0]


def test_issues_that_need_no_vectors_are_published_first(dataset):
    first = []
    whole = inspect_dataset(dataset, publish=first.append)
    assert "outliers" in first[0].audit.skipped
    assert first[0].units is None
    assert "outliers" not in whole.audit.skipped
    assert len(whole.units) == 52
    assert set(whole.split.parts) == {"train", "validation", "test"}


def test_stored_vectors_are_used_the_second_time(dataset):
    assert stored_vectors(dataset) is None
    inspect_dataset(dataset)
    first = []
    again = inspect_dataset(dataset, publish=first.append)
    assert first == []
    assert len(again.units) == len(stored_vectors(dataset))


def test_a_stop_while_embedding_keeps_the_first_findings(dataset):
    first, under_way = [], []

    def report(progress):
        under_way.append(progress.what)

    with pytest.raises(Cancelled):
        inspect_dataset(dataset, Monitor(report, lambda: "embedding covers" in under_way), first.append)
    assert first[0].audit.covers == 52


def test_a_data_set_too_small_to_split_is_inspected_without_a_split(tmp_path):
    small = register("small", genre_folders(tmp_path / "small", ("jazz",), 1))[0]
    assert split_if_possible(small) is None
    assert "leakage" in inspect_dataset(small).audit.skipped


def test_complete_vectors_of_another_recipe_are_preferred(dataset, recipe, tmp_path, monkeypatch):
    other = tiny_recipe(tmp_path, limit=40)
    monkeypatch.setattr(survey, "RECIPES", (recipe, other))
    known = embed_dataset(dataset, other)["original"]
    embed_dataset(first_covers(dataset, 40), recipe)
    first = []
    inspect_dataset(dataset, publish=first.append)
    assert first == []
    np.testing.assert_array_equal(stored_vectors(dataset), known)


def test_the_recipe_of_most_stored_vectors_is_continued(dataset, recipe, tmp_path, monkeypatch):
    other = tiny_recipe(tmp_path, limit=40)
    monkeypatch.setattr(survey, "RECIPES", (recipe, other))
    embed_dataset(first_covers(dataset, 50), other)
    steps = []
    inspect_dataset(dataset, Monitor(steps.append))
    assert [step.total for step in steps if step.what == "embedding covers"] == [2, 2]


def test_vectors_of_the_recipe_of_a_run_are_found(dataset, recipe, tmp_path, monkeypatch):
    monkeypatch.setattr(survey, "RECIPES", (tiny_recipe(tmp_path, limit=40),))
    prepare(dataset, TrainSpec("knn", recipe=recipe))
    known = embed_dataset(dataset, recipe)["original"]
    np.testing.assert_array_equal(stored_vectors(dataset), known)


def test_the_texture_part_of_vectors_is_left_out(dataset, tmp_path, monkeypatch):
    textured, stages = tiny_recipe(tmp_path, "texture"), tiny_recipe(tmp_path, "stages")
    monkeypatch.setattr(survey, "RECIPES", (textured,))
    assert len(inspect_dataset(dataset).units) == 52
    np.testing.assert_allclose(stored_vectors(dataset), embed_dataset(dataset, stages)["original"], atol=1e-4)


def first_covers(dataset, count):
    return replace(dataset, manifest=dataset.manifest.head(count))


class TestIndexed:
    """A data set with its index."""

    @pytest.fixture(autouse=True)
    def _indexed(self, dataset):
        index_dataset(dataset)

    def test_the_index_finds_the_neighbours_for_the_audit(self, dataset, monkeypatch):
        digests, real = [], NeighbourSearch
        monkeypatch.setattr(
            survey, "NeighbourSearch", lambda digest, find: digests.append(digest) or real(digest, find)
        )
        found = inspect_dataset(dataset)
        assert digests == [DiskIndex.open(dataset.folder / "near").index.stats.digest]
        assert len(found.units) == 52

    def test_neighbours_are_rows_of_usable_covers(self, dataset):
        nearby = index_neighbours(dataset, stored_vectors(dataset))
        found = nearby.find(np.array([5, 40]), 3)
        assert found[:, 0].tolist() == [5, 40]

    def test_the_index_is_not_used_for_other_vectors(self, dataset):
        vectors = stored_vectors(dataset)
        assert index_neighbours(dataset, vectors[::-1]) is None
        assert index_neighbours(dataset, vectors[:, 1:]) is None

    def test_the_index_is_not_used_once_a_cover_is_new(self, dataset):
        manifest = dataset.manifest
        manifest.loc[3, "content_hash"] = "f" * 32
        assert index_neighbours(replace(dataset, manifest=manifest), stored_vectors(dataset)) is None

    def test_the_index_is_used_when_a_cover_was_removed(self, dataset):
        manifest, vectors = dataset.manifest, stored_vectors(dataset)
        nearby = index_neighbours(replace(dataset, manifest=manifest.drop(index=3)), np.delete(vectors, 3, axis=0))
        assert nearby.find(np.array([3]), 1).tolist() == [[3]]
