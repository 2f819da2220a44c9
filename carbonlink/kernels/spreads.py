"""Trading costs from daily prices: Roll, Corwin and Schultz, Abdi and Ranaldo, LOT, FHT."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_DENOMINATOR = 3 - 2 * np.sqrt(2)


def roll(changes: np.ndarray) -> float:
    """Return Roll's effective spread from successive price changes.

    Parameters
    ----------
    changes : ndarray, shape (n,)
        Changes of the log price from one trade to the next.

    Returns
    -------
    float
        2√−c with c the sample autocovariance of order one (divisor n − 2, for n − 1 pairs); NaN
        with fewer than three changes or a covariance that is not negative.

    References
    ----------
    Roll, R. (1984). A simple implicit measure of the effective bid-ask spread in an efficient
    market. Journal of Finance 39, 1127–1139. doi:10.1111/j.1540-6261.1984.tb03897.x
    """
    if len(changes) < 3:
        return float("nan")
    now, before = changes[1:], changes[:-1]
    covariance = float(((now - now.mean()) * (before - before.mean())).sum() / (len(now) - 1))
    return float(2 * np.sqrt(-covariance)) if covariance < 0 else float("nan")


def corwin_schultz(
    high: np.ndarray, low: np.ndarray, close: np.ndarray, before: np.ndarray
) -> np.ndarray:
    """Return the high–low spread of each day with the one before it.

    Parameters
    ----------
    high, low, close : ndarray, shape (n,)
        The ranges must be genuine: NaN elsewhere.
    before : ndarray of bool, shape (n,)
        Whether the row above is the session before.

    Returns
    -------
    ndarray, shape (n,)
        Negative two-day estimates are 0, as in the paper; NaN where one of the two days has no
        genuine range.

    Notes
    -----
    β = Σ_2 ln²(H/L), γ = ln²(H₂/L₂) of the two days, the second moved by what the close before
    lies outside its range; α = (√(2β) − √β)/(3 − 2√2) − √(γ/(3 − 2√2)), S = 2(e^α − 1)/(1 + e^α).

    References
    ----------
    Corwin, S. A. and P. Schultz (2012). A simple way to estimate bid-ask spreads from daily high
    and low prices. Journal of Finance 67, 719–760. doi:10.1111/j.1540-6261.2012.01729.x
    """
    found = np.full(len(high), np.nan)
    if len(high) < 2:
        return found
    gap = np.maximum(close[:-1] - high[1:], 0) + np.minimum(close[:-1] - low[1:], 0)
    squares = np.log(high / low) ** 2
    beta = squares[1:] + squares[:-1]
    top = np.maximum(high[1:] + gap, high[:-1])
    bottom = np.minimum(low[1:] + gap, low[:-1])
    gamma = np.log(top / bottom) ** 2
    alpha = (np.sqrt(2 * beta) - np.sqrt(beta)) / _DENOMINATOR - np.sqrt(gamma / _DENOMINATOR)
    spread = 2 * np.expm1(alpha) / (1 + np.exp(alpha))
    found[1:] = np.where(before[1:], np.maximum(spread, 0), np.nan)
    return found


def abdi_ranaldo(
    high: np.ndarray, low: np.ndarray, close: np.ndarray, before: np.ndarray
) -> np.ndarray:
    """Return the close–high–low spread of each day with the one before it.

    Parameters
    ----------
    high, low, close, before : ndarray, shape (n,)
        As in `corwin_schultz`.

    Returns
    -------
    ndarray, shape (n,)
        √max(4 (c_{t−1} − η_{t−1})(c_{t−1} − η_t), 0), the two-day corrected version, with c the log
        close and η the middle of the log range.

    References
    ----------
    Abdi, F. and A. Ranaldo (2017). A simple estimation of bid-ask spreads from daily close, high,
    and low prices. Review of Financial Studies 30, 4437–4480. doi:10.1093/rfs/hhx084
    """
    found = np.full(len(high), np.nan)
    if len(high) < 2:
        return found
    c, middle = np.log(close), (np.log(high) + np.log(low)) / 2
    square = 4 * (c[:-1] - middle[:-1]) * (c[:-1] - middle[1:])
    found[1:] = np.where(before[1:], np.sqrt(np.maximum(square, 0)), np.nan)
    return found


def fht(deviation: float, zeros: float) -> float:
    """Return the closed-form spread of Fong, Holden and Trzcinka.

    Parameters
    ----------
    deviation : float
        Standard deviation of daily log returns.
    zeros : float
        Share of days with a return of zero, days without a trade among them.

    Returns
    -------
    float
        2σ Φ⁻¹((1 + z)/2); infinite where every day is a zero.

    References
    ----------
    Fong, K. Y. L., C. W. Holden and C. A. Trzcinka (2017). What are the best liquidity proxies for
    global research? Review of Finance 21, 1355–1401. doi:10.1093/rof/rfx003
    """
    from scipy import special

    return float(2 * deviation * special.ndtri((1 + zeros) / 2))


@dataclass(frozen=True)
class LimitedDependent:
    """Estimates of the limited dependent variable model of trading costs.

    Attributes
    ----------
    sell, buy : float
        Thresholds α₁ ≤ 0 ≤ α₂ below and above which the value must move before somebody trades.
    sigma : float
        Standard deviation of the unseen daily return.
    loglik : float
    converged : bool
    """

    sell: float
    buy: float
    sigma: float
    loglik: float
    converged: bool

    @property
    def cost(self) -> float:
        """Round-trip cost α₂ − α₁."""
        return self.buy - self.sell


def limited_dependent(returns: np.ndarray) -> LimitedDependent | None:
    """Fit the model of Lesmond, Ogden and Trzcinka without a market factor.

    Parameters
    ----------
    returns : ndarray, shape (n,)
        Daily log returns, exactly 0 on days without a trade or a change.

    Returns
    -------
    LimitedDependent or None
        None where a sign or the zeros are missing, or fewer than ten days are given: then the
        model is not identified.

    Notes
    -----
    The unseen return is r* ~ N(0, σ²); observed is r* − α₁ where r* < α₁, r* − α₂ where r* > α₂,
    and 0 between. With φ and Φ the normal density and distribution,

    log L = Σ_{r<0} ln φ((r + α₁)/σ)/σ + Σ_{r>0} ln φ((r + α₂)/σ)/σ + Σ_{r=0} ln[Φ(α₂/σ) − Φ(α₁/σ)].

    The regions are told apart by the sign of the return, since these markets have no market
    portfolio to tell them apart by.

    References
    ----------
    Lesmond, D. A., J. P. Ogden and C. A. Trzcinka (1999). A new estimate of transaction costs.
    Review of Financial Studies 12, 1113–1141.
    """
    down, up = returns[returns < 0], returns[returns > 0]
    zeros = len(returns) - len(down) - len(up)
    if len(returns) < 10 or not len(down) or not len(up) or not zeros:
        return None
    scale = float(np.sqrt(np.mean(returns**2)))
    sums = _Sums.of(down / scale, up / scale, zeros)
    free = np.ones(3, dtype=bool)
    theta, value, done = _maximise(sums, _start(sums), free)
    wrong = np.array([theta[0] > 0, theta[1] < 0, False])
    if wrong.any():
        free = ~wrong
        theta, value, done = _maximise(sums, np.where(free, _start(sums), 0.0), free)
    sell, buy, inverse = theta
    loglik = value - sums.moved * (0.5 * np.log(2 * np.pi) + np.log(scale))
    unit = scale / inverse
    return LimitedDependent(float(sell * unit), float(buy * unit), float(unit), float(loglik), done)


@dataclass(frozen=True)
class _Sums:
    """Counts, sums and sums of squares of the returns below and above zero, and the zeros."""

    down: tuple[int, float, float]
    up: tuple[int, float, float]
    zeros: int

    @classmethod
    def of(cls, down: np.ndarray, up: np.ndarray, zeros: int) -> _Sums:
        return cls(
            (len(down), float(down.sum()), float(down @ down)),
            (len(up), float(up.sum()), float(up @ up)),
            zeros,
        )

    @property
    def moved(self) -> int:
        return self.down[0] + self.up[0]


def _start(sums: _Sums) -> np.ndarray:
    from scipy import special

    n = sums.moved + sums.zeros
    edge = special.ndtri((1 + sums.zeros / n) / 2)
    square = (sums.down[2] + sums.up[2]) / sums.moved
    return np.array([-edge, edge, 1 / np.sqrt(square * n / sums.moved)])


def _maximise(sums: _Sums, theta: np.ndarray, free: np.ndarray) -> tuple[np.ndarray, float, bool]:
    """Maximise over (α₁/σ, α₂/σ, 1/σ), in which the log-likelihood is concave, by Newton steps."""
    value, gradient, hessian = _derivatives(sums, theta)
    for _ in range(100):
        step = np.zeros(3)
        step[free] = np.linalg.solve(hessian[np.ix_(free, free)], -gradient[free])
        if gradient @ step < 1e-12 * (1 + abs(value)):
            return theta, value, True
        size = 1.0
        while size > 1e-10:
            tried = theta + size * step
            if tried[2] > 0 and tried[0] < tried[1]:
                better = _derivatives(sums, tried)
                if better[0] >= value:
                    break
            size /= 2
        else:
            return theta, value, False
        theta, (value, gradient, hessian) = tried, better
    return theta, value, False


def _derivatives(sums: _Sums, theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    from scipy import special

    a, b, g = theta
    (n_d, s_d, q_d), (n_u, s_u, q_u) = sums.down, sums.up
    inner = max(float(special.ndtr(b) - special.ndtr(a)), 1e-300)
    at_a, at_b = (np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi) / inner for x in (a, b))
    z = sums.zeros
    squares = g * g * (q_d + q_u) + 2 * g * (a * s_d + b * s_u) + a * a * n_d + b * b * n_u
    value = -0.5 * squares + sums.moved * np.log(g) + z * np.log(inner)
    gradient = np.array(
        [
            -g * s_d - a * n_d - z * at_a,
            -g * s_u - b * n_u + z * at_b,
            -g * (q_d + q_u) - a * s_d - b * s_u + sums.moved / g,
        ]
    )
    cross = z * at_a * at_b
    hessian = np.array(
        [
            [-n_d + z * (a * at_a - at_a**2), cross, -s_d],
            [cross, -n_u - z * (b * at_b + at_b**2), -s_u],
            [-s_d, -s_u, -(q_d + q_u) - sums.moved / g**2],
        ]
    )
    return float(value), gradient, hessian
