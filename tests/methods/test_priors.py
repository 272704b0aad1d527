import numpy as np
import pytest

from covergenre.methods.priors import holdout_sources, log_prior, log_source_priors, vote_weights

JAZZ, RAP, EDM = range(3)


def test_a_source_can_be_asked_about_when_others_have_two_of_its_genres():
    labels = np.array([JAZZ, RAP, JAZZ, RAP, EDM, JAZZ])
    assert holdout_sources(labels, ["a", "a", "b", "b", "b", "c"]) == ["a", "b"]


def test_covers_of_unknown_sources_are_not_asked_about():
    assert holdout_sources(np.array([JAZZ, RAP, JAZZ, RAP]), ["", "", "a", "a"]) == ["a"]
    assert holdout_sources(np.array([JAZZ, RAP]), ()) == []


def test_the_odds_are_those_of_the_covers_own_source():
    labels = np.array([JAZZ] * 90 + [RAP] * 10 + [JAZZ] * 10 + [RAP] * 90)
    odds = np.exp(log_source_priors(labels, ["a"] * 100 + ["b"] * 100, 2, smoothing=1e-6))
    np.testing.assert_allclose(odds[[0, 199]], [[0.9, 0.1], [0.1, 0.9]], atol=1e-3)


def test_smoothing_draws_the_odds_of_a_source_of_one_genre_towards_the_general_ones():
    labels = np.array([JAZZ] * 30 + [RAP] * 30)
    odds = np.exp(log_source_priors(labels, ["a"] * 30 + ["b"] * 30, 2, smoothing=30))
    np.testing.assert_allclose(odds[0], [0.75, 0.25])


@pytest.mark.parametrize(("balance", "shares"), [(0.0, [0.9, 0.1]), (0.5, [0.75, 0.25]), (1.0, [0.5, 0.5])])
def test_balance_evens_out_what_is_expected_beforehand(balance, shares):
    np.testing.assert_allclose(np.exp(log_prior(np.array([JAZZ] * 9 + [RAP]), 2, balance)), shares)


def test_a_vote_counts_the_less_the_commoner_its_genre_is_in_its_source():
    labels = np.array([JAZZ] * 90 + [RAP] * 10 + [JAZZ] * 10 + [RAP] * 90)
    votes = vote_weights(labels, ["a"] * 100 + ["b"] * 100, 2, 0.5)
    assert votes.mean() == pytest.approx(1)
    np.testing.assert_allclose(votes[[0, 199]], votes[0])
    assert votes[99] / votes[0] == pytest.approx((90 + 15) / (10 + 15))


def test_the_votes_of_one_source_are_not_evened():
    assert vote_weights(np.array([JAZZ, RAP, JAZZ]), ["a"] * 3, 2, 0.5) is None
