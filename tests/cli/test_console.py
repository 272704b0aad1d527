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
def test_list_items_may_contain_commas(text, parts):
    assert split_list(text, ("Folk, World, & Country", "jazz", "rap")) == parts


def test_terminal_control_characters_are_replaced():
    assert sanitize("a\x1b[31mred\x07\x9b2J\u202etxt.gpj\n") == "a\ufffd[31mred\ufffd\ufffd2J\ufffdtxt.gpj\n"


def test_a_name_that_is_not_unicode_prints_on_any_terminal(monkeypatch):
    result = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stderr", result)
    escape_unencodable()

    print_error("caf\udce9 und Café")
    result.flush()

    assert result.buffer.getvalue() == rb"error: caf\udce9 und Caf\xe9" + b"\n"
