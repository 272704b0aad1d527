"""How often an answer stays when the cover is saved again, cropped a little, rescaled or brightened.

python -m benchmarks.stability COVERS [--covers 200]

On covers of the starter's test part, answered by looks alone.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageEnhance

from benchmarks.common import command_line, encode, held_out, read_image
from covergenre import images
from covergenre.evaluation.intervals import wilson
from covergenre.predict import Predictor, unlabelled


def main() -> None:
    parser = command_line(__doc__, "the folder of real covers that the starter was made from")
    parser.add_argument("--covers", type=int, default=200)
    options = parser.parse_args()
    predictor, (_, test) = Predictor.open(), held_out(options.folder)
    paths = np.random.default_rng(0).permutation(test["path"].to_numpy(str))[: options.covers]
    covers = [read_image(options.folder / path) for path in paths]
    plain = _answers(predictor, covers)
    for name, change in CHANGES.items():
        same = _answers(predictor, [change(cover) for cover in covers]) == plain
        share = wilson(int(same.sum()), len(same))
        print(f"{name:22}{share.value:7.1%}  [{share.low:.1%}, {share.high:.1%}]", flush=True)


def _answers(predictor: Predictor, covers: list[Image.Image]) -> np.ndarray:
    looks = unlabelled([predictor.look(cover) for cover in covers])
    return next(iter(predictor.heads.values())).predict_proba(looks).argmax(axis=1)


def _cropped(cover: Image.Image) -> Image.Image:
    width, height = cover.size
    left, top = round(0.03 * width), round(0.03 * height)
    return cover.crop((left, top, width - left, height - top))


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "saved as JPEG 85": lambda cover: images.decode(encode(cover, "JPEG", quality=85)).image,
    "3 % cropped all round": _cropped,
    "shrunk to 200 px": lambda cover: images.shrink(cover, 200),
    "a fifth brighter": lambda cover: ImageEnhance.Brightness(cover).enhance(1.2),
}


if __name__ == "__main__":
    main()
