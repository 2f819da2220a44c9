"""Bootstrap distributions of Wald statistics in a VAR, of a whole family at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels import causality, var
from . import bootstrap, parallel, var_refits

_HELD = 6_000_000
"""Numbers that the regressors of a batch of replications may take."""


PILOT = 199
"""Replications behind the estimate of the coefficients' bias."""


def design(source: bootstrap.Origin) -> np.ndarray:
    """Return the regressors of the sample, constant and exogenous columns first; (n, m)."""
    n = len(source.rows)
    head = [np.ones((n, 1))] if source.constant else []
    if source.exog is not None:
        head.append(source.exog[source.rows])
    return np.hstack([*head, source.past[:, ::-1].reshape(n, -1)])


def sample_fits(source: bootstrap.Origin) -> causality.Fits:
    """Return the fit of the sample itself, in units of each column's size."""
    z = design(source)
    return causality.fits(z[None], _observed(source, z)[None])


def _observed(source: bootstrap.Origin, z: np.ndarray) -> np.ndarray:
    lags, k = source.coefs.shape[:2]
    slopes = source.coefs.transpose(0, 2, 1).reshape(lags * k, k)
    added = source.intercept
    if added.ndim == 2:
        added = added[source.rows - lags]
    return z[:, z.shape[1] - lags * k :] @ slopes + added + source.resid


def statistics(
    source: bootstrap.Origin,
    family: list[causality.Restriction],
    draws: int,
    rng: Any,
    *,
    scheme: str,
    robust: bool,
    shocks: bool,
    recursive: bool = True,
) -> np.ndarray:
    """Draw the statistics of a family together, centred at what the replications come from.

    Parameters
    ----------
    source : Origin
    family : list of Restriction
    draws : int
    rng : int, SeedSequence or Generator
    scheme : {"wild", "residual", "block"}
        Residuals times random signs; drawn one by one; or in moving blocks.
    robust : bool
        Whether statistics use White's covariance.
    shocks : bool
        Whether the restrictions are on the covariance of the shocks (instantaneous).
    recursive : bool
        Paths run on their own lags, from coefficients less their estimated bias (a persistent
        system is estimated less persistent than it is); else the regressors of the sample are
        kept.

    Returns
    -------
    ndarray, shape (draws, len(family))

    References
    ----------
    Gonçalves, S. and Kilian, L. (2004). Bootstrapping autoregressions with conditional
    heteroskedasticity of unknown form. Journal of Econometrics 123, 89–120.
    doi:10.1016/j.jeconom.2003.10.030
    """
    first, second = parallel.seed_sequence(rng).spawn(2)
    if recursive and not shocks:
        source = var_refits.corrected(source, min(draws, PILOT), first)
    choice = (scheme, robust, shocks, recursive)
    tasks = [(size, seed, source, family, choice) for size, seed in parallel.chunks(draws, second)]
    return np.concatenate(parallel.map(_chunk, tasks, label="bootstrap"))


def _chunk(
    size: int,
    seed: np.random.SeedSequence,
    source: bootstrap.Origin,
    family: list[causality.Restriction],
    choice: tuple,
) -> np.ndarray:
    scheme, robust, shocks, recursive = choice
    generator = np.random.default_rng(seed)
    z = design(source)
    centre = [_theta(_population(source, z), r, shocks) for r in family]
    found = np.empty((size, len(family)))
    batch = max(1, _HELD // z.size)
    for first in range(0, size, batch):
        count = min(batch, size - first)
        fit = _replicated(count, generator, source, z, scheme, recursive)
        for j, restriction in enumerate(family):
            theta = _theta(fit, restriction, shocks) - centre[j]
            cov = _cov(fit, restriction, robust, shocks)
            found[first : first + count, j] = causality.wald(theta, cov)
    return found


def _population(source: bootstrap.Origin, z: np.ndarray) -> causality.Fits:
    """The slopes and shocks that replications come from, as a fit."""
    lags, k = source.coefs.shape[:2]
    slopes = np.zeros((1, z.shape[1], k))
    slopes[0, z.shape[1] - lags * k :] = source.coefs.transpose(0, 2, 1).reshape(lags * k, k)
    nothing = np.zeros((1, 0, 0))
    return causality.Fits(slopes, source.resid[None], nothing, nothing)


def _theta(fit: causality.Fits, restriction: causality.Restriction, shocks: bool) -> np.ndarray:
    of = causality.covariances_of if shocks else causality.slopes_of
    return of(fit, restriction)


def _cov(
    fit: causality.Fits, restriction: causality.Restriction, robust: bool, shocks: bool
) -> np.ndarray:
    of = causality.covariance_of_covariances if shocks else causality.slope_covariance
    return of(fit, restriction, robust)


def observed(
    source: bootstrap.Origin, family: list[causality.Restriction], robust: bool, shocks: bool
) -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """Return the statistics of the sample, and the θ and V behind each."""
    sample = sample_fits(source)
    thetas = [_theta(sample, r, shocks) for r in family]
    covs = [_cov(sample, r, robust, shocks) for r in family]
    values = [causality.wald(t, v)[0] for t, v in zip(thetas, covs, strict=True)]
    return np.array(values), [t[0] for t in thetas], [v[0] for v in covs]


def _replicated(
    count: int,
    generator: np.random.Generator,
    source: bootstrap.Origin,
    z: np.ndarray,
    scheme: str,
    recursive: bool,
) -> causality.Fits:
    lags, k = source.coefs.shape[:2]
    drawn = _shocks(count, generator, source, scheme)
    if not recursive:
        fitted = _observed(source, z) - source.resid
        return causality.fits(z[None], fitted + drawn[:, source.rows - lags])
    start = source.past[generator.integers(0, len(source.past), size=count)]
    paths = var.simulate(source.coefs, source.intercept, drawn, start)
    past = var.lagged(paths, lags, source.rows)
    head = np.broadcast_to(z[:, : z.shape[1] - k * lags], (count, len(z), z.shape[1] - k * lags))
    return causality.fits(np.concatenate([head, past], axis=-1), paths[:, source.rows])


def _shocks(
    count: int, generator: np.random.Generator, source: bootstrap.Origin, scheme: str
) -> np.ndarray:
    """Shocks of every row of the paths; shape (count, T, k)."""
    n = len(source.resid)
    resid = source.resid * np.sqrt(n / (n - source.params))
    if scheme == "block":
        length = bootstrap.block_length(n)
        return bootstrap.moving_blocks(count, generator, resid, source.length, length)
    place = generator.integers(0, n, size=(count, source.length))
    if scheme == "residual":
        return resid[place]
    # A row inside a gap of the data has no residual of its own: one of the others stands in.
    place[:, source.rows - len(source.coefs)] = np.arange(n)
    signs = generator.integers(0, 2, size=(count, source.length, 1)) * 2.0 - 1.0
    return resid[place] * signs
