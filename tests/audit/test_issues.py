from covergenre.audit.issues import ISSUES


def test_each_issue_says_what_it_is_and_why_it_matters():
    assert len({issue.name for issue in ISSUES}) == len(ISSUES)
    for issue in ISSUES:
        assert issue.meaning.endswith(".")
        assert issue.harm.endswith(".")
        assert 0 < issue.threshold <= 1
