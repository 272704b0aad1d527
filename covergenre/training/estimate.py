"""How long a run is going to take, told from those that are done on this machine."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from statistics import median
from typing import Any

from covergenre.errors import BadRun
from covergenre.methods import TrainSpec
from covergenre.runs.record import Run

_TESTED = 0.2  # the share of covers that either split holds back, by which runs tell how many they were made of
_LAST = 5

_USUAL = {
    "knn": (0.0145, 0.001),
    "logistic": (0.0145, 0.0015),
    "boosting": (0.0145, 0.006),
    "words": (0.0145, 0.045),
    "finetune": (0.0, 0.2),
}
"""Seconds a cover takes on two cores, as measured once on real covers: to embed, and to read or learn from."""

_NETWORKS = {"efficientnet_lite1": 1.35, "efficientnet_lite2": 1.65, "resnet50": 3.0, "resnet50_v2": 3.0}
"""What fine-tuning a backbone takes at the same picture size, where EfficientNet-Lite0 takes 1."""

_ALL_FEATURES, _USUAL_TREES = 6660, 700  # the width of a vector with textures, and how many trees are kept of it


def seconds_for(earlier: Iterable[Run], spec: TrainSpec, covers: int) -> float | None:
    """About how many seconds a run on so many covers takes; None when none of its method has been done here.

    The last few of its method count, those of the same parameters if there are any: their median pace, by cover,
    variant and what the parameters ask for. `earlier` has the newest first.
    """
    done = [run for run in earlier if run.spec.method == spec.method and run.status().state == "done"]
    alike = [run for run in done if run.spec.parameters == spec.parameters]
    paces = [pace for run in (alike or done)[:_LAST] if (pace := _pace(run))]
    return median(paces) * covers * len(spec.variants) * _work(spec) if paces else None


def usual_seconds(spec: TrainSpec, covers: int, earlier: Iterable[Run] = ()) -> float:
    """A guess how many seconds a run takes, for where `seconds_for` doesn't know.

    It is what it took on two cores, the longer where `earlier` runs of any method took longer here than such a guess.
    """
    done = [run for run in earlier if run.status().state == "done" and run.spec.method in _USUAL]
    slower = [pace / _usual_pace(run.spec) * _work(run.spec) for run in done[:_LAST] if (pace := _pace(run))]
    return max([1.0, median(slower)] if slower else [1.0]) * covers * len(spec.variants) * _usual_pace(spec)


def _usual_pace(spec: TrainSpec) -> float:
    """Seconds a cover and variant."""
    embedding, learning = _USUAL[spec.method]
    return embedding + learning * _work(spec)


def _pace(run: Run) -> float | None:
    """Seconds a cover, variant and unit of work; None when the run doesn't tell."""
    spec = run.spec
    with suppress(BadRun, TypeError, ValueError):  # parameters may be of any kind in a folder from elsewhere
        seconds, covers = run.status().seconds, run.evaluation().covers / _TESTED
        return seconds / (covers * len(spec.variants) * _work(spec)) if seconds else None
    return None


def _work(spec: TrainSpec) -> float:
    """What a method does with each cover, where it does 1 with its default parameters."""
    parameters: Mapping[str, Any] = spec.parameters
    if spec.method == "finetune":
        epochs = max(1, sum(int(parameters.get(name) or 0) for name in ("frozen_epochs", "epochs")))
        network = _NETWORKS.get(str(parameters.get("backbone")), 1.0)
        return epochs / 6 * network * (parameters.get("side", 192) / 192) ** 2
    if spec.method == "boosting":
        trees, features = parameters.get("trees") or _USUAL_TREES, parameters.get("features") or _ALL_FEATURES
        return trees / _USUAL_TREES * features / 150 * parameters.get("depth", 3) / 3
    return 1.0
