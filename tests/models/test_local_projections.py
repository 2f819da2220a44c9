"""Local projections: statsmodels horizon by horizon, known responses, coverage, refusals."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import carbonlink as cl
from carbonlink.models.local_projections_results import WEAK

NAMES = ("cea", "power", "gas", "coal", "load")
COEFS = np.array([[0.5, 0.0], [0.4, 0.3]])
SIGMA = np.array([[1.0, 0.3], [0.3, 1.0]])


@pytest.fixture(scope="module")
def data():
    return cl.simulate.var(600, names=NAMES, rng=2)


def true_response(horizon, coefs=COEFS, sigma=SIGMA):
    """Response of the second series to the news in the first, in a VAR(1)."""
    impact = np.array([1.0, sigma[1, 0] / sigma[0, 0]])
    return np.array([(np.linalg.matrix_power(coefs, h) @ impact)[1] for h in range(horizon + 1)])


def by_hand(frame, h, lags, current=(), cumulate=False):
    """The regression of one horizon, by statsmodels."""
    import statsmodels.api as sm

    y = frame["power"]
    ahead = sum(y.shift(-j) for j in range(h + 1)) if cumulate else y.shift(-h)
    x = {"const": 1.0, "cea": frame["cea"], **{c: frame[c] for c in current}}
    x |= {f"{c}.L{k}": frame[c].shift(k) for c in frame for k in range(1, lags + 1)}
    rows = pd.DataFrame(x, index=frame.index).assign(y=ahead).dropna()
    return sm.OLS(rows.pop("y"), rows)


@pytest.mark.parametrize("cumulate", [False, True])
def test_every_horizon_is_the_regression_of_statsmodels(data, cumulate):
    frame = data[["power", "cea", "gas", "coal"]]
    found = cl.LocalProjections(
        frame["power"],
        frame["cea"],
        frame[["gas", "coal"]],
        horizon=8,
        lags=2,
        current=("gas",),
        cumulative=cumulate,
    ).fit()
    newey = found.refit(inference="hac", lags=3)
    for h in range(9):
        model = by_hand(frame, h, 3, ("gas",), cumulate)
        robust, hac = (
            model.fit(cov_type="HC1"),
            model.fit(cov_type="HAC", cov_kwds={"maxlags": h, "use_correction": True}),
        )
        assert found.response[h] == pytest.approx(robust.params["cea"], rel=1e-8)
        assert found.std_errors.iloc[h] == pytest.approx(robust.bse["cea"], rel=1e-7)
        assert newey.response[h] == pytest.approx(robust.params["cea"], rel=1e-8)
        assert newey.std_errors.iloc[h] == pytest.approx(hac.bse["cea"], rel=1e-7)
        assert found.rows[0, h] == robust.nobs


def test_a_shock_that_is_news_may_go_without_its_lags(data):
    import statsmodels.api as sm

    found = cl.LocalProjections(
        data["power"], data["cea"], horizon=2, lags=2, shock_lags=0, inference="hac"
    ).fit()
    for h in range(3):
        x = {"const": 1.0, "cea": data["cea"]}
        x |= {k: data["power"].shift(k) for k in (1, 2)}
        rows = pd.DataFrame(x, index=data.index).assign(y=data["power"].shift(-h)).dropna()
        peer = sm.OLS(rows.pop("y"), rows).fit(cov_type="HAC", cov_kwds={"maxlags": h})
        assert found.response[h] == pytest.approx(peer.params["cea"], rel=1e-8)
    assert found.spec["shock_lags"] == 0
    same = found.refit(shock_lags=2)
    assert same.response.equals(found.refit(shock_lags=None).response)


def test_a_long_sample_gives_back_the_known_response():
    frame = cl.simulate.var(60_000, COEFS, SIGMA, names=("cea", "power"), rng=5)
    found = cl.LocalProjections(frame["power"], frame["cea"], horizon=6, lags=1).fit()
    np.testing.assert_allclose(found.response, true_response(6), atol=0.02)
    summed = found.refit(cumulative=True)
    np.testing.assert_allclose(summed.response, true_response(6).cumsum(), atol=0.06)
    ratio = found.refit(cumulative="ratio")
    cost = (0.5 ** np.arange(7)).cumsum()
    np.testing.assert_allclose(ratio.response, true_response(6).cumsum() / cost, atol=0.03)


def test_the_ratio_is_one_sum_over_the_other(data):
    ratio = cl.LocalProjections(data["power"], data["cea"], horizon=5, cumulative="ratio").fit()
    assert ratio.spec["inference"] == "hac" and ratio.spec["lags_used"] == 4
    top = ratio.refit(cumulative=True, inference="hac")
    assert [r.numerator for r in ratio.ratios] == pytest.approx(list(top.response))
    for r, value in zip(ratio.ratios, ratio.response, strict=True):
        assert value == pytest.approx(r.numerator / r.denominator)
    spread = [r.std_error for r in ratio.ratios]
    np.testing.assert_allclose(ratio.std_errors, spread, rtol=1e-6)


def test_an_instrument_is_two_stage_least_squares(data):
    from statsmodels.sandbox.regression.gmm import IV2SLS

    found = cl.LocalProjections(
        data["power"], data["cea"], instrument=data["gas"], horizon=3, lags=1
    ).fit()
    frame = data[["power", "cea", "gas"]]
    for h in range(4):
        model = by_hand(frame, h, 2)
        exog = pd.DataFrame(model.exog, columns=model.exog_names, index=model.data.row_labels)
        instruments = exog.assign(cea=frame["gas"].reindex(exog.index))
        peer = IV2SLS(model.endog, exog, instruments).fit()
        assert found.response[h] == pytest.approx(peer.params["cea"], rel=1e-8)
    # Strong: Anderson-Rubin sets are near the usual intervals.
    assert not found.weak and found.effective_f.min() > 2 * WEAK
    usual = found.params + 1.96 * found.std_errors
    assert found.band("pointwise")["upper"].to_numpy() == pytest.approx(usual.to_numpy(), rel=0.2)


def test_a_weak_instrument_is_named_and_its_sets_are_unbounded(data):
    noise = pd.Series(np.random.default_rng(8).normal(size=600), data.index, name="noise")
    found = cl.LocalProjections(
        data["power"], data["cea"], instrument=noise, horizon=3, lags=1
    ).fit()
    assert found.weak and any("weak" in note and "effective F" in note for note in found.notes)
    ends = found.band("pointwise")
    assert np.isinf(ends["lower"]).any()
    rows = found.diagnostics().set_index("test")
    assert "weak" in rows.loc["First stage (smallest effective F)", "note"]
    inside = (0 >= ends["lower"]) & (0 <= ends["upper"])
    assert (found.tidy()["p_value"][~inside] < 0.05).all()


def test_the_threshold_of_weakness_is_that_of_one_instrument():
    # Bias of a tenth of the worst case: noncentrality 10, 5 % test.
    assert stats.ncx2(1, 10).ppf(0.95) == pytest.approx(WEAK, abs=0.01)


def test_states_are_regressions_apart_and_their_equality_is_tested(data):
    state = (data["load"] > 0).rename("high")
    found = cl.LocalProjections(data["power"], data["cea"], horizon=4, lags=1, state=state).fit()
    before = state.shift(1)
    for value in (1, 0):
        rows = (before == value).rename("rows")
        alone = cl.LocalProjections(data["power"], data["cea"], horizon=4, lags=1, where=rows).fit()
        column = f"high = {value}"
        np.testing.assert_allclose(found.response[column], alone.response, rtol=1e-9)
        np.testing.assert_allclose(
            found.std_errors.filter(like=column).to_numpy(), alone.std_errors, rtol=1e-9
        )
    assert found.equality()["p_value"] > 0.05
    cross = found.cov.to_numpy()[:5, 5:]
    assert np.abs(cross).max() < 1e-15


def test_a_response_that_differs_between_states_is_found():
    rng = np.random.default_rng(3)
    n = 1500
    shock = pd.Series(rng.normal(size=n), pd.bdate_range("2015", periods=n), name="shock")
    state = pd.Series(rng.normal(size=n) > 0, shock.index, name="peak")
    effect = np.where(state.shift(1, fill_value=False), 1.0, 0.3) * shock + rng.normal(size=n)
    found = cl.LocalProjections(effect.rename("power"), shock, horizon=3, lags=1, state=state).fit()
    assert found.response.loc[0].to_numpy() == pytest.approx([1.0, 0.3], abs=0.1)
    assert found.equality()["p_value"] < 0.001


def test_bands_nest_and_do_not_depend_on_units(data):
    found = cl.LocalProjections(data["power"], data["cea"], horizon=10, lags=1).fit()
    point, joint = found.band("pointwise"), found.band("sup-t")
    assert (joint["lower"] < point["lower"]).all() and (joint["upper"] > point["upper"]).all()
    bonferroni = stats.norm.ppf(1 - 0.025 / 11)
    half = (joint["upper"] - joint["estimate"]).to_numpy() / found.std_errors.to_numpy()
    assert half == pytest.approx(half[0]) and 1.96 < half[0] < bonferroni + 0.03
    scaled = cl.LocalProjections(1000 * data["power"], data["cea"], horizon=10, lags=1).fit()
    np.testing.assert_allclose(scaled.band("sup-t")["upper"], 1000 * joint["upper"], rtol=1e-7)
    first = found.refit(bands=("sup-t", "pointwise")).tidy()
    np.testing.assert_array_equal(first["upper"], joint["upper"])


def test_covariances_between_horizons_are_those_of_the_scores(data):
    frame = data[["power", "cea"]]
    found = cl.LocalProjections(frame["power"], frame["cea"], horizon=2, lags=1).fit()
    parts = []
    for h in range(3):
        model = by_hand(frame, h, 2)
        fit = model.fit()
        scores = (model.exog * fit.resid.to_numpy()[:, None]) @ fit.normalized_cov_params
        scale = np.sqrt(fit.nobs / fit.df_resid)
        parts.append(scale * pd.Series(scores.to_numpy()[:, 1], fit.resid.index))
    psi = pd.concat(parts, axis=1).fillna(0)
    np.testing.assert_allclose(found.cov, psi.T @ psi, rtol=1e-7)


def test_missing_values_cost_rows_and_are_not_filled(data):
    power = data["power"].copy()
    power.iloc[100] = np.nan
    before = power.copy()
    found = cl.LocalProjections(power, data["cea"], horizon=2, lags=0).fit()
    pd.testing.assert_series_equal(power, before)
    # One lag is used: lost are the first row, the gap as response and as lag, and the end.
    assert found.rows[0].tolist() == [600 - 1 - 2, 600 - 1 - 2 - 1, 600 - 1 - 2 - 2]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"horizon": -1}, "horizon=-1"),
        ({"lags": 1.5}, "lags=1.5"),
        ({"shock_lags": -1}, "shock_lags=-1"),
        ({"cumulative": "sum"}, "cumulative"),
        ({"inference": "iid"}, "lag_augmented"),
        ({"bandwidth": 4}, "has no use"),
        ({"bands": ()}, "empty"),
        ({"bands": "scheffe"}, "bands"),
        ({"current": ("gas",)}, "which is no control"),
        ({"trend": "n"}, "trend"),
        ({"state": 3}, "not a Series"),
    ],
)
def test_refuses_what_it_cannot_do(data, change, words):
    with pytest.raises(cl.SpecificationError, match=words):
        cl.LocalProjections(data["power"], data["cea"], **change).fit()


def test_refuses_a_state_that_is_not_one(data):
    with pytest.raises(cl.SpecificationError, match="other than 0 and 1"):
        cl.LocalProjections(data["power"], data["cea"], state=data["gas"]).fit()
    short = (data["gas"] > 0).iloc[5:]
    with pytest.raises(cl.SpecificationError, match="no value on 5 dates"):
        cl.LocalProjections(data["power"], data["cea"], state=short).fit()


def test_refuses_collinear_terms_and_short_samples_by_name(data):
    twice = data[["gas"]].assign(same=2 * data["gas"])
    with pytest.raises(cl.SpecificationError, match=r"same\.L1"):
        cl.LocalProjections(data["power"], data["cea"], twice, horizon=2).fit()
    flat = pd.Series(0.0, data.index, name="flat")
    with pytest.raises(cl.SpecificationError, match="flat"):
        cl.LocalProjections(data["power"], data["cea"], instrument=flat, lags=0).fit()
    short = data.iloc[:60]
    with pytest.raises(cl.TooFewObservationsError, match="31 rows and 12 coefficients.*needs 40"):
        cl.LocalProjections(short["power"], short["cea"]).fit()


def with_events(seed, events=10, n=600, tail=None, loud=1.0):
    """News on few days moves carbon; a common factor, and power's own, are `loud` on them."""
    rng = np.random.default_rng(seed)
    places = rng.choice(np.arange(20, n - 20), events, replace=False)
    news, common, own = np.zeros(n), rng.normal(size=n), rng.normal(size=n)
    news[places] = 3 * (rng.normal(size=events) if tail is None else rng.standard_t(tail, events))
    common[places] *= loud
    own[places] *= loud
    cea = news + common
    columns = {"power": 0.6 * cea + common + own, "cea": cea, "news": news}
    return pd.DataFrame(columns, pd.bdate_range("2020-01-01", periods=n))


