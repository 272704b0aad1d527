import json
import signal
import subprocess
import sys
import time

import pytest
from filelock import FileLock

from benchmarks.fake_sources import albums, picture
from covergenre.collecting.collect import collect
from covergenre.collecting.record import Journal, Plan, open_plan
from covergenre.dataset.split import split_of
from covergenre.errors import BadDataset, Cancelled, ConnectionLost, CoverGenreError
from covergenre.progress import Monitor

GENRES = ("jazz", "reggae")


@pytest.fixture
def plan():
    return Plan("mine", GENRES, per_genre=4, per_artist=2)


def fill(world, n=6, **more):
    for genre in GENRES:
        world.albums[genre] = albums(genre, n, **more)


def test_covers_become_a_data_set_with_all_that_is_known(world, plan):
    fill(world)
    collected = collect(plan)
    assert collected.covers == {"jazz": 4, "reggae": 4}
    row = collected.dataset.manifest.iloc[0]
    assert (row["genre"], row["source"], row["artist"], row["album"], row["year"]) == (
        *("jazz", "musicbrainz"),
        *(row["artist"], row["album"], row["year"]),
    )
    assert row["album"].startswith("Jazz No. ")
    assert row["source_id"].startswith("musicbrainz:")
    assert row["image_url"].endswith("/front-250")
    assert row["licence"].startswith("the artwork belongs to its owners")
    assert row["collected"] == time.strftime("%Y-%m-%d", time.gmtime())


def test_nothing_is_asked_for_that_is_not_needed(world, plan):
    fill(world)
    collect(plan)
    assert sum(world.count("/ws/2/").values()) == 2
    assert sum(world.count("/front-").values()) == 8


def test_of_one_artist_only_so_many_are_taken(world):
    fill(world, 9, artists=3)
    manifest = collect(Plan("mine", GENRES, per_genre=9, per_artist=1)).dataset.manifest
    assert manifest.groupby(["genre", "artist"]).size().max() == 1
    assert manifest.groupby("genre").size().to_dict() == {"jazz": 3, "reggae": 3}


def test_artists_hold_the_split_apart(world):
    fill(world, 24, artists=12)
    dataset = collect(Plan("mine", GENRES, per_genre=24, per_artist=2)).dataset
    parts = dataset.manifest.assign(part=dataset.manifest["path"].map(split_of(dataset, "honest", 42).parts))
    assert parts.groupby(["genre", "artist"])["part"].nunique().max() == 1


def test_an_album_of_two_genres_is_left_out_and_named(world, plan):
    fill(world, 4)
    world.albums["jazz"][0]["tags"] = [{"name": "jazz", "count": 1}, {"name": "dub", "count": 1}]
    collected = collect(plan)
    assert collected.covers == {"jazz": 3, "reggae": 4}
    assert collected.reasons == {"also tagged reggae": 1}


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        ((404, {}, b""), "no cover at the source"),
        ((200, {"Content-Type": "image/jpeg"}, b"<html>gone</html>"), "a web page"),
        ((200, {}, picture("x")[:40]), "damaged"),
        ((200, {}, b""), "empty"),
        ((200, {"Content-Length": str(5 * 2**30)}, b"a"), "a body of more than 20 MB"),
        ((302, {"Location": "http://10.1.2.3/x"}, b""), "private network"),
        ((302, {"Location": "/again/front-250"}, b""), "redirects"),
        ((403, {}, b""), "answers 403"),
    ],
)
def test_a_picture_that_is_none_is_named_and_the_others_come(world, plan, lie, reason):
    fill(world, 5)
    world.overrides[f"/{world.albums['jazz'][0]['id']}/front-"] = lie
    world.overrides["/again/"] = lie
    collected = collect(plan)
    assert collected.covers == {"jazz": 4, "reggae": 4}
    (failure,) = collected.failures
    assert reason in failure.reason
    assert not list(plan.folder.rglob(f"{failure.id}*"))


def test_what_could_not_be_had_is_not_asked_for_again(world, plan):
    fill(world, 3)
    world.overrides[f"/{world.albums['jazz'][0]['id']}/front-"] = (404, {}, b"")
    collect(plan)
    asked = len(world.requests)
    assert collect(plan).covers == {"jazz": 2, "reggae": 3}
    assert len(world.requests) == asked


