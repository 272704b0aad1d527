"""The audit: what is wrong with a data set. `audit` is the one call; all else here is what it is made of."""

from covergenre.audit.chosen import choose_threshold, chosen_thresholds
from covergenre.audit.facade import audit
from covergenre.audit.findings import NO_GROUP, AuditReport
from covergenre.audit.issues import ISSUES, THRESHOLDS, Issue

__all__ = [
    "ISSUES",
    "NO_GROUP",
    "THRESHOLDS",
    "AuditReport",
    "Issue",
    "audit",
    "choose_threshold",
    "chosen_thresholds",
]
