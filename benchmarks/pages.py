"""Layout shift, transferred bytes and time to the first words of the app's pages, in a real browser.

python -m benchmarks.pages [--beside FOLDER]

Starts the app on an empty home and opens each page anew, with an empty cache, wide and on a phone. CLS is the
largest session window of layout shifts, as https://web.dev/articles/cls defines it; below 0.1 is good. Bytes are those
that went over the wire. `--beside` does the same with another checkout of the app, so that two versions are compared on
one machine in one run. Chromium and playwright are needed.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.common import command_line, machine
from covergenre.dataset.starter import open_starter

_PAGES = {
    "predict": "/",
    "predict, an example": "/",
    "browse": "/browse",
    "browse, a cover": "/browse?cover={cover}",
    "browse, portraits": "/browse?view=Portraits",
    "browse, map": "/browse?view=Map",
    "explore": "/explore",
    "explore, gallery": "/explore?see=Gallery",
    "train": "/train",
    "compare": "/compare",
    "the starter": "/starter",
}
_WIDTHS = (1440, 390)
_SETTLED = 1500  # ms without news from the server
_DRAWN = """() => document.querySelector(".stApp h1") && !document.querySelector(
    '[data-stale="true"], [data-testid="stSkeleton"], [data-test-script-state="running"]')"""
_WATCH = """
window.shifts = [];
new PerformanceObserver(list => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput) window.shifts.push([entry.startTime, entry.value]);
}).observe({type: "layout-shift", buffered: true});
"""
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    parser = command_line(__doc__)
    parser.add_argument("--beside", type=Path, help="another checkout to measure in the same run")
    parser.add_argument("--only", default="", help="pages whose name begins so")
    options = parser.parse_args()
    roots = [*([options.beside.resolve()] if options.beside else []), Path(__file__).resolve().parents[1]]
    print(f"{machine()}; CLS, kB over the wire, s to the first words")
    columns = [f"{which} {width}px" for which in ("beside", "here")[-len(roots) :] for width in _WIDTHS]
    print(" " * 22 + "".join(f"{column:>22}" for column in columns))
    cover = open_starter().covers["content_hash"].iloc[7][:16]
    with browser() as chromium, apps(roots) as addresses:
        for name in (name for name in _PAGES if name.startswith(options.only)):
            path = _PAGES[name].format(cover=cover)
            cells = [_measure(chromium, at, path, name, width) for at in addresses for width in _WIDTHS]
            row = "".join(f"{cls:9.3f}{size:7.0f}{words:6.1f}" for cls, size, words in cells)
            print(f"{name:22}{row}", flush=True)


@contextmanager
def browser() -> Iterator[Any]:
    """Chromium, as installed on the system."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if path is None:
        sys.exit("There is no chromium here: install one.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield chromium
        chromium.close()


@contextmanager
def apps(roots: list[Path]) -> Iterator[list[str]]:
    """The app of each checkout, served from an empty home; their addresses."""
    with tempfile.TemporaryDirectory() as homes:
        started = [start(root, Path(homes) / str(number)) for number, root in enumerate(roots)]
        try:
            yield [address for _, address in started]
        finally:
            for process, _ in started:
                process.terminate()
                process.wait(20)


def start(root: Path, home: Path) -> tuple[subprocess.Popen, str]:
    """The app of a checkout on a home, once it answers: its process and its address."""
    home.mkdir(exist_ok=True)
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", f"--server.port={port}"]
    environment = {**os.environ, "COVERGENRE_HOME": str(home), "PYTHONPATH": str(root)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([*command, "--server.headless=true"], cwd=root, env=environment, **quiet)
    address = f"http://localhost:{port}"
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
                return process, address
        except OSError:
            time.sleep(0.2)
    process.terminate()
    sys.exit(f"The app in {root} does not start.")


def _measure(chromium: Any, address: str, path: str, name: str, width: int) -> tuple[float, float, float]:
    """The layout shift, kilobytes and seconds to the first words of a page that is opened for the first time."""
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    size = [0]
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.on("Network.loadingFinished", lambda event: size.append(event["encodedDataLength"]))
    devtools.on("Network.webSocketFrameReceived", lambda event: size.append(len(event["response"]["payloadData"])))
    page.add_init_script(_WATCH)
    began = time.monotonic()
    page.goto(address + path)
    page.locator("h1").first.wait_for(timeout=60_000)
    words = time.monotonic() - began
    settle(page)
    if name == "predict, an example":
        page.locator('[class*="st-key-example-"] button').first.click()
        page.locator(".st-key-answer h2").first.wait_for(timeout=60_000)
        settle(page)
    shift = _cls(page.evaluate("window.shifts"))
    context.close()
    return shift, sum(size) / 1000, words


def arrive(page: Any) -> None:
    """Wait until the server has sent the page, its own heading and all, and it is drawn."""
    page.wait_for_function(_DRAWN, timeout=120_000)


def settle(page: Any) -> None:
    """As `arrive`, and a while longer without news."""
    arrive(page)
    page.wait_for_timeout(_SETTLED)


def _cls(shifts: list[tuple[float, float]]) -> float:
    """The largest sum of a session window: shifts less than 1 s apart, within 5 s."""
    largest = now = 0.0
    began = last = -1e9
    for at, value in shifts:
        if at - last > 1000 or at - began > 5000:
            began, now = at, 0.0
        last, now = at, now + value
        largest = max(largest, now)
    return largest


if __name__ == "__main__":
    main()
