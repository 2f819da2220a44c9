"""The residual block bootstrap: its pieces, its gaps, and that it sees what it should."""

import numpy as np
import pytest
from scipy import stats

from carbonlink.inference import bootstrap, decomposition
from carbonlink.kernels import fevd, var


def linked_data(n=300, seed=0):
    generator = np.random.default_rng(seed)
    y = np.zeros((n, 3))
    coefs = np.array([[0.3, 0, 0], [0.4, 0.2, 0], [0, 0, 0.3]])
    for t in range(1, n):
        y[t] = coefs @ y[t - 1] + generator.standard_normal(3)
    return y * [1.0, 50.0, 0.01] + [0, 100, -3]


def test_blocks_are_runs_of_residuals_centred_by_place():
    resid = np.random.default_rng(0).standard_normal((50, 2)).cumsum(axis=0)
    length, starts = 7, 44
    drawn = bootstrap.moving_blocks(200, np.random.default_rng(1), resid, 20, length)
    centre = np.array([resid[s : s + starts].mean(axis=0) for s in range(length)])
    first = drawn[:, :length] + centre
    runs = np.array([resid[s : s + length] for s in range(starts)])
    distance = np.abs(first[:, None] - runs[None]).max(axis=(2, 3)).min(axis=1)
    assert distance.max() < 1e-12
    assert drawn.shape == (200, 20, 2)


def test_centred_blocks_have_mean_zero():
    resid = np.random.default_rng(0).standard_normal((40, 1)) + 3
    drawn = bootstrap.moving_blocks(20000, np.random.default_rng(1), resid, 10, 5)
    assert np.abs(drawn.mean(axis=0)).max() < 5 * resid.std() / np.sqrt(20000)


def test_block_length_grows_slowly_and_leaves_four_blocks():
    assert [bootstrap.block_length(n) for n in (250, 1000, 40, 3)] == [21, 29, 10, 1]


def test_the_origin_has_the_same_decomposition_as_the_data():
    y = linked_data()
    rows = var.usable_rows(y, 2)
    fitted, source = var.fit(y, 2, rows), bootstrap.linked(y, 2, rows)
    sigma = source.resid.T @ source.resid / len(rows)
    np.testing.assert_allclose(
        fevd.shares(source.coefs, sigma, 10), fevd.shares(fitted.coefs, fitted.sigma, 10)
    )


def test_paths_keep_the_gaps_of_the_sample():
    y = linked_data()
    y[[100, 200], 0] = np.nan
    rows = var.usable_rows(y, 1)
    source = bootstrap.linked(y, 1, rows)
    assert np.diff(source.rows).tolist() == np.diff(rows).tolist()
    paths = bootstrap.linked_paths(3, np.random.default_rng(0), source, 10)
    assert paths.shape == (3, rows[-1] - rows[0] + 2, 3)


def test_paths_without_a_link_have_none():
    y = linked_data(2000)
    source = bootstrap.unlinked(y, 1, var.usable_rows(y, 1))
    assert np.count_nonzero(source.coefs[0] - np.diag(np.diag(source.coefs[0]))) == 0
    drawn = decomposition.unlinked_tables(source, 100, 0, horizon=10)
    assert 100 * fevd.spillovers(drawn.truth).total < 0.02
    assert 100 * np.mean(fevd.spillovers(drawn.tables).total) < 0.5


def test_replications_centre_on_the_fitted_table_in_a_long_sample():
    y = linked_data(4000)
    rows = var.usable_rows(y, 1)
    fitted = var.fit(y, 1, rows)
    table = 100 * fevd.shares(fitted.coefs, fitted.sigma, 10)
    source = bootstrap.linked(y, 1, rows)
    drawn = decomposition.linked_tables(source, 300, 0, horizon=10, block=1)
    np.testing.assert_allclose(100 * drawn.truth, table, atol=0.4)
    np.testing.assert_allclose(100 * drawn.tables.mean(axis=0), table, atol=0.6)


def test_the_bits_do_not_depend_on_workers():
    from joblib import parallel_config

    y = linked_data()
    source = bootstrap.linked(y, 1, var.usable_rows(y, 1))
    alone = decomposition.linked_tables(source, 250, 7, horizon=5, block=15)
    with parallel_config(backend="threading", n_jobs=3):
        together = decomposition.linked_tables(source, 250, 7, horizon=5, block=15)
    np.testing.assert_array_equal(alone.tables, together.tables)
    np.testing.assert_array_equal(alone.truth, together.truth)
    fewer = decomposition.linked_tables(source, 200, 7, horizon=5, block=15)
    np.testing.assert_array_equal(alone.tables[:200], fewer.tables)


def test_the_interval_takes_the_bias_away_once():
    draws = np.random.default_rng(0).normal(10.0, 2.0, size=20000)
    lower, upper = bootstrap.interval(np.float64(9.0), draws, np.float64(8.5), 0.9)
    half = 2 * stats.norm.ppf(0.95)
    assert lower == pytest.approx(7.5 - half, abs=0.1)
    assert upper == pytest.approx(7.5 + half, abs=0.1)
    wide = bootstrap.interval(np.float64(9.0), draws, np.float64(8.5), 0.9, factor=2.0)
    assert wide[1] - wide[0] == pytest.approx(2 * (upper - lower))


def test_the_stretch_matches_fixed_b_critical_values():
    """Kiefer and Vogelsang's Bartlett values: 1.96 + 2.9694b + 0.416b² − 0.5324b³ at 97.5 %."""
    for share in (0.02, 0.05, 0.1):
        length = int(1000 * share)
        factor = bootstrap.spread_factor(0.95, 1000, length, 0)
        printed = 1.96 + 2.9694 * share + 0.416 * share**2 - 0.5324 * share**3
        assert factor * 1.959964 == pytest.approx(printed, rel=0.015)
