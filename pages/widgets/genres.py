"""The ten genres as a page shows them: a name to read and a colour that is the same everywhere.

Each genre has one colour for light and one for dark surroundings, both with a contrast of at least 3 : 1 against the
page. They were chosen by search so that the two nearest of the ten stay apart for readers with deuteranopia, protanopia
and tritanopia too; a colour is never the only sign, the name stands beside it.
"""

_COLOURS = {
    "anime": ("#3833c8", "#606ef7"),
    "black metal": ("#25272f", "#aeb1bc"),
    "classical": ("#736b10", "#d2cc7d"),
    "country": ("#b38044", "#e6960d"),
    "disco": ("#712364", "#9868ab"),
    "edm": ("#139990", "#12daff"),
    "jazz": ("#6c7dce", "#4ba8ed"),
    "pop": ("#e34481", "#bc6c7e"),
    "rap": ("#7e1800", "#da4e07"),
    "reggae": ("#035d35", "#638f4f"),
}
_OTHER = ("#6f6a61", "#a39d92")

GENRES = tuple(_COLOURS)


def display(genre: str) -> str:
    """The genre as a heading has it: "Black metal", "EDM"."""
    return genre.upper() if genre == "edm" else genre[:1].upper() + genre[1:]


def inline(genre: str) -> str:
    """The genre inside a sentence: "black metal", "EDM"."""
    return genre.upper() if genre == "edm" else genre


def colours(genre: str) -> tuple[str, str]:
    """The colour on a light and on a dark page; a genre beyond the ten is grey."""
    return _COLOURS.get(genre, _OTHER)


def css_colour(genre: str) -> str:
    """The colour as CSS that follows the theme by itself."""
    return "light-dark({}, {})".format(*colours(genre))
