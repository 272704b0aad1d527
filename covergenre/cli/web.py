"""collect, and pictures: real covers from open sources on the web."""

from typing import Annotated

import typer

from covergenre.cli.console import answer, listed, progress, table
from covergenre.cli.options import AsJson, argument, option
from covergenre.collecting.collect import collect
from covergenre.collecting.genres import genre_tags
from covergenre.collecting.names import fetch_names
from covergenre.collecting.pictures import clear, fetch_pictures, published
from covergenre.collecting.record import Plan
from covergenre.collecting.sources import discogs_token
from covergenre.dataset.starter import open_starter

pictures = typer.Typer(
    name="pictures", help="Names and pictures of known covers, kept on this machine.", no_args_is_help=True
)

app = typer.Typer()


@app.command("collect")
def collect_covers(
    name: Annotated[str, argument("What to call the data set.", "NAME")],
    genres: Annotated[str, option(f"Genres, joined by commas, or all: {', '.join(genre_tags())}.")] = "all",
    per_genre: Annotated[int, option("How many covers of each genre.", min=1)] = 200,
    per_artist: Annotated[int, option("At most so many covers of one artist.", min=1)] = 3,
    size: Annotated[int, option("Width of the pictures: 250 or 500 pixels.")] = 250,
    as_json: AsJson = False,
) -> None:
    """Bring real covers with artists, albums and years into a data set of your own; again, go on where it stopped.

    Albums come from MusicBrainz, pictures from the Cover Art Archive, at the pace that they ask for: about two covers
    a second. Say who you are with COVERGENRE_CONTACT=you@example.org.

    Example: covergenre collect mine --genres anime,disco,jazz --per-genre 200
    """
    wanted = tuple(genre_tags()) if genres == "all" else listed(genres)
    with progress() as monitor:
        collected = collect(Plan(name, wanted, per_genre, per_artist, size), monitor)
    failures = [{"genre": one.genre, "id": one.id, "reason": one.reason} for one in collected.failures]
    answer(
        as_json,
        {"name": name, "covers": dict(collected.covers), "failures": failures},
        table(("genre", "covers"), collected.covers.items()),
        *([table(("not taken, because", "albums"), collected.reasons.items())] if collected.reasons else []),
        f"{collected.dataset.name}: {sum(collected.covers.values())} covers, ready to train on",
    )


@pictures.command("fetch")
def fetch(as_json: AsJson = False) -> None:
    """Fetch what the known covers lack: names from Discogs (with a token of your own), pictures from their sources.

    Pictures stay on this machine, at most COVERGENRE_PICTURES_MB (500) of them, and the app shows them instead of
    blurs.

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
        lines.append("Set COVERGENRE_DISCOGS_TOKEN to your own token to bring the names of Discogs releases, too.")
    answer(as_json, data, *lines)


@pictures.command("clear")
def clear_pictures(as_json: AsJson = False) -> None:
    """Delete all pictures that were fetched. The known covers stay, as colours.

    Example: covergenre pictures clear
    """
    count = clear()
    answer(as_json, {"deleted": count}, f"{count} pictures deleted")


app.add_typer(pictures)
