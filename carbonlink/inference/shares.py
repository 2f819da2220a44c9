"""Sampling errors of one cycle's window share: blocks inside the window and in the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..kernels import blocks
from ..kernels.inequality import s_log, theil_between

SHORTEST = 5
"""A window or rest of fewer days has no interval."""

_PERSISTENT = (
    "volume is so persistent that the window holds fewer than three independent blocks; its own "
    "interval is too short"
)
_Z = 1.959963984540054


@dataclass(frozen=True)
class ShareErrors:
    """Log-odds of a share and their errors.

    Attributes
    ----------
    share, theil_share : float
        Window share S and Theil share Φ.
    share_error, theil_error : float
        Bootstrap standard errors of ln(S/(1 − S)) and of ln(Φ/(1 − Φ)); NaN when they are not
        defined.
    df : float
        Degrees of freedom: blocks less one, window and rest combined.
    length : int
        Days in a block.
    reason : str
        Why there is no interval, or why it is too short.
    """

    share: float
    theil_share: float
    share_error: float = float("nan")
    theil_error: float = float("nan")
    df: float = float("nan")
    length: int = 0
    reason: str = ""

    def interval(self, which: str, level: float) -> tuple[float, float]:
        """Return the interval of "share" or "theil" at a confidence level."""
        from scipy import special, stats

        if which == "share":
            value, error = self.share, self.share_error
        else:
            value, error = self.theil_share, self.theil_error
        if not error >= 0 or not 0 < value < 1:
            return float("nan"), float("nan")
        centre = np.log(value / (1 - value))
        half = stats.t.ppf(0.5 + level / 2, self.df) * error if error > 0 else 0.0
        low, high = special.expit([centre - half, centre + half])
        return float(low), float(high)


def share_errors(
    size: int, generator: np.random.Generator, volume: np.ndarray, inside: np.ndarray
) -> ShareErrors:
    """Return the errors of a cycle's window share by a stratified block bootstrap.

    Parameters
    ----------
    size : int
        Bootstrap draws.
    volume : ndarray, shape (n,)
    inside : ndarray of bool, shape (n,)
        Days of the window.

    Notes
    -----
    Circular blocks are drawn inside the window and inside the rest separately: blocks over the
    whole cycle would move the deadline's volume about and return w/n. Their length is Politis
    and White's for the cycle with both parts scaled to mean one, at most a third of a part. The
    error is the central 95 % of the drawn log-odds over 2·1.96, times √(k/(k − b)) for each part
    of k days and blocks of b, and goes with Student's t. It understates where volume is so
    persistent that a window holds few independent blocks.
    """
    parts = volume[inside], volume[~inside]
    fraction = inside.mean()
    share = float(parts[0].sum() / volume.sum())
    whole = _theil(volume.sum(), s_log(volume, volume).sum(), len(volume))
    theil_share = float(theil_between(share, fraction) / whole) if whole > 1e-12 else 0.0
    if reason := _unusable(parts):
        return ShareErrors(share, theil_share, reason=reason)
    length, wanted = _length(parts)
    drawn = [_draw(size, generator, part, length) for part in parts]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = [np.log(d[:, 0]) for d in drawn]
        odds = _spread(logs[0] - logs[1])
        spreads = [_spread(one) for one in logs]
        theil_odds = _spread(_theil_log_odds(drawn, fraction, len(volume)))
    counts = np.array([len(p) / length for p in parts])
    variances = np.array(spreads) ** 2 * counts / (counts - 1)
    widen = _widen(np.array(spreads) ** 2, variances)
    return ShareErrors(
        share=share,
        theil_share=theil_share,
        share_error=float(odds * widen),
        theil_error=float(theil_odds * widen) if 0 < theil_share < 1 else float("nan"),
        df=_degrees(variances, counts - 1),
        length=length,
        reason=_PERSISTENT if wanted > length else "",
    )


def _unusable(parts: tuple[np.ndarray, np.ndarray]) -> str:
    for part, name in zip(parts, ("window", "rest of the cycle"), strict=True):
        if len(part) < SHORTEST:
            return f"no interval: the {name} has {len(part)} days, {SHORTEST} are needed"
        if part.sum() <= 0:
            return f"no interval: the {name} has no volume"
    return ""


def _draw(size: int, generator: np.random.Generator, part: np.ndarray, length: int) -> np.ndarray:
    columns = np.column_stack([part, s_log(part, part)])
    sums = blocks.circular_block_sums(size, generator, columns, length)
    sums[sums[:, 0] < 1e-10 * part.sum()] = 0.0  # what cumulated sums leave of an empty draw
    return sums


def _length(parts: tuple[np.ndarray, np.ndarray]) -> tuple[int, int]:
    """Return the length of blocks, and the length that persistence asks for."""
    levelled = np.concatenate([p / p.mean() for p in reversed(parts)])
    longest = min(len(p) // 3 for p in parts)
    wanted = int(np.ceil(blocks.automatic_length(levelled)))
    return max(1, min(wanted, longest)), wanted


def _theil(total: np.ndarray, logs: np.ndarray, n: int) -> np.ndarray:
    return np.log(n) + logs / total - np.log(total)


def _theil_log_odds(drawn: list[np.ndarray], fraction: float, n: int) -> np.ndarray:
    total = drawn[0] + drawn[1]
    between = theil_between(drawn[0][:, 0] / total[:, 0], fraction)
    part = between / _theil(total[:, 0], total[:, 1], n)
    return np.log(part / (1 - part))


def _spread(values: np.ndarray) -> float:
    low, high = np.quantile(np.where(np.isnan(values), -np.inf, values), [0.025, 0.975])
    return float((high - low) / (2 * _Z)) if np.isfinite(low) and np.isfinite(high) else np.inf


def _widen(raw: np.ndarray, corrected: np.ndarray) -> float:
    if not np.isfinite(raw).all() or raw.sum() == 0:
        return 1.0
    return float(np.sqrt(corrected.sum() / raw.sum()))


def _degrees(variances: np.ndarray, df: np.ndarray) -> float:
    if not np.isfinite(variances).all() or variances.sum() == 0:
        return float(df.min())
    return float(variances.sum() ** 2 / (variances**2 / df).sum())
