"""Residual tests of a VAR against statsmodels, and across a gap."""

import numpy as np
import pytest
from statsmodels.stats.diagnostic import het_arch
from statsmodels.tsa.api import VAR
from statsmodels.tsa.stattools import adfuller

from carbonlink.inference import var_tests
from carbonlink.kernels import var


@pytest.fixture(scope="module")
def fitted():
    y = np.random.default_rng(4).standard_t(5, size=(300, 3))
    return y, var.fit(y, 2, var.usable_rows(y, 2))


def test_portmanteau_and_normality_equal_statsmodels(fitted):
    y, fit = fitted
    peer = VAR(y).fit(2)
    ours = var_tests.portmanteau(fit.resid, fit.rows, 2, 12)
    theirs = peer.test_whiteness(12, adjusted=True)
    assert ours["statistic"] == pytest.approx(theirs.test_statistic, rel=1e-10)
    assert ours["p_value"] == pytest.approx(theirs.pvalue, rel=1e-8)
    ours, theirs = var_tests.normality(fit.resid), peer.test_normality()
    assert ours["statistic"] == pytest.approx(theirs.test_statistic, rel=1e-10)


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_arch_and_dickey_fuller_equal_statsmodels(fitted):
    y, fit = fitted
    ours = var_tests.arch_lm(fit.resid[:, 0], fit.rows, 5, "a")
    assert ours["statistic"] == pytest.approx(het_arch(fit.resid[:, 0], nlags=5)[0], rel=1e-10)
    walk = y[:, 1].cumsum()
    theirs = adfuller(walk, maxlag=3, autolag=None)
    ours = var_tests.dickey_fuller(walk, 3)
    assert ours[0] == pytest.approx(theirs[0], rel=1e-10)
    assert ours[1] == pytest.approx(theirs[4]["5%"], rel=1e-10)


def test_pairs_across_a_gap_do_not_count():
    generator = np.random.default_rng(0)
    resid, rows = generator.standard_normal((40, 2)), np.r_[0:20, 25:45]
    given = var_tests.portmanteau(resid, rows, 1, 3)["statistic"]
    inverse = np.linalg.inv(resid.T @ resid / 40)
    expected = 0.0
    for i in (1, 2, 3):
        pairs = [(a, b) for a in range(40) for b in range(40) if rows[a] - rows[b] == i]
        cross = sum(np.outer(resid[a], resid[b]) for a, b in pairs) / 40
        expected += 40**2 / (40 - i) * np.trace(cross.T @ inverse @ cross @ inverse)
    assert given == pytest.approx(expected, rel=1e-12)


def test_a_test_that_does_not_apply_says_so():
    resid, rows = np.ones((9, 2)), np.arange(9)
    assert "needs more than 4 lags" in var_tests.portmanteau(resid, rows, 4, 4)["note"]
    assert "only" in var_tests.arch_lm(resid[:, 0], rows, 5, "a")["note"]
    assert np.isnan(var_tests.dickey_fuller(np.arange(8.0), 3)[0])
