import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from covergenre.vectors import finite, stratified_sample, unit_rows


def test_rows_are_normalised_and_zero_rows_stay_zero():
    units = unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32))
    assert units.tolist() == [[np.float32(0.6), np.float32(0.8)], [0.0, 0.0]]
    assert units.dtype == np.float32


def test_a_small_array_is_sampled_whole():
    assert stratified_sample(np.array([3, 1, 1]), 3).tolist() == [0, 1, 2]


@given(arrays(np.int64, st.integers(1, 300), elements=st.integers(0, 4)), st.integers(1, 200))
def test_each_stratum_is_sampled_in_proportion_and_at_least_once(strata, most):
    rows = stratified_sample(strata, most)
    assert (np.diff(rows) > 0).all()
    share = min(most / len(strata), 1)
    for stratum, count in zip(*np.unique(strata, return_counts=True), strict=True):
        assert max(1, np.floor(count * share)) <= (strata[rows] == stratum).sum() <= np.ceil(count * share) + 1e-9


def test_nan_is_found_anywhere():
    vectors = np.zeros((10_000, 2), np.float32)
    assert finite(vectors)
    vectors[9_999, 1] = np.nan
    assert not finite(vectors)
