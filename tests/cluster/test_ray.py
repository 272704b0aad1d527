"""A cluster of two nodes with one core each, parts of which are killed."""

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from crashing import CrashingStep
from drawing import genre_folders
from pandas.testing import assert_frame_equal
from tiny import tiny_recipe

from covergenre import home
from covergenre.cluster import job
from covergenre.cluster.dataset import embedder, scanner
from covergenre.cluster.job import Outcome, run
from covergenre.cluster.shards import Shards
from covergenre.cluster.steps import look
from covergenre.dataset import registry
from covergenre.embedding.embed import embed_dataset
from covergenre.errors import CoverGenreError

# Not imported here: Ray reads its settings as it is, and the fixtures have some.
pytestmark = [pytest.mark.cluster, pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")]

_BATCHES = (2, 1, 1)


@pytest.fixture(autouse=True, scope="module")
def token() -> Iterator[None]:
    """The password of these tests' clusters; Ray looks at it once in a process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "token")
        patch.setenv("RAY_AUTH_TOKEN", secrets.token_hex(32))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_prestart_worker_first_driver", "0")  # workers start when there is work for them
        yield


@pytest.fixture
def ray_home(own_home, monkeypatch) -> Path:
    """The home that workers use."""
    monkeypatch.setattr(job, "_BATCHES", _BATCHES)
    return own_home


@pytest.fixture(scope="module")
def head(token) -> Iterator[str]:
    """The address of a first node of one core, which no test ends: it takes long to start."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with _started("--head", f"--port={port}", "--include-dashboard=false"):
        yield f"127.0.0.1:{port}"


@pytest.fixture(scope="module")
def second_node(head) -> Iterator[Callable[[], None]]:
    """Starts a second node of one core unless it is running: a test may have killed it."""
    started: list[subprocess.Popen] = []
    with ExitStack() as nodes:

        def ensure() -> None:
            if not started or started[-1].poll() is not None:
                started.append(nodes.enter_context(_started(f"--address={head}")))

        yield ensure


@pytest.fixture
def address(ray_home, head, second_node) -> str:
    """The address of a cluster of two nodes."""
    second_node()
    return f"ray:{head}"


@contextmanager
def _started(*where: str, before: Sequence[str] = ()) -> Iterator[subprocess.Popen]:
    """A node, started by `ray start` behind the command `before`."""
    small = ("--node-ip-address=127.0.0.1", "--num-cpus=1", "--object-store-memory=80000000", "--block")
    lean = ("--no-monitor", "--include-log-monitor=false")
    process = subprocess.Popen(
        (*before, sys.executable, "-m", "ray.scripts.scripts", "start", *where, *small, *lean),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert any("Ray runtime started" in line for line in process.stdout)
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def assert_complete(items, steps, out, outcome: Outcome) -> None:
    """Each cover has one row, or is named as undone."""
    paths = [path for table in Shards(out, steps).tables(["path"]) for path in table["path"].to_pylist()]
    assert sorted([*paths, *outcome.undone]) == [item.path for item in items]
    assert list(outcome.bad) == ["jazz/bad.png"]


def _head(address: str) -> str:
    """The id of the first node."""
    import ray

    with ray.init(address.removeprefix("ray:"), logging_level="ERROR"):
        return next(node["NodeID"] for node in ray.nodes() if "node:__internal_head__" in node["Resources"])


def test_scan_and_vectors_on_ray_equal_those_in_process(address, tmp_path):
    folder = genre_folders(tmp_path / "covers", ["jazz", "pop"], 3)
    here, _ = registry.register("here", folder)
    there, _ = registry.register("there", folder, read_pixels=scanner("ray"))
    assert_frame_equal(there.manifest, here.manifest)
    recipe = tiny_recipe(tmp_path)
    vectors = embed_dataset(there, recipe, fill=embedder(address))["original"]
    (home.vectors() / recipe.key).rename(home.vectors() / "of-ray")
    assert abs(vectors - embed_dataset(here, recipe)["original"]).max() < 1e-4


def test_a_killed_worker_loses_no_cover(address, items, out, tmp_path):
    steps = [look(), CrashingStep("worker", 45, str(tmp_path / "mark"))]
    outcome = run(items, steps, out, on=address)
    assert (tmp_path / "mark").exists()
    assert outcome.undone == {}
    assert_complete(items, steps, out, outcome)


def test_only_the_cover_that_kills_every_worker_is_reported(address, items, out):
    steps = [CrashingStep("worker", 45, "", always=True)]
    outcome = run(items, steps, out, on=address)
    assert list(outcome.undone) == ["jazz/45.png"]
    assert_complete(items, steps, out, outcome)


def test_a_job_resumes_after_its_driver_was_killed(address, items, out, tmp_path):
    code = f"""
import os
from covergenre.cluster import inputs, job
from covergenre.cluster.steps import look
from crashing import CrashingStep
job._BATCHES = {_BATCHES}
steps = [look(), CrashingStep(str(os.getpid()), 50, {str(tmp_path / "mark")!r}, key="deadly")]
job.run(inputs.find_items({str(tmp_path / "covers")!r}), steps, {out!r}, on={address!r})
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    steps = [look(), CrashingStep("0", 0, "")]
    outcome = run(items, steps, out, on=address)
    assert outcome.reused > 0
    assert outcome.undone == {}
    assert_complete(items, steps, out, outcome)


def test_a_full_disk_on_one_node_is_reported_or_retried_elsewhere(address, head, items, out):
    full = f'mount -t tmpfs -o size=4k tmpfs {out} && exec "$@"'
    Path(out).mkdir()
    if subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        pytest.skip("a disk that only one node sees can't be had here")
    with _started(f"--address={head}", before=("unshare", "-m", "sh", "-c", full, "sh")):
        outcome = run(items, [look()], out, on=address)
    assert_complete(items, [look()], out, outcome)
    assert all("make room" in why for why in outcome.undone.values())


def test_a_killed_node_loses_no_cover(address, items, out, tmp_path):
    steps = [CrashingStep("node", 45, str(tmp_path / "mark"), only_beside=_head(address))]
    outcome = run(items, steps, out, on=address)
    assert outcome.undone == {}
    assert_complete(items, steps, out, outcome)


def test_an_unreachable_cluster_is_reported(items, out):
    with pytest.raises(CoverGenreError, match="6398"):
        run(items, [look()], out, on="ray:127.0.0.1:6398")
