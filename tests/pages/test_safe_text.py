import unicodedata
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from pages.widgets.safe_text import plain, sentence, tidy


@given(st.text(max_size=300), st.integers(10, 100))
def test_tidied_text_is_one_line_of_limited_length(text, limit):
    line = tidy(text, limit)
    assert len(line) <= limit
    assert {character for character in line if character.isspace()} <= set(" \u00a0\u202f")
    assert "  " not in line


@given(st.text(max_size=100))
def test_invisible_and_bidirectional_characters_are_removed(text):
    kinds = {unicodedata.category(character) for character in tidy(text)}
    assert kinds.isdisjoint({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
    assert set(tidy(text)).isdisjoint("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def test_a_name_with_a_disguised_extension_is_shown_as_it_is():
    assert tidy("cover\u202egpj.exe") == "covergpj.exe"


def test_a_figure_stays_with_its_unit():
    assert tidy("right on\n 53.1\u202f%  of\u00a0all") == "right on 53.1\u202f% of\u00a0all"


def test_a_long_name_keeps_its_ending():
    assert tidy("a" * 200 + ".webp", 40).endswith(".webp")


@given(st.text(alphabet="aé日 <>&\"'*_`[]()!#~|$:\\^=+-{}", max_size=60))
def test_plain_text_escapes_markdown_and_html(text):
    marked = plain(text)
    assert set(marked).isdisjoint("<>\"'*_`[]()!~|$:\\^=+-{}")
    assert unescape(marked) == tidy(text)


def test_character_references_are_escaped():
    assert unescape(plain("&lt;b&gt;")) == "&lt;b&gt;"


def test_a_sentence_begins_with_a_capital_and_ends_with_one_full_stop():
    assert unescape(sentence("this file is empty: fetch it again")) == "This file is empty: fetch it again."
    assert unescape(sentence("It ends.")) == "It ends."
