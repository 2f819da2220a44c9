"""Losses, Diebold–Mariano and the model confidence set: other libraries, loops, size."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carbonlink.inference import forecast_tests as ft


@pytest.fixture(scope="module")
def difference() -> np.ndarray:
    rng = np.random.default_rng(7)
    rng.standard_normal(600)
    d = rng.standard_normal((600, 2)) ** 2
    d[1:, 0] += 0.4 * d[:-1, 0]
    return d[:, 0] ** 2 - d[:, 1] ** 2


def test_losses():
    assert ft.qlike(np.array([2.0]), np.array([2.0]))[0] == 0
    assert ft.qlike(np.array([2.0]), np.array([1.0]))[0] == pytest.approx(1 - np.log(2))
    assert ft.squared_error(np.array([2.0]), np.array([0.5]))[0] == 2.25


def test_tsecon_has_the_same_one_step_statistic(difference):
    """tsecon 0.6.0, dm_test(h=1): HLN statistic and p-value."""
    found = ft.diebold_mariano(difference)
    assert found.difference == pytest.approx(0.804230862836247)
    assert found.statistic == pytest.approx(1.587278650472075, rel=1e-9)
    assert found.p_value == pytest.approx(0.11297724637164475, rel=1e-9)


def test_three_steps_by_the_definition(difference):
    n, h = len(difference), 3
    u = difference - difference.mean()
    gamma = [sum(u[t] * u[t - j] for t in range(j, n)) / n for j in range(h)]
    dm = difference.mean() / np.sqrt((gamma[0] + 2 * gamma[1] + 2 * gamma[2]) / n)
    factor = np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    assert ft.diebold_mariano(difference, 3).statistic == pytest.approx(dm * factor)
    turned = ft.diebold_mariano(-difference, 3)
    assert turned.statistic == pytest.approx(-dm * factor)
    assert np.isnan(ft.diebold_mariano(np.zeros(50)).p_value)


def test_dependent_losses_widen_the_error():
    rng = np.random.default_rng(2)
    e = rng.standard_normal(2000)
    for t in range(1, 2000):
        e[t] += 0.7 * e[t - 1]
    plain, hac = ft.diebold_mariano(e), ft.diebold_mariano(e, variance="hac")
    long_run = 1 / (1 - 0.7) / np.sqrt(2000)
    assert hac.std_error == pytest.approx(long_run, rel=0.25)
    assert plain.std_error < 0.6 * hac.std_error


def test_arch_has_the_same_confidence_set():
    from arch.bootstrap import MCS

    rng = np.random.default_rng(5)
    shift = np.array([0, 0.05, 0.1, 0.15, 0.3])
    losses = pd.DataFrame(rng.standard_normal((400, 5)) + shift, columns=list("abcde"))
    theirs = MCS(losses, size=0.1, reps=3000, block_size=8, method="max", seed=1)
    theirs.compute()
    ours = ft.model_confidence_set(losses, 3000, 8, rng=2)
    reference = theirs.pvalues["Pvalue"].rename(index=str)
    np.testing.assert_allclose(ours[list("abcde")], reference[list("abcde")], atol=0.03)
    again = ft.model_confidence_set(losses, 3000, 8, rng=2)
    pd.testing.assert_series_equal(ours, again)
    same = pd.DataFrame({"x": losses["a"], "y": losses["a"]})
    assert (ft.model_confidence_set(same, 199) == 1).all()


@pytest.mark.slow
def test_the_set_holds_the_best_models():
    """300 samples of 250 days: three equal best of five all stay in 90 % at 90 %."""
    kept = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        shift = np.array([0, 0, 0, 0.2, 0.5])
        losses = pd.DataFrame(rng.standard_normal((250, 5)) + shift)
        p = ft.model_confidence_set(losses, 499, 3, rng=seed)
        kept += bool((p.iloc[:3] >= 0.1).all())
    assert kept / 300 > 0.86


@pytest.mark.slow
@pytest.mark.parametrize("n, horizon, most", [(50, 1, 0.065), (100, 5, 0.075), (250, 5, 0.07)])
def test_size_of_equal_losses(n, horizon, most):
    """2,000 samples at 5 %: 4 to 5 % one step ahead (t(5) differences), 6 % five steps ahead in
    100 and 250 rows; 8.5 % in 50, which is too few for five autocovariances."""
    rng = np.random.default_rng(0)
    rejected = 0
    for _ in range(2000):
        shocks = rng.standard_t(5, n + horizon - 1)
        losses = np.convolve(shocks, np.ones(horizon), "valid")
        rejected += ft.diebold_mariano(losses, horizon).p_value <= 0.05
    assert 0.03 <= rejected / 2000 <= most


@pytest.mark.slow
def test_the_set_keeps_the_best_and_drops_the_worse():
    """Three equal models and two worse, 250 days, 200 samples: all three stay at 90 % in 90 %."""
    kept = worse = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        errors = rng.standard_normal((250, 1)) + 0.7 * rng.standard_normal((250, 5))
        losses = errors**2 + [0, 0, 0, 0.6, 0.6]
        p = ft.model_confidence_set(pd.DataFrame(losses), 199, rng=rng)
        kept += (p.iloc[:3] >= 0.1).all() / 200
        worse += (p.iloc[3:] >= 0.1).sum() / 400
    assert kept >= 0.84 and worse <= 0.05, (kept, worse)
