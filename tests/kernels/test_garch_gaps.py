"""GARCH over gaps: arch's numbers, a plain loop, forecasts by hand, what estimation adds."""

from __future__ import annotations

import numpy as np
import pytest

from carbonlink.kernels import garch_gaps
from carbonlink.kernels.garch_gaps import fit_gap_garch, influence


def garch(n: int, rng: int) -> np.ndarray:
    draws = np.random.default_rng(rng).standard_normal(n)
    shocks, h = np.empty(n), 1.0
    for t in range(n):
        shocks[t] = np.sqrt(h) * draws[t]
        h = 0.1 + 0.1 * shocks[t] ** 2 + 0.8 * h
    return shocks


def thinned(daily: np.ndarray, rng: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns between sessions with a trade, half of them, and the sessions they span."""
    place = np.flatnonzero(np.random.default_rng(rng).random(len(daily)) < 0.5)
    shocks, gap = np.full((2, len(daily)), np.nan)
    shocks[place[1:]] = np.diff(daily.cumsum()[place])
    gap[place[1:]] = np.diff(place)
    return shocks, gap


def test_with_every_session_it_is_arch():
    from arch import arch_model

    shocks = garch(2500, 1)
    found = fit_gap_garch(shocks, np.ones(2500), np.ones(2500, dtype=bool))
    peer = arch_model(shocks, mean="Zero", rescale=False).fit(
        disp="off", backcast=float((shocks**2).mean()), tol=1e-10
    )
    assert found.loglik == pytest.approx(peer.loglikelihood, abs=1e-6)
    np.testing.assert_allclose(
        [found.omega, found.alpha, found.beta], peer.params.to_numpy(), rtol=1e-4
    )
    np.testing.assert_allclose(found.variance, peer.conditional_volatility**2, rtol=1e-4)


def test_gaps_and_unseen_sessions_follow_a_plain_loop():
    shocks, gap = thinned(garch(900, 2), 3)
    seen = np.ones(900, dtype=bool)
    seen[300:330] = False
    found = fit_gap_garch(shocks, gap, seen)
    used = np.isfinite(shocks) & seen
    mean = (shocks[used] ** 2).sum() / gap[used].sum()
    h = [found.omega + found.persistence * mean]
    for t in range(899):
        news = shocks[t] ** 2 / gap[t] if used[t] else h[-1]
        h.append(found.omega + found.alpha * news + found.beta * h[-1])
    np.testing.assert_allclose(found.variance, h, rtol=1e-10)
    loglik = 0.0
    for t in np.flatnonzero(used):
        total = sum(h[t - int(gap[t]) + 1 : t + 1])
        loglik -= 0.5 * (np.log(2 * np.pi * total) + shocks[t] ** 2 / total)
    assert found.loglik == pytest.approx(loglik, rel=1e-10)


def test_the_slope_is_that_of_the_likelihood():
    from scipy.optimize import check_grad

    shocks, gap = thinned(garch(600, 4), 5)
    data = garch_gaps._Data.of(shocks, gap, np.arange(600) % 100 < 80)
    for theta in ([0.0, 0.9, 0.1], [0.4, 0.5, 0.7]):
        error = check_grad(
            lambda t: garch_gaps._loss(t, data)[0],
            lambda t: garch_gaps._loss(t, data)[1],
            np.array(theta),
        )
        assert error < 1e-6


def test_ratios_are_squares_over_the_forecast_of_their_sessions():
    shocks, gap = thinned(garch(900, 6), 7)
    seen = np.ones(900, dtype=bool)
    seen[500:530] = False
    found = fit_gap_garch(shocks, gap, seen)
    row = found.ratios(np.array([500]), 30, shocks, gap)[0]
    level = found.omega / (1 - found.persistence)
    forecast = dict(enumerate(found.variance[:500]))
    for k in range(30):
        forecast[500 + k] = level + found.persistence**k * (found.variance[500] - level)
    for k in range(30):
        t = 500 + k
        if np.isfinite(shocks[t]) and 2 * min(gap[t], k + 1) >= gap[t]:
            total = sum(forecast[s] for s in range(t - int(gap[t]) + 1, t + 1))
            assert row[k] == pytest.approx(shocks[t] ** 2 / total, rel=1e-10)
        else:
            assert np.isnan(row[k])
    np.testing.assert_allclose(found.variance[500:530], [forecast[500 + k] for k in range(30)])


def test_an_integrated_variance_is_carried_on():
    one = garch_gaps.GapGarch(0.1, 0.2, 0.8, np.array([1.0, 2.0]), 0.0, 2)
    np.testing.assert_allclose(one.ahead(np.array([1]), 4), [[2.0, 2.1, 2.2, 2.3]])


def test_what_estimation_adds_is_the_spread_around_the_true_variance():
    n, starts = 700, np.array([200, 440, 670])
    seen = np.ones(n, dtype=bool)
    for start in starts:
        seen[start : start + 30] = False
    gap, gaps, sizes = np.ones(n), [], []
    for rng in range(40):
        shocks = garch(n, 100 + rng)
        found = fit_gap_garch(shocks, gap, seen)
        data = garch_gaps._Data.of(shocks, gap, seen)
        true = np.array([0.1, 0.1, 0.8])
        known = garch_gaps.GapGarch(*true, garch_gaps._run(true, data), 0.0, n)
        mean = [np.nanmean(one.ratios(starts, 30, shocks, gap)) for one in (found, known)]
        gaps.append(mean[0] - mean[1])
        sizes.append((influence(found, shocks, gap, seen, starts, 30) ** 2).sum())
    # a ratio of standard deviations over 40 samples has an error of about 0.12
    assert np.std(gaps) / np.sqrt(np.mean(sizes)) == pytest.approx(1, abs=0.4)
