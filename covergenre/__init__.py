"""covergenre: the genre of a music album, read off its cover."""

__version__ = "0.2.0"
