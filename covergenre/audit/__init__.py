"""The audit of a data set: duplicates, broken or odd files, doubtful labels, leaks and spurious cues.

`audit_dataset` runs every check and returns an `Audit`.
"""

from covergenre.audit.audit import audit_dataset
from covergenre.audit.findings import NO_GROUP, Audit
from covergenre.audit.issues import ISSUES, THRESHOLDS, Issue
from covergenre.audit.thresholds import read_thresholds, set_threshold

__all__ = [
    "ISSUES",
    "NO_GROUP",
    "THRESHOLDS",
    "Audit",
    "Issue",
    "audit_dataset",
    "read_thresholds",
    "set_threshold",
]
