"""Predictions for sources that a method was not trained on: each source in turn is left out of training.

A user's covers come from other sources than those of training. Held-out covers of known sources flatter a method: on
new ones it is less often correct, yet as confident. So where covers come from several sources, the temperature is
fitted on the sources left out, and the predictions for them show how far an answer can be trusted.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np

from covergenre.methods.base import Context, Covers, Fitted, Method
from covergenre.methods.calibration import fit_temperature, probabilities_of, softmax
from covergenre.methods.ensemble import pool_logits, split_evidence, wordless_answer
from covergenre.methods.priors import holdout_sources
from covergenre.methods.spec import TrainSpec

MAX_PER_SOURCE = 250
"""Covers of one source that count, so that large sources don't dominate."""

_FREEDOM = 3  # degrees from which on Student's distribution has a deviation
_LEAST = 50  # covers of a source for a temperature of its own


@dataclass(frozen=True)
class LeftOutPredictions:
    """Predictions for covers whose source was left out.

    `rows` (m,): their positions; their `sources` and `labels` (m,). `probabilities` (m, g): each row calibrated on the
    other sources. `calibration`: the temperature for all of them, and its spread (see `probabilities_of`). `wordless`
    (m, g): of a method that reads words, what it predicts without any, calibrated alike.
    """

    rows: np.ndarray
    sources: np.ndarray
    labels: np.ndarray
    probabilities: np.ndarray
    calibration: Mapping[str, float]
    wordless: np.ndarray | None = None

    def take(self, rows: np.ndarray) -> "LeftOutPredictions":
        """Those for these `rows`, in this order."""
        order = np.argsort(self.rows)
        at = order[np.searchsorted(self.rows, rows, sorter=order)]
        wordless = None if self.wordless is None else self.wordless[at]
        return LeftOutPredictions(
            rows, self.sources[at], self.labels[at], self.probabilities[at], self.calibration, wordless
        )


def predict_left_out(
    chosen: Method, fitted: Fitted, covers: Covers, groups: np.ndarray | None, spec: TrainSpec, context: Context
) -> LeftOutPredictions | None:
    """Predictions for each source by a fit on the others, with the choices of `fitted`.

    `covers` are those that it was trained on; of variants only the first counts. No cover of a group that is predicted,
    by `groups` (n,), is trained on. None with fewer than two sources that share genres, and for methods that are slow
    to train, whose choices don't state all of their parameters. Raises Cancelled when stopped.
    """
    given: Any = spec.parameters_as(chosen.Parameters)
    parameters = {field.name: getattr(given, field.name) for field in fields(given)}
    parameters |= {name: fitted.choices[name] for name in parameters if name in fitted.choices}
    left_out = holdout_sources(covers.labels, covers.sources)
    if not left_out or any(value is None for value in parameters.values()):
        return None
    sources, labels = np.asarray(covers.sources, str), np.asarray(covers.labels)
    originals = np.unique(covers.hashes, return_index=True)[1]
    empty = covers.take(np.zeros(0, np.int64))
    found, wordless = [], []
    for done, source in enumerate(left_out):
        context.monitor.check()
        context.monitor.report(done, len(left_out), f"predicting {source}, left out of training")
        asked = np.sort(originals[sources[originals] == source])
        known = sources != source
        if groups is not None:
            known &= ~np.isin(groups, groups[asked])
        asked = asked[np.isin(labels[asked], labels[known])]
        if len(asked) and len(np.unique(labels[known])) == spec.n_genres:
            fit = chosen.fit(covers.take(known), empty, replace(spec, parameters=parameters), Context())
            found.append((asked, fit.predict_proba(covers.take(asked))))
            answer = wordless_answer(fit)
            wordless += [] if answer is None else [answer] * len(asked)
    if not found:
        return None
    rows, probabilities = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return calibrate_left_out(
        rows, sources[rows], labels[rows], probabilities, np.stack(wordless) if wordless else None
    )


