"""What the benchmarks share: command lines, covers, time, memory and tables."""

import argparse
import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from covergenre import home, images

VOCABULARY = (
    "night",
    "blue",
    "road",
    "fire",
    "moon",
    "river",
    "gold",
    "heart",
    "black",
    "winter",
    "love",
    "ghost",
    "city",
)
"""Words for invented names."""


def command_line(doc: str, folder: str = "") -> argparse.ArgumentParser:
    """A parser whose help is the module's docstring; `folder` describes a positional argument of that name."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    if folder:
        parser.add_argument("folder", type=Path, help=folder)
    return parser


@contextmanager
def empty_home() -> Iterator[Path]:
    """A temporary COVERGENRE_HOME, for this process and those that it starts."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COVERGENRE_HOME"] = folder
        yield Path(folder)


def covergenre(*arguments: str, within: Sequence[str] = (), **options: Any) -> subprocess.Popen:
    """The command line in a process of its own, with a pipe for its output; `within`: a command that runs it."""
    command = [*within, sys.executable, "-B", "-m", "covergenre", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds by the clock, and the result."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def machine() -> str:
    """Cores, and how busy they are."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def peak_bytes() -> int:
    """The most memory that this process has had; mapped files count as far as they were read."""
    status = Path("/proc/self/status").read_text()  # ru_maxrss starts at the peak of the parent process
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) * 1024


def spread(folder: Path, count: int) -> list[Path]:
    """`count` JPEG files below a folder, evenly spread over its sorted files."""
    files = sorted(folder.resolve().rglob("*.jpg"))
    return files[:: max(1, len(files) // count)][:count]


def read_image(file: Path) -> Image.Image:
    """A cover as the app decodes it."""
    return images.decode(images.read(file)).image


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    """The image as a file of this format."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def scanned(folder: Path) -> Any:
    """A folder of covers as a data set that is not registered."""
    from covergenre.dataset.manifest import scan
    from covergenre.dataset.registry import Dataset

    return Dataset("covers", folder.resolve(), home.home(), scan(folder).manifest)


def held_out(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The manifest of the usable covers in a folder, and the rows of it that are in the starter's test part."""
    from covergenre.dataset.manifest import usable
    from covergenre.dataset.starter import open_starter

    manifest, known = usable(scanned(folder).manifest), open_starter().covers
    return manifest, manifest[manifest["content_hash"].isin(known.loc[known["part"] == "test", "content_hash"])]


def student(values: Sequence[float]) -> float:
    """Half the width of Student's 95 % interval of the mean; nan for a single value."""
    from scipy.stats import t

    n = len(values)
    return float(t.ppf(0.975, n - 1) * np.std(values, ddof=1) / np.sqrt(n)) if n > 1 else np.nan


def markdown(cells: Iterable[str]) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def markdown_header(columns: Sequence[str], texts: int = 1) -> str:
    """The head of a Markdown table; all columns but the first `texts` are aligned to the right."""
    return "\n".join((markdown(columns), markdown(["---"] * texts + ["---:"] * (len(columns) - texts))))
