"""Responses, bands, forecasts, exogenous columns and diagnostics of the VAR."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.datasets import macrodata
from statsmodels.tsa.api import VAR as PeerVAR

import carbonlink as cl
from carbonlink.errors import DataError, SpecificationError, TooFewObservationsError
from carbonlink.inference import path_bands, var_tests
from carbonlink.kernels import fevd

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "var2_macrodata_vars.json").read_text()
)


@pytest.fixture(scope="module")
def macro():
    levels = macrodata.load_pandas().data[["realgdp", "realcons", "realinv"]]
    return np.log(levels).diff().iloc[1:]


@pytest.fixture(scope="module")
def fitted(macro):
    return cl.VAR(macro, lags=2).fit()


@pytest.fixture(scope="module")
def outer(macro):
    generator = np.random.default_rng(0)
    n = len(macro)
    return pd.DataFrame(
        {"dummy": (generator.random(n) > 0.7) * 1.0, "heat": generator.standard_normal(n)},
        index=macro.index,
    )


@pytest.fixture(scope="module")
def driven(macro, outer):
    return cl.VAR(macro, lags=2, exog=outer).fit()


def test_responses_and_shares_equal_the_reference_of_another_package(fitted):
    paths = fitted.irf(10, draws=0).estimates
    np.testing.assert_allclose(paths[:, :, 0], REFERENCE["oirf_gdp"], atol=1e-12)
    shares = fitted.decomposition(10, "orthogonal", draws=0)
    last = [shares.of("realgdp", s)["estimate"].iloc[-1] / 100 for s in fitted.names]
    np.testing.assert_allclose(last, REFERENCE["fevd_gdp_h10"], atol=1e-12)
    table = fitted.fevd(10).loc["realinv"]
    general = fitted.decomposition(10, draws=0)
    last = [general.of("realinv", s)["estimate"].iloc[-1] for s in fitted.names]
    np.testing.assert_allclose(last, table, atol=1e-10)


def test_tests_of_residuals_equal_the_reference_of_another_package(fitted):
    resid, rows = fitted.resid.to_numpy(), fitted.rows
    z, _ = fitted._regressors()
    found = {
        "serial_PT16": var_tests.portmanteau(resid, rows, 2, 16, adjusted=False),
        "serial_PTadj16": var_tests.portmanteau(resid, rows, 2, 16),
        "serial_BG5": var_tests.breusch_godfrey(resid, rows, z, 5),
        "arch5": var_tests.arch_multivariate(resid, rows, 5),
    }
    for key, row in found.items():
        assert row["statistic"] == pytest.approx(REFERENCE[key], rel=1e-10)
    table = fitted.diagnostics().set_index("test")
    assert table.loc["Breusch–Godfrey, multivariate (5 lags)", "statistic"] == pytest.approx(
        REFERENCE["serial_BG5"]
    )


def test_lag_exclusion_is_the_wald_test_written_out(driven, outer):
    row = driven.diagnostics().set_index("test").loc["exclusion of lag 2"]
    labels = [f"{i} ← {j} L2" for i in driven.names for j in driven.names]
    a, cov = driven.params[labels].to_numpy(), driven.cov.loc[labels, labels].to_numpy()
    assert row["statistic"] == pytest.approx(a @ np.linalg.solve(cov, a), rel=1e-10)
    assert row["reference"] == "chi-squared(9)"


def test_generalized_responses_do_not_depend_on_the_order(fitted, macro):
    other = cl.VAR(macro[["realinv", "realgdp", "realcons"]], lags=2).fit()
    first = fitted.irf(6, "generalized", draws=0).of("realinv", "realgdp")["estimate"]
    second = other.irf(6, "generalized", draws=0).of("realinv", "realgdp")["estimate"]
    np.testing.assert_allclose(first, second, rtol=1e-9)
    own = fitted.irf(1, "generalized", draws=0).estimates[0].diagonal()
    np.testing.assert_allclose(own, np.sqrt(np.diag(fitted.shock_covariance())))
    summed = fitted.irf(6, cumulative=True, draws=0).estimates
    np.testing.assert_allclose(summed, np.cumsum(fitted.irf(6, draws=0).estimates, axis=0))


def test_exogenous_columns_enter_every_method_as_in_statsmodels(driven, macro, outer):
    peer = PeerVAR(macro.to_numpy(), exog=outer.to_numpy()).fit(2)
    np.testing.assert_allclose(driven.coefs, peer.coefs, atol=1e-10)
    np.testing.assert_allclose(driven.driven.T, peer.params[1:3], atol=1e-12)
    np.testing.assert_allclose(driven.std_errors, peer.bse.T.ravel(), atol=1e-12)
    assert driven.loglik == pytest.approx(peer.llf, rel=1e-12)
    future = outer.iloc[:6]
    ahead = driven.forecast(6, exog=future)
    peers = peer.forecast_interval(macro.to_numpy()[-2:], 6, exog_future=future.to_numpy())
    for frame, values in zip((ahead.mean, ahead.lower, ahead.upper), peers, strict=True):
        np.testing.assert_allclose(frame, values, atol=1e-12)
    chosen = cl.VAR(macro, lags="aic", max_lags=3, exog=outer).fit().lag_table["aic"]
    order = PeerVAR(macro.to_numpy(), exog=outer.to_numpy()).select_order(3).ics["aic"]
    np.testing.assert_allclose(chosen, order, rtol=1e-10)


def test_forecasts_without_exogenous_columns_equal_statsmodels(fitted, macro):
    ahead = fitted.forecast(8)
    peers = PeerVAR(macro.to_numpy()).fit(2).forecast_interval(macro.to_numpy()[-2:], 8)
    for frame, values in zip((ahead.mean, ahead.lower, ahead.upper), peers, strict=True):
        np.testing.assert_allclose(frame, values, atol=1e-12)
    far = fitted.forecast(400).mean.iloc[-1]
    np.testing.assert_allclose(far, fitted.mean(), rtol=1e-8)


def test_mean_takes_the_exogenous_columns(driven):
    point = {"dummy": 1.0, "heat": 0.0}
    settled = driven.mean(point)
    ahead = driven.forecast(300, exog=pd.DataFrame([point] * 300)).mean.iloc[-1]
    np.testing.assert_allclose(ahead, settled, rtol=1e-8)
    with pytest.raises(SpecificationError, match="no 'heat'"):
        driven.mean({"dummy": 1.0})


def test_connectedness_and_its_windows_take_the_exogenous_columns(macro, outer):
    spike = macro.copy()
    hit = (np.arange(len(macro)) % 29 == 3).astype(float)
    spike += 0.2 * hit[:, None]
    dummy = pd.Series(hit, index=macro.index, name="event")
    plain = cl.connectedness(cl.VAR(spike, lags=1).fit(), draws=0).total
    net = cl.connectedness(cl.VAR(spike, lags=1, exog=dummy).fit(), draws=99)
    assert plain > net.total + 15
    low, high = net.conf_int().loc["total"]
    assert low < net.total < high and net.excess < net.total
    windows = net.rolling(60)
    quiet = np.flatnonzero(hit == 0)
    assert windows.total.notna().all() and len(quiet)
    first = windows.starts.index[0]
    here = slice(None, macro.index.get_loc(first) + 1)
    same = cl.VAR(spike.iloc[here], lags=1, exog=dummy.iloc[here], minimum=20).fit()
    assert windows.total.iloc[0] == pytest.approx(cl.connectedness(same, draws=0).total, rel=1e-8)


def test_a_dummy_that_is_zero_in_a_window_takes_no_part_there(macro):
    dummy = pd.Series((np.arange(len(macro)) == 150) * 1.0, index=macro.index, name="event")
    net = cl.connectedness(cl.VAR(macro, lags=1, exog=dummy).fit(), draws=0)
    plain = cl.connectedness(cl.VAR(macro, lags=1).fit(), draws=0)
    ours, theirs = net.rolling(60).total, plain.rolling(60).total
    assert ours.notna().all()
    np.testing.assert_allclose(ours.iloc[:80], theirs.iloc[:80], rtol=1e-8)
    assert not np.allclose(ours.iloc[100:140], theirs.iloc[100:140])


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda x: x.iloc[5:], DataError, "no row for"),
        (lambda x: x.assign(flat=1.0), DataError, "does not move in flat"),
        (lambda x: x.assign(twin=2 * x["heat"]), DataError, "twin is a linear combination of heat"),
        (lambda x: x.rename(columns={"heat": "realgdp"}), DataError, "named realgdp"),
    ],
)
def test_exogenous_columns_that_cannot_be_used_are_named(macro, outer, change, error, words):
    with pytest.raises(error, match=words):
        cl.VAR(macro, lags=1, exog=change(outer)).fit()


def test_a_missing_exogenous_value_takes_its_row_only(macro, outer):
    holed = outer.copy()
    holed.iloc[50, 0] = np.nan
    fitted = cl.VAR(macro, lags=2, exog=holed).fit()
    assert dict(fitted.sample.dropped)["rows with a missing value of exog"] == 1
    assert 50 not in fitted.rows and 51 in fitted.rows
    assert np.isfinite(fitted.irf(3, draws=99).table["lower"]).all()


def test_forecast_refusals(driven, fitted, macro, outer):
    with pytest.raises(SpecificationError, match="next 3 rows"):
        driven.forecast(3)
    with pytest.raises(SpecificationError, match="no exogenous"):
        fitted.forecast(3, exog=outer)
    with pytest.raises(SpecificationError, match="2 rows"):
        driven.forecast(3, exog=outer.iloc[:2])
    holed = macro.copy()
    holed.iloc[-1, 0] = np.nan
    with pytest.raises(DataError, match="start of the forecast"):
        cl.VAR(holed, lags=2).fit().forecast(3)
    with pytest.raises(TooFewObservationsError):
        cl.VAR(macro.iloc[:12], lags=2, exog=outer, minimum=5).fit()


def test_bands_repeat_and_widen(fitted):
    paths = fitted.irf(6, draws=199)
    again = fitted.irf(6, draws=199)
    pd.testing.assert_frame_equal(paths.table, again.table)
    table = paths.table
    assert (table["upper_sup"] >= table["upper"]).all()
    assert (table["lower_sup"] <= table["lower"]).all()
    wide = fitted.irf(6, draws=199, level=0.99).table
    assert ((wide["upper"] - wide["lower"]) >= (table["upper"] - table["lower"])).all()
    zero = paths.of("realgdp", "realinv").iloc[0]
    assert (zero == 0).all()
    with pytest.raises(SpecificationError, match="39 or more"):
        fitted.irf(draws=20)
    with pytest.raises(SpecificationError, match="no series"):
        paths.of("gdp", "realinv")
    dates = fitted.forecast(4, method="bootstrap", draws=199)
    assert (dates.upper > dates.mean).all().all() and (dates.lower < dates.mean).all().all()


def test_a_joint_band_holds_its_share_of_whole_paths():
    generator = np.random.default_rng(0)
    walks = generator.standard_normal((2000, 8)).cumsum(axis=1)
    low, high = path_bands.joint(walks[:, :, None], 0.9)
    held = ((walks >= low[:, 0]) & (walks <= high[:, 0])).all(axis=1).mean()
    assert held == pytest.approx(0.9, abs=0.005)
    first, second = path_bands.pointwise(walks, 0.9)
    assert ((walks >= first) & (walks <= second)).all(axis=1).mean() < 0.8


def test_explosive_models_get_no_bands():
    walk = np.random.default_rng(1).standard_normal((300, 2)).cumsum(axis=0)
    growing = pd.DataFrame(walk, columns=["a", "b"])
    growing["a"] = 1.03 ** np.arange(300) + 0.01 * walk[:, 0]
    fitted = cl.VAR(growing, lags=1).fit()
    paths = fitted.irf(4)
    assert paths.table["lower"].isna().all() and "explosive" in paths.notes[-1]
    with pytest.raises(SpecificationError, match="no mean"):
        fitted.mean()


@pytest.mark.slow
def test_bands_cover_the_truth():
    """Coverage of 95 % bands, VAR(1), k = 3, T = 250, 300 samples x 199 draws, normal shocks.

    With GARCH(0.1, 0.85) shocks the response on impact, a standard deviation, is covered 70 to
    90 % of the time (residuals one by one: 47 to 80 %), steps from 2 on 94 %.
    """
    coefs = np.array([[0.5, 0.0, 0.1], [0.3, 0.3, 0.0], [0.1, 0.2, 0.4]])
    sigma = np.full((3, 3), 0.4) + 0.6 * np.eye(3)
    root, names = np.linalg.cholesky(sigma), ["a", "b", "c"]
    truth = fevd.moving_average(coefs[None], 7) @ root
    hits, whole = [], []
    for i in range(300):
        generator = np.random.default_rng([i, 7])
        y = np.zeros((350, 3))
        for t in range(1, 350):
            y[t] = coefs @ y[t - 1] + root @ generator.standard_normal(3)
        paths = cl.VAR(pd.DataFrame(y[100:], columns=names), lags=1).fit().irf(6, draws=199, rng=i)
        table = paths.table
        shape = (3, 3, 7)
        low, high, slow, shigh = (
            table[c].to_numpy().reshape(shape).transpose(2, 0, 1)
            for c in ("lower", "upper", "lower_sup", "upper_sup")
        )
        hits.append(((low <= truth) & (truth <= high))[1:])
        whole.append(((slow <= truth + 1e-12) & (truth <= shigh + 1e-12)).all(axis=0))
    rate, joint = np.mean(hits), np.mean(whole)
    print(f"pointwise {rate:.3f}, each {np.mean(hits, axis=0).min():.3f}, sup-t {joint:.3f}")
    assert 0.90 <= rate <= 0.97 and 0.90 <= joint <= 0.98
