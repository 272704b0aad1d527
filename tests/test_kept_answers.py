import os

import pytest

from covergenre import home, kept_answers
from covergenre.kept_answers import Asked, Cover, forget, keep, open_kept


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("COVERGENRE_HOME", str(tmp_path))


def asked(*names: str, run: str = "starter", size: int = 100) -> Asked:
    return Asked(tuple(Cover.of(name, name.encode() * size, "jazz") for name in names), run)


def test_what_is_kept_comes_back_as_it_was():
    before = asked("a.jpg", "b/ü.png")
    token, kept = keep(before)
    assert kept
    assert open_kept(token) == before


def test_one_of_several_covers_is_opened_alone():
    before = asked("a.jpg", "b.png")
    token, _ = keep(before)
    assert open_kept(token, 1).covers == before.covers[1:]
    assert open_kept(token, 2).covers == ()


def test_the_same_question_has_one_address_and_another_run_another():
    assert keep(asked("a"))[0] == keep(asked("a"))[0]
    assert keep(asked("a"))[0] != keep(asked("a", run="mine"))[0]
    assert len(list(home.answers().glob("*.zip"))) == 2


def test_an_address_can_not_be_told_from_the_cover_alone(tmp_path, monkeypatch):
    here = keep(asked("a"))[0]
    monkeypatch.setenv("COVERGENRE_HOME", str(tmp_path / "elsewhere"))
    assert keep(asked("a"))[0] != here
    assert asked("a").covers[0].digest != here


def test_what_is_forgotten_is_gone():
    token, _ = keep(asked("a"))
    forget(token)
    assert open_kept(token) is None
    forget(token)


@pytest.mark.parametrize("token", ["", "0" * 32, "../answers/x", "0" * 31 + "/", "\0" * 32])
def test_an_address_that_is_none_leads_to_nothing(token):
    assert open_kept(token) is None
    forget(token)


@pytest.mark.parametrize("data", [b"", b"milk", b"PK\x03\x04 torn"])
def test_what_is_damaged_is_as_if_it_had_gone(data):
    token, _ = keep(asked("a"))
    (home.answers() / f"{token}.zip").write_bytes(data)
    assert open_kept(token) is None


def test_those_not_looked_at_for_longest_make_room(monkeypatch):
    monkeypatch.setattr(kept_answers, "MOST_ANSWERS", 3)
    tokens = [keep(asked(str(number)))[0] for number in range(3)]
    for age, token in zip((10, 20, 30), tokens, strict=True):
        os.utime(home.answers() / f"{token}.zip", (age, age))
    assert open_kept(tokens[0])
    tokens.append(keep(asked("3"))[0])
    assert [open_kept(token) is not None for token in tokens] == [True, False, True, True]


def test_all_together_take_no_more_than_the_limit_and_what_alone_is_too_much_is_not_kept(monkeypatch):
    monkeypatch.setattr(kept_answers, "MOST_BYTES", 10_000)
    tokens = [keep(asked(str(number), size=4000))[0] for number in range(5)]
    assert sum(file.stat().st_size for file in home.answers().glob("*.zip")) <= 10_000
    assert open_kept(tokens[-1])
    token, kept = keep(asked("9", size=6000))
    assert not kept
    assert open_kept(token) is None
