"""A finished run as a ZIP archive: its model, its settings, and a script that uses it."""

import io
import zipfile
from pathlib import PurePosixPath

from covergenre.runs.record import Run

SNIPPET = """\
import sys
from pathlib import Path

import numpy as np

from covergenre import images
from covergenre.embedding.engine import engine_for
from covergenre.methods import Covers
from covergenre.runs.record import Run

run = Run.at(Path(__file__).parent)
cover = images.decode(Path(sys.argv[1]).read_bytes()).image
vectors = engine_for(run.spec.recipe).embed([cover])
covers = Covers(vectors, np.array([-1]), (images.content_hash(cover),), pictures=[lambda: cover])
shares = run.load_model().predict_proba(covers)[0]
for genre, share in sorted(zip(run.spec.genres, shares), key=lambda each: -each[1]):
    print(f"{share:6.1%}  {genre}")
"""
"""How to use a run's folder: `python use.py cover.jpg` where covergenre is installed."""

_LEFT_OUT = ("cache", "checkpoint", "temporary", "model.partial", "log.txt", "stop.json")


def export_run(run: Run) -> bytes:
    """The run's folder as a ZIP archive, under its id, with `SNIPPET` as use.py; BadRun if its model is damaged."""
    run.load_model()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
        for file in sorted(each for each in run.folder.rglob("*") if each.is_file()):
            place = PurePosixPath(file.relative_to(run.folder).as_posix())
            if place.parts[0] not in _LEFT_OUT:
                files.write(file, str(run.id / place))
        files.writestr(f"{run.id}/use.py", SNIPPET)
    return archive.getvalue()
