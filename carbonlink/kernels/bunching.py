"""Excess mass in a zone above a polynomial fitted outside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_ROUNDS = 500
_SETTLED = 1e-10


@dataclass(frozen=True, eq=False)
class Excess:
    """Excess mass and the counterfactual.

    Attributes
    ----------
    mass : float
        Σ over the zone of the profile less the counterfactual.
    days : float
        `mass` over the counterfactual's mean in the zone.
    counterfactual : ndarray, shape (t,)
    settled : bool
        Whether the missing mass was found.
    """

    mass: float
    days: float
    counterfactual: np.ndarray
    settled: bool


def projection(place: np.ndarray, zone: np.ndarray, degree: int) -> np.ndarray:
    """Return the matrix that takes a profile to its polynomial fitted outside the zone, (t, t)."""
    middle = (place[0] + place[-1]) / 2
    powers = np.polynomial.chebyshev.chebvander((place - middle) / (place[-1] - middle), degree)
    outside = np.where(zone[:, None], 0.0, powers)
    return powers @ np.linalg.pinv(outside)


def excess_mass(profile: np.ndarray, hat: np.ndarray, zone: np.ndarray, side: np.ndarray) -> Excess:
    """Return the excess mass in the zone, the missing mass put back where it came from.

    Parameters
    ----------
    profile : ndarray, shape (t,)
    hat : ndarray, shape (t, t)
        From `projection`.
    zone, side : ndarray of bool, shape (t,)
        Where the excess is counted; where it is missing (nowhere: no correction).

    Notes
    -----
    The profile on `side` is multiplied by 1 + B/Σ_side, B the excess, until B settles; in the
    zone the counterfactual is the polynomial of the profile so raised.

    References
    ----------
    Chetty, R., J. N. Friedman, T. Olsen and L. Pistaferri (2011). Adjustment costs, firm
    responses, and micro vs. macro labor supply elasticities. Quarterly Journal of Economics 126,
    749–804. doi:10.1093/qje/qjr013
    """
    held = float(profile[side].sum())
    raised, mass, settled = profile, 0.0, False
    for _ in range(MOST_ROUNDS):
        fitted = hat @ raised
        new = float((profile - fitted)[zone].sum())
        if not side.any() or abs(new - mass) <= _SETTLED * max(abs(new), 1.0):
            mass, settled = new, True
            break
        mass = mass + (new - mass) / 2
        if not held > 0 or not np.isfinite(mass):
            break
        raised = profile * (1 + np.where(side, mass / held, 0.0))
    normal = float(fitted[zone].mean())
    days = mass / normal if normal > 0 else float("nan")
    return Excess(mass, days, fitted, settled and normal > 0)
