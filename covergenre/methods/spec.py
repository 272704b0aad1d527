"""The specification of a training, from form, shell or study to the method and to disk."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import Any, TypeVar

from covergenre.embedding.recipe import Recipe
from covergenre.errors import CoverGenreError

T = TypeVar("T")


@dataclass(frozen=True)
class TrainSpec:
    """What to learn, from what, and how.

    `parameters`: those of the method by name, or its `Parameters`; the rest have their defaults. `genres`: the classes
    (none: all of the data set); labels are positions among them. `variants`: of each training cover. `split`: its name.
    `seed`: of the split and of the method.
    """

    method: str
    parameters: Mapping[str, int | float | bool | str | None] = field(default_factory=dict)
    dataset: str = ""
    genres: tuple[str, ...] = ()
    recipe: Recipe = field(default_factory=Recipe)
    variants: tuple[str, ...] = ("original",)
    split: str = "honest"
    seed: int = 42

    def __post_init__(self) -> None:
        if is_dataclass(self.parameters):
            object.__setattr__(self, "parameters", asdict(self.parameters))

    @property
    def n_genres(self) -> int:
        """How many genres are told apart."""
        return len(self.genres)

    def parameters_as(self, kind: type[T]) -> T:
        """The parameters as a method's dataclass `kind`; CoverGenreError for an unknown or invalid one."""
        from pydantic import TypeAdapter, ValidationError

        known = [each.name for each in fields(kind)]  # type: ignore[arg-type]
        if unknown := [name for name in self.parameters if name not in known]:
            raise CoverGenreError(f"{self.method} has no parameter {unknown[0]!r}: it has {', '.join(known)}")
        try:
            return TypeAdapter(kind).validate_python(dict(self.parameters))
        except ValidationError as error:
            first: Any = error.errors()[0]
            raise CoverGenreError(
                f"the parameter {first['loc'][0]} of {self.method} can't be {first['input']!r}: {first['msg']}"
            ) from error


def check_parameters(parameters: object, *rules: tuple[str, bool, str]) -> None:
    """CoverGenreError unless each rule holds: the name of a parameter, whether its value is valid, and what is."""
    for name, holds, wanted in rules:
        if not holds:
            raise CoverGenreError(f"{name} is {getattr(parameters, name)}: give {wanted}")
