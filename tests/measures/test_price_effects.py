"""Price effects of deadlines: prediction errors, thin trading, recovery, and refusals."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import carbonlink as cl
from carbonlink.facts import calendar
from carbonlink.kernels import event_tests
from carbonlink.measures.deadline_events import correlations, overlapping

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
DAYS = pd.bdate_range("2012-01-02", periods=1900)
ENDS = [DAYS[i] for i in range(280, 1900, 244)]


def noise(rng: int, columns: int = 3, rho: float = 0.4) -> pd.DataFrame:
    draws = np.random.default_rng(rng)
    common = draws.standard_normal(len(DAYS))[:, None]
    own = draws.standard_normal((len(DAYS), columns))
    values = np.sqrt(rho) * common + np.sqrt(1 - rho) * own
    return pd.DataFrame(values, index=DAYS, columns=[f"m{i}" for i in range(columns)])


@pytest.fixture(scope="module")
def found():
    return cl.price_effects(noise(1), deadlines=ENDS, draws=399)


@pytest.fixture(scope="module")
def panel():
    return cl.load(["cea", "hubei", "guangdong", "shanghai", "chongqing"], raw=RAW)


def test_every_market_has_every_deadline(found):
    assert len(found.table) == 3 * len(ENDS)
    assert found.groups.max() + 1 == len(ENDS)
    assert (found.table["window_returns"] == 30).all()
    assert found.run_up == pytest.approx(found.table["car"].mean())


def test_a_constant_mean_event_by_hand(found):
    r = noise(1)["m0"]
    stop = DAYS.get_loc(ENDS[1]) + 1
    before, inside = r.iloc[stop - 150 : stop - 30], r.iloc[stop - 30 : stop]
    row = found.table[found.table["market"].eq("m0")].iloc[1]
    assert row["car"] == pytest.approx((inside - before.mean()).sum())
    error = before.std(ddof=1) * np.sqrt(30 + 30**2 / 120)
    assert row["std_error"] == pytest.approx(error)


def test_a_factor_event_is_the_prediction_of_least_squares():
    import statsmodels.api as sm

    frame = noise(2)
    factor = frame.pop("m2").rename("coal")
    found = cl.price_effects(frame, deadlines=ENDS, factors=factor, draws=99)
    stop = DAYS.get_loc(ENDS[0]) + 1
    x = np.column_stack([np.ones(150), factor.iloc[stop - 150 : stop]])
    y = frame["m0"].iloc[stop - 150 : stop].to_numpy()
    fitted = sm.OLS(y[:120], x[:120]).fit()
    total = x[120:].sum(axis=0)
    row = found.table.iloc[0]
    assert row["car"] == pytest.approx((y[120:] - x[120:] @ fitted.params).sum(), abs=1e-10)
    variance = fitted.mse_resid * 30 + total @ fitted.cov_params() @ total
    assert row["std_error"] == pytest.approx(np.sqrt(variance), rel=1e-10)


def test_trade_to_trade_is_weighted_least_squares_over_true_spans():
    import statsmodels.api as sm

    price = noise(3)["m0"].cumsum()
    traded = np.random.default_rng(4).random(len(DAYS)) > 0.5
    thin = price[traded].diff()
    full = thin.reindex(DAYS)
    found = cl.price_effects(full.rename("thin"), deadlines=ENDS, draws=99)
    event = found.events[2]
    sessions = calendar.sessions(DAYS[0], DAYS[-1], thin.index)
    place = pd.Series(sessions.get_indexer(thin.index), thin.index, dtype=float)
    gap = place[thin.notna()].diff().reindex(event.dates)
    np.testing.assert_array_equal(event.gap, gap)
    y, n = thin.reindex(event.dates).to_numpy(), gap.to_numpy()
    before = ~event.inside
    fitted = sm.WLS(y[before], n[before], weights=1 / n[before]).fit()
    assert event.car == pytest.approx((y - n * fitted.params[0])[event.inside].sum(), abs=1e-10)
    spans = n[event.inside].sum()
    expected = fitted.mse_resid * spans + spans**2 * fitted.cov_params()[0, 0]
    assert event.car_error == pytest.approx(np.sqrt(expected), rel=1e-10)


def test_lumped_returns_put_the_change_on_one_day():
    price = noise(3)["m0"].cumsum()
    thin = price[np.random.default_rng(4).random(len(DAYS)) > 0.5].diff().reindex(DAYS)
    found = cl.price_effects(thin.rename("t"), deadlines=ENDS, returns="lumped", draws=99)
    assert (found.table["window_returns"] == 30).all()
    assert all((e.gap == 1).all() for e in found.events)


def test_a_return_that_mostly_lies_before_the_window_is_left_out():
    r = noise(5)["m0"]
    stop = DAYS.get_loc(ENDS[3]) + 1
    silent = r.copy()
    silent.iloc[stop - 60 : stop - 29] = np.nan
    event = cl.price_effects(silent, deadlines=ENDS, draws=99).events[3]
    assert DAYS[stop - 29] not in event.dates
    silent = r.copy()
    silent.iloc[stop - 33 : stop - 20] = np.nan
    event = cl.price_effects(silent, deadlines=ENDS, draws=99).events[3]
    assert event.dates[event.inside][0] == DAYS[stop - 20]


def test_windows_of_other_deadlines_are_no_estimation_days():
    ends = [DAYS[300], DAYS[380]]
    event = cl.price_effects(noise(1)["m0"], deadlines=ends, draws=99).events[1]
    assert not event.dates[~event.inside].isin(DAYS[271:301]).any()


def test_the_tests_agree_with_the_kernels(found):
    scar = np.array([e.scar for e in found.events])
    groups = overlapping(found.events)
    tests = found.diagnostics().set_index("test")
    assert tests.loc["run-up: bmp", "statistic"] == pytest.approx(
        event_tests.boehmer(scar).statistic
    )
    matrix = correlations(found.events, groups)
    same = groups[:, None] == groups
    assert (matrix[~same] == 0).all()
    assert matrix[same & (matrix < 1)].mean() == pytest.approx(0.4, abs=0.1)
    assert len(tests) == 9
    car = found.table["car"].to_numpy()
    by_date = [car[groups == g].mean() for g in range(len(ENDS))]
    assert tests.loc["run-up: cluster", "p_value"] == pytest.approx(
        stats.ttest_1samp(by_date, 0).pvalue
    )
    assert found.pvalue == tests.loc["run-up: cluster", "p_value"]
    assert found.summary().text.count("cluster") >= 1


def test_a_run_up_is_found_and_its_size_recovered():
    r = noise(6)
    for end in ENDS:
        stop = DAYS.get_loc(end) + 1
        r.iloc[stop - 30 : stop] += 0.6
    found = cl.price_effects(r, deadlines=ENDS, draws=999)
    pooled = found.tidy().set_index(["term", "market"]).loc[("run_up", "all")]
    assert pooled["lower"] < 18 < pooled["upper"]
    assert found.pvalue < 0.02
    curve = found.curves().table
    assert curve["car"].iloc[-1] == pytest.approx(found.run_up)
    assert curve["car_lower"].iloc[-1] > 0


def test_abnormal_volatility_is_recovered():
    r = noise(7)
    for end in ENDS:
        stop = DAYS.get_loc(end) + 1
        r.iloc[stop - 30 : stop] *= 2
    for variance in ("garch", "constant"):
        found = cl.price_effects(r, deadlines=ENDS, variance=variance, draws=999)
        assert found.excess_variance == pytest.approx(300, abs=40)
        assert found.median_excess_variance == pytest.approx(300, abs=60)
        term = "excess_over_placebos" if variance == "garch" else "excess_variance"
        pooled = found.tidy().set_index(["term", "market"]).loc[(term, "all")]
        assert pooled["p_value"] == found.variance_pvalue < 0.02
        assert 0 < pooled["lower"] < 300 < pooled["upper"]
        assert found.curves().table["cav"].iloc[-1] == pytest.approx(90, abs=12)


def test_abnormal_volatility_is_the_square_over_the_garch_forecast():
    r = noise(8)["m0"]
    found = cl.price_effects(r, deadlines=ENDS, draws=199)
    variance, event = found.variances["m0"], found.events[2]
    stop = variance.sessions.get_loc(ENDS[2]) + 1
    assert variance.inside.sum() == 30 * len(ENDS)
    shocks = r.to_numpy() - r.to_numpy()[~variance.inside[-len(r) :]].mean()
    expected = shocks[-len(r) :][stop - 30 : stop] ** 2 / variance.fit.variance[stop - 30 : stop]
    np.testing.assert_allclose(event.excess_variance, expected, rtol=1e-8)
    assert found.table["excess_variance"].iloc[2] == pytest.approx(100 * (expected.mean() - 1))


def test_the_placebo_null_is_of_the_windows_on_other_dates(found):
    from carbonlink.measures.abnormal_variance import placebo_test

    test = found.diagnostics().set_index("test").loc["abnormal volatility: placebo windows"]
    variance = found.variances["m1"]
    table = variance.placebos(30)
    start = int(np.flatnonzero(np.isfinite(table))[200])
    row = variance.fit.ratios(np.array([start]), 30, variance.shocks, variance.gap)[0]
    assert table[start] == pytest.approx(row.mean() - 1)
    touched = np.flatnonzero(variance.inside)[0]
    assert np.isnan(table[touched - 29 : touched + 30]).all()
    assert np.isfinite(table[touched - 30]) and 0.02 < test["p_value"] < 1
    alone = placebo_test(
        found.events[:1], np.array([0]), found.variances, 30, 1999, np.random.SeedSequence(1)
    )
    assert np.isfinite(alone.p_value) and alone.note.startswith("1 group")


def test_a_market_without_enough_returns_has_no_abnormal_variance():
    frame = noise(1)
    frame.loc[frame.index[:60].union(frame.index[290:]), "m2"] = np.nan
    found = cl.price_effects(frame, deadlines=ENDS, draws=99)
    assert set(found.variances) == {"m0", "m1"}
    assert any("m2: no abnormal variance" in n and "of 250 needed" in n for n in found.notes)
    rows = found.table.set_index("market")["excess_variance"]
    assert np.isnan(rows["m2"]) and rows["m0"].notna().all()
    assert np.isfinite(found.excess_variance) and np.isfinite(found.variance_pvalue)
    assert found.curves().table["cav"].notna().all()
    short = cl.price_effects(frame["m2"], deadlines=ENDS, draws=99)
    assert np.isnan(short.excess_variance) and np.isnan(short.variance_pvalue)
    assert short.curves().table["cav"].isna().all() and short.curves().table["car"].notna().all()
    constant = cl.price_effects(frame["m2"], deadlines=ENDS, variance="constant", draws=99)
    assert np.isfinite(constant.excess_variance)


def test_units_cancel(found):
    scaled = cl.price_effects(100 * noise(1), deadlines=ENDS, draws=399)
    np.testing.assert_allclose(scaled.table["scar"], found.table["scar"])
    np.testing.assert_allclose(scaled.table["car"], 100 * found.table["car"])
    assert scaled.pvalue == pytest.approx(found.pvalue)
    np.testing.assert_allclose(
        scaled.table["excess_variance"], found.table["excess_variance"], rtol=1e-3, atol=0.05
    )


def test_the_test_asked_for_gives_the_p_value(found):
    tests = found.diagnostics().set_index("test")
    for name in ("grank", "calendar", "adjusted_bmp"):
        again = found.refit(test=name)
        assert again.pvalue == pytest.approx(tests.loc[f"run-up: {name}", "p_value"])


def test_a_single_event_makes_no_statement_over_events():
    found = cl.price_effects(noise(1)["m0"], deadlines=[ENDS[0]], draws=99)
    assert np.isnan(found.pvalue) and len(found.table) == 1
    assert found.table["p_value"].between(0, 1).all()
    with pytest.raises(cl.TooFewObservationsError, match="1 separate deadline date.* of 4 needed"):
        found.test()
    with pytest.raises(cl.TooFewObservationsError, match="of 3 needed"):
        found.test("bmp")
    notes = found.diagnostics().set_index("test")["note"]
    assert "needed" in notes["run-up: cluster"]
    rows = found.tidy().set_index("term")["lower"]
    # its windows on other dates are many
    assert rows.drop("excess_over_placebos").isna().all() and rows.notna().sum() == 1
    assert found.curves().table["car_lower"].isna().all()


def test_deadlines_outside_the_sample_are_named():
    ends = ["2001-06-30", *ENDS[:4], "2030-06-30"]
    found = cl.price_effects(noise(1)["m0"], deadlines=ends, draws=99)
    reasons = {label: reason for _, label, reason in found.refused}
    assert "before the first row" in reasons["2001-06-30"]
    assert "the sample ends" in reasons["2030-06-30"]
    assert len(found.table) == 4


def test_markets_with_one_date_are_one_cluster():
    found = cl.price_effects(noise(1), deadlines=[ENDS[0]], draws=99)
    assert found.groups.tolist() == [0, 0, 0]
    with pytest.raises(cl.TooFewObservationsError, match="separate deadline"):
        found.test("cluster")
    assert np.isfinite(found.test("adjusted_bmp").p_value)


def test_a_panel_has_blocks_and_a_var(panel):
    found = cl.price_effects(panel, draws=199)
    assert list(found.discounts["market"]) == ["cea"]
    row = found.discounts.iloc[0]
    assert row["difference"] == pytest.approx(row["inside"] - row["outside"])
    assert row["n_in"] + row["n_out"] > 100
    fitted = found.price_volume("cea", lags=1)
    assert list(fitted.spec["series"]) == ["log_volume", "abs_return"]
    with pytest.raises(cl.UnknownMarketError, match="Did you mean 'cea'"):
        found.price_volume("cae")


def test_the_block_difference_is_least_squares_with_newey_west(panel):
    import statsmodels.api as sm

    from carbonlink.facts import compliance
    from carbonlink.inference import hac
    from carbonlink.measures.block_prices import block_discounts

    row = cl.price_effects(panel, "cea", draws=99).discounts.iloc[0]
    days = block_discounts(panel, "cea")["discount"]
    sessions = pd.DatetimeIndex(panel.daily("cea").index)
    ends = compliance.due_dates("cea")[0]
    mask = pd.Series(compliance.window_mask(sessions, ends, 30), sessions).reindex(days.index)
    x = sm.add_constant(mask.to_numpy(float))
    plain = sm.OLS(days.to_numpy(), x).fit()
    width = hac.andrews_bandwidth((x * plain.resid[:, None])[:, 1:])
    assert row["difference"] == pytest.approx(plain.params[1], abs=1e-10)
    lags = int(np.ceil(width)) - 1
    robust = plain.get_robustcov_results("HAC", maxlags=max(lags, 1), use_correction=True)
    # statsmodels takes whole lags; Andrews' bandwidth is a real number between two of them.
    assert row["std_error"] == pytest.approx(robust.bse[1], rel=0.1)


def test_factors_may_be_labels_of_the_panel(panel):
    found = cl.price_effects(panel, ["hubei", "guangdong"], factors="cea", draws=99)
    assert found.spec["factors"] == ("cea",)
    assert all(e.regressors.shape[1] == 2 for e in found.events)
    first = min(e.dates[0] for e in found.events)
    assert first > pd.Timestamp("2021-07-16")


def test_refusals(panel):
    r = noise(1)["m0"]
    with pytest.raises(cl.SpecificationError, match="window=270 fits no cycle"):
        cl.price_effects(r, deadlines=ENDS, window=270, estimation=60)
    with pytest.raises(cl.DeadlineError, match="no market of the registry"):
        cl.price_effects(r)
    with pytest.raises(cl.DeadlineError, match="No compliance deadlines are known"):
        cl.price_effects(r.rename("eua"))
    with pytest.raises(cl.TooFewObservationsError, match="before the deadline"):
        cl.price_effects(r, deadlines=["2030-06-30"])
    with pytest.raises(cl.TooFewObservationsError, match="do not vary"):
        cl.price_effects((r * 0).rename("flat"), deadlines=ENDS)
    with pytest.raises(cl.SpecificationError, match="'garch', 'constant'"):
        cl.price_effects(r, deadlines=ENDS, variance="egarch")
    with pytest.raises(cl.SpecificationError, match="test="):
        cl.price_effects(r, deadlines=ENDS, test="patell")
    with pytest.raises(cl.SpecificationError, match="window"):
        cl.price_effects(r, deadlines=ENDS, window=1)
    with pytest.raises(cl.SpecificationError, match="rng"):
        cl.price_effects(r, deadlines=ENDS, rng=None)
    with pytest.raises(cl.SpecificationError, match="no Panel"):
        cl.price_effects(r, deadlines=ENDS, factors=["cea"])
    with pytest.raises(cl.SpecificationError, match="minimum_tonnes|needs a Panel"):
        cl.price_effects(r, deadlines=ENDS, minimum_tonnes=10)
    with pytest.raises(cl.UnknownMarketError):
        cl.price_effects(panel, "hubeei")
    with pytest.raises(cl.UnknownMarketError, match="deadlines= names"):
        cl.price_effects(panel, "cea", deadlines={"hubei": ENDS})
    with pytest.raises(cl.SpecificationError, match="Panel only"):
        cl.price_effects(r, deadlines=ENDS, draws=99).price_volume("m0")


@pytest.mark.slow
def test_size_of_the_default_test():
    import sys

    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
    from price_effects import CASES, rejections

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("plain", "all of it, GARCH"):
            share = rejections(600, **CASES[name])["cluster"]
            # 5 % and three binomial errors of 600 draws.
            assert 2.3 < share < 7.7, name


def test_volumes_handed_in_as_returns_are_refused():
    volume, deadlines = cl.simulate.volumes(rng=1)
    with pytest.raises(cl.DataError, match="these are no returns"):
        cl.price_effects(volume, deadlines=deadlines)


def test_arguments_of_the_wrong_kind_are_named(panel):
    r = noise(1)["m0"]
    for name in ("factors", "markets"):
        with pytest.raises(cl.SpecificationError, match=f"{name}=5"):
            cl.price_effects(r, deadlines=ENDS, **{name: 5})
    with pytest.raises(cl.SpecificationError, match="level='x'"):
        cl.price_effects(r, deadlines=ENDS, level="x")
    for amount in ("x", -1, np.nan, True):
        with pytest.raises(cl.SpecificationError, match="minimum_tonnes="):
            cl.price_effects(panel, markets="hubei", minimum_tonnes=amount)


def test_a_price_held_before_the_window_makes_no_event():
    r = noise(3)["m0"]
    stop = DAYS.get_loc(ENDS[2]) + 1
    plain = cl.price_effects(r, deadlines=ENDS, variance="constant", draws=99)
    r.iloc[stop - 150 : stop - 30] *= 0.05
    found = cl.price_effects(r, deadlines=ENDS, variance="constant", draws=99)
    label = str(ENDS[2].date())
    (reason,) = (why for _, deadline, why in found.refused if deadline == label)
    assert "the price was held before the window" in reason and "0.2 times" in reason
    assert any(label in note and "Left out" in note for note in found.notes)
    assert len(found.table) == len(ENDS) - 1 == len(plain.table) - 1
    assert found.table["scar"].abs().max() < 5
    # a factor that explains nearly all of the returns is no held price
    close = noise(4)["m0"]
    exact = cl.price_effects(
        close + 0.01 * noise(3)["m1"], deadlines=ENDS, factors=close, variance="constant", draws=99
    )
    assert len(exact.table) == len(ENDS)


def test_the_interval_of_abnormal_variance_inverts_its_test(found):
    pooled = found.tidy().set_index(["term", "market"])
    row = pooled.loc[("excess_over_placebos", "all")]
    test = found._variance_test
    assert row["estimate"] == pytest.approx(found.excess_over_placebos)
    assert row["estimate"] == pytest.approx(100 * ((1 + test.statistic) / (1 + test.centre) - 1))
    assert row["lower"] < row["estimate"] < row["upper"]
    described = pooled.loc[("excess_variance", "all")]
    assert described["estimate"] == pytest.approx(found.excess_variance)
    assert np.isnan(described["p_value"]) and np.isnan(described["lower"])
    each = pooled.loc["excess_over_placebos"]
    assert set(each.index) == {"all", "m0", "m1", "m2"} and each["lower"].notna().all()


@pytest.mark.parametrize("draws", [99, 999])
def test_placebo_intervals_and_p_values_agree(draws):
    from carbonlink.measures.abnormal_variance import PlaceboTest

    drawn = np.sort(np.random.default_rng(2).gamma(4, 0.15, draws) - 0.99)
    centre, ratio = float(drawn.mean()), 0.3
    errors = (drawn - centre) / np.sqrt(1 + ratio)
    for observed in np.r_[(drawn[1:] + drawn[:-1]) / 2, -0.995, 4.0]:
        tail = min((drawn >= observed).sum(), (drawn <= observed).sum())
        p = min(1.0, 2 * (1 + tail) / (1 + draws))
        test = PlaceboTest(float(observed), p, "", centre, errors, ratio)
        for level in (0.5, 0.9, 0.95):
            low, high = test.interval(level)
            assert (low > 0 or high < 0) == (p <= 1 - level + 1e-12)
    undetermined = PlaceboTest(0.1, 0.5, "", centre, errors[:10]).interval(0.95)
    assert undetermined == (-1.0, np.inf)


def test_scaling_the_windows_scales_estimate_and_interval():
    r = noise(9)["m0"]
    found = cl.price_effects(r, deadlines=ENDS, draws=199)
    inside = found.variances["m0"].inside[-len(r) :]
    louder = r.copy()
    mean = r[~inside].mean()
    louder[inside] = mean + np.sqrt(3) * (r[inside] - mean)
    again = cl.price_effects(louder, deadlines=ENDS, draws=199)
    columns = ["estimate", "lower", "upper"]
    rows = [
        one.tidy().set_index("term").loc["excess_over_placebos", columns].to_numpy(float)
        for one in (found, again)
    ]
    np.testing.assert_allclose(1 + rows[1] / 100, 3 * (1 + rows[0] / 100), rtol=1e-6)


def test_the_curve_ends_at_the_window_times_the_mean():
    frame = noise(10, 2)
    gone = np.random.default_rng(5).random(frame.shape) < [0.1, 0.6]
    for variance in ("garch", "constant"):
        found = cl.price_effects(frame.mask(gone), deadlines=ENDS, variance=variance, draws=99)
        end = found.curves().table["cav"].iloc[-1]
        assert end == pytest.approx(30 * found.excess_variance / 100)
