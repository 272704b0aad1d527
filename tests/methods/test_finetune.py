import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from finetuned import TEST, TRAINING, fit

from covergenre.errors import BadDataset, BadRun, CoverGenreError
from covergenre.methods import method


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_covers_without_pictures_are_refused(quick, fitted):
    blind = replace(TRAINING, pictures=())
    with pytest.raises(CoverGenreError, match="these covers have none"):
        fit(quick, blind)
    with pytest.raises(CoverGenreError, match="these covers have none"):
        fit(quick, validation=blind)
    with pytest.raises(CoverGenreError, match="these covers have none"):
        fitted.predict_proba(blind)


def test_a_genre_without_training_cover_is_refused(quick):
    with pytest.raises(CoverGenreError, match="1 of 3 genres have no training cover"):
        fit(quick, replace(TRAINING, labels=TRAINING.labels % 2))


def test_an_unreadable_picture_is_named(quick):
    def gone():
        raise BadDataset("jazz/1.jpg can't be read any more: scan again")

    with pytest.raises(BadDataset, match=r"^jazz/1\.jpg can't be read"):
        fit(quick, replace(TRAINING, pictures=[*TRAINING.pictures[:-1], gone]))


def test_a_diverging_training_is_an_error(quick, tmp_path):
    import torch
    from safetensors.torch import load_file, save_file

    weights = load_file(quick.weights)
    weights["conv1.0.weight"] = torch.full_like(weights["conv1.0.weight"], float("nan"))
    save_file(weights, tmp_path / "broken.safetensors")
    with pytest.raises(CoverGenreError, match=r"training diverged at a learning rate of 0.01"):
        fit(replace(quick, weights=str(tmp_path / "broken.safetensors")))


# --- kept and had back


def test_a_saved_model_loads_unchanged(fitted, tmp_path):
    fitted.save(tmp_path / "made" / "model")
    loaded = method("finetune").load(tmp_path / "made" / "model")
    loaded.save(tmp_path / "again")
    for one in (loaded, method("finetune").load(tmp_path / "again")):
        assert one.choices == fitted.choices
        np.testing.assert_array_equal(one.predict_proba(TEST), fitted.predict_proba(TEST))


def test_saved_files_are_of_kinds_that_execute_nothing(fitted, tmp_path):
    fitted.save(tmp_path)
    assert names(tmp_path) == {"network.xml", "network.bin", "weights.safetensors", "choices.json"}


def test_choices_convert_to_json(fitted):
    assert json.loads(json.dumps(fitted.choices)) == fitted.choices


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("weights.safetensors", None),
        *((name, content) for name in ("network.xml", "network.bin", "choices.json") for content in (None, b"", b"{}")),
    ],
)
def test_a_damaged_network_is_a_bad_run(fitted, tmp_path, name, content):
    fitted.save(tmp_path)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadRun, match="missing or damaged"):
        method("finetune").load(tmp_path)


def test_a_limit_that_is_no_number_is_a_bad_run(fitted, tmp_path):
    fitted.save(tmp_path)
    (tmp_path / "choices.json").write_text(json.dumps({**fitted.choices, "limit": "tiny"}))
    with pytest.raises(BadRun, match="no number of pixels"):
        method("finetune").load(tmp_path)


_PREDICT = """
import sys
from pathlib import Path
import numpy as np
from PIL import Image
from covergenre.methods import Covers, method
pictures = [lambda: Image.open(sys.argv[2]).convert("RGB")]
covers = Covers(np.zeros((1, 0), np.float32), np.array([-1]), ("",), pictures)
print(method("finetune").load(Path(sys.argv[1])).predict_proba(covers)[0].tolist())
heavy = {"torch", "fastai", "timm", "safetensors", "sklearn", "scipy", "pandas", "matplotlib"} & set(sys.modules)
sys.exit(f"predicting imported {sorted(heavy)}" if heavy else 0)
"""


def test_prediction_imports_no_heavy_library(fitted, tmp_path):
    fitted.save(tmp_path / "model")
    TEST.pictures[0]().save(tmp_path / "cover.png")
    run = subprocess.run(
        [sys.executable, "-c", _PREDICT, str(tmp_path / "model"), str(tmp_path / "cover.png")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    np.testing.assert_allclose(json.loads(run.stdout), fitted.predict_proba(TEST)[0], atol=1e-6)
