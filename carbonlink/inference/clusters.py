"""The mean over a few or many clusters: wild bootstrap-t, and the cluster bootstrap-t."""

from __future__ import annotations

import itertools

import numpy as np

MANY = 20
"""From this many clusters on, whole clusters are drawn; below, their deviations change sign."""

WEBB = np.sqrt([1.5, 1.0, 0.5])
WEBB = np.concatenate([-WEBB, WEBB[::-1]])
_ENUMERATED = 5
_FAR = 1e4


def cluster_draws(size: int, generator: np.random.Generator, clusters: int) -> np.ndarray:
    """Draw weights: how often each cluster is drawn, or Webb's six-point weights below `MANY`."""
    if clusters >= MANY:
        return generator.multinomial(clusters, np.full(clusters, 1 / clusters), size).astype(float)
    return generator.choice(WEBB, size=(size, clusters))


def all_weights(clusters: int) -> np.ndarray | None:
    """Return every combination of Webb's weights where they are few, else None."""
    if clusters > _ENUMERATED:
        return None
    return np.array(list(itertools.product(WEBB, repeat=clusters)))


def mean_interval(
    values: np.ndarray,
    clusters: np.ndarray,
    weights: np.ndarray,
    level: float,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> tuple[float, float]:
    """Return a confidence interval of the mean of clustered values.

    Parameters
    ----------
    values : ndarray, shape (n,)
    clusters : ndarray of int, shape (n,)
        0 … G − 1.
    weights : ndarray, shape (draws, G)
        From `cluster_draws` or `all_weights`.
    level : float
    bounds : tuple of float
        Range of the mean; an end that the data do not determine is put there.

    Returns
    -------
    tuple of float
        NaN with fewer than two clusters.

    Notes
    -----
    Below 20 clusters the interval holds every value μ that a wild cluster bootstrap-t with the
    null imposed does not reject: e = y − μ, y* = μ + w_g e with Webb's weights, p the share of
    |t*| at or above |t|, t from the cluster-robust variance with G/(G − 1). From 20 clusters on
    whole clusters are drawn and the interval is ȳ minus the quantiles of t*, times the error.

    References
    ----------
    Cameron, A. C., J. B. Gelbach and D. L. Miller (2008). Bootstrap-based improvements for
    inference with clustered errors. Review of Economics and Statistics 90, 414–427.
    doi:10.1162/rest.90.3.414
    Webb, M. D. (2023). Reworking wild bootstrap-based inference for clustered errors. Canadian
    Journal of Economics 56, 839–858. doi:10.1111/caje.12661
    """
    count = weights.shape[1]
    if count < 2:
        return float("nan"), float("nan")
    mean, deviations, sizes, error = _moments(values, clusters, count)
    if error <= 1e-12 * max(abs(mean), 1e-300):
        return float(mean), float(mean)
    if count >= MANY:
        return _drawn_interval(mean, error, deviations, sizes, weights, level, bounds)
    test = _WildTest(deviations, sizes, weights, error)
    return (
        _end(test, mean, error, -1, 1 - level, bounds[0]),
        _end(test, mean, error, 1, 1 - level, bounds[1]),
    )


def mean_test(values: np.ndarray, clusters: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Test that the mean of clustered values is zero, by the wild cluster bootstrap-t.

    Parameters
    ----------
    values : ndarray, shape (n,)
    clusters : ndarray of int, shape (n,)
        0 … G − 1.
    weights : ndarray, shape (draws, G)
        Webb's weights, drawn or all of them.

    Returns
    -------
    statistic, p_value : float
        t from the cluster-robust variance, and the share of |t*| at or above |t|; NaN with fewer
        than two clusters.
    """
    count = weights.shape[1]
    mean = values.mean()
    deviations = np.bincount(clusters, values - mean, count)
    error = np.sqrt(count / max(count - 1, 1) * (deviations**2).sum()) / len(values)
    if count < 2 or error <= 1e-12 * max(abs(mean), 1e-300):
        return float("nan"), float("nan")
    sizes = np.bincount(clusters, minlength=count).astype(float)
    return float(mean / error), _WildTest(deviations, sizes, weights, error).p_value(mean)


def mean_p_value(
    values: np.ndarray, clusters: np.ndarray, weights: np.ndarray, null: float = 0.0
) -> float:
    """Return the two-sided p-value of the mean being `null`, by the test that the interval inverts.

    Parameters
    ----------
    values, clusters, weights
        As in `mean_interval`.
    null : float

    Returns
    -------
    float
        NaN with fewer than two clusters or no spread.
    """
    count = weights.shape[1]
    if count < 2:
        return float("nan")
    mean, deviations, sizes, error = _moments(values, clusters, count)
    if error <= 1e-12 * max(abs(mean), 1e-300):
        return float("nan")
    if count < MANY:
        p = _WildTest(deviations, sizes, weights, error).p_value(mean - null)
        draws = len(weights)
        return p if all_weights(count) is not None else (1 + p * draws) / (1 + draws)
    t = _drawn_t(deviations, sizes, weights)
    own = (mean - null) / error
    tail = min((t >= own).sum(), (t <= own).sum())
    return float(min(1.0, 2 * (1 + tail) / (1 + len(t))))


def _moments(
    values: np.ndarray, clusters: np.ndarray, count: int
) -> tuple[float, np.ndarray, np.ndarray, float]:
    """Return mean, deviations and sizes by cluster, and the cluster-robust error of the mean."""
    mean = float(values.mean())
    deviations = np.bincount(clusters, values - mean, count)
    sizes = np.bincount(clusters, minlength=count).astype(float)
    error = float(np.sqrt(count / (count - 1) * (deviations**2).sum()) / len(values))
    return mean, deviations, sizes, error


def _drawn_t(deviations: np.ndarray, sizes: np.ndarray, counts: np.ndarray) -> np.ndarray:
    total = counts @ sizes
    shift = counts @ deviations / total
    scores = deviations - shift[:, None] * sizes
    groups = counts.shape[1]
    spread = np.sqrt(groups / (groups - 1) * (counts * scores**2).sum(axis=1)) / total
    return np.divide(shift, spread, out=np.zeros_like(shift), where=spread > 0)


def _drawn_interval(mean, error, deviations, sizes, counts, level, bounds) -> tuple[float, float]:
    t = _drawn_t(deviations, sizes, counts)
    low, high = np.quantile(t, [(1 - level) / 2, (1 + level) / 2])
    ends = np.clip([mean - high * error, mean - low * error], *bounds)
    return float(ends[0]), float(ends[1])


class _WildTest:
    """p-value of mean = ȳ − d for any d, from sums that are quadratic in d."""

    def __init__(self, deviations, sizes, weights, error) -> None:
        self.error, self.n = error, sizes.sum()
        w, w2 = weights, weights**2
        self.linear = (w @ deviations, w @ sizes)
        self.cross = (w @ (sizes * deviations), w @ sizes**2)
        self.square = (w2 @ deviations**2, w2 @ (deviations * sizes), w2 @ sizes**2)
        self.sizes2 = (sizes**2).sum()
        self.factor = weights.shape[1] / (weights.shape[1] - 1)

    def p_value(self, d: float) -> float:
        h = (self.linear[0] + d * self.linear[1]) / self.n
        a, b, c = self.square
        cross = self.cross[0] + d * self.cross[1]
        squares = a + 2 * d * b + d * d * c - 2 * h * cross + h * h * self.sizes2
        scale = a + d * d * c + 1e-300
        spread = np.sqrt(self.factor * np.where(squares > 1e-13 * scale, squares, 0)) / self.n
        t = np.divide(np.abs(h), spread, out=np.full_like(h, np.inf), where=spread > 0)
        return float((t >= abs(d) / self.error * (1 - 1e-9)).mean())


def _end(test: _WildTest, mean: float, error: float, side: int, size: float, bound: float) -> float:
    """Return the furthest value on one side that the test does not reject."""
    step = error
    while test.p_value(-side * step) > size:
        step *= 2
        beyond = side * (mean + side * step - bound) >= 0
        if beyond or step > _FAR * error:
            if beyond and test.p_value(mean - bound) <= size:
                step = abs(mean - bound)
                break
            return float(bound)
    inside, outside = 0.0, step
    for _ in range(50):
        middle = (inside + outside) / 2
        if test.p_value(-side * middle) > size:
            inside = middle
        else:
            outside = middle
    low, high = sorted((mean, bound))
    return float(np.clip(mean + side * outside, low, high))
