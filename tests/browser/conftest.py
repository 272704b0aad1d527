"""The real app in a real browser: one server and one chromium for all tests, a new visitor for each."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from visiting import wait_until_idle
from workers import TIMEOUT

ROOT = Path(__file__).parents[2]
_WINDOW = {"width": 1280, "height": 800}
_ARGUMENTS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",  # a third of what opening a window takes, never seen
]


@pytest.fixture(scope="session")
def serve(tmp_path_factory) -> Iterator[Callable[..., str]]:
    """Starts the app on a home; its address. `again`: the one just started is ended first, and its address taken."""
    started: list[subprocess.Popen] = []

    def launch(home: Path, port: int, log: Path) -> bool:
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", f"--server.port={port}"]
        with log.open("w") as written:
            process = subprocess.Popen(
                [*command, "--server.headless=true"],
                cwd=ROOT,
                env={**os.environ, "COVERGENRE_HOME": str(home)},
                stdout=written,
                stderr=subprocess.STDOUT,
            )
        started.append(process)
        return _answers(f"http://localhost:{port}/_stcore/health", process)

    def start(home: Path, again: str = "") -> str:
        if again:
            started[-1].terminate()
            started[-1].wait(TIMEOUT)
        log = tmp_path_factory.mktemp("server") / "log.txt"
        for _ in range(3):  # a port that is free now may be taken before the server binds it
            port = int(again.rpartition(":")[2]) if again else _free_port()
            if launch(home, port, log):
                return f"http://localhost:{port}"
        pytest.fail(f"the app did not start:\n{log.read_text()}")

    yield start
    for process in started:
        process.terminate()
        process.wait(TIMEOUT)


@pytest.fixture(scope="session")
def server(serve, tmp_path_factory) -> str:
    """The address of the app, with the starter that ships."""
    return serve(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """The browser that Debian and others install."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("there is no chromium here")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=1000 * TIMEOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, server) -> Iterator[Callable]:
    """Open an address of the app as a new visitor with options of `browser.new_context`; the page is at rest then.

    At the end no page may have said an error, or asked anybody but the server for anything that `allowed` doesn't name.
    """
    wrongs: list[str] = []
    contexts = []

    def open_page(address: str = "/", allowed: Sequence[str] = (), **options):
        contexts.append(chromium.new_context(**{"viewport": _WINDOW, **options}))
        contexts[-1].set_default_timeout(1000 * TIMEOUT)
        page = contexts[-1].new_page()
        page.on("console", lambda message: wrongs.append(message.text) if _is_wrong(message) else None)
        page.on("pageerror", lambda error: wrongs.append(str(error)))
        page.on("request", lambda request: wrongs.append(request.url) if _foreign(request.url, allowed) else None)
        page.goto(f"{server}{address}")
        page.locator(".stApp h1").wait_for()
        wait_until_idle(page)
        return page

    def _is_wrong(message) -> bool:
        # Opened at a page's own address, Streamlit looks for its server below that address before it tries above.
        # And a picture of a page that was left at once may be gone before the browser has asked for it.
        known = r"/\w+/_stcore/[\w-]+$|/media/[0-9a-f]+\.\w+$"
        return message.type == "error" and not any(
            re.search(known, text) for text in (message.location["url"], message.text)
        )

    def _foreign(url: str, allowed: Sequence[str]) -> bool:
        return not url.startswith((server, "data:", "blob:", server.replace("http", "ws"), *allowed))

    yield open_page
    for context in contexts:
        context.close()
    assert wrongs == []


@pytest.fixture
def drop() -> Callable:
    """Drop files on the page's drop zone, as a hand with a mouse does."""

    def drop_files(page, files: Sequence[Path]) -> None:
        box = page.get_by_test_id("stFileUploaderDropzone").bounding_box()
        at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        carried = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
        devtools = page.context.new_cdp_session(page)
        for kind in ("dragEnter", "dragOver", "drop"):
            devtools.send("Input.dispatchDragEvent", {"type": kind, **at, "data": carried})

    return drop_files


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return free.getsockname()[1]


def _answers(address: str, process: subprocess.Popen) -> bool:
    """Whether the process comes to answer at this address; False where it ends instead."""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return process.poll() is None
        except OSError:
            time.sleep(0.1)
    return False
