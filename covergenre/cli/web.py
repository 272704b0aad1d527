"""collect, pictures and networks: what is fetched from the web."""

from typing import Annotated

import typer

from covergenre import hub
from covergenre.cli.console import print_result, progress, split_list, table
from covergenre.cli.options import AsJson, argument, option
from covergenre.collecting.collect import collect
from covergenre.collecting.genres import genre_tags
from covergenre.collecting.names import fetch_names
from covergenre.collecting.pictures import clear, fetch_pictures, published
from covergenre.collecting.record import Plan
from covergenre.collecting.sources import discogs_token
from covergenre.dataset.starter import open_starter
from covergenre.embedding import clip
from covergenre.embedding.backbones import get_backbone, is_stronger, list_stronger
from covergenre.errors import NoWeights

pictures = typer.Typer(
    name="pictures", help="Names and pictures of known covers, kept on this machine.", no_args_is_help=True
)

networks = typer.Typer(name="networks", help="Networks that have to be fetched once.", no_args_is_help=True)

app = typer.Typer()

_WORDS = "words"  # the id of the network that finds covers by words


@app.command("collect")
def collect_covers(
    name: Annotated[str, argument("What to call the data set.", "NAME")],
    genres: Annotated[str, option(f"Genres, joined by commas, or all: {', '.join(genre_tags())}.")] = "all",
    per_genre: Annotated[int, option("How many covers of each genre.", min=1)] = 200,
    per_artist: Annotated[int, option("At most so many covers of one artist.", min=1)] = 3,
    size: Annotated[int, option("Width of the pictures: 250 or 500 pixels.")] = 250,
    as_json: AsJson = False,
) -> None:
    """Collect real covers with artists, albums and years into a data set; run it again to continue after a stop.

    Albums come from MusicBrainz, pictures from the Cover Art Archive, at the rate they allow: about two covers a
    second. Identify yourself with COVERGENRE_CONTACT=you@example.org.

    Example: covergenre collect mine --genres anime,disco,jazz --per-genre 200
    """
    wanted = tuple(genre_tags()) if genres == "all" else split_list(genres)
    with progress() as monitor:
        collected = collect(Plan(name, wanted, per_genre, per_artist, size), monitor)
    failures = [{"genre": one.genre, "id": one.id, "reason": one.reason} for one in collected.failures]
    print_result(
        as_json,
        {"name": name, "covers": dict(collected.covers), "failures": failures},
        table(("genre", "covers"), collected.covers.items()),
        *([table(("not taken, because", "albums"), collected.reasons.items())] if collected.reasons else []),
        f"{collected.dataset.name}: {sum(collected.covers.values())} covers, ready to train on",
    )


@pictures.command("fetch")
def fetch(as_json: AsJson = False) -> None:
    """Fetch what is missing for known covers: names from Discogs (with your own token), pictures from their sources.

    Pictures stay on this machine, up to COVERGENRE_PICTURES_MB (500) megabytes, and the app shows them instead of
    colours.

    Example: covergenre pictures fetch
    """
    covers = open_starter().covers
    came: dict[str, dict[str, int]] = {}
    with progress() as monitor:
        if discogs_token():
            came["names"] = dict(fetch_names(covers.loc[covers["source"] == "discogs", "id"], monitor))
        came["pictures"] = dict(fetch_pictures(published(covers), monitor))
    data, lines = {}, []
    for what, counts in came.items():
        data[what] = {"came": counts.pop("", 0), "failed": counts}
        lines += [f"{what}: {data[what]['came']} came", *(f"  {count} did not: {why}" for why, count in counts.items())]
    if "names" not in came:
        lines.append("Set COVERGENRE_DISCOGS_TOKEN to your own token to fetch the names of Discogs releases, too.")
    print_result(as_json, data, *lines)


@pictures.command("clear")
def clear_pictures(as_json: AsJson = False) -> None:
    """Delete all fetched pictures. The known covers are then shown as colours.

    Example: covergenre pictures clear
    """
    count = clear()
    print_result(as_json, {"deleted": count}, f"{count} pictures deleted")


@networks.command("list")
def list_networks(as_json: AsJson = False) -> None:
    """List the networks that can be fetched: licence, size, and whether they are here.

    Example: covergenre networks list
    """
    rows = [(each.id, each.title, each.licence, each.megabytes, each.file.is_file()) for each in list_stronger()]
    rows.append((_WORDS, "Finds covers by words", "MIT", clip.MEGABYTES, clip.has_weights()))
    names = ("id", "title", "licence", "megabytes", "here")
    print_result(
        as_json,
        {"networks": [dict(zip(names, row, strict=True)) for row in rows]},
        table(
            ("id", "network", "licence", "MB", ""),
            [(*row[:-1], "here" if row[-1] else "to be fetched") for row in rows],
        ),
        "Train with one: covergenre train NAME --backbone ID",
    )


@networks.command("fetch")
def fetch_network(network: Annotated[str, argument("As in networks list.", "ID")], as_json: AsJson = False) -> None:
    """Fetch the weights of a network and check their digest; run it again to continue after a stop.

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
    print_result(as_json, {"id": network, "file": str(file)}, f"{network} is here: {file}")


app.add_typer(pictures)
app.add_typer(networks)
