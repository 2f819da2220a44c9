"""GARCH of higher order, against arch and the recursion written out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from arch.univariate import GARCH, ConstantMean

import carbonlink as cl


@pytest.fixture(scope="module")
def y() -> pd.Series:
    rng, n = np.random.default_rng(2), 4000
    e, h = np.zeros(n), np.full(n, 2.0)
    for t in range(2, n):
        h[t] = 0.1 + 0.05 * e[t - 1] ** 2 + 0.1 * e[t - 2] ** 2 + 0.3 * h[t - 1] + 0.5 * h[t - 2]
        e[t] = np.sqrt(h[t]) * rng.standard_normal()
    return pd.Series(0.05 + e, pd.bdate_range("2000-01-03", periods=n), name="y")


def written_out(fit, y: np.ndarray, p: int, q: int) -> np.ndarray:
    """Variances in rugarch's conventions: the first max(p, q) are the mean square."""
    b = fit.params.to_numpy()
    e = y - b[0]
    h = np.full(len(y), np.mean(e**2))
    for t in range(max(p, q), len(y)):
        h[t] = b[1]
        h[t] += sum(b[1 + i] * e[t - i] ** 2 for i in range(1, p + 1))
        h[t] += sum(b[1 + p + j] * h[t - j] for j in range(1, q + 1))
    return h


@pytest.mark.parametrize("order", [(2, 1), (1, 2), (2, 2), (3, 1), (1, 0), (4, 0)])
def test_higher_orders_are_as_likely_as_in_arch(y, order):
    fit = cl.GARCH(y, order=order).fit()
    p, q = order
    peer = ConstantMean(y, volatility=GARCH(p, 0, q), rescale=False).fit(disp="off")
    at_ours = ConstantMean(y, volatility=GARCH(p, 0, q), rescale=False).fix(fit.params)
    assert at_ours.loglikelihood == pytest.approx(fit.loglik, abs=1e-6)
    assert fit.loglik > peer.loglikelihood - 1e-4
    ahead = at_ours.forecast(horizon=6, reindex=False).variance.iloc[-1].to_numpy()
    assert fit.forecast(6)["variance"].to_numpy() == pytest.approx(ahead, rel=1e-9)


def test_the_truth_is_recovered_and_beats_one_lag(y):
    fit, short = cl.GARCH(y, order=(2, 2)).fit(), cl.GARCH(y).fit()
    truth = pd.Series({"alpha1": 0.05, "alpha2": 0.1, "beta1": 0.3, "beta2": 0.5})
    assert ((fit.params[truth.index] - truth).abs() < 3 * fit.std_errors[truth.index]).all()
    assert fit.loglik > short.loglik
    assert fit.persistence == pytest.approx(fit.params[truth.index].sum())


@pytest.mark.parametrize("order", [(2, 1), (1, 2)])
def test_compat_holds_the_first_variances_at_the_mean_square(y, order):
    fit = cl.GARCH(y, order=order, compat="rugarch").fit()
    h = written_out(fit, y.to_numpy(), *order)
    assert fit.conditional_volatility.to_numpy() ** 2 == pytest.approx(h, rel=1e-9)
    e = y.to_numpy() - fit.params["mu"]
    assert fit.loglik == pytest.approx(
        float(-0.5 * (np.log(2 * np.pi) + np.log(h) + e**2 / h).sum()), abs=1e-8
    )


def test_news_and_half_life_of_a_higher_order(y):
    fit = cl.GARCH(y, order=(2, 1)).fit()
    b, today = fit.params, float(np.exp(np.log(fit.conditional_volatility**2).median()))
    curve = fit.news_impact_curve([-2.0, 0.0, 1.0])
    expected = b["omega"] + today * (
        b["alpha1"] * np.array([4.0, 0.0, 1.0]) + b["alpha2"] + b["beta1"]
    )
    assert curve.to_numpy() == pytest.approx(expected, rel=1e-6)
    c1, c2 = b["alpha1"] + b["beta1"], b["alpha2"]
    root = (c1 + np.sqrt(c1**2 + 4 * c2)) / 2
    assert fit.half_life == pytest.approx(np.log(0.5) / np.log(root))


def test_regressors_multiply_a_higher_order(y):
    window = pd.Series((np.arange(len(y)) % 250 < 40).astype(float), y.index, name="window")
    louder = (y - y.mean()) * np.exp(0.25 * window)
    fit = cl.GARCH(louder, order=(2, 1), variance_x=window).fit()
    assert abs(fit.params["delta[window]"] - 0.5) < 3 * fit.std_errors["delta[window]"]


def test_a_zero_held_by_its_bound_leaves_the_persistence_its_error():
    y = cl.simulate.garch(1500, alpha=0.1, beta=0.85, dist="t", shape=6, rng=1)
    fit = cl.GARCH(y, order=(2, 1), mean="ar", ma=1, dist="skewt").fit()
    assert fit.params["alpha2"] == 0.0 and np.isnan(fit.std_errors["alpha2"])
    block = fit.cov.loc[["alpha1", "beta1"], ["alpha1", "beta1"]].to_numpy()
    row = fit.tidy().set_index("term").loc["persistence"]
    assert row["std_error"] == pytest.approx(np.sqrt(block.sum()))


def test_orders_that_cannot_be_are_refused(y):
    for order in ((0, 1), (1,), 2, (1.5, 1), "11"):
        with pytest.raises(cl.SpecificationError, match="is no order"):
            cl.GARCH(y, order=order).fit()
    with pytest.raises(cl.SpecificationError, match="EGARCH has order"):
        cl.GARCH(y, vol="EGARCH", order=(2, 1)).fit()
    with pytest.raises(cl.SpecificationError, match="multiplicative variance_x alone"):
        cl.GARCH(y, order=(2, 1), limits=(-10, 10)).fit()
