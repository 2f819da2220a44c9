"""Connectedness of a TVP-VAR: the reference at every date, definitions, and the no-link level."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import SpecificationError
from carbonlink.kernels import fevd

REFERENCE = Path(__file__).parents[1] / "reference" / "tvpvar_lag1_k0.99_0.99_dy2012.json"


@pytest.fixture(scope="module")
def fitted():
    return cl.TVPVAR(cl.simulate.var(260, rng=1), lags=2).fit()


@pytest.fixture(scope="module")
def moving(fitted):
    return cl.connectedness(fitted, horizon=10)


@pytest.mark.reference
def test_equals_the_reference_at_every_date(reference_inputs):
    reference = json.loads(REFERENCE.read_text())
    frame = pd.read_csv(reference_inputs / "dy2012.csv", index_col=0, parse_dates=True)
    name = "tvpvar_lag1_k0.99_0.99_dy2012_total.csv"
    printed = pd.read_csv(reference_inputs / name, index_col=0, parse_dates=True)["TCI"]
    model = cl.TVPVAR(frame, lags=1, compat="connectedness_approach").fit()
    moving = cl.connectedness(model, horizon=10)
    pd.testing.assert_index_equal(moving.total.index, printed.index, check_names=False)
    np.testing.assert_allclose(moving.total, printed, atol=1e-9)
    np.testing.assert_allclose(moving.table, reference["mean_CT_percent"], atol=1e-9)
    for term, mean in (("to", "TO"), ("from_", "FROM"), ("net", "NET")):
        np.testing.assert_allclose(
            getattr(moving, term).mean(), reference[f"{mean}_mean"], atol=1e-9
        )
    places = np.array(reference["sample"]["index1"]) - 1
    np.testing.assert_allclose(moving.net.iloc[places], reference["sample"]["NET"], atol=1e-9)


def test_each_date_is_the_decomposition_of_its_own_var(fitted, moving):
    for t in (0, 77, -1):
        table = 100 * fevd.shares(fitted.coefs[t], fitted.sigma[t], 10)
        date = moving.total.index[t]
        np.testing.assert_allclose(moving.at(date), table, atol=1e-12)
        np.testing.assert_allclose(moving.to.loc[date], table.sum(axis=0) - np.diag(table))
        np.testing.assert_allclose(moving.from_.loc[date], 100 - np.diag(table))
        assert moving.pairwise("cea", "hubei")[date] == pytest.approx(table[1, 0] - table[0, 1])
    np.testing.assert_allclose(moving.total, moving.from_.mean(axis=1))
    np.testing.assert_allclose(moving.net, moving.to - moving.from_, atol=1e-12)
    np.testing.assert_allclose(moving.adjusted, 1.5 * moving.total)
    np.testing.assert_allclose(moving.table.sum(axis=1), 100)
    assert list(moving.total.index) == list(fitted.roots.index)


def test_a_var_that_does_not_drift_has_its_connectedness():
    data = cl.simulate.var(4000, rng=7)
    model = cl.TVPVAR(data, forgetting=(1.0, 0.999)).fit()
    last = cl.connectedness(model, draws=0).total.iloc[-1]
    assert last == pytest.approx(cl.connectedness(data, lags=1, draws=0).total, abs=1.0)


def test_the_model_may_be_fitted_here_and_the_order_changed(fitted, moving):
    model = cl.TVPVAR(fitted.data, lags=2)
    pd.testing.assert_series_equal(cl.connectedness(model).total, moving.total)
    other = cl.connectedness(fitted, lags=1)
    assert other.fitted.lags == 1 and other.spec["lags"] == 1
    turned = cl.connectedness(
        fitted, kind="cholesky", order=["hubei", "guangdong", "cea"], horizon=1
    )
    table = turned.at(turned.total.index[0]).loc[turned.spec["order of shocks"], :]
    table = table[list(turned.spec["order of shocks"])]
    np.testing.assert_allclose(np.triu(table, 1), 0, atol=1e-12)
    assert moving.refit(horizon=3).spec["horizon"] == 3


def test_the_level_without_a_link_grows_as_memory_shrinks(fitted, moving):
    assert 2 < moving.null_mean < moving.total.mean()
    forgetful = cl.connectedness(fitted.refit(forgetting=(0.96, 0.96)))
    assert forgetful.null_mean > moving.null_mean + 2
    assert np.isnan(cl.connectedness(fitted, draws=0).null_mean)
    again, other = moving.refit(), moving.refit(rng=9)
    assert again.null_mean == moving.null_mean != other.null_mean


def test_unlinked_series_are_at_the_level_without_a_link():
    totals, levels = [], []
    for seed in range(6):
        noise = np.random.default_rng(seed).standard_normal((500, 4))
        result = cl.connectedness(cl.TVPVAR(pd.DataFrame(noise, columns=list("abcd"))))
        totals.append(result.total.mean())
        levels.append(result.null_mean)
    assert np.mean(levels) == pytest.approx(5.75, abs=0.4)
    assert np.mean(totals) == pytest.approx(np.mean(levels), abs=1.0)


def test_a_gap_in_the_data_is_a_gap_in_the_line(fitted):
    import matplotlib.pyplot as plt

    holed = fitted.data
    holed.iloc[150:180, 0] = np.nan
    holed.iloc[220, 1] = np.nan
    ax = cl.connectedness(cl.TVPVAR(holed), draws=5).plot()
    drawn = [line for line in ax.lines if line.get_linestyle() == "-"]
    assert len(drawn) == 2
    assert drawn[0].get_xdata()[-1] == holed.index[149]
    plt.close(ax.figure)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"markets": ["cea", "hubei"]}, "no meaning for a TVP-VAR"),
        ({"minimum": 20}, "no meaning for a TVP-VAR"),
        ({"level": 0.9}, "no intervals"),
        ({"lags": "bic"}, "no criterion"),
        ({"horizon": 0}, "number of terms"),
        ({"order": ["cea", "hubei", "guangdong"]}, "generalized"),
    ],
    ids=str,
)
def test_arguments_without_a_meaning_are_refused(fitted, arguments, match):
    with pytest.raises(SpecificationError, match=match):
        cl.connectedness(fitted, **arguments)


def test_dates_and_series_that_are_not_there_are_refused(moving):
    with pytest.raises(SpecificationError, match="no table for 1999-01-01"):
        moving.at("1999-01-01")
    with pytest.raises(SpecificationError, match="no series 'shanghai'"):
        moving.pairwise("cea", "shanghai")


def test_a_large_system_says_that_it_leaves_the_level_without_a_link_out():
    noise = np.random.default_rng(0).standard_normal((250, 12))
    wide = pd.DataFrame(noise, columns=[f"m{i}" for i in range(12)])
    result = cl.connectedness(cl.TVPVAR(wide))
    text = str(result.summary())
    assert "null_mean draws it" in text and "without a link" not in set(result.tidy()["term"])
    assert "null_mean" not in vars(result)
    small = cl.connectedness(cl.TVPVAR(wide.iloc[:, :3]), draws=2)
    assert "mean of total without a link" in set(small.tidy()["term"])
