"""Models of higher order, against arch and the recursion written out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from arch.univariate import APARCH, EGARCH, GARCH, ConstantMean
from scipy import stats

import carbonlink as cl
from carbonlink.kernels.garch import likelihood, problem


@pytest.fixture(scope="module")
def y() -> pd.Series:
    rng, n = np.random.default_rng(2), 4000
    e, h = np.zeros(n), np.full(n, 2.0)
    for t in range(2, n):
        h[t] = 0.1 + 0.05 * e[t - 1] ** 2 + 0.1 * e[t - 2] ** 2 + 0.3 * h[t - 1] + 0.5 * h[t - 2]
        e[t] = np.sqrt(h[t]) * rng.standard_normal()
    return pd.Series(0.05 + e, pd.bdate_range("2000-01-03", periods=n), name="y")


def written_out(fit, y: np.ndarray, p: int, q: int) -> np.ndarray:
    """Variances in rugarch's conventions: the first max(p, q) are the mean square."""
    b = fit.params.to_numpy()
    e = y - b[0]
    h = np.full(len(y), np.mean(e**2))
    for t in range(max(p, q), len(y)):
        h[t] = b[1]
        h[t] += sum(b[1 + i] * e[t - i] ** 2 for i in range(1, p + 1))
        h[t] += sum(b[1 + p + j] * h[t - j] for j in range(1, q + 1))
    return h


@pytest.mark.parametrize("order", [(2, 1), (1, 2), (2, 2), (3, 1), (1, 0), (4, 0)])
def test_higher_orders_are_as_likely_as_in_arch(y, order):
    fit = cl.GARCH(y, order=order).fit()
    p, q = order
    peer = ConstantMean(y, volatility=GARCH(p, 0, q), rescale=False).fit(disp="off")
    at_ours = ConstantMean(y, volatility=GARCH(p, 0, q), rescale=False).fix(fit.params)
    assert at_ours.loglikelihood == pytest.approx(fit.loglik, abs=1e-6)
    assert fit.loglik > peer.loglikelihood - 1e-4
    ahead = at_ours.forecast(horizon=6, reindex=False).variance.iloc[-1].to_numpy()
    assert fit.forecast(6)["variance"].to_numpy() == pytest.approx(ahead, rel=1e-9)


def test_the_truth_is_recovered_and_beats_one_lag(y):
    fit, short = cl.GARCH(y, order=(2, 2)).fit(), cl.GARCH(y).fit()
    truth = pd.Series({"alpha1": 0.05, "alpha2": 0.1, "beta1": 0.3, "beta2": 0.5})
    assert ((fit.params[truth.index] - truth).abs() < 3 * fit.std_errors[truth.index]).all()
    assert fit.loglik > short.loglik
    assert fit.persistence == pytest.approx(fit.params[truth.index].sum())


@pytest.mark.parametrize("order", [(2, 1), (1, 2)])
def test_compat_holds_the_first_variances_at_the_mean_square(y, order):
    fit = cl.GARCH(y, order=order, compat="rugarch").fit()
    h = written_out(fit, y.to_numpy(), *order)
    assert fit.conditional_volatility.to_numpy() ** 2 == pytest.approx(h, rel=1e-9)
    e = y.to_numpy() - fit.params["mu"]
    assert fit.loglik == pytest.approx(
        float(-0.5 * (np.log(2 * np.pi) + np.log(h) + e**2 / h).sum()), abs=1e-8
    )


def test_news_and_half_life_of_a_higher_order(y):
    fit = cl.GARCH(y, order=(2, 1)).fit()
    b, today = fit.params, float(np.exp(np.log(fit.conditional_volatility**2).median()))
    curve = fit.news_impact_curve([-2.0, 0.0, 1.0])
    expected = b["omega"] + today * (
        b["alpha1"] * np.array([4.0, 0.0, 1.0]) + b["alpha2"] + b["beta1"]
    )
    assert curve.to_numpy() == pytest.approx(expected, rel=1e-6)
    c1, c2 = b["alpha1"] + b["beta1"], b["alpha2"]
    root = (c1 + np.sqrt(c1**2 + 4 * c2)) / 2
    assert fit.half_life == pytest.approx(np.log(0.5) / np.log(root))


