import numpy as np
import pytest
import torch
from drawing import cover

from covergenre import images
from covergenre.embedding.preprocessing import Preprocessing
from covergenre.methods.base import Covers
from covergenre.methods.finetuning.pictures import Pictures, batches

PREPROCESSING = Preprocessing(48, "bicubic", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
COVER = cover("jazz", 1, 120)


def pictures(n: int = 3, augmented: bool = False, image=COVER) -> Pictures:
    labels = np.arange(n) % 2
    covers = Covers(np.zeros((n, 0), np.float32), labels, tuple(map(str, range(n))), [lambda: image] * n)
    return Pictures(covers, PREPROCESSING, augmented)


def test_a_picture_is_prepared_as_for_the_network():
    pixels, label = pictures()[1]
    np.testing.assert_array_equal(pixels.numpy(), PREPROCESSING.apply(COVER))
    assert label == 1


def test_with_a_limit_a_picture_is_shrunk_first():
    covers = Covers(np.zeros((1, 0), np.float32), np.zeros(1, np.int64), ("",), [lambda: COVER])
    pixels, _ = Pictures(covers, PREPROCESSING, augmented=False, limit=30)[0]
    np.testing.assert_array_equal(pixels.numpy(), PREPROCESSING.apply(images.shrink(COVER, 30)))


def test_pictures_can_be_read_smaller():
    smaller = pictures()
    smaller.resize(32)
    assert smaller[0][0].shape == (3, 32, 32)


@pytest.mark.parametrize("side", [48, 32])
def test_augmentation_changes_pixels_but_not_the_size(side):
    augmented = pictures(augmented=True)
    augmented.resize(side)
    torch.manual_seed(1)
    first, second = augmented[0][0], augmented[0][0]
    assert first.shape == second.shape == (3, side, side)
    assert not torch.equal(first, second)
    torch.manual_seed(1)
    assert torch.equal(augmented[0][0], first)


def test_augmentation_keeps_the_overall_look():
    plain, augmented = pictures()[0][0], pictures(augmented=True)
    torch.manual_seed(0)
    seen = torch.stack([augmented[0][0] for _ in range(40)])
    assert abs(seen.mean() - plain.mean()) < 0.15
    assert seen.min() >= -1
    assert seen.max() <= 1


def test_a_long_picture_is_augmented_as_a_square():
    assert pictures(augmented=True, image=COVER.resize((300, 60)))[0][0].shape == (3, 48, 48)


@pytest.mark.parametrize(("n", "sizes"), [(9, [4, 4]), (8, [4, 4]), (10, [4, 4, 2]), (3, [3])])
def test_no_training_batch_holds_a_single_picture(n, sizes):
    assert [len(labels) for _, labels in batches(pictures(n), 4, shuffled=True)] == sizes


def test_batches_that_are_not_shuffled_hold_all_pictures_in_order():
    labels = torch.cat([labels for _, labels in batches(pictures(9), 4, shuffled=False)])
    assert labels.tolist() == [0, 1, 0, 1, 0, 1, 0, 1, 0]


def test_the_order_is_determined_by_the_seed():
    orders = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        orders.append(torch.cat([labels for _, labels in batches(pictures(40), 8, shuffled=True)]).tolist())
    assert orders[0] == orders[1] != orders[2]
