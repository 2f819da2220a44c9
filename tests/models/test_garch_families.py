"""Further densities, variance processes and conventions: rugarch's numbers, arch, closed forms."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.kernels.garch import likelihood, problem
from carbonlink.kernels.garch_density import DENSITIES
from carbonlink.kernels.garch_steps import Start, component, fractional

REFERENCE = Path(__file__).parents[1] / "reference" / "garch_rugarch_dem2gbp.json"
RUGARCH = json.loads(REFERENCE.read_text(encoding="utf-8"))
VOLS = {"s": "GARCH", "gjr": "GJR", "e": "EGARCH", "ap": "APARCH", "cs": "CGARCH", "i": "IGARCH"}
DISTS = {"norm": "normal", "std": "t", "sstd": "skewt", "ged": "ged"}
PRESAMPLES = {"all": "mean", "1": ("first", 1), "0.7": ("decay", 0.7)}
NAMES = {"alpha1": "alpha", "beta1": "beta", "gamma1": "gamma", "shape": "nu", "delta": "power"}
NAMES |= {"eta11": "rho", "eta21": "phi", "mxreg1": "mean[d]", "vxreg1": "delta[d]"}
VALUES = {
    "GARCH": [0.1, 0.1, 0.8],
    "GJR": [0.1, 0.08, 0.05, 0.8],
    "EGARCH": [-0.02, 0.2, -0.05, 0.9],
    "IGARCH": [0.05, 0.1],
    "APARCH": [0.05, 0.1, 0.3, 0.8, 1.4],
    "CGARCH": [0.02, 0.1, 0.6, 0.98, 0.05],
    "FIGARCH": [0.1, 0.2, 0.4, 0.4],
    "HARCH": [0.2, 0.2, 0.3, 0.2],
}
SHAPES = {"normal": [], "t": [6.0], "skewt": [6.0, -0.2], "ged": [1.5]}


@pytest.fixture(scope="module")
def pound(reference_inputs) -> pd.Series:
    return pd.read_csv(reference_inputs / "dem2gbp.csv")["r"]


@pytest.fixture(scope="module")
def y() -> pd.Series:
    return cl.simulate.garch(
        800, vol="GJR", alpha=0.06, gamma=0.06, beta=0.86, dist="t", shape=6, mu=0.05, rng=7
    )


@pytest.fixture(scope="module")
def longer() -> pd.Series:
    return cl.simulate.garch(
        1500, vol="GJR", alpha=0.06, gamma=0.06, beta=0.88, dist="t", shape=6, rng=3
    )


def spelled(name: str, rows: int) -> dict:
    """A rugarch specification in carbonlink's words."""
    vol, dist, *rest = name.split("|")
    words = {"vol": VOLS[vol.removesuffix("GARCH").removesuffix("ARCH")], "dist": DISTS[dist]}
    if "dummy" in rest:
        d = pd.Series((np.arange(rows) % 250 < 20).astype(float), name="d")
        form = "inside" if words["vol"] == "EGARCH" else "additive"
        words |= {"mean": "ar", "mean_x": d, "variance_x": d, "variance_form": form}
    for setting in rest:
        if setting.startswith("rec.init="):
            words["presample"] = PRESAMPLES[setting.split("=")[1]]
    return words


def theirs(fit, term: str, vol: str) -> float:
    """A parameter under rugarch's name."""
    if vol == "EGARCH":
        term = {"alpha1": "gamma1", "gamma1": "alpha1"}.get(term, term)
    if term == "skew":
        return float(np.sqrt((1 + fit.params["lambda"]) / (1 - fit.params["lambda"])))
    if term == "beta1" and vol == "IGARCH":
        return float(1 - fit.params["alpha"])
    return float(fit.params[NAMES.get(term, term)])


