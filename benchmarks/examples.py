"""What the starter says of drawn covers, which it never saw: where the examples of Predict are chosen from.

    python -m benchmarks.examples [covers a genre]

Prints, for each genre that is known, how many of the drawn covers are answered rightly, the first seeds that are and
the first that are not. Of the examples five are answered rightly and the last is not, so that a visitor sees that, too.
"""

import io
import sys

from covergenre.demo import EXAMPLES, example
from covergenre.predict import Prediction, Predictor


def main() -> None:
    """Print the table, then what is said of the examples as they are."""
    each = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    predictor = Predictor.open()
    for genre in predictor.genres:
        answers = _answers(predictor, [(genre, seed) for seed in range(each)])
        right = [seed for seed, answer in enumerate(answers) if answer.genre == genre]
        wrong = [f"{seed} ({answers[seed].genre})" for seed in range(each) if seed not in right]
        print(f"{genre}: {len(right)} of {each} right; seeds {right[:6]}; wrong: {', '.join(wrong[:4])}", flush=True)
    for (genre, seed), answer in zip(EXAMPLES, _answers(predictor, EXAMPLES), strict=True):
        share = answer.probabilities[answer.genre]
        print(f"example {genre} {seed}: {answer.genre} {share:.0%}, unfamiliar {answer.unfamiliar:.2f}")


def _answers(predictor: Predictor, albums: list[tuple[str, int]]) -> list[Prediction]:
    files = []
    for genre, seed in albums:
        title, _, image = example(genre, seed)
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        files.append((title, buffer.getvalue()))
    return [answer for answer in predictor.predict_many(files, 1) if isinstance(answer, Prediction)]


if __name__ == "__main__":
    main()