def test_regressors_multiply_a_higher_order(y):
    window = pd.Series((np.arange(len(y)) % 250 < 40).astype(float), y.index, name="window")
    louder = (y - y.mean()) * np.exp(0.25 * window)
    fit = cl.GARCH(louder, order=(2, 1), variance_x=window).fit()
    assert abs(fit.params["delta[window]"] - 0.5) < 3 * fit.std_errors["delta[window]"]


def test_a_zero_held_by_its_bound_leaves_the_persistence_its_error():
    y = cl.simulate.garch(1500, alpha=0.1, beta=0.85, dist="t", shape=6, rng=1)
    fit = cl.GARCH(y, order=(2, 1), mean="ar", ma=1, dist="skewt").fit()
    assert fit.params["alpha2"] == 0.0 and np.isnan(fit.std_errors["alpha2"])
    block = fit.cov.loc[["alpha1", "beta1"], ["alpha1", "beta1"]].to_numpy()
    row = fit.tidy().set_index("term").loc["persistence"]
    assert row["std_error"] == pytest.approx(np.sqrt(block.sum()))


PEERS = {"GJR": GARCH, "EGARCH": EGARCH, "APARCH": APARCH}


@pytest.fixture(scope="module")
def skewed() -> pd.Series:
    words = {"vol": "GJR", "alpha": 0.06, "gamma": 0.06, "beta": 0.88, "mu": 0.05}
    return cl.simulate.garch(1200, dist="t", shape=6, rng=3, **words)


@pytest.mark.parametrize(
    "vol, order",
    [
        ("GJR", (2, 2, 2)),
        ("GJR", (1, 2, 1)),
        ("GJR", (2, 0, 0)),
        ("EGARCH", (2, 1, 1)),
        ("EGARCH", (1, 0, 2)),
        ("APARCH", (2, 1, 1)),
        ("APARCH", (1, 1, 2)),
    ],
)
def test_asymmetric_orders_are_those_of_arch(skewed, vol, order):
    """arch's likelihood and forecasts at our parameters, and no higher maximum from its start."""
    fit = cl.GARCH(skewed, vol=vol, order=order).fit()
    model = ConstantMean(skewed, volatility=PEERS[vol](*order), rescale=False)
    peer = model.fit(disp="off", show_warning=False)
    at_ours = model.fix(fit.params)
    assert list(fit.params.index)[1:] == [
        n.replace("[", "").replace("]", "").replace("delta", "power") for n in peer.params.index[1:]
    ]
    assert at_ours.loglikelihood == pytest.approx(fit.loglik, abs=1e-8)
    assert fit.loglik > peer.loglikelihood - 1e-3
    beyond = fit.params.filter(regex="alpha|beta").sum() >= 1  # arch keeps it below
    assert (fit.fitted is None) == (vol == "APARCH" and beyond)
    if fit.fitted is not None:
        assert fit.fitted.loglikelihood == pytest.approx(fit.loglik, abs=1e-4)
    how = (
        {"method": "analytic"} if vol == "GJR" else {"method": "simulation", "simulations": 20_000}
    )
    ahead = at_ours.forecast(horizon=4, reindex=False, **how).variance.iloc[-1].to_numpy()
    rel = 1e-9 if vol == "GJR" else 0.02
    ours = fit.forecast(4, draws=20_000)["variance"].to_numpy()
    assert ours[0] == pytest.approx(ahead[0], rel=1e-9) and ours == pytest.approx(ahead, rel=rel)


