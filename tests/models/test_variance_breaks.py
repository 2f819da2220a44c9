"""Variance breaks: recovery, invariances, refusals, size by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.kernels import icss
from carbonlink.kernels.icss_critical import critical_value

variance_breaks = cl.variance_breaks


@pytest.fixture(scope="module")
def y() -> pd.Series:
    y = cl.simulate.garch(1500, omega=0.5, alpha=0.1, beta=0.4, rng=4)
    y.iloc[700:] *= 2.5
    return y


def test_the_break_is_dated_and_measured(y):
    found = variance_breaks(y)
    assert len(found.breaks) == 1
    first, last = found.breaks.index[0], found.breaks["last"].iloc[0]
    assert abs(y.index.get_loc(first) - 700) <= 15
    assert y.index.get_loc(first) == y.index.get_loc(last) + 1
    assert list(found.segments["start"]) == [y.index[0], first]
    assert found.segments["nobs"].sum() == len(y)
    spread = found.segments["std_dev"]
    centred = y - y.mean()
    assert spread.iloc[0] == pytest.approx(np.sqrt((centred[:last] ** 2).mean()), rel=1e-12)
    change = found.breaks["variance_change"].iloc[0]
    assert change == pytest.approx(100 * ((spread.iloc[1] / spread.iloc[0]) ** 2 - 1))
    tidy = found.tidy().set_index("term")["estimate"]
    assert tidy[f"break {first.date()}"] == pytest.approx(change)


def test_the_dummies_take_the_break_out_of_a_garch(y):
    """Unmodelled, the break looks like persistence."""
    found = variance_breaks(y)
    plain = cl.GARCH(y).fit()
    broken = cl.GARCH(y, variance_x=found.dummies).fit()
    assert plain.persistence > 0.95 and broken.persistence < 0.8
    assert broken.bic < plain.bic


@pytest.mark.parametrize("statistic", icss.STATISTICS)
def test_units_do_not_matter(y, statistic):
    one, other = variance_breaks(y, statistic), variance_breaks(1e-6 * y, statistic)
    assert one.breaks.index.equals(other.breaks.index)
    np.testing.assert_allclose(one.breaks["statistic"], other.breaks["statistic"], rtol=1e-9)
    np.testing.assert_allclose(1e-6 * one.segments["std_dev"], other.segments["std_dev"])


def test_a_shift_of_the_mean_does_not_matter_once_it_is_taken_out(y):
    one, other = variance_breaks(y), variance_breaks(y + 10)
    np.testing.assert_allclose(one.breaks["statistic"], other.breaks["statistic"], rtol=1e-9)
    assert variance_breaks(y, demean=False).returns.equals(y)


def test_every_choice_reaches_the_answer(y):
    assert variance_breaks(y).breaks["critical_value"].iloc[0] < 1.358
    asymptotic = variance_breaks(y, level=0.03, critical="asymptotic").breaks["critical_value"]
    assert asymptotic.iloc[0] == pytest.approx(critical_value("it", 0.03, None))
    few, many = (variance_breaks(y, lags=n).breaks["statistic"].iloc[0] for n in (0, 20))
    assert many < few
    assert variance_breaks(y, minimum_segment=700).segments["nobs"].min() >= 700


def test_the_bootstrap_keeps_to_clusters_and_sees_the_break(y):
    found = cl.variance_breaks(y, critical="bootstrap", draws=99)
    assert len(found.breaks) == 1 and found.breaks["p_value"].iloc[0] == 0.01
    assert found.breaks["critical_value"].iloc[0] > 1.3
    assert found.breaks.equals(cl.variance_breaks(y, critical="bootstrap", draws=99).breaks)
    assert "bootstrap" in found.diagnostics()["reference"].iloc[0]
    clusters = cl.simulate.garch(800, omega=0.02, alpha=0.08, beta=0.9, rng=0)
    assert len(cl.variance_breaks(clusters).breaks) > 0
    calm = cl.variance_breaks(clusters, critical="bootstrap", draws=99)
    assert calm.breaks.empty and calm.diagnostics()["p_value"].iloc[0] > 0.05
    with pytest.raises(cl.SpecificationError, match="critical='bootstrap'"):
        cl.variance_breaks(y, draws=99)


def test_undated_returns_and_arrays_will_do(y):
    found = variance_breaks(y.to_numpy())
    assert found.breaks.index[0] == y.index.get_loc(variance_breaks(y).breaks.index[0])


def test_it_says_what_the_older_statistics_assume(y):
    assert any("volatility clusters" in n for n in variance_breaks(y, "it").notes)
    assert not variance_breaks(y).notes


@pytest.mark.parametrize(
    "change, match",
    [
        ({"statistic": "kappa3"}, "kappa3"),
        ({"level": 0.2}, "level"),
        ({"level": 2}, "level"),
        ({"critical": "exact"}, "exact"),
        ({"minimum_segment": 3}, "minimum_segment"),
        ({"lags": 3, "statistic": "it"}, "no use"),
        ({"lags": -1}, "lags"),
    ],
)
def test_a_choice_it_does_not_know_is_refused(y, change, match):
    with pytest.raises(cl.SpecificationError, match=match):
        variance_breaks(y, **change)


def test_data_it_cannot_use_is_refused(y):
    hole = y.copy()
    hole.iloc[7] = np.nan
    with pytest.raises(cl.DataError, match=str(y.index[7].date())):
        variance_breaks(hole)
    with pytest.raises(cl.DataError, match="constant"):
        variance_breaks(y * 0 + 3)
    with pytest.raises(cl.DataError, match="price"):
        variance_breaks(100 + y.cumsum())
    with pytest.raises(cl.DataError, match="order"):
        variance_breaks(y[::-1])
    with pytest.raises(cl.TooFewObservationsError, match="60"):
        variance_breaks(y.iloc[:50])


def _returns(kind: str, draws: int, n: int) -> np.ndarray:
    rng = np.random.default_rng(11)
    if kind == "normal":
        return rng.standard_normal((draws, n))
    if kind == "t":
        return rng.standard_t(5, (draws, n))
    z, h, e = rng.standard_normal((draws, n + 200)), np.ones(draws), np.empty((draws, n + 200))
    for t in range(n + 200):
        e[:, t] = np.sqrt(h) * z[:, t]
        h = 0.2 + 0.1 * e[:, t] ** 2 + 0.7 * h
    return e[:, 200:]


@pytest.mark.slow
@pytest.mark.parametrize("n", [500, 1500])
@pytest.mark.parametrize(
    "kind, holds, fails",
    [
        ("normal", ("it", "kappa1", "kappa2"), ()),
        ("t", ("kappa1", "kappa2"), ("it",)),
        ("garch", ("kappa2",), ("it",)),
    ],
)
def test_size(kind, holds, fails, n):
    """Rejections of a constant variance at 5 %, 2,000 samples; GARCH with α = 0.1, β = 0.7."""
    e = _returns(kind, 2000, n)
    e -= e.mean(axis=1, keepdims=True)
    rate = {}
    for statistic in icss.STATISTICS:
        largest = icss.path(e, statistic)[:, 29 : n - 30].max(axis=1)
        rate[statistic] = float((largest > critical_value(statistic, 0.05, n, 30 / n)).mean())
    for statistic in holds:
        assert 0.02 <= rate[statistic] <= (0.11 if kind == "garch" else 0.07), rate
    for statistic in fails:
        assert rate[statistic] > 0.15, rate
