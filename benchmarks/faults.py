"""A campaign of faults: what was tried, what held, what failed. It ends with exit code 1 if anything failed.

python -m benchmarks.faults [--rounds 200] [--only KIND,KIND]

Everything is drawn here and happens in a temporary home. To hold means: an answer, or an error of the project's own
that says what to do; nothing else raised, nothing half written, nothing written outside, nothing lost, in bounded time.
"""

import argparse
import io
import json
import logging
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image, ImageDraw

from covergenre import home, images
from covergenre.dataset.groups import connect, near_duplicates
from covergenre.dataset.registry import names, open_dataset, register, remove
from covergenre.dataset.starter import open_starter
from covergenre.errors import CoverGenreError
from covergenre.exchange.archive import discard, register_archive
from covergenre.runs.record import Run, list_runs

_SLOW = 15.0  # seconds of the processor that one file may take
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
_MAGIC = (b"\xff\xda\xff\xda", b"\xff" * 6, bytes(6), b"\x7f\xff\xff\xff", b"II*\0", b"IHDR", b"../", b"\\", b'",;\n')
_EVIL = ("../out.png", "/out.png", "..\\out.png", "C:\\out.png", "jazz/..\\..\\out.png", "jazz/a.png/b.png")

Case = tuple[str, Callable[[], None]]


def main() -> None:
    """Run the campaign and print its table."""
    campaigns = {
        "copies": _copies,  # first: its figure is how much larger this process grew than it ever was
        "pictures": _pictures,
        "archives": _archives,
        "tables": _tables,
        "records": _records,
        "runs": _runs,
        "starter": _starter,
        "kills": _kills,
        "full": _full,
        "readonly": _readonly,
        "sessions": _sessions,
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200, help="mutations of each kind (default 200)")
    parser.add_argument("--only", default=",".join(campaigns), help="kinds, joined by commas")
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # of what is damaged on purpose
    failed = 0
    print(f"{'kind':12}{'tried':>8}{'held':>8}{'failed':>8}{'seconds':>10}")
    for kind in options.only.split(","):
        failed += _try_all(kind, campaigns[kind], options.rounds)
    sys.exit(1 if failed else 0)


def _try_all(kind: str, campaign: Callable[[random.Random, int, Path], Iterator[Case]], rounds: int) -> int:
    """Try all cases of a kind in a home of its own; how many failed."""
    began, tried, failures = time.perf_counter(), 0, []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COVERGENRE_HOME"] = str(Path(folder) / "home")
        for name, act in campaign(random.Random(kind), rounds, Path(folder)):
            tried += 1
            started = time.process_time()
            try:
                act()
            except CoverGenreError:
                pass
            except BaseException as error:
                failures.append(f"{name}: {type(error).__name__}: {error}")
            if time.process_time() - started > _SLOW:
                failures.append(f"{name}: took {time.process_time() - started:.0f} s")
    seconds = time.perf_counter() - began
    print(f"{kind:12}{tried:8}{tried - len(failures):8}{len(failures):8}{seconds:10.1f}", flush=True)
    for failure in failures[:10]:
        print(f"    {failure}", flush=True)
    return len(failures)


def _pictures(rng: random.Random, rounds: int, folder: Path) -> Iterator[Case]:  # noqa: ARG001 (as all are called)
    for kind in _FORMATS:
        whole = _encoded(kind, rng)
        for number in range(rounds):
            data = _mutated(whole, rng)
            yield f"{kind} {number}", lambda data=data: images.thumbnail(images.decode(data).image)
    for name, data in _costly():
        yield name, lambda data=data: images.thumbnail(images.decode(data).image)


def _archives(rng: random.Random, rounds: int, folder: Path) -> Iterator[Case]:
    for number in range(rounds):
        data = _zipped(rng, evil=number % 2 == 0)
        data = _mutated(data, rng) if number % 3 else data

        def act(data: bytes = data) -> None:
            dataset, _ = register_archive("zip", io.BytesIO(data))
            remove("zip")
            discard(dataset)

        yield f"archive {number}", _leaving_nothing(act, folder)