def test_more_may_be_asked_for_later(world, plan):
    fill(world, 9)
    collect(plan)
    assert collect(Plan("mine", GENRES, per_genre=6)).covers == {"jazz": 6, "reggae": 6}
    assert max(world.count("").values()) == 1


def test_a_lost_connection_keeps_what_came_and_goes_on_later(world, plan):
    fill(world)
    world.overrides["/pictures/"] = lambda _: (503, {}, b"") if len(world.count("/pictures/")) > 5 else None
    with pytest.raises(ConnectionLost):
        collect(plan)
    kept = len(list(plan.folder.rglob("*.jpg")))
    world.overrides.clear()
    assert (kept, collect(plan).covers) == (5, {"jazz": 4, "reggae": 4})
    assert max(world.count("/ws/2/").values()) == 1


def test_a_stop_keeps_what_came(world, plan):
    fill(world)
    seen = []
    with pytest.raises(Cancelled, match="they are kept"):
        collect(plan, Monitor(seen.append, lambda: len(seen) > 3))
    assert collect(plan).covers == {"jazz": 4, "reggae": 4}
    assert max(world.count("").values()) == 1


def test_a_page_that_holds_less_than_was_promised_ends_the_list(world, plan):
    fill(world, 3)
    for genre in GENRES:
        page = {"count": 500, "release-groups": world.albums[genre]}
        world.overrides[f"tag%3A%22{genre}%22"] = (200, {}, json.dumps(page).encode())
    world.overrides = {"offset=3": (200, {}, b'{"count": 500, "release-groups": []}'), **world.overrides}
    assert collect(plan).covers == {"jazz": 3, "reggae": 3}


def test_where_nothing_came_it_is_said_why(world, plan):
    fill(world, 3)
    world.overrides["/front-"] = (404, {}, b"")
    with pytest.raises(
        BadDataset, match=r"no cover of jazz, reggae could be collected: no cover at the source \(6 times\)"
    ):
        collect(plan)


def test_two_do_not_collect_the_same(world, plan):
    plan.folder.mkdir(parents=True)
    with (
        FileLock(plan.folder / ".lock"),
        pytest.raises(CoverGenreError, match="another process works on"),
    ):
        collect(plan)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "../x"}, "can't name a data set"),
        ({"genres": ("jazz",)}, "choose at least two"),
        ({"genres": ("jazz", "polka")}, "'polka' can't be collected"),
        ({"per_genre": 0}, "from 1 to 10,000"),
        ({"per_artist": 0}, "1 or more"),
        ({"size": 300}, "choose 250 or 500"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(wrong, said):
    with pytest.raises(CoverGenreError, match=said):
        Plan(**{"name": "mine", "genres": GENRES, **wrong})


def test_a_plan_is_found_again(world, plan):
    fill(world)
    collect(plan)
    assert open_plan("mine") == plan
    (plan.folder / "plan.json").write_text("{")
    with pytest.raises(BadDataset, match="damaged"):
        open_plan("mine")


def test_a_torn_line_spoils_itself_only(world, plan):
    fill(world)
    collect(plan)
    journal = plan.folder / ".journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-30])
    collected = collect(plan)
    assert collected.covers == {"jazz": 4, "reggae": 4}
    assert max(world.count("").values()) == 1  # the picture of the torn line is found by its file
    assert len(Journal(plan).tried) == 8


def test_a_killed_process_goes_on_and_asks_nothing_twice(world, plan, tmp_path):
    for genre in GENRES:
        world.albums[genre] = albums(genre, 40)
    script = tmp_path / "script.py"
    script.write_text(
        "from covergenre.collecting.collect import collect\nfrom covergenre.collecting.record import Plan\n"
        f"collect(Plan('mine', {GENRES!r}, per_genre=30))\n"
    )
    for _ in range(2):
        asked = len(world.requests)
        process = subprocess.Popen([sys.executable, str(script)])
        while process.poll() is None and len(world.requests) < asked + 6:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    collected = collect(Plan("mine", GENRES, per_genre=30))
    assert collected.covers == {"jazz": 30, "reggae": 30}
    assert collected.dataset.manifest["problem"].eq("").all()
    # The request that a kill cuts off is the one that has to be made again.
    assert sum(times - 1 for times in world.count("/front-").values()) <= 2
    assert sum(times - 1 for times in world.count("/ws/2/").values()) <= 2
