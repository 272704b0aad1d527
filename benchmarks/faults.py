"""Fault injection: damaged files, kills, full and read-only disks. The exit code is 1 if anything failed.

python -m benchmarks.faults [--rounds 200] [--only KIND,KIND]

Everything is drawn here and happens in a temporary home. To hold means: an answer, or an error of the project's own
that says what to do; nothing else raised, nothing half written, nothing written outside, nothing lost, in bounded time.
"""

import io
import json
import logging
import random
import resource
import shutil
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from benchmarks.common import command_line, covergenre, empty_home, encode, peak_bytes
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

Case = tuple[str, Callable[[], object]]


@dataclass(frozen=True)
class Setting:
    """What a campaign has to work with: chance, how many mutations of each kind, an empty home."""

    rng: random.Random
    rounds: int
    home: Path

    def covers(self, each: int = 3) -> Path:
        """A folder of so many drawn covers of each of two genres."""
        root = self.home / "covers"
        for genre in ("jazz", "rap"):
            (root / genre).mkdir(parents=True)
            for number in range(each):
                (root / genre / f"{number}.jpg").write_bytes(_drawn("JPEG", self.rng))
        return root

    def damaged(self, file: Path, rounds: int, act: Callable[[], object]) -> Iterator[Case]:
        """Cases of a file that is damaged in one way after another, and whole again in the end."""
        good = file.read_bytes()
        for number in range(rounds):
            file.write_bytes(_mutated(good, self.rng))
            yield f"{file.name} {number}", act
        file.write_bytes(good)


def main() -> None:
    """Run the campaign and print its table."""
    parser = command_line(__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="mutations of each kind (default 200)")
    parser.add_argument("--only", default=",".join(_CAMPAIGNS), help="kinds, joined by commas")
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # of what is damaged on purpose
    print(f"{'kind':12}{'tried':>8}{'held':>8}{'failed':>8}{'seconds':>10}")
    failed = sum(_try_all(kind, options.rounds) for kind in options.only.split(","))
    sys.exit(1 if failed else 0)


def _try_all(kind: str, rounds: int) -> int:
    """Try all cases of a kind in a home of its own; how many failed."""
    began, tried, failures = time.perf_counter(), 0, []
    with empty_home() as folder:
        for name, act in _CAMPAIGNS[kind](Setting(random.Random(kind), rounds, folder)):
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


def _copies(setting: Setting) -> Iterator[Case]:
    """6,000 near copies of a placeholder are one group, in memory that is bounded."""
    base = 0xAAAAAAAA55555555
    crowd = [f"{base ^ sum(1 << bit for bit in setting.rng.sample(range(64), 4)):016x}" for _ in range(6000)]

    def act() -> None:
        before = peak_bytes()
        pairs = near_duplicates(crowd, 18)
        grown = (peak_bytes() - before) / 2**20
        print(f"    6,000 near copies: {len(pairs):,} pairs named, {grown:.0f} MB more at the most")
        assert grown < 200, f"{grown:.0f} MB"
        assert len(set(connect(pairs, len(crowd)).tolist())) == 1, "the crowd fell apart"

    yield "6,000 near copies", act


def _pictures(setting: Setting) -> Iterator[Case]:
    for kind in _FORMATS:
        whole = _drawn(kind, setting.rng)
        for number in range(setting.rounds):
            data = _mutated(whole, setting.rng)
            yield f"{kind} {number}", lambda data=data: images.thumbnail(images.decode(data).image)
    for name, data in _costly():
        yield name, lambda data=data: images.thumbnail(images.decode(data).image)


def _archives(setting: Setting) -> Iterator[Case]:
    """No file is left anywhere but the registry's lock, and no unpacked copies."""
    for number in range(setting.rounds):
        data = _zipped(setting.rng, evil=number % 2 == 0)
        data = _mutated(data, setting.rng) if number % 3 else data

        def act(data: bytes = data) -> None:
            try:
                dataset, _ = register_archive("zip", io.BytesIO(data))
                remove("zip")
                discard(dataset)
            finally:
                left = [path for path in setting.home.rglob("*") if path.is_file() and path.name != ".lock"]
                assert not left, f"left {left[:3]}"

        yield f"archive {number}", act


