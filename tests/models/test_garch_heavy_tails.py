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
    signed = checks.portmanteau(flat.estimate, 10)
    assert checks.portmanteau(scaled, 10) == pytest.approx(signed, rel=1e-9)
    assert found > 60
    assert checks.portmanteau(scaled, 10, sizes=True) == pytest.approx(found, rel=1e-9)


def test_a_level_without_meaning_is_said():
    fit = cl.GARCH(heavy_tails(), vol="EGARCH", dist="t").fit()
    assert fit.params["nu"] < 2.5
    assert "The level of the volatility has no meaning (nu = 2.3" in str(fit.summary())
    assert "dist='normal' fits the level too" in str(fit.summary())
    plain = cl.GARCH(heavy_tails(), vol="EGARCH").fit(strict=False)
    assert checks.mean_square(plain.estimate) == pytest.approx((plain.std_resid**2).mean())
    assert not any("no meaning" in n for n in plain.notes)


def test_a_backtest_names_the_models_whose_level_has_no_meaning():
    options = {"EGARCH-t": {"vol": "EGARCH", "dist": "t"}, "normal": {"vol": "EGARCH"}}
    found = cl.backtest(
        heavy_tails(), options, start=700, refit=100, draws=99, carried=1.0, strict=False
    )
    said = [n for n in found.notes if "no meaning" in n]
    assert len(said) == 1 and said[0].startswith("EGARCH-t: ") and "100 of 100 rows" in said[0]


def trending(seed: int, slope: float) -> pd.Series:
    shocks = np.random.default_rng(seed).standard_t(5, 1200)
    return pd.Series(shocks * np.exp(np.linspace(-slope, slope, 1200)), name="trending")


def persistence_of(fit, level=0.95):
    return fit.tidy(level).set_index("term").loc["persistence"], " ".join(fit.notes)


def test_the_interval_of_the_persistence_is_cut_at_its_bound_held_or_not():
    held = cl.GARCH(trending(0, 0.5), dist="t").fit()
    row, said = persistence_of(held)
    free = held.estimate.unbounded
    assert held.persistence == pytest.approx(1) and free.persistence > 1
    assert 0.99 < row["lower"] < 1 and row["upper"] == 1
    assert "without its bound, 0.998 to 1.003, cut at the bound" in said
    inside = cl.GARCH(cl.simulate.garch(400, alpha=0.1, beta=0.87, omega=0.05, rng=3)).fit()
    row, said = persistence_of(inside)
    assert inside.persistence < 1 and row["std_error"] > 0 and row["upper"] == 1
    reach = inside.persistence + 1.959964 * row["std_error"]
    assert f"to {reach:.3f}, is cut at the bound 1" in said
    narrow, _ = persistence_of(inside, 0.05)
    assert narrow["upper"] < 1


def test_no_interval_where_the_fit_without_the_bound_stands_on_another():
    fit = cl.GARCH(trending(2, 1.0), dist="t").fit()
    row, said = persistence_of(fit)
    assert row[["lower", "upper"]].isna().all()
    assert "no interval: the fit without its bound, at 1.003" in said
    assert "beta is at its upper bound 1" in said


def test_an_egarch_on_its_bound_has_no_interval_of_zero_width():
    y = trending(0, 2.0)
    fit = cl.GARCH(y, vol="EGARCH", order=(1, 1, 2), persistence_bound=0.9).fit(strict=False)
    row, _ = persistence_of(fit)
    assert row["estimate"] == pytest.approx(0.9) and row[["lower", "upper"]].isna().all()
