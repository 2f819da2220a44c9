"""Two sources of the same markets, day by day: where they agree, and where not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, UnknownMarketError, check_choice
from ..facts import markets as registry
from .table import Panel, as_list

FIELDS = ("price", "open", "high", "low", "volume", "value")
TOLERANCE = {"volume": 0.5, "value": 1.0}
"""Units of volume and of currency; prices may differ by half a cent, which rounding does."""

_HALF_A_CENT = 0.005
_DUST = 1e-9

SUMMARY = (
    *("market", "field", "unit", "verdict", "days_a", "days_b", "both", "agree", "differ"),
    *("only_a", "only_b", "differ_pct", "median_difference", "largest_difference"),
    *("largest_on", "kind_a", "kind_b", "source_a", "source_b"),
)
DETAIL = ("market", "field", "date", "a", "b", "difference", "relative", "source_a", "source_b")


def reconcile(
    panel_a: Panel | pd.DataFrame,
    panel_b: Panel | pd.DataFrame,
    markets: Iterable[str] | str | None = None,
    *,
    fields: Iterable[str] | str | None = None,
    tolerance: Mapping[str, float] | None = None,
    relative: float = 0.0,
    detail: bool = False,
) -> pd.DataFrame:
    """Compare two sources of the same markets, by market, day and field.

    Parameters
    ----------
    panel_a, panel_b : Panel or DataFrame
        Two panels, for example made by `load` with different `prefer=`. A frame with a
        DatetimeIndex holds prices, a column a market.
    markets : str or list of str, optional
        Market names; those that both hold when None.
    fields : str or list of str, optional
        Of "price", "open", "high", "low", "volume" and "value"; when None those that both
        sources print. "price" is the printed headline price on days of a genuine trade.
    tolerance : mapping, optional
        Field to the largest difference that counts as none, in the field's unit. By default
        half a cent for prices, half a unit for volumes, 1 for values.
    relative : float
        A difference also counts as none up to this fraction of the larger of the two numbers.
    detail : bool
        Whether to return the differing days in place of the counts.

    Returns
    -------
    DataFrame
        A row a market and field: ``verdict``, the days with a number in a, in b and in both;
        of the latter, how many ``agree`` and ``differ``; days that ``only_a`` or ``only_b`` has
        within the span that both cover; the median and the largest b − a; the kind of price and
        the file of each. With `detail` a row a differing day: ``a``, ``b``, ``difference`` =
        b − a, ``relative`` = (b − a)/a. It is a plain frame, since it states facts about files
        and estimates nothing.

    Notes
    -----
    ``verdict`` is "agree"; "differ"; "different kinds" where one price is a close and the other
    an average, so that differences are no errors; "no day in common"; or "only in a", "only in
    b". Nothing is converted: two sources of one market are in that market's unit by
    construction of the readers, and a file in another unit does not load.

    Examples
    --------
    >>> import pandas as pd
    >>> import carbonlink as cl
    >>> days = pd.bdate_range("2024-01-02", periods=3)
    >>> a = pd.DataFrame({"hubei": [40.0, 41.0, 42.0]}, index=days)
    >>> b = pd.DataFrame({"hubei": [40.0, 41.2, 42.0]}, index=days)
    >>> cl.reconcile(a, b)[["market", "field", "both", "agree", "differ"]].values.tolist()
    [['hubei', 'price', 3, 2, 1]]
    """
    sides = [_side(panel_a, "a"), _side(panel_b, "b")]
    chosen = _markets(sides, markets)
    asked = None if fields is None else as_list(fields)
    for field in asked or ():
        check_choice("fields", field, FIELDS)
    allowed = _tolerance(tolerance, relative)
    summary, days = [], []
    for market in chosen:
        frames = [side.get(market) for side in sides]
        if any(frame is None for frame in frames):
            summary.append({"market": market, "verdict": f"only in {'ba'[frames[0] is not None]}"})
            continue
        for field in asked or _printed(frames):
            row, rows = _compared(market, field, frames, allowed[field], relative)
            summary.append(row)
            days.append(rows)
    if detail:
        return _detail(days)
    return pd.DataFrame(summary).reindex(columns=list(SUMMARY))


def _side(data: Any, name: str) -> dict[str, pd.DataFrame]:
    """Days of each market by its registry id, with the source in `attrs`."""
    if isinstance(data, Panel):
        side = {}
        for label in data.markets:
            frame = data.daily(label)
            kinds = frame["price_kind"][frame["price"].notna()].dropna().unique()
            frame.attrs = {"source": data.sources_of[label], "kind": ", ".join(sorted(kinds))}
            side[registry.resolve(label)] = frame
        return side
    if not isinstance(data, pd.DataFrame) or not isinstance(data.index, pd.DatetimeIndex):
        raise SpecificationError(
            f"panel_{name} is a {type(data).__name__} without dates, not a Panel.",
            "Give a Panel (cl.load), or a DataFrame of prices with a DatetimeIndex.",
        )
    if data.index.has_duplicates:
        twice = data.index[data.index.duplicated()][0]
        raise DataError(f"panel_{name} has two rows for {twice:%Y-%m-%d}.", "Keep one of them.")
    side, data = {}, data.tz_localize(None)
    for label in data.columns:
        frame = pd.DataFrame({"price": data[label].astype(float)}, index=data.index)
        frame.attrs = {"source": f"DataFrame {name}", "kind": ""}
        side[registry.resolve(str(label))] = frame
    return side


def _markets(sides: list[dict[str, pd.DataFrame]], asked: Iterable[str] | str | None) -> list[str]:
    if asked is None:
        both = [m for m in sides[0] if m in sides[1]]
        if not both:
            raise UnknownMarketError(
                "The two have no market in common.",
                f"a holds {', '.join(sides[0])}; b holds {', '.join(sides[1])}.",
            )
        return both
    chosen = [registry.resolve(m) for m in as_list(asked)]
    nowhere = [m for m in chosen if m not in sides[0] and m not in sides[1]]
    if nowhere:
        raise UnknownMarketError(
            f"Neither holds {', '.join(nowhere)}.",
            f"They hold: {', '.join(dict.fromkeys([*sides[0], *sides[1]]))}.",
        )
    return chosen


def _tolerance(given: Mapping[str, float] | None, relative: float) -> dict[str, float]:
    allowed = {field: TOLERANCE.get(field, _HALF_A_CENT) for field in FIELDS}
    for field, value in (given or {}).items():
        check_choice("tolerance", field, FIELDS)
        allowed[field] = float(value)
    if min(allowed.values()) < 0 or not 0 <= relative < 1:
        raise SpecificationError(
            "A tolerance is negative, or relative= is no fraction.", "Use 0 for exact equality."
        )
    return allowed


def _printed(frames: list[Any]) -> list[str]:
    """The fields that both sources print."""
    return [f for f in FIELDS if all(f in frame and frame[f].notna().any() for frame in frames)]


def _compared(
    market: str, field: str, frames: list[Any], allowed: float, relative: float
) -> tuple[dict[str, Any], pd.DataFrame]:
    a, b = (f[field].dropna() if field in f else pd.Series(dtype=float) for f in frames)
    if field in TOLERANCE:
        a, b = a[a != 0], b[b != 0]
    first = max(a.index.min(), b.index.min()) if len(a) and len(b) else None
    last = min(a.index.max(), b.index.max()) if len(a) and len(b) else None
    within_a, within_b = (s.loc[first:last] if first is not None else s for s in (a, b))
    days = within_a.index.intersection(within_b.index)
    pair = pd.DataFrame({"a": a[days], "b": b[days]})
    pair["difference"] = pair["b"] - pair["a"]
    room = np.maximum(allowed, relative * pair[["a", "b"]].abs().max(axis=1))
    unlike = pair["difference"].abs() > room + _DUST * pair[["a", "b"]].abs().max(axis=1)
    differing = pair[unlike]
    largest = differing["difference"].abs().idxmax() if len(differing) else None
    kinds = [f.attrs["kind"] if field == "price" else "" for f in frames]
    row = {
        "market": market,
        "field": field,
        "unit": _unit(market, field),
        "verdict": _verdict(len(pair), len(differing), kinds),
        **{"days_a": len(a), "days_b": len(b), "both": len(pair)},
        **{"agree": len(pair) - len(differing), "differ": len(differing)},
        "only_a": len(within_a) - len(pair) if first is not None else len(a),
        "only_b": len(within_b) - len(pair) if first is not None else len(b),
        "differ_pct": 100 * len(differing) / len(pair) if len(pair) else np.nan,
        "median_difference": differing["difference"].median() if len(differing) else 0.0,
        "largest_difference": differing.at[largest, "difference"] if len(differing) else 0.0,
        "largest_on": largest if largest is not None else pd.NaT,
        **{"kind_a": kinds[0], "kind_b": kinds[1]},
        **{f"source_{side}": f.attrs["source"] for side, f in zip("ab", frames, strict=True)},
    }
    names = {k: row[k] for k in ("market", "field", "source_a", "source_b")}
    ratio = differing["difference"] / differing["a"]
    return row, differing.assign(relative=ratio, **names).rename_axis("date").reset_index()


def _unit(market: str, field: str) -> str:
    fact = registry.get(market)
    return {"volume": fact.unit, "value": fact.currency}.get(field, fact.price_unit)


def _verdict(both: int, differ: int, kinds: list[str]) -> str:
    if not both:
        return "no day in common"
    if not differ:
        return "agree"
    return "different kinds" if all(kinds) and kinds[0] != kinds[1] else "differ"


def _detail(days: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [rows for rows in days if len(rows)]
    if not filled:
        return pd.DataFrame(columns=list(DETAIL))
    return pd.concat(filled, ignore_index=True)[list(DETAIL)]