@pytest.mark.reference
@pytest.mark.parametrize("name", [*RUGARCH["models"], *RUGARCH["more"]])
def test_every_specification_of_rugarch(pound, name):
    """Log-likelihood within 1e-5 and never below; parameters to 1e-4, or 0.02 of their error.

    mu is near zero and rugarch stops early, so a relative 1e-4 of it is finer than its own digits.
    """
    made = (RUGARCH["models"] | RUGARCH["more"])[name]
    words = spelled(name, len(pound))
    fit = cl.GARCH(pound, compat="rugarch", **words).fit("hessian")
    assert -1e-6 <= fit.loglik - made["loglik"] <= 1e-5
    for term, value in made["coef"].items():
        ours = theirs(fit, term, words["vol"])
        errors = made["se"].get(term, 0.0) if isinstance(made.get("se"), dict) else 0.0
        assert abs(ours - value) <= max(1e-4 * abs(value), 0.02 * errors, 1e-9), term
    if "sigma_first3" in made:
        ours = fit.conditional_volatility.iloc[:3]
        np.testing.assert_allclose(ours, made["sigma_first3"], rtol=1e-4)
    if isinstance(made.get("se"), dict) and not fit.estimate.bounds and words["vol"] != "CGARCH":
        for term in set(made["se"]) - {"skew", "mu"}:
            name_ = NAMES.get(term, term)
            if words["vol"] == "EGARCH":
                name_ = {"alpha": "gamma", "gamma": "alpha"}.get(name_, name_)
            if name_ in fit.std_errors:
                assert fit.std_errors[name_] == pytest.approx(made["se"][term], rel=5e-3)


@pytest.mark.reference
def test_errors_of_the_component_model_are_those_of_its_likelihood(pound):
    """Against second differences of the log-likelihood; rugarch prints smaller ones for ρ, φ, ω."""
    from carbonlink.kernels import garch_estimate

    fit = cl.GARCH(pound, vol="CGARCH", compat="rugarch").fit("hessian")
    theta, found = fit.params.to_numpy(), fit.estimate
    steps = np.diag(1e-4 * np.abs(theta))
    second = np.array(
        [
            [
                sum(
                    s
                    * t
                    * garch_estimate.evaluate(theta + s * a + t * b, found.problem, found.units)
                    for s in (1, -1)
                    for t in (1, -1)
                )
                / (4 * a.sum() * b.sum())
                for a in steps
            ]
            for b in steps
        ]
    )
    np.testing.assert_allclose(fit.std_errors, np.sqrt(np.diag(np.linalg.inv(-second))), rtol=2e-3)


@pytest.mark.parametrize("dist", ["skewt", "ged"])
def test_densities_are_those_of_arch(dist):
    from arch.univariate import GeneralizedError, SkewStudent

    z, shape = np.linspace(-5, 5, 51) + 0.01, np.array(SHAPES[dist])
    peer, own = (SkewStudent() if dist == "skewt" else GeneralizedError()), DENSITIES[dist]
    expected = peer.loglikelihood(shape, z, np.ones_like(z), individual=True)
    np.testing.assert_allclose(own.evaluate(z, shape)[0], expected, atol=1e-12)
    np.testing.assert_allclose(own.cdf(z, shape), peer.cdf(z, shape), atol=1e-12)
    assert own.mean_of(lambda x: x**2, shape) == pytest.approx(1, abs=1e-8)
    draws = own.draw(200_000, np.random.default_rng(1), shape)
    assert draws.std() == pytest.approx(1, abs=0.02)
    assert (draws < -1).mean() == pytest.approx(own.cdf(np.array([-1.0]), shape)[0], abs=0.005)


