"""How long it takes to look through a folder of covers: the first time, again, and with ten covers more; what it finds.

python -m benchmarks.audit ../shared/covers

Vectors of all but the ten are made beforehand and are not counted. Each is a process of its own, as somebody who types
`audit` has it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from covergenre.dataset.manifest import write_manifest
from covergenre.dataset.registry import Dataset, register
from covergenre.embedding.embed import embed_dataset
from covergenre.inspection.inspection import RECIPES

_MORE = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder of genre folders")
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as home:
        os.environ["COVERGENRE_HOME"] = home
        whole, _ = register("benchmark", folder)
        fewer = replace(whole, manifest=whole.manifest.drop(whole.manifest.sample(_MORE, random_state=0).index))
        embed_dataset(fewer, RECIPES[0])
        for words, dataset in (("first", fewer), ("again", fewer), (f"with {_MORE} more", whole)):
            print(f"{words}: {_audit(dataset)}", flush=True)


def _audit(dataset: Dataset) -> str:
    write_manifest(dataset.manifest, dataset.folder / "manifest.csv")
    started, before = time.perf_counter(), os.times()
    told = subprocess.run([sys.executable, "-m", "covergenre", "audit", dataset.name], check=True, capture_output=True)
    seconds, after = time.perf_counter() - started, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return f"{seconds:.1f} s, {cpu:.1f} s of processors\n{told.stdout.decode()}"


if __name__ == "__main__":
    main()
