"""How well `unfamiliar` separates covers from other pictures: the area under the ROC curve, and the share flagged.

python -m benchmarks.trust ../shared/covers

Two steps are told apart: odd for a cover, and no cover. Their lines were set on held-out covers alone, so every kind of
picture here is new to them. Against held-out covers (the starter's test part) stand pictures that can be had without a
network: noise, flat colours, gradients, pages of text, plots by matplotlib, drawn screenshots and logos, and crops of
the sample photographs of scikit-learn and, where it is installed, of scikit-image. Covers of rock and metal, genres the
starter never saw, are covers all the same: an honest measure finds them little stranger than those it knows.
"""

import importlib.util
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from sklearn.metrics import roc_auc_score

from benchmarks.common import command_line, held_out, read_image
from covergenre.collection.novelty import ODD, UNFAMILIAR, NoveltyDetector
from covergenre.dataset.starter import open_starter
from covergenre.predict import Predictor

_SIDE = 300
_WORDS = ("the", "of", "and", "music", "sleeve", "record", "side", "label", "night", "song", "band", "studio", "voice")
_Picture = Callable[[np.random.Generator], Image.Image]


def main() -> None:
    parser = command_line(__doc__, "the folder of real covers that the starter was made from")
    parser.add_argument("--each", type=int, default=100, help="how many pictures of each kind (default 100)")
    options = parser.parse_args()
    predictor = Predictor.open()
    familiarity = NoveltyDetector.load(open_starter().folder / "familiarity.npz")
    chance = np.random.default_rng(0)

    def measured(pictures: Sequence[Image.Image]) -> np.ndarray:
        # As the app looks at them: by one view alone, covers seem odder than they are.
        return familiarity.unfamiliar(np.stack([predictor.look(picture).vector for picture in pictures]))

    test, others = _covers(options.folder, options.each, chance)
    covers = measured(test)
    print(f"{len(covers)} held-out covers; odd (above {ODD}), no cover (above {UNFAMILIAR}): {_flagged(covers)}\n")
    print(f"{'against':44}{'pictures':>9}{'AUROC':>8}{'odd':>8}{'no cover':>10}")
    made = {name: [draw(chance) for _ in range(options.each)] for name, draw in _kinds().items()}
    for name, pictures in {**made, **others}.items():
        strange = measured(pictures)
        truth = np.repeat([0, 1], [len(covers), len(strange)])
        area = roc_auc_score(truth, np.concatenate([covers, strange]))
        print(f"{name:44}{len(strange):9}{area:8.3f}{_flagged(strange)}")


def _flagged(unfamiliar: np.ndarray) -> str:
    return f"{(unfamiliar > ODD).mean():8.0%}{(unfamiliar > UNFAMILIAR).mean():10.0%}"


def _covers(
    folder: Path, each: int, chance: np.random.Generator
) -> tuple[list[Image.Image], Mapping[str, list[Image.Image]]]:
    """Three times `each` covers of the starter's test part, and covers of genres that it never saw."""
    manifest, test = held_out(folder)

    def some(paths: Sequence[str], n: int) -> list[Image.Image]:
        return [read_image(folder / path) for path in chance.permutation(np.asarray(paths, str))[:n]]

    unknown = sorted(set(manifest["genre"]) - set(open_starter().covers["genre"]))
    return some(test["path"], 3 * each), {
        f"covers of {genre}": some(manifest.loc[manifest["genre"] == genre, "path"], each) for genre in unknown
    }


def _kinds() -> Mapping[str, _Picture]:
    kinds: dict[str, _Picture] = {
        "noise": _noise,
        "flat colours": _flat,
        "gradients": _gradient,
        "pages of text": _text,
        "plots by matplotlib": _plot,
        "screenshots of a phone, drawn": _screenshot,
        "logos, drawn": _logo,
    }
    for name, photographs in _photographs():
        kinds[f"photographs of {name}, crops"] = lambda chance, photographs=photographs: _crop(chance, photographs)
    return kinds


def _noise(chance: np.random.Generator) -> Image.Image:
    """Noise, from grains of a pixel to blots of a tenth of the side; in colour or grey."""
    cells = int(chance.choice([10, 30, 100, _SIDE]))
    grains = chance.integers(0, 256, (cells, cells, int(chance.choice([1, 3]))), np.uint8)
    picture = Image.fromarray(grains[..., 0] if grains.shape[2] == 1 else grains).convert("RGB")
    return picture.resize((_SIDE, _SIDE), Image.Resampling.NEAREST)


def _flat(chance: np.random.Generator) -> Image.Image:
    return Image.new("RGB", (_SIDE, _SIDE), tuple(int(value) for value in chance.integers(0, 256, 3)))


def _gradient(chance: np.random.Generator) -> Image.Image:
    start, end = chance.integers(0, 256, (2, 3))
    way = np.linspace(0, 1, _SIDE)[:, None, None] * np.ones((1, _SIDE, 1))
    picture = Image.fromarray((start + way * (end - start)).astype(np.uint8))
    return picture.rotate(int(chance.choice([0, 90, 180, 270])))


