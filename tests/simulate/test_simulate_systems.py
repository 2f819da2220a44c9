"""Simulated systems have the links they are said to have."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import solve_discrete_lyapunov

from carbonlink import simulate
from carbonlink.errors import SpecificationError
from carbonlink.simulate.systems import follow


def test_a_vector_autoregression_has_its_closed_form_covariance():
    a = np.array([[0.5, 0.2], [-0.1, 0.3]])
    sigma = np.array([[1.0, 0.4], [0.4, 2.0]])
    y = simulate.var(60_000, coefs=a, sigma=sigma, names=("a", "b"), rng=1)
    np.testing.assert_allclose(y.cov(), solve_discrete_lyapunov(a, sigma), atol=0.08)
    lagged = np.linalg.lstsq(y[:-1].to_numpy(), y[1:].to_numpy(), rcond=None)[0].T
    np.testing.assert_allclose(lagged, a, atol=0.02)


def test_the_second_lag_is_the_second_lag():
    a = np.zeros((2, 2, 2))
    a[1, 1, 0] = 0.6
    y = simulate.var(20_000, coefs=a, sigma=np.eye(2), names=("a", "b"), rng=1)
    assert y["b"].corr(y["a"].shift(2)) == pytest.approx(0.6 / np.sqrt(1.36), abs=0.03)
    assert abs(y["b"].corr(y["a"].shift(1))) < 0.03


def test_default_links_go_from_the_first_series_to_the_others():
    y = simulate.var(30_000, names=("a", "b", "c", "d"), rng=2)
    lagged = np.linalg.lstsq(y[:-1].to_numpy(), y[1:].to_numpy(), rcond=None)[0].T
    expected = np.diag([0.2] * 4)
    expected[1:, 0] = 0.3
    np.testing.assert_allclose(lagged, expected, atol=0.03)
    shocks = y[1:].to_numpy() - y[:-1].to_numpy() @ expected.T
    np.testing.assert_allclose(np.cov(shocks.T), 0.7 * np.eye(4) + 0.3, atol=0.03)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"coefs": 1.01 * np.eye(3)}, "explosive"),
        ({"coefs": np.eye(2)}, "do not fit"),
        ({"sigma": -np.eye(3)}, "covariance"),
    ],
)
def test_impossible_systems_are_refused(arguments, word):
    with pytest.raises(SpecificationError, match=word):
        simulate.var(**arguments)


def test_without_shocks_the_gap_closes_by_the_adjustment_each_day():
    cause = np.array([10.0, *[20.0] * 30])
    level = follow(cause, long_run=0.5, adjustment=0.2, short_run=0.0, shocks=np.zeros(31))
    gap = 10 - level[1:]
    np.testing.assert_allclose(gap, 5 * 0.8 ** np.arange(30), rtol=1e-12)
    jump = follow(cause, long_run=0.5, adjustment=0.2, short_run=0.5, shocks=np.zeros(31))
    np.testing.assert_allclose(jump, 0.5 * cause, rtol=1e-12)


def test_error_correction_is_recovered_by_least_squares():
    d = simulate.error_correction(20_000, long_run=0.6, adjustment=0.25, short_run=0.3, rng=4)
    change, before = d.diff().iloc[1:], d.shift().iloc[1:]
    x = np.column_stack([before["effect"], before["cause"], change["cause"]])
    b = np.linalg.lstsq(x, change["effect"].to_numpy(), rcond=None)[0]
    assert -b[0] == pytest.approx(0.25, abs=0.02)
    assert -b[1] / b[0] == pytest.approx(0.6, abs=0.005)
    assert b[2] == pytest.approx(0.3, abs=0.03)
    with pytest.raises(SpecificationError, match="explosive"):
        simulate.error_correction(adjustment=2.5)


def test_linked_returns_have_their_correlation_spillover_and_window():
    days = pd.bdate_range("1900-01-01", periods=40_000)
    shocks = {
        "leader": simulate.Shock(deviation=1.0, alpha=0.0, beta=0.0),
        "near": simulate.Shock(deviation=2.0, alpha=0.0, beta=0.0, loading=0.5, spillover=0.4),
        "far": simulate.Shock(deviation=3.0, alpha=0.0, beta=0.0, window_effect=0.5),
    }
    windows = pd.DataFrame(False, index=days, columns=list(shocks))
    windows["far"] = np.arange(len(days)) % 3 == 0
    link_from = days[10_000]
    r = simulate.linked_returns(days, shocks, windows, link_from=link_from, shape=8, rng=1)
    before, after = r[:10_000], r[10_000:]
    assert np.abs(np.corrcoef(before.T) - np.eye(3)).max() < 0.05
    own = after["near"] - 0.4 * after["leader"].shift()
    assert own.corr(after["leader"]) == pytest.approx(0.5, abs=0.03)
    assert own.std() == pytest.approx(2.0, rel=0.03)
    assert after["near"].cov(after["leader"].shift()) == pytest.approx(0.4, abs=0.05)
    assert abs(after["far"].corr(after["leader"])) < 0.03
    open_days = windows["far"]
    assert r["far"][open_days].var() / r["far"][~open_days].var() == pytest.approx(
        np.exp(0.5), rel=0.08
    )
    with pytest.raises(SpecificationError, match="leads"):
        simulate.linked_returns(days, {"near": shocks["near"]})
    with pytest.raises(SpecificationError, match="without variance"):
        simulate.linked_returns(days, shocks, shape=2)


def test_power_follows_carbon_and_never_falls_below_zero():
    days = pd.date_range("2000-01-01", periods=6_000)
    carbon = pd.Series(
        80 + 3 * simulate.var(6_000, names=("c",), rng=1)["c"].cumsum().to_numpy(), days
    )
    frame = simulate.quarter_hours(carbon, long_run=0.6, adjustment=0.25, rng=1)
    assert frame.index[0] == pd.Timestamp("2000-01-01 00:15")
    assert frame.index[-1] == days[-1] + pd.Timedelta(days=1)
    daily = frame["price"].to_numpy().reshape(-1, 96).mean(axis=1)
    slope = np.polyfit(carbon.to_numpy(), daily, 1)
    assert slope[0] == pytest.approx(0.6, abs=0.02)
    assert slope[1] == pytest.approx(345, abs=5)
    poor = simulate.quarter_hours(carbon[:50] * 0, constant=60, rng=1)
    assert poor["price"].min() == 0
    rich = simulate.quarter_hours(carbon[:50] * 0, constant=1060, rng=1)
    means = [f["price"].to_numpy().reshape(-1, 96).mean(axis=1) for f in (poor, rich)]
    np.testing.assert_allclose(means[1] - means[0], 1000, rtol=1e-9)
    with pytest.raises(SpecificationError, match="gap"):
        simulate.quarter_hours(carbon.drop(days[3]))


@pytest.mark.parametrize("n", [0, -5, 10.5, True])
@pytest.mark.parametrize("draw", [simulate.garch, simulate.var, simulate.error_correction])
def test_a_number_of_days_is_whole_and_positive(draw, n):
    with pytest.raises(SpecificationError, match=f"n={n} is no number of days"):
        draw(n=n)


def test_no_cycles_are_no_days():
    with pytest.raises(SpecificationError, match="n=0"):
        simulate.volumes(cycles=0)