@pytest.mark.parametrize("vol", VALUES)
@pytest.mark.parametrize("dist", SHAPES)
def test_gradients_are_exact(vol, dist):
    rng = np.random.default_rng(0)
    n = 300
    series, w = rng.standard_t(6, n), np.abs(rng.standard_normal((n, 1)))
    x = np.column_stack([np.ones(n), np.r_[0, series[:-1]], rng.standard_normal(n)])
    theta = np.array([0.05, 0.1, 0.07, *VALUES[vol], 0.2, *SHAPES[dist]])
    for presample, lags, inside in (
        ("arch", None, False),
        ("mean", 1, False),
        (("decay", 0.7), 1, vol in ("GARCH", "GJR", "EGARCH")),
        (0.9, None, vol in ("GARCH", "GJR")),
    ):
        p = problem(
            series, x, vol, dist, w, inside, presample, lags=lags, rugarch=presample == "mean"
        )
        steps = np.eye(len(theta)) * 1e-6
        numeric = [
            (likelihood(theta + h, p).total - likelihood(theta - h, p).total) / 2e-6 for h in steps
        ]
        at = likelihood(theta, p)
        np.testing.assert_allclose(at.gradient(), numeric, rtol=2e-4, atol=2e-4)
        np.testing.assert_allclose(at.scores().sum(axis=0), at.gradient(), atol=1e-7)


@pytest.mark.parametrize("vol", ["APARCH", "FIGARCH", "HARCH"])
@pytest.mark.parametrize("dist", ["normal", "skewt", "ged"])
def test_the_maximum_is_that_of_arch(y, longer, vol, dist):
    """arch from its own start, to 2e-3 (powers below one have cusps); arch agrees at our point."""
    fit = cl.GARCH(longer if vol == "APARCH" else y, vol=vol, dist=dist).fit()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cold = fit.fitted.model.fit(disp="off", show_warning=False)
    assert fit.loglik >= cold.loglikelihood - 2e-3
    assert fit.loglik >= fit.fitted.loglikelihood - 2e-3
    same = fit.fitted.model.fix(fit.params)
    assert fit.loglik == pytest.approx(same.loglikelihood, abs=1e-5)
    np.testing.assert_allclose(fit.conditional_volatility, same.conditional_volatility, rtol=1e-5)


def test_the_component_model_is_two_recursions():
    rng = np.random.default_rng(1)
    u, (omega, alpha, beta, rho, phi) = rng.standard_normal(200), VALUES["CGARCH"]
    q = s = 1.3
    path = [s]
    for shock in u[:-1] ** 2:
        q, s = omega + rho * q + phi * (shock - s), s - q
        s = q + alpha * (shock - (q - omega - phi * (shock - path[-1])) / rho) + beta * s
        path.append(s)
    found = component(np.array(VALUES["CGARCH"]), u, Start(1.3, "level"))
    np.testing.assert_allclose(found, path, rtol=1e-10)


def test_fractional_integration_of_order_one_is_integrated():
    """FIGARCH with d = 1 and φ = 0 is IGARCH: λ_1 = 1 − β, λ_i = β λ_{i-1}."""
    u = np.random.default_rng(2).standard_normal(300)
    omega, beta = 0.05, 0.9
    s = [1.0]
    for shock in u[:-1] ** 2:
        s.append(omega + (1 - beta) * shock + beta * s[-1])
    found = fractional(np.array([omega, 0.0, 1.0, beta]), u, Start(1.0, "level"))
    later = slice(250, None)
    np.testing.assert_allclose(found[later], np.array(s)[later], rtol=1e-6)


@pytest.mark.parametrize("vol", ["GARCH", "GJR", "HARCH", "FIGARCH", "EGARCH", "APARCH"])
def test_forecasts_are_those_of_arch(y, vol):
    """To rounding where closed; to simulation error where both simulate.

    FIGARCH on fewer rows than its 1,000 lags still feels its presample, which arch takes from the
    fitted residuals when it forecasts and from least-squares ones when it estimates: 2e-4.
    """
    fit = cl.GARCH(y, vol=vol, dist="t", mean="ar").fit()
    closed = vol not in ("EGARCH", "APARCH")
    peer = fit.fitted.model.fix(fit.params).forecast(
        horizon=4,
        method="analytic" if closed else "simulation",
        simulations=4000,
        reindex=False,
    )
    ours = fit.forecast(4)
    expected = peer.residual_variance.iloc[-1]
    tolerance = {"FIGARCH": 2e-4, "EGARCH": 0.04, "APARCH": 0.04}.get(vol, 1e-5)
    np.testing.assert_allclose(ours["variance"], expected, rtol=tolerance)
    np.testing.assert_allclose(ours["mean"], peer.mean.iloc[-1], rtol=1e-3, atol=1e-6)
    assert (ours["lower"] < ours["mean"]).all() and (ours["mean"] < ours["upper"]).all()


