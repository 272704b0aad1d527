import numpy as np
import pytest
import timm
import torch
from scipy.fft import dct
from tiny import TINY, tiny_weights

from covergenre.embedding.networks import FeatureNet, Network, load_network
from covergenre.errors import NoWeights

FAMILIES = (
    "test_resnet",
    "test_efficientnet",
    "test_convnext",
    "test_vit",
    "test_vit3",
    "test_mambaout",
    "test_maxvit",
)


def pixels(covers: int = 2, side: int = 160) -> torch.Tensor:
    return torch.rand(covers, 3, side, side, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def network(tmp_path) -> Network:
    return load_network(TINY, tiny_weights(tmp_path))


@pytest.mark.parametrize("architecture", FAMILIES)
def test_the_pooled_vector_is_that_of_timm_without_a_classifier(architecture):
    body = timm.create_model(architecture, num_classes=0).eval()

    pooled = FeatureNet(Network(body), "pooled")(pixels())

    torch.testing.assert_close(pooled, body(pixels()))


@pytest.mark.parametrize("architecture", FAMILIES)
def test_stages_are_the_pooled_vector_then_mean_and_deviation_stage_by_stage(architecture):
    network = Network(timm.create_model(architecture, num_classes=0).eval())
    pooled, maps = network(pixels())

    expected = [pooled]
    for stage in maps:
        expected += [stage.flatten(2).mean(2), stage.flatten(2).std(2, correction=0)]

    torch.testing.assert_close(FeatureNet(network, "stages")(pixels()), torch.cat(expected, 1), atol=2e-3, rtol=1e-3)


@pytest.mark.parametrize("architecture", FAMILIES)
def test_texture_is_the_stages_then_the_correlations_of_mixed_channels(architecture):
    network = Network(timm.create_model(architecture, num_classes=0).eval())
    _, maps = network(pixels())

    expected = [FeatureNet(network, "stages")(pixels())]
    for stage in maps:
        flat = stage.flatten(2).double()
        standardised = (flat - flat.mean(2, keepdim=True)) / (flat.var(2, correction=0, keepdim=True) + 1e-6).sqrt()
        mixing = torch.from_numpy(dct(np.eye(stage.shape[1]), axis=0, norm="ortho")[:32])
        mixed = mixing @ standardised
        together = mixed @ mixed.transpose(1, 2) / flat.shape[2]
        expected.append(torch.stack([one[np.triu_indices(len(mixing))] for one in together]).float())

    torch.testing.assert_close(FeatureNet(network, "texture")(pixels()), torch.cat(expected, 1), atol=2e-3, rtol=1e-3)


def test_the_default_backbone_has_a_stage_per_group_of_blocks():
    _, maps = load_network("efficientnet_lite2")(pixels(1, 260))

    # The stem and seven groups of blocks, more than the five resolutions.
    assert [stage.shape[1] for stage in maps] == [32, 16, 24, 48, 88, 120, 208, 352]


def test_a_deep_network_has_eight_evenly_spaced_stages():
    body = timm.create_model("vit_tiny_patch16_224", depth=24, num_classes=0).eval()

    _, maps = Network(body)(pixels(1, 224))
    every = body.forward_intermediates(pixels(1, 224), intermediates_only=True)

    assert len(maps) == 8
    assert all(torch.equal(taken, every[number]) for taken, number in zip(maps, range(2, 24, 3), strict=True))


def test_a_loaded_network_is_ready_to_infer(network):
    assert not any(module.training for module in network.modules())


def test_a_vector_does_not_depend_on_the_batch(network):
    net = FeatureNet(network, "stages")

    torch.testing.assert_close(net(pixels(3))[1:2], net(pixels(3)[1:2]))


def test_a_blank_cover_gives_finite_vectors_and_gradients():
    body = timm.create_model("test_efficientnet", num_classes=0).eval()

    vector = FeatureNet(Network(body), "texture")(torch.zeros(1, 3, 160, 160))
    vector.sum().backward()

    assert torch.isfinite(vector).all()
    assert all(torch.isfinite(value.grad).all() for value in body.parameters() if value.grad is not None)


def test_an_unknown_backbone_is_refused():
    with pytest.raises(NoWeights, match="there is no backbone 'vgg17'"):
        load_network("vgg17")