@pytest.mark.parametrize(
    "vol, order", [("GJR", (2, 1, 2)), ("EGARCH", (1, 2, 2)), ("APARCH", (2, 2, 1))]
)
@pytest.mark.parametrize("presample", ["arch", "mean", "fcp"])
def test_gradients_of_asymmetric_orders(skewed, vol, order, presample):
    w = (np.arange(400) % 100 < 30).astype(float)[:, None]
    p = problem(
        skewed.to_numpy()[:400] / skewed.std(),
        np.ones((400, 1)),
        f"{vol}({','.join(map(str, order))})",
        "t",
        w,
        presample=presample,
    )
    one = p.family.starts[0] + 0.013 * np.arange(1, 1 + len(p.family.names)) ** 0.5
    theta = np.concatenate([[0.031], one, [0.2], [6.0]])
    at, half = likelihood(theta, p), 1e-6
    steps = half * np.eye(len(theta))
    slopes = [
        (likelihood(theta + s, p).total - likelihood(theta - s, p).total) / (2 * half)
        for s in steps
    ]
    assert at.gradient() == pytest.approx(np.array(slopes), rel=1e-5, abs=1e-4)
    assert at.scores().sum(axis=0) == pytest.approx(at.gradient(), rel=1e-9, abs=1e-9)


def test_compat_holds_the_first_rows_of_an_asymmetric_order(skewed):
    """The first max(p, o, q) variances are the mean square, then the recursion."""
    fit = cl.GARCH(skewed, vol="GJR", order=(1, 2, 1), compat="rugarch").fit()
    b, e = fit.params, skewed.to_numpy() - fit.params["mu"]
    h, fall = np.full(len(e), np.mean(e**2)), np.minimum(e, 0) ** 2
    for t in range(2, len(e)):
        h[t] = b["omega"] + b["alpha1"] * e[t - 1] ** 2 + b["beta1"] * h[t - 1]
        h[t] += b["gamma1"] * fall[t - 1] + b["gamma2"] * fall[t - 2]
    assert fit.conditional_volatility.to_numpy() ** 2 == pytest.approx(h, rel=1e-9)
    fit = cl.GARCH(skewed, vol="EGARCH", order=(1, 2, 1), dist="t", compat="rugarch").fit()
    b, e = fit.params, skewed.to_numpy() - fit.params["mu"]
    centre = stats.t(b["nu"]).expect(abs) * np.sqrt((b["nu"] - 2) / b["nu"])
    log_h = np.full(len(e), np.log(np.mean(e**2)))
    for t in range(2, len(e)):
        z = e[t - 2 : t] * np.exp(-log_h[t - 2 : t] / 2)
        log_h[t] = b["omega"] + b["alpha1"] * (abs(z[1]) - centre) + b["beta1"] * log_h[t - 1]
        log_h[t] += b["gamma1"] * z[1] + b["gamma2"] * z[0]
    assert fit.conditional_volatility.to_numpy() == pytest.approx(np.exp(log_h / 2), rel=1e-6)


def test_what_is_made_of_an_asymmetric_order(skewed):
    fit = cl.GARCH(skewed, vol="GJR", order=(1, 2, 1)).fit()
    b, today = fit.params, float(np.exp(np.log(fit.conditional_volatility**2).median()))
    after = b["omega"] + today * ((b["alpha1"] + b["gamma1"]) * 4 + 0.5 * b["gamma2"] + b["beta1"])
    assert fit.news_impact_curve([-2.0]).iloc[0] == pytest.approx(after, rel=1e-6)
    c1, c2 = b["alpha1"] + b["gamma1"] / 2 + b["beta1"], b["gamma2"] / 2
    assert fit.persistence == pytest.approx(c1 + c2)
    root = (c1 + np.sqrt(c1**2 + 4 * c2)) / 2
    assert fit.half_life == pytest.approx(np.log(0.5) / np.log(root))
    assert tuple(fit.spec["order"]) == (1, 2, 1)
    assert "GJR(1, 2, 1)" in fit.plot().get_title("left")
    row = fit.tidy().set_index("term").loc["persistence"]
    assert row["lower"] < fit.persistence < row["upper"]
    scaled = cl.GARCH(100 * skewed, vol="EGARCH", order=(2, 1, 1)).fit()
    plain = cl.GARCH(skewed, vol="EGARCH", order=(2, 1, 1)).fit()
    rest = plain.params.index.drop(["mu", "omega"])
    assert scaled.params[rest].to_numpy() == pytest.approx(plain.params[rest].to_numpy(), abs=1e-4)
    assert scaled.loglik == pytest.approx(plain.loglik - len(skewed) * np.log(100), abs=1e-4)


