"""Bootstraps of the sup-LM test of one regime of adjustment against two."""

from __future__ import annotations

import numpy as np

from ..kernels import johansen, threshold_vecm
from .parallel import draw
from .rank_bootstrap import Source, again

SCHEMES = ("wild", "iid", "fixed")


def sup_lm(model: johansen.Design, relation: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return LM at each threshold of samples (leading axis) under their relations.

    Parameters
    ----------
    model : Design
        Blocks of shape (B, n, ·).
    relation : ndarray, shape (B, k + restricted) or (k + restricted,)
    below : ndarray of int, shape (P,)
    """
    gap = (model.z1 @ relation[..., None])[..., 0]
    x = np.concatenate([gap[..., None], with_constant(model.z2)], axis=-1)
    return threshold_vecm.lm_paths(x, gap, model.z0, below)


def with_constant(terms: np.ndarray) -> np.ndarray:
    """Return the unrestricted block with a constant column, where it has none."""
    if terms.shape[-1] and (np.ptp(terms, axis=-2) == 0).any():
        return terms
    return np.concatenate([np.ones((*terms.shape[:-1], 1)), terms], axis=-1)


def draws_of(
    scheme: str,
    model: johansen.Design,
    relation: np.ndarray,
    below: np.ndarray,
    source: Source,
    estimated: bool,
    draws: int,
    rng: object,
) -> np.ndarray:
    """Draw sup-LM under one regime; shape (draws,).

    Parameters
    ----------
    scheme : {"wild", "iid", "fixed"}
        "wild" and "iid" build paths of the linear model, the residuals with random signs or drawn
        anew, and estimate the relation again on each; "fixed" keeps all regressors and multiplies
        the residuals with standard normals.
    model : Design
        Of the sample, shape (n, ·).
    relation : ndarray, shape (k + restricted,)
    below : ndarray of int
    source : Source
        The linear model.
    estimated : bool
        Whether the relation was estimated; a given one is kept.
    draws : int
    rng : int, SeedSequence or Generator

    References
    ----------
    Hansen, B. E. and Seo, B. (2002). Journal of Econometrics 110, 293–318.
    doi:10.1016/S0304-4076(02)00097-0
    """
    label = "threshold bootstrap"
    if scheme == "fixed":
        return draw(_fixed, draws, rng, model, relation, below, source.resid, label=label)
    return draw(_paths, draws, rng, scheme, relation, below, source, estimated, label=label)


def _fixed(
    size: int,
    generator: np.random.Generator,
    model: johansen.Design,
    relation: np.ndarray,
    below: np.ndarray,
    resid: np.ndarray,
) -> np.ndarray:
    shocks = resid * generator.standard_normal((size, len(resid), 1))
    z1, z2 = (np.broadcast_to(b, (size, *b.shape)) for b in (model.z1, model.z2))
    return sup_lm(johansen.Design(shocks, z1, z2), relation, below).max(axis=1)


def _paths(
    size: int,
    generator: np.random.Generator,
    scheme: str,
    relation: np.ndarray,
    below: np.ndarray,
    source: Source,
    estimated: bool,
) -> np.ndarray:
    n = len(source.resid)
    if scheme == "wild":
        shocks = source.resid * generator.choice((-1.0, 1.0), size=(size, n, 1))
    else:
        centred = source.resid - source.resid.mean(axis=0)
        shocks = centred[generator.integers(0, n, size=(size, n))]
    model = again(shocks, source)
    if estimated:
        vectors = johansen.reduced_rank(model).vectors[..., 0]
        relation = vectors / vectors[:, :1]
    return sup_lm(model, relation, below).max(axis=1)
