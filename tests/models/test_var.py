"""The VAR: reference numbers, rows, lag choice, and what it refuses or remarks."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.datasets import macrodata
from statsmodels.tsa.api import VAR as PeerVAR

import carbonlink as cl
from carbonlink.errors import DataError, SpecificationError, TooFewObservationsError

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture(scope="module")
def data():
    return cl.simulate.var(300, rng=5)


def macro():
    levels = macrodata.load_pandas().data[["realgdp", "realcons", "realinv"]]
    return np.log(levels).diff().iloc[1:]


@pytest.mark.parametrize(("lags", "trend"), [(1, "c"), (3, "c"), (2, "n")])
def test_equals_statsmodels(data, lags, trend):
    fitted = cl.VAR(data, lags=lags, trend=trend).fit()
    peer = PeerVAR(data.to_numpy()).fit(lags, trend=trend)
    np.testing.assert_allclose(fitted.coefs, peer.coefs, atol=1e-10)
    np.testing.assert_allclose(fitted.params, peer.params.T.ravel(), atol=1e-10)
    np.testing.assert_allclose(fitted.std_errors, peer.bse.T.ravel(), atol=1e-10)
    np.testing.assert_allclose(fitted.sigma, peer.sigma_u_mle, atol=1e-10)
    assert fitted.loglik == pytest.approx(peer.llf, rel=1e-12)
    np.testing.assert_allclose(fitted.fevd(8, "cholesky") / 100, peer.fevd(8).decomp[:, -1])


def test_equals_the_reference_of_another_package():
    reference = json.loads((REFERENCE / "var2_macrodata_vars.json").read_text())
    fitted = cl.VAR(macro(), lags=2).fit()
    for name, row in reference["coef"].items():
        for regressor, value in row.items():
            series, _, lag = regressor.partition(".l")
            label = f"{name} ← const" if series == "const" else f"{name} ← {series} L{lag}"
            assert fitted.params[label] == pytest.approx(value, abs=1e-10)
    assert fitted.loglik == pytest.approx(reference["loglik"], abs=1e-6)
    np.testing.assert_allclose(fitted.roots, reference["roots"], atol=1e-10)
    np.testing.assert_allclose(
        fitted.cov.iloc[0, 0] / np.linalg.inv(_moments(macro(), 2))[0, 0],
        reference["covres_dfadj"][0][0],
        rtol=1e-8,
    )
    normality = fitted.diagnostics().set_index("test").loc["Jarque–Bera, multivariate"]
    assert normality["statistic"] == pytest.approx(reference["normality"], rel=1e-6)


def _moments(frame, lags):
    y = frame.to_numpy()
    z = np.column_stack(
        [np.ones(len(y) - lags), *(y[lags - j : len(y) - j] for j in range(1, lags + 1))]
    )
    return z.T @ z


def test_criteria_equal_the_reference_of_another_package():
    reference = json.loads((REFERENCE / "var2_macrodata_vars.json").read_text())["criteria"]
    table = cl.VAR(macro(), lags="bic", max_lags=8).fit().lag_table.loc[1:]
    for column, row in (("aic", 0), ("hq", 1), ("bic", 2)):
        np.testing.assert_allclose(table[column], reference[row], rtol=1e-10)


@pytest.mark.reference
def test_equals_the_static_reference(reference_inputs):
    reference = json.loads((REFERENCE / "connectedness_static_dy2012.json").read_text())
    frame = pd.read_csv(reference_inputs / "dy2012.csv", index_col=0, parse_dates=True)
    fitted = cl.VAR(frame, lags=4).fit()
    rows = np.array(reference["coef_rows_eq_cols_lag1_to_lag4"])
    np.testing.assert_allclose(np.hstack([*fitted.coefs]), rows, atol=1e-8)
    np.testing.assert_allclose(fitted.intercept, reference["const"], atol=1e-8)
    np.testing.assert_allclose(fitted.sigma, reference["Sigma_ml"], atol=1e-8)
    assert fitted.loglik == pytest.approx(reference["logLik_vars"], abs=1e-6)
    chosen = {c: cl.VAR(frame, lags=c, max_lags=10).fit().lags for c in ("aic", "hq", "bic")}
    picked = reference["lagselect"]["selection"]
    assert chosen == {"aic": picked["AIC(n)"], "hq": picked["HQ(n)"], "bic": picked["SC(n)"]}


def test_robust_errors_follow_changing_variances():
    generator = np.random.default_rng(0)
    x = generator.standard_normal((4000, 2))
    x[1:, 1] = x[1:, 1] * (0.3 + np.abs(x[:-1, 0]))
    frame = pd.DataFrame(x, columns=["a", "b"])
    robust = cl.VAR(frame, lags=1).fit(cov="robust").std_errors["b ← a L1"]
    plain = cl.VAR(frame, lags=1).fit().std_errors["b ← a L1"]
    z = np.column_stack([np.ones(3999), x[:-1]])
    bread = np.linalg.inv(z.T @ z)
    left = x[1:, 1] - z @ (bread @ z.T @ x[1:, 1])
    expected = bread @ (z.T * left**2) @ z @ bread * 3999 / 3996
    assert robust == pytest.approx(np.sqrt(expected[1, 1]), rel=1e-10)
    assert robust > 1.2 * plain


def test_a_missing_row_takes_its_followers_with_it(data):
    holed = data.copy()
    holed.iloc[100, 1] = np.nan
    fitted = cl.VAR(holed, lags=2).fit()
    assert fitted.nobs == 300 - 2 - 3
    assert dict(fitted.sample.dropped) == {
        "rows with a missing value": 1,
        "rows without complete lags": 4,
    }
    assert not {100, 101, 102} & set(fitted.rows)
    split = pd.concat([data.iloc[:100], data.iloc[101:]])
    assert not np.allclose(fitted.coefs, cl.VAR(split, lags=2).fit().coefs)


def test_where_keeps_lags_from_outside(data):
    mask = pd.Series(data.index >= "2015-06-01", index=data.index)
    fitted = cl.VAR(data, lags=1, where=mask).fit()
    first = int(np.argmax(mask))
    assert fitted.rows[0] == first and fitted.nobs == 300 - first
    later = cl.VAR(data.iloc[first - 1 :], lags=1).fit()
    np.testing.assert_allclose(fitted.coefs, later.coefs, atol=1e-12)
    assert dict(fitted.sample.dropped)["rows outside where="] == first - 1


def test_a_criterion_that_chooses_no_lag_is_told(data):
    noise = pd.DataFrame(np.random.default_rng(0).standard_normal((400, 2)), columns=["a", "b"])
    fitted = cl.VAR(noise, lags="bic").fit()
    assert fitted.lag_table["bic"].idxmin() == 0
    assert fitted.lags == 1 and "chose 0 lags" in fitted.notes[0]


def test_too_few_rows_name_the_number_needed(data):
    with pytest.raises(TooFewObservationsError, match="31 usable observations; at least 40"):
        cl.VAR(data.iloc[:32], lags=1).fit()
    allowed = cl.VAR(data.iloc[:32], lags=1, minimum=30).fit()
    assert "fewer than 40 were allowed" in " ".join(allowed.notes)
    with pytest.raises(TooFewObservationsError, match="needs at least 19"):
        cl.VAR(data.iloc[:20], lags=5, minimum=5).fit()
    with pytest.warns(cl.CarbonlinkWarning, match="hubei .ADF"):
        net = cl.connectedness(allowed, draws=0)
    assert "fewer than 40 were allowed" in str(net.summary())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.assign(flat=4.2), "do not move in flat"),
        (lambda d: d.assign(k=np.arange(len(d)) * 1.0), "k follows from its own lags without"),
        (lambda d: d.assign(twin=3 - 2 * d["cea"]), "twin is a linear combination of cea"),
        (lambda d: d.assign(sum=d["cea"] + d["hubei"]), "combination of cea, hubei"),
        (
            lambda d: d.assign(late=d["cea"].shift(1)),
            "cea L2 is a linear combination of late L1 .* one of cea, late",
        ),
        (lambda d: d.iloc[::-1], "not in date order"),
        (lambda d: d[["cea"]], "at least two columns"),
        (lambda d: d.assign(none=np.nan), "no value of none"),
    ],
)
def test_unusable_columns_are_named(data, change, words):
    with pytest.raises(DataError, match=words):
        cl.VAR(change(data), lags=2).fit()


def test_a_series_that_arrives_a_day_late_is_named(data):
    late = data.assign(late=data["cea"].shift(1)).iloc[1:]
    with pytest.raises(DataError, match="late is a linear combination of cea L1"):
        cl.VAR(late, lags=1).fit()


@pytest.mark.parametrize(
    "arguments",
    [
        {"lags": 0},
        {"lags": "fpe"},
        {"lags": 1.5},
        {"lags": 2, "max_lags": 5},
        {"lags": "bic", "max_lags": 0},
        {"trend": "ct"},
        {"where": [True, False]},
    ],
)
def test_wrong_arguments_are_refused(data, arguments):
    with pytest.raises(SpecificationError):
        cl.VAR(data, **arguments)


def test_levels_and_explosive_roots_are_remarked():
    walk = np.random.default_rng(1).standard_normal((400, 2)).cumsum(axis=0)
    frame = pd.DataFrame(walk, columns=["a", "b"])
    assert "No sign that these are stationary: a (ADF" in cl.VAR(frame, lags=1).fit().notes[0]
    growing = frame.assign(a=1.02 ** np.arange(400) + 0.01 * walk[:, 0])
    notes = " ".join(cl.VAR(growing, lags=1).fit().notes)
    assert "explosive: its largest root is 1.0" in notes
    quiet = cl.VAR(frame.diff().iloc[1:], lags=1).fit()
    assert quiet.notes == () and quiet.is_stable


def test_order_and_scale_of_the_columns_do_not_matter(data):
    table = cl.VAR(data, lags=2).fit().fevd(10)
    other = data[["guangdong", "cea", "hubei"]] * [1e4, 1e-3, 7]
    moved = cl.VAR(other, lags=2).fit().fevd(10)
    np.testing.assert_allclose(moved.loc[table.index, table.columns], table, rtol=1e-9)


def test_refit_repeats_and_changes(data):
    fitted = cl.VAR(data, lags="aic", max_lags=4).fit()
    assert str(fitted.refit().summary()) == str(fitted.summary())
    assert fitted.refit(lags=3, max_lags=None).lags == 3
    assert fitted.refit(cov="robust").spec["cov"] == "robust"


def test_fevd_arguments(data):
    fitted = cl.VAR(data, lags=1).fit()
    np.testing.assert_allclose(fitted.fevd(5).sum(axis=1), 100)
    assert (fitted.fevd(5, normalise=False).sum(axis=1) > 100).all()
    first = fitted.fevd(1, "cholesky", order=["hubei", "cea", "guangdong"])
    assert first.loc["hubei", "hubei"] == pytest.approx(100)
    for bad in ({"horizon": 0}, {"kind": "joint"}, {"order": ["cea"]}):
        with pytest.raises(SpecificationError):
            fitted.fevd(**{"horizon": 5, "kind": "cholesky", **bad})
    with pytest.raises(SpecificationError, match="no meaning"):
        fitted.fevd(5, order=["hubei", "cea", "guangdong"])


def test_too_few_joint_rows_name_the_series_that_costs_most():
    data = cl.simulate.var(120, rng=1)
    name = data.columns[1]
    data.loc[data.index[20:], name] = np.nan
    with pytest.raises(cl.TooFewObservationsError, match=rf"{name} has 20 values; 119 .* without"):
        cl.VAR(data, lags=1).fit()
