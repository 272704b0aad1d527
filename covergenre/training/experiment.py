"""One experiment: a method is trained on the training part and evaluated on held-out covers.

Every choice is made on validation; the test part is read once, at the end. Where training covers come from several
sources, each is also left out of a training and predicted, which calibrates the method.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from covergenre.evaluation.metrics import Evaluation, evaluate
from covergenre.methods import Context, Covers, Fitted, TrainSpec, method
from covergenre.methods.leave_one_source_out import LeftOutPredictions, predict_left_out, with_temperature
from covergenre.runs.record import PREDICTION_MS, probability_columns
from covergenre.training.parts import Parts

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Result:
    """The fitted method, its probabilities (n, n_genres) for both held-out parts, and the evaluation on test.

    `left_out`: predictions for training covers whose source was left out, if any. `began`: seconds since the epoch;
    `fitting`, `predicting`: their duration in seconds.
    """

    fitted: Fitted
    validation: np.ndarray
    test: np.ndarray
    evaluation: Evaluation
    began: float
    fitting: float
    predicting: float
    left_out: LeftOutPredictions | None = None

    def predictions(self, covers: pd.DataFrame, genres: Sequence[str]) -> pd.DataFrame:
        """The held-out covers with their probabilities, as `Run.predictions` has them."""
        held_out = pd.concat([covers[covers["part"] == part] for part in ("validation", "test")])
        return _table(held_out, "part", np.concatenate([self.validation, self.test]), genres)

    def left_out_predictions(self, covers: pd.DataFrame, genres: Sequence[str]) -> pd.DataFrame | None:
        """Predictions for training covers whose source was left out, as `Run.left_out_predictions` has them."""
        if self.left_out is None:
            return None
        asked = covers[covers["part"] == "train"].iloc[self.left_out.rows]
        return _table(asked, "source", self.left_out.probabilities, genres)


def fit_and_evaluate(
    parts: Parts,
    spec: TrainSpec,
    context: Context | None = None,
    fit: Callable[[], Fitted] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Result:
    """Fit the spec's method, or call `fit`, predict both held-out parts and evaluate the test part.

    Raises what `Method.fit` does; Cancelled when stopped.
    """
    context = context or Context()
    began, started = time.time(), clock()
    fitted, left_out = (fit(), None) if fit else _fit(parts, spec, context)
    _log.info("%s chose %s", spec.method, dict(fitted.choices))
    context.monitor.check()
    fitting, started = clock() - started, clock()
    context.monitor.report(0, 2, "predicting")
    validation, test = (_answers(fitted, part, spec.n_genres) for part in (parts.validation, parts.test))
    predicting = clock() - started
    each = 1000 * predicting / (len(validation) + len(test))
    context.monitor.report(1, 2, "evaluating", {PREDICTION_MS: each})
    evaluation = evaluate(parts.test.labels, test, spec.genres, parts.groups, spec.seed)
    context.monitor.check()
    return Result(fitted, validation, test, evaluation, began, fitting, predicting, left_out)


def _fit(parts: Parts, spec: TrainSpec, context: Context) -> tuple[Fitted, LeftOutPredictions | None]:
    """The fitted method, calibrated on sources left out if there are any, and the predictions for these."""
    chosen = method(spec.method)
    fitted = chosen.fit(parts.train, parts.validation, spec, context)
    rows = parts.train.sample_rows()
    some, groups = parts.train.sample(), None if parts.train_groups is None else parts.train_groups[rows]
    left_out = predict_left_out(chosen, fitted, some, groups, spec, context)
    if left_out is not None:
        left_out = replace(left_out, rows=rows[left_out.rows])
    return with_temperature(fitted, left_out), left_out


def _answers(fitted: Fitted, covers: Covers, n_genres: int) -> np.ndarray:
    return fitted.predict_proba(covers) if len(covers) else np.zeros((0, n_genres))


def _table(covers: pd.DataFrame, second: str, probabilities: np.ndarray, genres: Sequence[str]) -> pd.DataFrame:
    columns = pd.DataFrame(probabilities, columns=probability_columns(genres))
    return covers[["path", second, "genre", "group"]].reset_index(drop=True).join(columns)
