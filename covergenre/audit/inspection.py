"""The result of inspecting a data set."""

from dataclasses import dataclass

import numpy as np

from covergenre.audit.findings import Audit
from covergenre.dataset.registry import Dataset
from covergenre.dataset.split import Split


@dataclass(frozen=True, eq=False)
class Inspection:
    """A data set with its audit, split and vectors.

    `split`: None when the data set can't be split. `units`: float32 (n, e), unit vectors of the usable covers, whose
    dot product is their similarity; None until there are vectors. `vectors`: the stored vectors behind `units`, if any.
    """

    dataset: Dataset
    audit: Audit
    split: Split | None
    units: np.ndarray | None
    vectors: np.ndarray | None = None

    @property
    def drawn(self) -> np.ndarray | None:
        """The vectors that a map is drawn from and cached by."""
        return self.units if self.vectors is None else self.vectors
