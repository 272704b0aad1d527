import io
import sys

import pytest

from covergenre.cli.console import escape_unencodable, print_error, sanitize, split_list


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("jazz, rap", ("jazz", "rap")),
        ('"Folk, World, & Country",jazz', ("Folk, World, & Country", "jazz")),
        ("jazz,Folk, World, & Country,rap", ("jazz", "Folk, World, & Country", "rap")),
        ("jazz,,", ("jazz",)),
        ("", ()),
        (None, ()),
    ],
)
def test_a_list_may_name_what_holds_commas(text, parts):
    assert split_list(text, ("Folk, World, & Country", "jazz", "rap")) == parts


def test_what_a_terminal_obeys_is_shown_as_unreadable():
    assert sanitize("a\x1b[31mred\x07\x9b2J\u202etxt.gpj\n") == "a\ufffd[31mred\ufffd\ufffd2J\ufffdtxt.gpj\n"


def test_a_name_that_is_no_unicode_can_be_said_on_any_terminal(monkeypatch):
    said = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stderr", said)
    escape_unencodable()

    print_error("caf\udce9 und Café")
    said.flush()

    assert said.buffer.getvalue() == rb"error: caf\udce9 und Caf\xe9" + b"\n"
