"""A compliance market whose answers are known: firms that are short buy before their deadline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..inference.parallel import generator
from ..mechanisms import benchmark_allocation, compliance_position
from .returns import business_days
from .trading import autoregression

START_PRICE = 60.0
POWER_BASE = 350.0


@dataclass(frozen=True, kw_only=True, eq=False)
class ComplianceMarket:
    """A simulated market and the truth behind it.

    Attributes
    ----------
    firms : DataFrame
        A row a firm: output (MWh), intensity (tCO2/MWh), emissions, allocation, credits_used,
        demand (tCO2 a cycle, negative for sellers) and group of its deadline.
    volume : Series
        Tonnes a day on the exchange.
    auctions : Series
        Tonnes a day sold at auction.
    price, power : Series
        Allowance price (yuan/t) and power price (yuan/MWh).
    deadlines : list of Timestamp
        The last deadline of each cycle.
    profile : ndarray, shape (days,)
        Expected share of a cycle's exchange volume by day.
    intensity, benchmark : float
        Of the marginal unit, tCO2/MWh.
    pass_through : float
        Share of the net cost τ(e − b) that reaches the power price in the long run.
    """

    firms: pd.DataFrame
    volume: pd.Series
    auctions: pd.Series
    price: pd.Series
    power: pd.Series
    deadlines: list[pd.Timestamp]
    profile: np.ndarray
    intensity: float
    benchmark: float
    pass_through: float

    def window_share(self, window: int) -> float:
        """Return the expected share of a cycle's volume in its last `window` days."""
        if not 1 <= window <= len(self.profile):
            raise SpecificationError(
                f"window={window} does not fit {len(self.profile)} days.", "Use 1 to days."
            )
        return float(self.profile[-window:].sum())

    @property
    def long_run(self) -> float:
        """Lasting change of the power price per yuan/t: pass_through·(e − b)."""
        return self.pass_through * (self.intensity - self.benchmark)


def compliance_market(
    firms: int = 200,
    cycles: int = 4,
    days: int = 244,
    *,
    benchmark: float = 0.82,
    intensity: float = 0.85,
    spread: float = 0.08,
    waiting: float = 0.05,
    patient: float = 0.3,
    offset_cap: float = 0.05,
    offsets: float = 0.02,
    deadline_groups: int = 1,
    auction_share: float = 0.0,
    auctions: int = 4,
    pass_through: float = 1.0,
    adjustment: float = 0.1,
    persistence: float = 0.7,
    noise: float = 0.5,
    zero_share: float = 0.0,
    rng: Any = 0,
) -> ComplianceMarket:
    """Simulate firms that buy what they are short of, sooner or later before their deadline.

    Parameters
    ----------
    firms, cycles, days : int
        Number of firms, compliance cycles, and weekdays in each.
    benchmark : float
        Free allowances a megawatt-hour, tCO2.
    intensity, spread : float
        Mean and standard deviation of the firms' emissions a megawatt-hour.
    waiting : float
        What a day of waiting is worth: the chance of buying falls by this rate with each day that
        the deadline is away. 0: no reason to wait.
    patient : float
        Share of demand that is bought evenly over the cycle.
    offset_cap, offsets : float
        Largest share of emissions that credits may cover, and the share that firms hold.
    deadline_groups : int
        Groups of firms whose deadlines are spread evenly over the cycle; 1 is one day for all.
    auction_share : float
        Share of demand met at auctions.
    auctions : int
        Auctions a cycle, evenly spread.
    pass_through : float
        Long-run share of τ(e − b) in the power price.
    adjustment : float
        Share of the gap to the long run that power prices close in a day.
    persistence, noise : float
        First-order autocorrelation and standard deviation of log daily volume around its course.
    zero_share : float
        Chance that a day has no trade.
    rng : int, SeedSequence or Generator

    Returns
    -------
    ComplianceMarket

    Notes
    -----
    A firm's demand D is its emissions less allocation and credits (see
    `mechanisms.compliance_position`). With one deadline the expected share of the last w of n
    days is s·w/n + (1 − s)(1 − e^{−κw})/(1 − e^{−κn}), s the patient share and κ the value of
    waiting. Staggered deadlines, a larger offset cap and auctions are the counterfactuals that
    reform proposals argue for.

    Examples
    --------
    >>> import carbonlink as cl
    >>> market = cl.simulate.compliance_market(noise=0, rng=1)
    >>> measured = cl.concentration(market.volume, deadlines=market.deadlines, draws=99)
    >>> bool(abs(measured.table["window_share"].iloc[-1] - market.window_share(30)) < 1e-4)
    True
    >>> rolling = cl.simulate.compliance_market(deadline_groups=4, noise=0, rng=1)
    >>> rolling.window_share(30) < market.window_share(30)
    True
    """
    _check(locals())
    draws = generator(rng)
    table = _firms(firms, benchmark, intensity, spread, offset_cap, offsets, deadline_groups, draws)
    profile = _profile(table, days, waiting, patient, deadline_groups)
    index = business_days(cycles * days)
    total = float(table["demand"].clip(lower=0).sum())
    shocks = noise * autoregression(draws.standard_normal(len(index)), persistence)
    traded = draws.random(len(index)) >= zero_share
    course = np.tile(profile, cycles) * total * (1 - auction_share)
    volume = course * np.exp(shocks - noise**2 / 2) * traded
    sold = np.zeros(days)
    if auction_share:
        sold[np.linspace(0, days, auctions + 1).astype(int)[1:] - 1] = (
            auction_share * total / auctions
        )
    price, power = _prices(
        len(index), pass_through * (intensity - benchmark), adjustment, shocks, draws
    )
    return ComplianceMarket(
        firms=table,
        volume=pd.Series(volume, index, name="volume"),
        auctions=pd.Series(np.tile(sold, cycles), index, name="auctions"),
        price=pd.Series(price, index, name="price"),
        power=pd.Series(power, index, name="power"),
        deadlines=list(index[days - 1 :: days]),
        profile=profile,
        intensity=intensity,
        benchmark=benchmark,
        pass_through=pass_through,
    )


