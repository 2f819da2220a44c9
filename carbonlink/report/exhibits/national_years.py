"""The national market by year, from the files, beside what was published."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ... import plotting
from ...errors import DataError, UnknownMarketError
from ...facts import calendar, compliance
from ..exhibit import Exhibit
from ..study import Study, colours
from .published_years import yearly

MARKET = "cea"


def national_years(study: Study) -> Exhibit:
    """Add up days, volume and value by year, and set them beside the published figures."""
    if MARKET not in study.panel.markets:
        raise UnknownMarketError("No file holds the national market (cea).")
    days = study.panel.daily(MARKET)
    if days["volume"].isna().all():
        raise DataError("The file of the national market has no volumes.")
    table = beside_published(by_year(days))
    months = (days["volume"].resample("MS").sum() / 1e6).rename("volume_mt")
    return Exhibit(
        takeaway=_takeaway(days, table, months),
        figure=_draw(months),
        drawn=months.rename_axis("month").reset_index(),
        table=table,
        headings={
            "year": "Year",
            "first_day": "First day",
            "last_day": "Last day",
            "trading_days": "Trading days",
            "volume_t": "Volume (t)",
            "volume_mt": "Volume (Mt)",
            "value_bn_yuan": "Value (bn yuan)",
            "price_yuan_t": "Value over volume (yuan/t)",
            "published_days": "Published: days",
            "published_mt": "Published: Mt",
            "published_bn_yuan": "Published: bn yuan",
            "difference_pct": "Volume, file against published (%)",
        },
        formats={
            "year": ".0f",
            "volume_t": ",.0f",
            "volume_mt": ".6g",
            "value_bn_yuan": ".5g",
            "price_yuan_t": ".2f",
            "published_days": ".0f",
            "published_mt": ".8g",
            "published_bn_yuan": ".8g",
            "difference_pct": "+.2f",
        },
        notes=(
            "Published figures are rounded as printed; a difference may be rounding alone. A year "
            "that the file does not hold to its last session is not compared.",
        ),
        sources=(*study.sources([MARKET]), "published: facts/tables/annual_stats.csv"),
        synthetic=study.synthetic([MARKET]),
    )


def by_year(days: pd.DataFrame) -> pd.DataFrame:
    """Return trading days, tonnes, value and their ratio for each calendar year."""
    traded = days[days["has_trade"]]
    groups = traded.groupby(pd.DatetimeIndex(traded.index).year)
    volume, value = groups["volume"].sum(min_count=1), groups["value"].sum(min_count=1)
    spans = pd.Series(groups.groups).map(lambda index: (index.min(), index.max()))
    return pd.DataFrame(
        {
            "year": volume.index,
            "first_day": [first for first, _ in spans],
            "last_day": [last for _, last in spans],
            "trading_days": groups.size().to_numpy(),
            "volume_t": volume.to_numpy(),
            "volume_mt": volume.to_numpy() / 1e6,
            "value_bn_yuan": value.to_numpy() / 1e9,
            "price_yuan_t": (value / volume).to_numpy(),
        }
    )


def beside_published(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the published days, volume and value of the same years."""
    known, last = yearly(), table["last_day"]
    known = known[known["market"] == MARKET].set_index("year").reindex(table["year"])
    volume = known["volume_mt"].to_numpy(float)
    ratio = table["volume_mt"].to_numpy(float) / volume
    whole = [calendar.sessions(d, d + pd.offsets.YearEnd(0), [d])[-1] == d for d in last]
    return table.assign(
        published_days=known["trading_days"].to_numpy(float),
        published_mt=volume,
        published_bn_yuan=known["value_bn_yuan"].to_numpy(float),
        difference_pct=np.where(whole, 100 * (ratio - 1), np.nan),
    )


def _draw(months: pd.Series) -> object:
    figure, (ax,) = plotting.canvas(height=2.9)
    ax.bar(months.index, months, width=26, align="edge", color=colours()[MARKET])
    span = (months.index[0], months.index[-1] + pd.offsets.MonthEnd())
    dates, _ = compliance.due_dates(MARKET)
    for day in dates[(dates >= span[0]) & (dates <= span[1])]:
        ax.axvline(day, color=plotting.PALETTE[1], linewidth=1.2, linestyle="--")
    ax.set_title("Volume by month, Mt (dashed: surrender deadline)")
    ax.grid(False, axis="x")
    plotting.years(ax)
    return figure


def _takeaway(days: pd.DataFrame, table: pd.DataFrame, months: pd.Series) -> str:
    traded = days[days["has_trade"]]
    first, tonnes = pd.DatetimeIndex(traded.index)[0], traded["volume"].iloc[0]
    top = pd.DatetimeIndex(months.index)[int(months.argmax())]
    share = 100 * months.max() / months.sum()
    return (
        f"On the first day in the file, {first.date()}, {tonnes:,.0f} t changed "
        f"hands; to the end of {table['year'].iloc[0]} it was {table['volume_mt'].iloc[0]:.6g} Mt "
        f"for {table['value_bn_yuan'].iloc[0]:.5g} bn yuan on {table['trading_days'].iloc[0]} "
        f"trading days. {top:%B %Y} alone holds {share:.0f} % of all tonnes."
    )
