from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from drawing import cover

from covergenre import images
from covergenre.collection.collection import Collection
from covergenre.dataset.starter import COLUMNS


class AsTheyAre:
    def project(self, vectors: np.ndarray) -> np.ndarray:
        return vectors


def collection_of(hashes: Sequence[str], vectors: np.ndarray, **columns) -> Collection:
    known = {"content_hash": list(hashes), "id": [str(n) for n in range(len(hashes))], "year": pd.NA, **columns}
    return Collection(pd.DataFrame(known).reindex(columns=list(COLUMNS), fill_value=""), vectors, AsTheyAre())


@pytest.fixture
def vectors() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)


def test_neighbours_are_sorted_by_cosine_similarity(vectors):
    (found,) = collection_of("abcdefghijklmnopqrstuvwxyzABCD", vectors).neighbours(vectors[3:4], ["elsewhere"], 30)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    similarities = unit @ unit[3]
    assert [int(neighbour.id) for neighbour in found] == np.argsort(-similarities).tolist()
    assert [n.similarity for n in found] == pytest.approx(np.sort(similarities)[::-1].tolist(), abs=1e-6)


def test_copies_of_a_cover_are_not_its_neighbours(vectors):
    known = collection_of("xxxabcdefghijklmnopqrstuvwyzAB", vectors)
    (found,) = known.neighbours(vectors[:1], ["x"], 4)
    assert len(found) == 4
    assert {"0", "1", "2"}.isdisjoint(neighbour.id for neighbour in found)


def test_there_are_at_most_as_many_neighbours_as_other_covers(vectors):
    (found,) = collection_of("ab", vectors[:2]).neighbours(vectors[:1], ["a"], 50)
    assert [neighbour.id for neighbour in found] == ["1"]


def test_zero_neighbours_can_be_requested(vectors):
    assert collection_of("ab", vectors[:2]).neighbours(vectors[:2], ["a", "b"], 0) == [(), ()]


def test_a_cover_with_the_same_pixels_is_known(vectors):
    some = collection_of("abb", vectors[:3], artist=["Ada", "Bram", "Cleo"], year=[1999.0, np.nan, 2001.0])
    known = some.known("b")
    assert (known.artist, known.year, known.similarity) == ("Bram", None, 1.0)
    assert some.known("z") is None


def test_a_near_copy_of_a_known_cover_is_recognised(vectors):
    phash = images.perceptual_hash(cover("jazz", 1))
    known = collection_of("ab", vectors[:2], phash=["", phash], artist=["Ada", "Bram"])
    assert known.near_copy(f"{int(phash, 16) ^ 0b1111:016x}").artist == "Bram"
    assert known.near_copy(images.perceptual_hash(cover("rap", 2))) is None
