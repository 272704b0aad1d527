import numpy as np

from covergenre.vectors import unit_rows


def test_every_row_has_length_1_and_a_row_of_zeros_stays_one():
    units = unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32))
    assert units.tolist() == [[np.float32(0.6), np.float32(0.8)], [0.0, 0.0]]
    assert units.dtype == np.float32
