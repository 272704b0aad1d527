import os
import re
import signal
import subprocess
import sys
import time

import pytest

from covergenre import hub
from covergenre.errors import Cancelled, NoWeights
from covergenre.progress import Monitor

FILE = "model.safetensors"
DATA = os.urandom(3_000_000)


@pytest.fixture
def world(start_hub):
    return start_hub({("timm/x", FILE): DATA})


@pytest.fixture
def file(tmp_path):
    return tmp_path / "networks" / "x.safetensors"


def test_a_file_is_downloaded_once_with_progress_in_megabytes(world, file):
    reports = []
    hub.fetch("timm/x", FILE, file, Monitor(reports.append))
    hub.fetch("timm/x", FILE, file)
    assert file.read_bytes() == DATA
    assert (reports[-1].done, reports[-1].total, reports[-1].what) == (3, 3, f"fetching {FILE} of timm/x, MB")
    assert len(world.count("/blobs/")) == sum(world.count("/blobs/").values()) == 1


def test_after_dropped_connections_only_the_rest_is_requested(world, file):
    world.drops = [1_000_000, 500_000]
    hub.fetch("timm/x", FILE, file)
    assert file.read_bytes() == DATA
    assert sum(world.count("/blobs/").values()) == 3


def test_a_stopped_download_keeps_what_it_received(world, file):
    reports = []
    with pytest.raises(Cancelled, match=r"stopped after \d of 3 MB; they are kept"):
        hub.fetch("timm/x", FILE, file, Monitor(reports.append, lambda: len(reports) > 3))
    assert 0 < file.with_name(f"{file.name}.part").stat().st_size < len(DATA)
    hub.fetch("timm/x", FILE, file)
    assert file.read_bytes() == DATA


def test_the_download_of_a_killed_process_is_resumed(world, file):
    world.drops = [1_000_000] * 3
    script = f"from covergenre import hub; from pathlib import Path; hub.fetch('timm/x', {FILE!r}, Path({str(file)!r}))"
    slow = f"import covergenre.web as web; web._wait = lambda state: 60.0; {script}"
    process = subprocess.Popen([sys.executable, "-c", slow])
    part = file.with_name(f"{file.name}.part")
    while process.poll() is None and not (part.exists() and part.stat().st_size == 1_000_000):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    world.drops = []
    hub.fetch("timm/x", FILE, file)
    assert file.read_bytes() == DATA
    assert not part.exists()


def test_a_file_with_a_wrong_digest_is_not_kept(world, file):
    world.overrides["/blobs/"] = (200, {}, DATA[:-1] + b"x")
    with pytest.raises(NoWeights, match=r"another digest than its host tells\): connect"):
        hub.fetch("timm/x", FILE, file)
    assert not list(file.parent.glob("x*"))


def test_a_partial_download_of_another_file_is_not_kept(world, file):
    file.parent.mkdir()
    file.with_name(f"{file.name}.part").write_bytes(b"x" * len(DATA))
    with pytest.raises(NoWeights, match="another digest"):
        hub.fetch("timm/x", FILE, file)
    hub.fetch("timm/x", FILE, file)
    assert file.read_bytes() == DATA


def test_without_a_connection_the_error_says_where_to_put_the_file(monkeypatch, file):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("covergenre.web._wait", lambda state: 0.01)
    with pytest.raises(
        NoWeights, match=rf"can't be reached.*bring that file from another one as {re.escape(str(file))}"
    ):
        hub.fetch("timm/x", FILE, file)


def test_a_small_file_is_checked_by_its_git_digest(world, file):
    etag = {"ETag": '"9e26dfeeb6e641a33dae4961196235bdb965b21b"'}
    world.overrides["/config.json"] = (200, etag, b"[]")
    with pytest.raises(NoWeights, match="another digest"):
        hub.fetch("timm/x", "config.json", file)
    world.overrides["/config.json"] = (200, etag, b"{}")
    hub.fetch("timm/x", "config.json", file)
    assert file.read_bytes() == b"{}"
