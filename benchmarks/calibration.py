"""The coverage of intervals of the calibration error: how often they contain the true value.

python -m benchmarks.calibration

Predictions are drawn from methods whose true calibration error is known by construction. For samples of several sizes
it prints how often 95 % intervals contain it: those of the percentile bootstrap, and those of `intervals.distance`,
which the project reports.
"""

import numpy as np

from covergenre.evaluation.intervals import LEVEL
from covergenre.evaluation.metrics import BINS, evaluate

# By how much confidence exceeds the share that is right, in every bin alike: the calibration error.
_METHODS = {"calibrated": 0.0, "too sure by 5 points": 0.05, "too sure by 15 points": 0.15}
_SIZES = (100, 400, 1600)
_ROUNDS, _RESAMPLES = 200, 200


def main() -> None:
    """Print the table."""
    rng = np.random.default_rng(0)
    print(f"{'method':24}{'covers':>8}{'truth':>8}{'percentile holds it':>22}{'reported holds it':>20}")
    for name, truth in _METHODS.items():
        for size in _SIZES:
            held = np.array([_holds(truth, *_draw(rng, size, truth), rng) for _ in range(_ROUNDS)]).mean(axis=0)
            print(f"{name:24}{size:8}{100 * truth:7.1f} %{100 * held[0]:20.1f} %{100 * held[1]:18.1f} %")


def _draw(rng: np.random.Generator, size: int, excess: float) -> tuple[np.ndarray, np.ndarray]:
    """Confidences from 0.5 to 1, and whether each was right, which is rarer by `excess`."""
    confidence = 0.5 + 0.5 * rng.beta(2, 2, size)
    return confidence, rng.random(size) < confidence - excess


def _holds(truth: float, confidence: np.ndarray, right: np.ndarray, rng: np.random.Generator) -> tuple[bool, bool]:
    resamples = [rng.integers(len(right), size=len(right)) for _ in range(_RESAMPLES)]
    sums = [_error(confidence[rows], right[rows]) for rows in resamples]
    low, high = np.quantile(sums, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    probabilities = np.column_stack([confidence, 1 - confidence])
    reported = evaluate(np.where(right, 0, 1), probabilities, ("a", "b"), resamples=_RESAMPLES).calibration_error
    return low <= truth <= high, reported.low <= truth <= reported.high


def _error(confidence: np.ndarray, right: np.ndarray) -> float:
    """The expected calibration error, bin by bin, as its definition reads."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    inside = [bins == number for number in range(BINS)]
    return sum(mine.mean() * abs(confidence[mine].mean() - right[mine].mean()) for mine in inside if mine.any())


if __name__ == "__main__":
    main()
