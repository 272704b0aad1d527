"""A tiny untrained network of CLIP's architecture, as the hub would have it."""

import json
from pathlib import Path

import pytest

from covergenre.embedding import clip

_CONFIG = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 16, "heads": 1, "layers": 1},
}


def save_tiny_clip(folder: Path) -> Path:
    """Write its two files into a folder; skips the test where open_clip is not installed."""
    open_clip = pytest.importorskip("open_clip")
    import torch
    from safetensors.torch import save_file

    config, weights = clip._FILES
    (folder / config).write_text(json.dumps({"model_cfg": _CONFIG, "preprocess_cfg": {}}))
    torch.manual_seed(0)
    model = open_clip.CLIP(**_CONFIG)
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, folder / weights)
    return folder
