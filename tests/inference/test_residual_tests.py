"""Residual tests against statsmodels."""

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats import diagnostic
from statsmodels.stats.stattools import jarque_bera

from carbonlink.inference import residual_tests


@pytest.fixture(scope="module")
def fit():
    rng = np.random.default_rng(5)
    x = sm.add_constant(rng.standard_normal((200, 2)))
    y = x @ [1.0, 0.5, 2.0] + 0.3 * x[:, 1] ** 2 + rng.standard_t(5, 200)
    return sm.OLS(y, x).fit()


def test_breusch_godfrey(fit):
    row = residual_tests.breusch_godfrey(fit.resid, fit.model.exog, 4)
    statistic, p_value, *_ = diagnostic.acorr_breusch_godfrey(fit, nlags=4, result_object=False)
    assert (row["statistic"], row["p_value"]) == pytest.approx((statistic, p_value), rel=1e-9)


def test_arch_lm(fit):
    row = residual_tests.arch_lm(fit.resid, 5)
    statistic, p_value, *_ = diagnostic.het_arch(fit.resid, nlags=5, result_object=False)
    assert (row["statistic"], row["p_value"]) == pytest.approx((statistic, p_value), rel=1e-9)


def test_reset(fit):
    row = residual_tests.reset(fit.model.endog, fit.model.exog, fit.resid)
    peer = diagnostic.linear_reset(fit, power=3, use_f=True)
    assert row["statistic"] == pytest.approx(float(peer.fvalue), rel=1e-6)
    assert row["p_value"] == pytest.approx(float(peer.pvalue), rel=1e-6)


def test_jarque_bera(fit):
    row = residual_tests.jarque_bera(fit.resid)
    assert (row["statistic"], row["p_value"]) == pytest.approx(jarque_bera(fit.resid)[:2], rel=1e-9)
