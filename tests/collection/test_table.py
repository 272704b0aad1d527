from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from drawing import cover, genre_folders
from PIL import Image

from covergenre import images
from covergenre.collection.table import CoverTable, page_url
from covergenre.dataset.registry import register
from covergenre.dataset.starter import COLUMNS


def table_of(hashes: Sequence[str], **columns) -> CoverTable:
    known = {"content_hash": list(hashes), "id": [str(n) for n in range(len(hashes))], "year": pd.NA, **columns}
    return CoverTable(pd.DataFrame(known).reindex(columns=list(COLUMNS), fill_value=""))


def flipped(phash: str, bits: int) -> str:
    return f"{int(phash, 16) ^ (2**bits - 1):016x}"


@pytest.fixture
def phash() -> str:
    return images.perceptual_hash(cover("jazz", 1))


def test_a_row_describes_its_cover():
    known = table_of("ab", artist=["Ada", "Bram"], year=[1999.0, np.nan], source="discogs")
    first, second = known.cover(0, 0.5), known.cover(1)
    assert (first.artist, first.year, first.similarity) == ("Ada", 1999, 0.5)
    assert (second.year, second.similarity, second.content_hash) == (None, 1.0, "b")


def test_the_key_of_a_cover_is_the_start_of_its_content_hash():
    hashes = ["0123456789abcdef" * 2, "123456789abcdef0" * 2]
    assert [table_of(hashes).cover(row).key for row in (0, 1)] == [hash_[:16] for hash_ in hashes]


def test_the_first_cover_with_the_same_pixels_is_found():
    known = table_of("abb")
    assert (known.known("b").id, known.known("z")) == ("1", None)


def test_the_largest_number_of_duplicates_is_known():
    assert [table_of(hashes).max_duplicates for hashes in ("", "ab", "abbab")] == [0, 1, 3]


def test_a_near_copy_differs_in_at_most_eight_bits(phash):
    known = table_of("ab", phash=["", phash])
    assert known.near_copy(flipped(phash, 8)).id == "1"
    assert known.near_copy(flipped(phash, 9)) is None


def test_the_nearest_of_several_copies_is_found(phash):
    known = table_of("abc", phash=[flipped(phash, 6), flipped(phash, 2), flipped(phash, 4)])
    assert known.near_copy(phash).id == "1"


def test_a_blank_picture_has_no_near_copies():
    blank = images.perceptual_hash(Image.new("RGB", (50, 50), "white"))
    assert table_of("ab", phash=[blank, ""]).near_copy(blank) is None


def test_an_empty_table_has_no_near_copies(phash):
    assert table_of("").near_copy(phash) is None


def test_the_file_of_a_registered_data_set_is_found(tmp_path):
    dataset, _ = register("mine", genre_folders(tmp_path, ("jazz",), 1))
    (key,) = dataset.manifest["content_hash"]
    assert table_of([key]).cover(0).path == tmp_path / "jazz" / "000.jpg"


@pytest.mark.parametrize(
    ("source", "number", "address"),
    [
        ("discogs", "123", "https://www.discogs.com/release/123"),
        ("spotify", "7AleWm3W", "https://open.spotify.com/album/7AleWm3W"),
        ("metal_archives", "9", "https://www.metal-archives.com/albums/-/-/9"),
        ("mine", "123", ""),
        ("discogs", "../../evil?x=", ""),
        ("discogs", "", ""),
    ],
)
def test_pages_are_linked_only_for_known_sources_and_plain_ids(source, number, address):
    assert page_url(source, number) == address
