from itertools import pairwise

import numpy as np

from covergenre.methods.ngrams import BUCKETS, buckets_of, matrix_of, plain_letters
from covergenre.reading.text import Line, ReadText


def read(*lines: str) -> ReadText:
    return ReadText(tuple(Line(line, 1.0) for line in lines))


def alike(one: str, other: str) -> float:
    first, second = set(buckets_of(read(one)).tolist()), set(buckets_of(read(other)).tolist())
    return len(first & second) / len(first | second)


def test_the_same_words_give_the_same_buckets_in_every_process_and_version():
    assert 0x352441C2 % BUCKETS in buckets_of(read("abc"))  # the CRC-32 of "abc" that every reference gives


def test_case_accents_and_breaks_make_no_difference():
    np.testing.assert_array_equal(buckets_of(read("MÖTLEY", "Crüe")), buckets_of(read("motley crue")))
    assert plain_letters("AC/DC: Live!") == "acdclive"


def test_a_missed_space_or_a_misread_letter_leaves_words_alike():
    assert alike("johnny cash", "johnnycash") > 0.4
    assert alike("johnny cash", "johnny carh") > 0.4
    assert alike("johnny cash", "miles davis") < 0.05


def test_each_row_has_length_1_or_0_where_nothing_is_read():
    values, columns, starts = matrix_of([read("one"), read(), read("another one")])
    rows = [values[start:end] for start, end in pairwise(starts)]
    np.testing.assert_allclose([np.sum(row**2) for row in rows], [1, 0, 1])
    assert columns.max() < BUCKETS
