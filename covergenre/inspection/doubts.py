"""Labels that an audit doubts, to be looked at one after the other."""

from dataclasses import dataclass

import pandas as pd

from covergenre.audit import AuditReport
from covergenre.dataset.manifest import usable
from covergenre.repair.review import Label


@dataclass(frozen=True)
class Doubt:
    """A cover whose genre is doubted, and the genre that it looks like by all other covers."""

    path: str
    label: Label
    suggested: str
    probability: float

    @property
    def genre(self) -> str:
        """What it is called."""
        return self.label[1]


def doubts(report: AuditReport, manifest: pd.DataFrame) -> tuple[Doubt, ...]:
    """The covers in use whose label is doubted, the most doubtful first."""
    covers, likely = usable(manifest).set_index("path"), report.likely.set_index("path")
    found = []
    for path in report.flagged("wrong labels")["path"]:
        if path in covers.index:
            label = covers.at[path, "content_hash"], covers.at[path, "genre"]
            if likely.at[path, "genre"] != label[1]:
                found.append(Doubt(path, label, likely.at[path, "genre"], float(likely.at[path, "probability"])))
    return tuple(found)
