"""Multinomial logistic regression with offsets, by L-BFGS: scikit-learn's takes none."""

import numpy as np

from covergenre.methods.calibration import log_softmax

_TOLERANCE = 1e-6
_MOST_STEPS = 300


def fit_multinomial(
    scores: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    offsets: np.ndarray,
    c: float,
    start: tuple[np.ndarray, np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (k, g) and intercepts (g,) with the lowest penalised loss on scores (n, k) of `labels` (n,).

    The logits of a cover are `scores @ coefficients + intercepts + offsets`; `offsets` (n, g) are given. `weights` (n,)
    say how much each cover counts, `c` is the inverse strength of the L2 penalty on the coefficients. `start`: where to
    begin, as for a neighbouring `c`.
    """
    from scipy.optimize import minimize

    (n, k), g = scores.shape, offsets.shape[1]
    rows, truth = np.arange(n), np.eye(g)[labels]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        coefficients, intercepts = flat[:-g].reshape(k, g), flat[-g:]
        logs = log_softmax(scores @ coefficients.astype(scores.dtype) + intercepts + offsets)
        slopes = c * weights[:, None] * (np.exp(logs) - truth)
        value = -c * (weights * logs[rows, labels]).sum() + 0.5 * np.square(coefficients).sum()
        by_coefficient = scores.T @ slopes.astype(scores.dtype) + coefficients
        return value, np.concatenate([by_coefficient.ravel(), slopes.sum(axis=0)])

    first = np.zeros(k * g + g) if start is None else np.concatenate([start[0].ravel(), start[1]])
    options = {"maxiter": _MOST_STEPS, "ftol": _TOLERANCE}
    found = minimize(loss, first, jac=True, method="L-BFGS-B", options=options).x
    intercepts = found[-g:]
    return found[:-g].reshape(k, g), intercepts - intercepts.mean()
