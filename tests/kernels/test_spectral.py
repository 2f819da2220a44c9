"""Bands of frequency: exact sums, closed forms, numerical integration, invariances."""

import numpy as np
import pytest

from carbonlink.kernels import fevd, spectral

PI = np.pi


def system(k=3, lags=2, seed=0):
    generator = np.random.default_rng(seed)
    coefs = generator.standard_normal((lags, k, k)) * 0.2
    root = generator.standard_normal((k, k))
    return coefs, root @ root.T + np.eye(k)


@pytest.mark.parametrize("kind", ["generalized", "cholesky"])
@pytest.mark.parametrize("horizon", [1, 2, 10, 101])
def test_bands_add_up_to_the_decomposition(kind, horizon):
    coefs, sigma = system()
    order = np.array([2, 0, 1]) if kind == "cholesky" else None
    edges = np.array([PI, 1.3, PI / 4, 0.05, 0])
    parts = spectral.band_shares(coefs, sigma, horizon, edges, kind, order)
    assert parts.shape == (4, 3, 3) and parts.min() > -1e-15
    whole = fevd.shares(coefs, sigma, horizon, kind, order)
    np.testing.assert_allclose(parts.sum(axis=0), whole, atol=1e-14)


def test_a_band_is_the_integral_over_it():
    coefs, sigma = system()
    high, low = 1.1, 0.3
    fine = low + (high - low) * (np.arange(20000) + 0.5) / 20000
    responses = fevd.moving_average(coefs, 12) @ fevd.impact(sigma, "generalized")
    waves = np.exp(-1j * fine[:, None] * np.arange(12))
    power = np.abs(np.einsum("wh,hij->wij", waves, responses)) ** 2
    inside = power.mean(axis=0) * (high - low) / PI
    expected = inside / np.sum(responses**2, axis=(0, 2))[:, None]
    edges = np.array([PI, high, low, 0])
    np.testing.assert_allclose(
        spectral.band_shares(coefs, sigma, 12, edges)[1], expected, rtol=1e-7
    )


def test_without_dynamics_a_band_weighs_its_width():
    sigma = system()[1]
    edges = np.array([PI, PI / 4, 0])
    parts = spectral.band_shares(np.zeros((1, 3, 3)), sigma, 20, edges)
    whole = fevd.shares(np.zeros((1, 3, 3)), sigma, 20)
    np.testing.assert_allclose(parts[0], 0.75 * whole, rtol=1e-12)
    np.testing.assert_allclose(parts[1], 0.25 * whole, rtol=1e-12)


@pytest.mark.parametrize("phi", [-0.6, 0.3, 0.9])
@pytest.mark.parametrize("high", [0.2, PI / 4, 2.0])
def test_an_autoregression_has_a_closed_form(phi, high):
    coefs, sigma = phi * np.eye(2)[None], np.eye(2)
    edges = np.array([PI, high, 0])
    parts = spectral.band_shares(coefs, sigma, 400, edges)
    low_share = 2 / PI * np.arctan((1 + phi) / (1 - phi) * np.tan(high / 2))
    np.testing.assert_allclose(parts[1], low_share * np.eye(2), atol=1e-10)


def test_order_scale_and_batches_do_not_matter():
    coefs, sigma = system()
    edges = np.array([PI, 0.7, 0])
    parts = spectral.band_shares(coefs, sigma, 15, edges)
    turn = np.array([1, 2, 0])
    moved = coefs[:, turn[:, None], turn], sigma[turn[:, None], turn]
    np.testing.assert_allclose(
        spectral.band_shares(*moved, 15, edges), parts[:, turn[:, None], turn], rtol=1e-10
    )
    size = np.array([1.0, 1e3, 0.02])
    scaled = coefs * size[:, None] / size, sigma * np.outer(size, size)
    np.testing.assert_allclose(spectral.band_shares(*scaled, 15, edges), parts, rtol=1e-9)
    other = system(seed=1)
    both = [np.stack(pair) for pair in zip((coefs, sigma), other, strict=True)]
    many = spectral.band_shares(*both, 15, edges)
    np.testing.assert_allclose(many[0], parts, rtol=1e-12)
    np.testing.assert_allclose(many[1], spectral.band_shares(*other, 15, edges), rtol=1e-12)


def test_the_grid_of_the_peer_leaves_out_its_last_frequency():
    coefs, sigma = system()
    whole = fevd.shares(coefs, sigma, 101)
    covered = spectral.grid_band_shares(coefs, sigma, 100, np.array([PI + 1e-5, 0.7, 0]))
    np.testing.assert_allclose(covered.sum(axis=0), whole, atol=1e-12)
    short = spectral.grid_band_shares(coefs, sigma, 100, np.array([PI, 0.7, 0]))
    np.testing.assert_allclose(short.sum(axis=(0, 2)), 1)
    assert np.abs(short.sum(axis=0) - whole).max() > 1e-4
