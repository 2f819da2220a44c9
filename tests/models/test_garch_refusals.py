"""What a GARCH model says to data and choices it cannot use."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl


@pytest.fixture(scope="module")
def y() -> pd.Series:
    return cl.simulate.garch(
        1500, vol="GJR", alpha=0.06, gamma=0.06, beta=0.88, dist="t", shape=6, mu=0.05, rng=3
    )


@pytest.fixture(scope="module")
def window(y) -> pd.Series:
    return pd.Series((np.arange(len(y)) % 244 > 213).astype(float), y.index, name="window")


def hole(y):
    gap = y.copy()
    gap.iloc[10] = np.nan
    return gap


def level(y):
    return 100 + y.cumsum()


@pytest.mark.parametrize(
    "change, error, words",
    [
        (lambda y: y * 0 + 1, cl.DataError, "constant"),
        (hole, cl.DataError, "missing values: 2015-01-15"),
        (level, cl.DataError, "looks like a price"),
        (lambda y: y.iloc[::-1], cl.DataError, "not in date order"),
        (lambda y: pd.concat([y, y.iloc[-1:]]), cl.DataError, "more than one row"),
        (lambda y: y.iloc[:249], cl.TooFewObservationsError, "needs 250 returns; returns has 249"),
        (lambda y: y.astype(str), cl.DataError, "no numbers"),
    ],
)
def test_refuses_returns_that_cannot_be_used(y, change, error, words):
    with pytest.raises(error, match=words):
        cl.GARCH(change(y)).fit()


@pytest.mark.parametrize(
    "change, error, words",
    [
        (lambda w: w * 0 + 1, cl.SpecificationError, "window is constant"),
        (
            lambda w: pd.DataFrame({"a": w, "b": 2 - w}),
            cl.SpecificationError,
            "regressor b is a comb",
        ),
        (lambda w: w.iloc[3:], cl.DataError, "no row for 3 of the 1500 returns: 2015-01-01"),
        (lambda w: w.where(w.index != w.index[9]), cl.DataError, "missing on 1 dates.*2015-01-14"),
        (
            lambda w: (w.index == w.index[5]) * w.rename("one") ** 0,
            cl.TooFewObservationsError,
            "only 1",
        ),
        (lambda w: w.to_numpy()[:10], cl.DataError, "1500 rows"),
    ],
)
def test_refuses_regressors_that_cannot_be_used(y, window, change, error, words):
    with pytest.raises(error, match=words):
        cl.GARCH(y, variance_x=change(window)).fit()


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"vol": "tarch"}, "'GARCH', 'GJR', 'EGARCH'"),
        ({"dist": "cauchy"}, "'normal', 't'"),
        ({"mean": "har"}, "'constant', 'zero', 'ar'"),
        ({"lags": 2}, "no use with mean"),
        ({"mean": "ar", "lags": 0}, "no number of lags"),
        ({"presample": "backcast"}, "'arch', 'mean', 'fcp'"),
        ({"presample": -1.0}, "no variance"),
        ({"variance_form": "inside"}, "recursion of an EGARCH"),
        ({"persistence_bound": 1.2}, "not in"),
    ],
)
def test_refuses_choices_it_does_not_know(y, arguments, words):
    with pytest.raises(cl.SpecificationError, match=words):
        cl.GARCH(y, **arguments).fit()


def test_few_returns_leave_a_footnote(y):
    fit = cl.GARCH(y.iloc[:200], minimum=150).fit(strict=False)
    assert "Only 200 returns" in fit.notes[0] or "Only 200 returns" in fit.notes[1]
    assert "Only 200 returns" in str(fit.summary())


def test_fractions_and_zeros_are_remarked(y):
    small = cl.GARCH(y / 1000).fit()
    assert any("look like fractions" in n for n in small.notes)
    often = y.where(np.arange(len(y)) % 4 > 0, 0.0)
    assert any("25 % of the returns are exactly zero" in n for n in cl.GARCH(often).fit().notes)


def test_a_failed_search_is_an_error_or_a_star():
    y = cl.simulate.garch(
        500, vol="EGARCH", omega=0, alpha=0.2, gamma=-0.05, beta=0.95, dist="t", shape=5, rng=4
    ).round(0)
    with pytest.raises(cl.ConvergenceError, match="% of the returns are exactly zero"):
        cl.GARCH(y, dist="t").fit()
    starred = cl.GARCH(y, dist="t").fit(strict=False)
    assert str(starred.summary()).startswith("*") and not starred.converged
    assert starred.notes[0].startswith("* No maximum was found")


def test_the_family_is_known_at_once_and_in_either_case():
    y = cl.simulate.garch(300, rng=1)
    assert cl.GARCH(y, vol="egarch").fit().spec["vol"] == "EGARCH"
    with pytest.raises(cl.SpecificationError, match="vol='TARCH'"):
        cl.GARCH(y, vol="tarch")
