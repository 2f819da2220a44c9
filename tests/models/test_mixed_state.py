"""The mixed-frequency VAR in state space: its likelihood by hand, recovery, and refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import carbonlink as cl
from carbonlink.models.mixed_state import mixed_state, system

TRUTH = np.array([[0.5, 0.0], [0.4, 0.3]])


def data(n: int = 1200, rule: str = "mean", rng: int = 0):
    draws = np.random.default_rng(rng)
    z = np.zeros((n + 50, 2))
    for t in range(1, n + 50):
        z[t] = TRUTH @ z[t - 1] + draws.standard_normal(2)
    weeks = pd.date_range("2000-01-07", periods=n, freq="W-FRI")
    frame = pd.DataFrame(z[50:], weeks, ["x", "y"])
    low = getattr(frame["y"].groupby(np.arange(n) // 4), rule)()
    low.index = weeks[3::4]
    return frame["x"], low.rename("y")


@pytest.mark.parametrize("rule", ["mean", "sum", "last"])
def test_the_likelihood_is_the_joint_normal(rule):
    """Sixteen weeks and four months against the multivariate normal density."""
    from statsmodels.tsa.statespace.kalman_filter import KalmanFilter

    params = np.array([0.5, 0.1, 0.4, 0.3, 0.1, 0.2, -0.1])
    n, place = 16, np.array([3, 7, 11, 15])
    made = system(params, n, place, rule)
    draws = np.random.default_rng(1)
    seen = np.full((n, 2), np.nan)
    seen[:, 0] = draws.standard_normal(n)
    seen[place, 1] = draws.standard_normal(4)
    seen[5, 0] = np.nan
    model = KalmanFilter(2, 3, k_posdef=2)
    model.bind(seen)
    for name in ("design", "transition", "selection", "state_cov"):
        model[name] = made[name]
    model["obs_cov"] = np.zeros((2, 2))
    model.initialize_known(np.zeros(3), made["start"])
    ours = model.loglike()
    a = params[:4].reshape(2, 2)
    gamma = made["start"][:2, :2]
    wide = np.zeros((2 * n, 2 * n))
    for i in range(n):
        block = gamma
        for j in range(i, n):
            wide[2 * j : 2 * j + 2, 2 * i : 2 * i + 2] = block
            wide[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] = block.T
            block = a @ block
    pick, values = [], []
    for t in range(n):
        if np.isfinite(seen[t, 0]):
            row = np.zeros(2 * n)
            row[2 * t] = 1
            pick.append(row)
            values.append(seen[t, 0])
        if np.isfinite(seen[t, 1]):
            row = np.zeros(2 * n)
            inside = [t] if rule == "last" else range(t - 3, t + 1)
            for s in inside:
                row[2 * s + 1] = 0.25 if rule == "mean" else 1
            pick.append(row)
            values.append(seen[t, 1])
    pick = np.array(pick)
    by_hand = stats.multivariate_normal(cov=pick @ wide @ pick.T).logpdf(values)
    assert ours == pytest.approx(by_hand, abs=1e-8)


def test_recovery():
    fitted = mixed_state(*data(), "mean")
    off = (fitted.coefs.to_numpy() - TRUTH) / fitted.std_errors.to_numpy()
    assert np.abs(off).max() < 3.5
    assert fitted.wald.loc[0, "p_value"] < 0.01 and fitted.wald.loc[1, "p_value"] > 0.01
    assert fitted.nobs_rare == 300


def test_what_is_refused():
    x, y = data(200)
    with pytest.raises(cl.TooFewObservationsError, match="40 are needed"):
        mixed_state(x.iloc[:100], y.iloc[:25], "mean")
    short = mixed_state(x.iloc[:120], y.iloc[:30], "mean", minimum=30)
    assert "fewer than 40" in short.notes[0]
    with pytest.raises(cl.SpecificationError, match="rule"):
        mixed_state(x, y, "median")
    with pytest.raises(cl.DataError, match="not rarer"):
        mixed_state(y, x, "mean")
    with pytest.raises(cl.DataError, match="no dates"):
        mixed_state(x.reset_index(drop=True), y, "mean")
