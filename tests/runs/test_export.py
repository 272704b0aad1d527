import io
import subprocess
import sys
import zipfile

import pytest

from covergenre.errors import BadRun
from covergenre.methods import TrainSpec
from covergenre.runs.export import export_run
from covergenre.training.train import prepare, train


def test_what_is_taken_away_answers_elsewhere(dataset, recipe, tmp_path):
    run = train(dataset, TrainSpec("knn", {"metric": "cosine", "k": 3, "vote_temperature": 0.07}, recipe=recipe))
    with zipfile.ZipFile(io.BytesIO(export_run(run))) as archive:
        assert f"{run.id}/log.txt" not in archive.namelist()
        archive.extractall(tmp_path)
    cover = next((dataset.root / "jazz").iterdir())
    command = [sys.executable, str(tmp_path / run.id / "use.py"), str(cover)]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert {line.split()[-1] for line in told.stdout.splitlines()} == {"disco", "jazz", "rap"}


def test_a_run_that_is_not_done_cannot_be_taken_away(dataset, recipe):
    with pytest.raises(BadRun, match="is queued"):
        export_run(prepare(dataset, TrainSpec("knn", recipe=recipe)))
