"""Returns of a thin market with price limits: days without a trade, days cut at the limit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, check_choice
from ..inference.parallel import generator
from .returns import BURN, _check_variance, _regressors, _shocks, check_count


def thin_returns(
    n: int = 1500,
    omega: float = 0.3,
    alpha: float = 0.1,
    beta: float = 0.85,
    mu: float = 0.0,
    delta: Any = None,
    variance_x: Any = None,
    dist: str = "normal",
    shape: float = 8.0,
    idle_share: float = 0.2,
    trade_news: float = 0.4,
    trade_carry: float = 0.9,
    limits: tuple[float, float] | None = (-10.0, 10.0),
    news: str = "zero",
    rng: Any = 0,
) -> pd.DataFrame:
    """Simulate GARCH returns with days without a trade and price limits, and their truth.

    Parameters
    ----------
    n : int
        Days.
    omega, alpha, beta : float
        Variance recursion.
    mu : float
        Mean return of a trading day, in per cent.
    delta : float or array_like, shape (k,), optional
        Log-variance effect of each variance regressor.
    variance_x : array_like or pandas object, shape (n,) or (n, k), optional
        Variance regressors; a pandas object lends its index.
    dist : {"normal", "t"}
        Distribution of the shocks.
    shape : float
        Degrees of freedom of the t.
    idle_share : float
        Share of days without a trade at which the log odds are at rest.
    trade_news, trade_carry : float
        a and b of the dynamic logit of a trade.
    limits : (float, float) or None
        Lower and upper limit of a day's return, in per cent.
    news : {"zero", "latent"}
        What drives the variance after a day without a trade: nothing, or the shock that nobody
        saw.
    rng : int, SeedSequence or Generator
        Seed.

    Returns
    -------
    DataFrame
        Columns returns (missing without a trade, at the limit where cut), trade, limit (1 at the
        upper limit, −1 at the lower one, else 0), volatility (σ_t, per cent) and probability
        (of a trade).

    Notes
    -----
    r_t = μ + σ_t z_t/√π_t on days with a trade, cut at the limits, with σ_t² = e^{δ'w_t} s_t and
    s_t = ω + α I_{t-1} s_{t-1} z²_{t-1} + β s_{t-1} (`news="zero"`; without I where "latent"),
    logit π_t = c + a(I_{t-1} − π_{t-1}) + b logit π_{t-1}. The variance sees the whole shock of
    a limit day.

    References
    ----------
    Francq, C. and Sucarrat, G. (2023). Volatility estimation when the zero-process is
    nonstationary. Journal of Business & Economic Statistics 41, 53–66.

    Examples
    --------
    >>> import carbonlink as cl
    >>> days = cl.simulate.thin_returns(2000, rng=1)
    >>> bool(days["returns"].isna().equals(~days["trade"]))
    True
    """
    check_choice("dist", dist, ("normal", "t"))
    check_choice("news", news, ("zero", "latent"))
    check_count("n", n)
    _check_variance("GARCH", omega, alpha, beta, 0.0)
    if not 0 < idle_share < 1 or not abs(trade_carry) < 1:
        raise SpecificationError(
            f"idle_share={idle_share} or trade_carry={trade_carry} is out of range.",
            "Use 0 < idle_share < 1 and |trade_carry| < 1.",
        )
    if limits is not None and not limits[0] < mu < limits[1]:
        raise SpecificationError(
            f"limits={limits!r} do not lie on both sides of mu={mu}.", "Give (lower, upper)."
        )
    index, log_scale = _regressors(n, delta, variance_x)
    random = generator(rng)
    z = _shocks(n + BURN, dist, shape, random)
    chance, trade = _trades(random.random(n + BURN), idle_share, trade_news, trade_carry)
    s = np.empty(n + BURN)
    s[0] = omega / (1 - alpha - beta)
    seen = trade | (news == "latent")
    for t in range(1, n + BURN):
        s[t] = omega + (alpha * seen[t - 1] * z[t - 1] ** 2 + beta) * s[t - 1]
    z, chance, trade, s = z[BURN:], chance[BURN:], trade[BURN:], s[BURN:]
    sd = np.exp(log_scale / 2) * np.sqrt(s)
    returns = np.where(trade, mu + sd * z / np.sqrt(chance), np.nan)
    low, high = limits if limits is not None else (-np.inf, np.inf)
    with np.errstate(invalid="ignore"):
        side = np.where(returns >= high, 1, np.where(returns <= low, -1, 0))
    columns = {
        "returns": np.clip(returns, low, high),
        "trade": trade,
        "limit": side,
        "volatility": sd,
        "probability": chance,
    }
    return pd.DataFrame(columns, index=index)


def _trades(
    uniform: np.ndarray, idle_share: float, news: float, carry: float
) -> tuple[np.ndarray, np.ndarray]:
    """The chance of a trade on each day, and whether there is one."""
    rest = float(np.log((1 - idle_share) / idle_share))
    chance, trade = np.empty(len(uniform)), np.empty(len(uniform), bool)
    odds, surprise = rest, 0.0
    for t, draw in enumerate(uniform):
        odds = (1 - carry) * rest + news * surprise + carry * odds
        chance[t] = 1 / (1 + np.exp(-odds))
        trade[t] = draw < chance[t]
        surprise = trade[t] - chance[t]
    return chance, trade
