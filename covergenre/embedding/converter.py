"""The process that converts a backbone for `engine`: python -m covergenre.embedding.converter RECIPE PATH

torch comes with it and goes with it: a process that answers visitors never holds torch, which would take a third of a
gigabyte and slow each garbage collection.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from covergenre.embedding.recipe import Recipe
from covergenre.errors import NoWeights

_PACKAGE = Path(__file__).resolve().parents[2]
_SAID = "covergenre: "


def convert_apart(recipe: Recipe, path: Path) -> None:
    """Convert a recipe's backbone to `path` in a process of its own.

    NoWeights when the weights can't be had or the process fails, OSError when the files can't be written.
    """
    paths = os.pathsep.join(filter(None, (str(_PACKAGE), os.environ.get("PYTHONPATH"))))
    ended = subprocess.run(
        [sys.executable, "-P", "-m", __name__, json.dumps(recipe.to_dict()), str(path)],
        env={**os.environ, "PYTHONPATH": paths},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if ended.returncode == 0:
        return
    last = (ended.stderr.strip().splitlines() or [f"it ended with code {ended.returncode}"])[-1]
    if not last.startswith(_SAID):
        raise NoWeights(f"the backbone {recipe.backbone} could not be converted ({last[:200]}): try again")
    kind, *arguments = json.loads(last.removeprefix(_SAID))
    raise NoWeights(*arguments) if kind == "NoWeights" else OSError(*arguments)


def main(recipe: str, path: str) -> None:
    """Convert; what a user can mend is the last line on stderr, as JSON."""
    from covergenre.embedding.engine import convert_recipe

    try:
        convert_recipe(Recipe.from_dict(json.loads(recipe)), Path(path))
    except NoWeights as error:
        sys.exit(_SAID + json.dumps(["NoWeights", str(error)]))
    except OSError as error:
        sys.exit(_SAID + json.dumps(["OSError", error.errno, error.strerror, error.filename]))


if __name__ == "__main__":
    main(*sys.argv[1:])
