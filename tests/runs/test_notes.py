from finished import answers, finished

from covergenre.runs.notes import LONGEST, read_note, write_note


def test_a_note_is_kept_replaced_and_taken_away():
    run = finished([0, 1, 2], answers([0, 1, 2]))
    assert read_note(run) == ""
    write_note(run, " for the talk ")
    assert read_note(run) == "for the talk"
    write_note(run, "x" * 1000)
    assert len(read_note(run)) == LONGEST
    write_note(run, "")
    assert not (run.folder / "note.txt").exists()


def test_a_note_that_cannot_be_read_is_none():
    run = finished([0, 1, 2], answers([0, 1, 2]))
    (run.folder / "note.txt").write_bytes(b"\xff\xfe\xfa")
    assert read_note(run) == ""
