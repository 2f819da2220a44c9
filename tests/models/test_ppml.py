"""Poisson pseudo-maximum likelihood: against statsmodels, closed forms, invariance, bad input."""

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.models.ppml import PPML


def sample(n=600, seed=0, zeros=0.3):
    draws = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "market": draws.integers(0, 9, n),
            "month": draws.integers(0, 12, n),
            "weekday": draws.integers(0, 5, n),
            "a": draws.normal(size=n),
            "b": draws.normal(size=n),
        }
    )
    mean = np.exp(1 + 0.3 * frame["market"] - 0.05 * frame["month"] + 0.5 * frame["a"])
    frame["y"] = mean * np.exp(draws.normal(size=n)) * (draws.random(n) > zeros)
    return frame


def fitted(frame, absorb=("market", "month", "weekday"), **given):
    return PPML(frame["y"], frame[["a", "b"]], frame[list(absorb)], frame["market"], **given).fit()


def by_statsmodels(frame, offset=None):
    import statsmodels.api as sm

    dummies = pd.get_dummies(
        frame[["market", "month", "weekday"]].astype("category"), drop_first=True, dtype=float
    )
    x = sm.add_constant(pd.concat([frame[["a", "b"]], dummies], axis=1))
    model = sm.GLM(frame["y"], x, family=sm.families.Poisson(), offset=offset)
    return model.fit(
        tol=1e-12, cov_type="cluster", cov_kwds={"groups": frame["market"], "use_correction": False}
    )


@pytest.mark.parametrize("with_offset", [False, True])
def test_estimates_are_those_of_explicit_dummies(with_offset):
    frame = sample()
    offset = (0.3 * frame["b"] ** 2).rename("size") if with_offset else None
    own, other = fitted(frame, offset=offset), by_statsmodels(frame, offset)
    np.testing.assert_allclose(own.params, other.params[["a", "b"]], rtol=0, atol=1e-8)
    np.testing.assert_allclose(own.fitted_mean, other.mu, rtol=1e-7)
    assert own.deviance == pytest.approx(other.deviance, rel=1e-9)
    errors = np.sqrt(own.factor) * other.bse[["a", "b"]]
    np.testing.assert_allclose(own.std_errors, errors, rtol=1e-6)


def test_the_small_sample_factor_counts_effects_that_cross_clusters():
    frame = sample()
    parameters = 2 + 12 + 5 - 2  # market effects lie within the clusters, which are markets
    assert fitted(frame).factor == pytest.approx(9 / 8 * 599 / (600 - parameters))
    crossed = PPML(frame["y"], frame["a"], frame["month"], frame["market"]).fit()
    assert crossed.factor == pytest.approx(9 / 8 * 599 / (600 - 13))


def test_robust_errors_are_those_of_statsmodels():
    import statsmodels.api as sm

    frame = sample()
    own = PPML(frame["y"], frame[["a", "b"]]).fit()
    x = sm.add_constant(frame[["a", "b"]])
    other = sm.GLM(frame["y"], x, family=sm.families.Poisson()).fit(cov_type="HC0", tol=1e-12)
    np.testing.assert_allclose(own.params, other.params[["a", "b", "const"]], atol=1e-8)
    expected = np.sqrt(600 / 597) * other.bse[["a", "b", "const"]]
    np.testing.assert_allclose(own.std_errors, expected, rtol=1e-6)


def test_one_dummy_and_one_effect_give_the_ratio_of_means():
    frame = sample(zeros=0.5)
    group = pd.Series(1, index=frame.index, name="all")
    inside = (frame["a"] > 0.4).astype(float).rename("inside")
    fit = PPML(frame["y"], inside, group).fit()
    ratio = frame["y"][inside == 1].mean() / frame["y"][inside == 0].mean()
    assert np.exp(fit.params["inside"]) == pytest.approx(ratio, rel=1e-10)


def test_units_do_not_matter():
    frame = sample()
    tonnes, kilograms = fitted(frame), fitted(frame.assign(y=1000 * frame["y"]))
    np.testing.assert_allclose(tonnes.params, kilograms.params, atol=1e-9)
    np.testing.assert_allclose(tonnes.std_errors, kilograms.std_errors, rtol=1e-7)
    scaled = fitted(frame.assign(a=frame["a"] * 1e6))
    assert scaled.params["a"] * 1e6 == pytest.approx(tonnes.params["a"], abs=1e-8)
    order = np.random.default_rng(1).permutation(len(frame))
    np.testing.assert_allclose(fitted(frame.iloc[order]).params, tonnes.params, atol=1e-9)


