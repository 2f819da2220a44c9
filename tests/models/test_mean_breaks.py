"""Bai and Perron's breaks: strucchange, printed critical values, closed forms, refusals."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import carbonlink as cl
from carbonlink.kernels import mean_breaks as kernel
from carbonlink.kernels import mean_breaks_critical as critical
from carbonlink.kernels import mean_breaks_draws as draws
from carbonlink.kernels.garch_bootstrap import clusters, simulate
from carbonlink.models.mean_breaks import _Rules, _statistic

REFERENCE = Path(__file__).parents[1] / "reference" / "bai_perron_strucchange.json"
STRUCCHANGE = json.loads(REFERENCE.read_text())


@pytest.fixture(scope="module")
def brent() -> pd.Series:
    from arch.data import crude

    return 100 * np.log(crude.load()["Brent"]).diff().dropna()


@pytest.fixture(scope="module")
def y() -> pd.Series:
    y = cl.simulate.garch(1500, omega=0.5, alpha=0.1, beta=0.4, rng=4)
    y.iloc[700:] *= 2.5
    return y


def bai_perron(y, **options):
    if options.get("critical") != "asymptotic":
        options.setdefault("draws", 99)
    return cl.variance_breaks(y, "bai-perron", **options)


def test_strucchange_on_absolute_oil_returns(brent):
    found = bai_perron(brent, demean=False, cov="classical", critical="asymptotic")
    np.testing.assert_allclose(found.criteria["rss"], STRUCCHANGE["RSS"], rtol=1e-12)
    np.testing.assert_allclose(found.criteria["bic"], STRUCCHANGE["BIC"], rtol=1e-10)
    value = brent.abs().to_numpy()
    paths = kernel.partitions(value, int(0.15 * len(value)), 5).breaks
    for ours, theirs in zip(paths[1:], STRUCCHANGE["all"], strict=True):
        assert list(ours) == [b for b in theirs if b != "NA"]
    assert found.criteria.loc[1, "sup_f"] == pytest.approx(STRUCCHANGE["supF"], rel=1e-10)
    p = critical.p_value(STRUCCHANGE["supF"], 0.15)
    assert p == pytest.approx(STRUCCHANGE["supF_p"], abs=0.005)
    assert found.criteria["bic"].idxmin() == 0


def test_strucchange_on_the_nile():
    from statsmodels.datasets import nile

    data = nile.load_pandas().data["volume"].to_numpy(float)
    found = kernel.partitions(data, 15, 5)
    np.testing.assert_allclose(found.rss, STRUCCHANGE["nile"]["RSS"][0], rtol=1e-10)
    assert found.breaks[1] == (STRUCCHANGE["nile"]["bp"],)
    from carbonlink.models.mean_breaks import _interval

    means, _ = kernel.regime_means(data, (28,))
    variances = np.array([data[:28].var(), data[28:].var()])
    ends = _interval(28, 0, means, variances, 0.95)
    assert [ends[0], 28, ends[1]] == STRUCCHANGE["nile"]["confint"][0]


def test_critical_values_are_the_printed_ones():
    """Bai and Perron (1998, 2003), one regressor, trimming 15 %, as EViews prints them."""
    printed = [8.58, 7.22, 5.96, 4.99, 3.91]
    np.testing.assert_allclose(critical.critical_values(0.15, 0.05), printed, atol=0.06)
    printed = [8.58, 10.13, 11.14, 11.83, 12.25]
    np.testing.assert_allclose(critical.critical_values(0.15, 0.05, True), printed, atol=0.2)
    assert critical.double_maximum(0.15, 0.05) == pytest.approx(8.88, abs=0.02)
    assert critical.p_value(critical.double_maximum(0.1, 0.05), 0.1, True) == pytest.approx(0.05)


def test_the_law_of_the_date_is_yaos_where_both_sides_are_alike():
    x = np.linspace(0.01, 30, 50)
    yao = (
        1
        + np.sqrt(x) * np.exp(-x / 8) / np.sqrt(2 * np.pi)
        - (x + 5) / 2 * norm.cdf(-np.sqrt(x) / 2)
        + 1.5 * np.exp(x) * norm.cdf(-1.5 * np.sqrt(x))
    )
    np.testing.assert_allclose(kernel.argmax_law(x), yao, atol=1e-13)
    np.testing.assert_allclose(kernel.argmax_law(-x), 1 - yao, atol=1e-13)
    low, high = kernel.argmax_quantiles(0.95, 3.0)
    np.testing.assert_allclose(kernel.argmax_law(np.array([low, high]), 3.0), [0.025, 0.975])
    mirrored = kernel.argmax_quantiles(0.95, 1 / 3)
    np.testing.assert_allclose([low, high], [-3 * mirrored[1], -3 * mirrored[0]], rtol=1e-6)


def test_partitions_are_the_best_of_all():
    rng = np.random.default_rng(0)
    y = rng.standard_normal(24) + np.repeat([0.0, 2, -1], 8)
    found = kernel.partitions(y, 4, 2)
    best = min(
        (sum(((part - part.mean()) ** 2).sum() for part in np.split(y, (a, b))), (a, b))
        for a in range(4, 17)
        for b in range(a + 4, 21)
    )
    assert found.rss[2] == pytest.approx(best[0]) and found.breaks[2] == best[1]


def test_the_break_is_dated_with_an_interval(y):
    found = bai_perron(y)
    assert len(found.breaks) == 1
    row = found.breaks.iloc[0]
    assert row["lower"] <= y.index[699] <= row["upper"]
    assert row["lower"] <= row["last"] <= row["upper"]
    ratio = found.segments["mean"].iloc[1] / found.segments["mean"].iloc[0]
    assert ratio == pytest.approx(2.5, rel=0.15)
    assert row["change"] == pytest.approx(100 * (ratio - 1))
    assert len(bai_perron(y, select="bic").breaks) >= 1 and len(bai_perron(y, select=3).breaks) == 3
    scaled = bai_perron(1e-6 * y)
    np.testing.assert_allclose(scaled.criteria["sup_f"][1:], found.criteria["sup_f"][1:])


def test_persistence_without_and_with_the_break(y):
    table = bai_perron(y).persistence()
    assert table.loc["without breaks", "persistence"] > 0.95
    assert table.loc["with breaks", "persistence"] < 0.8
    calm = cl.simulate.garch(600, omega=0.5, alpha=0.05, beta=0.4, rng=1)
    whole = cl.variance_breaks(calm).persistence()
    assert list(whole.index) == ["without breaks"]


def test_known_events_near_a_break_stand_beside_chance(y):
    found = cl.variance_breaks(y)
    first = found.breaks.index[0]
    days = pd.date_range(y.index[0], y.index[-1], freq="20D")
    everywhere = found.matches(pd.Series("rule", index=days), within=10)
    assert everywhere.matched == 1 and everywhere.chance == pytest.approx(1.0)
    assert everywhere.p_value == pytest.approx(1.0)
    events = pd.DataFrame({"date": [first - pd.Timedelta(days=4)], "event": ["a rule"]})
    one = found.matches(events, within=4)
    assert one.table["days"].iloc[0] == -4 and "a rule" in one.table["events"].iloc[0]
    span = y.index[30 : len(y) - 29]
    near = (np.abs((span - events["date"].iloc[0]).days) <= 4).mean()
    assert one.chance == pytest.approx(near) == one.p_value
    none = found.matches(pd.Series(dtype=object, index=pd.DatetimeIndex([])))
    assert none.matched == 0 and none.chance == 0 and none.p_value == 1
    assert "1 of 1 dates" in str(one)


def test_events_that_cannot_be_matched_are_refused(y):
    found = cl.variance_breaks(y)
    with pytest.raises(cl.SpecificationError, match="within"):
        found.matches(pd.Series("x", index=y.index[:1]), within=-1)
    with pytest.raises(cl.DataError, match="event"):
        found.matches(pd.DataFrame({"date": y.index[:1]}))
    with pytest.raises(cl.DataError, match="dates"):
        cl.variance_breaks(y.to_numpy()).matches(pd.Series("x", index=y.index[:1]))


@pytest.mark.parametrize(
    "change, match",
    [
        ({"trim": 0.12}, "trim"),
        ({"most": 6}, "most"),
        ({"trim": 0.2, "most": 4}, "most"),
        ({"select": "aic"}, "aic"),
        ({"select": 9}, "select"),
        ({"cov": "hac3"}, "hac3"),
        ({"lags": 3, "cov": "robust"}, "no use"),
        ({"level": 0.03}, "level"),
        ({"minimum_segment": 60}, "no use"),
        ({"critical": "finite"}, "finite"),
        ({"draws": 50}, "draws"),
    ],
)
def test_a_choice_it_does_not_know_is_refused(y, change, match):
    with pytest.raises(cl.SpecificationError, match=match):
        bai_perron(y, **change)
    if set(change) & {"trim", "most"}:
        with pytest.raises(cl.SpecificationError, match="no use"):
            cl.variance_breaks(y, **change)


def test_data_it_cannot_use_is_refused(y):
    with pytest.raises(cl.TooFewObservationsError, match="15"):
        bai_perron(y.iloc[:80])
    with pytest.raises(cl.DataError, match="constant"):
        bai_perron(y * 0 + 3)


@pytest.mark.parametrize("cov, lags", [("classical", None), ("robust", None), ("hac", 4)])
def test_many_series_at_once_are_each_by_itself(y, cov, lags):
    """On a grid of every day."""
    short = np.abs(np.stack([y.to_numpy()[i : i + 100] for i in (0, 650, 1200)]))
    many, places = draws.sup_f(short, draws.Form(0.15, 3, cov, lags))
    rules = _Rules(0.05, 0.15, cov, lags)
    for i, value in enumerate(short):
        found = kernel.partitions(value, 15, 3)
        for m in (1, 2, 3):
            assert tuple(places[m - 1, i, :m]) == found.breaks[m]
            own = _statistic(value, found.breaks[m], rules)
            assert many[m - 1, i] == pytest.approx(own, rel=1e-9)


def test_clusters_are_those_of_a_garch():
    y = cl.simulate.garch(4000, omega=0.05, alpha=0.1, beta=0.85, rng=3).to_numpy()
    found = clusters(y - y.mean())
    plain = cl.GARCH(y).fit().params
    assert found.alpha == pytest.approx(plain["alpha"], abs=0.01)
    assert found.persistence == pytest.approx(plain["alpha"] + plain["beta"], abs=0.01)
    again = simulate(found, 1500, 60, np.random.default_rng(0))
    assert again.std() == pytest.approx(1, abs=0.1)
    square = again**2 - np.mean(again**2)
    assert np.mean(square[:, 1:] * square[:, :-1]) / np.mean(square**2) > 0.08


def test_the_bootstrap_is_drawn_from_its_seed_and_keeps_to_clusters(y):
    one, same = (bai_perron(y, draws=99, rng=5) for _ in range(2))
    assert one.criteria.equals(same.criteria) and len(one.breaks) == 1
    assert one.double_maximum_p == 0.01
    assert one.criteria["p_next"].loc[1] > 0.05
    calm = cl.simulate.garch(800, omega=0.02, alpha=0.08, beta=0.9, rng=0)
    printed = bai_perron(calm, critical="asymptotic")
    assert printed.double_maximum_p < 0.01
    assert bai_perron(calm, draws=99).double_maximum_p > 0.05
    rows = bai_perron(calm, draws=99).diagnostics()
    assert rows["reference"].str.contains("bootstrap").all()
    assert printed.diagnostics()["reference"].str.contains("1998").all()


@pytest.mark.slow
@pytest.mark.parametrize("n", [500, 1500])
@pytest.mark.parametrize("alpha, beta", [(0.1, 0.8), (0.05, 0.93)])
def test_size_under_clusters(n, alpha, beta):
    """UDmax and κ2 by the bootstrap; `benchmarks/variance_breaks.py` has the rates."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
    from variance_breaks import rates

    found = rates(n, alpha, beta, 1.0, replications=400, draws=99)
    assert found["udmax"] <= 0.075 and found["kappa2"] <= 0.075, found
