"""Causality: R, statsmodels and written-out tests; the family; adjustment; refusals; size."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.datasets import macrodata
from statsmodels.tsa.api import VAR as PeerVAR

import carbonlink as cl
from carbonlink.errors import DataError, SpecificationError, TooFewObservationsError
from carbonlink.inference import multiplicity
from carbonlink.kernels import causality as kernel
from carbonlink.kernels import quantilogram
from carbonlink.measures.causality import noncentrality

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "var2_macrodata_vars.json").read_text()
)["granger"]
PLAIN = {"cov": "ols", "draws": 0, "adjust": "none", "lags": 2}


@pytest.fixture(scope="module")
def levels():
    return np.log(macrodata.load_pandas().data[["realgdp", "realcons", "realinv"]])


@pytest.fixture(scope="module")
def macro(levels):
    return levels.diff().iloc[1:]


@pytest.fixture(scope="module")
def found(macro):
    return cl.causality(macro, family="all", lags=2, draws=199)


def test_blocks_equal_the_reference_of_another_package(macro):
    names = list(macro)
    family = [(n, tuple(m for m in names if m != n)) for n in names]
    granger = cl.causality(macro, family=family, **PLAIN).table
    shocks = cl.causality(macro, "instantaneous", family=family, **PLAIN).table
    for name, one, other in zip(names, granger["statistic"], shocks["statistic"], strict=True):
        df, spare = REFERENCE[name]["df"]
        assert one / df == pytest.approx(REFERENCE[name]["F"], rel=1e-10)
        assert stats.f.sf(one / df, df, spare) == pytest.approx(REFERENCE[name]["p"], rel=1e-8)
        assert other == pytest.approx(REFERENCE[name]["inst_chi2"], rel=1e-10)


def test_pairs_equal_statsmodels(macro):
    peer, names = PeerVAR(macro.to_numpy()).fit(2), list(macro)
    for row in cl.causality(macro, family="all", **PLAIN).table.itertuples():
        cause, effect = names.index(row.cause), names.index(row.effect)
        test = peer.test_causality(effect, [cause], kind="wald")
        assert row.statistic == pytest.approx(test.test_statistic, rel=1e-10)
        assert row.p_asymptotic == pytest.approx(test.pvalue, rel=1e-8)


def test_robust_statistics_are_whites_written_out(macro):
    frame = macro.assign(**{f"{c}{j}": macro[c].shift(j) for j in (1, 2) for c in macro}).dropna()
    x = sm.add_constant(frame.drop(columns=list(macro)))
    fitted = sm.OLS(frame["realinv"], x).fit(cov_type="HC1")
    test = fitted.wald_test("realgdp1 = 0, realgdp2 = 0", use_f=False, scalar=True)
    row = cl.causality(macro, family=[("realgdp", "realinv")], lags=2, draws=0).table.iloc[0]
    assert row["statistic"] == pytest.approx(float(test.statistic), rel=1e-8)
    both = fitted.t_test("realgdp1 + realgdp2 = 0")
    assert row["sum"] == pytest.approx(float(both.effect[0]), rel=1e-8)
    assert row["std_error"] == pytest.approx(float(both.sd[0, 0]), rel=1e-8)


def test_toda_yamamoto_is_the_lag_augmented_test_written_out(levels):
    lagged = {f"{c}{j}": levels[c].shift(j) for j in (1, 2, 3) for c in levels}
    frame = levels.assign(**lagged).dropna()
    x = sm.add_constant(frame.drop(columns=list(levels)))
    fitted = sm.OLS(frame["realgdp"], x).fit()
    test = fitted.wald_test("realcons1 = 0, realcons2 = 0", use_f=False, scalar=True)
    made = cl.causality(levels, "toda-yamamoto", family=[("realcons", "realgdp")], **PLAIN)
    row = made.table.iloc[0]
    assert row["statistic"] == pytest.approx(float(test.statistic), rel=1e-7) and row["df"] == 2
    assert made.spec["extra lags"] == 1 and "1 more left free" in " ".join(made.notes)
    assert not any("error-correction" in note for note in made.notes)


def test_frequency_test_written_out_and_its_closed_forms(macro):
    pair = [("realcons", "realgdp")]
    choice = {**PLAIN, "lags": 4}
    row = cl.causality(macro, "frequency", family=pair, periods=(8,), **choice).table.iloc[0]
    frame = macro.assign(**{f"{c}{j}": macro[c].shift(j) for j in range(1, 5) for c in macro})
    frame = frame.dropna()
    fitted = sm.OLS(frame["realgdp"], sm.add_constant(frame.drop(columns=list(macro)))).fit()
    matrix = np.zeros((2, len(fitted.params)))
    for j in range(1, 5):
        place = list(fitted.params.index).index(f"realcons{j}")
        matrix[:, place] = np.cos(np.pi / 4 * j), np.sin(np.pi / 4 * j)
    test = fitted.wald_test(matrix, use_f=False, scalar=True)
    assert row["statistic"] == pytest.approx(float(test.statistic), rel=1e-8)
    for frequency in (0.3, 1.0, 2.5):
        assert abs(np.linalg.det(kernel.at_frequency(2, frequency))) > 1e-3
    assert kernel.at_frequency(4, np.pi).shape == (1, 4)
    whole = cl.causality(macro, family=pair, **choice).table.iloc[0]
    assert row["statistic"] < whole["statistic"]


def test_the_family_is_printed_and_counted(found):
    assert found.spec["family"][0] == "realgdp→realcons" and len(found.table) == 6
    assert found.expected_false == pytest.approx(0.3)
    text = str(found.summary())
    assert "realinv→realcons" in text and "0.3 of them would reject" in text
    assert "detectable R²" in text
    nulls = found.diagnostics()
    quiet = nulls[nulls["note"].str.contains("not rejected")]
    assert len(quiet) == (~found.table["reject"]).sum()
    assert quiet["note"].str.contains("found with power 0.8: 0.0").all()


def test_adjustments(macro, found):
    p = found.table["p_value"].to_numpy()
    np.testing.assert_allclose(found.table["p_adjusted"], multiplicity.holm(p))
    by = found.refit(adjust="by").table["p_adjusted"]
    bh = found.refit(adjust="bh").table["p_adjusted"]
    assert (by >= bh).all() and (bh >= p - 1e-12).all()
    joint = found.refit(adjust="romano-wolf").table
    assert (joint["p_adjusted"] >= joint["p_value"] - 0.05).all()
    assert found.matrix().loc["realcons", "realgdp"] == found.table["p_adjusted"].iloc[2]
    assert np.isnan(found.matrix().loc["realgdp", "realgdp"])
    pd.testing.assert_frame_equal(found.table, found.refit().table)


def test_what_could_have_been_found():
    assert stats.ncx2.sf(stats.chi2.isf(0.05, 3), 3, noncentrality(3, 0.05)) == pytest.approx(0.8)
    assert noncentrality(1, 0.05) == pytest.approx((1.959964 + 0.841621) ** 2, rel=1e-3)
    long = cl.causality(cl.simulate.var(2000, rng=1), family="all", lags=1, draws=0).table
    short = cl.causality(cl.simulate.var(200, rng=1), family="all", lags=1, draws=0).table
    assert (short["detectable_r2"] / long["detectable_r2"] > 8).all()
    assert (short["detectable_r2_family"] > short["detectable_r2"]).all()


def test_units_and_order_of_the_columns_do_not_matter(macro):
    choice = {"lags": 2, "draws": 0}
    first = cl.causality(macro, family=[("realinv", "realgdp")], **choice).table.iloc[0]
    moved = macro[["realinv", "realcons", "realgdp"]] * [1e4, 1.0, 1e-3]
    second = cl.causality(moved, family=[("realinv", "realgdp")], **choice).table.iloc[0]
    assert second["statistic"] == pytest.approx(first["statistic"], rel=1e-8)
    assert second["sum"] == pytest.approx(first["sum"] * 1e-7, rel=1e-8)


def test_cross_quantilogram_written_out(macro):
    made = cl.causality(macro, "cross-quantilogram", family=[("realcons", "realgdp")], lags=2,
                        taus=(0.2,), draws=99)  # fmt: skip
    x, y = macro["realcons"].to_numpy(), macro["realgdp"].to_numpy()
    n, total, rhos = len(y) - 2, 0.0, []
    hit = (y[2:] < np.quantile(y[2:], 0.2)) - 0.2
    for lag in (1, 2):
        past = x[2 - lag : len(x) - lag]
        other = (past < np.quantile(past, 0.2)) - 0.2
        rho = (hit @ other) / np.sqrt((hit @ hit) * (other @ other))
        rhos.append(rho)
        total += n * (n + 2) * rho**2 / (n - lag)
    row = made.table.iloc[0]
    assert row["statistic"] == pytest.approx(total) and row["df"] == 2
    assert row["rho"] == pytest.approx(max(rhos, key=abs))
    assert row["quantile"] == 0.2 and "quantile 0.2" in made.tidy()["term"].iloc[0]
    assert made.spec["bootstrap"] == "stationary"


def test_cross_quantilogram_of_a_series_with_its_own_shift_is_one():
    x = np.random.default_rng(0).standard_normal(501)
    late = pd.DataFrame({"late": np.append(np.nan, x[:-1]), "x": x}).iloc[1:]
    now = late.to_numpy()
    rho = quantilogram.quantilogram(now[1:], now[:-1, None], [(1, 0)], 0.3)
    assert rho[0, 0] == pytest.approx(1, abs=0.02)


def test_cross_quantilogram_finds_tails_only_where_they_are():
    generator = np.random.default_rng(2)
    e = generator.standard_normal((800, 2))
    e[1:, 1] = np.where(e[:-1, 0] < -1.2, -np.abs(e[1:, 1]) - 1.5, e[1:, 1])
    frame = pd.DataFrame(e, columns=["cause", "effect"])
    made = cl.causality(frame, "cross-quantilogram", family="all", lags=1, taus=(0.1, 0.9),
                        draws=399).table  # fmt: skip
    low, high = (made[(made["cause"] == "cause") & (made["quantile"] == t)].iloc[0]
                 for t in (0.1, 0.9))  # fmt: skip
    assert low["reject"] and low["rho"] > 0.3 and not high["reject"]
    assert not made[made["cause"] == "effect"]["reject"].any()


@pytest.mark.slow
def test_size_of_the_cross_quantilogram():
    """Rejections at 5 % of independent GARCH series, T = 400, 200 samples x 199 draws."""
    hits = []
    for i in range(200):
        y = pd.concat({c: cl.simulate.garch(400, rng=[i, j]) for j, c in enumerate("ab")}, axis=1)
        y.index = range(400)
        hits.append(cl.causality(y, "cross-quantilogram", family="all", lags=2, taus=(0.1, 0.5),
                                 draws=199, adjust="none").table["p_value"] <= 0.05)  # fmt: skip
    rate = np.mean(hits)
    print(f"size {rate:.3f}")
    assert 0.01 <= rate <= 0.08


def test_gaps_and_exogenous_columns(macro):
    holed = macro.copy()
    holed.iloc[60, 0] = np.nan
    dummy = pd.Series((np.arange(len(macro)) % 9 == 0) * 1.0, index=macro.index, name="event")
    made = cl.causality(holed, family="all", lags=2, exog=dummy, draws=99)
    assert made.sample.nobs == len(macro) - 2 - 3
    assert made.spec["exog"] == ("event",) and made.table["p_value"].between(0, 1).all()


def test_explosive_levels_keep_the_regressors():
    walk = np.random.default_rng(1).standard_normal((200, 2)).cumsum(axis=0)
    growing = pd.DataFrame(walk, columns=["a", "b"])
    growing["a"] = 1.03 ** np.arange(200) + 0.05 * walk[:, 0]
    made = cl.causality(growing, "toda-yamamoto", family="all", lags=1, draws=99)
    assert any("keep the regressors" in note for note in made.notes)
    assert made.table["p_value"].between(0, 1).all()


def test_columns_are_chosen_by_name():
    returns = cl.simulate.var(300, rng=2)
    whole = cl.causality(returns, family="all", markets=["cea", "hubei"], lags=1, draws=0)
    assert whole.table[["cause", "effect"]].to_numpy().tolist() == [
        ["cea", "hubei"],
        ["hubei", "cea"],
    ]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({}, SpecificationError, "family of tests is not declared"),
        ({"family": "some"}, SpecificationError, "is not known"),
        ({"family": []}, SpecificationError, "holds no test"),
        ({"family": ["realgdp"]}, SpecificationError, "no list of"),
        ({"family": [("gdp", "realinv")]}, SpecificationError, "Did you mean 'realgdp'"),
        ({"family": [("realinv", "realinv")]}, SpecificationError, "both sides"),
        ({"family": [("realinv", "realgdp")] * 2}, SpecificationError, "twice"),
        ({"family": "all", "method": "granger"}, SpecificationError, "not known"),
        ({"family": "all", "method": "frequency", "lags": 2}, SpecificationError, "three lags"),
        ({"family": "all", "method": "frequency", "periods": (1,)}, SpecificationError, "2 rows"),
        ({"family": "all", "method": "instantaneous", "bootstrap": "wild"}, SpecificationError,
         "does not hold"),
        ({"family": "all", "adjust": "romano-wolf", "draws": 0}, SpecificationError, "joint draws"),
        ({"family": "all", "adjust": "bonferroni"}, SpecificationError, "not known"),
        ({"family": "all", "method": "toda-yamamoto", "integration": 0}, SpecificationError,
         "no extra lag"),
        ({"family": "all", "markets": ["gdp"]}, SpecificationError, "no column 'gdp'"),
        ({"family": "all", "level": 1.5}, SpecificationError, "size of a test"),
        (
            {"family": "all", "method": "cross-quantilogram", "taus": (0, 1)},
            SpecificationError,
            "no different quantiles",
        ),
        ({"family": "all", "periods": (3.0,)}, SpecificationError, "no part in method='wald'"),
        (
            {"family": "all", "method": "cross-quantilogram", "cov": "ols"},
            SpecificationError,
            "no part in method='cross-quantilogram'",
        ),
        ({"family": [("realgdp", ("realinv", "realcons"))], "method": "cross-quantilogram"},
         SpecificationError, "one cause and one effect"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused(macro, arguments, error, words):
    with pytest.raises(error, match=words):
        cl.causality(macro, **arguments)


def test_data_that_cannot_carry_the_tests_are_refused(macro):
    with pytest.raises(TooFewObservationsError, match="at least 40"):
        cl.causality(macro.iloc[:35], family="all")
    with pytest.raises(DataError, match="linear combination"):
        cl.causality(macro.assign(twin=2 * macro["realgdp"]), family="all")
    walk = np.random.default_rng(1).standard_normal((300, 2)).cumsum(axis=0)
    levels = pd.DataFrame(walk, columns=["a", "b"])
    with pytest.warns(cl.CarbonlinkWarning, match="No sign that these are stationary"):
        made = cl.causality(levels, family="all", draws=0)
    cl.causality(levels, "toda-yamamoto", family="all", draws=0)
    assert any("No sign that these are stationary" in note for note in made.notes)


def test_a_short_sample_says_how_often_true_nulls_are_rejected():
    data = cl.simulate.var(100, rng=1)
    drawn = cl.causality(data, family="all", lags=1, draws=99)
    assert any("with 100 the bootstrap rejects 6 to 7 %" in note for note in drawn.notes)
    plain = cl.causality(data, family="all", lags=1, draws=0)
    assert any("asymptotic, which reject up to 12 %" in note for note in plain.notes)
    long = cl.causality(cl.simulate.var(400, rng=1), family="all", lags=1, draws=99)
    assert not any("true nulls" in note for note in long.notes)


def test_a_large_family_has_bounded_draws_and_is_told_of_romano_wolf():
    draws = np.random.default_rng(0)
    days = pd.bdate_range("2015-01-01", periods=250)
    data = pd.DataFrame(draws.standard_normal((250, 12)), days, [f"m{i}" for i in range(12)])
    found = cl.causality(data, family="all", lags=1)
    assert len(found.table) == 132 and found.spec["draws"] == 4999
    few = cl.causality(data, family="all", lags=1, draws=199)
    assert any("romano-wolf" in note for note in few.notes)
