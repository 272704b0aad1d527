import json
import logging
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from drawing import cover
from PIL import Image

from covergenre import home, images
from covergenre.embedding.backbones import get_backbone
from covergenre.embedding.engine import Engine, check_engine, engine_for
from covergenre.embedding.recipe import FEATURE_SETS, Recipe
from covergenre.errors import MissingPackage, NoWeights

DRAWN = [cover(genre, number, side=300) for genre in ("jazz", "disco", "black metal") for number in range(3)]


@cache
def torch_network(backbone: str, weights: str | None):
    from covergenre.embedding.networks import load_network

    return load_network(backbone, weights and Path(weights))


def torch_vectors(recipe: Recipe, covers: list[Image.Image]) -> np.ndarray:
    """What torch makes of covers, one at a time."""
    import torch

    from covergenre.embedding.networks import FeatureNet

    net = FeatureNet(torch_network(recipe.backbone, recipe.weights), recipe.feature_set)
    preprocessing = get_backbone(recipe.backbone).preprocessing
    with torch.no_grad():
        return np.concatenate([net(torch.from_numpy(preprocessing.apply(image))[None]).numpy() for image in covers])


def distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The cosine distance of each row of one from the same row of the other."""
    first, second = first.astype(float), second.astype(float)
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return 1 - (first * second).sum(axis=1) / lengths


def converted(caplog) -> int:
    return sum(record.getMessage().startswith("converting") for record in caplog.records)


@pytest.fixture
def own_engines(tmp_path, monkeypatch) -> Path:
    """The folder of engines of a home that shares none with other tests."""
    monkeypatch.setenv("COVERGENRE_HOME", str(tmp_path / "home"))
    return home.engines()


@pytest.fixture
def own_engine(tiny, engine, own_engines, engines) -> Path:
    """The engine of the tiny backbone, copied to `own_engines`."""
    own_engines.mkdir(parents=True)
    for file in engines.glob(f"{tiny().key}.*"):
        shutil.copy(file, own_engines)
    return own_engines / f"{tiny().key}.xml"


class TestWithoutTorch:
    @pytest.fixture(autouse=True)
    def light(self, own_engines, hide_packages):
        hide_packages("torch", "torchvision", "timm")

    @pytest.mark.parametrize("limit", [None, 96])
    def test_the_starters_network_serves_its_recipe_at_any_limit(self, own_engines, limit):
        recipe = Recipe(limit=limit)
        check_engine(recipe)
        assert engine_for(recipe).vector(DRAWN[0]).shape == (6660,)
        assert not own_engines.exists()

    @pytest.mark.parametrize("recipe", [Recipe(feature_set="pooled"), Recipe("resnet50")])
    def test_another_network_says_what_to_install(self, recipe):
        for opening in (check_engine, engine_for):
            with pytest.raises(MissingPackage, match="pip install torch torchvision timm"):
                opening(recipe)

    def test_a_network_of_timm_says_what_to_install(self):
        with pytest.raises(MissingPackage, match=r"pip install .*timm"):
            check_engine(Recipe("timm:resnet18"))


class TestEqualsTorch:
    @pytest.mark.parametrize("feature_set", FEATURE_SETS)
    def test_on_drawn_covers(self, feature_set):
        recipe = Recipe(feature_set=feature_set)

        assert distances(engine_for(recipe).embed(DRAWN), torch_vectors(recipe, DRAWN)).max() < 1e-3

    @pytest.mark.covers
    @pytest.mark.parametrize("feature_set", FEATURE_SETS)
    def test_on_real_covers(self, covers, feature_set):
        recipe = Recipe(feature_set=feature_set)
        files = sorted(covers.glob("*/*/*.jpg"))[::700]
        real = [images.decode(images.read(file)).image for file in files]

        assert distances(engine_for(recipe).embed(real), torch_vectors(recipe, real)).max() < 1e-3

    @pytest.mark.parametrize("feature_set", FEATURE_SETS)
    def test_with_weights_from_a_file(self, tiny, feature_set):
        recipe = tiny(feature_set)

        assert distances(engine_for(recipe).embed(DRAWN), torch_vectors(recipe, DRAWN)).max() < 1e-3


class TestVectors:
    def test_are_float32_of_the_stated_width(self, tiny):
        for feature_set, width in (("pooled", 96), ("stages", 896)):
            engine = engine_for(tiny(feature_set))
            vector = engine.vector(cover())

            assert (vector.dtype, vector.shape, engine.width) == (np.float32, (width,), width)

    def test_of_many_covers_are_those_of_each_in_order(self, engine):
        np.testing.assert_allclose(engine.embed(DRAWN), [engine.vector(image) for image in DRAWN], rtol=1e-5)

    def test_of_no_covers_are_none(self, engine):
        assert engine.embed([]).shape == (0, 96)

    def test_are_not_overwritten_by_later_ones(self, engine):
        vector = engine.vector(DRAWN[0])
        before = vector.copy()

        engine.embed(DRAWN[1:])

        np.testing.assert_array_equal(vector, before)

    def test_differ_between_covers(self, engine):
        vectors = engine.embed(DRAWN)

        assert all(distances(vectors[[n]], vectors[[n - 1]])[0] > 1e-4 for n in range(len(DRAWN)))

    @pytest.mark.parametrize("size", [(1, 1), (1, 90), (90, 3), (500, 400)])
    def test_come_from_covers_of_any_size(self, engine, size):
        assert np.isfinite(engine.vector(cover().resize(size))).all()

    def test_of_a_limited_recipe_are_those_of_smaller_covers(self, tiny, engine):
        limited = engine_for(tiny(limit=64))

        np.testing.assert_allclose(limited.vector(DRAWN[0]), engine.vector(images.shrink(DRAWN[0], 64)), rtol=1e-5)
        assert distances(limited.embed(DRAWN), engine.embed(DRAWN)).min() > 1e-6

    def test_are_the_same_from_many_threads_at_once(self, engine):
        alone = [engine.vector(image) for image in DRAWN]

        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(engine.vector, DRAWN * 20))

        np.testing.assert_allclose(together, alone * 20, rtol=1e-5)


class TestStoredEngine:
    def test_is_converted_once_by_concurrent_callers_and_then_opened(self, tiny, own_engines, caplog):
        caplog.set_level(logging.INFO)

        with ThreadPoolExecutor(4) as pool:
            engines = list(pool.map(engine_for, [tiny()] * 4))

        assert [engine.width for engine in engines] == [96] * 4
        np.testing.assert_array_equal(engine_for(tiny()).vector(cover()), engines[0].vector(cover()))
        assert converted(caplog) == 1
        endings = ("xml", "bin", "digests.json", "lock")
        assert {file.name for file in own_engines.iterdir()} == {f"{tiny().key}.{ending}" for ending in endings}

    def test_with_a_changed_bit_is_converted_again(self, tiny, engine, own_engine, caplog):
        caplog.set_level(logging.INFO)
        before = engine.vector(cover())
        file = own_engine.with_suffix(".bin")
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 64
        file.write_bytes(data)

        np.testing.assert_array_equal(engine_for(tiny()).vector(cover()), before)
        assert converted(caplog) == 1

    def test_opens_without_torch(self, tiny, run):
        recipe = tiny()
        engine_for(recipe)

        output = run(
            "import json, sys\n"
            "from drawing import cover\n"
            "from covergenre.embedding.engine import engine_for\n"
            "from covergenre.embedding.recipe import Recipe\n"
            "vector = engine_for(Recipe.from_dict(json.loads(sys.argv[1]))).vector(cover())\n"
            "heavy = {'torch', 'torchvision', 'timm', 'sklearn', 'scipy', 'fastai'} & sys.modules.keys()\n"
            "print(len(vector), *heavy)",
            json.dumps(recipe.to_dict()),
        )

        assert output.split() == ["96"]

    def test_sends_no_telemetry(self, engine):
        assert sys.modules["openvino_telemetry"] is None

    def test_needs_no_weights_file(self, tiny, tmp_path):
        path = home.engines() / f"{tiny().key}.xml"
        engine_for(tiny())

        opened = Engine.open(path, Recipe(tiny().backbone, "pooled", weights=str(tmp_path / "gone.safetensors")))

        assert opened.width == 96

    @pytest.mark.parametrize("ending", [".xml", ".bin"])
    @pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_bytes(file.read_bytes()[:200])])
    def test_that_is_damaged_is_refused_and_converted_again(self, tiny, engine, own_engine, ending, damage):
        damage(own_engine.with_suffix(ending))

        with pytest.raises(NoWeights, match="is missing or damaged: delete it, and it is made again when needed"):
            Engine.open(own_engine, tiny())
        np.testing.assert_array_equal(engine_for(tiny()).vector(cover()), engine.vector(cover()))

    def test_of_another_recipe_is_refused(self, tiny, engine):
        path = home.engines() / f"{tiny().key}.xml"

        with pytest.raises(NoWeights, match="was made for"):
            Engine.open(path, tiny("stages"))
        with pytest.raises(NoWeights, match="was made for"):
            Engine.open(path, Recipe("efficientnet_lite2", "pooled"))

    def test_of_unreadable_weights_leaves_nothing(self, tmp_path, own_engines):
        (tmp_path / "own.safetensors").write_bytes(b"no weights")

        with pytest.raises(NoWeights, match="can't be read as weights"):
            engine_for(Recipe("timm:test_resnet", weights=str(tmp_path / "own.safetensors")))
        assert [file.suffix for file in own_engines.iterdir()] == [".lock"]

    @pytest.mark.parametrize(("budget", "workers"), [("1", 1), ("1,2", 1)])
    def test_respects_the_number_of_openmp_threads(self, tiny, monkeypatch, budget, workers):
        monkeypatch.setenv("OMP_NUM_THREADS", budget)

        assert engine_for(tiny()).workers == workers


_FIRST_USE = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from PIL import Image
from covergenre.embedding.engine import Engine
from covergenre.dataset.starter import open_starter
from covergenre.embedding.recipe import Recipe

class Together(Engine):
    both = Barrier(2)

    def prepare(self, image):
        pixels = super().prepare(image)
        self.both.wait()
        return pixels

starter = open_starter()
engine = Together.open(starter.network, Recipe.from_dict(starter.card.recipe))
with ThreadPoolExecutor(2) as pool:
    print(len(list(pool.map(engine.vector, [Image.new("RGB", (64, 64))] * 2))))
"""


@pytest.mark.parametrize("attempt", range(2))
def test_the_first_covers_of_a_process_may_be_embedded_concurrently(starter, attempt):
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", _FIRST_USE]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300, cwd=root)
    assert ran.stdout.strip() == "2"
