"""How a period's trading is spread over markets, with the errors that days of trading leave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError, check_choice, check_level
from ..facts import markets as registry
from ..facts.calendar import open_days_between
from ..inference import parallel
from ..kernels import blocks
from ..panel import Panel
from ..results import Recipe, Sample
from .cycles import reasons
from .daily_volumes import DailyVolumes, daily_volumes
from .market_shares_results import MarketSharesResults

FREQUENCIES = ("Y", "Q", "M")
_SPARE = 5  # open days that a market's sample may miss of a period and still cover it
_FEWEST = 10  # days in a period below which it has no interval
_ONE_DAY = pd.Timedelta(days=1)


def market_shares(
    data: Any,
    markets: str | Iterable[str] | None = None,
    freq: str = "Y",
    *,
    kind: str = "total",
    basis: str = "volume",
    draws: int = 1999,
    level: float = 0.95,
    rng: Any = 0,
) -> MarketSharesResults:
    """Measure how trading is spread over markets, period by period.

    Parameters
    ----------
    data : Panel or DataFrame
        Daily quantities; a frame has one column a market, in one unit: 0 is an open day without
        a trade, a missing value a closed or unknown day.
    markets : list of str, optional
        Of a panel, when None, the Chinese allowance markets with volumes; columns of a frame.
    freq : {"Y", "Q", "M"}
        Year, quarter or month.
    kind : {"total", "listed", "block"}
        Trades counted; other than "total" needs a Panel.
    basis : {"volume", "value"}
    draws : int
        Of the block bootstrap.
    level : float
    rng : int, SeedSequence or Generator

    Returns
    -------
    MarketSharesResults

    Raises
    ------
    TooFewObservationsError
        Fewer than two markets have a volume.
    DataError
        Negative quantities.

    Notes
    -----
    With s_m the market's share of the period's quantity and k the markets whose files cover the
    period, HHI = Σ s_m², HHI* = (HHI − 1/k)/(1 − 1/k), effective markets 1/HHI. Markets whose files
    do not cover a period (but for five open days) are left out of it and named in `missing`: a
    share is of the markets that the data hold.

    Errors: circular blocks of days, the same for all markets, are drawn within a period, their
    length that of Politis and White (2004) for the day's total; intervals are on the log-odds
    scale. They take the timing of trade within the period as chance, so a year whose trade comes
    in one rush has wide ones. A change of HHI from the period before is tested by its z.

    References
    ----------
    Politis, D. N. and H. White (2004). Econometric Reviews 23, 53–70.
    doi:10.1081/ETC-120028836

    Examples
    --------
    >>> import pandas as pd
    >>> import carbonlink as cl
    >>> days = pd.bdate_range("2022-01-03", "2022-12-30")
    >>> frame = pd.DataFrame({"hubei": 3.0, "shanghai": 1.0}, index=days)
    >>> found = cl.market_shares(frame, draws=99)
    >>> float(found.table["hhi"].iloc[0])
    0.625
    """
    arguments = {**locals()}
    check_choice("freq", freq, FREQUENCIES)
    check_level(level)
    if isinstance(draws, bool) or not isinstance(draws, (int, np.integer)) or draws < 99:
        raise SpecificationError(f"draws={draws!r} will not do.", "Use at least 99.")
    seed = parallel.seed_sequence(rng)
    arguments["rng"] = rng if isinstance(rng, int) else seed
    amounts = daily_volumes(data, _chosen(data, markets), None, kind, basis)
    if len(amounts.series) < 2:
        raise TooFewObservationsError(
            f"{len(amounts.series)} market has volumes; shares need two.",
            "Name more markets, or give files that hold their volumes.",
        )
    table, shares, errors = _periods(amounts, freq, int(draws), seed)
    return MarketSharesResults(
        spec=_spec(arguments, list(amounts.series), seed),
        sample=Sample.of(shares.attrs["days"], int(table["days"].sum())),
        units={"share": f"share of {basis}", "hhi": "index, 1/k to 1", "effective": "markets"},
        sources=amounts.sources,
        notes=(*amounts.notes, *_notes(table), *reasons(amounts.refused, True, "Left out: ")),
        recipe=Recipe(market_shares, arguments),
        table=table,
        shares=shares,
        errors=errors,
    )


def _chosen(data: Any, markets: Any) -> list[str] | None:
    if markets is not None:
        return [markets] if isinstance(markets, str) else list(markets)
    if not isinstance(data, Panel):
        return None
    return [
        label
        for label in data.markets
        if registry.get(label).market_class == "ets"
        and registry.get(label).currency == "CNY"
        and data.daily(label)["volume"].notna().any()
    ]


def _periods(
    amounts: DailyVolumes, freq: str, draws: int, seed: np.random.SeedSequence
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return rows by period, shares and their log-odds errors (a column a market)."""
    frame = pd.DataFrame(amounts.series).sort_index()
    rows: list[dict[str, Any]] = []
    shares, errors = {}, {}
    periods = pd.DatetimeIndex(frame.index).to_period(freq)
    for period in periods.unique():
        part = frame[periods == period]
        covered = [m for m in amounts.series if _covers(amounts.series[m], period)]
        day = part[covered].fillna(0.0)
        total = float(day.to_numpy().sum())
        if len(covered) < 2 or not total > 0:
            continue
        share = day.sum() / total
        drawn = _draw(day.to_numpy(), draws, seed, len(rows))
        hhi = float((share**2).sum())
        k = len(covered)
        rows.append(
            {
                "period": str(period),
                "start": part.index[0],
                "days": len(part),
                "markets": k,
                "missing": ", ".join(m for m in amounts.series if m not in covered),
                "total": total,
                "hhi": hhi,
                "hhi_star": (hhi - 1 / k) / (1 - 1 / k),
                "effective_markets": 1 / hhi,
                "largest": str(share.idxmax()),
                "largest_share": float(share.max()),
                "hhi_error": _error((drawn**2).sum(axis=1)),
            }
        )
        shares[str(period)] = share
        spread = [_error(column) for column in drawn.T]
        errors[str(period)] = pd.Series(spread, index=covered)
    if not rows:
        raise TooFewObservationsError(
            "No period is covered by two markets with trade.", "Use longer or more files."
        )
    wide = pd.DataFrame(shares).T.reindex(columns=list(frame))
    wide.attrs["days"] = pd.DatetimeIndex(frame.index)
    return _changes(pd.DataFrame(rows)), wide, pd.DataFrame(errors).T.reindex(columns=list(frame))


