import numpy as np
import pytest

from covergenre.ocr.boxes import find_boxes, patches


def drawn(*places: tuple[slice, slice]) -> np.ndarray:
    lettering = np.zeros((96, 96), np.float32)
    for place in places:
        lettering[place] = 0.9
    return lettering


def test_a_box_surrounds_a_line_and_starts_at_its_upper_left():
    (box,) = find_boxes(drawn((slice(40, 50), slice(20, 70))))
    (left, top), (right, _), (_, bottom), _ = box
    assert 5 <= left < 20
    assert 70 < right <= 85
    assert 30 <= top < 40
    assert 50 < bottom <= 60


def test_the_largest_line_comes_first():
    boxes = find_boxes(drawn((slice(5, 10), slice(5, 30)), (slice(40, 60), slice(10, 80))))
    assert len(boxes) == 2
    assert boxes[0][:, 1].mean() > boxes[1][:, 1].mean()


def test_a_slanting_line_has_a_slanting_box():
    lettering = np.zeros((96, 96), np.float32)
    for x in range(15, 75):
        lettering[x // 2 + 20 : x // 2 + 28, x] = 0.9
    (box,) = find_boxes(lettering)
    along = box[1] - box[0]
    assert np.rad2deg(np.arctan2(along[1], along[0])) == pytest.approx(27, abs=4)


def test_specks_and_faint_patches_are_no_lines():
    faint = np.zeros((96, 96), np.float32)
    faint[40:50, 20:70] = 0.4
    assert len(find_boxes(drawn((slice(5, 7), slice(5, 7))))) == 0
    assert len(find_boxes(faint)) == 0
    assert find_boxes(np.zeros((96, 96), np.float32)).shape == (0, 4, 2)


def test_patches_equal_those_of_scipy():
    from scipy.ndimage import label

    for seed in range(20):
        mask = np.random.default_rng(seed).random((40, 50)) < 0.35
        labels, n = label(mask, np.ones((3, 3)))
        found = patches(mask)
        assert len(found) == n
        sizes = sorted(int((runs[:, 2] - runs[:, 1]).sum()) for runs in found)
        assert sizes == sorted(np.bincount(labels.ravel())[1:].tolist())
