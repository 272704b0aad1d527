import json

import pytest

from covergenre.errors import BadDataset
from covergenre.repair.history import Change, active_repairs, add_repair, read_history

CHANGE = Change('jazz/"a",\u2028 é\n.jpg', {"excluded": "", "edit": ""}, {"excluded": "blank", "edit": "1"})


def test_without_repairs_there_is_no_history(tmp_path):
    assert read_history(tmp_path) == ()


def test_repairs_are_numbered_and_read_back_as_they_were_written(tmp_path):
    written = (add_repair(tmp_path, "blank", [CHANGE]), add_repair(tmp_path, "undo: blank", [], undoes=1))
    assert read_history(tmp_path) == written
    assert [repair.number for repair in written] == [1, 2]
    assert len((tmp_path / "repairs.jsonl").read_text().split("\n")) == 3


@pytest.mark.parametrize(
    ("undoes", "expected"),
    [
        ([None, None, None], [1, 2, 3]),
        ([None, None, 1], [2, 3]),
        ([None, 1, 2], [1, 3]),
        ([None, 1, 2, 3, None], [2, 4, 5]),
        ([None, 1, 2, 1], [3, 4]),
    ],
)
def test_an_undone_repair_is_inactive_unless_the_undoing_was_undone(tmp_path, undoes, expected):
    repairs = [add_repair(tmp_path, "", [], number) for number in undoes]
    stand = {repair.number for repair in active_repairs(repairs)}
    # An undoing that was undone is gone itself; the undoing of it stands.
    assert stand == set(expected)


@pytest.mark.parametrize(
    "change",
    [
        lambda line: "",
        lambda line: line[:40],
        lambda line: "[]",
        lambda line: "null",
        lambda line: line.replace('"number": 2', '"number": 3'),
        lambda line: line.replace('"undoes": 1', '"undoes": 2'),
        lambda line: line.replace('"why"', '"because"'),
        lambda line: line.replace('"excluded"', '"content_hash"'),
        lambda line: line.replace('"blank"', "7"),
    ],
)
def test_a_damaged_history_is_named_by_its_line(tmp_path, change):
    add_repair(tmp_path, "first", [])
    add_repair(tmp_path, "second", [CHANGE], undoes=1)
    file = tmp_path / "repairs.jsonl"
    first, second, _ = file.read_text().split("\n")
    assert json.loads(second)["number"] == 2
    file.write_text(f"{first}\n{change(second)}\n")
    with pytest.raises(BadDataset, match="damaged in line 2"):
        read_history(tmp_path)
