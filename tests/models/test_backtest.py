"""The rolling evaluation: forecasts by hand, no look-ahead, any engine, refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from arch.univariate import SkewStudent
from scipy import stats

import carbonlink as cl
from carbonlink.kernels.garch_density import DENSITIES
from carbonlink.models.backtest_blocks import tail

TWO = {"GARCH": {}, "GJR-t": {"vol": "GJR", "dist": "t"}}


@pytest.fixture(scope="module")
def y() -> pd.Series:
    return cl.simulate.garch(700, alpha=0.1, beta=0.85, rng=3)


@pytest.fixture(scope="module")
def found(y):
    return cl.backtest(y, TWO, start=550, refit=50, draws=199)


def test_the_first_forecast_of_a_fit_is_that_fits_own(y, found):
    own = found.forecasts[found.forecasts["model"] == "GARCH"]
    for place in (550, 600, 650):
        fit = cl.GARCH(y.iloc[:place]).fit()
        ahead = fit.forecast(1).iloc[0]
        row = own.loc[y.index[place]]
        np.testing.assert_allclose(row[["mean", "variance"]].astype(float), ahead[:2], rtol=1e-8)
        edge = ahead["mean"] + stats.norm.ppf(0.01) * ahead["volatility"]
        assert row["var[0.01]"] == pytest.approx(edge)


def test_between_fits_the_recursion_goes_on(y, found):
    own = found.forecasts[found.forecasts["model"] == "GARCH"]
    fit = cl.GARCH(y.iloc[:550]).fit()
    mu, omega, alpha, beta = fit.params
    h = own["variance"].iloc[0]
    for i in range(1, 50):
        h = omega + alpha * (y.iloc[549 + i] - mu) ** 2 + beta * h
        assert own["variance"].iloc[i] == pytest.approx(h, rel=1e-8)


def test_the_future_does_not_reach_a_forecast(y, found):
    other = y.copy()
    other.iloc[620:] *= 5
    again = cl.backtest(other, TWO, start=550, refit=50, draws=199)
    for name in TWO:
        pair = [f.forecasts[f.forecasts["model"] == name].iloc[:71] for f in (found, again)]
        pd.testing.assert_frame_equal(*pair)


def test_a_window_forgets(y):
    short = cl.backtest(y, {"GARCH": {}}, start=600, window=300, refit=100, draws=199)
    fit = cl.GARCH(y.iloc[300:600]).fit()
    assert short.forecasts["variance"].iloc[0] == pytest.approx(fit.forecast(1)["variance"].iloc[0])


def test_regressors_of_the_variance_are_those_of_the_day(y):
    window = pd.Series((np.arange(700) % 50 > 35).astype(float), index=y.index, name="window")
    models = {"window": {"variance_x": window}}
    found = cl.backtest(y, models, start=600, refit=100, draws=199)
    fit = cl.GARCH(y.iloc[:600], variance_x=window).fit()
    ahead = fit.forecast(1, variance_x=window.iloc[600:601])
    assert found.forecasts["variance"].iloc[0] == pytest.approx(ahead["variance"].iloc[0])


def test_the_engine_does_not_matter(y, found):
    from joblib import parallel_config

    with parallel_config(backend="threading", n_jobs=2):
        again = cl.backtest(y, TWO, start=550, refit=50, draws=199)
    pd.testing.assert_frame_equal(found.forecasts, again.forecasts)
    pd.testing.assert_frame_equal(found.table, again.table)


def test_scores_stand_on_the_proxy(y, found):
    proxy = pd.Series(2.0, index=y.index, name="range")
    proxy.iloc[560:570] = np.nan
    given = cl.backtest(y, TWO, start=550, refit=50, draws=199, proxy=proxy)
    h = given.forecasts[given.forecasts["model"] == "GARCH"]["variance"]
    h = h[given.proxy.notna()]
    assert given.table.loc["GARCH", "mse"] == pytest.approx(((2 - h) ** 2).mean())
    assert len(given.losses) == 140 and any("10 of 150" in n for n in given.notes)
    assert any("noisy" in n for n in found.notes) and not any("noisy" in n for n in given.notes)
    row = given.differences.iloc[0]
    apart = given.losses["GJR-t"] - given.losses["GARCH"]
    assert row["difference"] == pytest.approx(apart.mean())


@pytest.fixture
def failing(monkeypatch):
    """Lengths of samples whose fit is told to have no maximum."""
    from carbonlink.models import backtest_blocks as module

    real, lengths = module.fit_garch, set()

    def sometimes(series, **options):
        fit = real(series, **options)
        return replace(fit, converged=False) if len(series) in lengths else fit

    monkeypatch.setattr(module, "fit_garch", sometimes)
    return lengths


def ahead(params, y, h, row):
    mu, omega, alpha, beta = params
    return omega + alpha * (y.iloc[row] - mu) ** 2 + beta * h


def test_where_a_fit_has_no_maximum_the_last_accepted_parameters_go_on(y, failing):
    failing |= {650}
    found = cl.backtest(y, {"GARCH": {}}, start=550, refit=50, draws=199, carried=0.4)
    assert found.table.loc["GARCH", "carried"] == 50
    assert found.forecasts["carried"].to_numpy().nonzero()[0].tolist() == list(range(100, 150))
    assert "GARCH: 50 of 150 rows are forecast with carried parameters" in " ".join(found.notes)
    assert found.tidy().set_index("term").loc["carried[GARCH]", "estimate"] == 50
    params, h = cl.GARCH(y.iloc[:600]).fit().params, found.forecasts["variance"]
    for row in (649, 650, 698):
        assert h.iloc[row - 549] == pytest.approx(ahead(params, y, h.iloc[row - 550], row), 1e-8)


def test_before_the_first_forecast_fits_on_ever_fewer_rows_are_tried(y, failing):
    failing |= {550, 500}
    found = cl.backtest(y, {"GARCH": {}}, start=550, refit=50, draws=199, carried=0.4)
    assert found.sample.nobs == 150 and found.table.loc["GARCH", "carried"] == 50
    params, h = cl.GARCH(y.iloc[:450]).fit().params, found.forecasts["variance"]
    assert h.iloc[1] == pytest.approx(ahead(params, y, h.iloc[0], 550), rel=1e-8)


def test_the_evaluation_begins_where_every_model_has_a_maximum(y, failing):
    failing |= set(range(250, 551))
    found = cl.backtest(y, TWO, start=550, refit=50, draws=199, carried=0.4)
    assert dict(found.sample.dropped) == {
        "rows before the first forecast": 550,
        "rows before every model has a maximum": 50,
    }
    assert found.sample.nobs == 100 and found.spec["start"] == 600
    assert (found.table["carried"] == 0).all()
    plain = cl.backtest(y, TWO, start=600, refit=50, draws=199)
    pd.testing.assert_frame_equal(found.forecasts, plain.forecasts)
    loose = cl.backtest(y, {"GARCH": {}}, start=550, refit=50, draws=199, strict=False)
    assert any(note.startswith("* GARCH") for note in loose.notes) and loose.sample.nobs == 150


def test_beyond_the_share_it_is_refused(y, failing):
    failing |= {650}
    with pytest.raises(cl.ConvergenceError, match=rf"{y.index[650].date()}.*33 %.*25 %"):
        cl.backtest(y, {"GARCH": {}}, start=550, refit=50, draws=199)
    failing |= set(range(250, 700))
    with pytest.raises(cl.ConvergenceError, match="100 %"):
        cl.backtest(y, {"GARCH": {}}, start=550, refit=50, draws=199, carried=1.0)
    failing -= {660}
    with pytest.raises(cl.TooFewObservationsError, match="40 rows"):
        cl.backtest(y, {"GARCH": {}}, start=550, refit=55, draws=199, carried=1.0)


@pytest.mark.parametrize("dist, shape", [("normal", []), ("t", [5.0])])
def test_tails_are_those_of_the_density(dist, shape):
    q, below = tail((dist, None, np.array(shape)), 0.05)
    rng = np.random.default_rng(0)
    z = rng.standard_normal(10**6) if dist == "normal" else rng.standard_t(5, 10**6) * np.sqrt(0.6)
    assert q == pytest.approx(np.quantile(z, 0.05), abs=0.01)
    assert below == pytest.approx(z[z < q].mean(), abs=0.02)


@pytest.mark.parametrize("level", [0.01, 0.05])
def test_tails_of_the_other_densities_are_exact(level):
    spread = float(stats.gennorm.std(1.3))
    law = stats.gennorm(1.3, scale=1 / spread)
    q, below = tail(("ged", DENSITIES["ged"], np.array([1.3])), level)
    assert q == pytest.approx(law.ppf(level), rel=1e-7)
    assert below == pytest.approx(law.expect(lb=-60, ub=law.ppf(level)) / level, rel=1e-6)
    skewed = DENSITIES["skewt"]
    q, below = tail(("skewt", skewed, np.array([5.0, -0.2])), level)
    peer = SkewStudent()
    assert q == pytest.approx(float(peer.ppf([level], [5.0, -0.2])[0]), rel=1e-6)
    assert below == pytest.approx(peer.partial_moment(1, q, [5.0, -0.2]) / level, rel=1e-5)


@pytest.mark.parametrize(
    "change, match",
    [
        ({"models": {}}, "models"),
        ({"models": {"x": {"presample": "mean"}}}, "presample"),
        ({"models": {"x": {"vol": "XGARCH"}}}, "XGARCH"),
        ({"refit": 0}, "refit"),
        ({"carried": 1.5}, "carried"),
        ({"carried": "0.2"}, "carried='0.2' is no share"),
        ({"draws": 10}, "draws"),
        ({"levels": (0.7,)}, "levels"),
        ({"window": 100}, "window"),
    ],
)
def test_a_choice_it_does_not_know_is_refused(y, change, match):
    with pytest.raises(cl.SpecificationError, match=match):
        cl.backtest(y, **change)


def test_data_it_cannot_use_is_refused(y):
    hole = y.copy()
    hole.iloc[7] = np.nan
    with pytest.raises(cl.DataError, match=str(y.index[7].date())):
        cl.backtest(hole)
    with pytest.raises(cl.DataError, match="constant"):
        cl.backtest(y * 0)
    with pytest.raises(cl.DataError, match="price"):
        cl.backtest(100 + y.cumsum())
    with pytest.raises(cl.TooFewObservationsError, match="300"):
        cl.backtest(y.iloc[:260])
    with pytest.raises(cl.TooFewObservationsError, match="250"):
        cl.backtest(y, start=100)
    with pytest.raises(cl.TooFewObservationsError, match="50"):
        cl.backtest(y, start=y.index[-10])
    with pytest.raises(cl.TooFewObservationsError, match="proxy"):
        cl.backtest(y, TWO, start=600, refit=100, proxy=pd.Series(1.0, index=y.index[:10]))


@pytest.mark.real
def test_the_default_evaluation_of_the_national_market(real_data):
    """Its returns are 35 % zeros until 2023, on which a GARCH-t has no maximum."""
    returns = cl.load(["cea"], raw=real_data).returns(["cea"])["cea"].iloc[:560]
    found = cl.backtest(
        returns, {"GARCH": {}, "GARCH-t": {"dist": "t"}}, start=452, draws=199, carried=0.8
    )
    assert found.table["carried"].to_dict() == {"GARCH": 0, "GARCH-t": 80}
    assert found.sample.nobs == 108
