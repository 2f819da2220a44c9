"""Shrunk VARs: closed forms, optimality conditions, limits, validation in time, refusals."""

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import SpecificationError, TooFewObservationsError
from carbonlink.kernels import shrinkage, var


@pytest.fixture(scope="module")
def data():
    return cl.simulate.var(300, rng=5)


def scaled(data, lags):
    values = data.to_numpy()
    rows = var.usable_rows(values, lags)
    y, x = values[rows], var.lagged(values, lags, rows)
    parts = [(p - p.mean(axis=0)) / p.std(axis=0) for p in (y, x)]
    return parts[0], parts[1], y.std(axis=0), x.std(axis=0)


def slopes_of(fitted):
    lags, k = fitted.coefs.shape[:2]
    return fitted.coefs.transpose(0, 2, 1).reshape(lags * k, k)


def test_ridge_is_its_closed_form(data):
    fitted = cl.VAR(data, lags=2).fit(method="ridge", penalty=0.3)
    v, u, size, unit = scaled(data, 2)
    n = len(v)
    expected = np.linalg.solve(u.T @ u / n + 0.3 * np.eye(6), u.T @ v / n)
    np.testing.assert_allclose(slopes_of(fitted) * unit[:, None] / size, expected, atol=1e-10)
    assert abs(fitted.resid.mean()).max() < 1e-12
    assert fitted.std_errors.isna().all()


@pytest.mark.parametrize(("method", "mix"), [("lasso", 1.0), ("elastic_net", 0.4)])
def test_penalised_slopes_meet_the_conditions_of_an_optimum(data, method, mix):
    fitted = cl.VAR(data, lags=3).fit(method=method, penalty=0.04, mix=mix)
    v, u, size, unit = scaled(data, 3)
    b = slopes_of(fitted) * unit[:, None] / size
    gradient = u.T @ (v - u @ b) / len(v) - 0.04 * (1 - mix) * b
    zero = b == 0
    assert zero.any() and (~zero).any()
    np.testing.assert_allclose(gradient[~zero], 0.04 * mix * np.sign(b[~zero]), atol=1e-7)
    assert (np.abs(gradient[zero]) <= 0.04 * mix + 1e-7).all()


def test_lasso_of_orthogonal_columns_is_soft_thresholding():
    right = np.array([[0.5, -0.05], [0.2, 0.3]])
    found = shrinkage.elastic_net(np.eye(2), right, 0.1, 1.0)
    np.testing.assert_allclose(found, [[0.4, 0.0], [0.1, 0.2]])


def test_minnesota_is_mixed_estimation_with_dummy_observations(data):
    fitted = cl.VAR(data, lags=2).fit(method="minnesota", tightness=0.2, cross=0.5, decay=1)
    v, u, size, unit = scaled(data, 2)
    k, n = 3, len(v)
    own = []
    for j in range(k):
        x = u[:, j::k]
        left = v[:, j] - x @ np.linalg.lstsq(x, v[:, j], rcond=None)[0]
        own.append(left @ left / (n - 3))
    for i in range(k):
        spread = []
        for lag in (1, 2):
            for j in range(k):
                s = 0.2 / lag
                spread.append(s if i == j else s * 0.5 * np.sqrt(own[i] / own[j]))
        extra = np.diag(np.sqrt(own[i]) / np.array(spread))
        b = np.linalg.lstsq(
            np.vstack([u, extra]), np.concatenate([v[:, i], np.zeros(6)]), rcond=None
        )[0]
        np.testing.assert_allclose(slopes_of(fitted)[:, i] * unit / size[i], b, atol=1e-10)
    assert fitted.std_errors.notna().all()
    plain = cl.VAR(data, lags=2).fit()
    assert (fitted.std_errors.filter(like="L2") < plain.std_errors.filter(like="L2")).all()


def test_no_shrinkage_is_least_squares(data):
    plain = cl.VAR(data, lags=2).fit()
    for choice in (
        {"method": "ridge", "penalty": 0.0},
        {"method": "lasso", "penalty": 0.0},
        {"method": "minnesota", "tightness": 1e6},
    ):
        fitted = cl.VAR(data, lags=2).fit(**choice)
        np.testing.assert_allclose(fitted.params, plain.params, atol=1e-6)
    wide = cl.VAR(data, lags=2).fit(method="minnesota", tightness=1e6)
    # Litterman's σ are those of own autoregressions, a little larger than the VAR's.
    np.testing.assert_allclose(wide.std_errors, plain.std_errors, rtol=0.05)


def test_units_do_not_matter_and_exogenous_columns_are_not_shrunk(data):
    moved = data * [1e3, 1.0, 1e-2]
    for choice in ({"method": "lasso", "penalty": 0.05}, {"method": "minnesota"}):
        first = cl.VAR(data, lags=2).fit(**choice)
        second = cl.VAR(moved, lags=2).fit(**choice)
        np.testing.assert_allclose(second.fevd(10), first.fevd(10), atol=1e-5)
    step = pd.Series((np.arange(300) > 150) * 3.0, index=data.index, name="step")
    raised = data.add(step, axis=0)
    strong = cl.VAR(raised, lags=1, exog=step).fit(method="lasso", penalty=10.0)
    assert (strong.coefs == 0).all()
    np.testing.assert_allclose(strong.driven["step"], 1, atol=0.2)


