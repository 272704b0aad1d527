"""A collection that is killed again and again: which requests it made, and how well methods learn from the result.

python -m benchmarks.collecting [--per-genre 200] [--kills 5] [--home FOLDER] [--train knn,logistic]

A fake of MusicBrainz and the Cover Art Archive on loopback serves drawn albums of ten genres; `covergenre collect`
fetches them at the pace that the real ones ask for, which takes 9 minutes for 2,000 covers. Its process is killed with
-9 and started again. FOLDER keeps the result, for a look at it in the app.
"""

import json
import os
import random
import time
from pathlib import Path

import numpy as np

from benchmarks.common import command_line, covergenre, empty_home, encode
from benchmarks.fake_sources import World, albums, serve
from covergenre.demo.albums import draw, release

_NAME = "collected"
_SPARE = 1.6  # albums told of for each that is wanted: some carry two genres, some have no cover, some artists too many
_HOSTS = (
    ("MusicBrainz", "/ws/2/", "11"),
    ("Cover Art Archive", "/release-group/", "41"),
    ("its pictures", "/pictures/", "any"),
)
_WINDOW = 10.0  # seconds; what is allowed in them counts the requests at both ends


def main() -> None:
    """Collect, kill, go on, and print the figures."""
    parser = command_line(__doc__)
    parser.add_argument("--per-genre", type=int, default=200, help="covers of each genre (default 200)")
    parser.add_argument("--kills", type=int, default=5, help="how often it is killed (default 5)")
    parser.add_argument("--home", type=Path, help="keep everything in this folder")
    parser.add_argument("--train", default="knn,logistic", help="methods to train on what came, joined by commas")
    options = parser.parse_args()
    with empty_home() as folder:
        os.environ["COVERGENRE_HOME"] = str(options.home or folder)
        world = drawn_world(round(options.per_genre * _SPARE))
        with serve(world) as one, serve(world) as two, serve(world) as world.pictures:
            os.environ.update(COVERGENRE_MUSICBRAINZ=one, COVERGENRE_COVERART=two)
            told = collect_and_kill(world, options.per_genre, options.kills)
        _print(world, told, options.kills)
        for method in filter(None, options.train.split(",")):
            run = json.loads(covergenre("train", _NAME, "--method", method, "--json").communicate()[0])
            accuracy = run["metrics"]["balanced_accuracy"]
            low, high = (100 * accuracy[end] for end in ("low", "high"))
            print(f"{method}: balanced accuracy {100 * accuracy['value']:.1f} % [{low:.1f}, {high:.1f}]", flush=True)


def drawn_world(per_genre: int) -> World:
    """So many invented albums of each of ten genres: one of 40 carries two genres, one of 50 has no cover."""
    rng, world, drawn = np.random.default_rng(15), World(), {}
    genres = ("anime", "black metal", "classical", "country", "disco", "edm", "jazz", "pop", "rap", "reggae")
    for genre, other in zip(genres, (*genres[1:], genres[0]), strict=True):
        world.albums[genre] = albums(genre, per_genre)
        tag = albums(other, 1)[0]["tags"][0]
        for number, (told, album) in enumerate(zip(world.albums[genre], release(genre, per_genre, rng), strict=True)):
            who = {"name": album.artist, "artist": {"id": album.artist}}
            told |= {"title": album.title, "first-release-date": str(album.year), "artist-credit": [who]}
            drawn[told["id"]] = album
            if number % 40 == 7:
                told["tags"] = [*told["tags"], tag]
            if number % 50 == 9:
                world.overrides[f"/release-group/{told['id']}/"] = (404, {}, b"")
    world.draw = lambda path: encode(draw(drawn[Path(path).stem]).resize((250, 250)), "JPEG", quality=88)
    return world


def collect_and_kill(world: World, per_genre: int, kills: int) -> dict:
    """What `covergenre collect` says in the end, after so many kills, spread over its work."""
    rng = random.Random(15)
    command = ("collect", _NAME, "--per-genre", str(per_genre), "--json")
    for number in range(kills):
        until = 10 * per_genre * (number + rng.random()) / kills
        process = covergenre(*command)
        while process.poll() is None and sum(world.count("/pictures/").values()) < until:
            time.sleep(0.01)
        process.kill()
        process.communicate()
    return json.loads(covergenre(*command).communicate()[0])


def _print(world: World, told: dict, kills: int) -> None:
    print(f"{sum(told['covers'].values()):,} covers of {len(told['covers'])} genres, killed {kills} times")
    print(f"{len(told['failures'])} albums not taken")
    print(f"{'asked':20}{'requests':>10}{'made twice':>12}{'busiest 10 s':>14}{'allowed':>9}")
    for host, part, allowed in _HOSTS:
        times, counts = np.array([at for at, path in world.requests if part in path]), world.count(part)
        twice = sum(count - 1 for count in counts.values())
        busiest = int((np.searchsorted(times, times + _WINDOW) - np.arange(len(times))).max())
        print(f"{host:20}{counts.total():10,}{twice:12}{busiest:14}{allowed:>9}")


if __name__ == "__main__":
    main()
