"""How reliable the labels of Discogs' covers are, which bounds the accuracy of any recipe there.

python -m benchmarks.accuracy.labels COVERS

First, how often near copies of one picture have the same genre. Second, how often a person who knows the albums agrees
with the labels: 100 random covers, 20 per genre, none with contradicting labels, were judged by hand without seeing
their labels. `judged.csv` has the genre given to each, and whether it was clear ("sure") or another of the five would
have fitted as well.
"""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pandas as pd

from benchmarks.accuracy.tasks import TASKS
from benchmarks.common import command_line, scanned
from covergenre.dataset.groups import group_covers
from covergenre.dataset.manifest import usable
from covergenre.evaluation.intervals import wilson


def main() -> None:
    covers = usable(scanned(command_line(__doc__, "COVERS, as above").parse_args().folder).manifest)
    covers = covers[(covers["source"] == "discogs") & covers["genre"].isin(TASKS[0].genres)].reset_index(drop=True)
    _copies(covers)
    _judged(covers)


def _copies(covers: pd.DataFrame) -> None:
    pictures = group_covers(covers["phash"].tolist(), [""] * len(covers), covers["content_hash"].tolist())
    pairs = [pair for _, genres in covers["genre"].groupby(pictures) for pair in combinations(sorted(genres), 2)]
    unlike = pd.Series([f"{a} and {b}" for a, b in pairs if a != b])
    print(f"{len(covers)} covers, {len(pairs)} pairs of near copies")
    print("of one genre:", _share([a == b for a, b in pairs]))
    print(unlike.value_counts().to_string(), "\n")


def _judged(covers: pd.DataFrame) -> None:
    judged = pd.read_csv(Path(__file__).with_name("judged.csv"))
    known = judged.merge(covers.assign(name=covers["path"].str.rpartition("/")[2]), on="name", suffixes=("", "_there"))
    right, sure = known["judged"] == known["genre"], known["sure"] == "yes"
    print(f"{len(known)} covers judged by hand")
    print("as labelled:", _share(right))
    print("as labelled, of those that were clear:", _share(right[sure]))
    print("as labelled, of the others:", _share(right[~sure]))
    print(pd.crosstab(known["genre"], known["judged"], rownames=["label"]).to_string())


def _share(held: Sequence[bool]) -> str:
    interval = wilson(int(sum(held)), len(held))
    return f"{sum(held)} of {len(held)}, {interval.value:.0%} [{interval.low:.0%}, {interval.high:.0%}]"


if __name__ == "__main__":
    main()
