"""The GARCH likelihood: against plain loops, differences, and R's numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, special

from carbonlink.kernels import garch_bounds, garch_checks, garch_estimate, garch_fit
from carbonlink.kernels.garch import likelihood, problem
from carbonlink.kernels.garch_density import DENSITIES
from carbonlink.kernels.garch_recursion import SQRT_2_OVER_PI, pull, sweep

RUGARCH = json.loads(
    (Path(__file__).parents[1] / "reference" / "garch_rugarch_dem2gbp.json").read_text()
)["models"]
RECURSION = {
    "GARCH": [0.05, 0.12, 0.8],
    "GJR": [0.05, 0.1, 0.06, 0.8],
    "EGARCH": [-0.02, 0.25, -0.06, 0.9],
}
FORMS = [("GARCH", False), ("GJR", False), ("EGARCH", False), ("EGARCH", True)]


def data(n: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    y = rng.standard_t(6, n)
    w = np.column_stack([(np.arange(n) % 50 < 12).astype(float), rng.random(n)])
    return y, np.column_stack([np.ones(n), rng.standard_normal(n)]), w


def parameters(vol: str, dist: str = "t") -> np.ndarray:
    return np.array([0.03, 0.1, *RECURSION[vol], 0.4, -0.3, *([6.0] if dist == "t" else [])])


def by_loop(theta, y, x, w, vol, inside, first) -> np.ndarray:
    """ln h of the definition, one day after the other."""
    b, v, delta = theta[:2], theta[2:-3], theta[-3:-1]
    e, effect = y - x @ b, w @ delta
    u = e if inside else e * np.exp(-effect / 2)
    state = np.empty(len(y))
    state[0] = first
    for t in range(1, len(y)):
        if vol == "EGARCH":
            omega, alpha, gamma, beta = v
            z = u[t - 1] * np.exp(-state[t - 1] / 2)
            news = alpha * (abs(z) - SQRT_2_OVER_PI) + gamma * z
            state[t] = omega + news + beta * state[t - 1] + (effect[t] if inside else 0.0)
        else:
            omega, alpha, beta = v[0], v[1], v[-1]
            gamma = v[2] if vol == "GJR" else 0.0
            news = (alpha + gamma * (u[t - 1] < 0)) * u[t - 1] ** 2
            state[t] = omega + news + beta * state[t - 1]
    return (state if vol == "EGARCH" else np.log(state)) + (0.0 if inside else effect)


@pytest.mark.parametrize("vol, inside", FORMS)
def test_the_variance_is_that_of_a_plain_loop(vol, inside):
    y, x, w = data()
    theta = parameters(vol)
    at = likelihood(theta, problem(y, x, vol, "t", w, inside, presample=1.7))
    first = 1.7 if inside else 1.7 * np.exp(-w[0] @ theta[-3:-1])
    first = np.log(first) if vol == "EGARCH" else first
    expected = by_loop(theta, y, x, w, vol, inside, first)
    np.testing.assert_allclose(at.log_variance, expected, rtol=1e-11, atol=1e-12)
    assert at.log_variance[0] == pytest.approx(np.log(1.7), abs=1e-12)


@pytest.mark.parametrize("presample", ["arch", "mean", "fcp", 0.8])
@pytest.mark.parametrize("dist", ["normal", "t"])
@pytest.mark.parametrize("vol, inside", FORMS)
def test_the_gradient_is_the_derivative(vol, inside, dist, presample):
    y, x, w = data()
    p = problem(y, x, vol, dist, w, inside, presample)
    theta = parameters(vol, dist)
    at = likelihood(theta, p)
    numeric = np.empty(len(theta))
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = 1e-6
        ahead, behind = likelihood(theta + step, p).total, likelihood(theta - step, p).total
        numeric[i] = (ahead - behind) / 2e-6
    np.testing.assert_allclose(at.gradient(), numeric, rtol=2e-6, atol=2e-5)
    np.testing.assert_allclose(at.scores().sum(axis=0), at.gradient(), rtol=1e-10, atol=1e-9)


def test_the_three_presamples_are_what_they_say():
    y, x, _ = data()
    theta = np.array([0.03, 0.1, 0.05, 0.12, 0.8])
    e2 = (y - x @ theta[:2]) ** 2
    first = {
        s: np.exp(likelihood(theta, problem(y, x, presample=s)).log_variance[0])
        for s in ("mean", "fcp", "arch")
    }
    assert first["mean"] == pytest.approx(e2.mean())
    assert first["fcp"] == pytest.approx(0.05 + 0.92 * e2.mean())
    pilot = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    weights = 0.94 ** np.arange(75)
    backcast = weights @ pilot[:75] ** 2 / weights.sum()
    assert first["arch"] == pytest.approx(0.05 + 0.92 * backcast)


def test_the_two_sweeps_are_transposes():
    rng = np.random.default_rng(0)
    carry, direct, weights = rng.uniform(-1, 1, 49), rng.random((3, 50)), rng.random(50)
    forward = sweep(carry, direct)
    np.testing.assert_allclose(forward[:, 1:], carry * forward[:, :-1] + direct[:, 1:])
    np.testing.assert_allclose(forward @ weights, direct @ pull(carry, weights))


@pytest.mark.parametrize("name, shape", [("normal", []), ("t", [3.5]), ("t", [40.0])])
def test_densities_have_variance_one(name, shape):
    density = DENSITIES[name]

    def moment(k):
        f = lambda z: z**k * np.exp(density.evaluate(np.array([z]), np.array(shape))[0][0])  # noqa: E731
        return integrate.quad(f, -np.inf, np.inf, epsabs=1e-10)[0]

    assert moment(0) == pytest.approx(1, abs=1e-7)
    assert moment(2) == pytest.approx(1, abs=1e-5)
    draws = density.draw(200_000, np.random.default_rng(1), np.array(shape))
    assert draws.var() == pytest.approx(1, abs=0.05)


def test_the_hessian_is_the_derivative_of_the_gradient():
    y, x, w = data()
    p = problem(y, x, "GJR", "t", w)
    theta = parameters("GJR")
    second = garch_fit.hessian(theta, p)
    move = 1e-3 * np.array([1, -1, 0.3, 0.2, -0.2, 0.5, 1, 1, 2])
    change = likelihood(theta + move, p).gradient() - likelihood(theta - move, p).gradient()
    np.testing.assert_allclose(second @ (2 * move), change, rtol=5e-3, atol=2e-3)
    np.testing.assert_array_equal(second, second.T)


def test_the_hessian_steps_over_a_kink():
    y, x, _ = data(800)
    x = x[:, :1]
    p = problem(y, x, "EGARCH", "t")
    smooth = np.array([0.03, *RECURSION["EGARCH"], 6.0])
    at_kink = smooth.copy()
    at_kink[0] = y[np.argmin(np.abs(y - 0.03))]
    near, there = garch_fit.hessian(smooth, p)[0, 0], garch_fit.hessian(at_kink, p)[0, 0]
    assert there == pytest.approx(near, rel=0.05)


def test_bounds_are_told_from_the_gradient():
    y, x, _ = data()
    limits = garch_bounds.box(problem(y, x[:, :1], "GJR"))
    theta = np.array([0.0, 0.1, 0.0, 0.1, 0.5])
    down, up = np.array([0, 0, -1.0, 0, 0]), np.array([0, 0, 1.0, 0, 0])
    assert [b.text for b in garch_bounds.holding(theta, down, limits)] == [
        "alpha is at its lower bound 0"
    ]
    assert garch_bounds.holding(theta, up, limits) == ()
    free = garch_bounds.free_directions(garch_bounds.holding(theta, down, limits), 5)
    assert free.shape == (5, 4) and np.abs(free[2]).max() < 1e-12
    assert garch_bounds.longest(theta, np.array([0, 0, 0, -0.2, 0]), limits) == pytest.approx(0.5)


@pytest.mark.parametrize("vol, inside", FORMS)
def test_units_go_there_and_back(vol, inside):
    y, x, w = data()
    lagged = np.array([False, True])
    form = {"vol": vol, "dist": "t", "inside": inside}
    p, units = garch_estimate.standardise(7 * y, x, lagged, 3 + 2 * w, **form)
    theta = parameters(vol)
    params, jacobian = garch_estimate.to_units(theta, p, units)
    np.testing.assert_allclose(garch_estimate.to_standard(params, p, units), theta, atol=1e-12)
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = 1e-6
        ahead = garch_estimate.to_units(theta + step, p, units)[0]
        behind = garch_estimate.to_units(theta - step, p, units)[0]
        np.testing.assert_allclose((ahead - behind) / 2e-6, jacobian[:, i], rtol=1e-6, atol=1e-8)
    raw = problem(7 * y, x, vol, "t", 3 + 2 * w, inside)
    assert garch_estimate.evaluate(params, p, units) == pytest.approx(
        likelihood(params, raw).total, abs=1e-8
    )


def test_sign_bias_finds_a_sign_that_was_left_out():
    rng = np.random.default_rng(2)
    shocks = rng.standard_normal(4000)
    z = shocks.copy()
    z[1:] *= np.sqrt(np.where(shocks[:-1] < 0, 1.3, 0.7))
    assert garch_checks.sign_bias(shocks, z).joint > 30
    assert garch_checks.sign_bias(shocks, rng.standard_normal(4000)).joint < 16
    assert garch_checks.sign_bias(np.abs(shocks), z) is None


@pytest.fixture(scope="module")
def pound(reference_inputs) -> np.ndarray:
    return pd.read_csv(reference_inputs / "dem2gbp.csv")["r"].to_numpy()


def mean_size(nu: float) -> float:
    """E|z| of the t with variance one."""
    return np.sqrt((nu - 2) / np.pi) * np.exp(
        special.gammaln((nu - 1) / 2) - special.gammaln(nu / 2)
    )


def from_rugarch(name: str) -> tuple[np.ndarray, str, str]:
    """Parameters in our order and convention, the family, the density."""
    c = RUGARCH[name]["coef"]
    shape = [c["shape"]] if "shape" in c else []
    outer = [c["vxreg1"]] if "vxreg1" in c and name.startswith("eGARCH") else []
    if name.startswith("eGARCH"):
        centre = mean_size(c["shape"]) if shape else SQRT_2_OVER_PI
        omega = c["omega"] - c["gamma1"] * (centre - SQRT_2_OVER_PI)
        v, vol = [omega, c["gamma1"], c["alpha1"], c["beta1"]], "EGARCH"
    elif name.startswith("gjr"):
        v, vol = [c["omega"], c["alpha1"], c["gamma1"], c["beta1"]], "GJR"
    else:
        v, vol = [c["omega"], c["alpha1"], c["beta1"]], "GARCH"
    return np.array([*v, *outer, *shape]), vol, "t" if shape else "normal"


@pytest.mark.reference
@pytest.mark.parametrize("name", RUGARCH)
def test_log_likelihood_at_the_parameters_of_rugarch(name, pound):
    """To 1e-7: the same formula, so only rounding is left (and, with the dummy, a δ of 1e-13)."""
    c = RUGARCH[name]["coef"]
    theta, vol, dist = from_rugarch(name)
    dummy = (np.arange(len(pound)) % 250 < 20).astype(float)
    away = pound - c["mu"] - c.get("mxreg1", 0.0) * dummy
    resid = away.copy()
    resid[1:] -= c.get("ar1", 0.0) * away[:-1]
    w = dummy[:, None] if "vxreg1" in c and vol == "EGARCH" else None
    none = np.empty((len(pound), 0))
    p = problem(resid, none, vol, dist, w, inside=w is not None, presample="mean")
    assert likelihood(theta, p).total == pytest.approx(RUGARCH[name]["loglik"], abs=1e-7)
    first = RUGARCH[name].get("sigma_first3")
    if first:
        sd = np.exp(likelihood(theta, p).log_variance[:3] / 2)
        np.testing.assert_allclose(sd, first, rtol=1e-9)
