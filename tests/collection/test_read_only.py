"""Several processes on one folder of artifacts, in which none of them may write."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from covergenre.collection.sources import index_run
from covergenre.inspection import inspection
from covergenre.inspection.indexing import index_dataset
from covergenre.methods import TrainSpec
from covergenre.training.train import train

_ROOT = Path(__file__).parents[2]
_ASK = """
import json, os, sys
from covergenre import home
from covergenre.collection.collection import TYPICAL
from covergenre.collection.sources import dataset_collection, open_collection
from covergenre.dataset.registry import open_dataset
from covergenre.dataset.thumbnails import thumbnails
from covergenre.predict import Predictor

dataset, covers = open_dataset("drawn"), open_collection(sys.argv[1])
path, key = dataset.manifest[["path", "content_hash"]].iloc[0]
answer = Predictor.open(sys.argv[1]).predict(dataset.file(path).read_bytes())
shown = dataset_collection(dataset)
answers = {
    "genre": answer.genre,
    "typical": covers.find(order=TYPICAL).tolist(),
    "near": [row for row, _ in shown.like(3, 5)],
    "indexed": bool(covers.index_stats and shown.index_stats),
    "small": len(thumbnails(dataset, [(path, key)])[0]),
    "writable": os.access(home.home(), os.W_OK) and not os.statvfs(home.home()).f_flag & os.ST_RDONLY,
}
print(json.dumps(answers))
"""
_MOUNTED = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


def _closed(home: Path) -> list[str]:
    """What comes before a command that may not write in `home`: of root permissions ask nothing, a mount does."""
    if os.geteuid():
        for folder in (home, *(path for path in home.rglob("*") if path.is_dir())):
            folder.chmod(0o500)
        return []
    before = ["unshare", "--mount", "--map-root-user"]
    if subprocess.run([*before, "true"], capture_output=True).returncode:
        pytest.skip("no folder can be closed to root here")
    return [*before, "sh", "-c", _MOUNTED, str(home)]


def test_two_processes_give_the_same_answers(dataset, recipe, own_home, monkeypatch):
    monkeypatch.setattr(inspection, "RECIPES", (recipe,))
    run = train(dataset, TrainSpec("knn", recipe=recipe))
    index_run(run)
    index_dataset(dataset)
    command = [*_closed(own_home), sys.executable, "-c", _ASK, run.id]
    env = {**os.environ, "PYTHONPATH": str(_ROOT)}
    both = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    one, other = (json.loads(process.communicate()[0].splitlines()[-1]) for process in both)
    assert one == other
    assert (one["indexed"], one["writable"]) == (True, False)
    assert one["genre"] in run.spec.genres
    assert (len(one["typical"]), len(one["near"])) == (60, 5)
    assert one["small"] > 0
