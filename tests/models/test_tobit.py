"""Censored regression: known likelihoods, least squares without a band, and a known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

import carbonlink as cl
from carbonlink.errors import DataError, SpecificationError, TooFewObservationsError


def banded(n=500, seed=1, band=(340.0, 355.0), persistence=0.0):
    rng = np.random.default_rng(seed)
    days = pd.date_range("2022-01-03", periods=n, freq="B")
    carbon = pd.Series(rng.normal(60, 10, n), days, name="carbon")
    noise = rng.normal(0, 8 * np.sqrt(1 - persistence**2), n)
    for t in range(1, n):
        noise[t] += persistence * noise[t - 1]
    latent = 300 + 0.8 * carbon + noise
    return latent.clip(*band).rename("price"), carbon


def test_the_likelihood_is_the_written_one_and_its_maximum_a_maximum():
    price, carbon = banded()
    fit = cl.Tobit(price, carbon, 340, 355).fit()

    def minus(theta):
        mean, scale = theta[0] * carbon + theta[1], np.exp(theta[2])
        inside = stats.norm.logpdf(price, mean, scale)
        low = stats.norm.logcdf(340, mean, scale)
        high = stats.norm.logsf(355, mean, scale)
        return -np.where(price <= 340, low, np.where(price >= 355, high, inside)).sum()

    own = [fit.params["carbon"], fit.params["const"], np.log(fit.params["sigma"])]
    assert fit.loglik == pytest.approx(-minus(own), rel=1e-12)
    best = optimize.minimize(minus, own, method="Nelder-Mead", options={"xatol": 1e-9})
    assert fit.loglik >= -best.fun - 1e-7
    hessian = optimize.approx_fprime(
        np.array([*own[:2], fit.params["sigma"]]),
        lambda t: optimize.approx_fprime(t, lambda u: minus([u[0], u[1], np.log(u[2])]), 1e-4),
        1e-4,
    )
    by_hessian = cl.Tobit(price, carbon, 340, 355).fit(cov="hessian")
    assert np.allclose(by_hessian.cov, np.linalg.inv(hessian), rtol=2e-2)


def test_without_a_band_it_is_least_squares():
    price, carbon = banded(band=(-np.inf, np.inf))
    fit = cl.Tobit(price, carbon).fit()
    design = np.column_stack([carbon, np.ones(len(carbon))])
    plain, rss = np.linalg.lstsq(design, price, rcond=None)[:2]
    assert np.allclose(fit.params[["carbon", "const"]], plain, rtol=1e-8)
    assert fit.params["sigma"] == pytest.approx(np.sqrt(rss[0] / len(price)), rel=1e-8)
    assert fit.identified_share == 1
    assert "nothing is censored" in fit.notes[0]
    assert cl.Tobit(price, carbon, lower=0).fit().notes == ()


def test_counts_and_units():
    price, carbon = banded()
    fit = cl.Tobit(price, carbon, 340, 355).fit()
    assert (fit.inside, fit.at_lower, fit.at_upper) == (
        ((price > 340) & (price < 355)).sum(),
        (price == 340).sum(),
        (price == 355).sum(),
    )
    scaled = cl.Tobit(price / 1000, carbon, 0.34, 0.355).fit()
    assert scaled.params["carbon"] * 1000 == pytest.approx(fit.params["carbon"], rel=1e-6)


def test_limits_by_date_are_taken_by_date():
    price, carbon = banded()
    ends = [pd.Series(v, price.index) for v in (340.0, 355.0)]
    one, two = cl.Tobit(price, carbon, *ends).fit(), cl.Tobit(price, carbon, 340, 355).fit()
    assert np.allclose(one.params, two.params, rtol=1e-12)


def test_it_finds_the_effect_that_least_squares_hides():
    found = []
    for seed in range(20):
        price, carbon = banded(seed=seed)
        plain = np.polyfit(carbon, price, 1)[0]
        found.append((cl.Tobit(price, carbon, 340, 355).fit().params["carbon"], plain))
    censored, plain = np.mean(found, axis=0)
    assert abs(censored - 0.8) < 0.03 and plain < 0.55


@pytest.mark.slow
@pytest.mark.parametrize("persistence", [0.0, 0.7])
def test_intervals_cover(persistence):
    hits = []
    for seed in range(1000):
        price, carbon = banded(seed=seed, persistence=persistence)
        ends = cl.Tobit(price, carbon, 340, 355).fit().conf_int().loc["carbon"]
        hits.append(ends["lower"] < 0.8 < ends["upper"])
    assert 0.92 <= np.mean(hits) <= 0.97


def test_refusals():
    price, carbon = banded()
    with pytest.raises(DataError, match="outside its band"):
        cl.Tobit(price, carbon, 345, 355).fit()
    with pytest.raises(SpecificationError, match="not below"):
        cl.Tobit(price, carbon, 355, 340).fit()
    with pytest.raises(TooFewObservationsError, match="0 of 500 prices"):
        cl.Tobit(price.clip(upper=340), carbon, 340, 355).fit()
    with pytest.raises(SpecificationError, match="constant"):
        cl.Tobit(price, carbon * 0 + 1, 340, 355).fit()
    with pytest.raises(SpecificationError, match="no value on"):
        cl.Tobit(price, carbon, pd.Series([1.0], price.index[:1]), 355).fit()
    with pytest.raises(SpecificationError, match="cov="):
        cl.Tobit(price, carbon, 340, 355).fit(cov="cluster")


@pytest.mark.parametrize(
    ("lower", "fit", "words"),
    [
        ("low", {}, "lower='low' is no limit"),
        (340, {"bandwidth": -3}, "bandwidth=-3"),
        (340, {"bandwidth": "parzen"}, "bandwidth"),
        (340, {"cov": "robust", "bandwidth": 3}, "has no use with cov='robust'"),
    ],
)
def test_what_would_be_ignored_is_refused(lower, fit, words):
    price, carbon = banded()
    with pytest.raises(cl.SpecificationError, match=words):
        cl.Tobit(price, carbon, lower, 355).fit(**fit)
