"""Autoregressive distributed lags: Danish money demand, statsmodels, the ECM, refusals."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "ardl_bounds_denmark.json").read_text()
)


@pytest.fixture(scope="module")
def linked():
    return cl.simulate.error_correction(400, long_run=0.8, adjustment=0.15, rng=3)


@pytest.fixture(scope="module")
def fit(linked):
    return cl.ARDL(linked["effect"], linked["cause"], lags=2, order=3).fit()


@pytest.fixture(scope="module")
def money(reference_inputs):
    data = pd.read_csv(reference_inputs / "ardl_denmark.csv")
    data.index = pd.PeriodIndex(data.pop("date").str.replace(" ", ""), freq="Q")
    return data


@pytest.fixture(scope="module")
def denmark(money):
    return cl.ARDL(money["LRM"], money[["LRY", "IBO", "IDE"]], lags=3, order=(1, 3, 2)).fit()


def as_here(term: str) -> str:
    """ "L(LRM, 1)" is "LRM.L1"."""
    term = term.replace("(Intercept)", "const")
    return term[2:-1].replace(", ", ".L") if term.startswith("L(") else term


@pytest.mark.reference
def test_denmark_coefficients_and_long_run(denmark):
    expected = {as_here(k): v for k, v in REFERENCE["coef"].items()}
    assert denmark.params.to_dict() == pytest.approx(expected, rel=1e-7)
    assert denmark.loglik == pytest.approx(REFERENCE["loglik"], rel=1e-10)
    terms = [as_here(t) for t in REFERENCE["longrun"]["term"]]
    long_run = dict(zip(terms, REFERENCE["longrun"]["est"], strict=True))
    assert denmark.long_run.to_dict() == pytest.approx(long_run, rel=1e-8)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("test", "case", "key"), [("F", 2, "F_case2"), ("F", 3, "F_case3"), ("t", 3, "t_case3")]
)
def test_denmark_bounds(denmark, test, case, key):
    found = denmark.bounds_test(test, case, asymptotic=True)
    assert found.statistic == pytest.approx(REFERENCE[key][test], rel=1e-9)
    assert found.pvalue == pytest.approx(REFERENCE[key]["p"], abs=0.0015)


@pytest.mark.reference
def test_denmark_p_value_is_that_of_the_sample_at_hand(denmark):
    found = denmark.bounds_test(case=2)
    assert found.statistic == pytest.approx(5.11676821387714, rel=1e-9)
    assert found.pvalue == pytest.approx(REFERENCE["F_case2_exact"]["p"], abs=0.003)
    assert found.rows == 51 and found.regressors == 3 and "no level relationship" in found.null


@pytest.mark.reference
def test_denmark_order_by_aic_is_the_one_of_the_reference(money):
    found = cl.ARDL(money["LRM"], money[["LRY", "IBO", "IDE"]], lags="aic", max_lags=5).fit()
    from statsmodels.tsa.ardl import ardl_select_order

    plain = money.reset_index(drop=True)
    peer = ardl_select_order(
        plain["LRM"], 5, plain[["LRY", "IBO", "IDE"]], 5, ic="aic", trend="c", glob=False
    )
    orders = tuple(max(lags) for lags in peer.dl_lags.values())
    assert found.spec["lags"] == max(peer.ar_lags)
    assert found.spec["order"] == orders
    assert found.spec["orders_compared"] == 5 * 6**3


def test_levels_and_error_correction_are_one_regression(linked, fit):
    from statsmodels.tsa.ardl import ARDL

    plain = linked.reset_index(drop=True)
    peer = ARDL(plain["effect"], 2, plain[["cause"]], 3, trend="c").fit(use_t=True)
    own = cl.ARDL(linked["effect"], linked["cause"], lags=2, order=3, cov="classical").fit()
    np.testing.assert_allclose(own.params, peer.params, rtol=1e-7)
    np.testing.assert_allclose(own.std_errors, peer.bse, rtol=1e-6)
    ecm = cl.ECM(linked["effect"], linked["cause"], lags=2, order=3).fit()
    pd.testing.assert_series_equal(fit.resid, ecm.resid)
    a, b = fit.params[fit.params.index.str.startswith("effect")], fit.params.filter(like="cause")
    assert fit.adjustment == pytest.approx(1 - a.sum(), rel=1e-9) == ecm.adjustment
    assert fit.long_run["cause"] == pytest.approx(b.sum() / (1 - a.sum()), rel=1e-8)


def test_the_search_recovers_orders_that_differ_between_variables():
    rng = np.random.default_rng(4)
    n = 3000
    x = rng.standard_normal((n, 2)).cumsum(axis=0)
    y = np.zeros(n)
    for t in range(3, n):
        pull = 0.6 * y[t - 1] - 0.3 * y[t - 2] + 0.4 * x[t, 0] + 0.3 * x[t, 1]
        y[t] = pull + 0.5 * x[t - 3, 1] + rng.standard_normal()
    data = pd.DataFrame({"y": y, "a": x[:, 0], "b": x[:, 1]})
    found = cl.ARDL(data["y"], data[["a", "b"]], lags="bic", max_lags=(4, 5, 6)).fit()
    assert (found.spec["lags"], found.spec["order"]) == (2, (0, 3))
    assert found.spec["orders_compared"] == 4 * 6 * 7
    assert found.long_run.to_dict() == pytest.approx(
        {"a": 0.4 / 0.7, "b": 0.8 / 0.7, "const": 0}, abs=0.1
    )


@pytest.mark.slow
def test_the_whole_search_of_four_variables_compares_every_order():
    walks = np.random.default_rng(0).standard_normal((1000, 4)).cumsum(axis=0)
    data = pd.DataFrame(walks, columns=list("yabc"))
    found = cl.ARDL(data["y"], data[["a", "b", "c"]], lags="bic", max_lags=(8, 8, 8, 8)).fit()
    assert found.spec["orders_compared"] == 8 * 9**3


def test_the_unit_of_a_cause_moves_no_test(linked, fit):
    scaled = cl.ARDL(linked["effect"], 1000 * linked["cause"], lags=2, order=3).fit()
    assert scaled.long_run["cause"] == pytest.approx(fit.long_run["cause"] / 1000, rel=1e-8)
    own, other = fit.bounds_test(draws=500), scaled.bounds_test(draws=500)
    assert other.statistic == pytest.approx(own.statistic, rel=1e-6)


def test_seasons_leave_the_long_run_and_are_found():
    data = cl.simulate.error_correction(1500, adjustment=0.3, sigma=0.3, rng=2)
    monday = (data.index.day_of_week == 0).astype(float)
    effect = (data["effect"] + 2 * monday).rename("effect")
    plain = cl.ARDL(effect, data["cause"], lags=1).fit()
    found = cl.ARDL(effect, data["cause"], lags=1, seasonal="weekday").fit()
    days = found.params.filter(like="weekday")
    assert list(days.index) == [f"weekday_{d}" for d in (1, 2, 3, 4)]
    assert found.loglik > plain.loglik + 500
    assert found.long_run["cause"] == pytest.approx(0.8, abs=0.05)
    own = pd.get_dummies(pd.Series(data.index.day_of_week, data.index), dtype=float).iloc[:, 1:]
    same = cl.ARDL(effect, data["cause"], lags=1, fixed=own.add_prefix("d")).fit()
    assert same.loglik == pytest.approx(found.loglik, rel=1e-10)
    assert same.long_run["cause"] == pytest.approx(found.long_run["cause"], rel=1e-8)
    assert found.bounds_test(draws=500).regressors == 1


def test_a_series_of_order_two_is_refused_by_name_and_may_be_forced(linked):
    twice = linked["cause"].diff().fillna(0).cumsum().cumsum().rename("stock")
    found = cl.ARDL(linked["effect"], twice, lags=1).fit()
    with pytest.raises(cl.SpecificationError, match="stock: the change may have a unit root"):
        found.bounds_test(draws=500)
    assert found.bounds_test(draws=500, second_order="allow").statistic > 0
    row = found.diagnostics().set_index("test").loc["ADF of the change of stock"]
    assert "order two" in row["note"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lags": "hq"}, "bic"),
        ({"lags": "bic", "order": 2}, "cannot be combined"),
        ({"lags": "bic", "max_lags": (4, 4, 4)}, "does not fit an effect and 1 causes"),
        ({"lags": "bic", "max_lags": (0, 4)}, "does not fit"),
        ({"lags": 2, "order": (1, 2)}, "does not fit"),
        ({"seasonal": "hour"}, "seasonal='hour'"),
        ({"trend": "x"}, "trend"),
    ],
)
def test_refuses_what_it_cannot_do(linked, change, words):
    with pytest.raises(cl.SpecificationError, match=words):
        cl.ARDL(linked["effect"], linked["cause"], **change).fit()


def test_refuses_a_search_that_would_not_end(linked):
    walks = np.random.default_rng(0).standard_normal((400, 7)).cumsum(axis=0)
    causes = pd.DataFrame(walks, linked.index, columns=list("abcdefg"))
    with pytest.raises(cl.SpecificationError, match="limit"):
        cl.ARDL(linked["effect"], causes).fit()


def test_refuses_seasons_without_dates_and_names_taken(linked):
    plain = linked.reset_index(drop=True)
    with pytest.raises(cl.SpecificationError, match="needs dates"):
        cl.ARDL(plain["effect"], plain["cause"], lags=1, seasonal="month").fit()
    taken = pd.Series(1.0, linked.index, name="cause")
    with pytest.raises(cl.DataError, match="already taken"):
        cl.ARDL(linked["effect"], linked["cause"], lags=1, fixed=taken).fit()


def test_a_short_sample_lowers_the_longest_order_or_is_refused(linked):
    short = linked.iloc[:45]
    found = cl.ARDL(short["effect"], short["cause"], max_lags=8).fit()
    assert found.spec["max_lags"] == (5, 5)
    with pytest.raises(cl.TooFewObservationsError, match="37 complete rows and 18"):
        cl.ARDL(short["effect"], short["cause"], max_lags=(8, 8)).fit()
    with pytest.raises(cl.TooFewObservationsError, match="needs 40 rows"):
        cl.ARDL(short["effect"].iloc[:30], short["cause"], lags=1).fit()
