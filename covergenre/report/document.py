"""A comparison as one HTML file without scripts, fonts or addresses of its own."""

import base64
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from itertools import combinations
from pathlib import Path

from covergenre import __version__, images
from covergenre.comparison.comparison import ComparedRun, ComparedRuns
from covergenre.comparison.galleries import Gallery, common_galleries, loss_gallery, pair_galleries
from covergenre.comparison.slices import Slice
from covergenre.formatting import counted, percent
from covergenre.report import STYLES
from covergenre.report.conclusion import verdict
from covergenre.report.ladders import CAVEAT, ladders, study_title
from covergenre.report.sections import ABSTENTION_NOTE, CALIBRATION_NOTE, PRECISION_NOTE, Sections
from covergenre.studies.record import Study

IN_GALLERY = 12
"""How many covers of a gallery a report shows."""

MOST_PICTURES = 120
"""A report that would show more pictures than this leaves them out unless asked for them."""

_SIDE = 112  # pixels, of a picture
_PAIRS_SHOWN = 3  # with more pairs than these, no galleries of pairs
_STYLE = Path(__file__).with_name("document.css")

_ON_FIGURES = (
    "<p>Figures have 95 % confidence intervals, drawn on the scale above: Wilson's for accuracy; for means over genres "
    "those of the genres combined, and no narrower than a bootstrap over groups of covers (one artist, near copies). A "
    "run is marked best only if paired tests show it better than every other, by accuracy (McNemar's test) and by the "
    "metric itself (a bootstrap).</p>"
)
_ON_PAIRS = (
    "<p>McNemar's exact test, adjusted by Holm for the number of pairs, with a bootstrap interval of the difference. A "
    "run is called better only if both agree.</p>"
)


def html_report(
    compared: ComparedRuns, slices: Sequence[Slice], pictures: bool | None, studies: Sequence[Study]
) -> str:
    """The whole comparison as one HTML document, with the ladders of `studies`.

    `pictures`: whether covers are shown as small pictures, embedded in the file; None: when there are at most
    `MOST_PICTURES`. Only pictures from the user's own data sets are shown.
    """
    galleries = _galleries(compared)
    if pictures is None:
        pictures = sum(len(gallery.rows[:IN_GALLERY]) for gallery in galleries) <= MOST_PICTURES
    parts, names = Sections(compared), [run.name for run in compared.runs]
    several = f"{len(names)} runs" if len(names) > 1 else names[0]
    body = [
        f"<h1>{escape(several)} on {len(compared.covers):,} test covers</h1>",
        f'<p class="lead">{escape(verdict(compared))}</p>',
        *(f"<p>{escape(sentence)}</p>" for sentence in compared.left_out),
        _section("Figures", parts.headline(), _ON_FIGURES),
        _section("Reasons to doubt these figures", parts.cautions()),
        _section("Pairs", parts.pairs(), _ON_PAIRS),
        _section("By genre", parts.by_genre()),
        _section("Confusion", _matrices(parts)),
        _section("Most confused", parts.confused()),
        _section("Slices", parts.slices(slices) if slices else ""),
        _section("Calibration", _wall(map(parts.reliability, range(len(names)))), f"<p>{CALIBRATION_NOTE}</p>"),
        _section("Accuracy against coverage", f"<p>{ABSTENTION_NOTE}</p>", parts.abstention(), parts.coverage()),
        _section("Precision and recall", f"<p>{PRECISION_NOTE}</p>", parts.precision()),
        *(_section(f"Ladders: {study_title(study)}", f"<p>{CAVEAT}</p>", ladders(study)) for study in studies),
        *(_section(gallery.title, _covers(compared, gallery, pictures)) for gallery in galleries if len(gallery.rows)),
        _section("The runs", _runs(compared)),
    ]
    title = " or ".join(names) + "?" * (len(names) > 1)
    made = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, covergenre {__version__}"
    style = "".join(file.read_text("utf-8") for file in (_STYLE, *STYLES))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head>"
        f'<body class="report">{"".join(body)}<footer>{made}</footer></body></html>\n'
    )


