import numpy as np
import pandas as pd
import pytest
from drawing import genre_folders
from hypothesis import given
from hypothesis import strategies as st
from known_covers import clustered_vectors, cover_table
from tiny import tiny_recipe

from covergenre.collecting.names import Name
from covergenre.collection import collection as module
from covergenre.collection.collection import TYPICAL, Collection
from covergenre.collection.filters import Filters
from covergenre.collection.sources import open_run_collection, with_names
from covergenre.dataset.registry import register
from covergenre.dataset.starter import seal
from covergenre.dataset.thumbnails import make_signatures
from covergenre.embedding.index import IVFIndex, build_index
from covergenre.errors import BadRun
from covergenre.methods import TrainSpec
from covergenre.training.train import train
from covergenre.vectors import smallest

GENRES = ["jazz"] * 8 + ["rap"] * 6 + ["reggae"] * 4


def collection(genres=GENRES, vectors=None, **columns) -> Collection:
    return Collection(cover_table(genres, **columns), clustered_vectors(genres) if vectors is None else vectors)


def found(text: str, **columns) -> list[int]:
    n = len(next(iter(columns.values())))
    return collection(["jazz"] * n, **columns).find(text=text, order=TYPICAL).tolist()


def similarities(some: Collection, row: int) -> np.ndarray:
    return some.units @ some.units[row]


class TestSearch:
    def test_every_word_must_occur_in_artist_or_album(self):
        artists, albums = ["Ada Lane", "Bram", "Ada Moss"], ["Blue Hours", "Lane of Blue", "Green"]
        assert set(found("blue lane", artist=artists, album=albums)) == {0, 1}

    @pytest.mark.parametrize("text", ["bjork", "BJÖRK", "Bjo\u0308rk", " björk "])
    def test_case_accents_and_spaces_are_ignored(self, text):
        assert found(text, artist=["Björk", "Bark"]) == [0]

    @pytest.mark.parametrize("text", ["ac dc", "AC/DC", "b.b. king", "BB King", "guns n' roses", "Guns N Roses"])
    def test_punctuation_is_ignored(self, text):
        assert len(found(text, artist=["AC/DC", "B.B. King", "Guns N’ Roses"])) == 1

    def test_matches_at_the_start_of_a_word_come_first(self):
        assert found("art", artist=["Mozart", "Art Blakey", "Heart"])[0] == 1

    def test_a_cover_without_a_name_is_found_by_source_and_number(self):
        assert found("discogs 77", id=["76", "77"]) == [1]

    def test_without_a_text_all_covers_are_found_the_most_typical_of_each_genre_first(self):
        some = collection()
        rows = some.find(order=TYPICAL)
        assert sorted(rows) == list(range(len(some)))
        assert [some.cover(row).genre for row in rows[:6]] == ["jazz", "rap", "reggae"] * 2
        for genre in range(3):
            assert (np.diff(some.typicality[rows[some.genre_of[rows] == genre]]) <= 0).all()

    def test_a_text_without_match_finds_nothing(self):
        assert found("zappa", artist=["Ada"]) == []

    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("coltrain", "coltrane"),
            ("jon coltrane", "john coltrane"),
            ("coltrane", ""),
            ("zzzz", ""),
            ("zzzz john", ""),
        ],
    )
    def test_a_typing_error_is_corrected(self, text, meant):
        assert collection(["jazz"] * 2, artist=["John Coltrane", "Ada"]).suggest_spelling(text) == meant

    @given(st.text(max_size=20))
    def test_any_text_can_be_searched_for(self, text):
        assert set(found(text, artist=["Ada Lane", "Björk"])) <= {0, 1}


class TestFilters:
    @pytest.fixture
    def some(self) -> Collection:
        return collection(
            source=["discogs", "spotify"] * 9, part=["train", "test", "validation"] * 6, year=[1960, pd.NA, 1985] * 6
        )

    @pytest.mark.parametrize(
        ("filters", "rows"),
        [
            (Filters(), range(18)),
            (Filters(genres=("rap",)), range(8, 14)),
            (Filters(genres=("rap", "reggae")), range(8, 18)),
            (Filters(sources=("spotify",)), range(1, 18, 2)),
            (Filters(parts=("test",)), range(1, 18, 3)),
            (Filters(years=(1960, 1984)), range(0, 18, 3)),
            (Filters(years=(1985, 1985)), range(2, 18, 3)),
            (Filters(genres=("rap",), sources=("discogs",), parts=("train",)), [12]),
            (Filters(genres=("polka",)), []),
        ],
    )
    def test_only_covers_that_pass_every_filter_are_found(self, some, filters, rows):
        assert sorted(some.find(filters, order=TYPICAL)) == list(rows)
        near = some.like(0, 99, filters)
        assert sorted(row for row, _ in near) == [row for row in rows if row != 0]

    def test_a_random_cover_passes_the_filters(self, some):
        chance = np.random.default_rng(0)
        drawn = {some.random_row(chance, Filters(genres=("reggae",))) for _ in range(60)}
        assert drawn == {14, 15, 16, 17}
        assert some.random_row(chance, Filters(genres=("polka",))) is None

    def test_choices_are_the_values_of_the_covers(self, some):
        assert some.genres == ("jazz", "rap", "reggae")
        assert some.sources == ("discogs", "spotify")
        assert some.years == (1960, 1985)
        assert collection().years is None


