import pytest
import torch
from tiny import TINY, tiny_weights

from covergenre.errors import CoverGenreError, NoWeights
from covergenre.methods.finetuning.network import layer_groups, load_network, new_network, save_weights


@pytest.fixture
def weights(tmp_path):
    return tiny_weights(tmp_path)


def test_it_gives_a_logit_for_each_genre(weights):
    network = new_network(TINY, weights, n_genres=5, side=64).eval()
    assert network(torch.zeros(2, 3, 64, 64)).shape == (2, 5)


def test_its_backbone_is_the_pretrained_one(weights):
    from safetensors.torch import load_file

    body = new_network(TINY, weights, n_genres=3, side=64)[0]
    torch.testing.assert_close(body.conv1[0].weight, load_file(weights)["conv1.0.weight"])


def test_its_head_is_determined_by_the_seed(weights):
    heads = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        heads.append(new_network(TINY, weights, n_genres=3, side=64)[1][-1][-1].weight)
    assert torch.equal(heads[0], heads[1])
    assert not torch.equal(heads[0], heads[2])


def test_every_parameter_is_in_one_group(weights):
    network = new_network(TINY, weights, n_genres=3, side=64)
    groups = layer_groups(network)
    assert [id(each) for group in groups for each in group] == [id(each) for each in network.parameters()]
    assert all(groups)


def test_a_resnet_is_cut_where_fastai_cuts_it(weights):
    network = new_network(TINY, weights, n_genres=3, side=64)
    _, late, head = layer_groups(network)
    body = network[0]
    assert late[0] is next(body.layer3.parameters())
    assert late[-1] is list(body.layer4.parameters())[-1]
    assert head == list(network[1].parameters())


def test_the_stages_of_an_efficientnet_are_cut_too():
    network = new_network("efficientnet_lite0", None, n_genres=3, side=64)
    early, late, _ = layer_groups(network)
    blocks = network[0].blocks
    assert early[-1] is list(blocks[4].parameters())[-1]
    assert late[0] is next(blocks[5].parameters())


def test_saved_weights_load_unchanged(weights, tmp_path):
    network = new_network(TINY, weights, n_genres=3, side=64).to(memory_format=torch.channels_last).eval()
    save_weights(network, tmp_path / "kept.safetensors")
    again = load_network(tmp_path / "kept.safetensors", TINY, 3)
    pixels = torch.rand(2, 3, 64, 64)
    assert not again.training
    torch.testing.assert_close(again(pixels), network(pixels))


def test_a_transformer_is_refused(tmp_path):
    import timm
    from safetensors.torch import save_file

    save_file(timm.create_model("test_vit", pretrained=False).state_dict(), tmp_path / "vit.safetensors")
    with pytest.raises(CoverGenreError, match=r"test_vit can't be fine-tuned .*convolutional"):
        new_network("timm:test_vit", tmp_path / "vit.safetensors", n_genres=3, side=64)


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(NoWeights, match=r"gone\.pth"):
        new_network(TINY, tmp_path / "gone.pth", n_genres=3, side=64)