def calibrate_left_out(
    rows: np.ndarray,
    sources: np.ndarray,
    labels: np.ndarray,
    probabilities: np.ndarray,
    wordless: np.ndarray | None = None,
    widen: Callable[[int], float] = lambda _: 1.0,
) -> LeftOutPredictions:
    """Predictions for sources left out, each source calibrated on the others; see `LeftOutPredictions`.

    `widen`: the factor by which the spread of the temperature among so many sources grows for a further one.
    """
    logits, answers = np.log(probabilities), [probabilities, *([] if wordless is None else [wordless])]
    calibrated = [np.empty_like(answer) for answer in answers]
    for source in np.unique(sources):
        own = sources == source
        calibration = _calibration(logits[~own], labels[~own], sources[~own], widen)
        for target, answer in zip(calibrated, answers, strict=True):
            target[own] = probabilities_of(np.log(answer[own]), calibration)
    calibration = _calibration(logits, labels, sources, widen)
    return LeftOutPredictions(rows, sources, labels, calibrated[0], calibration, *calibrated[1:])


def combine_left_out(members: Sequence[LeftOutPredictions | None], weight: float) -> LeftOutPredictions | None:
    """The predictions of an ensemble for the covers that all members predicted, words at a weight.

    None if a member has none. The temperature spreads as for a further source (see `spread_factor`); those of the
    members are not widened, as their mean would be of other genres, and no better.
    """
    known = [member for member in members if member is not None]
    if not known or len(known) < len(members):
        return None
    shared = functools.reduce(np.intersect1d, [member.rows for member in known])
    known = [member.take(shared) for member in known]
    evidence = split_evidence([member.probabilities for member in known], [member.wordless for member in known])
    together = softmax(pool_logits(*evidence, weight))
    return calibrate_left_out(shared, known[0].sources, known[0].labels, together, widen=spread_factor)


def with_temperature(fitted: Fitted, left_out: LeftOutPredictions | None) -> Fitted:
    """The same head with the calibration of its predictions for sources left out. `left_out` is of temperature 1."""
    if left_out is None or not is_dataclass(fitted):
        return fitted
    return replace(fitted, choices={**fitted.choices, **left_out.calibration})


def spread_factor(n: int) -> float:
    """How many times wider than the sample deviation of n draws (n >= 2) the distribution of a further one is.

    The deviation of Student's predictive distribution of a normal variable with unknown mean and variance (Gelman and
    others, Bayesian Data Analysis, section 3.2), with at least 3 degrees of freedom, as it has none with fewer.
    """
    freedom = max(n - 1, _FREEDOM)
    return ((1 + 1 / n) * freedom / (freedom - 2)) ** 0.5


def cap_per_source(sources: np.ndarray) -> np.ndarray:
    """The positions of at most `MAX_PER_SOURCE` covers of each source, evenly spaced among them."""
    rows = [np.flatnonzero(sources == source) for source in np.unique(sources)]
    places = (np.linspace(0, len(each) - 1, min(len(each), MAX_PER_SOURCE)).astype(int) for each in rows)
    return np.concatenate([each[at] for each, at in zip(rows, places, strict=True)])


def _calibration(
    logits: np.ndarray, labels: np.ndarray, sources: np.ndarray, widen: Callable[[int], float]
) -> dict[str, float]:
    """The mean temperature of the sources and its spread; with fewer than two large sources the best one of all."""
    even = cap_per_source(sources) if len(labels) else np.zeros(0, int)
    large = [own for name in np.unique(sources) if len(own := even[sources[even] == name]) >= _LEAST]
    if len(large) < 2:
        return {"temperature": fit_temperature(logits[even], labels[even])}
    logs = np.log([fit_temperature(logits[own], labels[own]) for own in large])
    spread = float(widen(len(large)) * logs.std(ddof=1))
    return {"temperature": float(np.exp(logs.mean())), **({"spread": spread} if spread else {})}
