"""networks: stronger networks than those that come with the app, and the one that reads words."""

from typing import Annotated

import typer

from covergenre import hub
from covergenre.cli.console import answer, progress, table
from covergenre.cli.options import AsJson, argument
from covergenre.embedding import clip
from covergenre.embedding.backbones import get_backbone, is_stronger, list_stronger
from covergenre.errors import NoWeights

_WORDS = "words"

app = typer.Typer(name="networks", help="Networks that have to be fetched once.", no_args_is_help=True)


@app.command("list")
def show(as_json: AsJson = False) -> None:
    """The networks that can be fetched: their licence, their size, and whether they are here.

    Example: covergenre networks list
    """
    rows = [(each.id, each.title, each.licence, each.megabytes, each.file.is_file()) for each in list_stronger()]
    rows.append((_WORDS, "Finds covers by words", "MIT", clip.MEGABYTES, clip.has_weights()))
    names = ("id", "title", "licence", "megabytes", "here")
    answer(
        as_json,
        {"networks": [dict(zip(names, row, strict=True)) for row in rows]},
        table(
            ("id", "network", "licence", "MB", ""),
            [(*row[:-1], "here" if row[-1] else "to be fetched") for row in rows],
        ),
        "Train with one: covergenre train NAME --backbone ID",
    )


@app.command("fetch")
def fetch(network: Annotated[str, argument("As in networks list.", "ID")], as_json: AsJson = False) -> None:
    """Fetch the weights of a network, checked against the digest that its host tells; again, go on where it stopped.

    Example: covergenre networks fetch timm:vit_small_patch14_dinov2.lvd142m
    """
    with progress() as monitor:
        if network == _WORDS:
            clip.fetch_weights(monitor)
            file = clip.weights_folder()
        elif is_stronger(network):
            backbone = get_backbone(network)
            file = backbone.file
            hub.fetch(backbone.repository, "model.safetensors", file, monitor)
        else:
            known = ", ".join(each.id for each in list_stronger())
            raise NoWeights(f"{network!r} is no network to be fetched: choose from {known}, {_WORDS}")
    answer(as_json, {"id": network, "file": str(file)}, f"{network} is here: {file}")
