"""The referee's battery: published critical values, arch, size, and what each row says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import carbonlink as cl
from carbonlink.kernels import efficiency
from carbonlink.kernels.garch_checks import ljung_box
from carbonlink.kernels.garch_stability import bridge_p_value, nyblom, pearson


@pytest.fixture(scope="module")
def vol():
    return cl.volatility(cl.simulate.garch(800, rng=1), spec="garch", window=None)


@pytest.mark.parametrize(
    "statistic, dimensions, level",
    [
        (0.34730, 1, 0.10),
        (0.46136, 1, 0.05),
        (0.74346, 1, 0.01),
        (0.748, 2, 0.05),
        (1.00, 3, 0.05),
        (1.24, 4, 0.05),
    ],
)
def test_bridge_critical_values(statistic, dimensions, level):
    """One dimension: Cramér–von Mises to five digits; more: Nyblom's table to its two or three."""
    assert bridge_p_value(statistic, dimensions) == pytest.approx(
        level, abs=5e-6 + 6e-4 * (dimensions > 1)
    )


def test_variance_ratios_are_those_of_arch():
    from arch.unitroot import VarianceRatio

    y = cl.simulate.garch(500, rng=3).to_numpy()
    for q, ours in zip(efficiency.HORIZONS, efficiency.variance_ratios(y), strict=True):
        path = np.concatenate([[0.0], np.cumsum(y)])
        peer = VarianceRatio(path, q, robust=True, debiased=False, overlap=True)
        assert ours == pytest.approx(peer.stat, abs=1e-7)


def test_ljung_box_is_that_of_statsmodels():
    from statsmodels.stats.diagnostic import acorr_ljungbox

    y = cl.simulate.garch(400, rng=4).to_numpy()
    peer = acorr_ljungbox(y, lags=[10])["lb_stat"].iloc[0]
    assert ljung_box(y, 10) == pytest.approx(peer, rel=1e-10)


def test_tests_of_efficiency_keep_their_size_and_have_power():
    rejected = []
    for seed in range(60):
        y = cl.simulate.garch(400, omega=0.1, alpha=0.2, beta=0.7, rng=seed).to_numpy()
        slow = y.copy()
        slow[1:] += 0.35 * y[:-1]
        rows = []
        for series in (y, slow):
            chosen = efficiency.automatic_portmanteau(series)
            pair = efficiency.wild_p_values(series, 99, np.random.default_rng(seed))
            rows.append([stats.chi2.sf(chosen.statistic, 1) <= 0.05, *(p <= 0.05 for p in pair)])
        rejected.append(rows)
    size, power = np.mean(rejected, axis=0)
    assert (size <= 0.15).all() and (power >= 0.8).all()


def test_a_break_in_the_mean_is_instability():
    y = cl.simulate.garch(900, alpha=0.05, beta=0.6, omega=0.5, rng=5)
    calm = nyblom(cl.GARCH(y).fit().estimate)
    y.iloc[450:] += 1.0
    broken = nyblom(cl.GARCH(y).fit().estimate)
    assert (
        bridge_p_value(broken.joint, broken.directions)
        < 0.01
        < bridge_p_value(calm.joint, calm.directions)
    )


def test_pearson_counts_cells():
    uniform = (np.arange(100) + 0.5) / 100
    assert pearson(uniform, 20) == 0
    assert pearson(uniform / 2, 20) == pytest.approx(100)


def test_every_question_of_the_battery_has_a_row(vol):
    rows = vol.diagnostics()
    for words in (
        "Escanciano–Lobato",
        "Ljung–Box, returns",
        "Ljung–Box, squared returns",
        "ARCH-LM (5",
        "ARCH-LM (10",
        "Engle–Ng joint",
        "Nyblom, all",
        "Nyblom–Hansen, alpha",
        "Adjusted Pearson (20",
        "Li–Mak",
        "ADF, log price",
        "Phillips–Perron",
        "KPSS",
        "Lo–MacKinlay",
        "Kim joint",
        "Automatic variance ratio",
    ):
        chosen = rows[rows["test"].str.startswith(words)]
        assert len(chosen) >= 1, words
        told = chosen["p_value"].between(0, 1) | chosen["note"].ne("")
        assert told.all() and chosen["null"].ne("").all()
    assert rows.equals(vol.refit().diagnostics())


def test_effective_observations_leave_out_filled_days():
    y = cl.simulate.thin_returns(700, limits=None, rng=2)["returns"]
    naive = cl.volatility(y, spec="garch", window=None, treatment="naive")
    assert naive.nobs == len(naive.resid)
    assert naive.effective_nobs == int(y.notna().sum())
    assert naive.glance()["effective_nobs"].iloc[0] == naive.effective_nobs


def test_news_impact_is_drawn(vol):
    ax = vol.plot_news_impact()
    curve = vol.news_impact_curve()
    x, drawn = ax.lines[0].get_data()
    np.testing.assert_allclose(drawn, curve)
    assert "standard deviations" in ax.get_xlabel()
