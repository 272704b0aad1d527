"""How long a run is going to take, told from those that are done on this machine."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from statistics import median
from typing import Any

from covergenre.errors import BadRun
from covergenre.runs.record import Run

_TESTED = 0.2  # the share of covers that either split holds back, by which runs tell how many they were made of
_LAST = 5

_USUAL = {"knn": 0.015, "logistic": 0.016, "boosting": 0.02, "finetune": 0.033}
"""Seconds a cover (and epoch) on two cores, as measured once on real covers; but in finetune, mostly of embedding."""

_WORK = {"efficientnet_lite1": 1.35, "efficientnet_lite2": 1.65, "resnet50": 3.0, "resnet50_v2": 3.0}
"""What fine-tuning a backbone takes at the same picture size, where EfficientNet-Lite0 at 192 px takes 1."""


def seconds_for(
    earlier: Iterable[Run], method: str, parameters: Mapping[str, Any], covers: int, variants: int
) -> float | None:
    """About how many seconds a run on so many covers takes; None when none of its method has been done here.

    The last few of its method count, those of the same parameters if there are any: their median pace, by cover,
    variant and epoch. `earlier` has the newest first.
    """
    done = [run for run in earlier if run.spec.method == method and run.status().state == "done"]
    alike = [run for run in done if run.spec.parameters == dict(parameters)]
    paces = [pace for run in (alike or done)[:_LAST] if (pace := _pace(run))]
    return median(paces) * covers * variants * _epochs(parameters) if paces else None


def usual_seconds(method: str, parameters: Mapping[str, Any], covers: int, variants: int) -> float:
    """Roughly how many seconds a run takes on two cores: for where `seconds_for` doesn't know."""
    work = _WORK.get(str(parameters.get("backbone")), 1.0) * (parameters.get("side", 192) / 192) ** 2
    return _USUAL[method] * work * covers * variants * _epochs(parameters)


def _pace(run: Run) -> float | None:
    """Seconds a cover, variant and epoch; None when the run doesn't tell."""
    with suppress(BadRun):
        seconds, covers = run.status().seconds, run.evaluation().covers / _TESTED
        return seconds / (covers * len(run.spec.variants) * _epochs(run.spec.parameters)) if seconds else None
    return None


def _epochs(parameters: Mapping[str, Any]) -> int:
    return max(1, sum(int(parameters.get(name) or 0) for name in ("frozen_epochs", "epochs")))
