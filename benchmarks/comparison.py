"""What a comparison of methods takes, against the same with statsmodels' tests: python -m benchmarks.comparison

Three methods on 1,500 drawn covers. statsmodels collects garbage at each of Holm's adjustments, which costs more the
more the process has loaded.
"""

import gc
import time
from collections.abc import Callable
from unittest.mock import patch

import numpy as np
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from covergenre.evaluation import compare

_COVERS, _GENRES, _ROUNDS = 1500, 10, 5


def main() -> None:
    """Print the CPU seconds of each way, the least of some rounds, and their ratio."""
    chance = np.random.default_rng(0)
    labels = chance.integers(_GENRES, size=_COVERS)
    methods = {name: _answers(labels, chance) for name in ("knn", "logistic", "boosting")}
    genres = tuple(f"genre {number}" for number in range(_GENRES))
    ours, plain = [], []
    for _ in range(_ROUNDS):
        ours.append(_seconds(lambda: compare.compare(methods, labels, genres)))
        with patch.object(compare, "holm", _holm), patch.object(compare, "mcnemar", _mcnemar):
            plain.append(_seconds(lambda: compare.compare(methods, labels, genres)))
    print(f"numpy and scipy {min(ours):.3f} s, statsmodels {min(plain):.3f} s: {min(plain) / min(ours):.1f} times")
    print(f"{len(gc.get_objects()):,} objects in the process")


def _answers(labels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    found = chance.dirichlet(np.ones(_GENRES), len(labels)) + 0.3 * np.eye(_GENRES)[labels]
    return found / found.sum(axis=1, keepdims=True)


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _holm(p_values: list[float]) -> list[float]:
    return multipletests(p_values, method="holm")[1].tolist()


def _mcnemar(only_a: int, only_b: int) -> float:
    return float(mcnemar([[0, only_a], [only_b, 0]], exact=True).pvalue)


if __name__ == "__main__":
    main()
