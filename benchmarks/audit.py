"""How long an audit of a folder of covers takes the first time, and again; and what it finds.

python -m benchmarks.audit ../shared/covers

Vectors are made beforehand, with the standard recipe, and are not counted.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from covergenre.dataset.audit import AuditReport, audit
from covergenre.dataset.registry import Dataset, register
from covergenre.dataset.split import split_of
from covergenre.embedding.embed import embed_dataset
from covergenre.embedding.recipe import Recipe


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder of genre folders")
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as home:
        os.environ["COVERGENRE_HOME"] = home
        dataset, _ = register("benchmark", folder)
        vectors = embed_dataset(dataset, Recipe())["original"]
        first, report = _seconds(dataset, vectors)
        again, _ = _seconds(dataset, vectors)
    print(report.summary.to_string(index=False, formatters={"share": "{:.1%}".format}))
    print(f"{report.covers} covers: first {first:.1f} s, again {again:.1f} s")


def _seconds(dataset: Dataset, vectors: np.ndarray) -> tuple[float, AuditReport]:
    started = time.perf_counter()
    report = audit(dataset, split_of(dataset), vectors)
    return time.perf_counter() - started, report


if __name__ == "__main__":
    main()
