"""A GARCH(1,1) of returns over gaps, blind to the shocks of chosen sessions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LARGEST_PERSISTENCE = 0.9999
_STARTS = ((0.95, 0.1), (0.8, 0.2), (0.5, 0.4))


@dataclass(frozen=True, eq=False)
class GapGarch:
    """A fitted variance by session.

    Attributes
    ----------
    omega, alpha, beta : float
    variance : ndarray, shape (n,)
        Of one session given the shocks before it that are seen.
    loglik : float
    used : int
        Returns in the likelihood.
    """

    omega: float
    alpha: float
    beta: float
    variance: np.ndarray
    loglik: float
    used: int

    @property
    def persistence(self) -> float:
        """α + β."""
        return self.alpha + self.beta

    def ahead(self, starts: np.ndarray, length: int) -> np.ndarray:
        """Return E[h] of `length` sessions from each start on, given what is before it.

        Parameters
        ----------
        starts : ndarray of int, shape (s,)
        length : int

        Returns
        -------
        ndarray, shape (s, length)

        Notes
        -----
        ω Σ_{j<k} (α + β)^j + (α + β)^k h_start, k = 0, 1, ….
        """
        decay = self.persistence ** np.arange(length)
        sums = decay.cumsum() - decay
        return self.omega * sums + decay * self.variance[starts, None]

    def ratios(
        self, starts: np.ndarray, length: int, shocks: np.ndarray, gap: np.ndarray
    ) -> np.ndarray:
        """Return squared returns of windows over their variance as forecast at the window's start.

        Parameters
        ----------
        starts : ndarray of int, shape (s,)
            First session of each window.
        length : int
            Sessions.
        shocks, gap : ndarray, shape (n,)
            Returns less their mean, and the sessions they span; NaN on sessions without one.

        Returns
        -------
        ndarray, shape (s, length)
            NaN without a return, or where less than half of its sessions are in the window.
        """
        place = np.arange(length)
        cell = starts[:, None] + place
        span = np.nan_to_num(gap[cell], nan=1.0).astype(int)
        ahead = np.column_stack([np.zeros(len(starts)), self.ahead(starts, length).cumsum(axis=1)])
        before = np.concatenate([[0.0], self.variance.cumsum()])
        within = np.minimum(span, place + 1)
        total = ahead[:, 1:] - np.take_along_axis(ahead, place + 1 - within, axis=1)
        total = total + before[starts][:, None] - before[starts[:, None] - (span - within)]
        known = np.isfinite(shocks[cell]) & (2 * within >= span)
        return np.where(known, shocks[cell] ** 2 / total, np.nan)


def fit_gap_garch(shocks: np.ndarray, gap: np.ndarray, seen: np.ndarray) -> GapGarch:
    """Fit the variance of returns that span one session or more.

    Parameters
    ----------
    shocks : ndarray, shape (n,)
        Returns less their mean, on the session on which they end; NaN without a return.
    gap : ndarray, shape (n,)
        Sessions that each return spans.
    seen : ndarray of bool, shape (n,)
        Sessions whose returns count; the variance is carried through the others.

    Notes
    -----
    h_{t+1} = ω + α x_t + β h_t, x_t = ε_t²/n_t where a seen return over n_t sessions ends at t and
    its expectation h_t on all other sessions. The return has the variance H_t = Σ h over its
    sessions, and the Gaussian quasi-likelihood is −½ Σ_seen (ln 2π + ln H_t + ε_t²/H_t). With a
    return every session, all seen, this is the GARCH(1,1) of Bollerslev (1986). The first variance
    is ω + (α + β)·(mean of ε² per session).

    References
    ----------
    Bollerslev, T. (1986). Generalized autoregressive conditional heteroskedasticity. Journal of
    Econometrics 31, 307–327. doi:10.1016/0304-4076(86)90063-1
    """
    from scipy import optimize

    data = _Data.of(shocks, gap, seen)
    limits = [(np.log(data.mean) - 8, np.log(data.mean) + 8), (0, LARGEST_PERSISTENCE), (0, 1)]
    found = []
    for persistence, share in _STARTS:
        start = np.array([np.log(data.mean), persistence, share])
        found.append(optimize.minimize(_loss, start, (data,), "L-BFGS-B", jac=True, bounds=limits))
    best = min(found, key=lambda one: one.fun)
    omega, alpha, beta = _unpack(best.x)
    h = _run(np.array([omega, alpha, beta]), data)
    return GapGarch(omega, alpha, beta, h, -float(best.fun) * data.used, data.used)


def influence(
    fit: GapGarch,
    shocks: np.ndarray,
    gap: np.ndarray,
    seen: np.ndarray,
    starts: np.ndarray,
    length: int,
) -> np.ndarray:
    """Return what each session's score moves in the mean ratio of windows, shape (n,).

    Parameters
    ----------
    fit : GapGarch
    shocks, gap, seen : ndarray, shape (n,)
        As in `fit_gap_garch`.
    starts : ndarray of int, shape (s,)
    length : int
        Sessions of a window.

    Notes
    -----
    −g'A⁻¹s_t with s_t the scores of (ω, α, β), A = ½ Σ (∂H ∂H')/H² and g the slope of the mean over
    windows of their mean ratio. The scores are uncorrelated over time where the variance is right,
    so Σ of squares is the variance that estimation adds to the mean ratio.
    """
    data = _Data.of(shocks, gap, seen)
    params = np.array([fit.omega, fit.alpha, fit.beta])
    total = _spans(fit.variance[:, None], data)[:, 0]
    relative = _spans(_slopes(params, fit.variance, data), data) / total[:, None]
    scores = 0.5 * (data.square / total - 1)[:, None] * relative
    slope = np.empty(3)
    for j, size in enumerate(1e-4 * np.array([max(fit.omega, 1e-12), 1.0, 1.0])):
        ends = []
        for sign in (-1, 1):
            moved = params + sign * size * (np.arange(3) == j)
            omega, alpha, beta = (float(v) for v in moved)
            other = GapGarch(omega, alpha, beta, _run(moved, data), np.nan, fit.used)
            ratios = other.ratios(starts, length, shocks, gap)
            ends.append(float(np.nanmean(ratios, axis=1).mean()))
        slope[j] = (ends[1] - ends[0]) / (2 * size)
    scale = np.sqrt((relative**2).sum(axis=0))
    scale = np.where(scale > 0, scale, 1.0)
    bread = np.linalg.pinv(0.5 * (relative / scale).T @ (relative / scale), rcond=1e-8)
    moves = np.zeros(len(shocks))
    moves[data.place] = (scores / scale) @ bread @ (slope / scale)
    return moves


@dataclass(frozen=True, eq=False)
class _Data:
    square: np.ndarray
    place: np.ndarray
    start: np.ndarray
    news: np.ndarray
    seen: np.ndarray
    mean: float

    @property
    def used(self) -> int:
        return len(self.place)

    @classmethod
    def of(cls, shocks: np.ndarray, gap: np.ndarray, seen: np.ndarray) -> _Data:
        known = np.isfinite(shocks) & seen
        place = np.flatnonzero(known)
        span = gap[place].astype(int)
        square = shocks[place] ** 2
        news = np.zeros(len(shocks))
        news[place] = square / span
        start = np.maximum(place - span + 1, 0)
        return cls(square, place, start, news, known, float(square.sum() / span.sum()))


def _unpack(theta: np.ndarray) -> tuple[float, float, float]:
    level, persistence, share = np.exp(theta[0]), theta[1], theta[2]
    return level * (1 - persistence), persistence * share, persistence * (1 - share)


def _run(params: np.ndarray, data: _Data) -> np.ndarray:
    omega, alpha, beta = params
    first = omega + (alpha + beta) * data.mean
    right = np.concatenate([[first], omega + alpha * data.news[:-1]])
    return _carried(_carry(params, data), right[:, None])[:, 0]


def _carry(params: np.ndarray, data: _Data) -> np.ndarray:
    return params[2] + params[1] * ~data.seen[:-1]


def _carried(carry: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve s_{t+1} = carry_t s_t + right_{t+1}."""
    from scipy.linalg import solve_banded

    bands = np.vstack([np.ones(len(right)), np.append(-carry, 0.0)])
    return solve_banded((1, 0), bands, right, check_finite=False)


