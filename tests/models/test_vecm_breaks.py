"""Threshold adjustment, a break in the relation, and markets that trade at different times."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.kernels import gregory_hansen, threshold_vecm
from carbonlink.measures.nonsynchronous import nonsynchronous


def prices(n: int = 300, pull: float = -0.8, edge: float | None = 1.5, rng: int = 0):
    """Two prices; the first returns to the second, above `edge` alone where there is one."""
    shocks = np.random.default_rng(rng).standard_normal((n, 2))
    y = np.zeros((n, 2))
    for t in range(1, n):
        gap = y[t - 1, 0] - y[t - 1, 1]
        force = pull if edge is None or abs(gap) > edge else 0.0
        y[t] = y[t - 1] + np.array([force * gap, 0.0]) + shocks[t]
    days = pd.bdate_range("2015-01-01", periods=n)
    return pd.DataFrame(y + 50, days, ["a", "b"])


def one_by_one(z0, gap, z2, gamma):
    """LM at one threshold with White's covariances, written out."""
    x = np.column_stack([gap, z2])
    left = z0 - x @ np.linalg.lstsq(x, z0, rcond=None)[0]
    k, parts = z0.shape[1], []
    for side in (gap <= gamma, gap > gamma):
        xs, es = x[side], left[side]
        inverse = np.kron(np.eye(k), np.linalg.inv(xs.T @ xs))
        scores = np.column_stack([es[:, [j]] * xs for j in range(k)])
        parts.append((inverse @ scores.sum(axis=0), inverse @ (scores.T @ scores) @ inverse))
    apart = parts[0][0] - parts[1][0]
    return apart @ np.linalg.solve(parts[0][1] + parts[1][1], apart)


def test_sup_lm_is_the_largest_of_the_statistics_by_hand():
    y = prices().to_numpy()
    change = np.diff(y, axis=0)
    z0, gap = change[1:], (y[:, 0] - y[:, 1])[1:-1]
    z2 = np.column_stack([np.ones(len(gap)), change[:-1]])
    found = threshold_vecm.test(z0, gap, z2, np.random.default_rng(0), 99, points=25)
    tries = np.unique(np.quantile(gap, np.linspace(0.1, 0.9, 25)))
    by_hand = [one_by_one(z0, gap, z2, g) for g in tries]
    assert found.statistic == pytest.approx(max(by_hand), rel=1e-7)
    assert found.at == pytest.approx(tries[int(np.argmax(by_hand))])
    assert 0.1 <= found.share_low <= 0.9


def test_the_threshold_test_of_a_fitted_model():
    shocks = np.random.default_rng(4).standard_normal((600, 2))
    y = np.zeros((600, 2))
    for t in range(1, 600):
        gap = y[t - 1, 0] - y[t - 1, 1]
        y[t] = y[t - 1] + np.array([(-0.95 if gap > 0.5 else -0.1) * gap, 0.0]) + shocks[t]
    data = pd.DataFrame(y + 50, columns=["a", "b"])
    found = cl.VECM(data, lags=2, rank=1).fit().threshold_test(draws=99)
    assert found.p_value <= 0.05
    assert abs(found.high[0]) > abs(found.low[0])
    again = cl.VECM(data, lags=2, rank=1).fit().threshold_test(draws=99)
    assert again.p_value == found.p_value
    assert "9.3 %" in found.note


def test_a_relation_with_a_break_is_found_where_it_breaks():
    draws = np.random.default_rng(2)
    x = 50 + draws.standard_normal(240).cumsum()
    y = 5 + x + 8.0 * (np.arange(240) >= 130) + 0.5 * draws.standard_normal(240)
    days = pd.bdate_range("2020-01-01", periods=240)
    data = pd.DataFrame({"y": y, "x": x}, days)
    fitted = cl.VECM(data, lags=1, rank=1).fit()
    found = fitted.gregory_hansen("c")
    assert found["rejected at 5 %"]
    assert abs(days.get_loc(found["last row before"]) - 129) <= 2
    assert "10.5 %" in found["note"]
    apart = cl.simulate.error_correction(240, adjustment=0, short_run=0, rng=3)
    assert not cl.VECM(apart, lags=1, rank=1).fit().gregory_hansen("regime")["rejected at 5 %"]


def test_the_statistic_is_the_smallest_adf_of_statsmodels():
    from statsmodels.tsa.stattools import adfuller

    data = prices(120, edge=None, pull=-0.3).to_numpy()
    found = gregory_hansen.test(data[:, 0], data[:, 1:], "c", 0)
    step = (np.arange(120) > found.at).astype(float)
    z = np.column_stack([np.ones(120), step, data[:, 1]])
    left = data[:, 0] - z @ np.linalg.lstsq(z, data[:, 0], rcond=None)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = adfuller(left, maxlag=0, regression="n", autolag=None)[0]
    assert found.statistic == pytest.approx(peer, rel=1e-9)


def test_bad_questions_are_refused():
    fitted = cl.VECM(prices(150), lags=1, rank=1).fit()
    with pytest.raises(cl.SpecificationError, match="model"):
        fitted.gregory_hansen("x")
    with pytest.raises(cl.SpecificationError, match="trimming"):
        fitted.gregory_hansen("c", trimming=0.5)
    with pytest.raises(cl.SpecificationError, match="draws"):
        fitted.threshold_test(draws=9)
    with pytest.raises(cl.SpecificationError, match="trimming"):
        fitted.threshold_test(trimming=0.6)
    with pytest.raises(cl.SpecificationError, match="one relation"):
        cl.VECM(prices(150), lags=1, rank=0).fit().threshold_test()
    with pytest.raises(cl.TooFewObservationsError, match="100 are needed"):
        cl.VECM(prices(60), lags=1, rank=1).fit().threshold_test()
    with pytest.raises(cl.TooFewObservationsError, match="60 are needed"):
        cl.VECM(prices(50), lags=1, rank=1).fit().gregory_hansen()


def test_dimson_adds_up_what_trades_late():
    draws = np.random.default_rng(0)
    x = draws.standard_normal(2000)
    y = 0.5 * x + 0.3 * np.r_[0, x[:-1]] + 0.1 * draws.standard_normal(2000)
    days = pd.bdate_range("2015-01-01", periods=2000)
    frame = pd.DataFrame({"y": y, "x": x}, days)
    row = nonsynchronous(frame).set_index(["effect", "cause"]).loc[("y", "x")]
    assert row["beta"] == pytest.approx(0.5, abs=0.03)
    assert row["dimson"] == pytest.approx(0.8, abs=4 * row["std_error"])
    assert row["correlation"] == pytest.approx(np.corrcoef(x, y)[0, 1])
    frame.iloc[::2, 0] = np.nan
    assert nonsynchronous(frame).iloc[0]["joint_days"] == 1000


def test_dimson_refuses_by_name():
    frame = cl.simulate.var(60, rng=1)
    with pytest.raises(cl.SpecificationError, match="lags"):
        nonsynchronous(frame, lags=-1)
    with pytest.raises(cl.SpecificationError, match="nobody"):
        nonsynchronous(frame, markets=["cea", "nobody"])
    with pytest.raises(cl.DataError, match="two markets"):
        nonsynchronous(frame[["cea"]])
    assert nonsynchronous(frame.iloc[:20])["note"].str.contains("30 are needed").all()
