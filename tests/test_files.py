import threading

import pytest

from covergenre.files import replace_text


def test_text_is_stored_byte_for_byte(tmp_path):
    replace_text(tmp_path / "a.txt", "é\r\n\n\0")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa9\r\n\n\0"


def test_a_text_that_cannot_be_written_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    replace_text(tmp_path / "a.txt", "old")
    with pytest.raises(UnicodeEncodeError):
        replace_text(tmp_path / "a.txt", "\udcff")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a.txt", "old")]


def test_a_reader_never_sees_half_a_file_while_others_write(tmp_path):
    file, texts = tmp_path / "a.txt", {letter * 200_000 for letter in "abc"}
    replace_text(file, min(texts))
    writers = [
        threading.Thread(target=lambda text=text: [replace_text(file, text) for _ in range(20)]) for text in texts
    ]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert file.read_text() in texts
    assert len(list(tmp_path.iterdir())) == 1
