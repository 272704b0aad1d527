import pytest

from covergenre.dataset.layout import Layout, detect_layout, front_covers, similar_names, tidy_genre

ARTISTS = ("Ada Lane", "Bo Hill", "Cy Twain")


def library(*, top: str = "", file: str = "cover.jpg", genres=("Jazz", "Klezmer")) -> list[str]:
    """Two albums each of three artists a genre."""
    return [
        f"{top}{genre}/{artist}/{artist.split()[0]} {number} (196{number})/{file}"
        for genre in genres
        for artist in ARTISTS
        for number in (1, 2)
    ]


class TestRecognise:
    @pytest.mark.parametrize(
        "paths",
        [
            ["jazz/1.jpg", "rap/2.jpg"],
            [f"{source}/{genre}/{n}.jpg" for source in "ab" for genre in ("jazz", "rap") for n in range(9)],
            [f"{source}/{genre}/{n}.jpg" for source in ("x", "y") for genre in ("klezmer", "zouk") for n in range(9)],
            ["discogs/jazz/a.png", "spotify/rap/b.png"],
            [],
        ],
    )
    def test_covers_sorted_by_genre_have_it_in_the_innermost_folder(self, paths):
        assert detect_layout(paths) == Layout(0, albums=False)

    @pytest.mark.parametrize("file", ["cover.jpg", "Folder.jpg", "front.png", "AlbumArt.jpg"])
    def test_a_music_library_has_the_genre_in_the_first_folder(self, file):
        assert detect_layout(library(file=file)) == Layout(1, albums=True)

    def test_a_folder_around_a_library_is_not_a_genre(self):
        assert detect_layout(library(top="Music/")) == Layout(2, albums=True)

    def test_a_library_may_have_two_levels(self):
        paths = [
            f"{genre}/{artist} - Blue {n}/cover.jpg" for genre in ("Zouk", "Jazz") for artist in ARTISTS for n in (1, 2)
        ]
        assert detect_layout(paths) == Layout(1, albums=True)

    def test_known_genre_names_reveal_their_level(self):
        paths = [
            f"{genre}/{decade}s/{n}.jpg" for genre in ("Jazz", "Hip-Hop") for decade in (1960, 1970) for n in range(9)
        ]
        assert detect_layout(paths) == Layout(1, albums=False)

    def test_a_chosen_level_is_used(self):
        assert detect_layout(library(), genre_level=2) == Layout(2, albums=True)
        assert detect_layout(library(), genre_level=0) == Layout(0, albums=False)

    def test_a_layout_is_shown_as_a_path(self):
        assert [str(Layout()), str(Layout(2, True))] == ["GENRE/cover.jpg", "FOLDER1/GENRE/.../ALBUM/cover.jpg"]


class TestFacts:
    def test_the_innermost_folder_is_the_genre_and_those_above_are_the_source(self):
        assert Layout().facts("a/b/jazz/x.jpg") == {"genre": "jazz", "source": "a/b"}

    def test_a_library_path_contains_artist_album_and_year(self):
        assert Layout(1, albums=True).facts("Jazz/Ada Lane/Blue (1961)/cover.jpg") == {
            "genre": "Jazz",
            "source": "",
            "artist": "Ada Lane",
            "album": "Blue",
            "year": 1961,
        }

    @pytest.mark.parametrize("folder", ["Ada Lane - Blue (1961)", "1961 - Ada Lane - Blue", "Ada Lane – Blue [1961]"])
    def test_one_folder_may_name_artist_and_album(self, folder):
        facts = Layout(1, albums=True).facts(f"Jazz/{folder}/cover.jpg")
        assert (facts["artist"], facts["album"], facts["year"]) == ("Ada Lane", "Blue", 1961)

    @pytest.mark.parametrize("part", ["CD1", "Disc 2", "Scans", "Artwork"])
    def test_folders_of_discs_and_scans_are_no_albums(self, part):
        assert Layout(1, albums=True).facts(f"Jazz/Ada/Blue/{part}/cover.jpg")["album"] == "Blue"

    def test_a_cover_directly_in_its_genre_folder_has_no_album(self):
        assert Layout(1, albums=True).facts("Jazz/cover.jpg") == {"genre": "Jazz", "source": ""}


class TestFronts:
    @pytest.mark.parametrize(
        ("pictures", "front"),
        [
            (("back.jpg", "cover.jpg", "booklet 01.jpg"), "cover.jpg"),
            (("Ada - Blue (back).jpg", "Ada - Blue.jpg"), "Ada - Blue.jpg"),
            (("AlbumArtSmall.jpg", "Folder.jpg"), "Folder.jpg"),
            (("cd.jpg", "front.jpg", "inlay.jpg"), "front.jpg"),
            (("back.jpg",), "back.jpg"),
        ],
    )
    def test_the_front_is_preferred_to_back_and_booklet(self, pictures, front):
        assert front_covers(f"Jazz/Ada/Blue/{name}" for name in pictures) == {f"Jazz/Ada/Blue/{front}"}

    def test_discs_and_scans_belong_to_their_album(self):
        paths = ["J/A/Blue/cover.jpg", "J/A/Blue/CD1/cover.jpg", "J/A/Blue/Scans/front.jpg", "J/A/Red/CD1/cover.jpg"]
        assert front_covers(paths) == {"J/A/Blue/cover.jpg", "J/A/Red/CD1/cover.jpg"}


def test_a_folder_below_a_genre_belongs_to_it():
    paths = ["jazz/1.jpg", "jazz/2.jpg", "rap/1.jpg", "jazz/live/3.jpg", "jazz/live/old/4.jpg"]
    assert {detect_layout(paths).facts(path)["genre"] for path in paths} == {"jazz", "rap"}


def test_sources_beside_genres_are_recognised():
    paths = ["jazz/1.jpg", "rap/1.jpg", "spotify/pop/3.jpg"]
    assert [detect_layout(paths).facts(path)["genre"] for path in paths] == ["jazz", "rap", "pop"]


def test_genre_names_are_normalised():
    assert [tidy_genre("Mu\u0301sica "), tidy_genre("hip  hop")] == ["M\u00fasica", "hip hop"]


def test_similar_genre_names_are_found_the_most_frequent_first():
    genres = ["Jazz"] * 3 + ["jazz"] + ["black metal", "Black-Metal", "black metal"] + ["rap"]
    assert similar_names(genres) == [["Jazz", "jazz"], ["black metal", "Black-Metal"]]


@pytest.mark.parametrize("pair", [("R&B", "R and B"), ("Música", "musica"), ("hip-hop", "HipHop")])
def test_names_that_differ_in_case_accents_dashes_and_ands_are_similar(pair):
    assert len(similar_names(pair)) == 1
