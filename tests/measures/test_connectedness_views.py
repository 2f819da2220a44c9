"""Joint kinds, differences of periods and signs, quantiles, R², sensitivity, network."""

import matplotlib
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.optimize import linprog

import carbonlink as cl
from carbonlink.errors import SpecificationError, TooFewObservationsError
from carbonlink.kernels import fevd, genizi
from carbonlink.kernels.quantile import quantile_regression

matplotlib.use("Agg")


@pytest.fixture(scope="module")
def data():
    return cl.simulate.var(600, rng=1)


@pytest.fixture(scope="module")
def net(data):
    return cl.connectedness(cl.VAR(data, lags=1).fit(), draws=199)


def equicorrelated(k, rho, n=400):
    x = np.random.default_rng(0).standard_normal((n, k))
    x -= x.mean(axis=0)
    x = x @ np.linalg.inv(np.linalg.cholesky(x.T @ x / n)).T
    return x @ np.linalg.cholesky(np.full((k, k), rho) + (1 - rho) * np.eye(k)).T


def test_joint_shares_are_the_conditional_forecasts_written_out(net):
    model = net.fitted
    sigma, terms = model.sigma.to_numpy(), fevd.moving_average(model.coefs, 10)
    expected = []
    for i in range(3):
        m = np.delete(np.eye(3), i, axis=1)
        known = sigma @ m @ np.linalg.inv(m.T @ sigma @ m) @ m.T @ sigma
        top = sum(psi[i] @ known @ psi[i] for psi in terms)
        expected.append(100 * top / sum(psi[i] @ sigma @ psi[i] for psi in terms))
    for kind in ("joint", "extended_joint"):
        joint = net.refit(kind=kind, draws=0)
        np.testing.assert_allclose(joint.from_, expected, rtol=1e-10)
        assert joint.total == pytest.approx(np.mean(expected))
        assert joint.to.sum() == pytest.approx(joint.from_.sum())
    np.testing.assert_allclose(joint.table.sum(axis=1), 100)
    np.testing.assert_allclose(joint.pairwise.sum(axis=1), joint.net, atol=1e-10)
    scaled = net.refit(kind="joint", draws=0)
    factor = scaled.table.to_numpy()[0, 1] / net.table.to_numpy()[0, 1]
    np.testing.assert_allclose(scaled.to, factor * net.to, rtol=1e-10)
    assert "do not add up" in scaled.notes[-1] or "do not add up" in " ".join(scaled.notes)


def test_joint_index_of_equicorrelated_noise_is_the_r_squared():
    rho, k = 0.4, 5
    sigma = np.full((k, k), rho) + (1 - rho) * np.eye(k)
    terms = fevd.moving_average(np.zeros((1, k, k)), 10)
    r2 = (k - 1) * rho**2 / (1 + (k - 2) * rho)
    np.testing.assert_allclose(fevd.joint_from(terms, sigma), r2)


def test_joint_kinds_reach_windows_time_and_intervals(data, net):
    joint = net.refit(kind="extended_joint")
    low, high = joint.conf_int().loc["total"]
    assert low < joint.total < high and joint.excess_pvalue < 0.05
    windows = joint.rolling(200)
    last = cl.connectedness(data.iloc[-200:], lags=1, kind="extended_joint", draws=0)
    assert windows.total.iloc[-1] == pytest.approx(last.total, rel=1e-8)
    np.testing.assert_allclose(windows.net.iloc[-1], last.net, atol=1e-7)
    moving = cl.connectedness(cl.TVPVAR(data).fit(), kind="joint", draws=0)
    assert moving.total.between(0, 100).all()
    np.testing.assert_allclose(moving.to.sum(axis=1), moving.from_.sum(axis=1))
    with pytest.raises(SpecificationError, match="not known"):
        joint.frequency()


