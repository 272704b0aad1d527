import sys

import numpy as np

from benchmarks.accuracy import elsewhere
from covergenre.dataset.starter import GENRES
from covergenre.methods import Covers

TOGETHER = "odds by source, C 3e-4, and knn, votes evened, genres alike: the starter's looks"


def test_the_benchmark_prints_a_line_per_recipe_and_for_their_combination(monkeypatch, capsys):
    labels = np.arange(240) % len(GENRES)
    vectors = (
        np.random.default_rng(0).normal(size=(240, 12)).astype(np.float32) + 3 * np.eye(12, dtype=np.float32)[labels]
    )
    covers = Covers(vectors, labels, tuple(map(str, range(240))), sources=("shop",) * 120 + ("shelf",) * 120)
    monkeypatch.setattr(elsewhere, "_covers", lambda *_: (covers, np.arange(240)))
    monkeypatch.setattr(sys, "argv", ["elsewhere", ".", "--only", *elsewhere.TOGETHER[TOGETHER]])
    elsewhere.main()
    heading, _, *lines = (line.strip("| ").split(" | ") for line in capsys.readouterr().out.splitlines())
    assert "shelf (120)" in heading
    assert {*elsewhere.TOGETHER[TOGETHER], TOGETHER} <= {line[0] for line in lines}
    assert all(len(line) == len(heading) for line in lines)
    assert float(lines[-1][heading.index("learned: accuracy")]) > 50