class TestNearest:
    def test_the_most_similar_come_first_and_the_cover_itself_is_left_out(self):
        some = collection()
        expected = [row for row in np.argsort(-similarities(some, 3)).tolist() if row != 3]
        near = some.like(3, 17)
        assert [row for row, _ in near] == expected
        assert [similarity for _, similarity in near] == pytest.approx(similarities(some, 3)[expected], abs=1e-6)

    def test_the_least_similar_come_first_on_request(self):
        some = collection()
        order = np.argsort(similarities(some, 3))
        assert [row for row, _ in some.like(3, 5, most=False)] == order[:5].tolist()

    def test_covers_with_the_same_pixels_are_left_out(self):
        some = collection(content_hash=["a", "b", "a"] + [str(row) for row in range(15)])
        assert {0, 2}.isdisjoint(row for row, _ in some.like(0, 99))

    @pytest.mark.parametrize(("among", "genres"), [("same", {"jazz"}), ("other", {"rap", "reggae"})])
    def test_neighbours_can_be_limited_to_the_same_or_to_other_genres(self, among, genres):
        some = collection()
        assert {some.cover(row).genre for row, _ in some.like(0, 99, among=among)} == genres

    @given(st.lists(st.integers(-5, 5), max_size=30), st.integers(0, 40))
    def test_the_smallest_values_are_those_of_a_stable_sort(self, values, k):
        assert smallest(np.array(values), k).tolist() == np.argsort(values, kind="stable")[:k].tolist()


class TestNames:
    def test_named_covers_come_first_among_equally_similar_ones(self):
        vectors = np.array([[1, 0], [1, 0.1], [1, 0.1001], [0, 1]], np.float32)
        some = collection(["jazz"] * 4, vectors, artist=["", "", "Ada", "Bo"])
        assert [row for row, _ in some.like(0, 3)] == [2, 1, 3]

    def test_named_covers_come_first_and_can_be_filtered(self):
        some = collection(["jazz"] * 4, artist=["", "Ada", "", "Bo"])
        assert set(some.find(order=TYPICAL)[:2]) == {1, 3}
        assert set(some.find(Filters(named=True))) == {1, 3}

    def test_covers_with_a_picture_can_be_filtered(self):
        some = collection(["jazz"] * 3, image_url=["", "https://i.example.org/1.jpg", ""])
        assert some.find(Filters(pictured=True)).tolist() == [1]

    def test_fetched_names_are_used(self, monkeypatch):
        names = {"1": Name("1", "Ada Lane", "Blue", 1961, "https://i.example.org/1.jpg"), "2": Name("2", reason="none")}
        monkeypatch.setattr("covergenre.collection.sources.read_names", lambda: names)
        some = Collection(with_names(cover_table(["jazz"] * 3)), clustered_vectors(["jazz"] * 3))
        assert [some.title(row) for row in range(3)] == ["Discogs 0", "Ada Lane – Blue", "Discogs 2"]
        assert (some.cover(1).year, some.cover(1).image_url) == (1961, "https://i.example.org/1.jpg")


class TestCovers:
    def test_a_cover_is_found_by_its_key(self):
        some = collection(artist=[f"artist {row}" for row in range(18)])
        assert some.row(some.cover(7).key) == 7
        assert some.row(f"{99:016x}") is None

    def test_typicality_is_the_similarity_to_the_centre_of_the_genre(self):
        some = collection()
        centre = some.units[:8].mean(axis=0)
        assert some.typicality[:8] == pytest.approx(some.units[:8] @ centre / np.linalg.norm(centre), abs=1e-6)

    def test_standing_is_the_share_of_less_typical_covers(self):
        some = collection()
        order = some.find(Filters(genres=("jazz",)), order=TYPICAL)
        assert [some.standing(row)[0] for row in order[[0, -1]]] == [1.0, 0.0]
        assert some.standing(order[0])[1] == "jazz"

    def test_standing_names_the_nearest_genre(self):
        vectors = clustered_vectors(GENRES, spread=0.1)
        vectors[0] = vectors[9]
        assert collection(vectors=vectors).standing(0) == (0.0, "rap")


