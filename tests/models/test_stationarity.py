"""The tests are arch's; the labels, nulls and decisions are ours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.inference import unit_root_breaks as breaks
from carbonlink.inference.ng_perron import CRITICAL, ng_perron


@pytest.fixture(scope="module")
def pair() -> pd.DataFrame:
    shocks = np.random.default_rng(11).normal(size=(600, 2))
    days = pd.bdate_range("2020-01-01", periods=600)
    return pd.DataFrame({"noise": shocks[:, 0], "walk": shocks[:, 1].cumsum()}, index=days)


def test_tells_noise_from_a_random_walk(pair):
    decision = cl.stationarity(pair).table["decision"]
    assert decision.to_dict() == {"noise": "stationary", "walk": "unit root"}


def test_statistics_are_those_of_statsmodels(pair):
    from statsmodels.tsa.stattools import adfuller

    ours = cl.stationarity(pair).tests.set_index(["series", "test"])
    lags = ours.loc[("walk", "ADF"), "lags"]
    theirs = adfuller(pair["walk"], maxlag=lags, autolag=None, result_object=True)
    assert ours.loc[("walk", "ADF"), "statistic"] == pytest.approx(theirs.statistic, abs=1e-8)
    assert ours.loc[("walk", "ADF"), "p_value"] == pytest.approx(theirs.pvalue, abs=1e-6)


@pytest.mark.parametrize("level", [0.95, 0.0, -1, float("nan")])
def test_a_confidence_level_is_not_taken_for_the_size_of_the_tests(pair, level):
    with pytest.raises(cl.SpecificationError, match="not the size of a test"):
        cl.stationarity(pair, level=level)


def test_a_constant_series_is_refused_by_name(pair):
    with pytest.raises(cl.DataError, match="flat has the same value"):
        cl.stationarity(pair.assign(flat=7.0))


def test_each_series_stands_on_its_own_rows(pair):
    holes = pair.copy()
    holes.iloc[10:60, 0] = np.nan
    result = cl.stationarity(holes)
    assert result.table["nobs"].to_dict() == {"noise": 550, "walk": 600}
    assert result.sample.dropped == (("missing values", 50),)


def test_nulls_are_in_words(pair):
    nulls = cl.stationarity(pair).diagnostics()["null"]
    assert nulls.str.contains("unit root").sum() == 18
    assert nulls.str.contains("is stationary").sum() == 2


def test_refuses_a_short_series(pair):
    with pytest.raises(cl.TooFewObservationsError, match="noise has 30 observations"):
        cl.stationarity(pair.iloc[:30])


def test_statistics_do_not_depend_on_units(pair):
    first = cl.stationarity(pair).tests["statistic"]
    scaled = cl.stationarity(pair * 1000.0).tests["statistic"]
    np.testing.assert_allclose(first, scaled, rtol=1e-6)


def real_gnp() -> pd.Series:
    """Nelson and Plosser's log real GNP, 1909 to 1970, as statsmodels ships it with its tests."""
    import statsmodels.tsa.tests as peer

    file = Path(peer.__file__).parent / "results" / "rgnp.csv"
    if not file.exists():
        pytest.skip("statsmodels is installed without its tests")
    return pd.read_csv(file)["REAL_GNP"].set_axis(pd.RangeIndex(1909, 1971))


def test_the_great_crash_stands_where_zivot_and_andrews_print_it():
    found = breaks.zivot_andrews(real_gnp().to_numpy(), 8, "c")
    assert found.statistic == pytest.approx(-5.58, abs=0.005)
    assert 1909 + found.places[0] == 1929


def test_the_break_date_is_that_of_the_statistic(pair):
    from arch.unitroot import ZivotAndrews

    for name, trend in (("walk", "c"), ("walk", "ct"), ("noise", "c")):
        values = pair[name].to_numpy()
        theirs = ZivotAndrews(values, lags=2, trend=trend).stat
        assert breaks.zivot_andrews(values, 2, trend).statistic == pytest.approx(theirs, abs=1e-8)
    jump = pair["noise"].to_numpy().copy()
    jump[251:] += 8
    assert breaks.zivot_andrews(jump, 0, "c").places == (250,)
    table = cl.stationarity(pd.Series(jump, pair.index, name="jump"), two_breaks=False).table
    assert table.loc["jump", "za_break"] == pair.index[250].date().isoformat()


def test_two_breaks_are_found_where_they_are(pair):
    level = pair["noise"].to_numpy().copy()
    level[200:] += 9
    level[400:] -= 7
    slope = np.where(np.arange(600) > 300, 0.1 * (np.arange(600) - 300), 0.0)
    found = breaks.lee_strazicich(level + slope, 0, "ct")
    assert abs(found.places[0] - 199) <= 6 and abs(found.places[1] - 399) <= 6
    row = cl.stationarity(pair).table
    assert row.loc["noise", "ls_statistic"] < row.loc["noise", "ls_critical_5"]
    assert row.loc["walk", "ls_statistic"] > row.loc["walk", "ls_critical_5"]
    assert ", " in row.loc["walk", "ls_breaks"]