def by_events(frame, **changes):
    settings = {"horizon": 3, "lags": 2, "cumulative": "ratio", "instrument": frame["news"]}
    settings |= changes
    return cl.LocalProjections(frame["power"], frame["cea"], **settings).fit()


def test_few_events_have_the_covariance_of_their_blocks():
    frame = with_events(1)
    found = by_events(frame, horizon=1, lags=0)
    assert found.spec["inference"] == "events" and found.spec["instrument_moves"] == 10
    rows = frame.iloc[:-1]
    sums = frame["power"].to_numpy()[:-1] + frame["power"].to_numpy()[1:]
    z = (rows["news"] - rows["news"].mean()).to_numpy()
    error = sums - sums.mean()
    error -= z * (z @ error) / (z @ z)
    places = np.flatnonzero(rows["news"])
    members = np.zeros(len(rows), int)
    for a, b in zip(places[:-1], places[1:], strict=True):
        members[(a + b) // 2 + 1 :] += b - a > 1
    weight = np.bincount(members, z * z) / (z @ z)
    scores = np.bincount(members, z * error) / np.sqrt(1 - weight)
    variance = (scores @ scores) / (z @ z) ** 2 * len(z) / (len(z) - 2)
    assert found.ratios[1].var_numerator == pytest.approx(variance, rel=1e-9)
    assert np.allclose(found.tidy()["std_error"], [r.std_error for r in found.ratios])
    ends, ratio = found.band("pointwise").iloc[1], found.ratios[1]
    assert ratio.p_value(ends["lower"]) == pytest.approx(0.05, rel=1e-6)
    wide = found.band("sup-t").iloc[1]
    assert wide["lower"] < ends["lower"]
    tests = found.diagnostics()
    assert "Bonferroni" in tests["reference"].iloc[0]
    first = tests[tests["test"].str.startswith("First stage")].iloc[0]
    weakest = min(found.ratios, key=lambda r: r.denominator**2 / r.var_denominator)
    t = weakest.denominator / np.sqrt(weakest.var_denominator)
    assert first["p_value"] == pytest.approx(2 * stats.t(weakest.df).sf(abs(t)), rel=1e-8)


def test_inference_asked_for_is_kept_and_events_need_an_instrument():
    frame = with_events(1)
    assert by_events(frame, inference="hac").spec["inference"] == "hac"
    assert by_events(with_events(1, events=40)).spec["inference"] == "hac"
    assert by_events(with_events(1, events=40), inference="events").few
    with pytest.raises(cl.SpecificationError, match="without an instrument"):
        by_events(frame, instrument=None, inference="events")
    frame["news"] = np.where(np.arange(600) // 3 == 100, frame["cea"], 0.0)
    with pytest.raises(cl.TooFewObservationsError, match="one event at horizon 1"):
        by_events(frame)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "horizon"),
    [({}, 3), ({"tail": 3}, 3), ({"loud": 2.0}, 3), ({"events": 20}, 5), ({"events": 5}, 0)],
)
def test_coverage_with_few_events(changes, horizon):
    """In 300 runs: events 0.973, 0.967, 0.977 with ten events; Newey–West 0.83 throughout."""
    runs, hits = 1000, {"events": 0, "hac": 0}
    for seed in range(runs):
        frame = with_events(seed, **changes)
        for inference in hits:
            found = by_events(frame, horizon=horizon, inference=inference)
            hits[inference] += 0.6 in found.ratios[-1].confidence_set()
    print(changes, {k: v / runs for k, v in hits.items()})
    assert 0.93 <= hits["events"] / runs <= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("persistence", [0.5, 0.95])
