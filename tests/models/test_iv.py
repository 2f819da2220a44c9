"""Instrumental variables against printed numbers, closed forms and a known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import carbonlink as cl
from carbonlink.errors import DataError, SpecificationError, TooFewObservationsError
from carbonlink.inference.bands import Ratio
from carbonlink.inference.few_clusters import few_clusters


def market(n=600, seed=11):
    """Hourly prices whose marginal intensity moves with demand, the allowance price by day."""
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(n // 6), 6)
    hour = np.tile(np.arange(6), n // 6)
    allowance = 60 + np.cumsum(rng.normal(0, 1.0, n // 6))[day]
    common = rng.normal(0, 1, n) + rng.normal(0, 0.7, n // 6)[day]
    intensity = 0.8 + 0.1 * (hour == 3) + 0.05 * common
    cost = allowance * intensity
    load = rng.normal(0, 1, n)
    power = 200 + 0.7 * cost + 4 * common + 3 * load + 5 * hour + rng.normal(0, 3, n)
    columns = {"power": power, "cost": cost, "allowance": allowance}
    columns["second"] = allowance**2 / 100 + rng.normal(0, 1, n)
    return pd.DataFrame({**columns, "load": load, "day": day, "hour": hour, "month": day // 25})


def fitted(frame, instruments=("allowance",), clusters=True, **changes):
    arguments = {
        "controls": frame[["load"]],
        "absorb": frame[["hour", "month"]],
        "clusters": frame["day"] if clusters else None,
    }
    arguments |= changes
    return cl.IV(frame["power"], frame["cost"], frame[list(instruments)], **arguments).fit()


# linearmodels 7.0, IV2SLS with dummies for hour and month, debiased=True.
@pytest.mark.parametrize(
    ("instruments", "clusters", "estimate", "error"),
    [
        (("allowance",), False, 0.9618284072457755, 0.17498348589952856),
        (("allowance",), True, 0.9618284072457755, 0.23115132019952295),
        (("allowance", "second"), False, 0.9739614541467745, 0.17420565136528046),
        (("allowance", "second"), True, 0.9739614541467745, 0.23104334541732113),
    ],
)
def test_linearmodels_numbers(instruments, clusters, estimate, error):
    fit = fitted(market(), instruments, clusters)
    assert fit.estimate == pytest.approx(estimate, rel=1e-9)
    assert fit.std_error == pytest.approx(error, rel=1e-9)


def test_the_cause_as_its_own_instrument_is_least_squares():
    frame = market()
    fit = fitted(frame, ("cost",), clusters=False, absorb=None, controls=frame[["load"]])
    design = np.column_stack([frame["cost"], frame["load"], np.ones(len(frame))])
    plain = np.linalg.lstsq(design, frame["power"], rcond=None)[0]
    assert fit.estimate == pytest.approx(plain[0], rel=1e-10)
    note = fit.diagnostics().set_index("test").loc["control function", "note"]
    assert "own instrument" in note


def test_one_instrument_has_the_critical_value_of_23_1():
    assert fitted(market()).critical_f == pytest.approx(23.1, abs=0.05)


def test_the_effective_f_of_one_instrument_is_the_robust_f():
    fit = fitted(market())
    first, variance = fit.stages.first[0], fit.variances[1][0, 0]
    assert fit.effective_f == pytest.approx(first**2 / variance)


def test_the_set_of_one_instrument_is_where_its_test_does_not_reject():
    fit = fitted(market())
    found = fit.confidence_set(0.95)
    for end in (found.lower, found.upper):
        assert fit.p_value(end) == pytest.approx(0.05, abs=1e-8)
    assert fit.p_value(fit.estimate) == pytest.approx(1.0)


def test_the_set_of_several_instruments_ends_where_its_test_rejects():
    fit = fitted(market(), ("allowance", "second"))
    found = fit.confidence_set(0.95)
    assert found.kind == "interval"
    for end in (found.lower, found.upper):
        assert fit.p_value(end) == pytest.approx(0.05, abs=1e-6)


def test_useless_instruments_give_an_unbounded_set():
    frame = market()
    rng = np.random.default_rng(5)
    frame["allowance"] = rng.normal(size=len(frame))
    frame["second"] = rng.normal(size=len(frame))
    for instruments in (("allowance",), ("allowance", "second")):
        fit = fitted(frame, instruments)
        assert fit.weak and fit.confidence_set().kind in ("line", "rays")
    assert "weak" in fit.diagnostics().set_index("test").loc["effective F", "note"]


def test_invariance_to_the_units_of_instrument_and_controls():
    frame = market()
    other = frame.assign(allowance=frame["allowance"] * 1e4, load=frame["load"] / 1e3)
    one, two = fitted(frame), fitted(other)
    assert two.estimate == pytest.approx(one.estimate, rel=1e-9)
    assert two.confidence_set().lower == pytest.approx(one.confidence_set().lower, rel=1e-7)


def test_least_squares_is_biased_where_iv_is_not():
    estimates = [
        [fitted(market(1200, seed), (name,)).estimate for name in ("cost", "allowance")]
        for seed in range(20)
    ]
    plain, by_instrument = np.mean(estimates, axis=0)
    spread = np.std([e[1] for e in estimates]) / np.sqrt(20)
    assert abs(by_instrument - 0.7) < 4 * spread
    assert plain - 0.7 > 0.5


@pytest.mark.slow
def test_the_anderson_rubin_set_covers():
    hits = [0.7 in fitted(market(1200, seed)).confidence_set(0.95) for seed in range(1000)]
    assert 0.92 <= np.mean(hits) <= 0.97


@pytest.mark.parametrize("cov", ["robust", "cluster", "hac"])
def test_endogeneity_is_tested_as_robustly_as_the_effect(cov):
    frame = market()
    model = cl.IV(frame["power"], frame["cost"], frame["allowance"], clusters=frame["day"])
    fit = model.fit(cov=cov, **({"bandwidth": 5} if cov == "hac" else {}))
    found = fit.diagnostics().set_index("test").loc["control function"]
    first = sm.OLS(frame["cost"], sm.add_constant(frame["allowance"])).fit()
    design = sm.add_constant(frame[["cost"]].assign(error=first.resid))
    kinds = {
        "robust": ("HC1", {}),
        "cluster": ("cluster", {"groups": frame["day"]}),
        "hac": ("HAC", {"maxlags": 5, "use_correction": True}),
    }
    name, options = kinds[cov]
    own = sm.OLS(frame["power"], design).fit(cov_type=name, cov_kwds=options)
    assert found["statistic"] == pytest.approx(own.tvalues["error"], rel=1e-8)


def test_an_instrument_that_moves_in_few_clusters_has_their_inference():
    frame = market()
    frame["allowance"] = frame["allowance"].where(frame["day"] % 10 == 3, 60.0)
    fit = fitted(frame, absorb=frame[["hour"]])
    assert "10 with a move; CR2" in fit.spec["cov"] and 1 < fit.df < 9
    assert "moves in 10 clusters" in fit.notes[0]
    assert fit.ratio.df == fit.df
    scale, _ = few_clusters(fit.stages.instruments[:, 0], fit.members)
    sums = np.bincount(fit.members, fit.stages.scores_reduced[:, 0]) * scale
    assert fit.variances[0][0, 0] == pytest.approx(sums @ sums, rel=1e-10)
    frame["allowance"] = frame["allowance"].where(frame["day"] == 3, 60.0)
    with pytest.raises(TooFewObservationsError, match="moves in one cluster only"):
        fitted(frame, absorb=None)


def test_refusals():
    frame = market()
    by_day = frame.assign(cost=frame["allowance"])
    with pytest.raises(SpecificationError, match="cost does not vary"):
        fitted(by_day, absorb=frame[["day"]])
    with pytest.raises(TooFewObservationsError, match="are needed"):
        fitted(frame, absorb=frame.assign(row=np.arange(len(frame)))[["row"]])
    with pytest.raises(SpecificationError, match="independent columns"):
        fitted(frame.assign(second=2 * frame["allowance"]), ("allowance", "second"))
    with pytest.raises(TooFewObservationsError, match="one cluster"):
        fitted(frame.assign(day=1))
    with pytest.raises(SpecificationError, match="needs clusters"):
        cl.IV(frame["power"], frame["cost"], frame["allowance"]).fit(cov="cluster")
    with pytest.raises(DataError, match="does not have the rows"):
        cl.IV(frame["power"], frame["cost"][1:], frame["allowance"]).fit()
    with pytest.raises(SpecificationError, match="no single ratio"):
        _ = fitted(frame, ("allowance", "second")).ratio
    few = fitted(frame, clusters=True, absorb=frame[["hour"]])
    assert not few.notes
    assert "clusters" in fitted(frame.assign(day=frame["month"])).notes[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cov": "hac", "bandwidth": -1}, "bandwidth=-1"),
        ({"cov": "robust", "bandwidth": 4}, "has no use with cov='robust'"),
        ({"cov": "robust", "bandwidth": "parzen"}, "bandwidth"),
    ],
)
def test_a_bandwidth_that_would_be_ignored_is_refused(changes, words):
    frame = market()
    model = cl.IV(frame["power"], frame["cost"], frame["allowance"])
    with pytest.raises(SpecificationError, match=words):
        model.fit(**changes)


def few_moves(seed, clusters=12, moved=12, size=20):
    """An allowance that moves in some weeks; errors are common within a week."""
    rng = np.random.default_rng(seed)
    week = np.repeat(np.arange(clusters), size)
    step = np.where(np.arange(clusters) < moved, rng.normal(0, 8, clusters), 0.0)
    common = rng.normal(0, 1, clusters)[week] + rng.normal(0, 1, len(week))
    allowance = 60 + step[week] + (step[week] != 0) * rng.normal(0, 2, len(week))
    cost = 0.8 * allowance + 2 * common
    power = 200 + 0.7 * cost + 4 * common + rng.normal(0, 3, len(week))
    columns = {"power": power, "cost": cost, "allowance": allowance, "week": week}
    return pd.DataFrame(columns)


@pytest.mark.slow
@pytest.mark.parametrize(("clusters", "moved"), [(12, 12), (60, 8)])
def test_sets_of_few_clusters_cover(clusters, moved):
    """In 1,000 runs: 0.971 of 12 clusters, 0.960 with 8 of 60 moved; usual ones 0.918 and 0.836."""
    runs, hits = 1000, {"few": 0, "usual": 0}
    for seed in range(runs):
        frame = few_moves(seed, clusters, moved)
        model = cl.IV(frame["power"], frame["cost"], frame["allowance"], clusters=frame["week"])
        fit = model.fit()
        hits["few"] += 0.7 in fit.confidence_set()
        hits["usual"] += 0.7 in usual(fit).confidence_set()
    print(clusters, moved, {k: v / runs for k, v in hits.items()})
    assert 0.92 <= hits["few"] / runs <= 0.99


def usual(fit):
    """The ratio with the covariance of many clusters."""
    stages, count = fit.stages, fit.members.max() + 1
    sums = [np.bincount(fit.members, s[:, 0]) for s in (stages.scores_reduced, stages.scores_first)]
    rows = len(fit.members)
    meat = count / (count - 1) * (rows - 1) / (rows - stages.lost - 1) * np.cov(sums, bias=True)
    own, cross, between = meat[0, 0] * count, meat[0, 1] * count, meat[1, 1] * count
    reduced, first = stages.reduced[0], stages.first[0]
    return Ratio(reduced, first, own, between, cross, float(count - 1))
