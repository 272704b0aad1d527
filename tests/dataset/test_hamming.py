import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from covergenre.dataset import hamming
from covergenre.dataset.hamming import pairs_within

turned = st.lists(st.integers(0, 63), max_size=14).map(lambda bits: sum({1 << bit for bit in bits}))


@given(codes=st.lists(turned, max_size=14, unique=True), threshold=st.integers(0, 14))
def test_pairs_equal_those_of_brute_force(codes, threshold):
    near = [
        [i, j]
        for i in range(len(codes))
        for j in range(i + 1, len(codes))
        if (codes[i] ^ codes[j]).bit_count() <= threshold
    ]
    assert pairs_within(np.array(codes, np.uint64), threshold).tolist() == near


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_the_batch_size_does_not_matter(at_once, monkeypatch):
    codes = np.arange(64, dtype=np.uint64)
    whole = pairs_within(codes, 1)
    monkeypatch.setattr(hamming, "_AT_ONCE", at_once)
    assert pairs_within(codes, 1).tolist() == whole.tolist()
    assert len(whole) == 64 * 6 // 2