def test_one_lag_of_each_is_the_plain_model(skewed):
    same = cl.GARCH(skewed, vol="GJR", order=(1, 1, 1)).fit()
    assert "order" not in same.spec
    assert same.loglik == cl.GARCH(skewed, vol="GJR").fit().loglik


def test_orders_that_cannot_be_are_refused(y):
    for order in ((0, 1), (1,), 2, (1.5, 1), "11", (1, 1, 1)):
        with pytest.raises(cl.SpecificationError, match="is no order"):
            cl.GARCH(y, order=order).fit()
    for order in ((2, 1), (0, 1, 1), (1, -1, 1)):
        with pytest.raises(cl.SpecificationError, match="is no order of EGARCH"):
            cl.GARCH(y, vol="EGARCH", order=order).fit()
    with pytest.raises(cl.SpecificationError, match="no more lags of the asymmetry"):
        cl.GARCH(y, vol="APARCH", order=(1, 2, 1)).fit()
    with pytest.raises(cl.SpecificationError, match="FIGARCH has one lag"):
        cl.GARCH(y, vol="FIGARCH", order=(2, 1)).fit()
    with pytest.raises(cl.SpecificationError, match="multiplicative variance_x alone"):
        cl.GARCH(y, vol="EGARCH", order=(2, 1, 1), trade=y > -9).fit()
    with pytest.raises(cl.SpecificationError, match="multiplicative variance_x alone"):
        cl.GARCH(y, order=(2, 1), limits=(-10, 10)).fit()


def test_an_aparch_leaves_the_face_where_a_tilt_has_no_meaning():
    """From gamma2 = 0 the likelihood falls in alpha2 at 0; from −0.9 it rises, as arch finds."""
    y = cl.simulate.garch(1500, alpha=0.1, beta=0.85, omega=0.05, rng=3)
    fit = cl.GARCH(y, vol="APARCH", order=(2, 2, 1)).fit()
    peer = ConstantMean(y, volatility=APARCH(2, 2, 1), rescale=False).fix(fit.params)
    assert peer.loglikelihood == pytest.approx(fit.loglik, abs=1e-6)
    assert fit.loglik > -2017.4272 and fit.params["alpha2"] > 0 and fit.params["gamma2"] < -0.8


def test_a_tilt_of_a_shock_that_does_not_count_is_held_at_0():
    """A second lag that lowers the variance: alpha2 is 0, and gamma2 says nothing."""
    z, y, h = np.random.default_rng(0).standard_normal(1400), np.zeros(1400), np.ones(1400)
    for t in range(2, 1400):
        h[t] = max(0.1 + 0.3 * y[t - 1] ** 2 - 0.15 * y[t - 2] ** 2 + 0.75 * h[t - 1], 0.05)
        y[t] = np.sqrt(h[t]) * z[t]
    series = pd.Series(y[200:], name="y")
    fit = cl.GARCH(series, vol="APARCH", order=(2, 2, 1)).fit()
    less = cl.GARCH(series, vol="APARCH", order=(2, 1, 1)).fit()
    assert fit.params["alpha2"] == 0 and fit.params["gamma2"] == 0
    assert fit.loglik == pytest.approx(less.loglik, abs=1e-6)
    rest = fit.std_errors.drop(["alpha2", "gamma2"])
    assert fit.std_errors[["alpha2", "gamma2"]].isna().all()
    np.testing.assert_allclose(rest, less.std_errors[rest.index], rtol=1e-2)
    assert "gamma2 has no meaning, alpha2 being 0" in " ".join(fit.notes)
    assert fit.persistence == pytest.approx(less.persistence, rel=1e-4)
