import numpy as np
import pytest
from drawing import cover
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from covergenre.dataset import groups
from covergenre.dataset.groups import NEAR, connect, distances, group_covers, near_duplicates
from covergenre.images import perceptual_hash

CLEAR = "0f" * 8  # half of the bits set, as in the hash of any real picture


def flipped(phash, bits):
    """The hash with its lowest `bits` bits turned."""
    return f"{int(phash, 16) ^ (2**bits - 1):016x}"


def grouped(**known):
    """The groups of covers of which only this is known; the rest is unknown or unique."""
    n = len(next(iter(known.values())))
    unique = {"phashes": [""] * n, "artists": [""] * n, "hashes": [f"{row:032x}" for row in range(n)]}
    return group_covers(**{**unique, **known}).tolist()


def test_covers_of_which_nothing_is_known_are_groups_of_one():
    assert grouped(phashes=[""] * 3) == [0, 1, 2]


def test_no_covers_make_no_groups():
    groups = group_covers([], [], [])
    assert (groups.shape, groups.dtype) == ((0,), np.int64)


def test_the_same_pixels_are_a_group():
    assert grouped(hashes=["a" * 32, "b" * 32, "a" * 32]) == [0, 1, 0]


def test_an_artist_is_a_group_regardless_of_case_spaces_and_accents():
    names = ["Beyoncé", "Miles", " beyonce\u0301 ", "BEYONCÉ", "miles"]
    assert grouped(artists=names) == [0, 1, 0, 0, 1]


@pytest.mark.parametrize("name", ["", " ", "Various", "Various  Artists", "UNKNOWN"])
def test_placeholder_artists_are_no_group(name):
    assert grouped(artists=[name, name]) == [0, 1]


def test_only_near_copies_are_a_group():
    assert grouped(phashes=[CLEAR, flipped(CLEAR, NEAR), flipped(CLEAR, 32)]) == [0, 0, 1]
    assert grouped(phashes=[CLEAR, flipped(CLEAR, NEAR + 1)]) == [0, 1]


def test_a_chain_of_links_is_one_group():
    groups = group_covers(
        phashes=[CLEAR, flipped(CLEAR, 2), "", "", ""],
        artists=["", "Miles", "miles", "", ""],
        hashes=["a" * 32, "b" * 32, "c" * 32, "c" * 32, "d" * 32],
    )
    assert groups.tolist() == [0, 0, 0, 0, 1]


def test_blank_covers_and_gradients_join_no_group():
    shades = np.linspace(0, 255, 64).astype(np.uint8)
    plain = [Image.new("RGB", (64, 64), colour) for colour in ("black", "white", "olive")]
    gradients = [Image.fromarray(np.tile(values, (64, 1))) for values in (shades, shades[::-1], shades // 2)]
    drawn = [cover("jazz", number) for number in range(4)]
    hashes = [perceptual_hash(image.convert("RGB")) for image in plain + gradients + drawn]
    assert grouped(phashes=hashes) == list(range(10))


def test_a_resized_cover_is_a_near_copy():
    image = cover("pop", 3, side=300)
    assert grouped(phashes=[perceptual_hash(image), perceptual_hash(image.resize((150, 150)))]) == [0, 0]


def test_pairs_of_rows_are_sorted():
    hashes = ["", CLEAR, "0" * 16, flipped(CLEAR, 4), flipped(CLEAR, 32), CLEAR]
    assert near_duplicates(hashes).tolist() == [[1, 3], [1, 5], [3, 5]]
    assert near_duplicates(hashes, threshold=3).tolist() == [[1, 5]]


@pytest.mark.parametrize("hashes", [[], [CLEAR], ["", ""]])
def test_too_few_hashes_make_no_pairs(hashes):
    assert near_duplicates(hashes).shape == (0, 2)


@given(
    hashes=st.lists(st.integers(0, 40).map(lambda bits: flipped(CLEAR, bits)), max_size=12),
    threshold=st.integers(0, 20),
)
def test_pairs_equal_those_of_brute_force(hashes, threshold):
    def far(i, j):
        return (int(hashes[i], 16) ^ int(hashes[j], 16)).bit_count()

    telling = [i for i, phash in enumerate(hashes) if int(phash, 16).bit_count() >= 24]
    expected = [[i, j] for i in telling for j in telling if i < j and far(i, j) <= threshold]
    assert near_duplicates(hashes, threshold).tolist() == expected


def test_thousands_of_copies_of_one_cover_are_one_group():
    assert set(grouped(phashes=[CLEAR] * 20_000)) == {0}


def test_distances_of_pairs_are_hamming_distances():
    hashes = [CLEAR, flipped(CLEAR, 5), "", flipped(CLEAR, 64)]
    pairs = np.array([[0, 1], [1, 0], [0, 3], [1, 3]])
    assert distances(hashes, pairs).tolist() == [5, 5, 64, 59]


def test_groups_are_numbered_in_order_of_appearance():
    assert connect(np.array([[3, 1], [1, 4]]), 5).tolist() == [0, 1, 2, 1, 1]
    assert connect(np.zeros((0, 2), np.int64), 3).tolist() == [0, 1, 2]


def test_many_near_copies_are_connected_by_few_pairs():
    chance = np.random.default_rng(0)
    crowd = [
        f"{int(CLEAR, 16) ^ sum(1 << int(bit) for bit in chance.choice(64, 4, replace=False)):016x}"
        for _ in range(2000)
    ]
    pairs = near_duplicates(crowd, 18)
    assert len(pairs) <= 101 * len(crowd)
    assert len(set(connect(pairs, len(crowd)).tolist())) == 1
    assert grouped(phashes=crowd) == [0] * len(crowd)


def test_the_groups_of_many_covers_are_the_same(monkeypatch):
    chance = np.random.default_rng(1)
    hashes = [
        flipped(f"{int(number):016x}", bits) for number in chance.integers(2**62, 2**63, 60) for bits in (0, 0, 9)
    ]
    few = grouped(phashes=hashes)
    monkeypatch.setattr(groups, "MANY", 1)
    assert grouped(phashes=hashes) == few
    assert near_duplicates([CLEAR, "", CLEAR, CLEAR]).tolist() == [[0, 2], [0, 3]]
