"""Genre priors: weights by genre, and priors by source, so that methods don't learn to recognise sources.

Most genres come from one or two sources, and each source has a look of its own: an unaware head learns to recognise the
source, and is confidently wrong on covers from elsewhere. So in training each cover gets the log prior of the genres in
its own source, and what then raises the likelihood is only what separates genres within a source: the logit adjustment
of Menon and others (Long-tail learning via logit adjustment, ICLR 2021) with a prior a source, or a conditional logit
model with fixed effects (Chamberlain, Analysis of covariance with qualitative data, Review of Economic Studies 1980).
New covers get one prior for all, as nothing is known of their source.

The priors of a source are drawn towards the general ones, as if it had `SMOOTHING` covers more, so that a genre with
only one source can be learned at all.
"""

from collections.abc import Sequence

import numpy as np

SMOOTHING = 30.0
"""Covers; 5 to 100 do alike on sources left out, with more the sources are learned again (`benchmarks/accuracy`)."""

_FEWEST = 2  # genres that a source must share with others to be left out


def log_source_priors(
    labels: np.ndarray, sources: Sequence[str], n_genres: int, smoothing: float = SMOOTHING
) -> np.ndarray:
    """The log prior of each genre in the source of each of n covers: float64 (n, n_genres)."""
    labels = np.asarray(labels)
    general = np.sqrt(np.bincount(labels, minlength=n_genres))
    general /= general.sum()
    names, own = np.unique(np.asarray(sources, str), return_inverse=True)
    table = np.zeros((len(names), n_genres))
    np.add.at(table, (own, labels), 1)
    table = (table + smoothing * general) / (table.sum(axis=1, keepdims=True) + smoothing)
    return np.log(np.maximum(table, 1e-9))[own]


def log_prior(labels: np.ndarray, n_genres: int, balance: float) -> np.ndarray:
    """The log prior of each genre for covers of unknown source: float64 (n_genres,).

    Proportional to (covers of the genre) ** (1 - balance): uniform for a balance of 1.
    """
    counts = np.maximum(np.bincount(labels, minlength=n_genres), 0.5) ** (1 - balance)
    return np.log(counts / counts.sum())


def vote_weights(labels: np.ndarray, sources: Sequence[str], n_genres: int, balance: float) -> np.ndarray | None:
    """The weight of each of n covers as a voter, float64 (n,), 1 on average; None where sources share no genres.

    The prior of the cover's genre (see `log_prior`), divided by that in its source, so that a genre gains nothing by
    being common in a source.
    """
    if not holdout_sources(labels, sources):
        return None
    labels = np.asarray(labels)
    odds = log_source_priors(labels, sources, n_genres)[np.arange(len(labels)), labels]
    votes = np.exp(log_prior(labels, n_genres, balance)[labels] - odds)
    return votes / votes.mean()


def genre_weights(labels: np.ndarray, n_genres: int, balance: float) -> np.ndarray:
    """The weight of a training cover of each genre, float64 (n_genres,), 1 on average over the covers.

    Proportional to (covers of the genre) ** -balance: 0 weighs all covers alike, 1 all genres.
    """
    counts = np.bincount(labels, minlength=n_genres)
    weights = counts.astype(np.float64) ** -balance
    return weights * len(labels) / (weights * counts).sum()


def holdout_sources(labels: np.ndarray, sources: Sequence[str]) -> list[str]:
    """The sources that can be left out of training: those that share at least two genres with the others."""
    labels, names = np.asarray(labels), np.asarray(sources, str)
    return [
        str(name)
        for name in np.unique(names[names != ""])
        if len(np.intersect1d(labels[names == name], labels[names != name])) >= _FEWEST
    ]
