"""OpenVINO, set up alike for every network."""

import os
import sys
import threading
from types import ModuleType
from typing import Any

import numpy as np

_first_look = threading.Lock()


def settings(threads: int | None = None) -> dict[str, Any]:
    """The settings to compile a network with: 32-bit floats, `threads` threads (None: OMP_NUM_THREADS, or all cores).

    OMP_NUM_THREADS may be a list by nesting level.
    """
    budget = int(os.environ.get("OMP_NUM_THREADS", "").partition(",")[0] or os.cpu_count() or 1)
    return {
        "PERFORMANCE_HINT": "THROUGHPUT" if threads is None else "LATENCY",
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": threads or budget,
    }


def load_openvino() -> ModuleType:
    """The module `openvino`, ready for use in any thread."""
    # Importing openvino reports its use to the maker's server, unless this package is not installed.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None means "not installed"
    import openvino

    # The binding initialises NumPy when a tensor's data are first accessed. Two threads that do so at once deadlock,
    # and with them the whole process, because one of them holds the interpreter's lock.
    with _first_look:
        openvino.Tensor(np.zeros(1, np.float32)).data  # noqa: B018
    return openvino
