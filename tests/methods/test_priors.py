import numpy as np
import pytest

from covergenre.methods.priors import holdout_sources, log_prior, log_source_priors, vote_weights

JAZZ, RAP, EDM = range(3)


def test_a_source_can_be_held_out_if_others_have_two_of_its_genres():
    labels = np.array([JAZZ, RAP, JAZZ, RAP, EDM, JAZZ])
    assert holdout_sources(labels, ["a", "a", "b", "b", "b", "c"]) == ["a", "b"]


def test_unknown_sources_are_not_held_out():
    assert holdout_sources(np.array([JAZZ, RAP, JAZZ, RAP]), ["", "", "a", "a"]) == ["a"]
    assert holdout_sources(np.array([JAZZ, RAP]), ()) == []


def test_the_prior_is_that_of_the_source_of_the_cover():
    labels = np.array([JAZZ] * 90 + [RAP] * 10 + [JAZZ] * 10 + [RAP] * 90)
    odds = np.exp(log_source_priors(labels, ["a"] * 100 + ["b"] * 100, 2, smoothing=1e-6))
    np.testing.assert_allclose(odds[[0, 199]], [[0.9, 0.1], [0.1, 0.9]], atol=1e-3)


def test_smoothing_shrinks_the_prior_of_a_source_towards_the_overall_one():
    labels = np.array([JAZZ] * 30 + [RAP] * 30)
    odds = np.exp(log_source_priors(labels, ["a"] * 30 + ["b"] * 30, 2, smoothing=30))
    np.testing.assert_allclose(odds[0], [0.75, 0.25])


@pytest.mark.parametrize(("balance", "shares"), [(0.0, [0.9, 0.1]), (0.5, [0.75, 0.25]), (1.0, [0.5, 0.5])])
def test_balance_evens_out_the_prior(balance, shares):
    np.testing.assert_allclose(np.exp(log_prior(np.array([JAZZ] * 9 + [RAP]), 2, balance)), shares)


def test_votes_for_a_common_genre_of_a_source_weigh_less():
    labels = np.array([JAZZ] * 90 + [RAP] * 10 + [JAZZ] * 10 + [RAP] * 90)
    votes = vote_weights(labels, ["a"] * 100 + ["b"] * 100, 2, 0.5)
    assert votes.mean() == pytest.approx(1)
    np.testing.assert_allclose(votes[[0, 199]], votes[0])
    assert votes[99] / votes[0] == pytest.approx((90 + 15) / (10 + 15))


def test_votes_of_a_single_source_are_not_weighted():
    assert vote_weights(np.array([JAZZ, RAP, JAZZ]), ["a"] * 3, 2, 0.5) is None
