from covergenre.audit.issues import ISSUES


def test_each_issue_has_a_name_a_meaning_a_harm_and_a_threshold():
    assert len({issue.name for issue in ISSUES}) == len(ISSUES)
    for issue in ISSUES:
        assert issue.meaning.endswith(".")
        assert issue.harm.endswith(".")
        assert 0 < issue.threshold <= 1
