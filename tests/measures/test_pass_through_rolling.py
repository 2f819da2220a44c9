"""Rolling pass-through: each window is its own model; constancy keeps its size and has power."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import SpecificationError, TooFewObservationsError
from carbonlink.kernels.constancy import score_path


def broken(n=700, seed=1, after=0.8):
    """A power price whose long run is 0.8 before the middle and `after` from then on."""
    rng = np.random.default_rng(seed)
    index = pd.bdate_range("2020-01-01", periods=n)
    carbon = 60 + np.cumsum(rng.normal(0, 1, n))
    power = np.empty(n)
    power[0] = 300 + 0.8 * carbon[0]
    for t in range(1, n):
        slope = 0.8 if t < n // 2 else after
        level = 300 + slope * (carbon[t - 1] - 60) + 0.8 * 60
        power[t] = power[t - 1] - 0.15 * (power[t - 1] - level) + rng.normal(0, 1)
    return pd.DataFrame({"carbon": carbon, "power": power}, index=index)


def measured(frame):
    return cl.pass_through(frame, "carbon", "power", intensity=0.85, lags=1)


def test_a_window_is_the_model_of_its_rows():
    frame = broken()
    found = measured(frame)
    rolling = found.rolling(200, step=100, draws=49)
    days = found.model.resid.index[100:300]
    mask = pd.Series(frame.index.isin(days), frame.index)
    own = cl.ECM(frame["power"], frame["carbon"], lags=1, where=mask).fit()
    assert rolling.long_run[days[-1]] == pytest.approx(own.long_run["carbon"], rel=1e-9)
    ends = rolling.band().loc[days[-1]]
    assert ends["lower"] == pytest.approx(own.long_run_set("carbon").lower, rel=1e-9)


def test_a_break_is_found_where_it_is():
    frame = broken(after=1.6)
    rolling = measured(frame).rolling(200, step=50)
    assert rolling.test.p_value < 0.05
    assert abs(frame.index.get_loc(rolling.break_day) - 350) < 80
    assert rolling.long_run.iloc[-1] > rolling.long_run.iloc[0] + 0.3


def test_the_statistic_is_the_one_of_plain_regressions():
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(60), rng.normal(size=(60, 2))])
    y = x @ [1.0, 2.0, -1.0] + rng.normal(size=60)
    rows, path = score_path(y, x, [1, 2], 0.2)
    e = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    best = 0.0
    for tau in range(12, 48):
        z = x[:, [1, 2]] * (np.arange(60) < tau)[:, None]
        full = np.column_stack([x, z])
        fit = full @ np.linalg.lstsq(full, e, rcond=None)[0]
        best = max(best, float(fit @ fit) / float(e @ e / 60))
    assert path.max() == pytest.approx(best, rel=1e-9) and len(rows) == len(path) == 36


@pytest.mark.slow
def test_constancy_rejects_as_often_as_it_should():
    """0.0545 in 2,000 runs."""
    rejected = [
        measured(broken(400, seed)).rolling(300, step=200, draws=199, rng=seed).test.p_value <= 0.05
        for seed in range(2000)
    ]
    assert 0.035 <= np.mean(rejected) <= 0.065


def test_refusals():
    found = measured(broken(200))
    with pytest.raises(TooFewObservationsError, match="window=20"):
        found.rolling(20)
    with pytest.raises(TooFewObservationsError, match="window=900"):
        found.rolling(900)
    with pytest.raises(SpecificationError, match="step=0"):
        found.rolling(100, step=0)
    for given in ({"window": "x"}, {"step": 1.5}, {"draws": "x"}):
        with pytest.raises(cl.SpecificationError, match=f"{next(iter(given))}=.* is not usable"):
            found.rolling(**given)
    with pytest.raises(SpecificationError, match="error-correction"):
        found.refit(method="dols", lags=None).rolling(100)
