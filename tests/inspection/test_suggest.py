import numpy as np
import pandas as pd
import pytest

from covergenre.audit import THRESHOLDS, Audit
from covergenre.audit.findings import findings
from covergenre.errors import CoverGenreError
from covergenre.inspection.suggest import REPAIRS, REPAIRS_ON_REQUEST, suggest
from covergenre.repair.repair import Edit, merge_plans, repaired

EMPTY = pd.DataFrame()


def manifest(*paths, **columns):
    """Rows of these paths, the genre being the folder; of each two, the first is the larger."""
    n = len(paths)
    return pd.DataFrame(
        {
            "path": paths,
            "genre": [path.split("/")[0] for path in paths],
            "width": 300,
            "height": range(300 + n, 300, -1),
            "bytes": 1000,
            "excluded": "",
            "original_genre": "",
            "tags": "",
            "edit": "",
            **columns,
        }
    )


def report(likely=EMPTY, **groups):
    """A report with groups of paths by issue ("_" for " "), each flagged."""
    found = []
    for issue, members in groups.items():
        paths = [path for group in members for path in group]
        numbers = np.repeat(np.arange(len(members)), [len(group) for group in members])
        ones = np.ones(len(paths))
        found.append(findings(issue.replace("_", " "), paths, ones, ones, [""] * len(paths), numbers))
    return Audit("mine", 9, pd.concat(found), dict(THRESHOLDS), {}, EMPTY, EMPTY, likely)


def excluded(plan):
    return {edit.path: edit.excluded for edit in plan.edits}


def test_the_best_of_several_copies_is_kept():
    plans = suggest(manifest("jazz/a", "jazz/b", "pop/c", "pop/d"), report(exact_duplicates=[["jazz/b", "jazz/a"]]))
    assert {issue: excluded(plan) for issue, plan in plans.items()} == {
        "exact duplicates": {"jazz/b": "a copy of jazz/a"}
    }


def test_a_picture_under_two_genres_stays_under_the_genre_of_most_copies():
    paths = ["jazz/a", "jazz/b", "pop/c"]
    plans = suggest(manifest(*paths), report(contradicting_labels=[paths]))
    assert excluded(plans["contradicting labels"]) == {
        "jazz/b": "a near copy of jazz/a",
        "pop/c": "one picture under jazz and pop; most are jazz",
    }


def test_without_a_genre_of_most_copies_none_is_kept():
    paths = ["jazz/a", "pop/b"]
    plans = suggest(manifest(*paths), report(contradicting_labels=[paths]))
    assert excluded(plans["contradicting labels"]) == dict.fromkeys(paths, "one picture under jazz and pop")


def test_a_group_settled_by_one_issue_is_not_touched_by_the_next():
    paths = ["jazz/a", "jazz/b", "pop/c"]
    found = report(contradicting_labels=[paths], near_duplicates=[paths], exact_duplicates=[paths[:2]])
    assert list(suggest(manifest(*paths), found)) == ["contradicting labels"]


def test_blank_covers_are_excluded_and_dark_ones_only_on_request():
    rows, found = manifest("jazz/a", "jazz/b"), report(blank=[["jazz/a"]], dark=[["jazz/a", "jazz/b"]])
    assert {issue: excluded(plan) for issue, plan in suggest(rows, found).items()} == {"blank": {"jazz/a": "blank"}}
    assert excluded(suggest(rows, found, ["blank", "dark"])["dark"]) == {"jazz/b": "dark"}


def test_a_wrong_label_is_corrected_if_another_genre_is_likely_and_else_excluded():
    likely = pd.DataFrame(
        {"path": ["jazz/a", "jazz/b"], "genre": ["pop", "rock"], "probability": [0.9, 0.4]},
    )
    plans = suggest(manifest("jazz/a", "jazz/b"), report(likely, wrong_labels=[["jazz/a", "jazz/b"]]), ["wrong labels"])
    assert plans["wrong labels"].edits == (
        Edit("jazz/a", genre="pop"),
        Edit("jazz/b", excluded="a doubtful genre"),
    )


def test_plans_of_all_issues_can_be_merged_and_previewed():
    paths = ["jazz/a", "jazz/b", "pop/c", "pop/d"]
    rows = manifest(*paths)
    found = report(near_duplicates=[paths[:2]], blank=[["pop/d", "jazz/b"]])
    after = repaired(rows, merge_plans(suggest(rows, found).values(), "suggested"))
    assert after["excluded"].tolist() == ["", "a near copy of jazz/a", "", "blank"]


@pytest.mark.parametrize("issue", [*REPAIRS, *REPAIRS_ON_REQUEST])
def test_every_issue_with_a_repair_is_an_audit_issue_and_gets_edits(issue):
    paths = ["hip hop/a", "hip hop/b", "hip-hop/c"]
    likely = pd.DataFrame({"path": paths, "genre": "pop", "probability": 0.9})
    found = report(likely, **{issue.replace(" ", "_"): [paths]})
    assert issue in THRESHOLDS
    assert suggest(manifest(*paths), found, [issue])[issue].edits


def test_only_certain_defects_are_repaired_by_default():
    paths = ["jazz/a", "jazz/b"]
    found = report(blank=[paths[:1]], dark=[paths[1:]])
    assert list(suggest(manifest(*paths), found)) == ["blank"]


@pytest.mark.parametrize("issue", ["leakage", "class imbalance", "nonsense"])
def test_an_issue_without_a_repair_is_refused(issue):
    with pytest.raises(CoverGenreError, match="no repair is known"):
        suggest(manifest("jazz/a"), report(blank=[]), [issue])


def test_similar_genre_names_become_that_of_most_covers():
    covers = manifest("Jazz/1", "Jazz/2", "jazz/3", "Black Metal/4", "black-metal/5", "black-metal/6", "rap/7")
    plan = suggest(covers, report(near_names=[["jazz/3"], ["Black Metal/4"]]))["near names"]
    assert plan.edits == (Edit("jazz/3", genre="Jazz"), Edit("Black Metal/4", genre="black-metal"))
