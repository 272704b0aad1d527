from html import unescape

import pytest
from finished_runs import confident_probabilities, finished_run

from covergenre.comparison.comparison import compare_runs
from pages.compare.cells import covers, genre_of, heading, sentence
from pages.compare.selection import Cell


@pytest.fixture
def compared():
    """The first run takes one of two jazz covers for rap, and very surely; the second names all covers rightly."""
    labels = [0, 1, 1, 2]
    first = confident_probabilities([0, 1, 2, 2])
    first[2] = [0.05, 0.05, 0.9]
    return compare_runs([finished_run(labels, first), finished_run(labels, confident_probabilities(labels), "knn")])


def test_the_most_confident_covers_of_a_cell_come_first(compared):
    first, _ = compared.runs
    assert covers(compared, Cell(first, "jazz", "rap")).tolist() == [2]
    assert covers(compared, Cell(first, "", "rap")).tolist() == [2, 3]
    assert covers(compared, Cell(first, "jazz", "")).tolist() == [2, 1]
    assert len(covers(compared, Cell(first, "", ""))) == 4


@pytest.mark.parametrize(
    ("true", "predicted", "text", "genre"),
    [
        ("jazz", "rap", "Jazz taken for rap", ""),
        ("jazz", "jazz", "Jazz, correct", "jazz"),
        ("jazz", "", "Jazz", "jazz"),
        ("", "jazz", "Predicted jazz", "jazz"),
        ("", "", "All covers", ""),
    ],
)
def test_a_cell_has_a_name(compared, true, predicted, text, genre):
    cell = Cell(compared.runs[0], true, predicted)
    assert heading(cell) == text
    assert genre_of(cell) == genre


def test_a_cell_also_shows_the_other_runs(compared):
    text = unescape(sentence(compared, Cell(compared.runs[0], "jazz", "rap")))
    assert text.startswith("Logistic regression: 1 of 2 covers predicted as rap (50\u202f%, ")
    assert text.endswith("Nearest neighbours: 0.")


def test_a_genre_counts_the_correct_covers_of_its_row_and_column(compared):
    first = compared.runs[0]
    assert "1 of 2 covers correct" in sentence(compared, Cell(first, "jazz", ""))
    assert "1 of 2 covers correct" in sentence(compared, Cell(first, "", "rap"))
    assert "3 of 4 covers correct" in sentence(compared, Cell(first, "", ""))


def test_a_genre_that_is_never_predicted_has_no_share():
    runs = [finished_run([0, 1, 2], confident_probabilities([0, 1, 1]), method) for method in ("knn", "logistic")]
    compared = compare_runs(runs)
    assert "0 of 0 covers correct (none)" in sentence(compared, Cell(compared.runs[0], "", "rap"))


def test_untrusted_names_are_escaped():
    genres = ("*a*", "<b>", "c")
    compared = compare_runs(
        [finished_run([0, 1, 2], confident_probabilities([0, 1, 2]), name, genres=genres) for name in ("_x_", "knn")]
    )
    cell = Cell(compared.runs[0], "*a*", "<b>")
    assert not set("*<>_") & set(heading(cell) + sentence(compared, cell))
