import pytest
from finished import answers, finished

from covergenre.runs.notes import LONGEST, MOST_TAGS, Notes, read_notes, write_notes


@pytest.fixture
def run():
    return finished([0, 1, 2], answers([0, 1, 2]))


def test_notes_are_kept_tidy_and_replaced(run):
    write_notes(run, Notes(" My \n run ", ("talk", " ", "talk "), " for the talk ", hidden=True))
    assert read_notes(run) == Notes("My run", ("talk",), "for the talk", hidden=True)
    write_notes(run, Notes())
    assert read_notes(run) == Notes()


def test_notes_have_their_limits(run):
    write_notes(run, Notes(tags=tuple(map(str, range(100))), note="x" * 1000))
    kept = read_notes(run)
    assert (len(kept.tags), len(kept.note)) == (MOST_TAGS, LONGEST)


@pytest.mark.parametrize("damage", [b"\xff\xfe\xfa", b"[]", b'{"tags": 3}'])
def test_notes_that_cannot_be_read_are_none(run, damage):
    (run.folder / "notes.json").write_bytes(damage)
    assert read_notes(run) == Notes()


def test_a_note_from_before_there_were_names_is_still_there(run):
    (run.folder / "notes.json").unlink()
    (run.folder / "note.txt").write_text("for the talk")
    assert read_notes(run).note == "for the talk"
