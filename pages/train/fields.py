"""The settings of each method on the Train page, with their labels, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from covergenre.embedding.backbones import list_backbones
from covergenre.methods import method
from covergenre.methods.base import preset_of

CHOSEN = "Chosen on validation"
_UNSET = {"weights": "The network's own"}  # the default of parameters that are not chosen on validation
ALIKE = {0.0: "Every cover counts the same", 0.5: "In between", 1.0: "Every genre counts the same"}
ON_OFF = {True: "Yes", False: "No"}
LIMITS = {None: "As they are", 96: "96 px", 150: "150 px", 224: "224 px"}
VARIANT_WORDS = {
    "original": "As it is",
    "flip": "Mirrored",
    "bri_2": "Twice as bright",
    "bri_0.5": "Half as bright",
    "color": "Stronger colours",
    "gray": "Without colour",
}
LIMITS_HELP = "Use one resolution if sources differ in it, so that it can't give the genre away."


@dataclass(frozen=True)
class Field:
    """A parameter of a method: name, label, help, and the labels of its values. `rare`: seldom changed."""

    name: str
    label: str
    help: str
    words: Mapping[Any, str]
    rare: bool = False

    def options(self, *more: Any) -> list[Any]:
        """The values to choose from, and any others that are in use."""
        return list(dict.fromkeys([*self.words, *more]))

    def word(self, value: Any) -> str:
        """The label of a value."""
        return self.words.get(value) or (f"{value:g}" if isinstance(value, float) else str(value))


def _numbers(*values: float, none: str = "") -> dict[Any, str]:
    return {**({None: none} if none else {}), **{value: f"{value:g}" for value in values}}


_BALANCE = Field("balance", "Rare genres", "How much genres with few covers are favoured in training.", ALIKE)

FIELDS: Mapping[str, Sequence[Field]] = {
    "knn": (
        Field("k", "Neighbours", "How many covers vote.", _numbers(1, 3, 5, 10, 20, 40, 80, 160, 320, none=CHOSEN)),
        Field(
            "metric",
            "Compared by",
            "What counts as similar: how covers look, what tells genres apart, or both blended.",
            {"blend": "Looks and genre", None: CHOSEN, "cosine": "Vectors as they are", "standardised": "Standardised"},
        ),
        _BALANCE,
    ),
    "logistic": (
        Field(
            "c",
            "Freedom (C)",
            "Higher values fit the training covers more closely; too high values overfit.",
            _numbers(1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1.0, none=CHOSEN),
        ),
        _BALANCE,
    ),
    "boosting": (
        Field("trees", "Trees", "The largest number of trees.", _numbers(100, 200, 400, 800, none=CHOSEN)),
        Field("depth", "Depth", "The depth of each tree.", _numbers(2, 3, 4, 6, 8)),
        Field("learning_rate", "Learning rate", "How much each tree corrects.", _numbers(0.03, 0.05, 0.1, 0.2, 0.3)),
        _BALANCE,
    ),
    "words": (
        Field(
            "c",
            "Freedom (C)",
            "Higher values fit the training covers more closely; too high values overfit to names.",
            _numbers(1.0, 3.0, 10.0, 30.0, 100.0, none=CHOSEN),
        ),
        _BALANCE,
    ),
    "finetune": (
        Field(
            "backbone",
            "Network",
            "The network to fine-tune. The first three come with the app; the others are downloaded once.",
            {each.id: each.title for each in sorted(list_backbones(), key=lambda each: each.id)},
        ),
        Field(
            "epochs",
            "Epochs",
            "Passes over the covers, after the head is trained.",
            _numbers(1, 2, 3, 5, 8, 12),
        ),
        Field(
            "side",
            "Picture size",
            "In pixels. Larger is more detailed and slower.",
            _numbers(128, 160, 192, 224, 260),
        ),
        _BALANCE,
        Field("augmentation", "Augmentation", "Mirrors, crops and relights covers at random.", ON_OFF, rare=True),
        Field("mixup", "Mixup", "How much pairs of covers are blended.", _numbers(0.0, 0.2, 0.4), rare=True),
        Field(
            "smoothing",
            "Label smoothing",
            "How much the targets are softened.",
            _numbers(0.0, 0.05, 0.1, 0.2),
            rare=True,
        ),
        Field("progressive", "Progressive resizing", "Starts with small pictures, which is faster.", ON_OFF, rare=True),
        Field(
            "base_lr",
            "Learning rate",
            "The size of each step.",
            _numbers(5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, none="Found by a sweep"),
            rare=True,
        ),
        Field("lr_mult", "First layers", "How many times more slowly they learn.", _numbers(1, 10, 100), rare=True),
        Field("limit", "Covers shrunk to", LIMITS_HELP, LIMITS, rare=True),
    ),
}


def defaults(method_name: str) -> dict[str, Any]:
    """The recommended parameters of a method."""
    return asdict(method(method_name).Parameters())


def of_preset(method_name: str, preset: str) -> dict[str, Any]:
    """The parameters of a preset."""
    return asdict(preset_of(method(method_name), preset))


def in_words(method_name: str, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The label of each parameter and of its value."""
    known = {field.name: field for field in FIELDS.get(method_name, ())}
    return [
        (known[name].label, known[name].word(value))
        if name in known
        else (name.replace("_", " ").capitalize(), _UNSET.get(name, CHOSEN) if value is None else str(value))
        for name, value in parameters.items()
    ]
