import numpy as np
import pytest
from finished_runs import confident_probabilities, finished_run

from covergenre.comparison.comparison import compare_runs
from covergenre.comparison.galleries import galleries, loss_gallery


@pytest.fixture
def compared():
    """Two runs of which both, the first, the second and none names the genre of covers 0, 1, 2 and 3."""
    labels = [0, 1, 2, 0]
    first, second = confident_probabilities([0, 1, 0, 1]), confident_probabilities([0, 2, 2, 2], confidence=0.6)
    return compare_runs([finished_run(labels, first), finished_run(labels, second, "knn")])


def test_every_cover_is_in_the_right_gallery(compared):
    found = {gallery.key: gallery.rows.tolist() for gallery in galleries(compared, *compared.runs)}
    assert found["only-a"] == [1]
    assert found["only-b"] == [2]
    assert found["neither"] == [3]
    assert found["hardest"] == [3]
    assert found["typical"] == [0]
    assert sorted(found["losses-a"]) == [2, 3]
    assert sorted(found["losses-b"]) == [1, 3]


def test_a_pair_can_be_reversed(compared):
    a, b = compared.runs
    found = {gallery.key: gallery for gallery in galleries(compared, b, a)}
    assert found["only-a"].rows.tolist() == [2]
    assert found["only-a"].title == "Only Nearest neighbours is right"
    assert found["only-a"].runs == (b, a)


def test_the_worst_mistakes_come_first():
    probabilities = np.array([[0.4, 0.5, 0.1], [0.1, 0.8, 0.1], [0.1, 0.8, 0.1]])
    runs = [finished_run([0, 0, 1], probabilities, method) for method in ("knn", "logistic")]
    compared = compare_runs(runs)
    assert loss_gallery(compared, compared.runs[0]).rows.tolist() == [1, 0]
