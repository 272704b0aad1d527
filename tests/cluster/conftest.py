"""A folder of covers with one file that is not a picture."""

import pytest
from drawing import cover

from covergenre.cluster.inputs import Item, find_items

WIDTHS = range(40, 52)


@pytest.fixture
def items(tmp_path) -> list[Item]:
    """Covers of different widths, named by them, and a file that only looks like one."""
    folder = tmp_path / "covers" / "jazz"
    folder.mkdir(parents=True)
    for width in WIDTHS:
        cover("jazz", width, width).save(folder / f"{width}.png")
    (folder / "bad.png").write_bytes(b"no picture")
    return find_items(str(tmp_path / "covers"))


@pytest.fixture
def out(tmp_path) -> str:
    """Where rows go."""
    return str(tmp_path / "out")
