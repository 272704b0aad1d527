import os

import pytest

from covergenre import home
from covergenre.dataset import selections
from covergenre.dataset.selections import load_selection, save_selection


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("COVERGENRE_HOME", str(tmp_path))


def test_a_selection_is_loaded_by_its_name():
    paths = {"jazz/ü.jpg", "rap/1.jpg"}
    name = save_selection(paths)
    assert load_selection(name) == paths
    assert save_selection(sorted(paths, reverse=True)) == name
    assert load_selection(save_selection([])) == frozenset()


@pytest.mark.parametrize("name", ["", "none", "0" * 16, "../datasets/a", "\0" * 16])
def test_a_name_of_no_selection_loads_none(name):
    assert load_selection(name) is None


@pytest.mark.parametrize("text", ["", "[1]", "1", "null", "{"])
def test_a_damaged_selection_is_left_out(text):
    name = save_selection(["a"])
    (home.selections() / f"{name}.json").write_text(text)
    assert load_selection(name) is None


@pytest.mark.parametrize(("limit", "value"), [("MOST", 2), ("MOST_BYTES", 40)])
def test_the_oldest_selections_make_room(limit, value, monkeypatch):
    monkeypatch.setattr(selections, limit, value)
    names = []
    for number in range(4):
        names.append(save_selection([f"{number}.jpg"]))
        os.utime(home.selections() / f"{names[-1]}.json", (number, number))
    save_selection(["last.jpg"])
    assert [load_selection(name) is not None for name in names] == [False, False, False, True]
