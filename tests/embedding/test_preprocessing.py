import numpy as np
import pytest
from drawing import cover
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from covergenre import images
from covergenre.embedding.backbones import get_backbone
from covergenre.embedding.preprocessing import Preprocessing

PLAIN = Preprocessing(8, "bilinear", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))

channels = st.tuples(*[st.floats(0.01, 1)] * 3)
preprocessings = st.builds(
    Preprocessing,
    side=st.integers(1, 64),
    interpolation=st.sampled_from(["nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"]),
    mean=channels,
    std=channels,
    fit=st.sampled_from(["square", "thumbnail", "crop"]),
    crop_ratio=st.floats(0.5, 1),
)


@given(preprocessings, st.integers(1, 90), st.integers(1, 90))
def test_a_cover_of_any_size_becomes_a_square_of_finite_floats(preprocessing, width, height):
    pixels = preprocessing.apply(cover(side=90).crop((0, 0, width, height)))

    assert (pixels.shape, pixels.dtype) == ((3, preprocessing.side, preprocessing.side), np.float32)
    assert pixels.flags.c_contiguous
    assert np.isfinite(pixels).all()


def test_each_channel_has_its_own_mean_and_deviation():
    preprocessing = Preprocessing(4, "bilinear", (0.1, 0.2, 0.3), (0.5, 0.25, 0.2))

    pixels = preprocessing.apply(Image.new("RGB", (9, 9), (255, 51, 0)))

    assert pixels[:, 2, 2] == pytest.approx([(1 - 0.1) / 0.5, (0.2 - 0.2) / 0.25, (0 - 0.3) / 0.2], abs=1e-6)


@pytest.mark.parametrize("size", [(90, 70), (90, 20)])
def test_a_cover_is_made_square_first(size):
    image = cover(side=90).crop((0, 0, *size))

    np.testing.assert_array_equal(PLAIN.apply(image), PLAIN.apply(images.square(image)))


def test_the_cover_is_not_modified():
    image = cover()

    get_backbone("resnet50").preprocessing.apply(image)

    assert image == cover()


@pytest.mark.parametrize("side", [300, 225, 224, 1000])
def test_resnet50_is_preprocessed_as_in_the_reference_study(side):
    from torchvision.transforms.functional import normalize, to_tensor

    image = cover(side=side)
    thumbnail = image.copy()
    thumbnail.thumbnail((224, 224))

    expected = normalize(to_tensor(thumbnail), [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])

    np.testing.assert_allclose(get_backbone("resnet50").preprocessing.apply(image), expected, atol=1e-5)


@pytest.mark.parametrize("side", [300, 120])
def test_resnet50_v2_is_preprocessed_as_in_torchvision(side):
    from torchvision.models import ResNet50_Weights

    expected = ResNet50_Weights.IMAGENET1K_V2.transforms()(cover(side=side))

    np.testing.assert_allclose(get_backbone("resnet50_v2").preprocessing.apply(cover(side=side)), expected, atol=1e-5)


@pytest.mark.parametrize("name", ["vit_base_patch16_clip_224.openai", "convnext_tiny.fb_in22k", "resnet18.a1_in1k"])
def test_a_timm_model_is_preprocessed_as_in_timm(name):
    from timm import get_pretrained_cfg
    from timm.data import create_transform, resolve_data_config

    config = resolve_data_config({}, pretrained_cfg=get_pretrained_cfg(name).to_dict())
    expected = create_transform(**config)(cover(side=300))

    np.testing.assert_allclose(get_backbone(f"timm:{name}").preprocessing.apply(cover(side=300)), expected, atol=1e-5)


@given(preprocessings)
def test_it_round_trips_through_json(preprocessing):
    assert Preprocessing.from_json(preprocessing.to_json()) == preprocessing


@pytest.mark.parametrize("text", ["", "[]", "3", "{}", '{"mean": 3, "std": 3}', PLAIN.to_json()[:-1] + ', "more": 1}'])
def test_invalid_json_is_refused(text):
    with pytest.raises((ValueError, TypeError, KeyError)):
        Preprocessing.from_json(text)