def _tables(setting: Setting) -> Iterator[Case]:
    root = setting.covers()
    table = root / "manifest.csv"
    table.write_text("path,artist,album,year\n" + "".join(f"jazz/{n}.jpg,Ada,Blue,1959\n" for n in range(3)))
    yield from setting.damaged(table, setting.rounds, lambda: register("tables", root))
    table.unlink()
    register("tables", root)
    stored = home.datasets() / "tables" / "manifest.csv"
    yield from setting.damaged(stored, setting.rounds, lambda: open_dataset("tables"))


def _records(setting: Setting) -> Iterator[Case]:
    root = setting.covers()
    register("records", root)
    record = home.datasets() / "records" / "dataset.json"
    yield from setting.damaged(record, setting.rounds, lambda: register("records", root))
    register("records", root)


def _runs(setting: Setting) -> Iterator[Case]:
    """A run of which one file changed says so, or is read as it was."""
    run_id = _trained(setting.covers(each=10))
    kinds = (".json", ".npz", ".parquet")
    files = sorted(file for file in (home.runs() / run_id).rglob("*") if file.suffix in kinds)

    def act() -> None:
        list_runs()
        run = Run.open(run_id)
        for read in (run.status, run.evaluation, run.predictions, run.events, run.load_model):
            read()

    for file in files:
        yield from setting.damaged(file, -(-setting.rounds // len(files)), act)


def _starter(setting: Setting) -> Iterator[Case]:
    """Changed bytes are named: no answer comes from them."""
    own = setting.home / "starter"
    shutil.copytree(home.shipped_starter(), own)

    def act() -> None:
        open_starter(own)
        raise AssertionError("changed bytes were taken for good")

    for number in range(min(setting.rounds, 40)):
        file = own / ("network.bin", "vectors.npy", "covers.parquet", "familiarity.npz")[number % 4]
        good = file.read_bytes()
        at = setting.rng.randrange(len(good))
        for data in (good[:at] + bytes([good[at] ^ 1 << setting.rng.randrange(8)]) + good[at + 1 :], good):
            file.unlink()  # whoever has mapped the old file keeps it
            file.write_bytes(data)
            if data is not good:
                yield f"{file.name} {number}", act


def _kills(setting: Setting) -> Iterator[Case]:
    """A scan that is killed at any time leaves a data set that opens, or none; asked again it is whole."""
    root = setting.covers(each=60)
    for _ in range(min(setting.rounds // 10, 20)):
        delay = setting.rng.uniform(0.2, 4)

        def act(delay: float = delay) -> None:
            process = covergenre("scan", str(root), "--name", "killed")
            time.sleep(delay)
            process.kill()
            process.communicate()
            if "killed" in names():
                assert len(open_dataset("killed").manifest) == 120, "half a data set"
            assert len(register("killed", root)[0].manifest) == 120, "covers are lost"

        yield f"kill after {delay:.1f} s", act


def _full(setting: Setting) -> Iterator[Case]:
    """Where nothing more can be written, a command says so on one line and leaves nothing half written."""
    root = setting.covers(each=20)
    for limit in (0, 100, 1000, 4000):

        def act(limit: int = limit) -> None:
            bound = (resource.RLIMIT_FSIZE, (limit, limit))
            process = covergenre("scan", str(root), "--name", "full", preexec_fn=lambda: resource.setrlimit(*bound))
            said = process.communicate(timeout=120)[1].decode()
            assert "Traceback" not in said, said[-300:]
            assert process.returncode == 1, f"exit code {process.returncode}"
            assert "full" not in names(), "half a data set was left"

        yield f"files of at most {limit} bytes", act


def _readonly(setting: Setting) -> Iterator[Case]:
    """Where nothing may be written, what only reads answers, and what writes says so on one line."""
    root = setting.covers(each=10)
    cover, trained = root / "jazz" / "0.jpg", _trained(root)
    reads = (
        ("runs",),
        ("runs", "show", trained),
        ("evaluate", trained),
        ("predict", str(cover)),
        ("predict", "--run", trained, str(cover)),
        ("starter", "show"),
    )
    writes = (("scan", str(root), "--name", "mine"), ("runs", "use", trained), ("train", "mine", "--method", "knn"))
    # A mount of the process's own, because permissions don't bind root.
    mount = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    within = ("unshare", "--mount", "--map-root-user", "sh", "-c", mount, str(setting.home))

    def listing() -> set[tuple[str, int]]:
        return {(str(path), path.stat().st_size) for path in setting.home.rglob("*")}

    before = listing()
    for arguments in (*reads, *writes):

        def act(arguments: tuple[str, ...] = arguments) -> None:
            process = covergenre(*arguments, within=within)
            said = process.communicate(timeout=300)[1].decode()
            assert "Traceback" not in said, said[-300:]
            assert process.returncode == (arguments in writes), f"exit code {process.returncode}: {said[-200:]}"
            assert listing() == before, "something was written"

        yield " ".join(arguments[:2]), act


def _sessions(setting: Setting) -> Iterator[Case]:  # noqa: ARG001 (as all are called)
    """Each page in a session that knows nothing, and one whose addresses are nonsense."""
    from streamlit.testing.v1 import AppTest

    pages = ("predict", "browse", "explore", "train", "compare", "starter")
    nonsense = ({}, {"run": "\0", "cover": "own-" + "f" * 32, "data": "../.."}, {"whose": "x" * 5000, "view": "none"})
    for page in pages:
        for asked in nonsense:

            def act(page: str = page, asked: dict[str, str] = asked) -> None:
                app = AppTest.from_file(str(home.project() / "pages" / page / f"{page}.py"), default_timeout=120)
                app.query_params.update(asked)
                app.run()
                assert not app.exception, app.exception[0].message

            yield f"{page} {sorted(asked)}", act


_CAMPAIGNS: dict[str, Callable[[Setting], Iterator[Case]]] = {
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


def _trained(root: Path) -> str:
    """The id of a run on these covers, registered as the data set mine."""
    register("mine", root)
    out, error = covergenre("train", "mine", "--method", "knn", "--set", "k=3", "--json").communicate(timeout=300)
    if not out:
        raise RuntimeError(error.decode())
    return json.loads(out)["id"]


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
        yield f"PNG of {size}", encode(Image.new("1", size), "PNG")
    progressive = encode(Image.new("RGB", (4000, 4000), "navy"), "JPEG", progressive=True)
    last = progressive.rindex(b"\xff\xda")
    for scans in (20, 200, 2000):
        yield f"JPEG of {scans} scans", progressive[:last] + progressive[last:-2] * scans + b"\xff\xd9"
    yield "JPEG of a million comments", progressive[:2] + b"\xff\xfe\0\2" * 1_000_000 + progressive[2:]
    yield "WebP of 7071 x 7071", encode(Image.new("L", (7071, 7071)), "WEBP", lossless=True, method=0)
    yield "TIFF of floats", encode(Image.new("F", (7071, 7071)), "TIFF", compression="tiff_deflate")


def _zipped(rng: random.Random, evil: bool) -> bytes:
    """A ZIP of genre folders; an evil one has names that lead out, links, and files that others need as folders."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for genre in ("jazz", "rap"):
            archive.writestr(f"{genre}/{rng.randrange(9)}.png", _drawn("PNG", rng))
        if evil:
            for name in _EVIL:
                archive.writestr(name, b"x")
            link = zipfile.ZipInfo("jazz/link.png")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, "/etc/passwd")
            archive.writestr("jazz/bomb.png", bytes(30_000_000))
    return buffer.getvalue()


def _drawn(kind: str, rng: random.Random) -> bytes:
    image = Image.new("RGB", (64, 64), tuple(rng.randbytes(3)))
    ImageDraw.Draw(image).ellipse((8, 8, rng.randint(20, 60), rng.randint(20, 60)), fill=tuple(rng.randbytes(3)))
    return encode(image, kind)


if __name__ == "__main__":
    main()
