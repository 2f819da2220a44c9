"""One market's days: its product, its vintages, its delivery days, its calendar."""

from __future__ import annotations

import pandas as pd

from ..facts import calendar
from ..facts import markets as registry
from ..ingest import closing, plausible, quality
from ..ingest.intraday import Days, days_of, sums_by_day
from .vintages import chained, headline_vintage

_SHOWN, _ONE_YUAN = 6, 1.0


def market_days(
    rows: pd.DataFrame,
    market: str,
    limit: pd.Series | None = None,
    days: Days | None = None,
) -> tuple[pd.DataFrame, list[str]]:
    """Return one market's sessions, and remarks on what its file cannot tell.

    Parameters
    ----------
    rows : DataFrame
        Tidy rows; of intervals, or of the delivery days that `days` tells of.
    market : str
        Its id.
    limit : Series, optional
        Price limits that take the place of the rule.
    days : Days, optional
        Where the file was read into delivery days.
    """
    remarks = []
    rows, remark = main_product(rows, market)
    remarks += remark
    if (rows["date"] != rows["date"].dt.normalize()).any():
        rows, days = delivery_days(rows)
    if days is not None:
        remarks += _of_intervals(rows, days)
    fact = registry.get(market)
    complete = fact.currency == "CNY" and fact.market_class in {"ets", "offset", "offset_venue"}
    uncovered = calendar.uncovered_years(rows["date"].min(), rows["date"].max())
    if complete and uncovered:
        years = ", ".join(str(y) for y in uncovered)
        remarks.append(f"no table of holidays for {years}: only days with a row count as open.")
    if fact.market_class == "ets" and rows["volume"].isna().all():
        remarks.append("no volumes in the file, so a printed price counts as a trade.")
    vintages = list(rows["vintage"].fillna("").unique())
    if len(vintages) == 1:
        frame = quality.daily(rows, market, complete=complete, limit=limit)
        frame = frame.assign(vintage=vintages[0], is_roll=False)
    else:
        frame, remark = headline_vintage(rows, market, complete, limit)
        remarks += remark
    return frame.assign(chained=chained(frame)), [*remarks, *_doubts(rows, frame, market)]


def _doubts(rows: pd.DataFrame, frame: pd.DataFrame, market: str) -> list[str]:
    """Remarks on totals that are not the sum of their parts, and on opens and closes by rule."""
    said = []
    traded = frame["price_trade"].dropna().unique()
    if len(traded) and not set(traded) <= {"listed", "total"}:
        said.append(f"the file prints {traded[0]} trades alone, so prices are theirs.")
    days = frame.index[frame["total_differs"].fillna(False).astype(bool)]
    if len(days):
        said.append(
            f"listed, block and auction volumes do not add up to the total on {_listing(days)}; "
            "the printed total is used."
        )
    said += [*_values(rows), *_ranges(rows)]
    if frame["reference_open"].any():
        said.append("the printed open is the previous close, not a first trade, and is left out.")
    own = rows["volume"][rows["trade"].isin(("listed", "total"))]
    carried = frame["is_stale"] & frame["volume"].gt(0) & ~frame["is_block"].fillna(False)
    most = closing.carried_up_to(market, pd.DatetimeIndex(frame.index)).max()
    if most > 0 and own.notna().any() and carried.any():
        said.append(
            f"by the venue's rule the close of a day with at most {most:g} t of listed trades is "
            f"an earlier day's: {int(carried.sum())} days carry one and have no price of their own."
        )
    return said


def _listing(days: pd.Index) -> str:
    more = f" and {len(days) - _SHOWN} more days" if len(days) > _SHOWN else ""
    return ", ".join(f"{day:%Y-%m-%d}" for day in days[:_SHOWN]) + more


def _values(rows: pd.DataFrame) -> list[str]:
    """Days on which the kinds of trade are not worth the total that is printed beside them."""
    kinds = rows.set_index(["vintage", "date"])["value"].groupby(rows["trade"].to_numpy())
    by_kind = {str(kind): part[~part.index.duplicated()] for kind, part in kinds}
    if "total" not in by_kind or len(by_kind) < 3:
        return []
    total = by_kind.pop("total")
    parts = pd.concat(by_kind, axis=1).reindex(total.index).fillna(0.0).sum(axis=1)
    unlike = total.index[(total - parts).abs().gt(_ONE_YUAN)]
    days = pd.DatetimeIndex(sorted(set(unlike.get_level_values("date"))))
    if not len(days):
        return []
    return [
        f"listed, block and auction values do not add up to the total on {_listing(days)}; the "
        "printed total is used."
    ]


def _ranges(rows: pd.DataFrame) -> list[str]:
    """Days on which the listed trades' quantities cannot be those of the printed range."""
    listed = rows[rows["trade"].isin(plausible.PRICED)]
    listed = listed if len(listed) else rows[rows["trade"].eq("total")]
    columns = [listed[name].to_numpy(float) for name in ("low", "high", "volume", "value")]
    outside, known = plausible.average_outside(*columns)
    if not outside.any():
        return []
    kinds = " and ".join(listed["trade"].unique())
    said = plausible.said_outside(listed["date"].to_numpy()[outside], int(known.sum()))
    return [f"{kinds} trades: {said}"]


def delivery_days(rows: pd.DataFrame) -> tuple[pd.DataFrame, Days]:
    """Return daily means of an intraday price; a day with intervals missing has none."""
    days = days_of(sums_by_day(rows))
    return pd.concat([days.frame, days.without]).sort_values("date", ignore_index=True), days


def _of_intervals(rows: pd.DataFrame, days: Days) -> list[str]:
    """Remarks on the daily prices of one product's delivery days."""
    own = days.series[days.series["product"].isin(rows["product"].unique())]
    remarks = [f"daily price: mean of {int(own['intervals'].max())} intervals of the delivery day."]
    short = int(rows["close"].isna().sum())
    if short:
        remarks.append(f"{short} delivery days with intervals missing have no daily price.")
    if own["volumes"].any():
        remarks.append("the intervals' volumes are not summed into days; cl.read has them.")
    return remarks


def main_product(rows: pd.DataFrame, market: str) -> tuple[pd.DataFrame, list[str]]:
    """Keep the market's own product where the file holds several."""
    products = rows["product"].fillna("")
    if products.nunique() == 1:
        return rows, []
    code = registry.get(market).product_code
    own = products.eq(code) | products.eq("")
    if not own.any():
        own = products.eq(products.value_counts().index[0])
    others = sorted(set(products[~own]))
    return rows[own], [f"rows of other products left out of the panel: {', '.join(others)}."]
