"""Steps applied to many covers, on this machine or on Ray.

Workers get batches of names, not of pixels; a worker reads each cover, applies all steps, writes the batch's rows as a
shard and returns counts. So memory is bounded everywhere, and a machine that dies costs only its current batch. Covers
that have a row are not processed again.
"""

import logging
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from covergenre import home, images
from covergenre.cluster.inputs import Item, read
from covergenre.cluster.shards import Shards
from covergenre.cluster.steps import OpenedCover, Step
from covergenre.errors import BadImage, CoverGenreError, in_words
from covergenre.inference import settings
from covergenre.packages import need
from covergenre.progress import SILENT, Monitor

HERE = ""
RAY = "ray"

_CONNECT_SECONDS = 10
_BATCHES = (64, 8, 1)  # covers per batch; those of failed batches are retried in smaller ones, the last time alone
_DIED = "no row of it came: its worker died each time (memory, or a picture that crashes its reader) or wrote elsewhere"


@dataclass(frozen=True)
class Outcome:
    """How many covers were processed, how many had been before, and errors by path.

    `bad`: covers that can't be used, as their rows say; `undone`: those without a row, because a disk, a network or a
    worker failed.
    """

    done: int
    reused: int
    bad: Mapping[str, str]
    undone: Mapping[str, str]


class BatchResult(NamedTuple):
    """The result of a batch: how many rows were written, and why others were not, by key."""

    written: int
    failed: Mapping[str, str]


def run(
    items: Sequence[Item],
    steps: Sequence[Step],
    out: str,
    on: str = HERE,
    monitor: Monitor = SILENT,
) -> Outcome:
    """Apply the steps to each item and write the rows to the shards of `out`, a folder that all workers can reach.

    `on`: `HERE`; "ray" for a cluster of this machine's cores; "ray:ADDRESS" for the one at that address. A cover that
    can't be read has a row that says so, unless it was readable before; one whose disk, network or worker failed has
    none and is retried by the next run. Raises MissingPackage without Ray, CoverGenreError without a cluster, Cancelled
    when stopped; rows written until then are kept.
    """
    shards = Shards(out, steps)
    wanted = {item.key: item for item in items}
    todo = _missing(wanted, shards)
    total, done, why = len(todo), 0, dict[str, str]()
    with _workers(on if todo else HERE) as process:
        for size in _BATCHES:
            left = list(todo.values())
            batches = [left[start : start + size] for start in range(0, len(left), size)]
            for result in process(batches, steps, out):
                done, why = done + result.written, {**why, **result.failed}
                monitor.report(min(done, total), total, "covers")
                monitor.check(f"stopped after {done} of {total} covers; those are kept")
            before, todo = len(todo), _missing(todo, shards)  # rows that exist count, not those that were reported
            if not todo or (len(todo) == before and todo.keys() <= why.keys()):
                break  # done, or all have failed for a reason that a retry won't change
    bad = {path: problem for key, (path, problem) in shards.known().items() if problem and key in wanted}
    undone = {item.path: why.get(key, _DIED) for key, item in todo.items()}
    return Outcome(total - len(todo), len(wanted) - total, dict(sorted(bad.items())), dict(sorted(undone.items())))


def process_batch(items: Sequence[Item], steps: Sequence[Step], out: str) -> BatchResult:
    """Apply the steps to a batch of covers and write their rows; errors are returned, never raised."""
    rows, failed = [], {}
    for item in items:
        try:
            row = _row(item, steps)
            if row["problem"] and item.content_hash:  # it was readable before, and may be restored
                failed[item.key] = row["problem"]
            else:
                rows.append(row)
        except Exception as error:  # of the disk, the network, or any library
            failed[item.key] = in_words(error)
    try:
        if rows:
            Shards(out, steps).write(rows)
    except Exception as error:  # as above
        return BatchResult(0, failed | {row["key"]: in_words(error) for row in rows})
    return BatchResult(len(rows), failed)


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
        row |= step.columns(OpenedCover(data, decoded))
    return row


def _missing(items: Mapping[str, Item], shards: Shards) -> dict[str, Item]:
    known = shards.known()
    return {key: item for key, item in items.items() if key not in known}


def _in_threads(batches: Sequence[Sequence[Item]], steps: Sequence[Step], out: str) -> Iterator[BatchResult]:
    pool = ThreadPoolExecutor(settings()["INFERENCE_NUM_THREADS"])
    try:
        yield from pool.map(lambda batch: process_batch(batch, steps, out), batches)
    finally:
        pool.shutdown(cancel_futures=True)


def _on_ray(batches: Sequence[Sequence[Item]], steps: Sequence[Step], out: str) -> Iterator[BatchResult]:
    """Ray Data runs as many batches at a time as there are cores, and reruns those of a machine that died."""
    import ray.data

    def process(row: dict[str, Any]) -> dict[str, Any]:
        return {"result": process_batch(row["items"], steps, out)}

    def few_retries() -> dict[str, Any]:  # Ray would retry a batch that kills its worker for ever
        return {"max_retries": 1}

    if batches:
        rows = [{"items": batch} for batch in batches]
        data = ray.data.from_items(rows, override_num_blocks=len(rows))
        yield from (row["result"] for row in data.map(process, ray_remote_args_fn=few_retries).iter_rows())


@contextmanager
def _workers(on: str) -> Iterator[Callable[..., Iterator[BatchResult]]]:
    """The function that processes batches on what `on` names."""
    if on == HERE:
        yield _in_threads
        return
    engine, _, address = on.partition(":")
    if engine != RAY:
        raise CoverGenreError(f"{on!r} is no place to run on: give ray, or ray:ADDRESS for a running cluster")
    need("work on a cluster", ("ray", "fsspec"))
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # no telemetry
    import ray

    try:
        host, _, port = address.rpartition(":")
        if port.isdigit():  # fail at once when nobody listens, which Ray would try for minutes
            socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()
        environment = {"COVERGENRE_HOME": str(home.home()), "OMP_NUM_THREADS": "1"}  # one core per worker
        if "PYTHONPATH" in os.environ:
            environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
        runtime = {"env_vars": environment}
        ray.init(address or "local", logging_level=logging.ERROR, log_to_driver=False, runtime_env=runtime)
    except (OSError, RuntimeError, ValueError) as error:
        raise CoverGenreError(f"no Ray cluster is available at {address or 'this machine'} ({error})") from error
    try:
        _configure_ray()
        yield _on_ray
    finally:
        ray.shutdown()


def _configure_ray() -> None:
    from ray.data import DataContext

    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.max_errored_blocks = -1  # a batch whose worker died is skipped, and retried in smaller ones
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.ERROR)
