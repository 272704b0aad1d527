"""A backbone small enough for tests: real in every way, but with seeded random weights."""

from pathlib import Path

import pytest

from covergenre.embedding.recipe import Recipe

TINY = "timm:test_resnet"  # 160 px; 96 wide pooled, 896 with its stages


def tiny_recipe(folder: Path, feature_set: str = "pooled", limit: int | None = None) -> Recipe:
    """A recipe of the tiny backbone, whose weights are written to `folder`; the same vectors in every test."""
    return Recipe(TINY, feature_set, limit, weights=str(tiny_weights(folder)))


def tiny_weights(folder: Path) -> Path:
    """The weights of the tiny backbone as a file in `folder`."""
    pytest.importorskip("timm")
    path = folder / "tiny.safetensors"
    if not path.exists():
        import timm
        import torch
        from safetensors.torch import save_file

        with torch.random.fork_rng():
            torch.manual_seed(0)
            save_file(timm.create_model("test_resnet", pretrained=False).state_dict(), path)
    return path
