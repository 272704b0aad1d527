"""Inference without torch: a backbone is converted to OpenVINO once.

On CPUs, OpenVINO is faster and needs less memory than ONNX Runtime; `benchmarks/embedding.py` compares it with torch.
Weights are stored as 16-bit floats, at half the size, and computed with in 32 bits: on real covers the vectors stay
within a cosine distance of 1e-4 of torch's. One cover at a time in each of several streams is a fifth faster than
batches on all cores, and lets a thread decode its cover while others infer.
"""

import json
import logging
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import numpy as np
from filelock import FileLock
from PIL import Image

from covergenre import home, hub, images
from covergenre.digests import changed_files
from covergenre.embedding.backbones import get_backbone, is_stronger
from covergenre.embedding.converter import INFO, convert_apart, convert_recipe, digests_file, need_converter
from covergenre.embedding.preprocessing import Preprocessing
from covergenre.embedding.recipe import Recipe
from covergenre.errors import NoWeights
from covergenre.inference import load_openvino, settings
from covergenre.progress import SILENT, Monitor

_log = logging.getLogger(__name__)


class Engine:
    """Turns covers into vectors by one recipe. Thread-safe."""

    def __init__(self, compiled: Any, preprocessing: Preprocessing, limit: int | None, plain: int | None) -> None:
        self._compiled = compiled
        self._preprocessing = preprocessing
        self._limit = limit
        self._plain = plain

    @classmethod
    def open(cls, model_path: Path, recipe: Recipe) -> Self:
        """The engine in `model_path` (.xml) and the .bin beside it.

        NoWeights when they are missing, damaged, or of another backbone or feature set.
        """
        return cls.read(model_path, recipe.backbone, recipe.feature_set, recipe.limit)

    @classmethod
    def read(cls, model_path: Path, backbone: str, feature_set: str, limit: int | None = None) -> Self:
        """As `open`, for a network that no recipe describes."""
        core = load_openvino().Core()
        with _readable(model_path):
            model, info = _read(core, model_path)
            made_for = (info.get("backbone"), info.get("feature_set"))
            if made_for != (backbone, feature_set):
                raise NoWeights(f"{model_path} was made for {made_for}, not for {backbone}, {feature_set}")
            preprocessing = Preprocessing.from_json(info["preprocessing"])
            compiled = core.compile_model(model, "CPU", settings())
        return cls(compiled, preprocessing, limit, info.get("plain"))

    @property
    def width(self) -> int:
        """The length of a vector."""
        return self._compiled.output(0).shape[1]

    @property
    def plain(self) -> int:
        """How many of the first numbers are no correlations: those that "texture" shares with "stages", or all."""
        return self._plain or self.width

    @property
    def workers(self) -> int:
        """How many threads have to call `vector` at once to use the whole thread budget."""
        return self._compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")

    def prepare(self, image: Image.Image) -> np.ndarray:
        """An RGB cover as the network reads it: float32 of shape (3, side, side)."""
        return self._preprocessing.apply(image if self._limit is None else images.shrink(image, self._limit))

    def vector(self, image: Image.Image) -> np.ndarray:
        """One RGB cover of any size to its vector, float32 of shape (width,)."""
        return self._compiled.create_infer_request().infer(self.prepare(image)[np.newaxis])[0][0]

    def embed(self, covers: Sequence[Image.Image]) -> np.ndarray:
        """RGB covers of any size to their vectors, float32 of shape (n, width), in their order."""
        with ThreadPoolExecutor(self.workers) as pool:
            return np.array(list(pool.map(self.vector, covers)), np.float32).reshape(len(covers), self.width)


def engine_for(recipe: Recipe) -> Engine:
    """The engine of a recipe: the starter's network where it is the same, else one converted on first use.

    Converted networks are stored under `home.engines()`. Converting needs torch and takes about half a minute; one
    process does it while others wait, in a child process unless torch is loaded already. NoWeights when the backbone is
    unknown or its weights are not available, MissingPackage when what converting needs is not installed.
    """
    path = engine_file(recipe)
    try:  # without the lock, which needs a place to write: a file that is there is complete
        return _open_unchanged(path, recipe)
    except NoWeights:
        if path == _shipped_network():
            raise
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        with suppress(NoWeights):
            return _open_unchanged(path, recipe)
        _log.info("converting %s to %s", recipe.backbone, path)
        need_converter()
        (convert_recipe if "torch" in sys.modules else convert_apart)(recipe, path)
        return Engine.open(path, recipe)


def check_engine(recipe: Recipe) -> None:
    """MissingPackage when `engine_for` would have to convert a backbone and can't."""
    if not engine_file(recipe).is_file():
        need_converter()


def fetch_weights(recipe: Recipe, monitor: Monitor = SILENT) -> None:
    """Fetch the weights that `engine_for` will need for a stronger network; reports and raises as `hub.fetch` does."""
    if is_stronger(recipe.backbone) and not recipe.weights and not engine_file(recipe).is_file():
        backbone = get_backbone(recipe.backbone)
        hub.fetch(backbone.repository, "model.safetensors", backbone.file, monitor)


def engine_file(recipe: Recipe) -> Path:
    """The file that `engine_for` opens or creates for a recipe: the .xml, with the .bin beside it."""
    return _shipped_network() if _is_shipped(recipe) else home.engines() / f"{recipe.key}.xml"


def _shipped_network() -> Path:
    return home.shipped_starter() / "network.xml"


def _is_shipped(recipe: Recipe) -> bool:
    """Whether the network that ships with the starter is that of the recipe, whatever its `limit`."""
    if recipe.weights:
        return False
    with suppress(NoWeights), _readable(_shipped_network()):
        _, info = _read(load_openvino().Core(), _shipped_network())
        return (info.get("backbone"), info.get("feature_set")) == (recipe.backbone, recipe.feature_set)
    return False


def _open_unchanged(path: Path, recipe: Recipe) -> Engine:
    """NoWeights when the network's files have changed since they were written; without digests that isn't checked."""
    if path == _shipped_network():
        changed, todo = changed_files(path.parent, path.parent / "card.json", path.stem + "."), "restore it"
    else:
        changed, todo = changed_files(path.parent, path, file=digests_file(path)), "delete it, and it is made again"
    if changed:
        raise NoWeights(f"{', '.join(changed)} in {path.parent} changed since it was made: {todo}")
    return Engine.open(path, recipe)


def _read(core: Any, path: Path) -> tuple[Any, dict[str, Any]]:
    """A network before it is compiled, and the information that `convert` stored in it."""
    model = core.read_model(path)
    return model, dict(json.loads(model.get_rt_info(INFO).astype(str)))


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turns the errors of reading a network into NoWeights."""
    try:
        yield
    except (RuntimeError, ValueError, TypeError, KeyError) as error:
        raise NoWeights(f"{path} is missing or damaged: delete it, and it is made again when needed") from error
