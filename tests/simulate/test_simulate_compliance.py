"""The simulated compliance market: its closed form, its counterfactuals, and its estimators."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import SpecificationError

SIMULATE = cl.simulate.compliance_market


@pytest.mark.parametrize("window", [1, 10, 30, 120, 244])
def test_the_share_of_the_window_is_the_closed_form(window):
    n, kappa, patient = 244, 0.05, 0.3
    market = SIMULATE(days=n, waiting=kappa, patient=patient, rng=1)
    rush = (1 - np.exp(-kappa * window)) / (1 - np.exp(-kappa * n))
    assert market.window_share(window) == pytest.approx(patient * window / n + (1 - patient) * rush)


def test_without_a_reason_to_wait_trade_is_even():
    market = SIMULATE(waiting=0.0, noise=0.0, rng=1)
    assert np.allclose(market.profile, 1 / 244)
    found = cl.concentration(market.volume, deadlines=market.deadlines, draws=99)
    assert np.allclose(found.table["window_share"], 30 / 244)


def test_demand_is_what_compliance_needs():
    market = SIMULATE(rng=1)
    firms = market.firms
    assert np.allclose(
        firms["demand"], firms["emissions"] - firms["allocation"] - firms["credits_used"]
    )
    assert np.allclose(firms["credits_used"], 0.02 * firms["emissions"])
    quiet = SIMULATE(noise=0.0, rng=1)
    cycle = quiet.volume.to_numpy().reshape(4, 244).sum(axis=1)
    assert np.allclose(cycle, firms["demand"].clip(lower=0).sum())


def test_counterfactuals_move_the_way_they_are_argued_for():
    base = SIMULATE(noise=0.0, offsets=0.1, rng=1)
    staggered = SIMULATE(noise=0.0, offsets=0.1, deadline_groups=4, rng=1)
    credits = SIMULATE(noise=0.0, offsets=0.1, offset_cap=0.1, rng=1)
    auction = SIMULATE(noise=0.0, offsets=0.1, auction_share=0.4, rng=1)
    assert staggered.window_share(30) < 0.6 * base.window_share(30)
    assert credits.volume.sum() < base.volume.sum()
    assert auction.volume.sum() == pytest.approx(0.6 * base.volume.sum())
    assert auction.auctions.sum() == pytest.approx(0.4 * base.volume.sum())
    assert (auction.auctions > 0).sum() == 4 * 4


def test_the_estimators_meet_the_truth():
    market = SIMULATE(cycles=6, zero_share=0.1, rng=3)
    found = cl.concentration(market.volume, deadlines=market.deadlines, draws=999)
    assert found.pvalue < 0.01
    pooled = found.table["window_share"].iloc[:6].mean()
    assert abs(pooled - market.window_share(30)) < 0.08
    prices = pd.DataFrame({"cause": market.price, "effect": market.power})
    rate = cl.pass_through(prices, "cause", "effect", intensity=0.85, benchmark=0.82)
    assert market.long_run in rate.long_run_ratio.confidence_set(0.99)
    assert 1.0 in rate.net.confidence_set(0.99)


@pytest.mark.slow
def test_net_pass_through_covers_the_truth():
    hits = []
    for seed in range(500):
        market = SIMULATE(firms=20, cycles=4, pass_through=0.7, rng=seed)
        prices = pd.DataFrame({"cause": market.price, "effect": market.power})
        rate = cl.pass_through(prices, "cause", "effect", intensity=0.85, benchmark=0.82, lags=1)
        hits.append(0.7 in rate.net.confidence_set(0.95))
    assert 0.92 <= np.mean(hits) <= 0.97


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"benchmark": 1.5}, "No firm is short"),
        ({"auction_share": 1.0}, "auction_share"),
        ({"deadline_groups": 500}, "more groups"),
        ({"cycles": 0}, "cycles=0"),
        ({"waiting": -1.0}, "not negative"),
        ({"adjustment": 0.0}, "adjustment"),
        ({"intensity": 850.0}, "intensity"),
    ],
)
def test_refusals(changes, words):
    with pytest.raises(SpecificationError, match=words):
        SIMULATE(**changes)
