import json

import pytest

from covergenre.errors import CoverGenreError, NoWeights
from covergenre.methods.finetuning.parameters import PRESETS, Parameters


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"side": 31}, "side is 31: give 32 to 512"),
        ({"side": 513}, "side is 513"),
        ({"frozen_epochs": -1}, "frozen_epochs is -1"),
        ({"frozen_epochs": 0, "epochs": 0}, "epochs is 0: give 1 or more"),
        ({"epochs": -1}, "epochs is -1"),
        ({"base_lr": 0.0}, "base_lr is 0.0: give above 0"),
        ({"lr_mult": 0.5}, "lr_mult is 0.5: give 1 to 1,000"),
        ({"base_lr": float("nan")}, "base_lr is nan"),
        ({"batch": 1}, "batch is 1: give 2 or more"),
        ({"mixup": -0.1}, "mixup is -0.1"),
        ({"smoothing": 1.0}, "smoothing is 1.0"),
        ({"balance": 1.1}, "balance is 1.1"),
        ({"patience": -1}, "patience is -1"),
        ({"limit": 0}, "limit is 0"),
    ],
)
def test_invalid_parameters_are_refused(wrong, message):
    with pytest.raises(CoverGenreError, match=message):
        Parameters(**wrong)


def test_an_unknown_backbone_is_refused_at_once():
    with pytest.raises(NoWeights, match="no backbone 'resnet51'"):
        Parameters("resnet51")


def test_the_reference_preset_is_the_recipe_of_the_study():
    reference = PRESETS["reference"]
    assert (reference.epochs, reference.frozen_epochs, reference.base_lr, reference.side) == (5, 1, 0.02, 224)
    assert reference.lr_mult == 100  # fastai's own
    assert (reference.augmentation, reference.mixup, reference.smoothing, reference.balance) == (False, 0, 0, 0)
    assert reference.backbone.startswith("resnet50")


def test_parameters_convert_to_json():
    for parameters in (Parameters(), *PRESETS.values()):
        assert json.loads(json.dumps(vars(parameters))) == vars(parameters)
