"""Simulated returns have the variance, tails and leverage they are said to have."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carbonlink import simulate
from carbonlink.errors import SpecificationError


def filtered(returns, omega, alpha, gamma, beta):
    """Variances that the recursion gives when run on the returns themselves."""
    h = np.empty(len(returns))
    h[0] = omega / (1 - alpha - beta - gamma / 2)
    for t in range(1, len(returns)):
        news = (alpha + gamma * (returns[t - 1] < 0)) * returns[t - 1] ** 2
        h[t] = omega + news + beta * h[t - 1]
    return h


@pytest.mark.parametrize("gamma", [0.0, 0.1])
def test_the_true_recursion_whitens_the_returns_and_a_wrong_one_does_not(gamma):
    vol = "GJR" if gamma else "GARCH"
    r = simulate.garch(n=40_000, alpha=0.06, beta=0.85, gamma=gamma, vol=vol, rng=3).to_numpy()
    z = (r / np.sqrt(filtered(r, 0.05, 0.06, gamma, 0.85)))[200:]
    assert z.var() == pytest.approx(1, abs=4 * np.sqrt(2 / len(z)))
    assert (z**4).mean() == pytest.approx(3, abs=4 * np.sqrt(96 / len(z)))
    wrong = (r / np.sqrt(filtered(r, 0.05, 0.06 + gamma / 2, 0, 0.6)))[200:]
    squares = wrong**2 - (wrong**2).mean()
    lag_one = (squares[1:] * squares[:-1]).mean() / squares.var()
    assert abs(lag_one) > 4 / np.sqrt(len(z))


def test_unconditional_variance_is_omega_over_one_minus_persistence():
    r = simulate.garch(n=100_000, omega=0.1, alpha=0.05, beta=0.85, mu=0.3, rng=1)
    assert r.var() == pytest.approx(0.1 / 0.10, rel=0.04)
    assert r.mean() == pytest.approx(0.3, abs=4 / np.sqrt(len(r)))


def test_egarch_log_variance_has_mean_omega_over_one_minus_beta():
    flat = simulate.garch(n=20_000, omega=-0.2, alpha=0.0, beta=0.8, vol="EGARCH", rng=1)
    assert flat.var() == pytest.approx(np.exp(-1), rel=0.05)
    lever = simulate.garch(
        n=60_000, omega=0.0, alpha=0.1, gamma=-0.3, beta=0.5, vol="EGARCH", rng=1
    ).to_numpy()
    after_fall, after_rise = lever[1:][lever[:-1] < -1], lever[1:][lever[:-1] > 1]
    assert after_fall.var() > 1.5 * after_rise.var()


def test_a_variance_regressor_multiplies_the_variance_by_exp_delta():
    window = pd.Series(
        np.arange(50_000) % 5 == 0, index=pd.bdate_range("1830-01-01", periods=50_000)
    )
    r = simulate.garch(n=50_000, alpha=0.0, beta=0.0, omega=1, delta=0.7, variance_x=window, rng=5)
    assert r.index.equals(window.index)
    assert r[window].var() / r[~window].var() == pytest.approx(np.exp(0.7), rel=0.05)
    plain = simulate.garch(n=50_000, alpha=0.0, beta=0.0, omega=1, rng=5)
    np.testing.assert_allclose(r, plain.to_numpy() * np.exp(0.35 * window), rtol=1e-12)


def test_t_shocks_have_variance_one_and_heavier_tails():
    t = simulate.garch(n=80_000, alpha=0.0, beta=0.0, omega=1, dist="t", shape=6, rng=2)
    assert t.var() == pytest.approx(1, rel=0.04)
    assert t.kurt() == pytest.approx(6 / (6 - 4), abs=1.2)


def test_the_same_seed_gives_the_same_bits_and_another_seed_others():
    one, two = simulate.garch(n=50, rng=7), simulate.garch(n=50, rng=7)
    assert one.equals(two) and not one.equals(simulate.garch(n=50, rng=8))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"alpha": 0.2, "beta": 0.8}, "persistence"),
        ({"gamma": 0.1}, "GJR"),
        ({"omega": -1.0}, "negative variance"),
        ({"vol": "EGARCH", "beta": 1.0}, "explosive"),
        ({"dist": "t", "shape": 2.0}, "without variance"),
        ({"vol": "FIGARCH"}, "FIGARCH"),
        ({"delta": 0.3}, "go together"),
        ({"delta": 0.3, "variance_x": np.ones(3)}, "shape"),
    ],
)
def test_what_cannot_be_simulated_is_refused_in_words(arguments, word):
    with pytest.raises(SpecificationError, match=word):
        simulate.garch(**arguments)


@pytest.mark.slow
def test_arch_recovers_the_parameters():
    from arch import arch_model

    estimates = []
    for seed in range(100):
        r = simulate.garch(n=3000, rng=seed)
        estimates.append(arch_model(r, mean="Constant").fit(disp="off").params.to_numpy())
    mean, error = np.mean(estimates, axis=0), np.std(estimates, axis=0) / 10
    truth = np.array([0.0, 0.05, 0.08, 0.9])
    assert (np.abs(mean - truth) < 4 * error + np.array([0, 0.02, 0.005, 0.01])).all()
