"""Arguments and options that several verbs have, each said once."""

from typing import Annotated, Any

import typer

from covergenre.augment import VARIANTS


def argument(help: str, metavar: str | None = None) -> Any:
    """An argument that has to be given."""
    return typer.Argument(metavar=metavar, help=help, show_default=False)


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line, for programs.")]
Backbone = Annotated[str, typer.Option(help="A pretrained network, as in `covergenre.embedding.backbones`.")]
DatasetName = Annotated[str, argument("The name of a scanned data set.", "NAME")]
Features = Annotated[str, typer.Option(help="pooled: the last layer; stages: all layers; texture: textures, too.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Shrink covers to so many pixels first.", show_default="no")]
On = Annotated[str, typer.Option(help="Where: ray, or ray:ADDRESS for a cluster that runs.", show_default="here")]
RunId = Annotated[str, argument("The id of a run.", "ID")]
RunIds = Annotated[list[str], argument("Ids of finished runs.", "ID ID...")]
Variants = Annotated[str, typer.Option(help=f"Variants, joined by commas, or all: {', '.join(VARIANTS)}.")]
Weights = Annotated[str | None, typer.Option(help="A local file of pretrained weights.", show_default="the backbone's")]
