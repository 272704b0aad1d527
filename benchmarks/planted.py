"""Recall and precision of the audit on the defects planted in the demo data set.

python -m benchmarks.planted

The demo is drawn and embedded first, which takes a minute. A copy and what it is a copy of both count as planted. Of a
blank cover it is left open whether it is dark too, and of blank and blurred ones whether their genre is doubted, which
nobody could see. The second table has the issues of near copies with a stricter threshold: in the demo albums are drawn
to a few designs, which the usual one, set on real covers, takes for copies.
"""

import pandas as pd

from benchmarks.common import empty_home
from covergenre.audit import Audit, audit_dataset
from covergenre.dataset.csv_file import read_csv
from covergenre.dataset.registry import Dataset
from covergenre.dataset.split import split_of
from covergenre.demo import build_demo
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
    "odd size, 300 x 96 px": ["odd size", "odd aspect"],
    "wrong label": ["wrong labels"],
    "exact copy": ["exact duplicates"],
    "near copy": ["near duplicates"],
    "two genres, same bytes": ["contradicting labels", "exact duplicates"],
    "two genres, recompressed": ["contradicting labels", "near duplicates"],
    "spurious cue": ["spurious cues"],
}
_OF_THE_COPY = {"two genres": ["wrong labels"]}  # the genre of the picture it is a copy of is right
_EITHER_WAY = {"blank": ["dark", "wrong labels"], "blurred": ["wrong labels"]}  # dark or not; no genre to be seen
_STRICT = {"near duplicates": 0.8, "contradicting labels": 0.8}


def main() -> None:
    with empty_home():
        demo = build_demo()
        split, vectors = split_of(demo), embed_dataset(demo, Recipe(feature_set="stages"))["original"]
        planted, open_ones = _planted(demo), _left_open(demo)
        print(_table(audit_dataset(demo, split, vectors), planted, open_ones).to_string(index=False))
        strict = _table(audit_dataset(demo, split, vectors, thresholds=_STRICT), planted, open_ones)
        print(strict[strict["issue"].isin(_STRICT)].to_string(index=False))


def _planted(demo: Dataset) -> pd.DataFrame:
    """Columns path, issue: what each cover is to be flagged for."""
    planted = _planted_csv(demo)
    exact = planted["defect"] + ", " + planted["detail"]
    planted["issue"] = [
        _ISSUES.get(key, _ISSUES.get(defect)) for key, defect in zip(exact, planted["defect"], strict=True)
    ]
    originals = planted[planted["of"] != ""].assign(path=planted["of"])
    copies = planted.assign(issue=planted["defect"].map(_OF_THE_COPY)).dropna(subset="issue")
    rows = pd.concat([planted, originals, copies]).explode("issue")
    whole = rows.merge(demo.manifest[["path", "genre"]], left_on="path", right_on="genre", suffixes=("_planted", ""))
    single = rows[rows["path"].isin(demo.manifest["path"])]
    return pd.concat([single, whole])[["path", "issue"]].drop_duplicates()


def _left_open(demo: Dataset) -> pd.DataFrame:
    """Columns path, issue: what a cover may be flagged for, or not."""
    planted = _planted_csv(demo)
    return planted.assign(issue=planted["defect"].map(_EITHER_WAY)).dropna(subset="issue").explode("issue")


def _planted_csv(demo: Dataset) -> pd.DataFrame:
    return pd.DataFrame(read_csv(demo.root / "planted.csv").cells)


def _table(report: Audit, planted: pd.DataFrame, open_ones: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for issue, paths in planted.groupby("issue")["path"]:
        wanted, either = set(paths), set(open_ones.loc[open_ones["issue"] == issue, "path"])
        flagged = set(report.flagged(issue)["path"]) - either
        found = len(wanted & flagged)
        rows.append((issue, len(wanted), len(flagged), found / len(wanted), found / max(len(flagged), 1)))
    return pd.DataFrame(rows, columns=["issue", "planted", "flagged", "recall", "precision"]).round(2)


if __name__ == "__main__":
    main()
