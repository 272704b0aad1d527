"""Stronger networks: their description, and how their weights are downloaded."""

import pytest
from drawing import genre_folders

from covergenre import home
from covergenre.dataset.registry import register
from covergenre.embedding import backbones
from covergenre.embedding.backbones import Backbone, get_backbone, list_stronger
from covergenre.embedding.embed import embed_dataset
from covergenre.embedding.preprocessing import Preprocessing
from covergenre.embedding.recipe import Recipe
from covergenre.embedding.weights import load_body
from covergenre.errors import NoWeights
from covergenre.methods import TrainSpec
from covergenre.progress import Monitor
from covergenre.training.train import train

SMALL = Backbone(
    "timm:test_vit.r160_in1k",
    "Small",
    "test_vit.r160_in1k",
    Preprocessing(96, "bicubic", (0.5,) * 3, (0.5,) * 3),
    *("MIT", "Drawn.", "", False, 1),
)
RECIPE = Recipe(SMALL.id, "pooled")


@pytest.fixture
def small(monkeypatch):
    """A stronger network that is small and was not converted yet; the bytes of its file."""
    timm = pytest.importorskip("timm")
    from safetensors.torch import save

    home.engines().unlink()  # the link to those that all tests share
    monkeypatch.setitem(backbones._STRONGER, SMALL.id, SMALL)
    return save(timm.create_model("test_vit", pretrained=False).state_dict())


@pytest.fixture
def world(start_hub, small):
    return start_hub({(SMALL.repository, "model.safetensors"): small})


@pytest.fixture
def dataset(tmp_path):
    return register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 10))[0]


def test_size_preprocessing_and_licence_agree_with_timm():
    timm = pytest.importorskip("timm")
    import torch

    for each in list_stronger():
        with torch.device("meta"):
            state = timm.create_model(each.architecture, pretrained=False).state_dict()
        config = timm.get_pretrained_cfg(each.architecture)
        assert each.megabytes == round(sum(4 * value.numel() for value in state.values()) / 1e6)
        assert each.repository == config.hf_hub_id
        assert (each.preprocessing.mean, each.preprocessing.std) == (config.mean, config.std)
        assert each.licence.lower() == config.license


def test_they_are_described_without_torch(run):
    loaded = run(
        "import sys\n"
        "from covergenre.embedding.backbones import list_stronger\n"
        "from covergenre.embedding.recipe import Recipe\n"
        "[Recipe(each.id).key for each in list_stronger()]\n"
        "print('torch' in sys.modules, 'timm' in sys.modules)"
    )
    assert loaded.split() == ["False", "False"]


def test_the_weights_are_downloaded_once_on_first_use(world, dataset):
    reports = []
    vectors = embed_dataset(dataset, RECIPE, monitor=Monitor(reports.append))["original"]
    embed_dataset(dataset, Recipe(SMALL.id, "stages"))
    assert vectors.shape == (20, 64)
    assert reports[0].what == f"fetching model.safetensors of {SMALL.repository}, MB"
    assert sum(world.count("/blobs/").values()) == 1


def test_a_run_downloads_the_weights(world, dataset):
    run = train(dataset, TrainSpec("knn", recipe=RECIPE))
    assert run.status().state == "done"
    assert SMALL.file.is_file()


def test_a_file_placed_by_hand_is_used(monkeypatch, small, dataset):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    SMALL.file.parent.mkdir()
    SMALL.file.write_bytes(small)
    assert embed_dataset(dataset, RECIPE)["original"].shape == (20, 64)


def test_without_a_connection_the_error_says_where_the_file_belongs(monkeypatch, small, dataset):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("covergenre.web._wait", lambda state: 0.01)
    with pytest.raises(NoWeights, match=r"can't be reached.*bring that file from another one as .*test_vit"):
        embed_dataset(dataset, RECIPE)
    with pytest.raises(NoWeights, match=rf"are not here \(1 MB\): run covergenre networks fetch {SMALL.id}"):
        load_body(get_backbone(SMALL.id))


def test_the_weights_of_another_network_are_refused(small):
    import torch
    from safetensors.torch import save_file

    SMALL.file.parent.mkdir()
    save_file({"cls_token": torch.zeros(1)}, SMALL.file)
    with pytest.raises(NoWeights, match=r"doesn't fit Small \(.*\): use the right file"):
        load_body(get_backbone(SMALL.id))