def test_a_split_sets_two_periods_against_each_other(data, net):
    found = net.split("2016-03-01")
    after, before = found.first, found.second
    assert after.sample.nobs + before.sample.nobs == net.sample.nobs
    assert after.sample.start == "2016-03-01"
    row = found.table.loc["total"]
    assert row["difference"] == pytest.approx(after.total - before.total)
    assert row["lower"] < row["difference"] + 15 and row["upper"] > row["difference"] - 15
    one, two = (r.conf_int().loc["total"] for r in (after, before))
    halves = [(i["upper"] - i["lower"]) / 2 for i in (one, two)]
    assert (row["upper"] - row["lower"]) / 2 == pytest.approx(np.hypot(*halves), rel=0.25)
    same = found.refit()
    pd.testing.assert_frame_equal(same.table, found.table)
    with pytest.raises(SpecificationError, match="does not split"):
        net.split("2031-01-01")


def test_a_change_is_found_and_no_change_is_not():
    first = cl.simulate.var(400, coefs=0.1 * np.eye(3), sigma=np.eye(3), rng=3)
    second = cl.simulate.var(400, coefs=0.1 * np.eye(3), sigma=0.4 * np.eye(3) + 0.6, rng=4)
    second.index = first.index[-1] + pd.tseries.offsets.BDay() * np.arange(1, 401)
    both = pd.concat([first, second])
    whole = cl.connectedness(both, lags=1, draws=199)
    changed = whole.split(second.index[0])
    assert changed.table.loc["total", "p_value"] < 0.02 and changed.total > 15
    names = list(both)
    cell = changed.table.loc[f"{names[0]} ← {names[1]}"]
    assert cell["p_value"] < 0.02 and cell["lower"] > 0
    quiet = cl.connectedness(first, lags=1, draws=199).split(first.index[200])
    assert quiet.table.loc["total", "p_value"] > 0.05
    assert quiet.table.loc["total", "lower"] < 0 < quiet.table.loc["total", "upper"]


def test_a_period_with_too_few_rows_is_named(net):
    with pytest.raises(TooFewObservationsError, match="from 2017-04-01: A VAR.1. of 3 series has"):
        net.split("2017-04-01")


@pytest.mark.real
@pytest.mark.filterwarnings("ignore::carbonlink.errors.CarbonlinkWarning")
def test_icap_prices_weekly_before_and_after_the_national_launch(real_data):
    table = cl.read(real_data / "icap_2026.csv")
    table = table[table["trade"] != "auction"]
    prices = table.assign(price=table["close"].fillna(table["vwap"])).pivot_table(
        index="date", columns="market", values="price"
    )
    weekly = 100 * np.log(prices.resample("W-FRI").last()).diff()
    pilots = ["shenzhen", "shanghai", "beijing", "guangdong", "tianjin", "hubei", "chongqing"]
    nine = cl.connectedness(weekly[[*pilots, "fujian", "cea"]], lags=1, draws=199)
    assert nine.sample.nobs > 150 and len(nine.names) == 9
    assert 3 < nine.null_mean < nine.total < 30
    five = cl.connectedness(weekly[["guangdong", "hubei", "shenzhen", "beijing"]], lags=1, draws=99)
    change = five.split("2021-07-16")
    assert min(change.first.sample.nobs, change.second.sample.nobs) > 150
    row = change.table.loc["total"]
    assert row["lower"] < row["difference"] < row["upper"]
    with pytest.raises(TooFewObservationsError, match="before 2021-07-16"):
        cl.connectedness(weekly[[*pilots, "fujian"]], lags=1, draws=0).split("2021-07-16")


def test_results_that_do_not_match_are_refused(data, net):
    with pytest.raises(SpecificationError, match="horizon is 10"):
        net.difference(net.refit(horizon=5))
    with pytest.raises(SpecificationError, match="different series"):
        net.difference(cl.connectedness(data.rename(columns={"cea": "eua"}), lags=1, draws=0))
    with pytest.raises(SpecificationError, match="same rows"):
        net.difference(cl.connectedness(data.iloc[:300], lags=1, draws=0), paired=True)
    bare = net.difference(net.refit(draws=0))
    assert bare.table["lower"].isna().all() and "No intervals" in " ".join(bare.notes)


def test_pairing_keeps_what_both_have_in_common(data, net):
    same = net.difference(net, paired=True)
    assert same.table["upper"].abs().max() == 0 and (same.table["p_value"] == 1).all()
    apart = net.difference(net)
    assert apart.table.loc["total", "upper"] > 2


