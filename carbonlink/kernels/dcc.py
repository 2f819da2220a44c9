"""The likelihood of dynamic conditional correlations, and its derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .garch_recursion import sweep

KINDS = ("dcc", "adcc", "cdcc")
NAMES = {"dcc": ("a", "b"), "adcc": ("a", "b", "g"), "cdcc": ("a", "b")}


@dataclass(frozen=True, eq=False)
class Problem:
    """Standardised residuals and the form of a correlation model.

    Attributes
    ----------
    z : ndarray, shape (n, k)
        Standardised residuals.
    kind : {"dcc", "adcc", "cdcc"}
    dist : {"normal", "t"}
        Joint density of the residuals; the t has variance one.
    presample : float or None
        Every element of the shock before the first row, after a Q of Q̄; None sets Q₁ = Q̄.
    centred : bool
        Whether Q̄ and N̄ are covariances about the mean with n − 1 in place of mean products.
    composite : bool
        Whether the terms are the sums of the normal log-densities of all pairs of series.
    """

    z: np.ndarray
    kind: str = "dcc"
    dist: str = "normal"
    presample: float | None = None
    centred: bool = False
    composite: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return NAMES[self.kind] + (("nu",) if self.dist == "t" else ())


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A correlation model at given parameters.

    Attributes
    ----------
    terms : ndarray, shape (n,)
        Log-density of each row of z.
    scores : ndarray, shape (n, p)
        Derivatives of the terms in the parameters, the targets held.
    packed : ndarray, shape (n, m)
        Lower triangle of R_t, row by row, diagonal included.
    to_q : ndarray, shape (n, m)
        Derivative of each term in the elements of Q_t.
    to_z : ndarray, shape (n, k)
        Derivative of each term in z_t, R_t held.
    """

    terms: np.ndarray
    scores: np.ndarray
    packed: np.ndarray
    to_q: np.ndarray
    to_z: np.ndarray

    @property
    def total(self) -> float:
        """Log-likelihood of z; −∞ where it is no number."""
        value = float(self.terms.sum())
        return value if np.isfinite(value) else -np.inf


