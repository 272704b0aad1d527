"""What is written on a cover, as data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """`confidence`, 0..1: the mean probability of its characters."""

    text: str
    confidence: float


@dataclass(frozen=True)
class ReadText:
    """The lines on a cover, from the top down; none when nothing could be read."""

    lines: tuple[Line, ...] = ()

    def __str__(self) -> str:
        return " ".join(line.text for line in self.lines)