def test_levels_of_zeros_are_dropped_and_counted():
    frame = sample()
    frame.loc[frame["market"].eq(3), "y"] = 0.0
    fit = fitted(frame)
    count = int(frame["market"].eq(3).sum())
    assert dict(fit.sample.dropped) == {"separated zeros": count}
    assert any(str(count) in note for note in fit.notes)
    rest = fitted(frame[frame["market"].ne(3)])
    np.testing.assert_allclose(fit.params, rest.params, atol=1e-9)


def test_a_regressor_that_marks_zeros_is_separated():
    frame = sample()
    frame["b"] = (frame["y"].eq(0) & (frame["a"] > 0.5)).astype(float)
    fit = fitted(frame)
    assert list(fit.params.index) == ["a"] and any(n.startswith("b:") for n in fit.notes)
    assert fit.sample.nobs == len(frame) - frame["b"].sum()
    rest = frame[frame["b"].eq(0)]
    alone = PPML(rest["y"], rest["a"], rest[["market", "month", "weekday"]]).fit()
    assert fit.params["a"] == pytest.approx(alone.params["a"], abs=1e-9)


def test_separation_over_several_columns_is_found_and_overlap_is_not():
    frame = sample()
    apart = frame["y"].eq(0) & (frame["a"] > 0)
    frame["b"] = np.where(apart, 1.0 + frame["a"], 0.0) + frame["a"]
    fit = fitted(frame)
    assert dict(fit.sample.dropped)["separated zeros"] == apart.sum()
    frame.loc[frame.index[~apart][0], "b"] += 0.5
    frame.loc[frame["y"].gt(0).idxmax(), "b"] += 2.0
    assert not fitted(frame).sample.dropped


def test_missing_rows_are_left_out_and_counted():
    frame = sample()
    holes = frame.copy()
    holes.loc[:9, "a"] = np.nan
    fit = fitted(holes)
    assert dict(fit.sample.dropped) == {"incomplete rows": 10}
    np.testing.assert_allclose(fit.params, fitted(frame.iloc[10:]).params, atol=1e-10)
    assert holes.loc[0, "b"] == frame.loc[0, "b"]


def test_bad_input_is_named():
    frame = sample()
    groups = frame["market"]
    with pytest.raises(cl.DataError, match="negative in 1 rows, the first at 5"):
        PPML(frame["y"].mask(frame.index == 5, -1.0), frame["a"]).fit()
    with pytest.raises(cl.SpecificationError, match="twice"):
        PPML(frame["y"], frame[["a"]].assign(twice=2 * frame["a"]), groups).fit()
    with pytest.raises(cl.SpecificationError, match="level"):
        PPML(frame["y"], (groups * 2.0).rename("level"), groups).fit()
    with pytest.raises(cl.DataError, match="rows of y"):
        PPML(frame["y"], frame["a"].iloc[1:]).fit()
    with pytest.raises(cl.TooFewObservationsError, match="one cluster"):
        PPML(frame["y"], frame["a"], clusters=groups * 0).fit()
    with pytest.raises(cl.SpecificationError, match="clusters="):
        PPML(frame["y"], frame["a"]).fit(cov="cluster")
    with pytest.raises(cl.DataError, match="0 in every"):
        PPML(frame["y"] * 0, frame["a"]).fit()
    with pytest.raises(cl.SpecificationError, match="no clusters"):
        PPML(frame["y"], frame["a"]).fit().score_test("a")


def test_the_score_test_agrees_with_the_t_test_where_clusters_are_many():
    frame = sample(2000, zeros=0.1)
    frame["group"] = np.arange(2000) // 20
    fit = PPML(frame["y"], frame[["a", "b"]], frame["market"], frame["group"]).fit()
    assert fit.score_test("b", draws=1999) == pytest.approx(fit.pvalues["b"], abs=0.05)
    assert fit.score_test("a", draws=999) == pytest.approx(0.001)
    boot = fit.score_bootstrap(1999)
    for j, term in enumerate(fit.params.index):
        low, high = boot.interval(j, 0.95)
        expected = fit.conf_int().loc[term]
        width = expected["upper"] - expected["lower"]
        assert low == pytest.approx(expected["lower"], abs=0.12 * width)
        assert high == pytest.approx(expected["upper"], abs=0.12 * width)


def reset_p_value(frame):
    fit = PPML(frame["y"], frame["a"], frame[["market", "month"]]).fit()
    return fit.diagnostics()["p_value"].iloc[0]


def test_reset_accepts_the_exponential_mean_and_not_another():
    right, wrong = [], []
    for seed in range(60):
        frame = sample(1500, seed, zeros=0.0)
        right.append(reset_p_value(frame))
        wrong.append(reset_p_value(frame.assign(y=frame["y"] * np.exp(0.4 * frame["a"] ** 2))))
    assert np.mean(np.less(right, 0.05)) <= 0.13
    assert np.mean(np.less(wrong, 0.05)) >= 0.8
