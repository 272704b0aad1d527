"""The starter's predictions for drawn covers, which it never saw, and the choice of examples for the Predict page.

    python -m benchmarks.examples [covers a genre]

Prints for each genre how many of its drawn covers are answered rightly, and how many of all; then the choice: for five
genres the cover that is answered rightly and most surely, and of a sixth one that is answered wrongly though it looks
like a cover, so that a visitor sees that, too; then what is said of the examples as they are.
"""

import sys
from collections.abc import Sequence

from covergenre import images
from covergenre.collection.novelty import ODD
from covergenre.demo import EXAMPLES, example
from covergenre.predict import Prediction, Predictor
from pages.widgets.verdict import trust

Album = tuple[str, int]
"""A genre and the seed of an album that is drawn as typical of it."""

_RIGHT = 5  # examples that are answered rightly; one more is not


def main() -> None:
    """Print what is said."""
    each = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    predictor = Predictor.open()
    said: dict[Album, Prediction] = {}
    for genre in predictor.genres:
        answers = said_of(predictor, [(genre, seed) for seed in range(each)])
        said |= answers
        right = [seed for (_, seed), answer in answers.items() if answer.genre == genre]
        print(f"{genre}: {len(right)} of {each} right; seeds {right}", flush=True)
    print(f"in all {sum(said[album].genre == album[0] for album in said)} of {len(said)} right")
    print(f"chosen: {chosen(said)}")
    for album, answer in said_of(predictor, EXAMPLES).items():
        print(f"example {album}: {answer.genre}, {trust(answer).words} Unfamiliar {answer.unfamiliar:.2f}")


def chosen(said: dict[Album, Prediction]) -> tuple[Album, ...]:
    """The examples: the surest right answer of each of the surest genres, then the surest wrong one of another."""
    like_covers = {album: answer for album, answer in said.items() if answer.unfamiliar <= ODD}
    surest = sorted(like_covers, key=lambda album: -trust(like_covers[album]).tenths)
    right: dict[str, Album] = {}
    for album in surest:
        if like_covers[album].genre == album[0] and len(right) < _RIGHT:
            right.setdefault(album[0], album)
    wrong = [album for album in surest if like_covers[album].genre != album[0] and album[0] not in right]
    return (*right.values(), *wrong[:1])


def said_of(predictor: Predictor, albums: Sequence[Album]) -> dict[Album, Prediction]:
    """What is said of drawn covers that could be read, which is all of them."""
    files = []
    for genre, seed in albums:
        title, _, image = example(genre, seed)
        files.append((title, images.png(image)))
    answers = zip(albums, predictor.predict_many(files, 1), strict=True)
    return {album: answer for album, answer in answers if isinstance(answer, Prediction)}


if __name__ == "__main__":
    main()
