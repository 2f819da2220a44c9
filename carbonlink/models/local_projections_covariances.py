"""Joint covariances of local projections, and each estimate by instrument as a ratio."""

from __future__ import annotations

import numpy as np

from ..errors import TooFewObservationsError
from ..inference import hac
from ..inference.bands import Ratio
from ..inference.few_clusters import event_blocks, few_clusters
from ..kernels.projections import Projections


def joint_covariance(parts: list[np.ndarray], inference: str, bandwidth: int | None) -> np.ndarray:
    """Return the joint covariance over horizons and states, positive semi-definite.

    Correlations are those at the longest bandwidth, variances those at each horizon's own.

    Parameters
    ----------
    parts : list of ndarray, shape (n, h)
        Influence of each row on the estimates, a state each.
    """
    joint = np.hstack(parts)
    horizons = parts[0].shape[1]
    if inference == "lag_augmented":
        return joint.T @ joint
    whole = hac.bartlett(joint, _width(horizons - 1, inference, bandwidth))
    own = [
        hac.bartlett(joint[:, [i]], _width(i % horizons, inference, bandwidth))[0, 0]
        for i in range(joint.shape[1])
    ]
    total = np.diag(whole)
    factor = np.sqrt(np.array(own) / np.where(total > 0, total, 1.0))
    return whole * np.outer(factor, factor)


def ratios_of(found: list[Projections], inference: str, bandwidth: int | None) -> tuple[Ratio, ...]:
    """Return each estimate as a ratio with the covariance of its two regressions."""
    ratios = []
    for one in found:
        for h in range(len(one.estimates)):
            block = hac.bartlett(_pair(one, h), _width(h, inference, bandwidth))
            ratios.append(_ratio(one, h, block))
    return tuple(ratios)


def ratios_of_events(found: list[Projections], events: np.ndarray) -> tuple[Ratio, ...]:
    """Return each estimate as a ratio with the covariance of few events.

    Parameters
    ----------
    found : list of Projections
    events : ndarray of bool, shape (n,)
        Rows on which the instrument moves.

    Notes
    -----
    At horizon h rows are cut into blocks midway between events more than h rows apart; errors may
    depend on each other within a block.
    """
    ratios = []
    for one in found:
        for h in range(len(one.estimates)):
            used = one.instrument[:, h] != 0
            members = np.unique(event_blocks(events & used, h)[used], return_inverse=True)[1]
            scale, df = few_clusters(one.instrument[used, h], members)
            if not df:
                raise TooFewObservationsError(
                    f"The instrument moves on {int((events & used).sum())} of the rows used, one "
                    f"event at horizon {h}: nothing to judge its effect by.",
                    "Use a shorter horizon, or an instrument with moves further apart.",
                )
            sums = [np.bincount(members, column) * scale for column in _pair(one, h)[used].T]
            pair = np.column_stack(sums)
            ratios.append(_ratio(one, h, pair.T @ pair, df))
    return tuple(ratios)


def bandwidth_words(inference: str, bandwidth: int | None) -> str | None:
    """Return the bandwidth as the result prints it."""
    if inference == "lag_augmented":
        return None
    return "h lags at horizon h" if bandwidth is None else f"{bandwidth} lags"


def _pair(one: Projections, h: int) -> np.ndarray:
    return np.column_stack([one.influence_reduced[:, h], one.influence_first[:, h]])


def _ratio(one: Projections, h: int, block: np.ndarray, df: float = float("inf")) -> Ratio:
    reduced, first = float(one.reduced[h]), float(one.first[h])
    own, between, cross = float(block[0, 0]), float(block[1, 1]), float(block[0, 1])
    return Ratio(reduced, first, own, between, cross, df)


def _width(h: int, inference: str, bandwidth: int | None) -> float:
    if inference == "lag_augmented":
        return 1.0
    return (h if bandwidth is None else bandwidth) + 1.0