def test_intervals_cover_the_next_returns():
    """Five rows ahead of 30 simulated samples, at 90 %."""
    inside = []
    for seed in range(30):
        path = cl.simulate.garch(805, alpha=0.15, beta=0.8, rng=seed)
        ahead = cl.GARCH(path.iloc[:800]).fit(strict=False).forecast(5, level=0.9, draws=1000)
        after = path.iloc[800:].to_numpy()
        inside.append((ahead["lower"].to_numpy() < after) & (after < ahead["upper"].to_numpy()))
    assert 0.8 < np.mean(inside) < 0.97


def test_added_regressors_have_a_sign():
    rng = np.random.default_rng(3)
    w = pd.Series((rng.random(1500) < 0.2).astype(float), name="d")
    y = cl.simulate.garch(1500, delta=[0.8], variance_x=w.to_numpy()[:, None], rng=1)
    w.index = y.index
    up = cl.GARCH(y, variance_x=w, variance_form="additive").fit()
    assert up.params["delta[d]"] > 0 and up.units["delta[d]"] == "%²"
    assert not up.tidy()["term"].str.startswith("effect").any()
    calm = cl.GARCH(y, variance_x=1 - w, variance_form="additive").fit(strict=False)
    if calm.estimate.bounds:
        assert any("delta[d] is at its lower bound 0" in n for n in calm.notes)
    tenfold = cl.GARCH(10 * y, variance_x=w, variance_form="additive").fit()
    assert tenfold.params["delta[d]"] == pytest.approx(100 * up.params["delta[d]"], rel=1e-3)
    with pytest.raises(cl.SpecificationError, match="at least 0"):
        cl.GARCH(y, variance_x=w - 0.5, variance_form="additive").fit()
    with pytest.raises(cl.SpecificationError, match="GARCH or GJR"):
        cl.GARCH(y, vol="EGARCH", variance_x=w, variance_form="additive").fit()


@pytest.mark.parametrize("vol", ["APARCH", "CGARCH", "HARCH", "IGARCH"])
def test_units_move_omega_alone(longer, vol):
    y = longer
    one, ten = cl.GARCH(y, vol=vol).fit(strict=False), cl.GARCH(10 * y, vol=vol).fit(strict=False)
    power = one.params.get("power", 2.0)
    scale = pd.Series(1.0, one.params.index)
    scale["mu"], scale["omega"] = 10, 10**power
    np.testing.assert_allclose(ten.params, one.params * scale, rtol=2e-3, atol=1e-5)
    assert ten.loglik == pytest.approx(one.loglik - len(y) * np.log(10), abs=1e-4)


def test_persistence_of_each_process(longer):
    y = longer
    fits = {v: cl.GARCH(y, vol=v).fit() for v in ("APARCH", "IGARCH", "CGARCH", "FIGARCH", "HARCH")}
    assert fits["IGARCH"].persistence == 1 and fits["IGARCH"].half_life == np.inf
    assert fits["CGARCH"].persistence == fits["CGARCH"].params["rho"]
    assert np.isnan(fits["FIGARCH"].persistence) and np.isnan(fits["FIGARCH"].half_life)
    alphas = fits["HARCH"].params.filter(like="alpha")
    assert fits["HARCH"].persistence == pytest.approx(alphas.sum())
    p = fits["APARCH"].params
    z = np.random.default_rng(0).standard_normal(400_000)
    shock = ((np.abs(z) - p["gamma"] * z) ** p["power"]).mean()
    assert fits["APARCH"].persistence == pytest.approx(p["beta"] + p["alpha"] * shock, abs=2e-3)
    row = fits["APARCH"].tidy().set_index("term").loc["persistence"]
    assert 0 < row["std_error"] < 0.2


