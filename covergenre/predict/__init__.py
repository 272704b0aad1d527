"""From a cover's bytes to its genre: one object for the app, the command line and Python.

    from covergenre.predict import Predictor

    prediction = Predictor.open().predict(Path("cover.jpg").read_bytes())
    print(prediction.genre, prediction.probabilities[prediction.genre])

predictor      the prediction of a run or of the starter
loading        what a predictor is made of
words          what is written on a cover, and the known artist it names
track_record   how often comparable answers were right
explain        which covers voted, and where in the picture the answer comes from
describe       an answer as a sentence
saved_queries  covers that were asked about, stored for a while
"""

from covergenre.predict.predictor import (
    STARTER,
    Failure,
    Look,
    Neighbour,
    Prediction,
    Predictor,
    Words,
    open_predictor,
    unlabelled,
)

__all__ = [
    "STARTER",
    "Failure",
    "Look",
    "Neighbour",
    "Prediction",
    "Predictor",
    "Words",
    "open_predictor",
    "unlabelled",
]
