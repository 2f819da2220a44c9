"""Event-study tests: against scipy, statsmodels, another program's number, and plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from carbonlink.inference import hac
from carbonlink.kernels import event_tests


@pytest.fixture(scope="module")
def sample() -> tuple[np.ndarray, np.ndarray]:
    draws = np.random.default_rng(7)
    return draws.standard_normal((6, 40)), draws.standard_normal(6) + 0.8


def test_boehmer_is_a_t_test_of_standardised_returns(sample):
    _, scar = sample
    found, expected = event_tests.boehmer(scar), stats.ttest_1samp(scar, 0)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)


def test_the_adjustment_of_kolari_and_pynnonen(sample):
    _, scar = sample
    matrix = np.full((6, 6), 0.2)
    np.fill_diagonal(matrix, 1.0)
    plain, found = event_tests.boehmer(scar), event_tests.adjusted_boehmer(scar, matrix)
    assert found.statistic == pytest.approx(plain.statistic * np.sqrt(0.8 / 2.0))
    assert event_tests.adjusted_boehmer(scar, np.eye(6)).statistic == plain.statistic
    negative = np.where(np.eye(6) > 0, 1.0, -0.1)
    assert event_tests.adjusted_boehmer(scar, negative).statistic == plain.statistic


def test_grank_z_is_what_another_program_prints(sample):
    # event_study_toolkit 1.0.0 (PyPI), EventStudy.getGRANK on the same 6 × 40 abnormal returns
    # and SCAR over their standard deviation: GRANK_Z = 3.5883409085802422.
    estimation, scar = sample
    assert event_tests.grank_z(estimation, scar) == pytest.approx(3.5883409085802422, abs=1e-12)


def test_grank_equals_plain_loops(sample):
    estimation, scar = sample
    estimation = estimation.copy()
    estimation[0, :5] = np.nan
    estimation[3, 7] = np.nan
    rows = [[s / np.std(scar, ddof=1), *row] for s, row in zip(scar, estimation, strict=True)]
    means, counts = [], []
    scaled = []
    for row in rows:
        known = sorted(v for v in row if np.isfinite(v))
        scaled.append(
            [(known.index(v) + 1) / (len(known) + 1) - 0.5 if np.isfinite(v) else None for v in row]
        )
    for t in range(41):
        column = [r[t] for r in scaled if r[t] is not None]
        counts.append(len(column))
        means.append(sum(column) / len(column))
    spread = np.sqrt(sum(c / 6 * m * m for c, m in zip(counts, means, strict=True)) / 41)
    z = means[0] / spread
    found = event_tests.grank(estimation, scar)
    assert found.statistic == pytest.approx(z * np.sqrt(39 / (40 - z * z)))
    assert found.df == 39
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(found.statistic), 39))


def test_the_rank_test_equals_plain_loops(sample):
    estimation, _ = sample
    inside = np.arange(40) >= 30
    ranks = stats.rankdata(estimation, axis=1) / 41 - 0.5
    daily = ranks.mean(axis=0)
    expected = np.sqrt(10) * daily[30:].mean() / np.sqrt((daily**2).mean())
    found = event_tests.rank(estimation, inside)
    assert found.statistic == pytest.approx(expected)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(abs(expected)))


def test_ranks_do_not_depend_on_monotone_changes(sample):
    estimation, _ = sample
    inside = np.arange(40) >= 30
    one = event_tests.rank(estimation, inside)
    assert event_tests.rank(np.exp(estimation), inside).statistic == one.statistic


def test_calendar_time_is_the_regression_of_driscoll_and_kraay():
    import statsmodels.api as sm

    draws = np.random.default_rng(3)
    days = np.tile(np.arange(60), 4)
    common = draws.standard_normal(60)[days]
    y = common + draws.standard_normal(240)
    dummy = (days >= 45).astype(float)
    unit = np.repeat(np.arange(4), 60)
    effects = (unit[:, None] == np.arange(4)).astype(float)
    ours = [v - effects @ (effects.T @ v) / 60 for v in (y, dummy)]
    delta, scores, bread = event_tests.calendar_time(ours[0], ours[1], days, 60)
    error = bread * np.sqrt(hac.bartlett(scores, 4.0)[0, 0])
    model = sm.OLS(y, np.column_stack([dummy, effects]))
    options = {"time": days, "maxlags": 3, "use_correction": False}
    fitted = model.fit(cov_type="nw-groupsum", cov_kwds=options)
    assert delta == pytest.approx(fitted.params[0], abs=1e-10)
    assert error == pytest.approx(fitted.bse[0], rel=1e-8)
