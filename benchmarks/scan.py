"""How long a folder of covers takes to scan the first time, and again when nothing changed.

python -m benchmarks.scan ../shared/covers
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

from covergenre.dataset.registry import register


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder of genre folders")
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as home:
        os.environ["COVERGENRE_HOME"] = home
        first, covers = _seconds(folder)
        again, _ = _seconds(folder)
    print(f"{covers} covers: first {first:.2f} s, again {again:.2f} s, {first / again:.0f} times faster")


def _seconds(folder: Path) -> tuple[float, int]:
    started = time.perf_counter()
    dataset, _ = register("benchmark", folder)
    return time.perf_counter() - started, len(dataset.manifest)


if __name__ == "__main__":
    main()
