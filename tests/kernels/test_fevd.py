"""Variance decompositions: closed forms, invariances, and the definitions written out."""

import numpy as np
import pytest

from carbonlink.kernels import fevd


def system(k=4, lags=2, seed=0):
    generator = np.random.default_rng(seed)
    coefs = generator.standard_normal((lags, k, k)) * 0.15
    root = generator.standard_normal((k, k))
    return coefs, root @ root.T + np.eye(k)


@pytest.mark.parametrize("k", [2, 4, 9])
@pytest.mark.parametrize("rho", [-0.1, 0.0, 0.35, 0.9])
@pytest.mark.parametrize("horizon", [1, 10, 40])
def test_no_dynamics_and_equal_correlation_has_a_closed_form(k, rho, horizon):
    sigma = (1 - rho) * np.eye(k) + rho
    table = fevd.shares(np.zeros((1, k, k)), sigma, horizon)
    total = 100 * float(fevd.spillovers(table).total)
    assert total == pytest.approx(100 * (k - 1) * rho**2 / (1 + (k - 1) * rho**2), abs=1e-12)


def test_generalized_shares_by_the_definition():
    coefs, sigma = system()
    psi = [np.eye(4), coefs[0]]
    for _ in range(2, 6):
        psi.append(psi[-1] @ coefs[0] + psi[-2] @ coefs[1])
    raw = np.empty((4, 4))
    for i in range(4):
        below = sum((p @ sigma @ p.T)[i, i] for p in psi)
        for j in range(4):
            raw[i, j] = sum((p @ sigma)[i, j] ** 2 for p in psi) / sigma[j, j] / below
    given = fevd.shares(coefs, sigma, 6, normalise=False)
    np.testing.assert_allclose(given, raw, rtol=1e-12)
    scaled = raw / raw.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(fevd.shares(coefs, sigma, 6), scaled, rtol=1e-12)


@pytest.mark.parametrize("kind", ["generalized", "cholesky"])
def test_scale_of_the_columns_does_not_matter(kind):
    coefs, sigma = system()
    size = np.array([1.0, 1e3, 0.02, 7.0])
    scaled = coefs * size[:, None] / size
    table = fevd.shares(scaled, sigma * np.outer(size, size), 8, kind)
    np.testing.assert_allclose(table, fevd.shares(coefs, sigma, 8, kind), rtol=1e-10)


def test_order_of_the_columns_moves_only_the_cholesky_table():
    coefs, sigma = system()
    turn = np.array([2, 0, 3, 1])
    moved = coefs[:, turn[:, None], turn], sigma[turn[:, None], turn]
    generalized = fevd.shares(coefs, sigma, 8)
    np.testing.assert_allclose(fevd.shares(*moved, 8), generalized[turn[:, None], turn], rtol=1e-11)
    ordered = fevd.shares(coefs, sigma, 8, "cholesky", order=turn)
    there = fevd.shares(*moved, 8, "cholesky")
    np.testing.assert_allclose(ordered[turn[:, None], turn], there, rtol=1e-11)
    assert np.abs(ordered - fevd.shares(coefs, sigma, 8, "cholesky")).max() > 0.01


def test_cholesky_on_impact_is_triangular():
    coefs, sigma = system()
    table = fevd.shares(coefs, sigma, 1, "cholesky")
    np.testing.assert_allclose(np.triu(table, 1), 0, atol=1e-15)
    np.testing.assert_allclose(table.sum(axis=1), 1)


def test_horizon_counts_terms_from_zero():
    coefs, sigma = system()
    terms = fevd.moving_average(coefs, 3)
    np.testing.assert_array_equal(terms[0], np.eye(4))
    np.testing.assert_allclose(terms[2], coefs[0] @ coefs[0] + coefs[1])
    assert len(terms) == 3


def test_many_systems_at_once_equal_one_at_a_time():
    parts = [system(seed=s) for s in range(3)]
    coefs, sigma = (np.stack([p[i] for p in parts]) for i in (0, 1))
    for kind in ("generalized", "cholesky"):
        tables = fevd.shares(coefs, sigma, 5, kind)
        for table, part in zip(tables, parts, strict=True):
            np.testing.assert_allclose(table, fevd.shares(*part, 5, kind), rtol=1e-12)


def test_measures_add_up():
    table = fevd.shares(*system(), 10)
    parts = fevd.spillovers(table)
    np.testing.assert_allclose(parts.to.sum(), parts.from_.sum())
    np.testing.assert_allclose(parts.total, parts.from_.mean())
    np.testing.assert_allclose(parts.net.sum(), 0, atol=1e-14)
    np.testing.assert_allclose(parts.pairwise.sum(axis=1), parts.net, atol=1e-14)
    np.testing.assert_allclose(parts.pairwise, -parts.pairwise.T)
    np.testing.assert_allclose(parts.from_ + np.diag(table), 1)
