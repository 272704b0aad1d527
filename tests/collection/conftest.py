"""What the tests of finding by words share: a tiny network of the real kind, and covers to be looked at."""

import json

import numpy as np
import pytest
from drawing import genre_folders

from covergenre.collection import text_search
from covergenre.collection.collection import Collection
from covergenre.dataset.registry import register
from covergenre.dataset.starter import COLUMNS

TINY = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 16, "heads": 1, "layers": 1},
}


@pytest.fixture(scope="session")
def network(tmp_path_factory):
    """A folder with the two files of a tiny network, as the hub has them."""
    open_clip = pytest.importorskip("open_clip")
    import torch
    from safetensors.torch import save_file

    folder = tmp_path_factory.mktemp("words")
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": TINY, "preprocess_cfg": {}}))
    torch.manual_seed(0)
    model = open_clip.CLIP(**TINY)
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, folder / text_search._NAMES[1])
    return folder


@pytest.fixture
def at_hand(network, own_home):
    """The network where a user would put it."""
    text_search.weights_folder().symlink_to(network)


@pytest.fixture
def library(tmp_path) -> Collection:
    dataset, _ = register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 10))
    manifest = dataset.manifest
    covers = manifest.reindex(columns=list(COLUMNS), fill_value="")
    covers = covers.assign(id=manifest["path"], part="train", signature=[b""] * len(manifest))
    return Collection(covers, np.random.default_rng(0).normal(size=(len(covers), 4)))
