"""Arguments and options that several commands have."""

from typing import Annotated, Any

import typer

from covergenre.augment import VARIANTS


def argument(help: str, metavar: str | None = None) -> Any:
    """A required argument."""
    return typer.Argument(metavar=metavar, help=help, show_default=False)


def option(help: str, *names: str, shown: bool | str = True, **more: Any) -> Any:
    """An option, named like its parameter unless there are `names`; `shown` is its default in the help text."""
    return typer.Option(*names, help=help, show_default=shown, **more)


AsJson = Annotated[bool, option("Print one JSON object a line, for programs.", "--json")]
Backbone = Annotated[str, option("A pretrained network, as in `covergenre.embedding.backbones`.")]
DatasetName = Annotated[str, argument("The name of a scanned data set.", "NAME")]
Features = Annotated[str, option("pooled: the last layer; stages: all layers; texture: textures, too.")]
Limit = Annotated[int | None, option("Shrink covers to so many pixels first.", shown="no", min=1)]
On = Annotated[str, option("Where to run: ray, or ray:ADDRESS for a running cluster.", shown="here")]
RunId = Annotated[str, argument("The id of a run.", "ID")]
RunIds = Annotated[list[str], argument("Ids of finished runs.", "ID ID...")]
Variants = Annotated[str, option(f"Variants, joined by commas, or all: {', '.join(VARIANTS)}.")]
Weights = Annotated[str | None, option("A local file of pretrained weights.", shown="the backbone's")]
