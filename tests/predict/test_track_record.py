import numpy as np
import pytest

from covergenre.predict.track_record import TrackRecord


def answers(confidence: np.ndarray, genre: int = 0) -> np.ndarray:
    """Probabilities (n, 2) that name one genre with these confidences (above a half)."""
    rest = 1 - confidence
    return np.stack([confidence, rest] if genre == 0 else [rest, confidence], axis=1)


@pytest.fixture
def confidence() -> np.ndarray:
    return np.linspace(0.51, 0.99, 200)


def test_predictions_of_similar_confidence_are_counted(confidence):
    labels = np.where(confidence > 0.75, 0, 1)  # right when sure, wrong when not
    precedents = TrackRecord(labels, [answers(confidence)])
    sure, unsure = (precedents.of([row]) for row in answers(np.array([0.95, 0.55])))
    assert (sure.right, sure.covers, sure.share) == (60, 60, 1.0)
    assert (unsure.right, unsure.covers) == (0, 60)
    assert sure.agreed is None


def test_only_predictions_with_the_same_agreement_of_methods_count(confidence):
    other = answers(confidence)
    other[:100] = answers(confidence[:100], genre=1)
    labels = np.zeros(200, int)
    labels[:100] = 1
    precedents = TrackRecord(labels, [answers(confidence), other])
    row = answers(np.array([0.7]))[0]
    assert (precedents.of([row, row]).right, precedents.of([row, row]).agreed) == (60, True)
    assert (precedents.of([row, row[::-1]]).right, precedents.of([row, row[::-1]]).agreed) == (0, False)


def test_too_few_predictions_give_no_precedent(confidence):
    row = answers(np.array([0.7]))[0]
    few = TrackRecord(np.zeros(19, int), [answers(confidence[:19])])
    assert few.of([row]) is None
    enough = TrackRecord(np.zeros(20, int), [answers(confidence[:20])])
    assert enough.of([row]).covers == 20