def _covers(series: pd.Series, period: pd.Period) -> bool:
    start, end = period.start_time.normalize(), period.end_time.normalize()
    late = open_days_between(start - _ONE_DAY, series.index[0] - _ONE_DAY)
    early = open_days_between(series.index[-1], end)
    return (late if series.index[0] > start else 0) <= _SPARE and (
        early if series.index[-1] < end else 0
    ) <= _SPARE


def _draw(day: np.ndarray, draws: int, seed: np.random.SeedSequence, place: int) -> np.ndarray:
    """Return bootstrapped shares, shape (draws, markets); NaN for a period of few days."""
    if len(day) < _FEWEST:
        return np.full((draws, day.shape[1]), np.nan)
    length = max(int(np.ceil(blocks.automatic_length(day.sum(axis=1)))), 1)
    child = np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, place))
    sums = blocks.circular_block_sums(draws, np.random.default_rng(child), day, length)
    total = sums.sum(axis=1, keepdims=True)
    return np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 0)


def _error(values: np.ndarray) -> float:
    """Return the standard error of the log-odds of draws that lie in (0, 1)."""
    inner = values[(values > 0) & (values < 1)]
    if len(inner) < 0.9 * len(values):
        return float("nan")
    return float(np.log(inner / (1 - inner)).std(ddof=1))


def _changes(table: pd.DataFrame) -> pd.DataFrame:
    """Add the change of HHI from the period before over the same number of markets, and its p."""
    from scipy import stats

    odds = (table["hhi"] / (1 - table["hhi"]).where(table["hhi"] < 1)).map(np.log)
    error = np.sqrt(table["hhi_error"] ** 2 + table["hhi_error"].shift() ** 2)
    same = table["missing"].eq(table["missing"].shift())
    z: pd.Series = (odds.diff() / error).where(same)
    change = table["hhi"].diff().where(same)
    return table.assign(change=change, p_change=2 * stats.norm.sf(z.abs()))


def _notes(table: pd.DataFrame) -> list[str]:
    missing = table[table["missing"].ne("")]
    if missing.empty:
        return []
    lines = [f"{names} in {', '.join(p)}" for names, p in missing.groupby("missing")["period"]]
    return [f"Markets whose files do not cover a period are not in its shares: {'; '.join(lines)}."]


def _spec(arguments: dict, labels: list[str], seed: np.random.SeedSequence) -> dict[str, Any]:
    spec = {k: v for k, v in arguments.items() if k not in ("data", "markets")}
    spec["rng"] = arguments["rng"] if isinstance(arguments["rng"], int) else str(seed.entropy)
    return {"market": tuple(labels), **spec}
