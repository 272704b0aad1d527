import os

import pytest

from covergenre import home
from covergenre.predict import saved_queries
from covergenre.predict.saved_queries import Cover, Query, delete_query, load_query, save_query


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("COVERGENRE_HOME", str(tmp_path))


def asked(*names: str, run: str = "starter", size: int = 100) -> Query:
    return Query(tuple(Cover.of(name, name.encode() * size, "jazz") for name in names), run)


def test_what_is_kept_comes_back_as_it_was():
    before = asked("a.jpg", "b/ü.png")
    token, kept = save_query(before)
    assert kept
    assert load_query(token) == before


def test_one_of_several_covers_is_opened_alone():
    before = asked("a.jpg", "b.png")
    token, _ = save_query(before)
    assert load_query(token, 1).covers == before.covers[1:]
    assert load_query(token, 2).covers == ()


def test_the_same_question_has_one_address_and_another_run_another():
    assert save_query(asked("a"))[0] == save_query(asked("a"))[0]
    assert save_query(asked("a"))[0] != save_query(asked("a", run="mine"))[0]
    assert len(list(home.answers().glob("*.zip"))) == 2


def test_an_address_can_not_be_told_from_the_cover_alone(tmp_path, monkeypatch):
    here = save_query(asked("a"))[0]
    monkeypatch.setenv("COVERGENRE_HOME", str(tmp_path / "elsewhere"))
    assert save_query(asked("a"))[0] != here
    assert asked("a").covers[0].digest != here


def test_what_is_forgotten_is_gone():
    token, _ = save_query(asked("a"))
    delete_query(token)
    assert load_query(token) is None
    delete_query(token)


@pytest.mark.parametrize("token", ["", "0" * 32, "../answers/x", "0" * 31 + "/", "\0" * 32])
def test_an_address_that_is_none_leads_to_nothing(token):
    assert load_query(token) is None
    delete_query(token)


@pytest.mark.parametrize("data", [b"", b"milk", b"PK\x03\x04 torn"])
def test_what_is_damaged_is_as_if_it_had_gone(data):
    token, _ = save_query(asked("a"))
    (home.answers() / f"{token}.zip").write_bytes(data)
    assert load_query(token) is None


def test_those_not_looked_at_for_longest_make_room(monkeypatch):
    monkeypatch.setattr(saved_queries, "MOST_ANSWERS", 3)
    tokens = [save_query(asked(str(number)))[0] for number in range(3)]
    for age, token in zip((10, 20, 30), tokens, strict=True):
        os.utime(home.answers() / f"{token}.zip", (age, age))
    assert load_query(tokens[0])
    tokens.append(save_query(asked("3"))[0])
    assert [load_query(token) is not None for token in tokens] == [True, False, True, True]


def test_all_together_take_no_more_than_the_limit_and_what_alone_is_too_much_is_not_kept(monkeypatch):
    monkeypatch.setattr(saved_queries, "MOST_BYTES", 10_000)
    tokens = [save_query(asked(str(number), size=4000))[0] for number in range(5)]
    assert sum(file.stat().st_size for file in home.answers().glob("*.zip")) <= 10_000
    assert load_query(tokens[-1])
    token, kept = save_query(asked("9", size=6000))
    assert not kept
    assert load_query(token) is None
