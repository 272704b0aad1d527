"""How often an answer stays when the cover is saved again, cropped a little, rescaled or brightened.

python -m benchmarks.stability COVERS [--covers 200]

Covers of the starter's test part. What is asked is the answer that counts.
"""

import argparse
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from covergenre import images
from covergenre.dataset.manifest import scan, usable
from covergenre.dataset.starter import open_starter
from covergenre.evaluation.intervals import wilson
from covergenre.predict import Predictor, unlabelled


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="the folder of real covers that the starter was made from")
    parser.add_argument("--covers", type=int, default=200)
    options = parser.parse_args()
    predictor, known = Predictor.open(), open_starter().covers
    manifest = usable(scan(options.folder).manifest)
    test = manifest[manifest["content_hash"].isin(known.loc[known["part"] == "test", "content_hash"])]
    paths = np.random.default_rng(0).permutation(test["path"].to_numpy(str))[: options.covers]
    covers = [images.decode(images.read(options.folder / path)).image for path in paths]
    plain = _answers(predictor, covers)
    for name, change in CHANGES.items():
        same = _answers(predictor, [change(cover) for cover in covers]) == plain
        share = wilson(int(same.sum()), len(same))
        print(f"{name:22}{share.value:7.1%}  [{share.low:.1%}, {share.high:.1%}]", flush=True)


def _answers(predictor: Predictor, covers: list[Image.Image]) -> np.ndarray:
    looks = unlabelled([predictor.look(cover) for cover in covers])
    return next(iter(predictor.heads.values())).predict_proba(looks).argmax(axis=1)


def _saved_again(cover: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    cover.save(buffer, "JPEG", quality=85)
    return images.decode(buffer.getvalue()).image


def _cropped(cover: Image.Image) -> Image.Image:
    width, height = cover.size
    left, top = round(0.03 * width), round(0.03 * height)
    return cover.crop((left, top, width - left, height - top))


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "saved as JPEG 85": _saved_again,
    "3 % cropped all round": _cropped,
    "shrunk to 200 px": lambda cover: images.shrink(cover, 200),
    "a fifth brighter": lambda cover: ImageEnhance.Brightness(cover).enhance(1.2),
}


if __name__ == "__main__":
    main()