def _tables(rng: random.Random, rounds: int, folder: Path) -> Iterator[Case]:
    root = _covers(folder / "covers", rng)
    table = "path,artist,album,year\n" + "".join(f"jazz/{n}.jpg,Ada,Blue,1959\n" for n in range(3))
    for number in range(rounds):
        data = _mutated(table.encode(), rng)

        def act(data: bytes = data) -> None:
            (root / "manifest.csv").write_bytes(data)
            register("tables", root)

        yield f"table beside the covers {number}", act
    (root / "manifest.csv").unlink()
    register("tables", root)
    stored = home.datasets() / "tables" / "manifest.csv"
    good = stored.read_bytes()
    for number in range(rounds):
        stored.write_bytes(_mutated(good, rng))
        yield f"stored manifest {number}", lambda: open_dataset("tables")


def _records(rng: random.Random, rounds: int, folder: Path) -> Iterator[Case]:
    root = _covers(folder / "covers", rng)
    register("records", root)
    record = home.datasets() / "records" / "dataset.json"
    good = record.read_bytes()
    for number in range(rounds):
        record.write_bytes(_mutated(good, rng))
        yield f"record {number}", lambda: register("records", root)
    record.write_bytes(good)
    register("records", root)


def _runs(rng: random.Random, rounds: int, folder: Path) -> Iterator[Case]:
    """A run of which one file changed says so, or is read as it was."""
    register("mine", _covers(folder / "covers", rng, each=10))
    run_id = json.loads(_said("train", "mine", "--method", "knn", "--set", "k=3", "--json"))["id"]
    kinds = (".json", ".npz", ".parquet")
    files = sorted(file for file in (home.runs() / run_id).rglob("*") if file.suffix in kinds)

    def act() -> None:
        list_runs()
        run = Run.open(run_id)
        for read in (run.status, run.evaluation, run.predictions, run.events, run.load_model):
            read()

    for number in range(rounds):
        file = files[number % len(files)]
        good = file.read_bytes()
        file.write_bytes(_mutated(good, rng))
        yield f"{file.name} {number}", act
        file.write_bytes(good)


def _starter(rng: random.Random, rounds: int, folder: Path) -> Iterator[Case]:
    """Changed bytes are named: no answer comes from them."""
    shipped = home.shipped_starter()
    own = folder / "home" / "starter"
    shutil.copytree(shipped, own)
    for number in range(min(rounds, 40)):
        file = own / ("network.bin", "vectors.npy", "covers.parquet", "familiarity.npz")[number % 4]
        good = file.read_bytes()
        at = rng.randrange(len(good))
        file.unlink()
        file.write_bytes(good[:at] + bytes([good[at] ^ 1 << rng.randrange(8)]) + good[at + 1 :])

        def act() -> None:
            open_starter(own)
            raise AssertionError("changed bytes were taken for good")

        yield f"{file.name} {number}", act
        file.unlink()
        file.write_bytes(good)