def test_the_search_over_pairs_finds_the_smallest_of_all():
    generator = np.random.default_rng(3)
    gaps = []
    for _ in range(4):
        walk = generator.standard_normal(60).cumsum()
        short, every = (breaks.lee_strazicich(walk, 1, "ct", grid=g) for g in (24, 1000))
        gaps.append(short.statistic - every.statistic)
    assert min(gaps) >= 0 and np.mean(gaps) < 0.1


def test_the_lm_statistic_written_out():
    y = np.random.default_rng(5).standard_normal(80).cumsum()
    time = np.arange(80)
    z = np.column_stack([time, time > 30, time > 50]).astype(float)
    slopes = np.linalg.lstsq(np.diff(z, axis=0), np.diff(y), rcond=None)[0]
    s = y - z @ slopes - (y[0] - z[0] @ slopes)
    x = np.column_stack([np.diff(z, axis=0)[1:], np.diff(s)[:-1], s[1:-1]])
    import statsmodels.api as sm

    expected = sm.OLS(np.diff(y)[1:], x).fit().tvalues[-1]
    assert breaks._lm(y, 30, 50, 1, "c") == pytest.approx(expected, rel=1e-8)


def test_ng_perron_written_out(pair):
    y = pair["walk"].to_numpy()
    found = ng_perron(y, "c", most=0)
    n, rho = len(y), 1 - 7 / len(y)
    quasi = np.concatenate([y[:1], y[1:] - rho * y[:-1]])
    one = np.concatenate([[1.0], np.full(n - 1, 1 - rho)])
    d = y - quasi @ one / (one @ one)
    slope = d[:-1] @ np.diff(d) / (d[:-1] @ d[:-1])
    s2 = np.mean((np.diff(d) - slope * d[:-1]) ** 2)
    kappa = (d[:-1] ** 2).sum() / n**2
    mza = (d[-1] ** 2 / n - s2) / (2 * kappa)
    assert found.statistics["MZα"] == pytest.approx(mza, rel=1e-10)
    assert found.statistics["MSB"] == pytest.approx(np.sqrt(kappa / s2), rel=1e-10)
    assert found.statistics["MZt"] == pytest.approx(mza * np.sqrt(kappa / s2), rel=1e-10)
    assert found.statistics["MPT"] == pytest.approx((49 * kappa + 7 * d[-1] ** 2 / n) / s2)
    table = cl.stationarity(pair).tests.set_index(["series", "test"])
    assert table.loc[("noise", "Ng–Perron"), "p_value"] < 0.05
    assert table.loc[("walk", "Ng–Perron"), "p_value"] > 0.05


def test_the_law_of_mzt_gives_the_printed_critical_values():
    from arch.unitroot.unitroot import mackinnonp

    for trend, printed in (("c", -1.98), ("ct", -2.91)):
        p = mackinnonp(printed, regression=trend, num_unit_roots=1, dist_type="dfgls")
        assert p == pytest.approx(0.05, abs=0.007)


def test_the_decision_states_its_rule(pair):
    result = cl.stationarity(pair)
    assert result.spec["decision"].startswith("stationary: ADF rejects, KPSS does not")
    notes = result.diagnostics().set_index("test")["note"]
    assert "last days before a break" in notes["Lee–Strazicich (walk)"]
    assert "5 % critical value 0.233" in notes["Ng–Perron MSB (walk)"]


@pytest.mark.slow
def test_size_of_the_tests_with_breaks_and_of_the_m_tests():
    """Rejections of a random walk at 5 %: 1,000 samples of T = 100 (two breaks: 400)."""
    generator = np.random.default_rng(0)
    walks = generator.standard_normal((1000, 100)).cumsum(axis=1)
    found = {
        f"{trend} {name}": np.mean(
            [ng_perron(w, trend).statistics[name] < CRITICAL[trend][name] for w in walks]
        )
        for trend in ("c", "ct")
        for name in ("MZt", "MSB")
    }
    for trend, critical in (("c", -3.842), ("ct", -5.70)):
        hits = [breaks.lee_strazicich(w, 0, trend).statistic < critical for w in walks[:400]]
        found[f"{trend} LM"] = np.mean(hits)
    print({k: round(float(v), 3) for k, v in found.items()})
    assert all(0.02 <= v <= 0.09 for v in found.values())


@pytest.mark.slow
def test_ng_perron_far_from_a_unit_root_has_the_power_that_the_note_says():
    """Four hundred samples of 250 rows: 61 % of white noise rejected, 4 % of random walks."""
    draws = np.random.default_rng(1)
    noise = draws.standard_normal((400, 250))
    walks = noise.cumsum(axis=1)
    shares = [
        np.mean([ng_perron(y).statistics["MZt"] < CRITICAL["c"]["MZt"] for y in samples])
        for samples in (noise, walks)
    ]
    assert 0.55 < shares[0] < 0.67 and shares[1] < 0.07


def test_the_note_says_how_little_ng_perron_sees_far_from_a_unit_root():
    found = cl.stationarity(cl.simulate.var(120, rng=1).iloc[:, :1])
    assert any("little power far from a unit root" in note for note in found.notes)
