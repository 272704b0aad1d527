"""What a method says of a source it never saw: each source in turn is left out of learning, and asked about.

A user's covers come from nowhere that was learned from. Held-out covers of the sources learned flatter a method there:
it is less often right, and still as sure. So where covers come from several sources, the temperature is fitted on
sources left out, and what came of the answers to them says how far an answer can be trusted.
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
"""Covers of one source that count, so that a large one doesn't drown the others."""

_FREEDOM = 3  # degrees from which on Student's distribution has a deviation
_LEAST = 50  # covers of a source from which on it says how much too sure a method is there


@dataclass(frozen=True)
class LeftOutPredictions:
    """Answers to covers whose source was left out: `rows` (m,), their positions; their `sources`; `labels` (m,);
    `probabilities` (m, g), each row calibrated on the other sources. `certainty`: the temperature that all of them call
    for, and its spread, as choices (see `probabilities_of`).
    `usual` (m, g): of a method that reads words, what it would have said without any, calibrated alike."""

    rows: np.ndarray
    sources: np.ndarray
    labels: np.ndarray
    probabilities: np.ndarray
    certainty: Mapping[str, float]
    usual: np.ndarray | None = None


def predict_left_out(
    chosen: Method, fitted: Fitted, covers: Covers, groups: np.ndarray | None, spec: TrainSpec, context: Context
) -> LeftOutPredictions | None:
    """How a method answers when the source is new, with the choices that `fitted` made; None where that can't be asked.

    `covers` are those that it learned from; of the variants of one only the first is asked about. `groups` (n,) are
    theirs, where known: no cover of a group that is asked about is learned. It can't be asked with fewer than two
    sources that share genres, or of a method whose choices don't say all of its parameters, as they are slow to learn.
    Raises Cancelled when asked to stop.
    """
    parameters = _settled(chosen, fitted, spec)
    if parameters is None:
        return None
    sources = holdout_sources(covers.labels, covers.sources)
    told, own, usual, labels = np.asarray(covers.sources, str), [], [], np.asarray(covers.labels)
    originals = np.unique(covers.hashes, return_index=True)[1] if sources else np.zeros(0, np.int64)
    for done, source in enumerate(sources):
        context.monitor.check()
        context.monitor.report(done, len(sources), f"asking about {source}, left out")
        asked = np.sort(originals[told[originals] == source])
        known = told != source
        if groups is not None:
            known &= ~np.isin(groups, groups[asked])
        asked = asked[np.isin(labels[asked], labels[known])]
        if len(asked) and len(np.unique(labels[known])) == spec.n_genres:
            blank = covers.take(np.zeros(0, np.int64))
            answer = chosen.fit(covers.take(known), blank, replace(spec, parameters=parameters), Context())
            own.append((asked, answer.predict_proba(covers.take(asked))))
            without = wordless_answer(answer)
            usual += [without] * len(asked) if without is not None else []
    if not own:
        return None
    rows, probabilities = (np.concatenate(parts) for parts in zip(*own, strict=True))
    return calibrate_left_out(rows, told[rows], labels[rows], probabilities, np.stack(usual) if usual else None)


def calibrate_left_out(
    rows: np.ndarray,
    sources: np.ndarray,
    labels: np.ndarray,
    probabilities: np.ndarray,
    usual: np.ndarray | None = None,
    widen: Callable[[int], float] = lambda _: 1.0,
) -> LeftOutPredictions:
    """Answers to sources left out, each source tempered by what the others call for; see `LeftOutPredictions`.

    `widen`: how many times wider than among so many sources the temperature may spread on a further one.
    """
    logits, answers = np.log(probabilities), [probabilities, *([] if usual is None else [usual])]
    told = [np.empty_like(answer) for answer in answers]
    for source in np.unique(sources):
        own = sources == source
        certainty = _certainty(logits[~own], labels[~own], sources[~own], widen)
        for tempered_answer, answer in zip(told, answers, strict=True):
            tempered_answer[own] = probabilities_of(np.log(answer[own]), certainty)
    return LeftOutPredictions(rows, sources, labels, told[0], _certainty(logits, labels, sources, widen), *told[1:])


