"""Calibration by one number: logits are divided by a temperature before the softmax.

On Calibration of Modern Neural Networks (Guo, Pleiss, Sun, Weinberger, ICML 2017). Only the confidence changes, never
the order of the genres. It is fitted on the validation part that also chose the parameters: slightly optimistic, but a
single number fitted on hundreds of covers hardly overfits.

Overconfidence may differ between sources. Where that is known, the temperature of a new source is taken to be drawn
from a log-normal distribution, and probabilities are the mean over it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

_RANGE = (0.05, 20.0)
_NODES = ((-(3**0.5), 1 / 6), (0.0, 2 / 3), (3**0.5, 1 / 6))  # of Gauss-Hermite quadrature, and their shares


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature in [0.05, 20] with the lowest mean log loss of `labels` (n,) under `logits` (n, g).

    1 when there are no covers. Logarithms of probabilities serve as logits.
    """
    if not len(labels):
        return 1.0
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda log_temperature: log_loss(logits / np.exp(log_temperature), labels),
        bounds=np.log(_RANGE),
        method="bounded",
        options={"xatol": 1e-3},
    )
    return float(np.exp(found.x))


def log_loss(logits: np.ndarray, labels: np.ndarray) -> float:
    """The mean negative log probability (natural) of `labels` (n,) under the softmax of `logits` (n, g)."""
    return float(-log_softmax(logits)[np.arange(len(labels)), labels].mean())


def probabilities_of(logits: np.ndarray, choices: Mapping[str, Any]) -> np.ndarray:
    """Probabilities, float64 (n, g), of logits (n, g) at the `temperature` of a head's choices.

    With a `spread`, the deviation of the temperature's logarithm from source to source, their mean over it.
    """
    temperature, spread = choices["temperature"], choices.get("spread", 0.0)
    if not spread:
        return softmax(logits / temperature)
    return np.sum([share * softmax(logits / (temperature * np.exp(spread * at))) for at, share in _NODES], axis=0)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities, float64 of shape (n, g), from logits of the same shape; none is 0, so each stays explainable."""
    probabilities = np.maximum(np.exp(log_softmax(logits)), np.finfo(np.float64).tiny)
    return probabilities / probabilities.sum(axis=1, keepdims=True)


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """The logarithms of the softmax, float64, without overflow."""
    shifted = np.asarray(logits, np.float64)
    shifted = shifted - shifted.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
