"""Estimates of how long a run takes, from finished runs on this machine."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from statistics import median
from typing import Any

from covergenre.errors import BadRun
from covergenre.methods import TrainSpec
from covergenre.runs.record import EMBEDDING_S, Run

_TESTED = 0.2  # the share of test covers, from which the size of a run follows
_LAST = 5

_EMBEDDING = 0.0145
_LEARNING = {"knn": 0.001, "logistic": 0.0015, "boosting": 0.006, "words": 0.045, "finetune": 0.2}
"""Seconds a cover takes on two cores, as measured once on real covers: to embed, and to read or learn from."""

_NETWORKS = {"efficientnet_lite1": 1.35, "efficientnet_lite2": 1.65, "resnet50": 3.0, "resnet50_v2": 3.0}
"""What fine-tuning a backbone takes at the same picture size, where EfficientNet-Lite0 takes 1."""

_ALL_FEATURES, _USUAL_TREES = 6660, 700  # the width of a vector with textures, and how many trees are kept of it


def seconds_for(earlier: Iterable[Run], spec: TrainSpec, covers: int) -> float | None:
    """About how many seconds a run on so many covers takes; None without a finished run of its method.

    The median pace of the last few runs of its method, of the same parameters if there are any; and embedding, unless
    the vectors are stored. `earlier`: the newest first.
    """
    done = _done(earlier)
    same = [run for run in done if run.spec.method == spec.method]
    alike = [run for run in same if run.spec.parameters == spec.parameters]
    paces = [pace for run in (alike or same)[:_LAST] if (pace := _pace(run))]
    if not paces:
        return None
    embeddings = [each / _size(run) for run in done[:_LAST] if (each := _embedding(run)) and _size(run)]
    embedding = 0.0 if _is_embedded(done, spec) or not embeddings else median(embeddings)
    return (median(paces) * _work(spec) + embedding) * covers * len(spec.variants)


def usual_seconds(spec: TrainSpec, covers: int, earlier: Iterable[Run] = ()) -> float:
    """About how many seconds a run takes, where `seconds_for` doesn't know: what it took on two cores.

    More where `earlier` runs of any method took longer than such an estimate.
    """
    done = [run for run in _done(earlier) if run.spec.method in _LEARNING]
    slower = [
        pace * _work(run.spec) / _usual_pace(run.spec, embedded=_embedding(run) is not None)
        for run in done[:_LAST]
        if (pace := _pace(run))
    ]
    pace = max([1.0, median(slower)] if slower else [1.0]) * _usual_pace(spec, _is_embedded(done, spec))
    return pace * covers * len(spec.variants)


def _done(runs: Iterable[Run]) -> list[Run]:
    return [run for run in runs if run.status().state == "done"]


def _usual_pace(spec: TrainSpec, embedded: bool) -> float:
    """Seconds a cover and variant, without embedding where that is done."""
    embedding = 0.0 if embedded or spec.method == "finetune" else _EMBEDDING
    return embedding + _LEARNING[spec.method] * _work(spec)


def _pace(run: Run) -> float | None:
    """Seconds a cover, variant and unit of work, without embedding if known; None if unknown."""
    with suppress(BadRun, TypeError, ValueError):  # parameters from other versions may have any type
        seconds, size = (run.status().seconds or 0) - (_embedding(run) or 0), _size(run)
        return seconds / (size * _work(run.spec)) if seconds > 0 and size else None
    return None


def _size(run: Run) -> float:
    """About how many covers and variants it had; 0 if unknown."""
    with suppress(BadRun):
        return run.evaluation().covers / _TESTED * len(run.spec.variants)
    return 0.0


def _embedding(run: Run) -> float | None:
    """The seconds of embedding; None if unknown."""
    seconds = [event.metrics[EMBEDDING_S] for event in run.events() if EMBEDDING_S in event.metrics]
    return seconds[-1] if seconds else None


def _is_embedded(done: Iterable[Run], spec: TrainSpec) -> bool:
    """Whether an earlier run embedded all covers of this one."""
    return any(
        (run.spec.dataset, run.spec.recipe) == (spec.dataset, spec.recipe)
        and {*spec.genres} <= {*run.spec.genres}
        and {*spec.variants} <= {*run.spec.variants}
        for run in done
        if _embedding(run) is not None
    )


def _work(spec: TrainSpec) -> float:
    """The work per cover, relative to the method's default parameters."""
    parameters: Mapping[str, Any] = spec.parameters
    if spec.method == "finetune":
        epochs = max(1, sum(int(parameters.get(name) or 0) for name in ("frozen_epochs", "epochs")))
        network = _NETWORKS.get(str(parameters.get("backbone")), 1.0)
        return epochs / 6 * network * (parameters.get("side", 192) / 192) ** 2
    if spec.method == "boosting":
        trees, features = parameters.get("trees") or _USUAL_TREES, parameters.get("features") or _ALL_FEATURES
        return trees / _USUAL_TREES * features / 150 * parameters.get("depth", 3) / 3
    return 1.0
