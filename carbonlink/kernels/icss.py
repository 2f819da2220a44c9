"""Breaks in the variance: cumulated sums of squares, and the search for several of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .garch_bootstrap import clusters, limit, simulate
from .icss_critical import bridge_p_value, critical_value

STATISTICS = ("kappa2", "kappa1", "it")
_CLOSE = 2


@dataclass(frozen=True, eq=False)
class Search:
    """The breaks that a search found.

    Attributes
    ----------
    breaks : tuple of int
        Observations before each break, counted from the first: rows [b₁, b₂) are a regime.
    statistics, criticals, p_values : ndarray, shape (m,)
        The test at each break on its two neighbouring regimes together, its critical value and
        its p-value: of the Brownian bridge, or of the bootstrap where that is the law.
    settled : bool
        Whether the last pass left the breaks where they were.
    """

    breaks: tuple[int, ...]
    statistics: np.ndarray
    criticals: np.ndarray
    p_values: np.ndarray
    settled: bool


class Law:
    """The largest path in samples with the clusters of a stretch of returns and no break.

    Parameters
    ----------
    draws : int
    rng : Generator
    """

    def __init__(self, draws: int, rng: np.random.Generator) -> None:
        self.draws, self.rng = draws, rng
        self.known: dict[bytes, np.ndarray] = {}

    def maxima(self, e: np.ndarray, rules: Rules) -> np.ndarray:
        """Return the largest path of each sample, shape (draws,)."""
        key = e.tobytes()
        if key not in self.known:
            n, least = len(e), rules.shortest
            samples = simulate(clusters(e - e.mean()), n, self.draws, self.rng)
            samples -= samples.mean(axis=1, keepdims=True)
            inside = path(samples, rules.statistic, rules.lags)[:, least - 1 : n - least]
            self.known[key] = inside.max(axis=1)
        return self.known[key]


@dataclass(frozen=True)
class Rules:
    """What a search tests with.

    Attributes
    ----------
    statistic : {"kappa2", "kappa1", "it"}
    level : float
        Level of each test.
    shortest : int
        Fewest observations in a regime.
    lags : int or None
        Autocovariances in the long-run variance of kappa2; Newey and West's rule when None.
    asymptotic : bool
        Critical values of the Brownian bridge rather than those of the sample size.
    law : Law or None
        Where given, critical values and p-values are its.
    """

    statistic: str = "kappa2"
    level: float = 0.05
    shortest: int = 30
    lags: int | None = None
    asymptotic: bool = False
    law: Law | None = None


def path(e: np.ndarray, statistic: str = "kappa2", lags: int | None = None) -> np.ndarray:
    """Return the absolute scaled path of cumulated squares, shape (..., n).

    Parameters
    ----------
    e : ndarray, shape (..., n)
        Returns with mean zero.
    statistic : {"kappa2", "kappa1", "it"}
    lags : int, optional
        Autocovariances for kappa2; Newey and West's rule when None.

    Notes
    -----
    With C_k = Σ_{t≤k} e_t², the path is |C_k − (k/n) C_n| / √(n v), v being 2σ⁴ for "it" (normal
    returns), the variance of e² for "kappa1" (independent returns with a finite fourth moment)
    and the long-run variance of e² for "kappa2" (Bartlett weights). Its maximum converges to
    that of the absolute Brownian bridge.

    References
    ----------
    Inclán, C. and Tiao, G. C. (1994). Use of cumulative sums of squares for retrospective
    detection of changes of variance. Journal of the American Statistical Association 89,
    913–923. doi:10.1080/01621459.1994.10476824
    Sansó, A., Aragó, V. and Carrion, J. L. (2004). Testing for changes in the unconditional
    variance of financial time series. Revista de Economía Financiera 4, 32–53.
    """
    n = e.shape[-1]
    square = e * e
    level = square.mean(axis=-1, keepdims=True)
    centred = square - level
    if statistic == "it":
        variance = 2 * level[..., 0] ** 2
    elif statistic == "kappa1":
        variance = (centred * centred).mean(axis=-1)
    else:
        variance = long_run_variance(centred, lags)
    floor = np.finfo(float).eps * level[..., 0] ** 2
    scale = np.sqrt(n * np.maximum(variance, floor))[..., None]
    with np.errstate(invalid="ignore"):
        found = np.abs(np.cumsum(centred, axis=-1)) / scale
    return np.nan_to_num(found, nan=0.0)


def long_run_variance(u: np.ndarray, lags: int | None = None) -> np.ndarray:
    """Return γ₀ + 2 Σ (1 − j/(L+1)) γ_j of series with mean zero, shape (...).

    Parameters
    ----------
    u : ndarray, shape (..., n)
    lags : int, optional
        L; when None ⌊1.1447 (ŝ₁/ŝ₀)^{2/3} n^{1/3}⌋ with ŝ_q from ⌊4 (n/100)^{2/9}⌋ lags.

    References
    ----------
    Newey, W. K. and West, K. D. (1994). Automatic lag selection in covariance matrix
    estimation. Review of Economic Studies 61, 631–653. doi:10.2307/2297912
    """
    n = u.shape[-1]
    if lags is None:
        pilot = _autocovariances(u, min(int(4 * (n / 100) ** (2 / 9)), n - 1))
        s0 = pilot[..., 0] + 2 * pilot[..., 1:].sum(axis=-1)
        s1 = 2 * (np.arange(1, pilot.shape[-1]) * pilot[..., 1:]).sum(axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = 1.1447 * np.abs(s1 / s0) ** (2 / 3) * n ** (1 / 3)
        width = np.minimum(np.floor(np.nan_to_num(rate, nan=0.0, posinf=n)), n // 2)
    else:
        width = np.full(u.shape[:-1], float(min(lags, n - 1)))
    most = int(np.max(width))
    gamma = _autocovariances(u, most)
    j = np.arange(1, most + 1)
    weights = np.maximum(1 - j / (width[..., None] + 1), 0.0)
    return gamma[..., 0] + 2 * (weights * gamma[..., 1:]).sum(axis=-1)


def _autocovariances(u: np.ndarray, most: int) -> np.ndarray:
    n = u.shape[-1]
    pairs = [np.einsum("...t,...t->...", u[..., j:], u[..., : n - j]) for j in range(most + 1)]
    return np.stack(pairs, axis=-1) / n


def strongest(e: np.ndarray, rules: Rules) -> tuple[int, float, float]:
    """Return the likeliest break in a stretch, its statistic and the critical value.

    The break is the number of observations before it. A stretch too short for two regimes gives
    (0, 0, inf).
    """
    n, least = len(e), rules.shortest
    if n < 2 * least:
        return 0, 0.0, np.inf
    inside = path(e, rules.statistic, rules.lags)[least - 1 : n - least]
    place = int(np.argmax(inside))
    return place + least, float(inside[place]), _limit(e, rules)


def _limit(e: np.ndarray, rules: Rules) -> float:
    n = len(e)
    if rules.law is not None:
        return limit(rules.law.maxima(e, rules), rules.level)
    size = None if rules.asymptotic else n
    return critical_value(rules.statistic, rules.level, size, rules.shortest / n)


def _p_value(value: float, e: np.ndarray, rules: Rules) -> float:
    if rules.law is None:
        return bridge_p_value(value)
    law = rules.law.maxima(e, rules)
    return (1 + int((law >= value).sum())) / (len(law) + 1)


def whole(e: np.ndarray, rules: Rules) -> tuple[float, float]:
    """Return the largest path over all returns and its p-value; not trimmed but by a bootstrap."""
    if rules.law is None:
        value = float(path(e, rules.statistic, rules.lags).max())
    else:
        value = strongest(e, rules)[1]
    return value, _p_value(value, e, rules)


def search(e: np.ndarray, rules: Rules) -> Search:
    """Find the breaks in the variance of a series by iterated cumulative sums of squares.

    Parameters
    ----------
    e : ndarray, shape (n,)
        Returns with mean zero.
    rules : Rules

    Returns
    -------
    Search

    Notes
    -----
    Steps of Inclán and Tiao: the first and the last break of a stretch are found by shortening
    it from either side, then the stretch between them is searched; last, every break is tested
    on its two neighbouring regimes together and moved or dropped, until nothing changes. They
    revise all breaks at once, which can go in circles; here each is revised given those before
    it. Whatever stays below its critical value is dropped, the weakest first.
    """
    breaks = _apart(sorted(_candidates(e, rules)), len(e), rules.shortest)
    settled = not breaks
    seen: set[tuple[int, ...]] = set()
    while not settled and tuple(breaks) not in seen:
        seen.add(tuple(breaks))
        revised = _revise(e, breaks, rules)
        settled = len(revised) == len(breaks) and all(
            abs(a - b) <= _CLOSE for a, b in zip(breaks, revised, strict=True)
        )
        breaks = revised
    while True:
        values, limits, p_values = _tests(e, breaks, rules)
        if not breaks or (values > limits).all():
            return Search(tuple(breaks), values, limits, p_values, settled)
        breaks.pop(int(np.argmin(values - limits)))


def _tests(e: np.ndarray, breaks: list[int], rules: Rules) -> tuple[np.ndarray, ...]:
    """The statistic at every break, its critical value and its p-value."""
    edges = [0, *breaks, len(e)]
    found = [
        _at(e[a:c], b - a, rules) for a, b, c in zip(edges, edges[1:], edges[2:], strict=False)
    ]
    return tuple(np.array(found, dtype=float).reshape(-1, 3).T)


def _candidates(e: np.ndarray, rules: Rules) -> set[int]:
    found: set[int] = set()
    low, high = 0, len(e)
    while True:
        place, value, limit = strongest(e[low:high], rules)
        if value <= limit:
            return found
        middle = low + place
        first = _shorten(e, low, middle, rules, from_end=True)
        last = _shorten(e, middle, high, rules, from_end=False)
        found |= {first, last}
        if (first, last) == (low, high) or last - first < 2 * rules.shortest:
            return found
        low, high = first, last


def _shorten(e: np.ndarray, low: int, high: int, rules: Rules, *, from_end: bool) -> int:
    """The outermost break of a stretch, or its inner edge when it has none."""
    while True:
        place, value, limit = strongest(e[low:high], rules)
        if value <= limit:
            return high if from_end else low
        if from_end:
            high = low + place
        else:
            low += place


def _revise(e: np.ndarray, breaks: list[int], rules: Rules) -> list[int]:
    """Test each break between the revised one before it and the old one after it."""
    kept: list[int] = []
    for after in [*breaks[1:], len(e)]:
        low = kept[-1] if kept else 0
        place, value, limit = strongest(e[low:after], rules)
        if value > limit:
            kept.append(low + place)
    return kept


def _apart(breaks: list[int], n: int, least: int) -> list[int]:
    """Breaks at least `least` observations apart, the earlier of two kept."""
    kept: list[int] = []
    for b in breaks:
        if b - (kept[-1] if kept else 0) >= least and n - b >= least:
            kept.append(b)
    return kept


def _at(e: np.ndarray, place: int, rules: Rules) -> tuple[float, float, float]:
    value = float(path(e, rules.statistic, rules.lags)[place - 1])
    return value, _limit(e, rules), _p_value(value, e, rules)
