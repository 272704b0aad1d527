"""Calibration by one number: logits are divided by a temperature before the softmax.

On Calibration of Modern Neural Networks (Guo, Pleiss, Sun, Weinberger, ICML 2017). The order of the genres never
changes, only how sure the head sounds. It is fitted on the validation part that also chose the parameters: a little
optimistic, but one number fitted on hundreds of covers has little room to fool itself, and test covers stay unseen.
"""

import numpy as np

_RANGE = (0.05, 20.0)


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


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities, float64 of shape (n, g), from logits of the same shape; none is 0, so each stays explainable."""
    probabilities = np.maximum(np.exp(log_softmax(logits)), np.finfo(np.float64).tiny)
    return probabilities / probabilities.sum(axis=1, keepdims=True)


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """The logarithms of the softmax, float64, without overflow."""
    shifted = np.asarray(logits, np.float64)
    shifted = shifted - shifted.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
