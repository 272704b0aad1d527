"""Repairs to suggest for the findings of an audit; nothing is changed until one of them is applied."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from covergenre.audit import Audit
from covergenre.dataset.layout import similar_names
from covergenre.errors import CoverGenreError
from covergenre.repair.repair import Edit, Plan, keep_one_each, rows_of

SURE = 0.7  # the probability from which a wrong label is replaced: of 13 known to be wrong, 11 correctly

REPAIRS: Mapping[str, str] = MappingProxyType(
    {
        "near names": "give the covers of both the name that most have",
        "contradicting labels": "keep the best cover of the genre with most copies; where none has most, leave all out",
        "near duplicates": "keep the best cover of each group",
        "exact duplicates": "keep the best cover of each group",
        "blank": "leave out",
    }
)
# Not suggested unless requested, because these are only likely defects, and to leave out what a method finds hard makes
# its test easier.
REPAIRS_ON_REQUEST: Mapping[str, str] = MappingProxyType(
    {
        "wrong labels": f"give the genre it looks like where that has {SURE:.0%} or more, leave out the others",
        **dict.fromkeys(
            ("dark", "light", "low information", "blurry", "odd size", "odd aspect", "outliers"), "leave out"
        ),
    }
)


def suggest(manifest: pd.DataFrame, audit: Audit, issues: Sequence[str] = tuple(REPAIRS)) -> dict[str, Plan]:
    """A plan for each issue, in the order of `issues`; each cover is in the first plan that concerns it.

    An issue with nothing to repair has no plan. Raises CoverGenreError for an issue without a known repair, and as
    `repaired` does when the manifest isn't the audited one.
    """
    known = {**REPAIRS, **REPAIRS_ON_REQUEST}
    plans: dict[str, Plan] = {}
    settled: set[str] = set()
    for issue in issues:
        if issue not in known:
            raise CoverGenreError(f"no repair is known for {issue!r}: choose from {', '.join(known)}")
        edits = [edit for edit in _edits(manifest, audit, issue, settled) if edit.path not in settled]
        settled |= {path for group in audit.groups(issue) for path in group} | {edit.path for edit in edits}
        if edits:
            plans[issue] = Plan(issue, tuple(edits))
    return plans


def _edits(manifest: pd.DataFrame, audit: Audit, issue: str, settled: set[str]) -> list[Edit]:
    if issue == "near names":
        called = {other: group[0] for group in similar_names(manifest["genre"]) for other in group[1:]}
        genres = rows_of(manifest, audit.flagged(issue)["path"].tolist())["genre"]
        return [Edit(path, genre=called[genre]) for path, genre in genres.items() if genre in called]
    groups = [group for group in audit.groups(issue) if not settled & set(group)]
    if issue == "contradicting labels":
        return _of_one_genre(manifest, groups)
    if issue == "near duplicates":
        return list(keep_one_each(manifest, groups, "a near copy").edits)
    if issue == "exact duplicates":
        return list(keep_one_each(manifest, groups, "a copy").edits)
    paths = audit.flagged(issue)["path"].tolist()
    if issue == "wrong labels":
        return _of_likely_genre(paths, audit.likely)
    return [Edit(path, excluded=issue) for path in paths]


def _of_one_genre(manifest: pd.DataFrame, groups: Sequence[Sequence[str]]) -> list[Edit]:
    """Leave out the covers of another genre than most of their group, and all but the best of the others."""
    genre_of = rows_of(manifest, [path for group in groups for path in group])["genre"].to_dict()
    alike, edits = [], []
    for group in groups:
        genres = [genre_of[path] for path in group]
        (genre, most), *others = Counter(genres).most_common()
        why = f"one picture under {' and '.join(sorted(set(genres)))}"
        if others and others[0][1] == most:
            edits += [Edit(path, excluded=why) for path in group]
        else:
            alike.append([path for path in group if genre_of[path] == genre])
            wrong = [path for path in group if genre_of[path] != genre]
            edits += [Edit(path, excluded=f"{why}; most are {genre}") for path in wrong]
    return [*keep_one_each(manifest, alike, "a near copy").edits, *edits]


def _of_likely_genre(paths: Sequence[str], likely: pd.DataFrame) -> list[Edit]:
    looks = likely.set_index("path").loc[list(paths)]
    return [
        Edit(row.Index, genre=row.genre) if row.probability >= SURE else Edit(row.Index, excluded="a doubtful genre")
        for row in looks.itertuples()
    ]
