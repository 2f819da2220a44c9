"""The likelihood of scalar and diagonal BEKK(1, 1) models, and its derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .dcc import pack, pairs, products, unpack

KINDS = ("scalar", "diagonal")


@dataclass(frozen=True, eq=False)
class Problem:
    """Residuals and the form of a BEKK model.

    Attributes
    ----------
    e : ndarray, shape (n, k)
        Residuals, their mean taken out.
    kind : {"scalar", "diagonal"}
    target : ndarray, shape (m,), or None
        Packed unconditional covariance that the intercept is solved from; None leaves the
        intercept free.
    start : ndarray, shape (m,)
        Packed H₀ and e₀e₀', what comes before the first row.
    """

    e: np.ndarray
    kind: str
    target: np.ndarray | None
    start: np.ndarray

    @property
    def wide(self) -> int:
        """Number of shock (and of carry) parameters: 1 or k."""
        return 1 if self.kind == "scalar" else self.e.shape[1]

    @property
    def free_intercept(self) -> int:
        """Number of free intercept parameters."""
        k = self.e.shape[1]
        return 0 if self.target is not None else k * (k + 1) // 2


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A BEKK model at given parameters.

    Attributes
    ----------
    terms : ndarray, shape (n,)
        Log-density of each row; −∞ in the first where some H_t is not positive definite.
    packed : ndarray, shape (n, m)
        Lower triangles of H_t, row by row.
    to_h : ndarray, shape (n, m)
        Derivative of each term in the elements of H_t (off-diagonal ones moving together).
    """

    terms: np.ndarray
    packed: np.ndarray
    to_h: np.ndarray

    @property
    def total(self) -> float:
        """Log-likelihood; −∞ where it is no number."""
        value = float(self.terms.sum())
        return value if np.isfinite(value) else -np.inf


def split(theta: np.ndarray, p: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the lower triangle of C (empty under targeting), a and b, each of length k."""
    k, c, w = p.e.shape[1], p.free_intercept, p.wide
    a, b = theta[c : c + w], theta[c + w : c + 2 * w]
    return theta[:c], np.resize(a, k), np.resize(b, k)


def weights(theta: np.ndarray, p: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Return a_i a_j and b_i b_j, packed."""
    rows, columns = pairs(p.e.shape[1])
    _, a, b = split(theta, p)
    return a[rows] * a[columns], b[rows] * b[columns]


def intercept(theta: np.ndarray, p: Problem) -> np.ndarray:
    """Return CC', packed: free, or what makes the target the unconditional covariance."""
    if p.target is not None:
        alpha, beta = weights(theta, p)
        return p.target * (1 - alpha - beta)
    lower = _triangle(split(theta, p)[0], p.e.shape[1])
    return pack(lower @ lower.T)


def _triangle(values: np.ndarray, k: int) -> np.ndarray:
    lower = np.zeros((k, k))
    lower[pairs(k)] = values
    return lower


def evaluate(theta: np.ndarray, p: Problem) -> Evaluation:
    """Evaluate a BEKK model.

    Notes
    -----
    H_t = CC' + A e_{t-1} e_{t-1}' A + B H_{t-1} B with A and B diagonal, or a and b times the
    identity: every element is a filter of its own, h_ij,t = c_ij + a_i a_j e_i e_j + b_i b_j
    h_ij,t−1. The rows are normal given the past.

    References
    ----------
    Engle, R. F. and Kroner, K. F. (1995). Multivariate simultaneous generalized ARCH.
    Econometric Theory 11, 122–150. doi:10.1017/S0266466600009063
    """
    n, k = p.e.shape
    alpha, beta = weights(theta, p)
    packed = _filter(p.start, _news(intercept(theta, p), alpha, p), beta)
    matrix = unpack(packed, k)
    try:
        root = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        nothing = np.zeros_like(packed)
        return Evaluation(np.full(n, -np.inf), packed, nothing)
    log_det = 2 * np.log(np.einsum("tii->ti", root)).sum(axis=1)
    inverse = np.linalg.inv(matrix)
    u = np.einsum("tij,tj->ti", inverse, p.e)
    square = np.einsum("ti,ti->t", u, p.e)
    rows, columns = pairs(k)
    to_h = np.where(rows == columns, -0.5, -1.0) * (pack(inverse) - products(u))
    return Evaluation(-0.5 * (k * np.log(2 * np.pi) + log_det + square), packed, to_h)


def _news(c: np.ndarray, alpha: np.ndarray, p: Problem) -> np.ndarray:
    return c + alpha * _past_products(p)


def _past_products(p: Problem) -> np.ndarray:
    """e_{t-1} e_{t-1}', packed, the start before the first."""
    return np.vstack([p.start, products(p.e)[:-1]])


def _filter(start: np.ndarray, news: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """h with h_t = news_t + β h_{t-1}, a column at a time."""
    from scipy.signal import lfilter

    out = np.empty_like(news)
    for j, b in enumerate(beta):
        out[:, j] = lfilter([1.0], [1.0, -b], news[:, j], zi=[b * start[j]])[0]
    return out


def gradient(theta: np.ndarray, at: Evaluation, p: Problem) -> np.ndarray:
    """Return the derivative of the log-likelihood in the parameters.

    Notes
    -----
    With λ_t = Σ_{s≥t} β^{s−t} ∂ℓ_s/∂h_s per element, the derivative in c, α and β of the
    element is Σλ_t, Σλ_t x_{t−1} and Σλ_t h_{t−1}.
    """
    _, beta = weights(theta, p)
    ahead = _filter(np.zeros_like(p.start), at.to_h[::-1], beta)[::-1]
    before = np.vstack([p.start, at.packed[:-1]])
    by = (
        ahead.sum(axis=0),
        np.einsum("tm,tm->m", ahead, _past_products(p)),
        np.einsum("tm,tm->m", ahead, before),
    )
    return _chain(theta, tuple(v[None] for v in by), p)[0]


def scores(theta: np.ndarray, at: Evaluation, p: Problem) -> np.ndarray:
    """Return the derivative of every term in the parameters, shape (n, q)."""
    _, beta = weights(theta, p)
    none = np.zeros_like(p.start)
    before = np.vstack([p.start, at.packed[:-1]])
    ones = np.ones_like(at.packed)
    slopes = [_filter(none, drive, beta) for drive in (ones, _past_products(p), before)]
    return _chain(theta, tuple(at.to_h * s for s in slopes), p)


def _chain(theta: np.ndarray, by: tuple[np.ndarray, ...], p: Problem) -> np.ndarray:
    """Derivatives in the parameters from those in c, α and β of each element, shape (r, q)."""
    by_c, by_alpha, by_beta = by
    k = p.e.shape[1]
    rows, columns = pairs(k)
    free, a, b = split(theta, p)
    parts = []
    if p.target is None:
        full = unpack(by_c * np.where(rows == columns, 1.0, 0.5), k)
        parts.append(pack(2 * full @ _triangle(free, k)))
    else:
        by_alpha = by_alpha - by_c * p.target
        by_beta = by_beta - by_c * p.target
    for value, d in ((a, by_alpha), (b, by_beta)):
        own = np.zeros((len(d), k))
        for i in range(k):
            first, second = rows == i, columns == i
            own[:, i] = d[:, first] @ value[columns[first]] + d[:, second] @ value[rows[second]]
        parts.append(own.sum(axis=1, keepdims=True) if p.kind == "scalar" else own)
    return np.concatenate(parts, axis=1)
