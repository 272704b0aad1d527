"""How much an audit of the demo finds of what was planted in it, and how much of what it flags was planted.

python -m benchmarks.planted

The demo is drawn and embedded first, which takes a minute. A copy and what it is a copy of both count as planted.
"""

import os
import tempfile

import pandas as pd

from covergenre.dataset.audit import AuditReport, audit
from covergenre.dataset.demo import build_demo
from covergenre.dataset.registry import Dataset
from covergenre.dataset.sheet import read_sheet
from covergenre.dataset.split import split_of
from covergenre.embedding.embed import embed_dataset
from covergenre.embedding.recipe import Recipe

# By defect, and by its detail where that matters: the issues that its covers are to be flagged for.
_ISSUES = {
    "truncated": ["unreadable"],
    "not an image": ["unreadable"],
    "blank": ["blank"],
    "very dark": ["dark"],
    "blurred": ["blurry"],
    "odd size": ["odd size"],
    "odd size, 300 x 96 px": ["odd aspect"],
    "wrong label": ["wrong labels"],
    "exact copy": ["exact duplicates"],
    "near copy": ["near duplicates"],
    "two genres, same bytes": ["contradicting labels", "exact duplicates"],
    "two genres, recompressed": ["contradicting labels", "near duplicates"],
    "spurious cue": ["spurious cues"],
}


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["COVERGENRE_HOME"] = home
        demo = build_demo()
        report = audit(demo, split_of(demo), embed_dataset(demo, Recipe())["original"])
        print(_table(report, _planted(demo)).to_string(index=False))


def _planted(demo: Dataset) -> pd.DataFrame:
    """Columns path, issue: what each cover is to be flagged for."""
    planted = pd.DataFrame(read_sheet(demo.root / "planted.csv").cells)
    exact = planted["defect"] + ", " + planted["detail"]
    planted["issue"] = [
        _ISSUES.get(key, _ISSUES.get(defect)) for key, defect in zip(exact, planted["defect"], strict=True)
    ]
    originals = planted[planted["of"] != ""].assign(path=planted["of"])
    rows = pd.concat([planted, originals]).explode("issue")
    whole = rows.merge(demo.manifest[["path", "genre"]], left_on="path", right_on="genre", suffixes=("_planted", ""))
    single = rows[rows["path"].isin(demo.manifest["path"])]
    return pd.concat([single, whole])[["path", "issue"]].drop_duplicates()


def _table(report: AuditReport, planted: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for issue, paths in planted.groupby("issue")["path"]:
        wanted, flagged = set(paths), set(report.flagged(issue)["path"])
        found = len(wanted & flagged)
        rows.append((issue, len(wanted), len(flagged), found / len(wanted), found / max(len(flagged), 1)))
    return pd.DataFrame(rows, columns=["issue", "planted", "flagged", "recall", "precision"]).round(2)


if __name__ == "__main__":
    main()
