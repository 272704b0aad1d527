"""Answers as plain data, fit for JSON: one form for the command line and for programs over HTTP."""

from dataclasses import asdict
from typing import Any

from covergenre.collection.table import Neighbour
from covergenre.predict import Prediction, Words


def prediction_to_dict(prediction: Prediction) -> dict[str, Any]:
    """What is said about a cover; "path" is the name it was given under."""
    return {
        "path": prediction.name,
        "genre": prediction.genre,
        "probabilities": {genre: round(share, 4) for genre, share in prediction.probabilities.items()},
        "neighbours": [neighbour_to_dict(neighbour) for neighbour in prediction.neighbours],
        "seen": prediction.seen is not None,
        "unfamiliar": round(prediction.unfamiliar, 3),
        "precedent": asdict(prediction.precedent) if prediction.precedent else None,
        "note": prediction.note,
        "words": words_to_dict(prediction.words) if prediction.words else None,
        "seconds": round(prediction.seconds, 3),
    }


def words_to_dict(words: Words) -> dict[str, Any]:
    """What is written on a cover, and which lines speak for which genre."""
    spoken = [{"line": line, "genre": genre, "factor": round(factor, 2)} for line, genre, factor in words.spoken]
    return {"lines": list(words.lines), "spoken": spoken, "performer": words.performer or None}


def neighbour_to_dict(neighbour: Neighbour) -> dict[str, Any]:
    """A known cover; "path" is its file in a registered data set, if there is one."""
    return {
        "genre": neighbour.genre,
        "similarity": round(neighbour.similarity, 4),
        "artist": neighbour.artist,
        "album": neighbour.album,
        "source": neighbour.source,
        "id": neighbour.id,
        "path": str(neighbour.path) if neighbour.path else None,
    }