class TestPages:
    def test_a_page_holds_the_next_covers_of_those_found(self):
        some = collection()
        rows = some.find(Filters(genres=("rap",)))
        assert [cover.id for cover in some.page(rows, 4, 4)] == ["12", "13"]
        assert some.page(rows, 0, 1)[0].similarity == pytest.approx(float(some.typicality[8]))

    def test_covers_that_pass_the_filters_are_counted(self):
        some = collection(source=["discogs", "spotify"] * 9)
        assert some.counts("genre") == {"jazz": 8, "rap": 6, "reggae": 4}
        assert some.counts("source", Filters(genres=("rap",))) == {"discogs": 3, "spotify": 3}

    def test_the_covers_nearest_to_a_vector_pass_the_filters(self):
        some = collection()
        near = some.nearest(some.vectors[3], 2, Filters(genres=("jazz",)))
        assert near[0] == (3, pytest.approx(1))
        assert all(row < 8 for row, _ in near)

    def test_between_finds_covers_similar_to_all_given_and_unlike_the_excluded_ones(self):
        some = collection(vectors=np.eye(3)[[0, 1, 2, 0, 1, 2] * 3] + 0.3 * np.eye(3)[[1, 0, 0, 1, 0, 0] * 3])
        assert {row % 3 for row, _ in some.between([0, 1], k=10)} == {0, 1}
        assert {row % 3 for row, _ in some.between([0], [1], k=5)} == {0}
        assert not {0, 1} & {row for row, _ in some.between([0], [1], k=18)}
        assert some.between([], [1]) == []

    def test_a_cover_without_a_vector_has_no_neighbours(self):
        some = Collection(cover_table(GENRES), clustered_vectors(GENRES)[:5], rows=np.array([0, 1, 2, 3, -1]))
        assert some.like(9, 5) == []
        assert {row for row, _ in some.like(0, 24)} == {1, 2, 3}


class TestOpen:
    def test_the_starter_opens_without_heads_or_network(self, starter):
        (starter / "network.bin").unlink()
        seal(starter)
        some = open_run_collection()
        assert some.genres == ("country", "jazz", "rap", "reggae")
        assert len(some.like(0, 5)) == 5

    @pytest.mark.parametrize("method", ["knn", "logistic"])
    def test_a_run_opens_with_its_covers(self, tmp_path, method):
        dataset, _ = register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 8))
        some = open_run_collection(train(dataset, TrainSpec(method, recipe=tiny_recipe(tmp_path))).id)
        assert some.genres == ("jazz", "rap")
        (row,) = some.find(text="jazz/003.jpg")
        assert some.cover(row).path == tmp_path / "covers" / "jazz" / "003.jpg"

    def test_the_colours_of_a_run_are_known_once_its_signatures_are(self, tmp_path):
        dataset, _ = register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 8))
        run = train(dataset, TrainSpec("knn", recipe=tiny_recipe(tmp_path)))
        assert open_run_collection(run.id).colours(np.arange(16)) == ()
        make_signatures(dataset)
        assert sum(swatch.share for swatch in open_run_collection(run.id).colours(np.arange(16))) == pytest.approx(1)

    def test_a_missing_run_is_an_error(self):
        with pytest.raises(BadRun, match="no run"):
            open_run_collection("20260101-000000-knn-0000")


class TestManyCovers:
    @pytest.fixture
    def pair(self, tmp_path_factory) -> tuple[Collection, Collection]:
        """The same covers, looked at one by one and through an index."""
        genres = GENRES * 20
        vectors, covers = clustered_vectors(genres), cover_table(genres)
        folder = tmp_path_factory.mktemp("index")
        build_index(vectors, folder)
        return Collection(covers, vectors), Collection(covers, vectors, index=IVFIndex.open(folder))

    @pytest.mark.parametrize("how", [{}, {"among": "other"}, {"filters": Filters(genres=("rap",))}, {"most": False}])
    def test_the_index_finds_the_neighbours_of_an_exhaustive_search(self, pair, how):
        few, many = (dict(each.like(5, 10, **how)) for each in pair)
        assert len(few.keys() & many.keys()) >= 8
        assert list(many.values()) == sorted(many.values(), reverse=how.get("most", True))
        assert all(similarity == pytest.approx(few.get(row, similarity), abs=0.02) for row, similarity in many.items())

    def test_typicality_does_not_depend_on_the_index(self, pair):
        few, many = (each.find(order=TYPICAL).tolist() for each in pair)
        assert few == many


def test_the_first_page_does_not_wait_for_the_names(monkeypatch):
    def broken(*_):
        raise ValueError("no names")

    monkeypatch.setattr(module, "NameSearch", broken)
    some = collection()
    assert len(some.find(order=TYPICAL)) == len(some)
    with pytest.raises(ValueError, match="no names"):
        some.find(text="blue")
