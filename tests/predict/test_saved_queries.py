import os

import pytest

from covergenre import home
from covergenre.predict import saved_queries
from covergenre.predict.saved_queries import Cover, Query, delete_query, load_query, save_query


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("COVERGENRE_HOME", str(tmp_path))


def query(*names: str, run: str = "starter", size: int = 100) -> Query:
    return Query(tuple(Cover.of(name, name.encode() * size, "jazz") for name in names), run)


def test_a_saved_query_loads_unchanged():
    before = query("a.jpg", "b/ü.png")
    token, kept = save_query(before)
    assert kept
    assert load_query(token) == before


def test_one_of_several_covers_can_be_loaded():
    before = query("a.jpg", "b.png")
    token, _ = save_query(before)
    assert load_query(token, 1).covers == before.covers[1:]
    assert load_query(token, 2).covers == ()


def test_the_token_depends_on_covers_and_run():
    assert save_query(query("a"))[0] == save_query(query("a"))[0]
    assert save_query(query("a"))[0] != save_query(query("a", run="mine"))[0]
    assert len(list(home.answers().glob("*.zip"))) == 2


def test_the_token_cannot_be_derived_from_the_cover_alone(tmp_path, monkeypatch):
    here = save_query(query("a"))[0]
    monkeypatch.setenv("COVERGENRE_HOME", str(tmp_path / "elsewhere"))
    assert save_query(query("a"))[0] != here
    assert query("a").covers[0].digest != here


def test_a_deleted_query_is_gone():
    token, _ = save_query(query("a"))
    delete_query(token)
    assert load_query(token) is None
    delete_query(token)


@pytest.mark.parametrize("token", ["", "0" * 32, "../answers/x", "0" * 31 + "/", "\0" * 32])
def test_an_invalid_token_loads_nothing(token):
    assert load_query(token) is None
    delete_query(token)


@pytest.mark.parametrize("data", [b"", b"milk", b"PK\x03\x04 torn"])
def test_a_damaged_query_loads_nothing(data):
    token, _ = save_query(query("a"))
    (home.answers() / f"{token}.zip").write_bytes(data)
    assert load_query(token) is None


def test_the_least_recently_used_query_is_dropped(monkeypatch):
    monkeypatch.setattr(saved_queries, "MOST_ANSWERS", 3)
    tokens = [save_query(query(str(number)))[0] for number in range(3)]
    for age, token in zip((10, 20, 30), tokens, strict=True):
        os.utime(home.answers() / f"{token}.zip", (age, age))
    assert load_query(tokens[0])
    tokens.append(save_query(query("3"))[0])
    assert [load_query(token) is not None for token in tokens] == [True, False, True, True]


def test_the_total_size_is_limited_and_too_large_a_query_is_not_saved(monkeypatch):
    monkeypatch.setattr(saved_queries, "MOST_BYTES", 10_000)
    tokens = [save_query(query(str(number), size=4000))[0] for number in range(5)]
    assert sum(file.stat().st_size for file in home.answers().glob("*.zip")) <= 10_000
    assert load_query(tokens[-1])
    token, kept = save_query(query("9", size=6000))
    assert not kept
    assert load_query(token) is None
