"""The TVP-VAR: the reference, no look-ahead, invariances, every choice, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import DataError, SpecificationError, TooFewObservationsError

REFERENCE = Path(__file__).parents[1] / "reference" / "tvpvar_lag1_k0.99_0.99_dy2012.json"
PEER = "connectedness_approach"


@pytest.fixture(scope="module")
def data():
    return cl.simulate.var(260, rng=3) + [5.0, -2.0, 0.1]


@pytest.mark.reference
def test_equals_the_reference(reference_inputs):
    """Coefficients and covariances of ConnectednessApproach 1.0.4 with its uninformative prior."""
    reference = json.loads(REFERENCE.read_text())
    frame = pd.read_csv(reference_inputs / "dy2012.csv", index_col=0, parse_dates=True)
    fitted = cl.TVPVAR(frame, lags=1, compat=PEER).fit()
    assert len(fitted.coefs) == reference["n"] == fitted.sample.nobs
    for place, name in ((-1, "last"), (199, "200")):
        np.testing.assert_allclose(fitted.coefs[place, 0], reference[f"B_{name}"], atol=1e-9)
        np.testing.assert_allclose(fitted.sigma[place], reference[f"Q_{name}"], atol=1e-9)
    np.testing.assert_allclose(
        fitted.params.to_numpy().reshape(4, 4), reference["B_last"], atol=1e-9
    )


@pytest.mark.parametrize("prior", ["uninformative", "minnesota", "training"])
@pytest.mark.parametrize("stability", ["previous", "project"])
def test_an_estimate_knows_nothing_of_later_days(data, prior, stability):
    options = {"prior": prior, "stability": stability, "lags": 2}
    whole = cl.TVPVAR(data, **options).fit()
    part = cl.TVPVAR(data.iloc[:170], **options).fit()
    n = len(part.coefs)
    assert n == 170 - 60
    np.testing.assert_array_equal(whole.coefs[:n], part.coefs)
    np.testing.assert_array_equal(whole.sigma[:n], part.sigma)
    assert not any("look ahead" in note for note in whole.notes)
    changed = data.copy()
    changed.iloc[200:] *= 3
    again = cl.TVPVAR(changed, **options).fit()
    np.testing.assert_array_equal(again.coefs[:140], whole.coefs[:140])


def test_what_looks_ahead_says_so(data):
    for options in ({"compat": PEER}, {"demean": "sample"}, {"begin": "first row"}):
        fitted = cl.TVPVAR(data, **options).fit()
        assert "Estimates look ahead" in fitted.notes[0]
    later = data.copy()
    later.iloc[200:] += 1
    first, second = (cl.TVPVAR(d, compat=PEER).fit().coefs[50] for d in (data, later))
    assert np.abs(first - second).max() > 1e-4


@pytest.mark.parametrize("prior", ["uninformative", "minnesota", "training"])
def test_units_and_levels_of_the_columns_do_not_matter(data, prior):
    size, shift = np.array([1e3, 0.01, 7.0]), np.array([40.0, -3.0, 1e3])
    fitted = cl.TVPVAR(data, lags=2, prior=prior).fit()
    moved = cl.TVPVAR(data * size + shift, lags=2, prior=prior).fit()
    np.testing.assert_allclose(
        moved.coefs, fitted.coefs * size[:, None] / size, rtol=1e-6, atol=1e-10
    )
    np.testing.assert_allclose(moved.sigma, fitted.sigma * np.outer(size, size), rtol=1e-6)
    assert moved.loglik == pytest.approx(fitted.loglik - 200 * np.log(size).sum(), abs=1e-4)
    slopes = fitted.params.index.str.contains(" L")
    ratio = moved.pvalues[slopes] / fitted.pvalues[slopes]
    np.testing.assert_allclose(ratio, 1, rtol=1e-4)


def test_order_of_the_columns_does_not_matter(data):
    turn = ["guangdong", "cea", "hubei"]
    fitted, turned = (cl.TVPVAR(d, lags=2).fit() for d in (data, data[turn]))
    pd.testing.assert_series_equal(turned.params[fitted.params.index], fitted.params)
    pd.testing.assert_frame_equal(turned.intercept[list(data.columns)], fitted.intercept)


def test_the_equation_holds_in_the_units_of_the_data(data):
    for options in ({}, {"intercept": False}, {"demean": "none", "standardise": False}):
        fitted = cl.TVPVAR(data, lags=2, **options).fit()
        values, rows = data.to_numpy(), fitted.rows
        t = 50
        before = fitted.intercept.iloc[t - 1] + sum(
            fitted.coefs[t - 1, lag] @ values[rows[t] - lag - 1] for lag in range(2)
        )
        np.testing.assert_allclose(values[rows[t]] - before, fitted.resid.iloc[t], atol=1e-9)
    labelled = cl.TVPVAR(data, lags=2).fit()
    assert labelled.params["hubei ← cea L2"] == pytest.approx(labelled.coefs[-1, 1, 1, 0])
    assert labelled.params["hubei ← const"] == pytest.approx(labelled.intercept["hubei"].iloc[-1])


def test_with_nothing_forgotten_it_comes_to_the_fixed_var():
    data = cl.simulate.var(3000, rng=2)
    fitted = cl.TVPVAR(data, forgetting=(1.0, 0.999), prior_variance=100.0).fit()
    fixed = cl.VAR(data, lags=1).fit()
    np.testing.assert_allclose(fitted.coefs[-1], fixed.coefs, atol=0.02)
    errors = fitted.std_errors.to_numpy() / fixed.std_errors.to_numpy()
    np.testing.assert_allclose(errors, 1, atol=0.1)


def test_follows_coefficients_that_change():
    first, second = ([[0.2, 0.6], [0.0, 0.2]], [[0.2, 0.0], [0.6, 0.2]])
    parts = [
        cl.simulate.var(1500, coefs=coefs, sigma=np.eye(2), names="ab", rng=seed)
        for seed, coefs in enumerate((first, second))
    ]
    joined = pd.concat(parts).set_axis(pd.bdate_range("2010-01-01", periods=3000))
    fitted = cl.TVPVAR(joined, forgetting=(0.98, 0.98)).fit()
    for truth, rows in ((first, slice(300, 1500)), (second, slice(1800, 3000))):
        inside = (fitted.rows >= rows.start) & (fitted.rows < rows.stop)
        np.testing.assert_allclose(fitted.coefs[inside, 0].mean(axis=0), truth, atol=0.08)


def test_missing_rows_are_neither_filled_nor_used(data):
    holed = data.copy()
    holed.iloc[120, 0] = np.nan
    holed.iloc[150:155] = np.nan
    fitted = cl.TVPVAR(holed, lags=2).fit()
    absent = {120, 121, 122, *range(150, 157)}
    assert set(fitted.rows) == set(range(60, 260)) - absent
    assert dict(fitted.sample.dropped) == {
        "rows with a missing value": 6,
        "rows without complete lags": 6,
        "rows of the training window": 58,
    }
    dropped = sum(n for _, n in fitted.sample.dropped)
    assert fitted.sample.nobs + dropped == len(holed)
    np.testing.assert_array_equal(fitted.coefs[:60], cl.TVPVAR(data, lags=2).fit().coefs[:60])


def test_compat_is_a_set_of_defaults():
    data = cl.simulate.var(200, rng=4)
    peer = cl.TVPVAR(data, lags=2, compat=PEER).fit()
    written = cl.TVPVAR(
        data, lags=2, training_window="all", begin="first row", warm_up=0.1, intercept=False,
        demean="sample", standardise=False, stability="shrink", prior_variance=4.0,
    ).fit()  # fmt: skip
    np.testing.assert_array_equal(peer.coefs, written.coefs)
    assert {**peer.spec, "compat": None} == written.spec
    other = cl.TVPVAR(data, lags=2, compat=PEER, intercept=True).fit()
    assert other.spec["intercept"] is True and "cea ← const" in other.params
    trained = cl.TVPVAR(data, prior="training", compat=PEER, training_window=100).fit()
    assert trained.spec["prior_scale"] == "unit" and trained.spec["prior_variance"] == 1.0
    assert len(trained.coefs) == 200 and trained.spec["training rows"] == 100
    start = cl.VAR(data.iloc[:100], lags=1).fit()
    np.testing.assert_allclose(trained.coefs[0], start.coefs, atol=1e-12)
    np.testing.assert_allclose(trained.sigma[0], start.sigma, atol=1e-12)


CHOICES = [
    {"forgetting": (0.98, 0.99)},
    {"forgetting": (0.99, 0.96)},
    {"prior": "minnesota"},
    {"prior": "training"},
    {"prior_variance": 1.0},
    {"training_window": 100},
    {"begin": "first row"},
    {"intercept": False},
    {"demean": "sample"},
    {"demean": "none"},
    {"standardise": False},
    {"compat": PEER},
]


@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_every_choice_is_printed_and_moves_the_estimates(data, choice):
    plain, other = cl.TVPVAR(data).fit(), cl.TVPVAR(data, **choice).fit()
    assert np.abs(plain.coefs[-1] - other.coefs[-1]).max() > 1e-6
    assert all(other.spec[name] == value for name, value in choice.items())
    assert all(f"{name}:" in str(other.summary()) for name in choice)


def test_stability_rules_differ_where_updates_explode():
    steps = np.random.default_rng(0).standard_normal((300, 2)).cumsum(axis=0)
    data = pd.DataFrame(steps, columns=["a", "b"])
    fits = {
        rule: cl.TVPVAR(data, stability=rule).fit()
        for rule in ("previous", "project", "shrink", "none")
    }
    assert all(f.explosive.any() and "explosive on" in " ".join(f.notes) for f in fits.values())
    assert fits["none"].roots.max() > 1
    for rule in ("previous", "project", "shrink"):
        assert fits[rule].roots.max() <= 1 + 1e-12
    last = [f.coefs[-1].ravel() for f in fits.values()]
    assert all(np.abs(a - b).max() > 1e-9 for i, a in enumerate(last) for b in last[:i])
    held = fits["previous"]
    day = np.flatnonzero(held.explosive)[-1]
    np.testing.assert_array_equal(held.coefs[day], held.coefs[day - 1])


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"lags": 0}, "lags=0"),
        ({"lags": "bic"}, "whole number"),
        ({"forgetting": 0.99}, "no pair"),
        ({"forgetting": (0.99, 1.2)}, "no pair"),
        ({"forgetting": (0.0, 0.99)}, "no pair"),
        ({"prior": "flat"}, "prior='flat'"),
        ({"prior_variance": -1.0}, "no variance"),
        ({"prior_scale": "unit"}, "prior_scale= has no meaning"),
        ({"training_window": 1}, "whole number"),
        ({"training_window": "all"}, "no row after training"),
        ({"warm_up": 0.1}, "warm_up= has no meaning"),
        ({"begin": "first row", "warm_up": -1}, "no share"),
        ({"begin": "now"}, "begin='now'"),
        ({"demean": "mean"}, "demean='mean'"),
        ({"intercept": "yes"}, "intercept='yes'"),
        ({"stability": "reject"}, "stability='reject'"),
        ({"compat": "statsmodels"}, "compat='statsmodels'"),
    ],
    ids=str,
)
def test_wrong_arguments_are_refused(data, arguments, match):
    with pytest.raises(SpecificationError, match=match):
        cl.TVPVAR(data, **arguments).fit()


def test_samples_that_are_too_short_are_refused(data):
    with pytest.raises(TooFewObservationsError, match="need 99"):
        cl.TVPVAR(data.iloc[:99]).fit()
    assert cl.TVPVAR(data.iloc[:100]).fit().sample.nobs == 40
    with pytest.raises(TooFewObservationsError, match="training_window=8 or more"):
        cl.TVPVAR(data, training_window=7).fit()
    with pytest.raises(TooFewObservationsError):
        cl.TVPVAR(data.iloc[:30], compat=PEER).fit()


def test_columns_without_their_own_movement_are_refused(data):
    with pytest.raises(DataError, match="copy"):
        cl.TVPVAR(data.assign(copy=2 * data["cea"] - data["hubei"])).fit()
    with pytest.raises(DataError, match="do not move in flat"):
        cl.TVPVAR(data.assign(flat=1.0)).fit()
    late = data.copy()
    late.iloc[:80, 1] = 3.0
    with pytest.raises(DataError, match="hubei does not move in the training window"):
        cl.TVPVAR(late).fit()
    assert cl.TVPVAR(late.iloc[60:]).fit().sample.nobs == 140
    with pytest.raises(DataError, match="at least two columns"):
        cl.TVPVAR(data[["cea"]])
    with pytest.raises(DataError, match="no value of cea"):
        cl.TVPVAR(data.assign(cea=np.nan))
    holed = data.copy()
    holed.iloc[100, 0] = np.nan
    with pytest.raises(DataError, match="1 rows with a missing value"):
        cl.TVPVAR(holed, compat=PEER).fit()


def test_an_explosive_training_window_is_refused_or_kept():
    growing = cl.simulate.var(200, rng=6)
    growing["cea"] += 1.1 ** np.arange(200)
    with pytest.raises(DataError, match="training window is explosive"):
        cl.TVPVAR(growing, prior="training").fit()
    kept = cl.TVPVAR(growing, prior="training", stability="none").fit()
    assert kept.roots.iloc[0] > 1
    assert cl.TVPVAR(growing).fit().roots.max() <= 1


def test_a_filter_without_an_inverse_names_the_day(data):
    still = data.copy()
    still.iloc[100:] = still.iloc[100].to_numpy()
    with pytest.raises(DataError, match=r"The filter stops on 20\d\d-"):
        cl.TVPVAR(still, forgetting=(0.5, 0.02)).fit()


def test_refit_changes_one_choice(data):
    fitted = cl.TVPVAR(data).fit()
    again = fitted.refit(forgetting=(0.96, 0.96))
    assert again.spec["forgetting"] == (0.96, 0.96) and again.spec["prior"] == "uninformative"
    direct = cl.TVPVAR(data, forgetting=(0.96, 0.96)).fit()
    np.testing.assert_array_equal(again.coefs, direct.coefs)
    assert np.isnan(fitted.aic) and np.isfinite(fitted.loglik)


def test_the_figure_draws_one_line_a_series(data):
    import matplotlib.pyplot as plt

    fitted = cl.TVPVAR(data).fit()
    ax = fitted.plot()
    assert [t.get_text() for t in ax.get_legend().get_texts()] == list(data.columns)
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), fitted.coefs[:, 0, 1, 1])
    plt.close(ax.figure)


def test_levels_are_named_with_their_test():
    walk = cl.simulate.var(300, rng=1).cumsum()
    fitted = cl.TVPVAR(walk, lags=1).fit()
    assert any("No sign that these are stationary: cea (ADF" in note for note in fitted.notes)
    quiet = cl.TVPVAR(cl.simulate.var(300, rng=1), lags=1).fit()
    assert not any("stationary" in note for note in quiet.notes)
