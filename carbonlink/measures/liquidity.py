"""Liquidity by market and period: turnover, silence, price impact, spreads, block trades."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..facts import markets as registry
from ..panel import Panel
from ..results import Recipe, Sample
from .liquidity_days import frame_days, panel_days
from .liquidity_results import LiquidityResults
from .liquidity_rows import MEASURES, UNITS, period_row
from .market_caps import Caps

FREQUENCIES = ("W", "M", "Q", "Y")
UNTRADED = ("energy_quantity", "exchange_rate")
"""Classes of the registry whose quantities are no trades."""


def liquidity(
    data: Any,
    markets: str | Iterable[str] | None = None,
    freq: str = "M",
    *,
    measures: str | Iterable[str] | None = None,
    caps: Any = None,
    minimum: int = 5,
) -> LiquidityResults:
    """Measure liquidity by market and period.

    Parameters
    ----------
    data : Panel or DataFrame
        A frame holds the days of one market, with columns close (or price) and volume (0 on open
        days without a trade), and value, high and low where known.
    markets : str or list of str, optional
        Labels of the panel; those whose files hold volumes when None. For a frame, its name.
    freq : {"W", "M", "Q", "Y"}
        Week, month, quarter or year.
    measures : str or list of str, optional
        Of "turnover_rate", "zero_volume", "tiny_trades", "limit_days", "amihud",
        "amihud_off_limit", "roll", "corwin_schultz", "abdi_ranaldo", "lot", "fht",
        "block_share", "block_discount"; all when None.
    caps : mapping, optional
        Market to its yearly allowances in tonnes, or to a mapping of years; in place of the caps
        that Zhang (2021) prints for 2020, each of which is flagged in `cap_doubt`.
    minimum : int
        Observations below which a measure of a period is missing.

    Returns
    -------
    LiquidityResults

    Raises
    ------
    DataError
        Negative volume; a frame without price or volume.
    TooFewObservationsError
        No market has a volume.

    Notes
    -----
    A day counts for a price measure only if a genuine trade made its price; nothing is filled.

    * turnover_rate: volume over the year's allowances (not annualised).
    * zero_volume: open days without a trade; tiny_trades: of at most 10 t.
    * amihud: mean of |r|/a · 10⁶, r the log change since the last genuine price and a the money of
      the trades that made it; missing where nothing traded. amihud_off_limit leaves out days at
      the price limit, where |r| is cut off.
    * roll: 2√−cov of successive changes; missing where the covariance is not negative, which
      `coverage()` counts.
    * corwin_schultz, abdi_ranaldo: two-day estimates with negative ones at 0, on successive
      sessions that both have high > low and a close (not an average price) between them.
    * lot, fht: from returns of zero, days without a trade among them. They read silence as a cost
      of trading: where nobody trades for months because nothing is due, they measure that. FHT is
      too low where such days are many (1.3 % for a cost of 2 % at σ = 2 %; LOT 2.0 %).
    * block_share, block_discount: blocks' share of tonnes, and mean of 100 ln(V_block/V_listed).

    References
    ----------
    Amihud, Y. (2002). Illiquidity and stock returns: cross-section and time-series effects.
    Journal of Financial Markets 5, 31–56.
    Roll, R. (1984). Journal of Finance 39, 1127–1139. doi:10.1111/j.1540-6261.1984.tb03897.x
    Corwin, S. A. and P. Schultz (2012). Journal of Finance 67, 719–760.
    doi:10.1111/j.1540-6261.2012.01729.x
    Abdi, F. and A. Ranaldo (2017). Review of Financial Studies 30, 4437–4480.
    doi:10.1093/rfs/hhx084
    Lesmond, D. A., J. P. Ogden and C. A. Trzcinka (1999). Review of Financial Studies 12,
    1113–1141.
    Fong, K. Y. L., C. W. Holden and C. A. Trzcinka (2017). Review of Finance 21, 1355–1401.
    doi:10.1093/rof/rfx003

    Examples
    --------
    >>> import pandas as pd
    >>> import carbonlink as cl
    >>> days = pd.bdate_range("2023-01-02", periods=40)
    >>> frame = pd.DataFrame({"close": 50.0, "volume": 1000.0, "value": 50000.0}, index=days)
    >>> frame.iloc[::2, 0] = 51.0
    >>> found = cl.liquidity(frame, "mine", measures="amihud")
    >>> round(float(found.table["amihud"].iloc[0]), 3)
    0.396
    """
    arguments = {**locals()}
    check_choice("freq", freq, FREQUENCIES)
    chosen = _chosen(measures)
    if isinstance(minimum, bool) or not isinstance(minimum, (int, np.integer)) or minimum < 1:
        raise SpecificationError(f"minimum={minimum!r} will not do.", "Use 1 or more.")
    days, refused = _days(data, markets)
    every = Caps(caps, days)
    rows = []
    for market, frame in days.items():
        dates = pd.DatetimeIndex(frame.index)
        columns = {str(name): frame[name].to_numpy(float) for name in frame}
        for period, part in _spans(dates, freq):
            cap = every.of(market, period.start_time.year)
            row = period_row(
                {k: v[part] for k, v in columns.items()}, chosen, cap.tonnes, int(minimum)
            )
            head = {"market": market, "period": str(period), "start": dates[part.start]}
            tail = {"cap": cap.tonnes, "cap_doubt": cap.doubt} if "turnover_rate" in chosen else {}
            rows.append({**head, **row, **tail})
    return _result(data, arguments, chosen, pd.DataFrame(rows), days, refused)


def _spans(dates: pd.DatetimeIndex, freq: str) -> list[tuple[Any, slice]]:
    """Return each period with the rows that lie in it."""
    periods = dates.to_period(freq)
    edges = np.flatnonzero(np.r_[True, periods[1:] != periods[:-1]])
    stops = [*edges[1:], len(dates)]
    return [(periods[int(a)], slice(int(a), int(b))) for a, b in zip(edges, stops, strict=True)]


def _chosen(measures: Any) -> tuple[str, ...]:
    names = MEASURES if measures is None else measures
    names = (names,) if isinstance(names, str) else tuple(names)
    for name in names:
        check_choice("measures", name, MEASURES)
    if not names:
        raise SpecificationError("measures= is empty.", "Name one, or leave it out for all.")
    return names


def _days(data: Any, markets: Any) -> tuple[dict[str, pd.DataFrame], list[str]]:
    named = None if markets is None else [markets] if isinstance(markets, str) else list(markets)
    if not isinstance(data, Panel):
        if named is not None and len(named) != 1:
            raise SpecificationError(
                f"markets= names {len(named)} markets, but a frame holds one.", "Give one name."
            )
        return {named[0] if named else "market": frame_days(data)}, []
    found, refused = {}, []
    labels = data.labels(named)
    untraded = [m for m in labels if registry.get(m).market_class in UNTRADED]
    aside = [f"Left out, being no traded market: {', '.join(untraded)}."] if untraded else []
    for label in (m for m in labels if m not in untraded):
        if data.daily(label)["volume"].isna().all():
            refused.append(f"Left out: {label}: its file has no volumes.")
        else:
            found[label] = panel_days(data, label)
    if not found:
        raise TooFewObservationsError(
            "No market asked for has a file with volumes.", "Use a file that has them."
        )
    return found, [*aside, *(refused if named is not None else [])]


def _result(data, arguments, chosen, table, days, refused) -> LiquidityResults:
    notes = list(refused)
    synthetic: list[str] = []
    sources: tuple[str, ...] = ()
    if isinstance(data, Panel):
        synthetic = [m for m in days if m in data.synthetic]
        sources = tuple(dict.fromkeys(data.sources_of[m] for m in days))
    if synthetic:
        notes.insert(0, f"Synthetic demonstration data: {', '.join(synthetic)}.")
    if "turnover_rate" in chosen:
        notes += _cap_notes(table)
    index = pd.DatetimeIndex(sorted({day for frame in days.values() for day in frame.index}))
    return LiquidityResults(
        spec={
            "market": tuple(days),
            "freq": arguments["freq"],
            "measures": chosen,
            "caps": "published" if arguments["caps"] is None else "given",
            "minimum": int(arguments["minimum"]),
        },
        sample=Sample.of(index, int(table["open_days"].sum())),
        units={name: UNITS[name] for name in chosen},
        sources=sources,
        notes=tuple(notes),
        recipe=Recipe(liquidity, arguments),
        table=table,
    )


def _cap_notes(table: pd.DataFrame) -> list[str]:
    notes = []
    for market, rows in table.groupby("market", sort=False):
        doubts = [d for d in rows["cap_doubt"].unique() if d]
        parts = list(dict.fromkeys(p for d in doubts for p in d.split("; ")))
        parts = [p for p in parts if " stands for " not in p]
        if any(" stands for " in d for d in doubts):
            parts.append("the cap printed for 2020 stands for every year")
        if parts:
            notes.append(f"Cap of {market}: {'; '.join(parts)}.")
    return notes
