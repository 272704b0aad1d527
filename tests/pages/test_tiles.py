from dataclasses import replace
from html.parser import HTMLParser

import pytest
from drawing import cover
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pages.widgets.cover_art import web_address
from pages.widgets.tiles import face

HOSTILE = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="<>\"'&=/`()[]{}*_!:;#\n ", max_size=60),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "' onmouseover='alert(1)",
            "javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "http://[",
            "https://good.org/\"onload='x",
            "<!-- ",
            "</li></ul>",
            "![x](http://x)",
        ]
    ),
)


class Seen(HTMLParser):
    """Which tags, attributes and addresses a piece of HTML has."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.addresses, self.text = [], set(), [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attributes}
        self.addresses += [value for name, value in attributes if name in ("href", "src")]

    def handle_data(self, data):
        self.text += data


def test_a_tile_shows_artist_genre_similarity_and_source(neighbour):
    seen = Seen(face(neighbour(), False))
    assert seen.text == "Blue HoursAda Lane" + "Ada LaneBlue Hours (1961)Jazz0.88"
    assert "https://open.spotify.com/album/4aoy2NnmDpWvjWi9taOHYe" in seen.addresses


def test_a_tile_without_a_page_at_its_source_is_not_a_link(neighbour):
    assert "a" not in Seen(face(neighbour(page_url=""), False)).tags


def test_no_picture_is_fetched_from_its_source_unless_requested(neighbour):
    images = [a for a in Seen(face(neighbour(page_url=""), False)).addresses if not a.startswith("data:image/jpeg")]
    assert images == []


def test_the_picture_comes_from_the_app_and_covers_the_colours(neighbour):
    below, above = Seen(face(neighbour(page_url="", content_hash="0" * 31 + "a"), True)).addresses
    assert below.startswith("data:image/jpeg;base64,")
    assert above == "pictures/" + "0" * 31 + "a.jpg?fetch=1"


@pytest.mark.parametrize(
    "fields", [{"image_url": ""}, {"image_url": "javascript:x"}, {"content_hash": ""}, {"content_hash": '"' * 32}]
)
def test_no_picture_is_requested_where_none_is_available(neighbour, fields):
    cover = neighbour(**{"page_url": "", "content_hash": "0" * 32, **fields})
    assert len(Seen(face(cover, True)).addresses) == 1


def test_a_local_file_is_shown_without_fetching(neighbour, tmp_path):
    cover("jazz").save(tmp_path / "blue.png")
    html = face(neighbour(page_url="", path=tmp_path / "blue.png"), True)
    (address,) = Seen(html).addresses
    assert address.startswith("data:image/jpeg;base64,")
    assert "Cover of Ada Lane" in html.replace("&#32;", " ")


def test_a_missing_file_falls_back_to_its_colours(neighbour, tmp_path):
    assert face(neighbour(path=tmp_path / "gone.png"), False) == face(neighbour(), False)


def test_a_cover_without_signature_and_file_gets_a_neutral_tile(neighbour):
    seen = Seen(face(neighbour(signature=b"", page_url="", source="", id="jazz/blue.jpg"), False))
    assert "img" not in seen.tags
    assert "Ada Lane" in seen.text


def test_a_cover_without_artist_is_an_untitled_release_of_its_source(neighbour):
    seen = Seen(face(neighbour(artist="", album="", year=None, source="discogs", id="152083"), False))
    assert seen.text == "Discogs 152083Untitled release" + "Untitled releaseDiscogs 152083Jazz0.88"


@given(texts=st.tuples(*[HOSTILE] * 7), load=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_untrusted_text_never_becomes_markup(neighbour, texts, load):
    names = ("source", "id", "genre", "artist", "album", "page_url", "image_url")
    seen = Seen(html := face(replace(neighbour(), **dict(zip(names, texts, strict=True))), load))
    assert set(seen.tags) <= {"a", "b", "span", "img"}
    assert seen.attributes <= {
        *("class", "style", "src", "alt", "href", "target", "rel", "title", "aria-hidden", "tabindex"),
    }
    assert all(
        address.startswith(("https://", "http://", "data:image/jpeg;base64,", "pictures/"))
        for address in seen.addresses
    )
    assert "\n" not in html


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//host/x",
        "/x",
        "file:///etc/passwd",
        "http://",
        "http://[",
        "ftp://x",
    ],
)
def test_only_web_addresses_become_links(address):
    assert web_address(address) == ""