def _slopes(params: np.ndarray, h: np.ndarray, data: _Data) -> np.ndarray:
    """Return ∂h in (ω, α, β), shape (n, 3)."""
    idle = ~data.seen[:-1]
    own = [np.ones(len(h)), np.empty(len(h)), np.empty(len(h))]
    own[1][0] = own[2][0] = data.mean
    own[1][1:] = data.news[:-1] + idle * h[:-1]
    own[2][1:] = h[:-1]
    return _carried(_carry(params, data), np.column_stack(own))


def _loss(theta: np.ndarray, data: _Data) -> tuple[float, np.ndarray]:
    """Return minus the mean log-likelihood of a return, and its slope."""
    params = np.array(_unpack(theta))
    h = _run(params, data)
    slopes = _slopes(params, h, data)
    total, by = _spans(h[:, None], data)[:, 0], _spans(slopes, data)
    value = 0.5 * float(np.mean(np.log(2 * np.pi * total) + data.square / total))
    slope = 0.5 * (((1 - data.square / total) / total) @ by) / data.used
    level, persistence, share = np.exp(theta[0]), theta[1], theta[2]
    turn = np.array(
        [
            [level * (1 - persistence), 0, 0],
            [-level, share, 1 - share],
            [0, persistence, -persistence],
        ]
    )
    return value, turn @ slope


def _spans(columns: np.ndarray, data: _Data) -> np.ndarray:
    total = np.vstack([np.zeros(columns.shape[1]), columns.cumsum(axis=0)])
    return total[data.place + 1] - total[data.start]
