"""OpenVINO, as every network of the project is run with it."""

import os
import sys
import threading
from types import ModuleType
from typing import Any

import numpy as np

_first_look = threading.Lock()


def settings(threads: int | None = None) -> dict[str, Any]:
    """How a network is compiled: in 32 bits, on `threads` threads (None: what OMP_NUM_THREADS says, else every core).

    OMP_NUM_THREADS, which may be a list by level, is the one thread budget of all libraries.
    """
    budget = int(os.environ.get("OMP_NUM_THREADS", "").partition(",")[0] or os.cpu_count() or 1)
    return {
        "PERFORMANCE_HINT": "THROUGHPUT" if threads is None else "LATENCY",
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": threads or budget,
    }


def load_openvino() -> ModuleType:
    """The module `openvino`, ready for use in any thread."""
    # Importing openvino reports the use to a server of its maker, unless the package that does so is not there.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None is "not there"
    import openvino

    # Its binding gets ready for NumPy when a tensor's data are first looked at. Two threads that do so at once wait for
    # each other for ever, one of them holding the interpreter's lock, and the whole process with them.
    with _first_look:
        openvino.Tensor(np.zeros(1, np.float32)).data  # noqa: B018
    return openvino