def _kills(rng: random.Random, rounds: int, folder: Path) -> Iterator[Case]:
    """A scan that is killed at any time leaves a data set that opens, or none; asked again it is whole."""
    root = _covers(folder / "covers", rng, each=60)
    for _ in range(min(rounds // 10, 20)):
        delay = rng.uniform(0.2, 4)

        def act(delay: float = delay) -> None:
            process = _shell("scan", str(root), "--name", "killed")
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
            process.wait()
            if "killed" in names():
                assert len(open_dataset("killed").manifest) == 120, "half a data set"
            assert len(register("killed", root)[0].manifest) == 120, "covers are lost"

        yield f"kill after {delay:.1f} s", act


def _full(rng: random.Random, rounds: int, folder: Path) -> Iterator[Case]:  # noqa: ARG001 (as all are called)
    """Where nothing more can be written, a command says so on one line and leaves nothing half written."""
    root = _covers(folder / "covers", rng, each=20)
    for limit in (0, 100, 1000, 4000):

        def act(limit: int = limit) -> None:
            process = _shell("scan", str(root), "--name", "full", largest=limit)
            said = process.communicate(timeout=120)[1].decode()
            assert "Traceback" not in said, said[-300:]
            assert process.returncode == 1, f"exit code {process.returncode}"
            assert "full" not in names(), "half a data set was left"

        yield f"files of at most {limit} bytes", act


def _readonly(rng: random.Random, rounds: int, folder: Path) -> Iterator[Case]:  # noqa: ARG001 (as all are called)
    """Where nothing may be written, what only reads answers, and what writes says so on one line."""
    root = _covers(folder / "covers", rng, each=10)
    cover = root / "jazz" / "0.jpg"
    register("mine", root)
    trained = json.loads(_said("train", "mine", "--method", "knn", "--set", "k=3", "--json"))["id"]
    reads = (
        ("runs",),
        ("runs", "show", trained),
        ("evaluate", trained),
        ("predict", str(cover)),
        ("predict", "--run", trained, str(cover)),
        ("starter", "show"),
    )
    writes = (("scan", str(root), "--name", "mine"), ("runs", "use", trained), ("train", "mine", "--method", "knn"))
    before = _listing(home.home())
    for arguments in (*reads, *writes):

        def act(arguments: tuple[str, ...] = arguments) -> None:
            process = _shell(*arguments, readonly=home.home())
            said = process.communicate(timeout=300)[1].decode()
            assert "Traceback" not in said, said[-300:]
            assert process.returncode == (arguments in writes), f"exit code {process.returncode}: {said[-200:]}"
            assert _listing(home.home()) == before, "something was written"

        yield " ".join(arguments[:2]), act


def _sessions(rng: random.Random, rounds: int, folder: Path) -> Iterator[Case]:  # noqa: ARG001 (as all are called)
    """Each page in a session that knows nothing, and one whose addresses are nonsense."""
    from streamlit.testing.v1 import AppTest

    pages = ("predict/predict", "browse/browse", "explore/explore", "train/train", "compare/compare", "starter/starter")
    nonsense = ({}, {"run": "\0", "cover": "own-" + "f" * 32, "data": "../.."}, {"whose": "x" * 5000, "view": "none"})
    for page in pages:
        for asked in nonsense:

            def act(page: str = page, asked: dict[str, str] = asked) -> None:
                app = AppTest.from_file(str(home.project() / "pages" / f"{page}.py"), default_timeout=120)
                app.query_params.update(asked)
                app.run()
                assert not app.exception, app.exception[0].message

            yield f"{page} {sorted(asked)}", act


def _copies(rng: random.Random, rounds: int, folder: Path) -> Iterator[Case]:  # noqa: ARG001 (as all are called)
    """6,000 near copies of a placeholder are one group, in memory that is bounded."""
    base = 0xAAAAAAAA55555555
    crowd = [f"{base ^ sum(1 << bit for bit in rng.sample(range(64), 4)):016x}" for _ in range(6000)]

    def act() -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        pairs = near_duplicates(crowd, 18)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(f"    6,000 near copies: {len(pairs):,} pairs named, {grown:.0f} MB more at the most")
        assert grown < 200, f"{grown:.0f} MB"
        assert len(set(connect(pairs, len(crowd)).tolist())) == 1, "the crowd fell apart"

    yield "6,000 near copies", act


def _listing(folder: Path) -> set[tuple[str, int]]:
    return {(str(path), path.stat().st_size) for path in folder.rglob("*")}


def _said(*arguments: str) -> str:
    """What a command says, which has to go well."""
    process = _shell(*arguments)
    out, error = process.communicate(timeout=300)
    if process.returncode:
        raise RuntimeError(error.decode())
    return out.decode()


def _shell(*arguments: str, largest: int | None = None, readonly: Path | None = None) -> subprocess.Popen:
    """A command in a process of its own, which can write no file larger than `largest` bytes, nor in `readonly`."""

    def bound() -> None:
        if largest is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    command = [sys.executable, "-B", "-m", "covergenre", *arguments]
    if readonly:  # a mount of the process's own, because permissions don't bind root
        mount = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
        command = ["unshare", "--mount", "--map-root-user", "sh", "-c", mount, str(readonly), *command]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=bound)


def _leaving_nothing(act: Callable[[], None], folder: Path) -> Callable[[], None]:
    """The act, checked to leave no file anywhere but in the home's own places, and no unpacked copies."""

    def checked() -> None:
        try:
            act()
        finally:
            left = [path for path in folder.rglob("*") if path.is_file() and path.name not in (".lock",)]
            assert not left, f"left {left[:3]}"

    return checked


def _mutated(data: bytes, rng: random.Random) -> bytes:
    """The bytes with one to four pieces flipped, cut off, repeated, zeroed or written over."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        if not changed:
            break
        at, length = rng.randrange(len(changed)), rng.randint(1, 64)
        kind = rng.randrange(5)
        if kind == 0:
            changed[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del changed[at:]
        elif kind == 2:
            changed[at:at] = changed[at : at + length]
        elif kind == 3:
            changed[at : at + length] = bytes(len(changed[at : at + length]))
        else:
            piece = rng.choice(_MAGIC)
            changed[at : at + len(piece)] = piece
    return bytes(changed)


def _costly() -> Iterator[tuple[str, bytes]]:
    """Small files that ask for much."""
    for size in ((50_000_000, 1), (1, 50_000_000), (70_000, 500)):
        yield f"PNG of {size}", _bytes(Image.new("1", size), "PNG")
    progressive = _bytes(Image.new("RGB", (4000, 4000), "navy"), "JPEG", progressive=True)
    last = progressive.rindex(b"\xff\xda")
    for scans in (20, 200, 2000):
        yield f"JPEG of {scans} scans", progressive[:last] + progressive[last:-2] * scans + b"\xff\xd9"
    yield "JPEG of a million comments", progressive[:2] + b"\xff\xfe\0\2" * 1_000_000 + progressive[2:]
    yield "WebP of 7071 x 7071", _bytes(Image.new("L", (7071, 7071)), "WEBP", lossless=True, method=0)
    yield "TIFF of floats", _bytes(Image.new("F", (7071, 7071)), "TIFF", compression="tiff_deflate")


def _zipped(rng: random.Random, evil: bool) -> bytes:
    """A ZIP of genre folders; an evil one has names that lead out, links, and files that others need as folders."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for genre in ("jazz", "rap"):
            archive.writestr(f"{genre}/{rng.randrange(9)}.png", _encoded("PNG", rng))
        if evil:
            for name in _EVIL:
                archive.writestr(name, b"x")
            link = zipfile.ZipInfo("jazz/link.png")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, "/etc/passwd")
            archive.writestr("jazz/bomb.png", bytes(30_000_000))
    return buffer.getvalue()


def _covers(root: Path, rng: random.Random, each: int = 3) -> Path:
    for genre in ("jazz", "rap"):
        (root / genre).mkdir(parents=True)
        for number in range(each):
            (root / genre / f"{number}.jpg").write_bytes(_encoded("JPEG", rng))
    return root


def _encoded(kind: str, rng: random.Random) -> bytes:
    image = Image.new("RGB", (64, 64), tuple(rng.randbytes(3)))
    ImageDraw.Draw(image).ellipse((8, 8, rng.randint(20, 60), rng.randint(20, 60)), fill=tuple(rng.randbytes(3)))
    return _bytes(image, kind)


def _bytes(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
