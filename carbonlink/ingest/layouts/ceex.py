"""JSON records of the national exchanges: allowances (listed and block) and credits."""

from __future__ import annotations

import numpy as np

from .. import draft as drafts
from ..sheet import Sheet
from ..whose import settle_market
from . import Parts

NAME = "ceex"
TITLE = "exchange JSON records (date, closing_price, listed_volume, …; or date, daily_volume, …)"
ALLOWANCE = {
    "date": "date",
    "opening_price": "open",
    "high_price": "high",
    "low_price": "low",
    "closing_price": "close",
    "listed_volume": "listed_volume",
    "listed_amount": "listed_amount",
    "block_volume": "block_volume",
    "block_amount": "block_amount",
    "total_volume": "total_volume",
    "total_amount": "total_amount",
}
CREDIT = {
    "date": "date",
    "daily_volume": "volume",
    "daily_amount": "value",
    "avg_price": "vwap",
}
SIGNATURES = (frozenset(ALLOWANCE), frozenset(CREDIT))
_TOLERANCE = 1.0


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of JSON records; cumulative fields are left out."""
    if "listed_volume" in drafts.headings(sheet, header).values():
        return _allowance(sheet, header, market)
    owner = settle_market(sheet.file, None, market, "its records name no market")
    draft = drafts.start(sheet, header, CREDIT).with_dates()
    draft = draft.with_numbers("volume", "value", "vwap")
    frame = drafts.tidy(draft, market=owner, trade="total", price_kind="vwap")
    return Parts(draft=draft, frames=(frame,))


def _allowance(sheet: Sheet, header: int, market: str | None) -> Parts:
    owner = settle_market(sheet.file, None, market, "its records name no market")
    draft = drafts.start(sheet, header, ALLOWANCE).with_dates()
    draft = _undoubled(draft.with_numbers(*list(ALLOWANCE.values())[1:]))
    draft = _sums(draft)
    rows = draft.rows
    prices = {name: rows[name].to_numpy() for name in ("open", "high", "low", "close")}
    unpriced = dict.fromkeys(prices, np.nan)  # they are those of the listed trades
    frames = []
    for trade in ("total", "listed", "block"):
        volume, value = rows[f"{trade}_volume"], rows[f"{trade}_amount"]
        if trade == "block":
            volume, value = (cells.where(rows["block_volume"] > 0) for cells in (volume, value))
        frames.append(
            drafts.tidy(
                draft,
                market=owner,
                trade=trade,
                volume=volume.to_numpy(),
                value=value.to_numpy(),
                price_kind="close",
                **(unpriced if trade == "block" else prices),
            )
        )
    return Parts(draft=draft, frames=tuple(frames))


def _sums(draft: drafts.Draft) -> drafts.Draft:
    """Name the days on which listed and block trades do not add up to the total."""
    for what, tolerance in (("volume", 0.5), ("amount", 1.0)):
        listed, block, total = (
            draft.rows[f"{trade}_{what}"] for trade in ("listed", "block", "total")
        )
        parts = listed + block.where(draft.rows["block_volume"] > 0, 0.0).fillna(0)
        unlike = ((total - parts).abs() > tolerance).to_numpy(bool)
        days = draft.rows["date"][unlike].dropna().dt.strftime("%Y-%m-%d")
        if len(days):
            draft = draft.noted(
                f"Listed and block {what}s do not add up to the total on {', '.join(sorted(days))}."
            )
    return draft


def _undoubled(draft: drafts.Draft) -> drafts.Draft:
    """Take the listed amount for the total where listed amount was counted as block too.

    Notes
    -----
    A public dashboard copies listed_amount into block_amount on days without block trades, so that
    its total_amount is exactly twice the turnover (2021-08-05: 60,000 t, 6,588,000 yuan). The
    volumes of the record show it. Block turnover without block tonnes that is no such copy puts
    the record in quarantine.
    """
    rows = draft.rows
    listed, block, total = (
        rows[f"{trade}_amount"].to_numpy() for trade in ("listed", "block", "total")
    )
    claimed = (rows["block_volume"].to_numpy() == 0) & (block > 0)
    copied = claimed & _near(block, listed) & _near(total / 2, listed)
    draft = draft.with_bad(claimed & ~copied, "block_amount without block_volume")
    if not copied.any():
        return draft
    days = rows["date"][copied].dropna().dt.strftime("%Y-%m-%d")
    draft = draft.with_rows(total_amount=np.where(copied, listed, total))
    first = min(days, default="of no date")
    return draft.noted(
        f"total_amount was twice listed_amount without any block volume on {copied.sum()} days "
        f"(first {first}): listed_amount stands for it there."
    )


def _near(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):
        return np.abs(first - second) <= _TOLERANCE
