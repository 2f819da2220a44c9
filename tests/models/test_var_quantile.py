"""The VAR of a quantile: against statsmodels, connectedness at quantiles, and bad input."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl


@pytest.fixture(scope="module")
def data():
    return cl.simulate.var(400, rng=1)


@pytest.mark.parametrize("tau", [0.1, 0.5])
def test_the_equations_are_quantile_regressions(data, tau):
    """Coefficients of statsmodels; its width and kernel in the sandwich, written out."""
    import statsmodels.api as sm
    from scipy import stats
    from statsmodels.regression.quantile_regression import hall_sheather

    def epanechnikov(v: np.ndarray) -> np.ndarray:
        return np.where(np.abs(v) <= 1, 0.75 * (1 - v**2), 0)

    pulse = pd.Series(np.sin(np.arange(400.0)), data.index, name="pulse")
    fitted = cl.VAR(data, lags=2, exog=pulse).fit(method="quantile", tau=tau)
    y = data.to_numpy()
    z = np.column_stack([np.ones(398), pulse[2:], y[1:-1], y[:-2]])
    for j, name in enumerate(data.columns):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer = sm.QuantReg(y[2:, j], z).fit(q=tau, max_iter=5000, p_tol=1e-8)
        ours = fitted.params.iloc[j * 8 : (j + 1) * 8].to_numpy()
        u, v = y[2:, j] - z @ ours, y[2:, j] - z @ peer.params
        loss = [np.sum(e * (tau - (e < 0))) for e in (u, v)]
        assert loss[0] <= loss[1] * (1 + 1e-9)
        np.testing.assert_allclose(ours, peer.params, atol=2e-3)
        np.testing.assert_allclose(fitted.resid[name], u, atol=1e-10)
        width = hall_sheather(398, tau)
        spread = min(u.std(), stats.iqr(u) / 1.349)
        span = spread * (stats.norm.ppf(tau + width) - stats.norm.ppf(tau - width))
        bread = np.linalg.inv((z * (epanechnikov(u / span) / span)[:, None]).T @ z)
        filling = (z * ((tau - (u < 0)) ** 2)[:, None]).T @ z
        errors = np.sqrt(np.diag(bread @ filling @ bread))
        np.testing.assert_allclose(fitted.std_errors.iloc[j * 8 : (j + 1) * 8], errors, rtol=1e-6)
    assert fitted.spec["tau"] == tau and fitted.refit().params.equals(fitted.params)


def test_its_connectedness_is_that_at_the_quantile(data):
    fitted = cl.VAR(data, lags=1).fit(method="quantile", tau=0.9)
    ours = cl.connectedness(fitted)
    many = cl.connectedness(data, lags=1, draws=0).quantiles((0.5, 0.9))
    np.testing.assert_allclose(ours.table, many.table(0.9), rtol=1e-6)
    assert any("those of the quantile 0.9" in note for note in ours.notes)
    assert len(fitted.irf(5, draws=0).tidy())
    assert np.isnan(fitted.loglik)


def test_bad_input_is_named(data):
    model = cl.VAR(data, lags=1)
    with pytest.raises(cl.SpecificationError, match="no meaning"):
        model.fit(tau=0.5)
    with pytest.raises(cl.SpecificationError, match="no quantile"):
        model.fit(method="quantile", tau=1.0)
    with pytest.raises(cl.SpecificationError, match="beyond the quantile"):
        model.fit(method="quantile", tau=0.001)
    fitted = model.fit(method="quantile")
    with pytest.raises(cl.SpecificationError, match="quantile"):
        fitted.forecast(3)


@pytest.mark.slow
@pytest.mark.parametrize("tau", [0.1, 0.5])
def test_standard_errors_cover(tau):
    """Nominal 95 % intervals of slopes, normal shocks, 300 rows."""
    inside = []
    truth = cl.VAR(cl.simulate.var(20000, rng=0), lags=1).fit()
    for seed in range(400):
        fitted = cl.VAR(cl.simulate.var(300, rng=seed), lags=1).fit(method="quantile", tau=tau)
        names = [t for t in fitted.params.index if "const" not in t]
        gap = (fitted.params - truth.params)[names] / fitted.std_errors[names]
        inside.append((gap.abs() < 1.96).to_numpy())
    print(tau, np.mean(inside))
    assert 0.9 <= np.mean(inside) <= 0.985
