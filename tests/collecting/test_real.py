"""The real MusicBrainz and Cover Art Archive, where there is a connection: do they still speak as the stand-in does?"""

import socket

import pytest

from covergenre.collecting.collect import collect
from covergenre.collecting.record import Plan


@pytest.mark.web
def test_a_cover_of_each_genre_comes_from_the_real_sources():
    try:
        socket.create_connection(("musicbrainz.org", 443), timeout=5).close()
    except OSError:
        pytest.skip("no connection")
    collected = collect(Plan("real", ("jazz", "reggae"), per_genre=1))

    assert collected.covers == {"jazz": 1, "reggae": 1}
    assert collected.dataset.manifest["problem"].eq("").all()
