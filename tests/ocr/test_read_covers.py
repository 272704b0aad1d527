import pytest
from lettering import cover_with_text

from covergenre import home
from covergenre.errors import Cancelled
from covergenre.ocr import reader as module
from covergenre.ocr.reader import VERSION, read_covers
from covergenre.ocr.text import CoverText, Line
from covergenre.progress import Monitor


class Scribe:
    """Reads off a picture how wide it is, and counts."""

    def __init__(self) -> None:
        self.read_so_far = 0

    def read(self, image) -> CoverText:
        self.read_so_far += 1
        return CoverText((Line(f"wide {image.width}", 0.9),))


@pytest.fixture
def scribe(monkeypatch) -> Scribe:
    scribe = Scribe()
    monkeypatch.setattr(module, "open_reader", lambda: scribe)
    monkeypatch.setattr(module, "_BATCH", 2)
    return scribe


def pictures(n: int) -> dict:
    return {f"{number:032x}": lambda side=number + 8: cover_with_text(side=side) for number in range(n)}


def test_each_cover_is_read_once(scribe):
    first = read_covers(pictures(5))
    assert [str(text) for text in first.values()] == [f"wide {8 + number}" for number in range(5)]
    assert read_covers(pictures(5)) == first
    assert scribe.read_so_far == 5


def test_progress_is_reported(scribe):
    reports = []
    read_covers(pictures(5), Monitor(reports.append))
    assert [(each.done, each.total) for each in reports] == [(2, 5), (4, 5), (5, 5)]


def test_a_stop_keeps_what_was_read(scribe):
    reports = []
    with pytest.raises(Cancelled):
        read_covers(pictures(5), Monitor(reports.append, lambda: bool(reports)))
    read_covers(pictures(5))
    assert scribe.read_so_far == 5


def test_a_damaged_line_is_read_again(scribe):
    read_covers(pictures(2))
    (file,) = (home.texts() / VERSION).glob("*.jsonl")
    file.write_text(file.read_text().splitlines()[0] + '\n["torn', "utf-8")
    assert len(read_covers(pictures(2))) == 2
    assert scribe.read_so_far == 3
