import pytest

from covergenre.audit.issues import ISSUES, THRESHOLDS, thresholds
from covergenre.errors import CoverGenreError


def test_each_issue_says_what_it_is_and_why_it_matters():
    assert len({issue.name for issue in ISSUES}) == len(ISSUES)
    for issue in ISSUES:
        assert issue.meaning.endswith(".")
        assert issue.harm.endswith(".")
        assert 0 < issue.threshold <= 1


def test_thresholds_can_be_changed_one_by_one():
    assert thresholds() == dict(THRESHOLDS)
    assert thresholds({"dark": 0.9}) == {**THRESHOLDS, "dark": 0.9}


@pytest.mark.parametrize("changed", [{"darkness": 0.5}, {"dark": 1.5}, {"dark": float("nan")}])
def test_a_threshold_that_cannot_be_is_refused(changed):
    with pytest.raises(CoverGenreError):
        thresholds(changed)
