"""GARCH models of shocks that hardly have a variance: what is said, and what is refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.kernels import garch_checks as checks


def heavy_tails() -> pd.Series:
    rng = np.random.default_rng(4)
    values = rng.standard_t(2.3, 800) * (1 + 0.5 * (np.arange(800) > 400))
    return pd.Series(values, pd.bdate_range("2015", periods=800), name="y")


def test_squares_are_not_tested_without_a_fourth_moment():
    """The plug-in variance of Li and Mak is not positive definite there: it gave −1.21."""
    fit = cl.GARCH(heavy_tails(), vol="EGARCH", dist="t").fit()
    rows = fit.diagnostics().set_index("test")
    refused = rows.loc["Li–Mak (10 lags)"]
    assert np.isnan(refused["statistic"]) and np.isnan(refused["p_value"])
    assert "nu = 2.3" in refused["note"] and "no fourth moment" in refused["note"]
    assert np.isnan(checks.squares_portmanteau(fit.estimate, 10))
    kept = rows.loc["Ljung–Box, robust, absolute (10 lags)"]
    assert kept["statistic"] > 0 and 0 < kept["p_value"] < 1
    assert "no guide" in rows.loc["ARCH-LM (5 lags)", "note"]


def test_one_day_can_be_the_fourth_moment():
    y = pd.Series(np.random.default_rng(2).standard_normal(500))
    y.iloc[250] = 12.0
    note = (
        cl.GARCH(y)
        .fit(strict=False)
        .diagnostics()
        .set_index("test")
        .loc["Li–Mak (10 lags)", "note"]
    )
    assert "one day is 9" in note


def test_absolute_shocks_are_tested_alike_at_any_scale_and_seen_where_left_out():
    flat = cl.GARCH(
        cl.simulate.garch(2000, alpha=0.2, beta=0.7, rng=1), persistence_bound=0.3, dist="t"
    ).fit()
    found = checks.portmanteau(flat.estimate, 10, sizes=True)
    best = flat.estimate.maximum
    louder = dataclasses.replace(best.at, log_variance=best.at.log_variance + 3)
    scaled = dataclasses.replace(flat.estimate, maximum=dataclasses.replace(best, at=louder))
    assert found > 60
    assert checks.portmanteau(scaled, 10, sizes=True) == pytest.approx(found, rel=1e-9)
