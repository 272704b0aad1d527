"""Evenness: what the source of a cover says of its genre is known beforehand, so it need not be learned from its look.

Most genres come from one or two sources, and each source has a look of its own: a head that is told nothing learns to
recognise the source, and is surely wrong on a cover from anywhere else. So each training cover is given the odds of the
genres in its own source. What then raises the likelihood is only what tells genres apart inside a source: this is
the logit adjustment of Menon and others (Long-tail learning via logit adjustment, ICLR 2021) with a prior a source, or
a conditional logit model with a fixed effect for each source and genre (Chamberlain, Analysis of covariance with
qualitative data, Review of Economic Studies 1980). Asked about a new cover, nothing is known of its source, and all get
the same odds.

A source of one genre teaches next to nothing in this way. Its odds are drawn towards the general ones, as if
`SMOOTHING` covers more had been seen in it, so that a genre that stands in no other source can be learned at all.
"""

from collections.abc import Sequence

import numpy as np

SMOOTHING = 30.0
"""Covers; 5 to 100 do alike on sources left out, above that the sources are learned again (`benchmarks/accuracy`)."""

_FEWEST = 2  # genres that a source must share with others, or leaving it out asks nothing


def log_source_priors(
    labels: np.ndarray, sources: Sequence[str], n_genres: int, smoothing: float = SMOOTHING
) -> np.ndarray:
    """The logarithm of how likely each genre is in the source of each of n covers: float64 (n, n_genres)."""
    labels = np.asarray(labels)
    general = np.sqrt(np.bincount(labels, minlength=n_genres))
    general /= general.sum()
    names, own = np.unique(np.asarray(sources, str), return_inverse=True)
    table = np.zeros((len(names), n_genres))
    np.add.at(table, (own, labels), 1)
    table = (table + smoothing * general) / (table.sum(axis=1, keepdims=True) + smoothing)
    return np.log(np.maximum(table, 1e-9))[own]


def log_prior(labels: np.ndarray, n_genres: int, balance: float) -> np.ndarray:
    """The logarithm of how likely each genre is taken to be before a cover is seen: float64 (n_genres,).

    Proportional to (covers of the genre) ** (1 - balance): 1 takes all genres for alike.
    """
    counts = np.maximum(np.bincount(labels, minlength=n_genres), 0.5) ** (1 - balance)
    return np.log(counts / counts.sum())


def vote_weights(labels: np.ndarray, sources: Sequence[str], n_genres: int, balance: float) -> np.ndarray | None:
    """What the vote of each of n covers counts, float64 (n,), 1 on average, so that a genre gains nothing by being
    common in the sources that look like a cover; None where no source can be told from the others.

    The prior of the cover's genre (see `log_prior`), divided by that in its source.
    """
    if not holdout_sources(labels, sources):
        return None
    labels = np.asarray(labels)
    odds = log_source_priors(labels, sources, n_genres)[np.arange(len(labels)), labels]
    votes = np.exp(log_prior(labels, n_genres, balance)[labels] - odds)
    return votes / votes.mean()


def genre_weights(labels: np.ndarray, n_genres: int, balance: float) -> np.ndarray:
    """How much a training cover of each genre counts, float64 of shape (n_genres,), 1 on average over the covers.

    Proportional to (covers of the genre) ** -balance: 0 lets every cover count alike, 1 every genre, and what lies
    between favours rare genres less than fully.
    """
    counts = np.bincount(labels, minlength=n_genres)
    weights = counts.astype(np.float64) ** -balance
    return weights * len(labels) / (weights * counts).sum()


def holdout_sources(labels: np.ndarray, sources: Sequence[str]) -> list[str]:
    """The sources that can be left out and asked about: those with at least two genres that other sources have, too."""
    if not len(sources):
        return []
    labels, told, found = np.asarray(labels), np.asarray(sources, str), []
    for source in np.unique(told[told != ""]):
        shared = np.intersect1d(labels[told == source], labels[told != source])
        if len(shared) >= _FEWEST:
            found.append(str(source))
    return found