def test_presample_rules_are_checked(y):
    for wrong in (("first", 0), ("first", 2.5), ("decay", 1.0), ("last", 3), ("first",)):
        with pytest.raises(cl.SpecificationError, match="is no rule"):
            cl.GARCH(y, presample=wrong).fit()
    with pytest.raises(cl.SpecificationError, match="compat"):
        cl.GARCH(y, compat="fGarch").fit()
    whole = cl.GARCH(y, presample=("first", len(y))).fit()
    assert whole.loglik == pytest.approx(cl.GARCH(y, presample="mean").fit().loglik, abs=1e-6)


def test_regressors_of_the_mean(y):
    x = pd.Series(np.random.default_rng(4).standard_normal(len(y)), y.index, name="x")
    fit = cl.GARCH(y + 0.5 * x, mean_x=x).fit()
    assert abs(fit.params["mean[x]"] - 0.5) < 4 * fit.std_errors["mean[x]"]
    big = cl.GARCH(y + 0.5 * x, mean_x=1000 * x).fit()
    assert big.params["mean[x]"] == pytest.approx(fit.params["mean[x]"] / 1000, rel=1e-4)
    assert big.std_errors["mean[x]"] == pytest.approx(fit.std_errors["mean[x]"] / 1000, rel=1e-3)
    ahead = fit.forecast(1, mean_x=[2.0])["mean"].iloc[0]
    assert ahead == pytest.approx(fit.params["mu"] + 2 * fit.params["mean[x]"])
    with pytest.raises(cl.SpecificationError, match="mean regressors ahead"):
        fit.forecast(1)


def test_the_component_model_finds_the_higher_of_two_peaks():
    """On the S&P 500 there is a lower peak without a short-run component, 10 below."""
    from arch.data import sp500

    y = 100 * np.log(sp500.load()["Adj Close"]).diff().dropna()
    fit = cl.GARCH(y, vol="CGARCH").fit()
    assert fit.converged and not fit.estimate.bounds
    assert fit.loglik > cl.GARCH(y).fit().loglik + 5
    assert 0.05 < fit.params["alpha"] < 0.1 and fit.params["rho"] > 0.99


def test_compat_runs_figarch_as_rugarch_does():
    y = cl.simulate.garch(1400, alpha=0.1, beta=0.85, rng=8)
    fit = cl.GARCH(y, vol="FIGARCH", compat="rugarch").fit()
    mu, omega, phi, d, beta = fit.params
    e, n, cut = (y.to_numpy() - mu) ** 2, len(y), 1000
    weights = np.cumprod([(k - 1 - d) / k for k in range(1, cut + 1)])
    padded = np.concatenate([np.full(cut, e.mean()), e])
    past = np.array([weights @ padded[cut + t - 1 : t - 1 if t else None : -1] for t in range(n)])
    h = np.full(n, e.mean())
    for t in range(1, n):
        h[t] = omega - past[t] + phi * (e[t - 1] + past[t - 1]) + beta * (h[t - 1] - e[t - 1])
    assert fit.conditional_volatility.to_numpy() ** 2 == pytest.approx(h, rel=1e-8)
    assert fit.loglik == pytest.approx(float(-0.5 * (np.log(2 * np.pi * h) + e / h).sum()))


def test_the_first_variance_of_aparch_by_fcp_is_what_the_docstring_says():
    y = cl.simulate.garch(600, alpha=0.1, beta=0.85, omega=0.05, rng=3)
    fit = cl.GARCH(y, vol="APARCH", presample="fcp").fit()
    v = fit.params
    half = v["power"] / 2
    level = (fit.resid**2).mean() ** half
    first = (v["omega"] + (v["alpha"] + v["beta"]) * level) ** (0.5 / half)
    assert fit.conditional_volatility.iloc[0] == pytest.approx(first)
