"""Smooth local projections: the stacked penalised regression, and its two ends."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import SpecificationError
from carbonlink.kernels.smooth_projections import smoother, spline_basis

COEFS = np.array([[0.5, 0.0], [0.3, 0.6]])
SIGMA = np.array([[1.0, 0.3], [0.3, 1.0]])


@pytest.fixture(scope="module")
def data():
    return cl.simulate.var(300, COEFS, SIGMA, names=("cea", "power"), rng=5)


def fitted(data, **changes):
    settings = {"horizon": 12, "lags": 1, "inference": "hac", **changes}
    return cl.LocalProjections(data["power"], data["cea"], **settings).fit()


def test_without_a_penalty_it_is_the_plain_projection(data):
    plain, smooth = fitted(data), fitted(data, smooth=0)
    assert np.allclose(smooth.params, plain.params, rtol=1e-12)
    assert np.allclose(smooth.cov, plain.cov, rtol=1e-12)
    nearly = fitted(data, smooth=1e-9)
    assert np.allclose(nearly.params, plain.params, rtol=1e-5)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_a_large_penalty_gives_the_weighted_polynomial(data, order):
    plain = fitted(data)
    smooth = fitted(data, smooth=1e9, smooth_order=order).params.to_numpy()
    weights = sums_of_squares(data)
    own = np.polyfit(np.arange(13), plain.params, order - 1, w=np.sqrt(weights))
    assert np.allclose(smooth, np.polyval(own, np.arange(13)), atol=1e-6)


def sums_of_squares(data):
    """The shock less its fit on an intercept and one lag of both, by horizon."""
    found = []
    for h in range(13):
        rows = slice(1, len(data) - h)
        x = np.column_stack([np.ones(len(data) - 1 - h), data.shift(1).iloc[rows]])
        s = data["cea"].iloc[rows].to_numpy()
        found.append(((s - x @ np.linalg.lstsq(x, s, rcond=None)[0]) ** 2).sum())
    return np.array(found)


@pytest.mark.parametrize("penalty", [0.01, 1.0, 100.0])
def test_it_is_the_penalised_regression_of_all_horizons_at_once(data, penalty):
    horizon, order = 5, 2
    smooth = fitted(data, horizon=horizon, smooth=penalty, smooth_order=order)
    basis = spline_basis(horizon)
    blocks, targets, mean = [], [], []
    for h in range(horizon + 1):
        rows = np.arange(1, len(data) - h)
        s = data["cea"].to_numpy()[rows]
        own = np.zeros((len(rows), 3 * (horizon + 1)))
        own[:, 3 * h : 3 * h + 3] = np.column_stack([np.ones(len(rows)), data.to_numpy()[rows - 1]])
        blocks.append(np.hstack([s[:, None] * basis[h], own]))
        targets.append(data["power"].to_numpy()[rows + h])
        rest = own[:, 3 * h : 3 * h + 3]
        mean.append(((s - rest @ np.linalg.lstsq(rest, s, rcond=None)[0]) ** 2).sum())
    x, y = np.vstack(blocks), np.concatenate(targets)
    rough = np.diff(np.eye(basis.shape[1]), order, axis=0)
    inner = x.T @ x
    inner[: basis.shape[1], : basis.shape[1]] += penalty * np.mean(mean) * rough.T @ rough
    b = np.linalg.solve(inner, x.T @ y)[: basis.shape[1]]
    assert np.allclose(smooth.params, basis @ b, rtol=1e-8)


def test_the_splines_are_scipys():
    from scipy.interpolate import BSpline

    own = BSpline.design_matrix(np.arange(9.0), np.arange(-3.0, 13.0), 3).toarray()
    assert np.allclose(spline_basis(8), own[:, :11], atol=1e-12) and not own[:, 11:].any()


def test_errors_are_those_of_the_linear_map(data):
    plain, smooth = fitted(data), fitted(data, smooth=5.0)
    turn = smoother(sums_of_squares(data), 5.0, 3)
    assert np.allclose(smooth.params, turn @ plain.params, rtol=1e-9)
    assert np.allclose(smooth.cov, turn @ plain.cov.to_numpy() @ turn.T, rtol=1e-9)
    assert any("effective terms in place of 13" in note for note in smooth.notes)
    # A response is smoothed where the shock has the same weight at every horizon: sums are kept.
    assert np.allclose(smoother(np.ones(7), 3.0, 2) @ np.arange(7), np.arange(7), atol=1e-9)


def test_cross_validation_smooths_noise_and_keeps_a_bend():
    rng = np.random.default_rng(0)
    gains, penalties = [], {"line": [], "kink": []}
    for _ in range(20):
        n, horizon = 250, 10
        s = rng.normal(size=n)
        for name, truth in (
            ("line", 1 - 0.05 * np.arange(horizon + 1)),
            ("kink", 6.0 * (np.arange(horizon + 1) == 4)),
        ):
            y = np.convolve(s, truth)[:n] + rng.normal(0, 2, n)
            frame = pd.DataFrame({"cea": s, "power": y}, pd.bdate_range("2020-01-01", periods=n))
            settings = {"horizon": horizon, "lags": 0, "shock_lags": 0, "inference": "hac"}
            smooth = fitted(frame, **settings, smooth="cv", smooth_order=2)
            penalties[name].append(smooth.spec["smooth"][0])
            if name == "line":
                plain = fitted(frame, **settings)
                gains.append([((f.params - truth) ** 2).mean() for f in (smooth, plain)])
    smooth, plain = np.mean(gains, axis=0)
    assert smooth < 0.8 * plain
    print(penalties)
    assert np.median(penalties["kink"]) < 0.1 < 10 < np.median(penalties["line"])


def test_each_state_is_smoothed_by_itself(data):
    state = (data["power"] > 0).rename("high")
    both = fitted(data, smooth=2.0, state=state)
    alone = fitted(data, smooth=2.0, where=state.shift(1, fill_value=False))
    assert np.allclose(both.response["high = 1"], alone.params, rtol=1e-8)
    assert both.spec["smooth"] == (2.0, 2.0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"smooth": -1}, "smooth=-1"),
        ({"smooth": "gcv"}, "smooth"),
        ({"smooth": True}, "smooth=True"),
        ({"smooth": 1.0, "smooth_order": 0}, "smooth_order=0"),
        ({"smooth": 1.0, "horizon": 2}, "3 horizons"),
        ({"smooth": 1.0, "cumulative": "ratio"}, "no use with an instrument"),
    ],
)
def test_refusals(data, changes, words):
    with pytest.raises(SpecificationError, match=words):
        fitted(data, **changes)