def test_the_penalty_is_chosen_by_forecasts_of_later_blocks(data):
    fitted = cl.VAR(data, lags=4).fit(method="ridge")
    table = fitted.validation
    best = table["penalty"].iloc[table["error"].argmin()]
    assert fitted.spec["penalty"] == best and fitted.spec["chosen"] == "5 blocks of time"
    values = data.to_numpy()
    rows = var.usable_rows(values, 4)
    y, x = values[rows], var.lagged(values, 4, rows)
    edges = np.linspace(0, len(y), 7).astype(int)[1:]
    total = 0.0
    for first, last in zip(edges[:-1], edges[1:], strict=True):
        one, other = y[:first], x[:first]
        my, mx, sy, sx = one.mean(0), other.mean(0), one.std(0), other.std(0)
        u, v = (other - mx) / sx, (one - my) / sy
        b = np.linalg.solve(u.T @ u / first + best * np.eye(12), u.T @ v / first)
        ahead = my + ((x[first:last] - mx) / sx) @ b * sy
        total += (((y[first:last] - ahead) ** 2) / y.var(axis=0)).sum()
    expected = total / ((len(y) - edges[0]) * 3)
    assert table["error"].min() == pytest.approx(expected, rel=1e-9)


def test_shrinkage_helps_where_there_are_many_coefficients():
    truth = 0.3 * np.eye(8)
    gains = []
    for seed in range(5):
        frame = cl.simulate.var(
            120, coefs=truth, sigma=np.eye(8), names=tuple("abcdefgh"), rng=seed
        )
        plain = cl.VAR(frame, lags=2).fit()
        shrunk = cl.VAR(frame, lags=2).fit(method="minnesota")
        target = np.stack([truth, np.zeros((8, 8))])
        gains.append(((shrunk.coefs - target) ** 2).sum() / ((plain.coefs - target) ** 2).sum())
    assert np.mean(gains) < 0.5


def test_what_a_shrunk_model_has_and_has_not(data):
    fitted = cl.VAR(data, lags=2).fit(method="elastic_net", mix=0.5)
    net = cl.connectedness(fitted)
    assert "the coefficients are shrunk" in " ".join(net.notes)
    assert net.conf_int()["lower"].isna().all() and np.isfinite(net.total)
    assert fitted.irf(4).table["lower"].isna().all()
    assert np.isfinite(fitted.forecast(3).upper).all().all()
    with pytest.raises(SpecificationError, match="shrunk"):
        fitted.forecast(3, method="bootstrap")
    assert fitted.refit(method="ols").std_errors.notna().all()
    assert fitted.refit().params.equals(fitted.params)


def test_a_penalty_of_nothing_has_the_null_and_windows_of_least_squares(data):
    plain = cl.connectedness(cl.VAR(data, lags=1).fit(), draws=99)
    ridge = cl.connectedness(cl.VAR(data, lags=1).fit(method="ridge", penalty=0.0), draws=99)
    assert ridge.null_mean == pytest.approx(plain.null_mean, abs=1e-9)
    assert ridge.excess_pvalue == plain.excess_pvalue
    np.testing.assert_allclose(ridge.rolling(200).total, plain.rolling(200).total, atol=1e-9)
    assert ridge.conf_int().isna().all(axis=None)
    assert any("No intervals: the coefficients are shrunk" in note for note in ridge.notes)
    rows = ridge.tidy().set_index("term")["p_value"]
    assert rows["total"] == plain.excess_pvalue and rows["net"].isna().all()


@pytest.mark.parametrize(
    ("choice", "chosen"),
    [({"method": "minnesota"}, True), ({"method": "lasso", "penalty": 0.1}, False),
     ({"method": "quantile", "tau": 0.5}, False)],
)  # fmt: skip
def test_windows_are_fitted_as_the_model_was(data, choice, chosen):
    moving = cl.connectedness(cl.VAR(data, lags=1).fit(**choice), draws=0).rolling(290)
    last = cl.connectedness(cl.VAR(data.iloc[-290:], lags=1).fit(**choice), draws=0)
    assert moving.total.iloc[-1] == pytest.approx(last.total, abs=1e-9)
    assert len(moving.total) == len(data) - 289
    assert ("chosen anew" in " ".join(moving.notes)) == chosen


@pytest.mark.parametrize(
    "arguments",
    [
        {"method": "horseshoe"},
        {"method": "ridge", "penalty": -1},
        {"method": "elastic_net", "mix": 2},
        {"method": "minnesota", "tightness": 0},
        {"method": "lasso", "folds": 1},
    ],
)
def test_wrong_arguments_are_refused(data, arguments):
    with pytest.raises(SpecificationError):
        cl.VAR(data, lags=1).fit(**arguments)


def test_too_few_rows_for_the_blocks_are_refused(data):
    with pytest.raises(TooFewObservationsError, match="for the first fit"):
        cl.VAR(data.iloc[:45], lags=1).fit(method="ridge", folds=10)
