"""Steps done to many covers: here, or on Ray.

Covers go out in batches of names, never of pixels; whoever works reads a cover, does all steps to it, writes the
batch's rows as a shard and tells what came of it. That is all that comes back, so memory is bounded everywhere and
nothing is lost with a machine but the batch it was at. What is in the shards is not done again.
"""

import logging
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from covergenre import home, images
from covergenre.cluster.inputs import Item, read
from covergenre.cluster.shards import Shards
from covergenre.cluster.steps import Opened, Step
from covergenre.errors import BadImage, CoverGenreError, in_words
from covergenre.inference import settings
from covergenre.packages import need
from covergenre.progress import SILENT, Monitor

HERE = ""
RAY = "ray"

_CONNECTING = 10  # seconds
_BATCHES = (64, 8, 1)  # covers that go together, and those of a worker that died: who is to blame is found out alone
_DIED = "no row of it came: its worker died each time (memory, or a picture that crashes its reader) or wrote elsewhere"


@dataclass(frozen=True)
class Outcome:
    """How many covers were done, how many had been done before, and what is wrong, by path.

    `bad`: covers that can't be used, whose rows say so; `undone`: those that have no row, because a disk, a network or
    a worker failed.
    """

    done: int
    reused: int
    bad: Mapping[str, str]
    undone: Mapping[str, str]


@dataclass(frozen=True)
class _Said:
    """What came of a batch: how many rows were written, and why others were not, by key."""

    written: int
    unwritten: Mapping[str, str]


def run(
    items: Sequence[Item],
    steps: Sequence[Step],
    out: str,
    on: str = HERE,
    monitor: Monitor = SILENT,
) -> Outcome:
    """Do the steps to each of the items and keep their rows in the shards of `out`, a folder all workers can reach.

    `on`: `HERE`; "ray" for a cluster of this machine's cores; "ray:ADDRESS" for the one at that address. A cover that
    can't be read has a row that says so, unless it could be once; one whose disk, network or worker failed has none and
    is tried again by the next run. Raises MissingPackage without Ray, CoverGenreError when there is no cluster,
    Cancelled when stopped; what was done until then is kept.
    """
    shards = Shards(out, steps)
    asked = {item.key: item for item in items}
    todo = _missing(asked, shards)
    total, done, why = len(todo), 0, dict[str, str]()
    with _working(on if todo else HERE) as work:
        for size in _BATCHES:
            for said in work(_batches(list(todo.values()), size), steps, out):
                done, why = done + said.written, {**why, **said.unwritten}
                monitor.report(min(done, total), total, "covers")
                monitor.check(f"stopped after {done} of {total} covers; those are kept")
            before, todo = len(todo), _missing(todo, shards)  # what is there counts, not what was said
            if not todo or (len(todo) == before and todo.keys() <= why.keys()):
                break  # done, or all fails for a reason that trying again won't mend
    bad = {path: problem for key, (path, problem) in shards.known().items() if problem and key in asked}
    undone = {item.path: why.get(key, _DIED) for key, item in todo.items()}
    return Outcome(total - len(todo), len(asked) - total, dict(sorted(bad.items())), dict(sorted(undone.items())))


def do_batch(items: Sequence[Item], steps: Sequence[Step], out: str) -> _Said:
    """Do the steps to some covers and write their rows; whatever goes wrong is told, never raised."""
    rows, failed = [], {}
    for item in items:
        try:
            row = _row(item, steps)
            if row["problem"] and item.content_hash:  # it could be read once, and may be put back
                failed[item.key] = row["problem"]
            else:
                rows.append(row)
        except Exception as error:  # of the disk, the network, or any library
            failed[item.key] = in_words(error)
    try:
        if rows:
            Shards(out, steps).write(rows)
    except Exception as error:  # as above
        return _Said(0, failed | {row["key"]: in_words(error) for row in rows})
    return _Said(len(rows), failed)


def _row(item: Item, steps: Sequence[Step]) -> dict[str, Any]:
    row = {"key": item.key, "path": item.path, "problem": "", "content_hash": item.content_hash}
    try:
        data = read(item.address)
        decoded = images.decode(data)
    except BadImage as error:
        return {**row, "problem": str(error)}
    row["content_hash"] = images.content_hash(decoded.image)
    if item.content_hash not in ("", row["content_hash"]):
        return {**row, "problem": "this is no longer the picture that was scanned: scan the data set again"}
    for step in steps:
        row |= step(Opened(data, decoded))
    return row


def _missing(items: Mapping[str, Item], shards: Shards) -> dict[str, Item]:
    known = shards.known()
    return {key: item for key, item in items.items() if key not in known}


def _batches(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _here(batches: Sequence[Sequence[Item]], steps: Sequence[Step], out: str) -> Iterator[_Said]:
    pool = ThreadPoolExecutor(settings()["INFERENCE_NUM_THREADS"])
    try:
        yield from pool.map(lambda batch: do_batch(batch, steps, out), batches)
    finally:
        pool.shutdown(cancel_futures=True)


def _on_ray(batches: Sequence[Sequence[Item]], steps: Sequence[Step], out: str) -> Iterator[_Said]:
    """Ray Data keeps as many batches under way as there are cores, and has those of a machine that went done again."""
    import ray.data

    def do(row: dict[str, Any]) -> dict[str, Any]:
        return {"said": do_batch(row["items"], steps, out)}

    if batches:
        rows = [{"items": batch} for batch in batches]
        said = ray.data.from_items(rows, override_num_blocks=len(rows)).map(do, ray_remote_args_fn=_few_tries)
        yield from (row["said"] for row in said.iter_rows())


def _few_tries() -> dict[str, Any]:
    """Ray would have a batch that ends its worker done for ever; what is left after these goes out in smaller ones."""
    return {"max_retries": 1}


@contextmanager
def _working(on: str) -> Iterator[Any]:
    """What does batches at the place that `on` names."""
    if on == HERE:
        yield _here
        return
    engine, _, address = on.partition(":")
    if engine != RAY:
        raise CoverGenreError(f"nothing can be done on {on!r}: say ray, or ray:ADDRESS for a cluster that runs")
    need("work on a cluster", ("ray", "fsspec"))
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray would report its use to its maker
    import ray

    try:
        _check_there(address)
        ray.init(address or "local", logging_level=logging.ERROR, log_to_driver=False, runtime_env=_environment())
    except (OSError, RuntimeError, ValueError) as error:
        raise CoverGenreError(f"no cluster of Ray could be had at {address or 'this machine'} ({error})") from error
    try:
        _settle()
        yield _on_ray
    finally:
        ray.shutdown()


def _check_there(address: str) -> None:
    """OSError at once when nobody listens at HOST:PORT, which Ray would try for minutes."""
    host, _, port = address.rpartition(":")
    if port.isdigit():
        socket.create_connection((host, int(port)), _CONNECTING).close()


def _settle() -> None:
    from ray.data import DataContext

    context = DataContext.get_current()
    context.enable_progress_bars = False  # ours is shown
    context.max_errored_blocks = -1  # a batch whose worker died is missing, and tried again in smaller company
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _environment() -> dict[str, Any]:
    """What workers are told: where what is made by use lies, and that each has one core."""
    told = {"COVERGENRE_HOME": str(home.home()), "OMP_NUM_THREADS": "1"}
    if "PYTHONPATH" in os.environ:
        told["PYTHONPATH"] = os.environ["PYTHONPATH"]
    return {"env_vars": told}