def test_signs_are_split_at_the_centre(data, net):
    found = net.asymmetric()
    good = cl.connectedness(data.clip(lower=0) ** 2, lags=1, draws=0).total
    bad = cl.connectedness(data.clip(upper=0) ** 2, lags=1, draws=0).total
    assert found.total == pytest.approx(good - bad)
    mirrored = cl.connectedness(-data, lags=1, draws=0).asymmetric()
    assert mirrored.total == pytest.approx(-found.total)
    part = net.asymmetric("part", centre="mean")
    assert part.first.total != pytest.approx(found.first.total)
    for bad_argument in ({"measure": "skew"}, {"centre": "median"}):
        with pytest.raises(SpecificationError, match="not known"):
            net.asymmetric(**bad_argument)


@pytest.mark.parametrize(("n", "m", "tau"), [(200, 4, 0.5), (400, 8, 0.05), (150, 3, 0.9)])
def test_quantile_regression_is_the_linear_programme(n, m, tau):
    generator = np.random.default_rng(n)
    x = np.column_stack([np.ones(n), generator.standard_normal((n, m - 1))])
    y = x @ generator.standard_normal(m) + generator.standard_t(3, n)
    cost = np.concatenate([np.zeros(m), np.full(n, tau), np.full(n, 1 - tau)])
    best = linprog(
        cost,
        A_eq=np.hstack([x, np.eye(n), -np.eye(n)]),
        b_eq=y,
        bounds=[(None, None)] * m + [(0, None)] * (2 * n),
    )
    np.testing.assert_allclose(quantile_regression(y, x, tau), best.x[:m], atol=1e-7)


def test_quantiles_are_the_regressions_written_out(data, net):
    found = net.quantiles((0.1, 0.5, 0.9))
    z = sm.add_constant(data.shift(1).iloc[1:].to_numpy())
    y = data.iloc[1:].to_numpy()
    slopes = np.column_stack([quantile_regression(y[:, j], z, 0.1) for j in range(3)])
    resid = y - z @ slopes
    assert (resid < 0).mean(axis=0) == pytest.approx([0.1] * 3, abs=0.01)
    table = 100 * fevd.shares(slopes[1:].T[None], resid.T @ resid, 10)
    np.testing.assert_allclose(found.table(0.1), table, atol=1e-5)
    np.testing.assert_allclose(found.null_mean.loc[0.5], 3, atol=3)
    assert found.null_mean.loc[0.1] > 15
    centred = net.quantiles((0.1,), covariance="centred")
    assert centred.total.iloc[0] < found.total.iloc[0] - 10
    assert centred.null_mean.iloc[0] < 6


def test_quantile_intervals_and_refusals(net):
    found = net.quantiles((0.5,), draws=59)
    low, high = found.bounds.loc[0.5]
    assert low < found.total.loc[0.5] < high
    rows = found.tidy().set_index(["term", "market"])
    sides = rows.loc[[f"{t} at 0.5" for t in ("to others", "from others", "net")]]
    assert (sides["lower"] < sides["estimate"]).all() and (sides["upper"] > sides["lower"]).all()
    assert (sides["upper"].loc["from others at 0.5"] <= 100).all()
    for taus in ((0.0, 0.5), (0.5, 0.5), ()):
        with pytest.raises(SpecificationError, match="no different quantiles"):
            net.quantiles(taus)
    with pytest.raises(SpecificationError, match="beyond the quantile"):
        net.quantiles((0.001,))
    with pytest.raises(SpecificationError, match="no table"):
        found.table(0.3)


def test_parts_of_r_squared_add_up_to_it(data, net):
    found = net.r_squared(lags=1, draws=0)
    y, past = data.iloc[1:], data.shift(1).iloc[1:].add_suffix("_1")
    for name in data:
        x = sm.add_constant(pd.concat([y.drop(columns=name), past], axis=1))
        r2 = 100 * sm.OLS(y[name], x).fit().rsquared
        assert found.tables[0].sum(axis=1)[list(data).index(name)] == pytest.approx(r2)
    np.testing.assert_allclose(found.tables[0], found.tables[1] + found.tables[2])
    assert np.diag(found.table("contemporaneous")).max() == 0
    assert np.diag(found.table("lagged")).min() > 0
    with pytest.raises(SpecificationError, match="no part"):
        found.table("future")