def _firms(
    firms: int,
    benchmark: float,
    intensity: float,
    spread: float,
    offset_cap: float,
    offsets: float,
    groups: int,
    draws: np.random.Generator,
) -> pd.DataFrame:
    output = np.exp(draws.normal(np.log(2e6), 0.8, firms))
    rate = np.maximum(draws.normal(intensity, spread, firms), 0.05)
    emissions = output * rate
    allocation = benchmark_allocation(output=output, benchmark=benchmark)
    held = compliance_position(emissions, allocation, offsets * emissions, cap=offset_cap)
    columns = {"output": output, "intensity": rate, "emissions": emissions}
    columns |= {"allocation": allocation, "credits_used": held.credits_used}
    columns |= {"demand": held.net_demand, "group": np.arange(firms) % groups}
    table = pd.DataFrame(columns).rename_axis("firm")
    if not (table["demand"] > 0).any():
        raise SpecificationError(
            "No firm is short of allowances, so nobody buys.",
            "Lower the benchmark or the offsets, or raise intensity or spread.",
        )
    return table


def _profile(
    table: pd.DataFrame, days: int, waiting: float, patient: float, groups: int
) -> np.ndarray:
    """Return the expected share of volume by day: even buyers, and those who wait."""
    short = table["demand"].clip(lower=0).groupby(table["group"]).sum()
    weights = (short / short.sum()).reindex(range(groups), fill_value=0.0)
    ends = np.linspace(0, days, groups + 1).astype(int)[1:] - 1
    before = (ends[:, None] - np.arange(days)[None, :]) % days
    rush = np.exp(-waiting * before)
    rush = rush / rush.sum(axis=1, keepdims=True)
    return patient / days + (1 - patient) * weights.to_numpy() @ rush


def _prices(
    rows: int, long_run: float, adjustment: float, shocks: np.ndarray, draws: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return a carbon price that busy days push up, and a power price that adjusts to it."""
    walk = np.cumsum(draws.normal(0, 0.012, rows)) + 0.01 * shocks
    price = START_PRICE * np.exp(walk)
    power = np.empty(rows)
    errors = draws.normal(0, 0.15, rows)
    power[0] = POWER_BASE + long_run * price[0]
    for t in range(1, rows):
        gap = power[t - 1] - POWER_BASE - long_run * price[t - 1]
        power[t] = power[t - 1] - adjustment * gap + errors[t]
    return price, power


def _check(arguments: dict[str, Any]) -> None:
    shares = ("patient", "offset_cap", "offsets", "auction_share", "zero_share")
    for name in shares:
        if not 0 <= arguments[name] < 1 and not (name == "patient" and arguments[name] == 1):
            raise SpecificationError(f"{name}={arguments[name]!r} is no share below 1.")
    for name in ("firms", "cycles", "days", "deadline_groups", "auctions"):
        if arguments[name] < 1 or int(arguments[name]) != arguments[name]:
            raise SpecificationError(f"{name}={arguments[name]!r} is no count.", "Use 1 or more.")
    if arguments["deadline_groups"] > min(arguments["firms"], arguments["days"]):
        raise SpecificationError("There are more groups of deadlines than firms or days.")
    if arguments["waiting"] < 0 or arguments["noise"] < 0 or arguments["spread"] < 0:
        raise SpecificationError("waiting, noise and spread are not negative.")
    if not 0 < arguments["adjustment"] <= 1 or not 0 <= arguments["persistence"] < 1:
        raise SpecificationError("adjustment lies in (0, 1], persistence in [0, 1).")
    for name in ("benchmark", "intensity"):
        if not 0 < arguments[name] <= 2:
            raise SpecificationError(f"{name}={arguments[name]!r} cannot be in tCO2/MWh.")
