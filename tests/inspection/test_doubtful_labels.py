from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from drawing import genre_folders

from covergenre.audit import audit_dataset
from covergenre.audit.findings import findings
from covergenre.dataset.registry import register
from covergenre.inspection.doubtful_labels import doubtful_labels
from covergenre.repair.repair import apply, exclude


@pytest.fixture
def found(tmp_path):
    """A data set, and a report that doubts two of its covers."""
    dataset = register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 2))[0]
    paths = dataset.manifest["path"].tolist()
    scores = np.array([0.99, 0.999, 0, 0])
    doubted = findings("wrong labels", paths, scores, scores > 0.5, ["", ""])
    likely = pd.DataFrame({"path": paths, "genre": ["rap", "rap", "rap", "rap"], "probability": [0.8, 0.9, 1, 1]})
    return dataset, replace(audit_dataset(dataset), findings=doubted, likely=likely)


def test_the_most_doubtful_label_comes_first_with_a_suggestion(found):
    dataset, report = found
    doubts = doubtful_labels(report, dataset.manifest)
    assert [(doubt.path, doubt.genre, doubt.suggested) for doubt in doubts] == [
        ("jazz/001.jpg", "jazz", "rap"),
        ("jazz/000.jpg", "jazz", "rap"),
    ]


def test_excluded_covers_are_not_listed(found):
    dataset, report = found
    doubts = doubtful_labels(report, dataset.manifest)
    after = apply(dataset, exclude(["jazz/000.jpg"], "blank"))
    assert doubtful_labels(report, after.manifest) == doubts[:1]