def test_genizi_closed_forms():
    eye = np.eye(3)
    eye[0, 1:] = eye[1:, 0] = (0.3, 0.5)
    np.testing.assert_allclose(genizi.shares(eye, 1)[0], [0, 0.09, 0.25], atol=1e-12)
    k, rho = 4, 0.5
    equal = np.full((k, k), rho) + (1 - rho) * np.eye(k)
    r2 = (k - 1) * rho**2 / (1 + (k - 2) * rho)
    parts = genizi.shares(equal, k)
    np.testing.assert_allclose(parts[0], [0] + [r2 / (k - 1)] * (k - 1))


def test_r_squared_of_today_only_and_its_interval(net):
    found = net.r_squared(draws=199)
    assert list(found.total.index) == ["overall"]
    low, high = found.bounds.loc["overall"]
    assert low < found.total["overall"] < high
    with pytest.raises(SpecificationError, match="no number of lags"):
        net.r_squared(lags=-1)
    with pytest.raises(TooFewObservationsError, match="are needed"):
        net.r_squared(lags=150)


def test_sensitivity_repeats_the_result_at_its_own_choice(data, net):
    found = net.sensitivity(
        lags=(1, 2), horizons=(5, 10), windows=(200, 5000), forgetting=((0.99, 0.99),),
        priors=("uninformative",),
    )  # fmt: skip
    table = found.table.set_index(["choice", "value"])
    base = table[table["base"]]
    np.testing.assert_allclose(base["total"], net.total)
    assert len(base) == 3 and (base["change"].abs() < 1e-9).all()
    other = cl.connectedness(data, lags=2, draws=0).total
    assert table.loc[("lags", "2"), "total"] == pytest.approx(other)
    moving = cl.connectedness(cl.TVPVAR(data, 1).fit(), draws=0).total.mean()
    assert table.loc[("prior", "uninformative"), "total"] == pytest.approx(moving)
    assert table.loc[("window", "200"), "total"] == pytest.approx(net.rolling(200).total.mean())
    assert any("window = 5000" in note for note in found.notes)
    assert found.spread["horizon"] >= 0
    bare = net.sensitivity(lags=(1,), horizons=(), kinds=(), windows=(), forgetting=(), priors=(),
                           nulls=True)  # fmt: skip
    assert bare.table["excess"].iloc[0] == pytest.approx(net.excess, abs=1.0)


def test_what_leaves_exogenous_columns_out_says_so(data):
    event = pd.Series((np.arange(600) % 20 == 0) * 1.0, index=data.index, name="event")
    net = cl.connectedness(cl.VAR(data, lags=1, exog=event).fit(), draws=0)
    strip = net.sensitivity(lags=(1,), horizons=(), kinds=(), windows=(), forgetting=(), priors=())
    for result in (strip, net.r_squared(draws=0)):
        assert any("leave" in note and "event" in note for note in result.notes)
    assert net.quantiles((0.5,)).spec["exog"] == ("event",)


def test_the_network_draws_the_pairs_that_its_rule_says(net):
    edges, rule = net.edges()
    assert set(edges["giver"]) == {"cea"} and "interval" in rule and "of 3 pairs" in rule
    strong, words = net.edges(threshold=1e3)
    assert strong.empty and "1000 % net or more" in words
    quarter, words = net.refit(draws=0).edges()
    assert len(quarter) == 1 and "strongest quarter" in words
    ax = net.network()
    texts = [t.get_text() for t in ax.texts]
    assert any(t.startswith("cea\n+") for t in texts)
    assert any("size of the circles: net" in t and t.endswith(rule) for t in texts)
    arrows = [p for p in ax.patches if type(p).__name__ == "FancyArrowPatch"]
    assert len(arrows) == len(edges)
    assert not any("no arrow" in t for t in texts)
    none = net.network(threshold=1e3)
    assert any("no arrow" in t.get_text() for t in none.texts)
