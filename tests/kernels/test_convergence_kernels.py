"""Log t and clubs, breaks, half-lives, nonlinear roots and trends on bare arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carbonlink.kernels import half_life, logt, nonlinear_roots, supf, trend_test, weak_sigma


def paths(n: int = 34, k: int = 20, rng: int = 0) -> np.ndarray:
    walk = np.cumsum(np.random.default_rng(rng).standard_normal((n, k)), axis=0)
    return 0.05 * walk + 9 + np.linspace(0, 2, k)


def by_the_authors_program(x: np.ndarray, dropped: int) -> tuple[float, float]:
    """The regression as the authors' GAUSS program and R's ConvergenceClubs lay it out."""
    h = x / x.mean(axis=1, keepdims=True)
    spread = ((h - 1) ** 2).mean(axis=1)
    t = np.arange(dropped + 1, len(x) + 1)
    y = np.log(spread[0] / spread[t - 1]) - 2 * np.log(np.log(t))
    z = np.column_stack([np.ones(len(t)), np.log(t)])
    b = np.linalg.solve(z.T @ z, z.T @ y)
    e = y - z @ b
    n = len(e)
    rho = (e[:-1] @ e[1:]) / (e[:-1] @ e[:-1])
    width = 1.3221 * (4 * rho**2 / (1 - rho) ** 4 * n) ** 0.2
    total, used = e @ e, n - 1
    for j in range(1, used):
        a = 6 * np.pi * j / width / 5
        weight = 25 / (12 * np.pi**2 * (j / width) ** 2) * (np.sin(a) / a - np.cos(a))
        total += 2 * weight * sum(e[i] * e[i + j] for i in range(used - j))
    error = np.sqrt(np.linalg.inv(z.T @ z)[1, 1] * total / used)
    return b[1], b[1] / error


@pytest.mark.parametrize("seed", range(3))
def test_log_t_is_that_of_the_authors_program(seed):
    x = paths(rng=seed)
    ours = logt.log_t(x, logt.Rule(first=12))
    slope, statistic = by_the_authors_program(x, 11)
    assert ours.slope == pytest.approx(slope, rel=1e-9)
    assert ours.statistic == pytest.approx(statistic, rel=1e-9)
    assert ours.nobs == 23


def test_log_t_of_a_known_speed():
    """H_t = c / (log t)² t^{2a} gives b = 2a exactly."""
    t = np.arange(1, 201)
    speed = 0.3
    gap = 0.1 / np.maximum(np.log(t + 0.0), np.log(1.5)) / t**speed
    x = 10 * np.column_stack([1 + gap, 1 - gap])
    found = logt.log_t(x, logt.Rule(first=61))
    assert found.slope == pytest.approx(2 * speed, abs=1e-8)


def test_scale_moves_nothing_and_units_of_the_kernel_are_arguments():
    x = paths()
    base = logt.log_t(x, logt.Rule(12))
    assert logt.log_t(3 * x, logt.Rule(12)).statistic == pytest.approx(base.statistic, rel=1e-9)
    seen = {
        (k, v): logt.log_t(x, logt.Rule(12, k, v)).std_error
        for k in logt.KERNELS
        for v in logt.VARIANCES
    }
    assert len({round(e, 12) for e in seen.values()}) == len(seen)
    near = logt.Rule(12, "qs", "scalar")
    assert logt.log_t(x, near).std_error == pytest.approx(base.std_error, rel=0.1)


def test_quadratic_spectral_weights():
    """statsmodels' and Andrews' weights at 1, 2, 3 over a bandwidth of 4."""
    x = np.arange(1, 4) / 4
    a = 6 * np.pi * x / 5
    by_hand = 3 / a**2 * (np.sin(a) / a - np.cos(a))
    np.testing.assert_allclose(logt.weights(4, "qs", 3), by_hand, rtol=1e-12)
    np.testing.assert_allclose(logt.weights(4, "bartlett", 4), [0.75, 0.5, 0.25, 0])


def test_two_clubs_and_an_outlier_are_found():
    draws = np.random.default_rng(1)
    t = np.arange(1, 121)
    away = 1 / np.log(t + 1)[:, None] / t[:, None] ** 0.4
    high = 10 + away * draws.uniform(-1, 1, 6)
    low = 7 + away * draws.uniform(-1, 1, 6)
    lost = (4 - 0.02 * t)[:, None]
    x = np.hstack([high, low, lost])
    x *= 1 + 1e-5 * draws.standard_normal(x.shape)
    rule = logt.Rule(37)
    found = logt.clubs(x, rule)
    assert [set(m) for m in found.members] == [set(range(6)), set(range(6, 12))]
    assert found.divergent == (12,)
    assert all(test.statistic > -1.65 for test in found.tests)
    assert logt.merged(x, found, rule).members == found.members


def test_hodrick_prescott_is_that_of_statsmodels():
    from statsmodels.tsa.filters.hp_filter import hpfilter

    x = paths()
    ours = logt.hodrick_prescott(x, 400)
    np.testing.assert_allclose(ours[:, 3], hpfilter(x[:, 3], 400)[1], rtol=1e-9)


@pytest.mark.parametrize(
    ("critical", "size", "trimming"),
    [(8.68, 0.05, 0.15), (7.12, 0.10, 0.15), (12.16, 0.01, 0.15)],
)
def test_break_p_values_at_andrews_critical_values(critical, size, trimming):
    """Andrews (2003), corrected table, one coefficient."""
    assert supf.pvalue(critical, trimming) == pytest.approx(size, rel=0.08)


def test_break_p_values_at_no_search():
    from scipy import stats

    assert supf.pvalue(3.84, 0.5) == pytest.approx(stats.chi2.sf(3.84, 1))


def test_a_break_is_dated():
    draws = np.random.default_rng(3)
    y = draws.standard_normal(300)
    y[180:] += 2
    found = supf.shift(y, 1)
    assert abs(found.at - 179) <= 3 and found.p_value < 0.001
    calm = supf.shift(draws.standard_normal(300), 1)
    assert calm.p_value > 0.02


def test_half_life_of_a_share():
    assert half_life.half_life(0.5) == pytest.approx(1)
    assert half_life.half_life(0.5 ** (1 / 7)) == pytest.approx(7)
    assert half_life.half_life(1.0) == np.inf and half_life.half_life(-0.2) == 0


@pytest.mark.parametrize("lags", [0, 2])
def test_least_squares_is_that_of_statsmodels(lags):
    import statsmodels.api as sm

    x = np.cumsum(np.random.default_rng(0).standard_normal(120))
    found = half_life.persistence(x, lags, np.random.default_rng(0), draws=19)
    change = np.diff(x)
    z = [x[lags:-1], *(change[lags - j : len(change) - j] for j in range(1, lags + 1))]
    peer = sm.OLS(x[lags + 1 :], sm.add_constant(np.column_stack(z))).fit()
    assert found.least_squares == pytest.approx(peer.params[1], rel=1e-9)
    assert found.std_error == pytest.approx(peer.bse[1], rel=1e-9)


def _autoregression(alpha: float, psi: float, n: int, draws: np.random.Generator) -> np.ndarray:
    e = draws.standard_normal(n + 100)
    x = np.zeros(n + 100)
    for t in range(2, n + 100):
        x[t] = alpha * x[t - 1] + psi * (x[t - 1] - x[t - 2]) + e[t]
    return x[100:]


def test_the_median_is_unbiased_where_least_squares_is_not():
    draws = np.random.default_rng(5)
    found = [
        half_life.persistence(_autoregression(0.9, 0, 100, draws), 0, draws, draws=99)
        for _ in range(150)
    ]
    assert np.median([f.least_squares for f in found]) < 0.885
    assert np.median([f.median_unbiased for f in found]) == pytest.approx(0.9, abs=0.015)
    assert all(f.lower <= f.median_unbiased <= f.upper for f in found)


def test_kss_has_the_published_critical_values():
    """Kapetanios, Shin and Snell (2003), demeaned: −3.48, −2.93, −2.66 at 1, 5, 10 %."""
    null = nonlinear_roots._kss_null(800)
    np.testing.assert_allclose(
        np.quantile(null, [0.01, 0.05, 0.1]), [-3.48, -2.93, -2.66], atol=0.07
    )
    assert nonlinear_roots.kss_pvalue(-2.93, 700) == pytest.approx(0.05, abs=0.012)


def test_kss_is_a_least_squares_t():
    import statsmodels.api as sm

    x = np.random.default_rng(2).standard_normal(200).cumsum()
    moved = x - x.mean()
    change = np.diff(moved)
    z = np.column_stack([moved[1:-1] ** 3, change[:-1]])
    assert nonlinear_roots.kss(x, 1) == pytest.approx(sm.OLS(change[1:], z).fit().tvalues[0])


def test_a_band_is_found():
    draws = np.random.default_rng(0)
    x = np.zeros(2500)
    for t in range(1, 2500):
        beyond = max(abs(x[t - 1]) - 4, 0) * np.sign(x[t - 1])
        x[t] = x[t - 1] - 0.7 * beyond + draws.standard_normal()
    found = nonlinear_roots.band(x)
    assert found.width == pytest.approx(4, abs=1.5)
    assert 0.3 < found.pull < 1.2
    assert nonlinear_roots.band_pvalue(x, found.gain, draws, 99) <= 0.05
    straight = _autoregression(0.8, 0, 600, draws)
    flat = nonlinear_roots.band(straight)
    assert nonlinear_roots.band_pvalue(straight, flat.gain, draws, 99) > 0.05


def test_a_trend_is_seen_around_a_line_and_in_a_walk():
    draws = np.random.default_rng(1)
    t = np.arange(300)
    assert trend_test.robust_trend(0.02 * t + draws.standard_normal(300)).p_value < 0.01
    assert trend_test.robust_trend(0.3 * t + draws.standard_normal(300).cumsum()).p_value < 0.01
    assert trend_test.robust_trend(draws.standard_normal(300)).p_value > 0.05


def test_a_falling_variance_is_seen_and_its_t_value_is_newey_and_wests():
    import statsmodels.api as sm

    draws, t = np.random.default_rng(1), np.arange(300)
    falling = np.exp(-t / 100) + 0.05 * draws.standard_normal(300)
    found = weak_sigma.weak_sigma(falling, 1, draws, 199)
    assert found.p_value < 0.01
    peer = sm.OLS(falling, sm.add_constant(t)).fit(
        cov_type="HAC", cov_kwds={"maxlags": 6, "use_correction": False}
    )
    assert found.statistic == pytest.approx(peer.tvalues[1], rel=1e-8)
    assert found.slope == pytest.approx(peer.params[1], rel=1e-10)
    assert weak_sigma.weak_sigma(falling[::-1], 1, draws, 99).p_value > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("alpha", [0.0, 0.5, 0.9, 0.97, 1.0])
@pytest.mark.parametrize("n", [100, 300])
def test_the_size_of_weak_sigma_convergence(alpha, n):
    from carbonlink.measures.integration_dispersion import _weak

    draws = np.random.default_rng(2)
    found = [_weak(10 + _autoregression(alpha, 0, n, draws), draws) for _ in range(500)]
    rejected = np.mean([row["p_value"] <= 0.05 for row in found])
    print(alpha, n, rejected)
    assert rejected <= 0.08


@pytest.mark.slow
@pytest.mark.parametrize("alpha", [0.7, 0.95, 1.0])
def test_the_half_life_interval_covers(alpha):
    draws = np.random.default_rng(int(100 * alpha))
    inside = []
    for _ in range(1000):
        x = _autoregression(alpha, 0.3, 200, draws)
        found = half_life.persistence(x, 1, draws)
        inside.append(found.lower <= alpha <= found.upper)
    print(alpha, np.mean(inside))
    assert 0.92 <= np.mean(inside) <= 0.975


@pytest.mark.slow
@pytest.mark.parametrize("alpha", [0.0, 0.9, 1.0])
def test_the_size_of_the_trend_test(alpha):
    draws = np.random.default_rng(7)
    rejected = [
        trend_test.robust_trend(_autoregression(alpha, 0, 300, draws)).p_value < 0.05
        for _ in range(1000)
    ]
    print(alpha, np.mean(rejected))
    assert np.mean(rejected) <= 0.1


def test_log_t_and_clubs_of_152_countries():
    """Phillips and Sul (2009): −0.875 (−159.55) and seven clubs; where a peer ships the data."""
    peer = pytest.importorskip("convergence_clubs")
    import carbonlink as cl

    paths = peer.load_filtered_gdp().T
    paths.index = pd.to_datetime(paths.index.astype(str) + "-12-31")
    found = cl.integration(paths, logs=False, pairs=False, split=None, drop=1 / 3, draws=0)
    table = found.log_t.set_index("group")
    assert table.loc["all", "slope"] == pytest.approx(-0.8748, abs=5e-5)
    assert table.loc["all", "statistic"] == pytest.approx(-159.555, abs=5e-4)
    clubs = table.loc[[f"club {i}" for i in range(1, 8)]]
    assert clubs["markets"].tolist() == [50, 30, 21, 24, 14, 11, 2]
    slopes = [0.381622, 0.239994, 0.110146, 0.130517, 0.189542, 1.002692, -0.470149]
    np.testing.assert_allclose(clubs["slope"], slopes, atol=1e-6)
