"""Labels that an audit doubts, for a person to review one after another."""

from dataclasses import dataclass

import pandas as pd

from covergenre.audit import Audit
from covergenre.dataset.manifest import usable
from covergenre.repair.review import Label


@dataclass(frozen=True)
class DoubtfulLabel:
    """A cover whose genre is doubtful, and the genre that all other covers suggest for it."""

    path: str
    label: Label
    suggested: str
    probability: float

    @property
    def genre(self) -> str:
        """The genre it is labelled with."""
        return self.label[1]


def doubtful_labels(audit: Audit, manifest: pd.DataFrame) -> tuple[DoubtfulLabel, ...]:
    """The usable covers with a doubtful label, the most doubtful first."""
    covers = usable(manifest).set_index("path")[["content_hash", "genre"]]
    likely = audit.likely.set_index("path")
    found = []
    for path in audit.flagged("wrong labels")["path"]:
        if path in covers.index:
            label, (genre, probability) = tuple(covers.loc[path]), likely.loc[path]
            if genre != label[1]:
                found.append(DoubtfulLabel(path, label, genre, float(probability)))
    return tuple(found)
