"""Dynamic and fully modified least squares against arch and plain regressions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from arch.unitroot.cointegration import DynamicOLS, FullyModifiedOLS
from scipy import stats
from scipy.signal import lfilter

import carbonlink as cl
from carbonlink.errors import SpecificationError, TooFewObservationsError


@pytest.fixture(scope="module")
def data():
    return cl.simulate.error_correction(400, long_run=0.8, adjustment=0.2, rng=1)


def test_dols_is_least_squares_with_leads_and_lags(data):
    fit = cl.DOLS(data["effect"], data["cause"], leads=2, lags=3).fit()
    x = data["cause"].to_numpy()
    change = np.diff(x, prepend=np.nan)
    columns = [np.roll(change, lag) for lag in range(-2, 4)]
    rows = slice(4, -2)
    design = np.column_stack([x, np.ones_like(x), *columns])[rows]
    plain = np.linalg.lstsq(design, data["effect"].to_numpy()[rows], rcond=None)[0]
    assert np.allclose(fit.params[["cause", "const"]], plain[:2], rtol=1e-8)
    assert fit.nobs == len(design)


@pytest.mark.parametrize("trend", ["n", "c", "ct"])
def test_both_are_archs(data, trend):
    y, x = data["effect"], data[["cause"]]
    own = cl.DOLS(y, x, trend=trend, leads=1, lags=1).fit()
    theirs = DynamicOLS(y, x, trend=trend, leads=1, lags=1).fit(df_adjust=True)
    assert np.allclose(own.params, theirs.params, rtol=1e-10)
    assert np.allclose(own.std_errors, theirs.std_errors, rtol=1e-10)
    own = cl.FMOLS(y, x, trend=trend).fit()
    theirs = FullyModifiedOLS(y, x, trend=trend).fit(df_adjust=True)
    assert np.allclose(own.params, theirs.params, rtol=1e-10)
    assert np.allclose(own.std_errors, theirs.std_errors, rtol=1e-10)


def test_an_autoregressions_variance_is_its_spectrum_at_zero(data):
    y, x = data["effect"], data["cause"]
    own = cl.DOLS(y, x, leads=1, lags=1, kernel="autoregressive").fit()
    plain = cl.DOLS(y, x, leads=1, lags=1).fit()
    errors = own.resid.dropna().to_numpy()
    order = own.spec["order"]
    past = np.column_stack([errors[8 - j : len(errors) - j] for j in range(1, order + 1)])
    fit = sm.OLS(errors[8:], past).fit()
    variance = fit.ssr / fit.df_resid / (1 - fit.params.sum()) ** 2
    free = len(errors) - len(own.fitted.full_params)
    assert order >= 1 and own.df_resid == free
    assert own.long_run_variance == pytest.approx(variance * len(errors) / free, rel=1e-9)
    ratio = own.long_run_variance / plain.long_run_variance
    assert np.allclose(own.cov, ratio * plain.cov, rtol=1e-10)
    assert np.allclose(own.params, plain.params, rtol=1e-12)
    half = stats.t(free).ppf(0.975) * own.std_errors["cause"]
    assert own.conf_int().loc["cause", "upper"] == pytest.approx(own.params["cause"] + half)


def test_estimates_move_with_units(data):
    base = cl.FMOLS(data["effect"], data["cause"]).fit()
    scaled = cl.FMOLS(data["effect"] * 1000, data["cause"]).fit()
    assert scaled.params["cause"] == pytest.approx(1000 * base.params["cause"])


def test_missing_rows_are_counted(data):
    holes = data.copy()
    holes.iloc[50:60, 0] = np.nan
    fit = cl.DOLS(holes["effect"], holes["cause"], leads=0, lags=0).fit()
    assert dict(fit.sample.dropped)["rows with a missing value"] == 10


def test_independent_walks_are_not_called_cointegrated():
    rng = np.random.default_rng(3)
    index = pd.date_range("2020-01-01", periods=400)
    y, x = (pd.Series(rng.normal(size=400).cumsum(), index, name=n) for n in "yx")
    tests = cl.DOLS(y, x).fit().diagnostics().set_index("test")
    assert tests.loc["Engle–Granger", "p_value"] > 0.05


def test_refusals(data):
    y, x = data["effect"], data["cause"]
    with pytest.raises(TooFewObservationsError, match="20 complete rows"):
        cl.DOLS(y[:20], x[:20]).fit()
    with pytest.raises(SpecificationError, match="does not vary"):
        cl.FMOLS(y, x * 0 + 1).fit()
    with pytest.raises(SpecificationError, match="collinear"):
        cl.FMOLS(y, pd.DataFrame({"a": x, "b": 2 * x})).fit()
    with pytest.raises(SpecificationError, match="leads=-1"):
        cl.DOLS(y, x, leads=-1).fit()
    with pytest.raises(SpecificationError, match="trend"):
        cl.DOLS(y, x, trend="cc").fit()


def test_too_many_leads_and_taken_names_are_refused(data):
    with pytest.raises(cl.TooFewObservationsError, match="leads=300 and lags=300"):
        cl.DOLS(data["effect"], data["cause"], leads=300, lags=300).fit()
    with pytest.raises(cl.SpecificationError, match="'trend' has a name already taken"):
        cl.FMOLS(data["effect"], data["cause"].rename("trend"), trend="ct").fit()


def test_few_rows_are_said_to_make_short_intervals(data):
    def told(result):
        return [note for note in result.notes if "intervals are too short" in note]

    few, enough = data[:120], data[:200]
    (words,) = told(cl.DOLS(few["effect"], few["cause"]).fit())
    assert words.startswith("Dynamic least squares on 120 rows")
    assert not told(cl.DOLS(enough["effect"], enough["cause"]).fit())
    assert not told(cl.FMOLS(few["effect"], few["cause"]).fit())
    assert told(cl.pass_through(few, "cause", "effect", method="dols")) == [words]
    assert not told(cl.pass_through(few, "cause", "effect"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "rho", "share"),
    [(60, 0.4, 0.88), (60, 0.8, 0.77), (120, 0.4, 0.93), (120, 0.8, 0.90)],
)
def test_coverage_of_small_samples_is_the_one_stated(rows, rho, share):
    """Shares of 2,000 samples: 0.882, 0.772, 0.930 and 0.903; of 600 here, within 0.03."""
    hits = 0
    for seed in range(600):
        rng = np.random.default_rng([rows, int(rho * 10), seed])
        x = rng.normal(size=rows).cumsum()
        u = lfilter([1], [1, -rho], rng.normal(size=rows + 50))[50:]
        fit = cl.DOLS(pd.Series(0.8 * x + u), pd.Series(x, name="x"), kernel="autoregressive").fit()
        found = fit.ratio("x").confidence_set(0.95)
        hits += found.lower < 0.8 < found.upper
    assert hits / 600 == pytest.approx(share, abs=0.03)
