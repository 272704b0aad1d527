"""What can be asked of fine-tuning."""

from dataclasses import dataclass, replace

from covergenre.embedding.backbones import TIMM, get_backbone
from covergenre.embedding.preprocessing import Preprocessing
from covergenre.methods.spec import check_parameters


@dataclass(frozen=True)
class Parameters:
    """What is trained, and how.

    `backbone`: a convolutional one; `weights`: a local file of pretrained weights instead of its own. `side`: of the
    pictures it sees, 32 to 512 px. `frozen_epochs` train the head only, then `epochs` all of it; 0 or more each, at
    least 1 together. `base_lr`: the learning rate, above 0 and at most 1 (None: what fastai's finder suggests, or 2e-3
    where it can't). `lr_mult`: how many times slower than the head the first layers learn, from 1 to 1,000 (fastai's
    own is 100; with so few covers, 10 and a rate of 0.01 did better on the validation part of real ones). `batch`:
    covers a step, 2 or more. `augmentation`: whether covers are mirrored, cut and lit a bit differently each time.
    `mixup`: alpha of the mixing of pairs of covers (Zhang, Cisse, Dauphin, Lopez-Paz, ICLR 2018), from 0 (none) to 10.
    `smoothing`: of the labels, from 0 and below 1. `progressive`: whether the first epochs see smaller pictures.
    `balance`: how much rare genres are favoured, from 0 (each cover counts alike) to 1 (each genre does). `patience`:
    how many of `epochs` in a row may fail to lower the validation log loss before the training ends, 0 for any number.
    `limit`: covers are shrunk to at most so many pixels a side before anything else, so that resolution can't name the
    genre, 1 or more (None: they are taken as they are).
    """

    backbone: str = "efficientnet_lite0"
    weights: str | None = None
    side: int = 192
    frozen_epochs: int = 1
    epochs: int = 5
    base_lr: float | None = 0.01
    lr_mult: float = 10.0
    batch: int = 32
    augmentation: bool = True
    mixup: float = 0.0
    smoothing: float = 0.1
    progressive: bool = False
    balance: float = 0.5
    patience: int = 2
    limit: int | None = None

    def __post_init__(self) -> None:
        check_parameters(
            self,
            ("side", 32 <= self.side <= 512, "32 to 512"),
            ("frozen_epochs", self.frozen_epochs >= 0, "0 or more"),
            ("epochs", self.epochs >= (0 if self.frozen_epochs else 1), "1 or more, or 0 after frozen epochs"),
            ("base_lr", self.base_lr is None or 0 < self.base_lr <= 1, "above 0 to 1, or none to have it found"),
            ("lr_mult", 1 <= self.lr_mult <= 1000, "1 to 1,000"),
            ("batch", self.batch >= 2, "2 or more"),
            ("mixup", 0 <= self.mixup <= 10, "a number from 0 to 10"),
            ("smoothing", 0 <= self.smoothing < 1, "a number from 0 and below 1"),
            ("balance", 0 <= self.balance <= 1, "a number from 0 to 1"),
            ("patience", self.patience >= 0, "0 or more"),
            ("limit", self.limit is None or self.limit >= 1, "1 or more, or none"),
        )
        if not self.backbone.startswith(TIMM):
            get_backbone(self.backbone)  # which says so when there is none

    @property
    def preprocessing(self) -> Preprocessing:
        """What is done to a cover before the network sees it."""
        return replace(get_backbone(self.backbone).preprocessing, side=self.side, fit="square", crop_ratio=1.0)


PRESETS = {
    "reference": Parameters(
        "resnet50_v2",
        side=224,
        frozen_epochs=1,
        epochs=5,
        base_lr=0.02,
        lr_mult=100.0,
        batch=64,
        augmentation=False,
        smoothing=0.0,
        balance=0.0,
        patience=0,
    )
}
"""Parameters by name. "reference": those of the reference study."""
