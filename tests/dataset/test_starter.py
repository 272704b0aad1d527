import json
import shutil

import numpy as np
import pandas as pd
import pytest

from covergenre import images
from covergenre.dataset.starter import COLUMNS, GENRES, open_starter
from covergenre.errors import BadRun


def test_it_opens_as_it_was_built(starter):
    opened = open_starter()
    assert opened.folder == starter
    assert opened.card.genres == ("country", "jazz", "rap", "reggae")
    assert set(opened.card.genres) | set(opened.card.missing) == set(GENRES)
    assert len(opened.covers) == len(opened.vectors) == opened.card.covers
    assert tuple(opened.covers.columns) == COLUMNS


def test_its_counts_are_those_of_its_covers(starter):
    opened = open_starter()
    counted = opened.covers.groupby(["genre", "part"]).size()
    for genre, parts in opened.card.counts.items():
        assert {part: counted.get((genre, part), 0) for part in parts} == parts


def test_the_chosen_method_is_the_best_on_validation(starter):
    card = open_starter().card
    assert card.chosen.validation.balanced_accuracy.value == max(
        method.validation.balanced_accuracy.value for method in card.methods
    )


def test_signatures_are_all_that_is_stored_of_pictures(starter):
    covers = open_starter().covers
    assert {len(signature) for signature in covers["signature"]} == {images.SIGNATURE_LENGTH}
    assert images.SIGNATURE_LENGTH <= 64
    assert images.draw_signature(covers["signature"].iloc[0], 40).size == (40, 40)


def test_a_missing_starter_says_how_to_get_one(tmp_path):
    with pytest.raises(BadRun, match="there is no starter in"):
        open_starter(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["card.json", "covers.parquet", "vectors.npy"])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"\x80\x04\x95 no pickle is ever read"])
def test_a_damaged_file_is_an_error(starter, name, content):
    (starter / name).unlink()
    if content is not None:
        (starter / name).write_bytes(content)
    with pytest.raises(BadRun, match="is damaged"):
        open_starter()


def test_a_starter_of_another_format_is_refused(starter):
    card = json.loads((starter / "card.json").read_text())
    (starter / "card.json").write_text(json.dumps({**card, "format": 99}))
    with pytest.raises(BadRun, match="its format is 99"):
        open_starter()


def test_vectors_of_other_covers_are_refused(starter):
    np.save(starter / "vectors.npy", np.zeros((3, 8), np.float16))
    with pytest.raises(BadRun, match="damaged"):
        open_starter()


def test_a_table_with_a_genre_beyond_the_card_is_refused(starter):
    covers = pd.read_parquet(starter / "covers.parquet")
    covers.loc[0, "genre"] = "polka"
    covers.to_parquet(starter / "covers.parquet", index=False)
    with pytest.raises(BadRun, match="don't fit together"):
        open_starter()


def test_a_starter_in_the_home_folder_takes_precedence_over_the_shipped_one(starter, own_home):
    assert open_starter().folder == own_home / "starter"
    shutil.rmtree(starter)
    assert open_starter().folder != own_home / "starter"


def test_the_shipped_starter_contains_no_local_path(own_home):
    card = open_starter().card
    assert card.recipe["weights"] is None
    assert not any("/" in str(cell) for cell in open_starter().covers["id"])
