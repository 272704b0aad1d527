from dataclasses import replace

import numpy as np
import pytest

from covergenre.collection import sources
from covergenre.collection.novelty import NoveltyDetector
from covergenre.collection.sources import dataset_collection, index_run, known_covers, open_collection
from covergenre.inspection import inspection
from covergenre.inspection.indexing import index_dataset
from covergenre.inspection.inspection import inspect_dataset
from covergenre.methods.space import Spaces
from covergenre.predict import Predictor
from covergenre.repair.repair import Edit, Plan, apply
from covergenre.runs.record import Run


class TestDataSet:
    @pytest.fixture(autouse=True)
    def tiny(self, recipe, monkeypatch):
        """Covers become vectors by the tiny backbone."""
        monkeypatch.setattr(inspection, "RECIPES", (recipe,))

    def test_the_index_finds_the_neighbours_of_an_exhaustive_search(self, dataset):
        made, few = index_dataset(dataset), dataset_collection(dataset, inspect_dataset(dataset))
        many = dataset_collection(dataset)
        assert (many.index_stats, few.index_stats.vectors) == (made, 60)
        assert made.recall > 0.9
        near = [{row for row, _ in each.like(7, 5)} for each in (few, many)]
        assert len(near[0] & near[1]) >= 4

    def test_covers_have_their_parts_without_an_inspection(self, dataset):
        index_dataset(dataset)
        assert set(dataset_collection(dataset).parts) == {"train", "validation", "test"}

    def test_many_covers_without_an_index_log_advice(self, dataset, monkeypatch, caplog):
        monkeypatch.setattr(sources, "EXACT_LIMIT", 10)
        dataset_collection(dataset)
        assert "run covergenre index drawn" in caplog.text


class TestRun:
    @pytest.fixture(params=["knn", "logistic"])
    def run(self, dataset, recipe, request) -> Run:
        from covergenre.methods import TrainSpec
        from covergenre.training.train import train

        return train(dataset, TrainSpec(request.param, recipe=recipe))

    def test_answers_are_the_same_with_an_index(self, dataset, run):
        picture = dataset.file(dataset.manifest["path"][0]).read_bytes()
        before = Predictor.open(run.id).predict(picture, neighbours=5)
        index_run(run)
        after = Predictor.open(run.id).predict(picture, neighbours=5)
        assert known_covers(run, run.load_model())[0].index_stats
        assert after.probabilities == before.probabilities
        assert len({near.id for near in after.neighbours} & {near.id for near in before.neighbours}) >= 4
        assert after.unfamiliar == pytest.approx(before.unfamiliar, abs=1e-6)

    def test_it_is_learned_once_how_to_compare_its_covers(self, dataset, run, monkeypatch):
        picture = dataset.file(dataset.manifest["path"][0]).read_bytes()
        before = Predictor.open(run.id).predict(picture)
        for kind in (NoveltyDetector, Spaces):
            monkeypatch.setattr(kind, "learn", None)
        after = Predictor.open(run.id).predict(picture)
        assert replace(after, seconds=before.seconds) == before

    def test_it_is_learned_anew_from_other_covers(self, dataset, run, monkeypatch):
        known_covers(run, run.load_model())
        apply(dataset, Plan("test", tuple(Edit(path, excluded="test") for path in dataset.manifest["path"][:6])))
        monkeypatch.setattr(NoveltyDetector, "learn", None)
        with pytest.raises(TypeError):
            known_covers(run, run.load_model())

    def test_an_open_collection_is_opened_again_once_indexed(self, run):
        assert not open_collection(run.id).index_stats
        index_run(run)
        assert open_collection(run.id).index_stats

    def test_genres_and_parts_are_the_same_with_an_index(self, run):
        before, _ = known_covers(run, run.load_model())
        index_run(run)
        after, _ = known_covers(run, run.load_model())
        assert (after.genres, after.sources) == (before.genres, before.sources)
        rows = np.arange(len(before))
        assert after.part_of(rows).tolist() == before.part_of(rows).tolist()
        np.testing.assert_allclose(after.typicality, before.typicality, atol=2e-3)