def _section(title: str, *pieces: str) -> str:
    """A section; none where its first piece is empty."""
    return f"<section><h2>{escape(title)}</h2>{''.join(pieces)}</section>" if pieces[0] else ""


def _titled(title: str, piece: str) -> str:
    return f"<div><h3>{escape(title)}</h3>{piece}</div>"


def _wall(pieces: Iterable[str], kind: str = "") -> str:
    return f'<div class="wall {kind}">{"".join(pieces)}</div>'


def _matrices(parts: Sections) -> str:
    """The matrix of each run, and the difference of the first two: with more runs there would be too many."""
    pieces = [_titled(run.name, parts.matrix(run)) for run in parts.compared.runs]
    if len(pieces) == 1:
        return _wall(pieces, "matrices")
    a, b = parts.compared.runs[:2]
    apart = f"{parts.difference(a, b)}<p>Orange where {escape(a.name)} has more covers, blue where it has fewer.</p>"
    return _wall([*pieces, _titled(f"Difference: {a.name} less {b.name}", apart)], "matrices")


def _galleries(compared: ComparedRuns) -> list[Gallery]:
    pairs = list(combinations(compared.runs, 2))
    shown = pairs if len(pairs) <= _PAIRS_SHOWN else []
    return [
        *(gallery for a, b in shown for gallery in pair_galleries(compared, a, b)),
        *(loss_gallery(compared, run) for run in compared.runs),
        *common_galleries(compared),
    ]


def _covers(compared: ComparedRuns, gallery: Gallery, pictures: bool) -> str:
    tiles = "".join(_tile(compared, int(row), gallery.runs, pictures) for row in gallery.rows[:IN_GALLERY])
    first = f", the first {IN_GALLERY} of them here" if len(gallery.rows) > IN_GALLERY else ""
    return (
        f'<p>{escape(gallery.meaning)} {counted(len(gallery.rows), "cover")}{first}.</p><ul class="covers">{tiles}</ul>'
    )


def _tile(compared: ComparedRuns, row: int, runs: Sequence[ComparedRun], pictures: bool) -> str:
    answers = ""
    for run in runs:
        share, genre = run.probabilities[row].max(), compared.genres[run.probabilities[row].argmax()]
        answers += f"<li>{escape(run.name)}: {escape(genre)} {escape(percent(share))}</li>"
    picture = _picture(compared, row) if pictures else ""
    genre, title = escape(compared.covers.genre(row)), escape(compared.covers.title(row))
    return f"<li>{picture}<b>{genre}</b><span>{title}</span><ul>{answers}</ul></li>"


def _picture(compared: ComparedRuns, row: int) -> str:
    picture = compared.covers.picture(row)
    if picture is None:
        return ""
    return f'<img src="data:image/jpeg;base64,{base64.b64encode(images.thumbnail(picture, _SIDE)).decode()}" alt="">'


def _runs(compared: ComparedRuns) -> str:
    """The settings of each run, enough to repeat it."""
    items = []
    for run in compared.runs:
        spec = run.run.spec
        settings = {
            "method": spec.method,
            "data set": f"{spec.dataset} ({spec.dataset_hash})",
            "split": f"{spec.split}, seed {spec.seed}",
            "backbone": f"{spec.recipe.backbone} ({spec.recipe.feature_set})",
            "variants": ", ".join(spec.variants),
            **{name: "chosen by the method" if value is None else value for name, value in spec.parameters.items()},
        }
        listed = "; ".join(f"{escape(str(name))}: {escape(str(value))}" for name, value in settings.items())
        items.append(f"<li><b>{escape(run.name)}</b> <code>{escape(run.id)}</code><small>{listed}</small></li>")
    return f'<ul class="pairs">{"".join(items)}</ul>'
