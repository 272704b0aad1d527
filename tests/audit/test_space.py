from dataclasses import replace

import numpy as np
import pytest

from covergenre.audit import space
from covergenre.audit.space import NeighbourSearch, open_space

NO_PAIRS = np.zeros((0, 2), np.int64)


@pytest.fixture
def vectors(rows):
    return rows.vectors(["jazz", "pop"] * 40, width=12) * np.logspace(-3, 3, 12, dtype=np.float32)


def opened(vectors, folder, pairs=NO_PAIRS, rows=None):
    return open_space(vectors, np.arange(len(vectors)) if rows is None else rows, pairs, folder)


def test_short_vectors_are_no_wider_than_the_originals(vectors, tmp_path):
    short = opened(vectors, tmp_path).short
    assert (short.shape, short.dtype) == ((80, 12), np.float32)


def test_the_unit_of_a_column_does_not_matter(vectors, tmp_path):
    plain, scaled = opened(vectors, tmp_path), opened(vectors * np.logspace(3, -3, 12, dtype=np.float32), tmp_path)
    np.testing.assert_array_equal(plain.pairs, scaled.pairs)
    np.testing.assert_allclose(plain.cosines, scaled.cosines, atol=1e-3)


def test_pairs_are_the_given_ones_and_the_nearest_neighbours(vectors, tmp_path):
    vectors[5] = vectors[40]
    space = opened(vectors, tmp_path, np.array([[0, 79]]))
    found = dict(zip(map(tuple, space.pairs.tolist()), space.cosines.tolist(), strict=True))
    assert found[5, 40] == pytest.approx(1, abs=1e-4)
    assert (0, 79) in found
    assert all(one < other for one, other in found)


def test_cosines_are_those_of_the_standardised_vectors(vectors, tmp_path):
    standard = (vectors - vectors.mean(axis=0)) / vectors.std(axis=0)
    space = opened(vectors, tmp_path)
    one, other = standard[space.pairs[0]]
    assert space.cosines[0] == pytest.approx(one @ other / np.linalg.norm(one) / np.linalg.norm(other), abs=1e-3)


def test_only_the_given_rows_are_neighbours(vectors, tmp_path):
    assert set(opened(vectors, tmp_path, rows=np.array([3, 8, 9])).pairs.ravel()) == {3, 8, 9}


def test_a_constant_column_does_no_harm(vectors, tmp_path):
    vectors[:, 3] = 7
    space = opened(vectors, tmp_path)
    assert np.isfinite(space.short).all()
    assert np.isfinite(space.cosines).all()


def test_other_vectors_give_another_space(vectors, tmp_path):
    first = opened(vectors, tmp_path)
    other = opened(vectors[::-1], tmp_path)
    np.testing.assert_array_equal(opened(vectors, tmp_path).short, first.short)
    assert not np.array_equal(first.short, other.short)


def test_a_few_new_covers_leave_the_other_vectors_unchanged(vectors, rows, tmp_path):
    first = opened(vectors[:76], tmp_path).short
    np.testing.assert_allclose(opened(vectors, tmp_path).short[:76], first, atol=1e-5)


def test_many_new_covers_or_other_vectors_give_a_new_space(vectors, tmp_path):
    first = opened(vectors[:60], tmp_path).short
    assert not np.allclose(opened(vectors, tmp_path).short[:60], first, atol=1e-3)
    assert opened(vectors[:, :8], tmp_path).short.shape == (80, 8)


def test_neighbours_of_many_covers_come_from_an_index(vectors, tmp_path, monkeypatch):
    few = {tuple(pair) for pair in opened(vectors, tmp_path / "few").pairs.tolist()}
    monkeypatch.setattr(space, "EXACT_LIMIT", 10)
    many = {tuple(pair) for pair in opened(vectors, tmp_path / "many").pairs.tolist()}
    assert len(few & many) / len(few) > 0.9


def test_neighbours_come_from_an_existing_index_and_are_cached(vectors, tmp_path):
    searched = []

    def find(rows, k):
        searched.extend(rows)
        return np.column_stack([rows, (rows + 1) % 80, np.full(len(rows), -1)])

    nearby = NeighbourSearch("one", find)
    pairs = open_space(vectors, np.arange(80), NO_PAIRS, tmp_path, nearby).pairs
    assert pairs.tolist() == sorted([[0, 79], *([row, row + 1] for row in range(79))])
    assert searched == list(range(80))
    open_space(vectors, np.arange(80), NO_PAIRS, tmp_path, nearby)
    assert len(searched) == 80, "what it found is remembered"
    open_space(vectors, np.arange(80), NO_PAIRS, tmp_path, replace(nearby, digest="another"))
    assert len(searched) == 160, "another index finds others"


def test_the_space_of_many_covers_is_fitted_on_a_sample(vectors, tmp_path, monkeypatch):
    whole = opened(vectors, tmp_path / "whole")
    monkeypatch.setattr(space, "LEARNED", 60)
    some = opened(vectors, tmp_path / "some")
    assert some.short.shape == whole.short.shape
    assert not np.allclose(some.short, whole.short, atol=1e-6)
    both = [{tuple(pair) for pair in found.pairs.tolist()} for found in (whole, some)]
    assert len(both[0] & both[1]) / len(both[0]) > 0.7
