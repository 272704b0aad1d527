"""The words on many covers, each read once and kept."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

from covergenre import home
from covergenre.errors import Cancelled
from covergenre.progress import Progress, Report, ShouldStop, never, silent
from covergenre.reading.reader import VERSION, open_reader
from covergenre.reading.store import TextStore
from covergenre.reading.text import ReadText

_KEPT_AT_ONCE = 64  # what a kill can cost: some seconds of work


def read_covers(
    covers: Mapping[str, Callable[[], Image.Image]], report: Report = silent, should_stop: ShouldStop = never
) -> dict[str, ReadText]:
    """What is written on covers, by content hash: `covers` has for each how to get its picture, RGB.

    What the store under `home.texts()` holds is not read again; when it holds all, neither the networks nor a picture
    is opened. Work that was stopped or killed goes on where it was. Raises MissingPackage when covers have to be read
    and the networks are not installed, Cancelled when stopped, and what getting a picture raises.
    """
    store = TextStore(home.texts() / VERSION)
    held = store.get()
    missing = [key for key in covers if key not in held]
    if missing:
        reader = open_reader()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for start in range(0, len(missing), _KEPT_AT_ONCE):
                part = missing[start : start + _KEPT_AT_ONCE]
                if should_stop():
                    raise Cancelled("the reading of words was stopped; what was read is kept")
                texts = dict(zip(part, pool.map(lambda key: reader.read(covers[key]()), part), strict=True))
                store.put(texts)
                held |= texts
                report(Progress(start + len(part), len(missing), "reading words"))
    return {key: held[key] for key in covers}
