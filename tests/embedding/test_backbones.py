import pytest

from covergenre.embedding.backbones import get_backbone, list_backbones
from covergenre.errors import NoWeights


def test_the_default_comes_first_and_needs_no_download():
    default = list_backbones()[0]

    assert (default.id, default.bundled) == ("efficientnet_lite2", True)


def test_the_lites_are_bundled_and_the_resnets_are_not():
    bundled = {backbone.id: backbone.bundled for backbone in list_backbones()}

    assert bundled == {
        "efficientnet_lite2": True,
        "efficientnet_lite1": True,
        "efficientnet_lite0": True,
        "resnet50": False,
        "resnet50_v2": False,
    }


@pytest.mark.parametrize("backbone", list_backbones(), ids=lambda backbone: backbone.id)
def test_every_listed_backbone_is_found_by_its_id(backbone):
    assert get_backbone(backbone.id) is backbone


def test_the_resnets_are_those_of_torchvision():
    from torchvision.models import ResNet50_Weights

    files = {"resnet50": ResNet50_Weights.IMAGENET1K_V1.url, "resnet50_v2": ResNet50_Weights.IMAGENET1K_V2.url}

    assert all(get_backbone(name).digest in url for name, url in files.items())


def test_a_timm_model_comes_with_its_own_preprocessing():
    clip = get_backbone("timm:vit_base_patch16_clip_224.openai")

    assert (clip.architecture, clip.licence) == ("vit_base_patch16_clip_224.openai", "apache-2.0")
    assert clip.preprocessing.side == 224
    assert clip.preprocessing.mean == pytest.approx((0.481, 0.458, 0.408), abs=1e-3)


@pytest.mark.parametrize("name", ["vgg17", "", "Resnet50", "resnet50 "])
def test_an_unknown_backbone_is_refused_with_the_known_ones(name):
    with pytest.raises(NoWeights, match=r"there is no backbone .* efficientnet_lite2, .* resnet50.* timm:<name>"):
        get_backbone(name)


@pytest.mark.parametrize("name", ["nothing", "", "resnet18.no_such_tag", "hf-hub:some/model"])
def test_an_unknown_timm_model_is_refused(name):
    with pytest.raises(NoWeights, match="timm has no model"):
        get_backbone(f"timm:{name}")


def test_a_model_of_non_square_input_is_refused():
    with pytest.raises(NoWeights, match=r"3 x 1024 x 768 .*choose another"):
        get_backbone("timm:vit_base_patch16_sapiens2")


def test_listed_backbones_are_described_without_torch(run):
    loaded = run(
        "import sys\n"
        "from covergenre.embedding.backbones import get_backbone, list_backbones\n"
        "[get_backbone(backbone.id) for backbone in list_backbones()]\n"
        "print('torch' in sys.modules, 'timm' in sys.modules)"
    )

    assert loaded.split() == ["False", "False"]
