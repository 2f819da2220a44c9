"""Asymmetric distributed lags: closed forms, recovery, symmetry, refusals."""

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl


def asymmetric(n=1500, up=0.9, down=0.4, adjustment=0.2, rng=0, impact=(0.3, 0.3)):
    """A follower of the rises and the falls of a random walk, each at its own long run."""
    draws = np.random.default_rng(rng)
    change = draws.standard_normal(n)
    rises, falls = np.maximum(change, 0), np.minimum(change, 0)
    target = up * rises.cumsum() + down * falls.cumsum()
    push = impact[0] * rises + impact[1] * falls + draws.standard_normal(n)
    y = np.zeros(n)
    for t in range(1, n):
        y[t] = y[t - 1] - adjustment * (y[t - 1] - target[t - 1]) + push[t]
    index = pd.bdate_range("2015-01-01", periods=n, name="date")
    return pd.DataFrame({"power": y, "cea": 50 + change.cumsum()}, index=index)


@pytest.fixture(scope="module")
def data():
    return asymmetric()


@pytest.fixture(scope="module")
def fit(data):
    return cl.NARDL(data["power"], data["cea"], lags=1, draws=199).fit()


def test_it_is_the_error_correction_model_of_the_halves(data, fit):
    change = data["cea"].diff().fillna(0)
    halves = pd.DataFrame(
        {"cea_pos": change.clip(lower=0).cumsum(), "cea_neg": change.clip(upper=0).cumsum()}
    )
    ecm = cl.ECM(data["power"], halves, lags=1).fit()
    np.testing.assert_allclose(fit.params, ecm.params, rtol=1e-7)
    np.testing.assert_allclose(fit.std_errors, ecm.std_errors, rtol=1e-6)
    assert fit.loglik == pytest.approx(ecm.loglik)


def test_recovers_both_long_runs_and_rejects_symmetry(fit):
    assert fit.long_run["cea_pos"] == pytest.approx(0.9, abs=0.05)
    assert fit.long_run["cea_neg"] == pytest.approx(0.4, abs=0.05)
    tests = fit.symmetry().set_index("test")
    assert tests.loc["long run", "p_value"] < 1e-4
    assert tests.loc["long run", "difference"] == pytest.approx(0.5, abs=0.02)
    assert tests.loc["short run", "p_value"] > 0.01
    assert {"Symmetry of cea: long run"} <= set(fit.diagnostics()["test"])


def test_symmetry_tests_are_those_of_statsmodels(data, fit):
    import statsmodels.api as sm

    classical = fit.refit(lags=2, order=3, cov="classical")
    model = sm.OLS(
        classical.target, pd.DataFrame(classical.regressors, columns=classical.params.index)
    )
    peer = model.fit()
    names = {"long run": "{}.L1", "impact": "D.{}", "short run": "D.{0} + D.{0}.L1 + D.{0}.L2"}
    for test, form in names.items():
        row = classical.symmetry().set_index("test").loc[test]
        pos, neg = (
            sum(np.array(list(classical.params.index)) == part for part in words.split(" + "))
            for words in (form.format("cea_pos"), form.format("cea_neg"))
        )
        expected = peer.f_test((pos - neg).astype(float))
        assert row["statistic"] == pytest.approx(float(expected.fvalue), rel=1e-6)
        assert row["p_value"] == pytest.approx(float(expected.pvalue), rel=1e-5)


def test_a_symmetric_follower_is_not_called_asymmetric():
    data = cl.simulate.error_correction(1500, adjustment=0.2, rng=3)
    found = cl.NARDL(data["effect"], data["cause"], lags="bic").fit()
    assert (found.symmetry()["p_value"] > 0.01).all()
    paths = found.multipliers(draws=199)
    inside = (paths["asymmetry_lower"] <= 0) & (0 <= paths["asymmetry_upper"])
    assert inside.mean() > 0.9


