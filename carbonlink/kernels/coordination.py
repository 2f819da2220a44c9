"""The coupling coordination degree (耦合协调度) and its variants, on bare arrays."""

from __future__ import annotations

import numpy as np

VARIANTS = ("standard", "modified", "lost-coefficient", "power")
"""The normalised form; Wang et al.'s; and two in circulation that are not comparable with them."""


def coupling(u: np.ndarray, variant: str = "standard") -> np.ndarray:
    """Return the coupling degree C of each row of u (n, k), systems in [0, 1].

    Notes
    -----
    * standard: C = k (ΠU)^{1/k} / ΣU, in [0, 1]; the geometric over the arithmetic mean.
    * modified: C = √{[1 − Σ_{i>j}|U_i − U_j| / (k(k−1)/2)] · (Π U_i/max U)^{1/(k−1)}}.
    * lost-coefficient: (ΠU)^{1/k} / ΣU, without the k: at most 1/k.
    * power: [ΠU / (ΣU/k)^k], the standard C to the power k.

    References
    ----------
    Wang, S., Kong, W., Ren, L., Zhi, D. and Dai, B. (2021). Research on misuses and modification
    of coupling coordination degree model in China (国内耦合协调度模型的误区及修正). Journal of
    Natural Resources 36, 793–810. doi:10.31497/zrzyxb.20210319
    """
    k = u.shape[-1]
    total = u.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        if variant == "modified":
            apart = np.abs(u[..., :, None] - u[..., None, :]).sum(axis=(-1, -2)) / 2
            ratio = np.prod(u / u.max(axis=-1, keepdims=True), axis=-1) ** (1 / (k - 1))
            c = np.sqrt(np.clip(1 - apart / (k * (k - 1) / 2), 0, None) * ratio)
        else:
            c = k * np.prod(u, axis=-1) ** (1 / k) / total
            if variant == "lost-coefficient":
                c = c / k
            elif variant == "power":
                c = c**k
    return np.where(total > 0, c, 0.0)


def coordination(u: np.ndarray, weights: np.ndarray, variant: str = "standard") -> np.ndarray:
    """Return C, T = Σ w_i U_i and D = √(C·T) as columns; shape (n, 3)."""
    c = coupling(u, variant)
    t = u @ weights
    return np.stack([c, t, np.sqrt(c * t)], axis=-1)


def entropy_weights(u: np.ndarray) -> np.ndarray:
    """Return weights by the entropy of each column of u (n, k): more to what varies more."""
    total = u.sum(axis=0)
    share = u / np.where(total > 0, total, 1.0)
    logs = np.log(np.where(share > 0, share, 1.0))
    spread = 1 + (share * logs).sum(axis=0) / np.log(len(u))
    if spread.sum() <= 0:
        return np.full(u.shape[1], 1 / u.shape[1])
    return spread / spread.sum()


def unit_interval(
    values: np.ndarray, low: np.ndarray, high: np.ndarray, falls: np.ndarray, floor: float
) -> np.ndarray:
    """Return (x − low)/(high − low) of each column within [floor, 1]; reversed where `falls`."""
    width = np.where(high > low, high - low, 1.0)
    made = np.clip((values - low) / width, 0.0, 1.0)
    made = np.where(falls, 1 - made, made)
    return floor + (1 - floor) * made
