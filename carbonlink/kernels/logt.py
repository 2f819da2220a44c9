"""The log t test of convergence and the clubs it finds (Phillips and Sul)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

THRESHOLD = -1.65
KERNELS = ("qs", "bartlett", "parzen")
VARIANCES = ("phillips-sul", "scalar", "sandwich")


@dataclass(frozen=True)
class Rule:
    """How a log t regression is run.

    Attributes
    ----------
    first : int
        First period of the regression, counted from 1: periods before it are dropped.
    kernel : {"qs", "bartlett", "parzen"}
        With Andrews' automatic bandwidth of an AR(1).
    variance : {"phillips-sul", "scalar", "sandwich"}
        "scalar": the long-run variance of the residuals times (X'X)⁻¹. "phillips-sul": the same
        as the authors' GAUSS program and R's ConvergenceClubs ("FQSB") compute it, which leaves
        the last residual out of the autocovariances and divides by n − 1; published figures are
        of this kind. "sandwich": the long-run variance of x_t e_t in a sandwich.
    """

    first: int
    kernel: str = "qs"
    variance: str = "phillips-sul"


@dataclass(frozen=True)
class LogT:
    """A log t regression: slope (twice the speed of convergence), its standard error and t."""

    slope: float
    std_error: float
    statistic: float
    intercept: float
    nobs: int
    bandwidth: float


@dataclass(frozen=True)
class Clubs:
    """Clubs of convergence.

    Attributes
    ----------
    members : tuple of tuple of int
        Columns of each club, those of the highest last level first.
    tests : tuple of LogT
        The log t regression of each club.
    divergent : tuple of int
        Columns in no club.
    """

    members: tuple[tuple[int, ...], ...]
    tests: tuple[LogT, ...]
    divergent: tuple[int, ...]


def transition(paths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return h_it = x_it / mean_i x_it and its cross-section variance H_t about 1.

    Parameters
    ----------
    paths : ndarray, shape (T, N)
        Logarithms, smoothed where a cycle is to be left out.
    """
    relative = paths / paths.mean(axis=1, keepdims=True)
    return relative, ((relative - 1) ** 2).mean(axis=1)


def log_t(paths: np.ndarray, rule: Rule) -> LogT:
    """Run log(H₁/H_t) − 2 log log t = a + b log t + u_t for t ≥ `rule.first`.

    Parameters
    ----------
    paths : ndarray, shape (T, N)

    References
    ----------
    Phillips, P. C. B. and Sul, D. (2007). Transition modeling and econometric convergence
    tests. Econometrica 75, 1771–1855. doi:10.1111/j.1468-0262.2007.00811.x
    """
    spread = transition(paths)[1]
    t = np.arange(rule.first, len(paths) + 1)
    with np.errstate(divide="ignore"):
        y = np.log(spread[0] / spread[t - 1]) - 2 * np.log(np.log(t))
    x = np.column_stack([np.ones(len(t)), np.log(t)])
    bread = np.linalg.inv(x.T @ x)
    coefs = bread @ (x.T @ y)
    left = y - x @ coefs
    if rule.variance != "sandwich":
        width = andrews_width(left[:, None], rule.kernel)
        cov = bread * _scalar(left, width, rule)
    else:
        scores = x * left[:, None]
        width = andrews_width(scores[:, 1:], rule.kernel)
        cov = bread @ (len(t) * long_run(scores, width, rule.kernel, len(t))) @ bread
    error = float(np.sqrt(cov[1, 1]))
    slope = float(coefs[1])
    return LogT(slope, error, slope / error, float(coefs[0]), len(t), width)


def _scalar(left: np.ndarray, width: float, rule: Rule) -> float:
    """Long-run variance of residuals (n,)."""
    n = len(left)
    if rule.variance == "scalar":
        return float(long_run(left[:, None], width, rule.kernel, n)[0, 0])
    short = left[:-1]
    shares = weights(width, rule.kernel, n - 2)
    gamma = np.correlate(short, short, mode="full")[n - 1 :]
    return float((left @ left + 2 * shares @ gamma) / (n - 1))


def weights(width: float, kernel: str, count: int) -> np.ndarray:
    """Return the kernel's weights of the lags 1 … count."""
    x = np.arange(1, count + 1) / max(width, 1e-12)
    if kernel == "bartlett":
        return np.maximum(1 - x, 0.0)
    if kernel == "parzen":
        near, far = 1 - 6 * x**2 + 6 * x**3, 2 * np.maximum(1 - x, 0.0) ** 3
        return np.where(x <= 0.5, near, far)
    angle = 6 * np.pi * x / 5
    return 25 / (12 * np.pi**2 * x**2) * (np.sin(angle) / angle - np.cos(angle))


def long_run(scores: np.ndarray, width: float, kernel: str, divisor: int) -> np.ndarray:
    """Return the kernel estimate of a long-run covariance of scores (n, k)."""
    total = scores.T @ scores
    shares = weights(width, kernel, len(scores) - 1)
    for j, share in enumerate(shares, 1):
        gamma = scores[j:].T @ scores[:-j]
        total = total + share * (gamma + gamma.T)
    return total / divisor


def andrews_width(scores: np.ndarray, kernel: str) -> float:
    """Return Andrews' bandwidth from AR(1) fits without intercept to scores (n, k).

    References
    ----------
    Andrews, D. W. K. (1991). Econometrica 59, 817–858. doi:10.2307/2938229
    """
    n = len(scores)
    past, now = scores[:-1], scores[1:]
    rho = (past * now).sum(axis=0) / (past * past).sum(axis=0)
    variance = ((now - rho * past) ** 2).mean(axis=0)
    scale = (variance**2 / (1 - rho) ** 4).sum()
    if kernel == "bartlett":
        one = (4 * rho**2 * variance**2 / ((1 - rho) ** 6 * (1 + rho) ** 2)).sum() / scale
        return float(1.1447 * (one * n) ** (1 / 3))
    two = (4 * rho**2 * variance**2 / (1 - rho) ** 8).sum() / scale
    return float({"qs": 1.3221, "parzen": 2.6614}[kernel] * (two * n) ** 0.2)


def clubs(paths: np.ndarray, rule: Rule, sieve: float = 0.0, raised: bool = False) -> Clubs:
    """Find clubs by ordering, core, sieve and recursion.

    Parameters
    ----------
    paths : ndarray, shape (T, N)
    rule : Rule
    sieve : float
        c*: a member joins the core when the t of core and member exceeds it.
    raised : bool
        Raise c* by 0.1 until the club's own t exceeds −1.65, at most to 3.

    References
    ----------
    Phillips, P. C. B. and Sul, D. (2009). Economic transition and growth. Journal of Applied
    Econometrics 24, 1153–1185. doi:10.1002/jae.1080
    """
    left = list(np.argsort(-paths[-1], kind="stable"))
    members, tests = [], []
    while len(left) > 1:
        whole = log_t(paths[:, left], rule)
        if whole.statistic > THRESHOLD:
            members.append(tuple(int(i) for i in left))
            tests.append(whole)
            left = []
            break
        core = _core(paths, left, rule)
        if not core:
            break
        found = _sifted(paths, left, core, rule, sieve, raised)
        members.append(tuple(int(i) for i in found))
        tests.append(log_t(paths[:, found], rule))
        left = [i for i in left if i not in found]
    return Clubs(tuple(members), tuple(tests), tuple(int(i) for i in left))


def _core(paths: np.ndarray, order: list[int], rule: Rule) -> list[int]:
    """The first pair in order that converges, grown while t > −1.65, cut at the largest t."""
    for start in range(len(order) - 1):
        statistics = []
        for stop in range(start + 2, len(order) + 1):
            statistic = log_t(paths[:, order[start:stop]], rule).statistic
            if statistic <= THRESHOLD:
                break
            statistics.append(statistic)
        if statistics:
            return order[start : start + 2 + int(np.argmax(statistics))]
    return []


def _sifted(
    paths: np.ndarray, order: list[int], core: list[int], rule: Rule, sieve: float, raised: bool
) -> list[int]:
    others = [i for i in order if i not in core]
    joint = np.array([log_t(paths[:, [*core, i]], rule).statistic for i in others])
    while True:
        chosen = [i for i, t in zip(others, joint, strict=True) if t > sieve]
        found = [*core, *chosen]
        if not raised or log_t(paths[:, found], rule).statistic > THRESHOLD:
            return found
        if sieve > 3:
            return list(core)
        sieve += 0.1


def merged(paths: np.ndarray, found: Clubs, rule: Rule) -> Clubs:
    """Join neighbouring clubs, from the first, while the joint t exceeds −1.65."""
    members, tests = [], []
    waiting = list(zip(found.members, found.tests, strict=True))
    while waiting:
        current, test = waiting.pop(0)
        while waiting:
            both = [*current, *waiting[0][0]]
            joint = log_t(paths[:, both], rule)
            if joint.statistic <= THRESHOLD:
                break
            current, test = tuple(both), joint
            waiting.pop(0)
        members.append(tuple(current))
        tests.append(test)
    return Clubs(tuple(members), tuple(tests), found.divergent)


def hodrick_prescott(values: np.ndarray, smoothing: float) -> np.ndarray:
    """Return the trend of each column of values (T, N)."""
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    n = len(values)
    second = sparse.diags([1.0, -2.0, 1.0], [0, 1, 2], shape=(n - 2, n))
    system = sparse.eye(n, format="csc") + smoothing * (second.T @ second)
    return np.column_stack([spsolve(system.tocsc(), column) for column in values.T])
