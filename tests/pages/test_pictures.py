import pytest

from covergenre.collecting.pictures import Availability
from pages.widgets.pictures import standing_line


@pytest.mark.parametrize(
    ("standing", "line"),
    [
        (Availability(24, 12, 0, {}), "12 of 24 have a picture."),
        (Availability(24, 3, 9, {}), "3 of 24 have a picture. 9 loading."),
        (Availability(4, 1, 0, {"no connection": 3}), "3 failed: no connection."),
        (Availability(4, 1, 0, {"no address known (spotify)": 3}), "3 from Spotify have no known picture."),
        (Availability(4, 1, 0, {"no address known (discogs)": 3}), "with a token of your own"),
    ],
)
def test_the_note_counts_pictures_and_reasons_for_missing_ones(standing, line):
    assert line in standing_line(standing)