def combine_left_out(members: Sequence[LeftOutPredictions | None], weight: float) -> LeftOutPredictions | None:
    """What several methods say together, words at a weight, of the covers that all were asked about; None where one was
    not.

    How sure they are together is what counts, and it hangs on few sources: so its spread is that of a further one,
    see `spread_factor`. Those of the members are not widened: their mean would be of other genres, and no better.
    """
    known = [member for member in members if member is not None]
    if not known or len(known) < len(members):
        return None
    shared = functools.reduce(np.intersect1d, [each.rows for each in known])
    shares = [_some(each, shared) for each in known]
    answers, usual = [each.probabilities for each in shares], [each.usual for each in shares]
    together = softmax(pool_logits(*split_evidence(answers, usual), weight))
    return calibrate_left_out(shared, shares[0].sources, shares[0].labels, together, widen=spread_factor)


def with_temperature(fitted: Fitted, elsewhere: LeftOutPredictions | None) -> Fitted:
    """The same head, as sure as its answers to sources left out let it be. `elsewhere` is of temperature 1."""
    if elsewhere is None or not is_dataclass(fitted):
        return fitted
    return replace(fitted, choices={**fitted.choices, **elsewhere.certainty})


def spread_factor(n: int) -> float:
    """How many times wider than the sample deviation of n draws (n >= 2) the distribution of a further one is.

    The deviation of Student's predictive distribution of a normal variable whose mean and variance are both estimated
    (Gelman and others, Bayesian Data Analysis, section 3.2); that of 3 degrees of freedom where n leaves fewer, as
    there it has none.
    """
    freedom = max(n - 1, _FREEDOM)
    return ((1 + 1 / n) * freedom / (freedom - 2)) ** 0.5


def cap_per_source(sources: np.ndarray) -> np.ndarray:
    """The positions of at most `MAX_PER_SOURCE` covers of each source, spread evenly among them."""
    rows = [np.flatnonzero(sources == source) for source in np.unique(sources)]
    return np.concatenate(
        [each[np.linspace(0, len(each) - 1, min(len(each), MAX_PER_SOURCE)).astype(int)] for each in rows]
    )


def _some(told: LeftOutPredictions, rows: np.ndarray) -> LeftOutPredictions:
    """What was told of some of the covers, in this order."""
    order = np.argsort(told.rows)
    at = order[np.searchsorted(told.rows, rows, sorter=order)]
    usual = None if told.usual is None else told.usual[at]
    return LeftOutPredictions(rows, told.sources[at], told.labels[at], told.probabilities[at], told.certainty, usual)


def _certainty(
    logits: np.ndarray, labels: np.ndarray, sources: np.ndarray, widen: Callable[[int], float]
) -> dict[str, float]:
    """The temperature that sources call for, and how far it may differ on another; without two that are large, the one
    of the lowest log loss; 1 without covers."""
    even = cap_per_source(sources) if len(labels) else np.zeros(0, int)
    large = [own for name in np.unique(sources) if len(own := even[sources[even] == name]) >= _LEAST]
    if len(large) < 2:
        return {"temperature": fit_temperature(logits[even], labels[even])}
    logs = np.log([fit_temperature(logits[own], labels[own]) for own in large])
    spread = float(widen(len(large)) * logs.std(ddof=1))
    return {"temperature": float(np.exp(logs.mean())), **({"spread": spread} if spread else {})}


def _settled(chosen: Method, fitted: Fitted, spec: TrainSpec) -> dict[str, Any] | None:
    """The parameters as `fitted` settled them; None when its choices leave one open."""
    given: Any = spec.parameters_as(chosen.Parameters)
    settled = {field.name: getattr(given, field.name) for field in fields(given)}
    settled |= {name: fitted.choices[name] for name in settled if name in fitted.choices}
    return None if any(value is None for value in settled.values()) else settled