def _text(chance: np.random.Generator) -> Image.Image:
    dark = chance.random() < 0.3
    page = Image.new("RGB", (_SIDE, _SIDE), "#202020" if dark else "white")
    pen, size = ImageDraw.Draw(page), int(chance.integers(9, 20))
    for y in range(12, _SIDE - size, round(1.4 * size)):
        line = " ".join(chance.choice(_WORDS, 12))
        pen.text((14, y), line, fill="#e0e0e0" if dark else "black", font=ImageFont.load_default(size))
    return page


def _plot(chance: np.random.Generator) -> Image.Image:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), dpi=75)
    axes, x = figure.subplots(), np.linspace(0, 10, 60)
    kind = chance.choice(["lines", "points", "bars", "picture"])
    if kind == "lines":
        for _ in range(int(chance.integers(1, 5))):
            axes.plot(x, np.cumsum(chance.normal(size=60)))
    elif kind == "points":
        axes.scatter(*chance.normal(size=(2, 80)), c=chance.random(80))
    elif kind == "bars":
        axes.bar(range(8), chance.random(8))
    else:
        axes.imshow(chance.random((8, 8)))
    axes.set(title="figure", xlabel="x", ylabel="y")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return Image.open(buffer).convert("RGB")


def _screenshot(chance: np.random.Generator) -> Image.Image:
    """A status bar, a heading, rows with a round picture and two lines each, a bar of buttons."""
    dark, high = chance.random() < 0.4, int(_SIDE * chance.uniform(1, 2))
    back, ink, pale = ("#101014", "#f0f0f0", "#3a3a42") if dark else ("#ffffff", "#202020", "#d8d8de")
    page = Image.new("RGB", (_SIDE, high), back)
    pen, accent = ImageDraw.Draw(page), tuple(int(value) for value in chance.integers(40, 220, 3))
    pen.text((8, 3), f"{chance.integers(24):02}:{chance.integers(60):02}", fill=ink, font=ImageFont.load_default(10))
    pen.text((12, 22), str(chance.choice(_WORDS)).capitalize(), fill=ink, font=ImageFont.load_default(22))
    for y in range(60, high - 50, int(chance.integers(38, 60))):
        pen.ellipse((12, y, 40, y + 28), fill=tuple(int(value) for value in chance.integers(0, 256, 3)))
        pen.text((50, y), " ".join(chance.choice(_WORDS, 3)), fill=ink, font=ImageFont.load_default(12))
        pen.rectangle((50, y + 18, int(chance.integers(120, 280)), y + 24), fill=pale)
    pen.rectangle((0, high - 36, _SIDE, high), fill=pale)
    for x in (60, 150, 240):
        pen.ellipse((x - 8, high - 26, x + 8, high - 10), fill=accent)
    return page


def _logo(chance: np.random.Generator) -> Image.Image:
    """One or two flat shapes and a word on a plain ground."""
    page = Image.new("RGB", (_SIDE, _SIDE), "white" if chance.random() < 0.7 else "#181818")
    pen = ImageDraw.Draw(page)
    for _ in range(int(chance.integers(1, 3))):
        x, y, side = (int(value) for value in chance.integers((60, 40, 40), (150, 110, 120)))
        shape = chance.choice(["ellipse", "rectangle", "triangle"])
        colour = tuple(int(value) for value in chance.integers(0, 256, 3))
        if shape == "triangle":
            pen.polygon([(x, y + side), (x + side, y + side), (x + side // 2, y)], fill=colour)
        else:
            getattr(pen, shape)((x, y, x + side, y + side), fill=colour)
    pen.text((60, 230), str(chance.choice(_WORDS)).upper(), fill="#707070", font=ImageFont.load_default(30))
    return page


def _photographs() -> Iterator[tuple[str, list[Image.Image]]]:
    """The sample photographs of the libraries that are installed, by library."""
    from sklearn.datasets import load_sample_images

    yield "scikit-learn", [Image.fromarray(pixels) for pixels in load_sample_images().images]
    if importlib.util.find_spec("skimage"):
        from skimage import data

        shipped = (data.astronaut, data.camera, data.chelsea, data.coffee, data.rocket)
        yield "scikit-image", [Image.fromarray(load()).convert("RGB") for load in shipped]


def _crop(chance: np.random.Generator, photographs: Sequence[Image.Image]) -> Image.Image:
    """A square of a half to all of a photograph's short side."""
    photograph = photographs[chance.integers(len(photographs))]
    side = int(chance.uniform(0.5, 1) * min(photograph.size))
    left, top = (int(chance.integers(0, length - side + 1)) for length in photograph.size)
    return photograph.crop((left, top, left + side, top + side)).resize((_SIDE, _SIDE))


if __name__ == "__main__":
    main()