def test_the_mirror_image_swaps_rises_and_falls(data, fit):
    mirrored = cl.NARDL(data["power"], -data["cea"], lags=1, draws=199).fit()
    assert mirrored.long_run["cea_pos"] == pytest.approx(-fit.long_run["cea_neg"], rel=1e-7)
    own, other = fit.multipliers(), mirrored.multipliers()
    np.testing.assert_allclose(other["rise"], own["fall"], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(other["rise_upper"], own["fall_upper"], rtol=1e-4, atol=1e-6)


def test_multipliers_start_at_the_impact_and_end_at_the_long_run(fit):
    paths = fit.multipliers(horizon=200, draws=99)
    assert paths["rise"].iloc[0] == pytest.approx(fit.params["D.cea_pos"])
    assert paths["fall"].iloc[0] == pytest.approx(-fit.params["D.cea_neg"])
    assert paths["rise"].iloc[-1] == pytest.approx(fit.long_run["cea_pos"], rel=1e-6)
    assert paths["asymmetry"].iloc[-1] == pytest.approx(
        fit.long_run["cea_pos"] - fit.long_run["cea_neg"], rel=1e-6
    )
    for name in ("rise", "fall", "asymmetry"):
        assert (paths[f"{name}_lower"] < paths[f"{name}_upper"]).all()
    assert 0.9 > paths["rise_lower"].iloc[-1] and 0.9 < paths["rise_upper"].iloc[-1]


def test_bands_do_not_depend_on_workers_or_calls(fit):
    pd.testing.assert_frame_equal(fit.multipliers(), fit.multipliers(n_jobs=2))
    assert not fit.multipliers().equals(fit.refit(rng=1).multipliers())


def test_bounds_tests_take_the_larger_critical_value(fit):
    f, t = fit.bounds_test("F", draws=2000), fit.bounds_test("t", draws=2000)
    assert (f.regressors, t.regressors) == (1, 2)
    assert f.upper > fit.bounds_test("F", draws=2000, regressors=2).upper
    assert t.upper < fit.bounds_test("t", draws=2000, regressors=1).upper
    assert f.decision == t.decision == "rejected"


def test_controls_are_not_split_and_orders_are_given_by_cause(data):
    gas = pd.Series(np.random.default_rng(9).normal(size=1500).cumsum(), data.index, name="gas")
    power = (data["power"] + 0.5 * gas).rename("power")
    found = cl.NARDL(power, data["cea"], gas, lags=2, order=(3, 1)).fit()
    assert found.names == ("power", "cea_pos", "cea_neg", "gas")
    assert found.spec["order"] == (3, 3, 1) and found.spec["split"] == ("cea",)
    assert found.long_run["gas"] == pytest.approx(0.5, abs=0.15)
    assert found.bounds_test(draws=500).regressors == 2


def test_too_few_rises_are_refused_and_few_are_noted(data):
    falling = data["cea"].diff().fillna(0).clip(upper=0).cumsum()
    steps = pd.Series(0.0, data.index)
    steps.iloc[np.arange(40, 1500, 40)] = 1.0
    path = (falling + 5 * steps.cumsum()).rename("cea")
    assert 20 < (path.diff() > 0).sum() < 50
    found = cl.NARDL(data["power"], path, lags=1).fit()
    assert found.changes.loc["cea", "rises"] == (path.diff() > 0).sum()
    assert any("rises" in note and "roughly" in note for note in found.notes)
    with pytest.raises(cl.TooFewObservationsError, match=r"cea has \d+ rises.*60 are needed"):
        cl.NARDL(data["power"], path, lags=1, fewest=60).fit()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"draws": 5}, "draws=5"),
        ({"horizon": 0}, "horizon=0"),
        ({"fewest": "all"}, "fewest='all'"),
        ({"lags": "bic", "order": 2}, "cannot be combined"),
        ({"lags": 1, "order": (1, 2)}, "does not fit"),
    ],
)
def test_refuses_what_it_cannot_do(data, change, words):
    with pytest.raises(cl.SpecificationError, match=words):
        cl.NARDL(data["power"], data["cea"], **change).fit()


@pytest.mark.slow
def test_size_of_the_symmetry_tests():
    runs, hits = 1000, np.zeros(2)
    for seed in range(runs):
        data = cl.simulate.error_correction(600, adjustment=0.15, rng=seed)
        tests = cl.NARDL(data["effect"], data["cause"], lags=1).fit().symmetry()
        hits += tests["p_value"].to_numpy()[:2] <= 0.05
    print(hits / runs)
    # The long run's null is not normal in a short sample; the short run's is.
    assert 0.03 <= hits[1] / runs <= 0.07 and 0.02 <= hits[0] / runs <= 0.10


@pytest.mark.slow
def test_coverage_of_the_multiplier_bands():
    runs, steps = 300, [0, 3, 10, 30]
    truth = np.zeros((31, 2))
    for side, (long_run, impact) in enumerate([(0.9, 0.3), (0.4, 0.3)]):
        y = 0.0
        for h in range(31):
            y = impact if h == 0 else y - 0.2 * (y - long_run)
            truth[h, side] = y
    hits = np.zeros((2, 4))
    for seed in range(runs):
        data = asymmetric(500, rng=seed)
        found = cl.NARDL(data["power"], data["cea"], lags=1, draws=299).fit()
        paths = found.multipliers(horizon=30).iloc[steps]
        gap = truth[steps, 0] - truth[steps, 1]
        for place, (name, true) in enumerate([("rise", truth[steps, 0]), ("asymmetry", gap)]):
            inside = (paths[f"{name}_lower"] <= true) & (true <= paths[f"{name}_upper"])
            hits[place] += inside.to_numpy()
    print(hits / runs)
    assert (hits / runs > 0.89).all()


def test_a_cause_that_never_falls_is_refused_by_its_falls(data):
    rising = data["cea"].diff().abs().cumsum().fillna(0.0).rename("cea")
    with pytest.raises(cl.TooFewObservationsError, match="cea has 0 falls.*20 are needed"):
        cl.NARDL(data["power"], rising, lags=1).fit()


def test_a_series_of_order_two_is_refused_by_its_own_name(data):
    found = cl.NARDL(data["power"], data["cea"].cumsum().rename("cea"), lags=2, fewest=2)
    with pytest.raises(cl.SpecificationError, match="^cea: the change may have a unit root"):
        found.fit().bounds_test()
