"""Prices of certificates, energy-use rights, offsets and allowances, a row a period."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError
from ..facts import markets as registry
from ..facts.published import published
from ..models.frames import check_frame
from ..panel import Panel
from .instrument_units import in_unit

COLUMNS = (
    "instrument",
    "market",
    "series",
    "period",
    "date",
    "year",
    "factor_of",
    "price",
    "unit",
    "verified",
    "source",
    "note",
    "synthetic",
)
INSTRUMENTS = {
    "certificate": "certificate",
    "energy_use_right": "energy-use right",
    "energy_saving": "energy saving",
    "offset": "offset",
}
ALLOWANCE = "allowance"
PREMIUM = "green-power premium"
ALL_YEARS = "all production years"
_PRODUCTION_YEAR = re.compile(r"price_gen(\d{4})_yuan")


def published_prices() -> pd.DataFrame:
    """Return every published price of the instruments, with the columns `COLUMNS`."""
    parts = [_certificates(), _energy(), _yearly("ccer", "offset"), _yearly("cea", ALLOWANCE)]
    return pd.concat([p for p in parts if len(p)], ignore_index=True)


def observed_prices(data: Any) -> pd.DataFrame:
    """Return monthly prices of the instruments that a Panel or a frame of prices holds.

    Parameters
    ----------
    data : Panel or DataFrame
        Columns of a frame are market names.

    Returns
    -------
    DataFrame
        Turnover over volume where both are known, else the volume-weighted mean price, else
        the mean of the genuine prices; the note says which.
    """
    parts = [_months(*one) for one in _held(data)]
    if not parts:
        wanted = "cea, ccer, gec, eur_<province> or es_<province>"
        raise SpecificationError(
            "The data hold no certificate, energy-use right, offset or national allowance.",
            f"Load one of {wanted}, or call implied_prices() for the published prices.",
        )
    return pd.concat(parts, ignore_index=True)


def premium_prices(data: Any) -> pd.DataFrame:
    """Return monthly means of premia of green power, yuan/MWh, with the columns `COLUMNS`."""
    frame = _dated(check_frame(data, "green_power"), "green_power")
    parts = []
    for name in frame.columns:
        if frame[name].isna().all():
            raise DataError(f"{name} of green_power has no values.", "Leave it out.")
        price, unit, how = in_unit(data, name, PREMIUM, frame[name], "yuan/MWh")
        held = _bare(price)
        parts.append(_months(name, PREMIUM, held, False, "data given", unit, how))
    return pd.concat(parts, ignore_index=True)


def _bare(price: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"price": price, "volume": np.nan, "value": np.nan})


def _dated(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    if isinstance(frame.index, pd.DatetimeIndex):
        return frame
    raise DataError(f"{name} has no dates.", "Set a DatetimeIndex.")


def definition_breaks() -> pd.DataFrame:
    """Return the months in which the published certificate price changed its meaning."""
    rules = published("gec_rules")
    rows = rules[rules["affects"] == "definition break"]
    return rows[["date", "rule", "source"]].reset_index(drop=True)


def _certificates() -> pd.DataFrame:
    table = published("gec_monthly")
    unit = "yuan/certificate"
    found = []
    for column in table.columns:
        match = _PRODUCTION_YEAR.fullmatch(column)
        if column != "price_all_yuan" and not match:
            continue
        series = f"production year {match[1]}" if match else ALL_YEARS
        for _, row in table[table[column].notna()].iterrows():
            month = pd.Period(row["month"], "M")
            made = int(match[1]) if match else month.year
            found.append(
                _row("certificate", "gec", series, row["month"], _middle(month), month.year)
                | {"factor_of": made, "price": row[column], "unit": unit}
                | _certainty(row)
            )
    return pd.DataFrame(found, columns=COLUMNS)


def _energy() -> pd.DataFrame:
    table = published("energy_use_right_stats")
    rows = table[table["quantity"].isin(["implied_price", "price"]) & table["value"].notna()]
    found = []
    for _, row in rows.iterrows():
        instrument = INSTRUMENTS[registry.get(row["market"]).market_class]
        start, end = (_text(row[c]) for c in ("period_start", "period_end"))
        period = f"{start} to {end}" if start and end else f"to {end}" if end else f"since {start}"
        year = int(end[:4]) if end else None
        date = _middle(year) if year else pd.Timestamp(start)
        bound = _text(row["bound"])
        certainty = _certainty(row)
        words = [f"printed as {bound}: indicative" if bound else "", certainty["note"]]
        found.append(
            _row(instrument, row["market"], "cumulative", period, date, year)
            | {"factor_of": None, "price": row["value"], "unit": row["unit"]}
            | certainty
            | {"note": "; ".join(w for w in words if w)}
        )
    return pd.DataFrame(found, columns=COLUMNS)


def _yearly(market: str, instrument: str) -> pd.DataFrame:
    table = published("annual_stats")
    rows = table[(table["market"] == market) & (table["period"] == "year")]
    found = [
        _row(instrument, market, "yearly mean", str(row["year"]), _middle(row["year"]), row["year"])
        | {"factor_of": None, "price": row["avg_price_yuan_t"], "unit": "yuan/t"}
        | _certainty(row)
        for _, row in rows[rows["avg_price_yuan_t"].notna()].iterrows()
    ]
    return pd.DataFrame(found, columns=COLUMNS)


def _held(data: Any) -> list[tuple[str, str, pd.DataFrame, bool, str, str, str]]:
    """Return (label, instrument, frame of price, volume, value, synthetic, source, unit, how)."""
    held = []
    labels = data.markets if isinstance(data, Panel) else check_frame(data, "data").columns
    for label in labels:
        market = registry.get(label)
        instrument = ALLOWANCE if market.market == "cea" else INSTRUMENTS.get(market.market_class)
        if instrument is None:
            continue
        if isinstance(data, Panel):
            frame = data.daily(label)
            frame = frame[frame["has_trade"]][["price", "volume", "value"]]
            made_up, source = label in data.synthetic, data.sources_of[label]
            unit, how = market.price_unit, ""
        else:
            frame = _dated(check_frame(data, "data"), "data")
            price, unit, how = in_unit(data, label, instrument, frame[label], market.price_unit)
            frame, made_up, source = _bare(price), False, "data given"
        held.append((str(label), instrument, frame, made_up, source, unit, how))
    return held


def _months(
    label: str,
    instrument: str,
    frame: pd.DataFrame,
    synthetic: bool,
    source: str,
    unit: str,
    treated: str,
) -> pd.DataFrame:
    """Return a row a month; `treated` says how the unit was come by."""
    found = []
    months = pd.DatetimeIndex(frame.index).to_period("M")
    for month in months.unique():
        days = frame[months == month]
        price, how = _mean_price(days)
        if np.isnan(price):
            continue
        found.append(
            _row(instrument, label, "monthly mean", str(month), _middle(month), month.year)
            | {"factor_of": month.year, "price": price, "unit": unit, "verified": ""}
            | {"source": source, "synthetic": synthetic}
            | {"note": "; ".join(w for w in (how, treated) if w)}
        )
    return pd.DataFrame(found, columns=COLUMNS)


def _mean_price(days: pd.DataFrame) -> tuple[float, str]:
    volume, value = days["volume"].sum(min_count=1), days["value"].sum(min_count=1)
    complete = days["value"].notna() & days["volume"].notna()
    if complete.all() and volume > 0 and value > 0:
        return float(value / volume), "turnover over volume"
    priced = days[days["price"].notna()]
    if priced.empty:
        return float("nan"), ""
    if priced["volume"].gt(0).all():
        return float(np.average(priced["price"], weights=priced["volume"])), "volume-weighted"
    return float(priced["price"].mean()), "mean of genuine prices"


def _row(
    instrument: str, market: str, series: str, period: str, date: pd.Timestamp, year: int | None
) -> dict[str, Any]:
    return {
        "instrument": instrument,
        "market": market,
        "series": series,
        "period": period,
        "date": date,
        "year": None if year is None else int(year),
        "synthetic": False,
    }


def _middle(period: pd.Period | int) -> pd.Timestamp:
    period = period if isinstance(period, pd.Period) else pd.Period(str(period), "Y")
    # Whole days: half of the time to the period's last instant is rounded one way by pandas 2
    # and the other by pandas 3.
    days = (period.end_time.normalize() - period.start_time).days + 1
    return period.start_time + pd.Timedelta(days=days // 2)


def _certainty(row: pd.Series) -> dict[str, str]:
    return {c: _text(row[c]) for c in ("verified", "source", "note")}


def _text(cell: Any) -> str:
    return "" if pd.isna(cell) else str(cell)