def pairs(k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns of the lower triangle, diagonal included."""
    return np.tril_indices(k)


def pack(matrix: np.ndarray) -> np.ndarray:
    """Return the lower triangle of matrices, shape (..., m)."""
    rows, columns = pairs(matrix.shape[-1])
    return matrix[..., rows, columns]


def unpack(packed: np.ndarray, k: int) -> np.ndarray:
    """Return symmetric matrices from their lower triangles, shape (..., k, k)."""
    rows, columns = pairs(k)
    matrix = np.empty((*packed.shape[:-1], k, k))
    matrix[..., rows, columns] = packed
    matrix[..., columns, rows] = packed
    return matrix


def products(z: np.ndarray) -> np.ndarray:
    """Return the lower triangle of z_t z_t', shape (n, m)."""
    rows, columns = pairs(z.shape[1])
    return z.take(rows, axis=1) * z.take(columns, axis=1)


def falls(z: np.ndarray) -> np.ndarray:
    """Return min(z, 0)."""
    return np.minimum(z, 0.0)


def targets(phi: np.ndarray, p: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Return Q̄ (S for cDCC) and N̄ (zero unless asymmetric), packed.

    Notes
    -----
    cDCC: S is the correlation matrix of diag(Q_t)^{1/2} z_t, which depends on a and b.
    """
    x = rescaled(phi, p)
    q_bar = _moment(x, p.centred)
    if p.kind == "cdcc":
        rows, columns = pairs(x.shape[1])
        spread = np.sqrt(q_bar[rows == columns])
        q_bar = q_bar / (spread[rows] * spread[columns])
    n_bar = _moment(falls(p.z), p.centred) if p.kind == "adcc" else np.zeros(len(q_bar))
    return q_bar, n_bar


def rescaled(phi: np.ndarray, p: Problem) -> np.ndarray:
    """Return diag(Q_t)^{1/2} z_t for cDCC, z_t otherwise."""
    if p.kind != "cdcc":
        return p.z
    with np.errstate(invalid="ignore"):
        return p.z * np.sqrt(own_scales(phi, p)[0])


def rescaled_slopes(phi: np.ndarray, p: Problem) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return diag(Q_t)^{1/2} z_t and its derivatives in a and b (cDCC), each (n, k)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        own, *slopes = own_scales(phi, p)
        x = p.z * np.sqrt(own)
        return x, [0.5 * x * slope / own for slope in slopes]


def target_slopes(phi: np.ndarray, p: Problem) -> list[np.ndarray]:
    """Return the derivatives of the packed S in a and b (cDCC)."""
    x, slopes = rescaled_slopes(phi, p)
    spread = np.sqrt(np.mean(x * x, axis=0))
    w = x / spread
    s, found = w.T @ w / len(x), []
    for slope in slopes:
        by_w = slope.T @ w / (spread[:, None] * len(x))
        by_w += by_w.T
        own = 0.5 * np.diag(by_w)
        found.append(pack(by_w - s * (own[:, None] + own)))
    return found


def _moment(x: np.ndarray, centred: bool) -> np.ndarray:
    if centred:
        x = x - x.mean(axis=0)
    return pack(x.T @ x / (len(x) - centred))


def own_scales(phi: np.ndarray, p: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the diagonal of Q_t in cDCC and its derivatives in a and b, each (n, k)."""
    a, b = phi[:2]
    square = p.z * p.z
    first = 1.0 if p.presample is None else 1 - a + a * p.presample**2
    q, by_a, by_b = np.empty((3, *p.z.shape))
    for i, s in enumerate(square.T):
        carry = a * s[:-1] + b
        direct = np.full(len(s), 1 - a - b)
        direct[0] = first
        q[:, i] = sweep(carry, direct[None])[0]
        slopes = np.zeros((2, len(s)))
        slopes[0, 0] = 0.0 if p.presample is None else p.presample**2 - 1
        slopes[0, 1:] = s[:-1] * q[:-1, i] - 1
        slopes[1, 1:] = q[:-1, i] - 1
        by_a[:, i], by_b[:, i] = sweep(carry, slopes)
    return q, by_a, by_b


def evaluate(phi: np.ndarray, target: tuple[np.ndarray, np.ndarray], p: Problem) -> Evaluation:
    """Evaluate a correlation model.

    Parameters
    ----------
    phi : ndarray
        a, b, g where asymmetric, ν where t.
    target : tuple of ndarray
        Q̄ and N̄, packed.
    p : Problem

    Returns
    -------
    Evaluation

    Notes
    -----
    Q_t = (1 − a − b) Q̄ − g N̄ + a x_{t-1} x_{t-1}' + g n_{t-1} n_{t-1}' + b Q_{t-1} with
    n = min(z, 0), x = z, and x = diag(Q)^{1/2} z for cDCC; R_t = diag(Q_t)^{-1/2} Q_t
    diag(Q_t)^{-1/2}. Q_t is linear in Q_{t-1}: every element is a filter of its own.
    """
    q, slopes = _recursion(phi, target, p)
    k = p.z.shape[1]
    rows, columns = pairs(k)
    diagonal = rows == columns
    with np.errstate(invalid="ignore", divide="ignore"):
        own = q[:, diagonal]
        scale = 1 / np.sqrt(own)
        twice = products(scale)
        packed = q * twice
    if p.composite:
        terms, to_q, to_z = _pairwise(packed, own, scale, p.z)
        scores = [np.einsum("tm,tm->t", to_q, s) for s in slopes]
        return Evaluation(terms, np.stack(scores, axis=1), packed, to_q, to_z)
    log_det, inverse = _invert(packed, k)
    u = np.einsum("tij,tj->ti", inverse, p.z)
    square = np.einsum("ti,ti->t", u, p.z)
    terms, weight, by_nu = _density(square, log_det, phi, p)
    to_q = pack(inverse) - weight[:, None] * products(u)
    to_q *= twice
    to_q[:, diagonal] -= (1 - weight[:, None] * u * p.z) / own
    to_q *= np.where(diagonal, -0.5, -1.0)
    scores = [np.einsum("tm,tm->t", to_q, s) for s in slopes] + by_nu
    return Evaluation(terms, np.stack(scores, axis=1), packed, to_q, -weight[:, None] * u)


def _pairwise(
    packed: np.ndarray, own: np.ndarray, scale: np.ndarray, z: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sum of the pairs' normal log-densities, and its derivatives in Q_t and in z_t.

    References
    ----------
    Pakel, C., Shephard, N., Sheppard, K. and Engle, R. F. (2021). Fitting vast dimensional
    time-varying covariance models. Journal of Business & Economic Statistics 39, 652–668.
    doi:10.1080/07350015.2020.1713795
    """
    k = z.shape[1]
    rows, columns = pairs(k)
    apart = rows != columns
    i, j = rows[apart], columns[apart]
    rho, first, second = packed[:, apart], z[:, i], z[:, j]
    with np.errstate(invalid="ignore", divide="ignore"):
        det = 1 - rho * rho
        square = first**2 + second**2 - 2 * rho * first * second
        terms = -0.5 * (2 * np.log(2 * np.pi) + np.log(det) + square / det)
        by_rho = (rho + first * second) / det - rho * square / det**2
        by_first, by_second = -(first - rho * second) / det, -(second - rho * first) / det
    to_q, to_z = np.zeros_like(packed), np.zeros_like(z)
    to_q[:, apart] = by_rho * scale[:, i] * scale[:, j]
    diagonal = np.flatnonzero(~apart)
    pull = -0.5 * by_rho * rho
    for series in range(k):
        mine, other = i == series, j == series
        shared = pull[:, mine].sum(axis=1) + pull[:, other].sum(axis=1)
        to_q[:, diagonal[series]] = shared / own[:, series]
        to_z[:, series] = by_first[:, mine].sum(axis=1) + by_second[:, other].sum(axis=1)
    return terms.sum(axis=1), to_q, to_z


def _density(
    square: np.ndarray, log_det: np.ndarray, phi: np.ndarray, p: Problem
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Log-density, the weight of z z' in its derivative, and the derivative in ν."""
    k = p.z.shape[1]
    if p.dist == "normal":
        terms = -0.5 * (k * np.log(2 * np.pi) + log_det + square)
        return terms, np.ones(len(square)), []
    from scipy.special import digamma, gammaln

    nu = float(phi[-1])
    tail = np.log1p(square / (nu - 2))
    constant = gammaln((nu + k) / 2) - gammaln(nu / 2) - k / 2 * np.log(np.pi * (nu - 2))
    terms = constant - 0.5 * log_det - (nu + k) / 2 * tail
    slope = 0.5 * (digamma((nu + k) / 2) - digamma(nu / 2) - k / (nu - 2))
    spread = nu - 2 + square
    by_nu = slope - 0.5 * tail + (nu + k) / 2 * square / ((nu - 2) * spread)
    return terms, (nu + k) / spread, [by_nu]


def _recursion(
    phi: np.ndarray, target: tuple[np.ndarray, np.ndarray], p: Problem
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Q_t packed, and its derivatives in a, b and g."""
    a, b = phi[:2]
    g = phi[2] if p.kind == "adcc" else 0.0
    q_bar, n_bar = target
    x_by = None
    if p.kind == "cdcc":
        x, x_by = _rescaled_products(phi, p)
    else:
        x = products(p.z)
    y = products(falls(p.z)) if p.kind == "adcc" else None
    news = a * x + ((1 - a - b) * q_bar - g * n_bar)
    if y is not None:
        news += g * y
    before = None if p.presample is None else p.presample**2
    first = q_bar
    if before is not None:
        first = (1 - a) * q_bar - g * n_bar + (a + g) * before
    q = carried(first, news, b)
    starts = [np.zeros_like(q_bar)] * 3
    if before is not None:
        starts = [before - q_bar, np.zeros_like(q_bar), before - n_bar]
    drives = [x - q_bar, q - q_bar] + ([y - n_bar] if y is not None else [])
    if x_by is not None:
        drives = [drive + a * change for drive, change in zip(drives, x_by, strict=True)]
    return q, [carried(s, d, b) for s, d in zip(starts, drives, strict=False)]


def _rescaled_products(phi: np.ndarray, p: Problem) -> tuple[np.ndarray, list[np.ndarray]]:
    """x_t x_t' packed and its derivatives in a and b (cDCC)."""
    rows, columns = pairs(p.z.shape[1])
    x, slopes = rescaled_slopes(phi, p)
    i, j = x.take(rows, axis=1), x.take(columns, axis=1)
    return i * j, [d.take(rows, axis=1) * j + i * d.take(columns, axis=1) for d in slopes]


def carried(first: np.ndarray, news: np.ndarray, b: float) -> np.ndarray:
    """Return v with v_1 = first and v_t = news_{t-1} + b v_{t-1}."""
    from scipy.signal import lfilter

    drive = np.empty_like(news)
    drive[0], drive[1:] = first, news[:-1]
    return lfilter([1.0], [1.0, -b], drive, axis=0)


def _invert(packed: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """ln|R_t| and R_t⁻¹; not a number where R_t is not positive definite."""
    matrix = unpack(packed, k)
    if k == 2:
        rho = packed[:, 1]
        with np.errstate(invalid="ignore", divide="ignore"):
            det = 1 - rho * rho
            inverse = np.array([[1.0, 0.0], [0.0, 1.0]]) - rho[:, None, None] * (1 - np.eye(2))
            return np.log(det), inverse / det[:, None, None]
    try:
        root = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return np.full(len(packed), np.nan), np.full_like(matrix, np.nan)
    log_det = 2 * np.log(np.einsum("tii->ti", root)).sum(axis=1)
    return log_det, np.linalg.inv(matrix)


def target_weights(phi: np.ndarray, p: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Return the derivatives of Q_t in Q̄ and in N̄, which are scalars, each (n,)."""
    a, b = phi[:2]
    g = phi[2] if p.kind == "adcc" else 0.0
    ones = np.ones((len(p.z), 1))
    first = 1.0 if p.presample is None else 1 - a
    by_q = carried(np.array([first]), (1 - a - b) * ones, b)[:, 0]
    by_n = carried(np.array([0.0 if p.presample is None else -g]), -g * ones, b)[:, 0]
    return by_q, by_n
