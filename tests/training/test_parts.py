from dataclasses import replace

import numpy as np
import pytest
from drawing import genre_folders
from tiny import tiny_recipe

from covergenre.dataset.registry import register
from covergenre.methods import Context, Covers, TrainSpec, base
from covergenre.training.experiment import fit_and_evaluate
from covergenre.training.parts import Parts, VectorCache, load_parts, select_covers


@pytest.fixture
def spec(tmp_path) -> TrainSpec:
    return TrainSpec("logistic", genres=("jazz", "rap"), recipe=tiny_recipe(tmp_path))


def test_a_part_is_a_slice_of_all_vectors(tmp_path, spec):
    dataset, _ = register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 12))
    vectors, covers = VectorCache(dataset, spec.recipe), select_covers(dataset, spec)
    parts = load_parts(dataset, covers, spec, vectors, Context())
    assert parts.train.vectors.base is parts.test.vectors.base is not None
    for name in ("train", "validation", "test"):
        part, own = getattr(parts, name), covers[covers["part"] == name]
        assert part.hashes == tuple(own["content_hash"])
        np.testing.assert_array_equal(part.vectors, vectors.of(own, ("original",), Context())[0])


def test_of_many_covers_some_are_asked_about_with_their_source_left_out(spec, monkeypatch):
    monkeypatch.setattr(base, "SAMPLE_SIZE", 50)
    chance, labels = np.random.default_rng(0), np.tile([0, 1], 100)
    train = Covers(
        (chance.normal(size=(200, 6)) + labels[:, None]).astype(np.float32),
        labels,
        tuple(f"{row:032x}" for row in range(200)),
        sources=tuple("ab"[row // 4 % 2] for row in range(200)),
    )
    parts = Parts(train, train.take(np.arange(0)), train.take(np.arange(40)), np.arange(40), np.arange(200))
    told = fit_and_evaluate(parts, replace(spec, parameters={"c": 0.1})).left_out
    assert len(told.rows) == 52
    assert told.rows.max() > 150, "they are rows of what was drawn"
    assert (labels[told.rows] == told.labels).all()
    assert (np.array(train.sources)[told.rows] == told.sources).all()
