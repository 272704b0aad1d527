import numpy as np

from covergenre.dataset.hash_index import KEY, HashIndex

HASHES = [f"{row * 7919:032x}"[::-1] for row in range(1, 50)]


def test_each_is_found_by_all_of_its_digits_and_by_the_first():
    known = HashIndex(HASHES)
    assert known.find(HASHES) == list(range(49))
    assert known.find([content_hash[:KEY] for content_hash in HASHES]) == list(range(49))


def test_of_equal_ones_the_first_that_may_be_found_is():
    assert HashIndex([*HASHES, HASHES[3]]).find([HASHES[3]]) == [3]
    assert HashIndex([*HASHES, HASHES[3]], np.array([2, 10, 49])).find([HASHES[3], HASHES[2], HASHES[4]]) == [
        49,
        2,
        None,
    ]


def test_what_is_unknown_cut_short_or_only_begins_alike_is_not_found():
    other = HASHES[0][:KEY] + "f" * 16
    assert HashIndex(HASHES).find(["f" * 32, HASHES[0][:8], "", other]) == [None] * 4


def test_among_none_nothing_is_found():
    assert HashIndex([]).find(HASHES[:2]) == [None, None]
    assert HashIndex(HASHES).find([]) == []
