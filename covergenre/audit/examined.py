"""What is known of a data set that was looked through."""

from dataclasses import dataclass

import numpy as np

from covergenre.audit import AuditReport
from covergenre.dataset.registry import Dataset
from covergenre.dataset.split import Split


@dataclass(frozen=True, eq=False)
class Examined:
    """A data set with its audit.

    `split`: None where it can't be split. `units`: float32 (n, e), each usable cover at length 1 where likeness is a
    cosine; None where there are no vectors yet. `vectors`: what `units` were made of, where that is stored.
    """

    dataset: Dataset
    report: AuditReport
    split: Split | None
    units: np.ndarray | None
    vectors: np.ndarray | None = None

    @property
    def drawn(self) -> np.ndarray | None:
        """The vectors that a map is drawn of and kept by."""
        return self.units if self.vectors is None else self.vectors
