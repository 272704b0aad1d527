import subprocess
import sys

import numpy as np
import pytest
from known_covers import clustered_vectors

from covergenre import home
from covergenre.collection.map import draw_map, draw_map_apart, find_map, known_map, quick_map
from covergenre.errors import Cancelled
from covergenre.progress import Monitor

GENRES = ["jazz"] * 25 + ["rap"] * 25


@pytest.fixture
def vectors() -> np.ndarray:
    return clustered_vectors(GENRES, spread=0.1)


@pytest.mark.parametrize("draw", [quick_map, draw_map])
def test_clusters_are_separated(draw, vectors):
    places = draw(vectors)
    assert places.shape == (50, 2)
    assert np.abs(places).max() == pytest.approx(1)
    apart = np.linalg.norm(places[:25].mean(axis=0) - places[25:].mean(axis=0))
    assert apart > 2 * places[:25].std(axis=0).max()


def test_the_quick_map_shows_the_directions_of_largest_variance():
    angles = np.linspace(-0.1, 0.1, 21)
    arc = np.stack([np.cos(angles), 0.6 * np.sin(angles), 0.8 * np.sin(angles)], axis=1)
    places = quick_map(arc)
    assert np.abs(places[:, 0]) == pytest.approx(np.abs(np.sin(angles) / np.sin(0.1)), abs=1e-3)
    assert np.abs(places[:, 1]).max() < 0.1


@pytest.mark.parametrize("draw", [quick_map, draw_map])
def test_the_length_of_a_vector_does_not_matter(draw, vectors):
    longer = vectors * np.float32(2) ** np.arange(len(vectors))[:, None].clip(max=9)  # loses no digit
    assert draw(longer) == pytest.approx(draw(vectors), abs=1e-4)


@pytest.mark.parametrize("n", [1, 2])
def test_few_covers_have_a_quick_map_too(n):
    assert quick_map(np.ones((n, 5), np.float32)).shape == (n, 2)


def test_a_map_is_stored_for_its_vectors_only(vectors):
    assert find_map(vectors) is None
    places = draw_map(vectors)
    assert find_map(vectors) == pytest.approx(places, abs=1e-3)
    assert find_map(vectors * 2) is None


def test_the_map_shipped_with_the_starter_is_found(vectors, starter):
    places = draw_map(vectors, starter / "map.npz")
    assert not home.maps().exists()
    assert find_map(vectors) == pytest.approx(places, abs=1e-3)


@pytest.mark.parametrize("damage", [b"", b"no archive"])
def test_a_damaged_map_is_ignored(vectors, damage):
    draw_map(vectors)
    (file,) = home.maps().iterdir()
    file.write_bytes(damage)
    assert find_map(vectors) is None


def test_the_same_vectors_give_the_same_map(vectors):
    assert np.array_equal(draw_map(vectors), draw_map(vectors))


def test_a_stored_map_is_read_without_scikit_learn(vectors, tmp_path):
    np.save(tmp_path / "vectors.npy", vectors)
    draw_map(vectors)
    code = (
        "import sys, numpy; from covergenre.collection.map import find_map, quick_map;"
        "vectors = numpy.load(sys.argv[1]); quick_map(vectors);"
        "print(find_map(vectors).shape, 'sklearn' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "vectors.npy")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "(50, 2) False"


def test_a_map_drawn_in_a_subprocess_is_stored():
    vectors = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    assert not known_map(vectors)[1]
    reports = []
    draw_map_apart(vectors, Monitor(reports.append))
    assert known_map(vectors)[1]
    assert all(0 <= progress.done < progress.total == 40 for progress in reports)


def test_a_stopped_drawing_stores_nothing(own_home):
    vectors = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    with pytest.raises(Cancelled):
        draw_map_apart(vectors, monitor=Monitor(should_stop=lambda: True))
    assert find_map(vectors) is None
