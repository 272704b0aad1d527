from collections import Counter

import numpy as np
import pytest
from PIL import Image, ImageFilter

from covergenre import images
from covergenre.dataset.groups import NEAR
from covergenre.demo.albums import GENRES
from covergenre.demo.build import plan
from covergenre.demo.defects import SMALL_GENRE, Cover
from covergenre.errors import BadImage

COVERS = {cover.path: cover for cover in plan()}


def planted(defect: str, detail: str = "") -> list[Cover]:
    found = [cover for cover in COVERS.values() if cover.defect == defect and detail in cover.detail]
    assert found
    return found


def picture(cover: Cover) -> Image.Image:
    return images.decode(cover.content()).image


def sound(cover: Cover) -> Image.Image:
    return picture(Cover(cover.path, cover.album))


def edges(image: Image.Image) -> float:
    return float(np.asarray(image.convert("L").filter(ImageFilter.FIND_EDGES)).mean())


def distance(one: Image.Image, other: Image.Image) -> int:
    return (int(images.perceptual_hash(one), 16) ^ int(images.perceptual_hash(other), 16)).bit_count()


def test_there_are_sixty_albums_of_each_of_ten_genres():
    albums = {cover.album for cover in COVERS.values()}
    assert Counter(album.genre for album in albums) == dict.fromkeys(GENRES, 60)
    assert len(GENRES) == 10


def test_paths_are_unique():
    assert len(plan()) == len(COVERS)


def test_copied_covers_have_no_defect_themselves():
    copied = [cover.of for cover in COVERS.values() if cover.of]
    assert len(copied) == len(set(copied)) == 40
    assert all(COVERS[path].defect == "" for path in copied)


@pytest.mark.parametrize("cover", planted("exact copy")[:2] + planted("two genres", "same bytes")[:2])
def test_an_exact_copy_is_its_original_byte_for_byte(cover):
    assert cover.content() == COVERS[cover.of].content()


@pytest.mark.parametrize("detail", ["recompressed", "cropped", "brightened"])
def test_a_near_copy_has_other_pixels_but_looks_the_same(detail):
    cover = planted("near copy", detail)[0]
    copy, original = picture(cover), picture(COVERS[cover.of])
    assert images.content_hash(copy) != images.content_hash(original)
    assert distance(copy, original) <= NEAR


def test_a_picture_under_two_genres_has_its_copy_in_another_genre():
    for cover in planted("two genres"):
        assert cover.path.split("/")[0] != cover.of.split("/")[0] == cover.album.genre


def test_other_copies_stay_in_their_genre():
    for cover in planted("exact copy") + planted("near copy"):
        assert cover.path.split("/")[0] == cover.of.split("/")[0]


def test_a_wrongly_labelled_cover_is_in_the_folder_of_another_genre():
    covers = planted("wrong label")
    assert len(covers) == 12
    for cover in covers:
        assert cover.path.split("/")[0] != cover.album.genre == cover.detail


@pytest.mark.parametrize("defect", ["truncated", "not an image"])
def test_broken_files_cannot_be_read(defect):
    for cover in planted(defect):
        with pytest.raises(BadImage):
            images.decode(cover.content())


def test_a_blank_cover_has_one_colour():
    assert all(low == high for low, high in picture(planted("blank")[0]).getextrema())


def test_a_very_dark_cover_has_nothing_bright():
    for cover in planted("very dark"):
        assert np.asarray(picture(cover).convert("L")).max() < 50


def test_a_blurred_cover_has_lost_its_edges():
    for cover in planted("blurred"):
        assert edges(picture(cover)) < edges(sound(cover)) / 2


@pytest.mark.parametrize("size", [(48, 48), (300, 96), (1500, 1500)])
def test_a_cover_of_odd_size_has_the_stated_size(size):
    cover = planted("odd size", f"{size[0]} x {size[1]} px")[0]
    assert picture(cover).size == size


@pytest.mark.parametrize("genre", GENRES)
def test_the_covers_of_one_genre_are_smaller_than_all_others(genre):
    cover = next(cover for cover in COVERS.values() if cover.path.startswith(genre) and not cover.defect)
    side = 240 if genre == SMALL_GENRE else 300
    assert picture(cover).size == (side, side)
