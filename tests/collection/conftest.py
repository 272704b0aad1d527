"""A collection whose covers have pictures."""

import numpy as np
import pytest
from drawing import genre_folders

from covergenre.collection.collection import Collection
from covergenre.dataset.registry import register
from covergenre.dataset.starter import COLUMNS


@pytest.fixture
def library(tmp_path) -> Collection:
    dataset, _ = register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 10))
    manifest = dataset.manifest
    covers = manifest.reindex(columns=list(COLUMNS), fill_value="")
    covers = covers.assign(id=manifest["path"], part="train", signature=[b""] * len(manifest))
    return Collection(covers, np.random.default_rng(0).normal(size=(len(covers), 4)))
