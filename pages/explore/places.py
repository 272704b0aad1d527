"""The places on the Explore page, as parameters of its address, and the ways there."""

from pages.explore import filters
from pages.explore.selection import SELECTED
from pages.widgets.address import PAGE, go

DATASET, VIEW, COVER, GROUPS = "data", "see", "open", "groups"
_GALLERY = "Gallery"


def show_dataset(name: str) -> None:
    """Show another data set, without the filters and the cover of this one."""
    go(**{**filters.no_filters(), SELECTED: "", COVER: "", GROUPS: "", DATASET: name})


def open_gallery(**wanted: str | list[str]) -> None:
    """Show the gallery with these filters and no others."""
    go(**{**filters.only(**wanted), COVER: "", GROUPS: "", VIEW: _GALLERY})


def open_cover(path: str) -> None:
    """Show one cover."""
    go(**{COVER: path, VIEW: _GALLERY})


def close_cover(page: int = 1) -> None:
    """Back to a page of the gallery."""
    go(**{COVER: "", PAGE: str(page) if page > 1 else ""})
