"""What the tests of the report share: two runs compared, with all that a report can show."""

import pytest
from drawing import genre_folders
from finished import GENRES, answers, finished

from covergenre.dataset.registry import register
from covergenre.runs.comparison import compare_runs


@pytest.fixture
def compared(tmp_path):
    """A good run and a poor one on 18 drawn covers of three genres."""
    dataset, _ = register("mine", genre_folders(tmp_path / "covers", GENRES, 6))
    paths = dataset.manifest["path"]
    labels = [GENRES.index(path.split("/")[0]) for path in paths]
    return compare_runs(
        [
            finished(labels, answers(labels, skill=4), paths=paths),
            finished(labels, answers(labels, skill=0, seed=1), "knn", paths=paths),
        ]
    )
