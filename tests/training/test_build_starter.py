import json

import numpy as np
import pandas as pd
import pytest
from drawing import cover, genre_folders
from tiny import tiny_recipe

from covergenre import home
from covergenre.collection.map import find_map
from covergenre.dataset.manifest import scan
from covergenre.dataset.starter import open_starter
from covergenre.errors import BadDataset, Cancelled
from covergenre.methods import Covers, method
from covergenre.methods.words import FittedWords
from covergenre.ocr.reader import VERSION
from covergenre.ocr.text import CoverText, Line, TextStore
from covergenre.progress import Monitor
from covergenre.runs.record import Run
from covergenre.training.build_starter import build_starter, choose_covers
from covergenre.training.train import evaluate


@pytest.fixture
def root(tmp_path):
    return genre_folders(tmp_path / "covers", ("jazz", "rap"), 8)


def test_a_picture_that_stands_under_two_genres_is_left_out_from_both(root):
    cover("jazz", 3).save(root / "rap" / "jazz too.jpg", quality=90)
    chosen, left_out = choose_covers(scan(root).manifest)
    assert left_out["stands under two genres"] == 2
    assert {"jazz/003.jpg", "rap/jazz too.jpg"}.isdisjoint(chosen["path"])


def test_a_picture_that_also_stands_under_a_genre_beyond_the_ten_is_left_out(root):
    (root / "rock").mkdir()
    cover("jazz", 3).save(root / "rock" / "jazz too.jpg", quality=90)
    chosen, left_out = choose_covers(scan(root).manifest)
    assert left_out["stands under two genres"] == left_out["of a genre beyond the ten"] == 1
    assert set(chosen["genre"]) == {"jazz", "rap"}


def test_of_near_copies_one_is_kept(root):
    cover("jazz", 3).save(root / "jazz" / "again.jpg", quality=60)
    chosen, left_out = choose_covers(scan(root).manifest)
    assert left_out["near copy of another"] == 1
    assert len(chosen) == 16


def test_covers_that_cannot_be_read_are_counted(root):
    (root / "jazz" / "torn.jpg").write_bytes(b"\xff\xd8\xff torn")
    chosen, left_out = choose_covers(scan(root).manifest)
    assert left_out["can't be read"] == 1
    assert len(chosen) == 16


def test_the_figures_on_the_card_are_those_of_the_heads_that_ship(starter):
    opened = open_starter()
    neighbours = method("knn").load(opened.head("knn"))
    test = (opened.covers["part"] == "test").to_numpy()
    labels = pd.Categorical(opened.covers["genre"], categories=opened.card.genres).codes
    # The space is a projection; what was projected can't be taken back, so the head is asked in its own space.
    asked = Covers(opened.vectors[test].astype(np.float32), labels[test].astype(np.int64), ("",) * int(test.sum()))
    width = opened.vectors.shape[1]
    in_space = type(neighbours.space)(np.ones(width, np.float32), np.zeros(width, np.float32))
    head = type(neighbours)(
        in_space, neighbours.vectors, neighbours.labels, neighbours.hashes, neighbours.weights, neighbours.choices
    )
    right = head.predict_proba(asked).argmax(axis=1) == asked.labels
    (card,) = (method for method in opened.card.methods if method.name == "knn")
    assert right.mean() == pytest.approx(card.test.accuracy.value)


@pytest.mark.parametrize("name", ["knn", "logistic"])
def test_it_keeps_the_answers_that_its_figures_are_of(starter, name):
    run = Run.open(f"starter-{name}")
    card = next(method for method in open_starter().card.methods if method.name == name)
    found = evaluate(run)
    assert found.confusion == card.test.confusion
    assert found.log_loss.value == pytest.approx(card.test.log_loss.value)
    assert run.load_model().choices == card.choices


def test_of_the_held_out_covers_it_keeps_the_hashes_and_the_answers_alone(starter):
    covers, predictions = open_starter().covers, Run.open("starter-knn").predictions()
    held_out = covers[covers["part"] != "train"].set_index("content_hash")
    assert set(predictions["path"]) == set(held_out.index)
    assert (predictions.set_index("path")["part"] == held_out["part"][predictions["path"]]).all()
    assert (predictions.set_index("path")["genre"] == held_out["genre"][predictions["path"]]).all()


def test_the_runs_that_ship_name_no_folder_of_the_machine(own_home):
    for name in ("knn", "logistic"):
        run = Run.open(f"starter-{name}")
        assert "/" not in (run.folder / "run.json").read_text()
        assert not run.predictions()["path"].str.contains("/").any()


def test_it_comes_with_its_map(starter):
    assert find_map(open_starter().vectors).shape == (48, 2)


def test_no_group_crosses_its_split(starter):
    covers = open_starter().covers
    assert not covers.duplicated("content_hash").any()
    assert covers.groupby("phash")["part"].nunique().max() == 1


def test_the_same_covers_and_seed_give_the_same_starter(root, tmp_path):
    first, second = (
        build_starter(root, tmp_path / name, recipe=tiny_recipe(tmp_path), words=False) for name in ("a", "b")
    )
    assert json.dumps(first.card.to_dict()) == json.dumps(second.card.to_dict())
    assert first.covers.equals(second.covers)


def test_it_learns_what_is_written_on_covers_and_tells_what_that_adds(root, tmp_path):
    performers = {"jazz": "Louis Armstrong", "rap": "Public Enemy"}
    covers = scan(root).manifest
    read = {row.content_hash: CoverText((Line(performers[row.genre], 0.9),)) for row in covers.itertuples()}
    TextStore(home.texts() / VERSION).put(read)
    made = build_starter(root, recipe=tiny_recipe(tmp_path))
    assert [each.name for each in made.card.methods] == ["knn", "logistic", "words", "ensemble"]
    together = method("ensemble").load(made.head("ensemble"))
    assert "weight" in together.choices
    assert [type(reader) for reader in together.readers()] == [FittedWords]
    assert made.card.words.readable == 1
    assert made.card.words.together.covers == sum(counts["test"] for counts in made.card.counts.values())
    assert made.card.words.apart.covers == 0


def test_a_number_of_discogs_is_taken_from_the_file_name(tmp_path):
    root = genre_folders(tmp_path / "covers" / "discogs", ("jazz", "rap"), 6).parent
    (root / "discogs" / "jazz" / "000.jpg").rename(root / "discogs" / "jazz" / "R-1234-99.jpg")
    assert "1234" in set(build_starter(root, recipe=tiny_recipe(tmp_path), words=False).covers["id"])


def test_covers_of_one_genre_are_too_few(tmp_path):
    with pytest.raises(BadDataset, match="1 of the ten genres"):
        build_starter(genre_folders(tmp_path / "covers", ("jazz",), 3))


def test_what_was_there_stays_when_the_build_is_stopped(root, starter, tmp_path):
    before = (starter / "card.json").read_bytes()
    with pytest.raises(Cancelled):
        build_starter(
            root, starter, recipe=tiny_recipe(tmp_path), monitor=Monitor(should_stop=lambda: True), words=False
        )
    assert (starter / "card.json").read_bytes() == before
    assert sorted(path.name for path in starter.parent.iterdir() if path.name.startswith(".starter")) == []
