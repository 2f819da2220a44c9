"""Simulation studies of GARCH estimates: bias, coverage, size."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import carbonlink as cl


@pytest.mark.slow
@pytest.mark.parametrize("vol, dist", [("GARCH", "normal"), ("GJR", "t"), ("EGARCH", "t")])
def test_effect_of_the_window_is_unbiased_and_its_interval_covers(vol, dist):
    """2,000 draws of 1,500 returns: bias within 3 simulation errors, coverage 92 to 97 %."""
    n, delta, draws = 1500, 0.5, 2000
    w = pd.Series((np.arange(n) % 244 > 213).astype(float), pd.RangeIndex(n), name="window")
    values = {
        "GARCH": {"alpha": 0.08, "beta": 0.88},
        "GJR": {"alpha": 0.05, "gamma": 0.06, "beta": 0.88},
        "EGARCH": {"alpha": 0.15, "gamma": -0.05, "beta": 0.95, "omega": 0.0},
    }[vol]
    found, inside, portmanteau = [], [], []
    for seed in range(draws):
        y = cl.simulate.garch(n, vol=vol, variance_x=w, delta=delta, dist=dist, rng=seed, **values)
        fit = cl.GARCH(y, vol=vol, dist=dist, variance_x=w).fit(strict=False)
        if not fit.converged:
            continue
        interval = fit.conf_int().loc["delta[window]"]
        found.append(fit.params["delta[window]"])
        inside.append(interval["lower"] < delta < interval["upper"])
        portmanteau.append(fit.diagnostics()["p_value"].to_numpy()[:2] < 0.05)
    assert len(found) > 0.99 * draws
    assert abs(np.mean(found) - delta) < 3 * np.std(found) / np.sqrt(draws) + 0.01
    assert 0.92 < np.mean(inside) < 0.97
    assert (np.mean(portmanteau, axis=0) < 0.08).all()


@pytest.mark.slow
def test_standard_errors_are_the_spread_of_the_estimates():
    fits = [
        cl.GARCH(cl.simulate.garch(3000, beta=0.87, dist="t", shape=6, rng=s)).fit()
        for s in range(400)
    ]
    errors = np.mean([f.std_errors for f in fits], axis=0)
    spread = np.std([f.params for f in fits], axis=0)
    np.testing.assert_allclose(errors[[0, 2, 3]], spread[[0, 2, 3]], rtol=0.2)
    z = [(f.params["alpha"] - 0.08) / f.std_errors["alpha"] for f in fits]
    assert stats.kstest(z, "norm").pvalue > 1e-4


@pytest.mark.slow
def test_thin_markets_with_limits_are_recovered_where_the_naive_model_fails():
    """400 draws of 2,500 days; the figures of 2,000 are in benchmarks/garch_thin.py."""
    n, draws = 2500, 400
    inside = (np.arange(n) % 244 > 203).astype(float)
    truth = {"delta[window]": 0.5, "alpha": 0.1, "persistence": 0.95, "trade[carry]": 0.9}
    found: dict[str, list] = {"both": [], "naive": []}
    errors = []
    for seed in range(draws):
        days = cl.simulate.thin_returns(n, omega=1.0, delta=0.5, variance_x=inside, rng=seed)
        window = pd.Series(inside, days.index, name="window")
        y = days["returns"]
        both = cl.GARCH(y, trade=days["trade"], limits=(-10.0, 10.0), variance_x=window)
        for name, model in {
            "both": both,
            "naive": cl.GARCH(y.fillna(0.0), variance_x=window),
        }.items():
            fit = model.fit(strict=False)
            table = fit.tidy().set_index("term").reindex(list(truth))
            values = pd.Series(truth)
            covered = (table["lower"] < values) & (values < table["upper"])
            found[name].append((table["estimate"], covered.where(table["lower"].notna())))
            if name == "both":
                errors.append(float((fit.trade_probability - days["probability"]).mean()))
    mean = {k: pd.concat([a for a, _ in v], axis=1).mean(axis=1) for k, v in found.items()}
    cover = {
        k: pd.concat([b for _, b in v], axis=1).astype(float).mean(axis=1) for k, v in found.items()
    }
    assert abs(mean["both"]["delta[window]"] - 0.5) < 0.02
    assert abs(mean["both"]["alpha"] - 0.1) < 0.006
    assert abs(mean["both"]["persistence"] - 0.95) < 0.012
    assert abs(np.mean(errors)) < 0.002
    assert cover["both"].between(0.915, 0.975).all()
    assert mean["naive"]["delta[window]"] < 0.45
    assert mean["naive"]["alpha"] < 0.08 and cover["naive"]["alpha"] < 0.6