def test_coverage_of_lag_augmented_bands(persistence):
    coefs = np.array([[persistence, 0.0], [0.3, persistence]])
    truth = true_response(12, coefs)
    runs, hits = 600, {"pointwise": np.zeros(13), "sup-t": 0}
    for seed in range(runs):
        frame = cl.simulate.var(400, coefs, SIGMA, names=("cea", "power"), rng=seed)
        found = cl.LocalProjections(frame["power"], frame["cea"], horizon=12, lags=1).fit()
        for kind in hits:
            ends = found.band(kind)
            inside = (ends["lower"] <= truth) & (truth <= ends["upper"])
            hits[kind] += inside.to_numpy() if kind == "pointwise" else inside.all()
    print(persistence, {k: np.round(v / runs, 3) for k, v in hits.items()})
    # The simulation's own standard error is 0.009.
    assert (hits["pointwise"] / runs > 0.87).all()
    assert hits["sup-t"] / runs > 0.86


@pytest.mark.slow
def test_coverage_of_anderson_rubin_sets_with_a_weak_instrument():
    runs, hits = 1000, 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        shared, noise = rng.normal(size=(2, 300))
        z = rng.normal(size=300)
        shock = 0.08 * z + shared + rng.normal(size=300)
        frame = pd.DataFrame({"power": 0.7 * shock + 2 * shared + noise, "cea": shock, "z": z})
        found = cl.LocalProjections(
            frame["power"], frame["cea"], instrument=frame["z"], horizon=0, lags=0
        ).fit()
        hits += found.ratios[0].p_value(0.7) > 0.05
    print(hits / runs)
    assert 0.93 <= hits / runs <= 0.97
