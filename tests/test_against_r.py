"""Numbers made with R: each file has its recipe and versions, and a test that stands on it.

The comparisons of each estimator are in its own test file; here the public words alone are held to
R's numbers on data that anyone gets with the dependencies, or that lie beside the project.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl

TESTS = Path(__file__).parent
REFERENCES = sorted((TESTS / "reference").glob("*.json"))


def reference(name: str) -> dict:
    return json.loads((TESTS / "reference" / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", REFERENCES, ids=lambda p: p.stem)
def test_every_reference_has_a_recipe_and_a_test(path):
    assert "recipe" in json.loads(path.read_text(encoding="utf-8"))
    stem = path.stem
    users = [f for f in TESTS.rglob("test_*.py") if stem in f.read_text(encoding="utf-8")]
    assert users, f"no test uses {path.name}"


def growth() -> pd.DataFrame:
    """Changes of logs of three US series, 202 quarters."""
    from statsmodels.datasets import macrodata

    return np.log(macrodata.load_pandas().data[["realgdp", "realcons", "realinv"]]).diff().dropna()


def test_vars_on_macrodata():
    """vars 1.6-1: VAR(2) with a constant. Linear, so agreement is to rounding."""
    made = reference("var2_macrodata_vars.json")
    data = growth()
    names = list(data.columns)
    fit = cl.VAR(data, lags=2).fit()
    for i, equation in enumerate(names):
        printed = made["coef"][equation]
        lags = [printed[f"{cause}.l{lag}"] for lag in (1, 2) for cause in names]
        ours = np.concatenate([fit.coefs[lag][i] for lag in (0, 1)])
        np.testing.assert_allclose(ours, lags, rtol=1e-8)
    assert fit.loglik == pytest.approx(made["loglik"], abs=1e-6)


def test_every_prior_and_forgetting_of_the_time_varying_var():
    """ConnectednessApproach's filter with each prior, its training window, one lag and two."""
    made = reference("tvpvar_macrodata.json")
    data = growth().reset_index(drop=True)
    for row in made["settings"]:
        more = {} if row["training_window"] == "all" else {"training_window": 60}
        model = cl.TVPVAR(
            data, row["lags"], forgetting=tuple(row["forgetting"]), prior=row["prior"],
            compat="connectedness_approach", **more,
        )  # fmt: skip
        total = cl.connectedness(model, horizon=10, draws=0).total
        assert total.mean() == pytest.approx(row["mean"], abs=1e-9), row
        np.testing.assert_allclose(total.iloc[made["rows"]], row["at"], atol=1e-8)


def test_tables_of_quantile_regressions():
    """quantreg 5.94 an equation; both find the optimum of a linear programme."""
    data = growth().reset_index(drop=True)
    for lags in (1, 2):
        net = cl.connectedness(data, lags=lags, draws=0)
        rows = [r for r in reference("quantile_var_macrodata.json")["tables"] if r["lags"] == lags]
        found = net.quantiles([r["tau"] for r in rows])
        for row in rows:
            theirs = np.reshape(row["table"], (3, 3))
            np.testing.assert_allclose(found.table(row["tau"]), theirs, atol=1e-5)


def test_joint_kinds_and_parts_of_r_squared():
    """The arithmetic of ConnectednessApproach's joint, extended joint and R² tables, run in R."""
    made, data = reference("joint_macrodata.json"), growth().reset_index(drop=True)
    for lags in (1, 2):
        joint = cl.connectedness(data, lags=lags, kind="joint", draws=0)
        ours = [joint.total, *joint.from_, *joint.to]
        np.testing.assert_allclose(ours, made[f"joint {lags}"], atol=1e-8)
        extended = cl.connectedness(data, lags=lags, kind="extended_joint", draws=0)
        np.testing.assert_allclose(
            extended.table.to_numpy().ravel(), made[f"extended {lags}"], atol=1e-8
        )
    parts = cl.connectedness(data, lags=1, draws=0).r_squared(lags=1, draws=0).tables
    np.testing.assert_allclose(parts[1:].ravel(), made["r2 1"], atol=1e-8)


@pytest.mark.reference
def test_connectedness_approach_static_and_rolling(reference_inputs):
    """ConnectednessApproach 1.0.4; the rolling index at every one of its 2,576 dates."""
    data = pd.read_csv(reference_inputs / "dy2012.csv", index_col=0, parse_dates=True)
    made = reference("connectedness_static_dy2012.json")
    net = cl.connectedness(cl.VAR(data, lags=4).fit(), horizon=10)
    np.testing.assert_allclose(net.table.iloc[:4, :4], made["table_percent"], atol=1e-8)
    np.testing.assert_allclose(net.net, made["NET"], atol=1e-8)
    assert net.total == pytest.approx(made["TCI"], abs=1e-9)
    path = reference_inputs / "connectedness_rolling200_lag4_dy2012_total.csv"
    theirs = pd.read_csv(path, index_col=0, parse_dates=True)["TCI"]
    ours = net.rolling(200, compat="connectedness_approach").total
    np.testing.assert_allclose(ours.reindex(theirs.index), theirs, atol=1e-6)


@pytest.mark.reference
def test_rugarch_normal_garch(reference_inputs):
    """rugarch 1.5-6; an optimum, so 1e-4 relative and 1e-3 in the log-likelihood."""
    returns = pd.read_csv(reference_inputs / "dem2gbp.csv")["r"]
    made = reference("garch_rugarch_dem2gbp.json")["models"]["sGARCH|norm"]
    fit = cl.GARCH(returns, presample="mean").fit(cov="hessian")
    names = {"omega": "omega", "alpha1": "alpha", "beta1": "beta"}
    for theirs, ours in names.items():
        assert fit.params[ours] == pytest.approx(made["coef"][theirs], rel=2e-4)
    assert fit.loglik == pytest.approx(made["loglik"], abs=1e-3)
