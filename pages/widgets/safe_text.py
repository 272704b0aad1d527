"""Text from outside (file names, album titles), made safe for a page."""

import re
import unicodedata

_BREAKING = re.compile(r"[^\S\u00a0\u202f]+")  # white space but for the spaces that hold a figure to its unit
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_INVISIBLE = {"Cc", "Cs", "Co", "Cn"}
_BIDI_CONTROLS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def tidy(text: str, limit: int = 80) -> str:
    """One line of at most `limit` characters, shortened in the middle so that a file's ending stays in sight.

    Control characters and marks that change the direction of text are removed, so that a name can't look like another.
    """
    seen = "".join(character for character in text if character.isspace() or _is_visible(character))
    line = _BREAKING.sub(" ", seen).strip()
    if len(line) <= limit:
        return line
    tail = limit // 3
    return f"{line[: limit - tail - 1]}…{line[-tail:]}"


def plain(text: str, limit: int = 80) -> str:
    """The text, tidied and escaped for Markdown and HTML: every punctuation mark becomes a character reference."""
    return _PUNCTUATION.sub(lambda mark: f"&#{ord(mark[0])};", tidy(text, limit))


def sentence(text: str, limit: int = 400) -> str:
    """An error's message as a sentence of its own, `plain`."""
    line = tidy(text, limit)
    return plain(f"{line[:1].upper()}{line[1:]}{'' if line.endswith(('.', '…')) else '.'}", limit + 1)


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in _INVISIBLE and character not in _BIDI_CONTROLS
