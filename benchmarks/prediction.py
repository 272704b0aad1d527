"""Time to the first prediction of a fresh process, time per further prediction, and memory.

With the picture alone, and with the words on it.

python -m benchmarks.prediction ../shared/covers

The first prediction is counted from the start of the process: Python, the imports, opening the starter, the answer with
its neighbours. Each figure is the median of several processes, and the worst beside it.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.common import command_line, machine, peak_bytes, spread, timed

_HEAVY = ("torch", "timm", "sklearn", "scipy", "fastai", "catboost", "streamlit")


def main() -> None:
    parser = command_line(__doc__, "a folder with JPEG covers at any depth")
    parser.add_argument("--covers", type=int, default=50, help="how many of them each process predicts (default 50)")
    parser.add_argument("--processes", type=int, default=5, help="how many fresh processes to start (default 5)")
    options = parser.parse_args()
    files = spread(options.folder, options.covers)
    measured = [_in_a_fresh_process(files) for _ in range(options.processes)]
    print(f"{options.processes} processes, {len(files)} covers each; {machine()}")
    print(f"{'':44}{'median':>9}{'worst':>9}   budget")
    _row("start of the process to first prediction, s", (m["first"] for m in measured), "< 1.5")
    _row("warm prediction with 12 neighbours, ms", (1000 * s for m in measured for s in m["warm"]), "< 100")
    _row("the first that reads words, s", (m["first_read"] for m in measured), "")
    _row("warm prediction that reads words, ms", (1000 * s for m in measured for s in m["read"]), "")
    _row("peak memory, MB", (m["peak"] for m in measured), "< 700")
    _row("memory after the last prediction, MB", (m["resident"] for m in measured), "< 700")
    imported = sorted({name for m in measured for name in m["heavy"]})
    print(f"of {', '.join(_HEAVY)} imported: {', '.join(imported) or 'none'}")


def measure(files: Sequence[str]) -> None:
    """Predict the covers one by one and print the figures of this process as JSON."""
    from covergenre.predict import Predictor

    predictor = Predictor.open()

    def seconds(file: str, words: bool) -> float:
        return timed(lambda: predictor.predict(Path(file).read_bytes(), words=words))[0]

    seconds(files[0], words=False)
    first = time.monotonic()
    warm = [seconds(file, words=False) for file in files[1:]]
    first_read, *read = [seconds(file, words=True) for file in files]
    import psutil

    figures = {
        "first": first,
        "warm": warm,
        "first_read": first_read,
        "read": read,
        "peak": peak_bytes() / 2**20,
        "resident": psutil.Process().memory_info().rss / 2**20,
        "heavy": [name for name in _HEAVY if name in sys.modules],
    }
    print(json.dumps(figures))


def _in_a_fresh_process(files: Sequence[Path]) -> dict:
    started = time.monotonic()
    code = "import sys; from benchmarks.prediction import measure; measure(sys.argv[1:])"
    told = subprocess.run([sys.executable, "-c", code, *map(str, files)], check=True, stdout=subprocess.PIPE, text=True)
    figures = json.loads(told.stdout)
    return {**figures, "first": figures["first"] - started}


def _row(what: str, values: Iterable[float], budget: str) -> None:
    values = list(values)
    print(f"{what:44}{statistics.median(values):9.2f}{max(values):9.2f}   {budget}")


if __name__ == "__main__":
    main()
