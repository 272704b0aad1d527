"""Whether the region that `explain.saliency` marks matters: how much the probability falls when it is covered.

python -m benchmarks.saliency ../shared/covers

On held-out covers (the starter's test part, as many of each genre): the fifth of the picture that speaks most for the
top genre is covered, and the same shape put elsewhere at random. Both are covered by blur, as saliency itself covers,
and by the cover's mean colour, which it has never tried. Also what one saliency takes.
"""

import statistics
from collections.abc import Sequence

import numpy as np
from PIL import Image

from benchmarks.common import command_line, held_out, machine, read_image, timed
from covergenre import images
from covergenre.predict import Predictor
from covergenre.predict.explain import SIDE, cover_up, probabilities, saliency

_SHARE = 0.2
_RANDOM = 4  # places a cover


def main() -> None:
    parser = command_line(__doc__, "the folder of real covers that the starter was made from")
    parser.add_argument("--each", type=int, default=10, help="how many covers of each genre (default 10)")
    options = parser.parse_args()
    predictor, rng = Predictor.open(), np.random.default_rng(0)
    genres = held_out(options.folder)[1].groupby("genre")["path"]
    paths = [path for _, held in genres for path in held.iloc[rng.permutation(len(held))[: options.each]]]
    measured = [_measure(predictor, read_image(options.folder / path), rng) for path in paths]
    print(f"{len(paths)} held-out covers; {machine()}")
    seconds = [one["seconds"] for one in measured]
    print(f"one saliency: median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s; budget 3 s")
    print(f"\nthe top genre's probability falls, when a fifth is covered by{'':12}marked   random   marked more often")
    for way in ("blur", "mean colour"):
        marked, random = (np.array([one[way][at] for one in measured]) for at in (0, 1))
        low, high = _interval(marked - random, rng)
        wins = np.mean([one[way][2] for one in measured])
        print(f"  {way:65}{marked.mean():9.3f}{random.mean():9.3f}{wins:12.0%}")
        print(f"{'':4}more for the marked place by {np.mean(marked - random):.3f} [{low:.3f}, {high:.3f}]")


def _measure(predictor: Predictor, image: Image.Image, rng: np.random.Generator) -> dict:
    seconds, found = timed(lambda: saliency(predictor, image))
    small = images.shrink(image, SIDE)
    look = predictor.look(image)
    before = probabilities(predictor, look, [small])[0]
    top = int(before.argmax())
    place = found.region(predictor.genres[top], _SHARE).astype(np.float32)
    places = [place, *(np.roll(place, rng.integers(0, place.shape), (0, 1)) for _ in range(_RANDOM))]

    def falls(covered: Sequence[Image.Image]) -> tuple[float, float, float]:
        lost = before[top] - probabilities(predictor, look, covered)[:, top]
        return float(lost[0]), float(lost[1:].mean()), float((lost[0] > lost[1:]).mean())

    return {
        "seconds": seconds,
        "blur": falls([cover_up(small, mask) for mask in places]),
        "mean colour": falls([_painted(small, mask) for mask in places]),
    }


def _painted(image: Image.Image, mask: np.ndarray) -> Image.Image:
    colour = tuple(int(value) for value in np.asarray(image).mean(axis=(0, 1)))
    return Image.composite(Image.new("RGB", image.size, colour), image, Image.fromarray((255 * mask).astype(np.uint8)))


def _interval(differences: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean."""
    means = rng.choice(differences, (2000, len(differences))).mean(axis=1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


if __name__ == "__main__":
    main()
