"""Markets side by side: prices, quantities, returns, gaps and coverage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, UnknownMarketError, check_choice, near
from ..facts import markets as registry
from ..ingest.limits import from_first_day, known_by, limits_by_label
from .days import main_product, market_days
from .sessions import compared

TRADES = ("total", "listed", "block", "auction")


@dataclass(frozen=True, eq=False, repr=False)
class Panel:
    """Markets side by side; made by `load`.

    Attributes
    ----------
    tidy : DataFrame
        The rows kept, as `carbonlink.read` returns them, with the labels asked for.
    ledger : DataFrame
        A row a file: market, layout, span, rows kept, quarantined and declared, hash, and why a
        file was not used.
    quarantine : DataFrame
        The source rows set aside, each with its reason.
    notes : tuple of str
        What a reader of the numbers must know.
    synthetic : frozenset of str
        Labels of markets whose data are made-up demonstration data.
    given_limits : mapping of str to Series
        Price limits that `with_limits` was given, in per cent by first day.

    Examples
    --------
    >>> import tempfile
    >>> import carbonlink as cl
    >>> from carbonlink import demo
    >>> folder = tempfile.mkdtemp()
    >>> _ = demo.write(folder)
    >>> panel = cl.load(["hubei"], raw=folder)
    >>> isinstance(panel, cl.Panel), list(panel.prices().columns)
    (True, ['hubei'])
    """

    tidy: pd.DataFrame
    ledger: pd.DataFrame
    quarantine: pd.DataFrame
    notes: tuple[str, ...]
    synthetic: frozenset[str]
    sources_of: Mapping[str, str]
    days: Mapping[str, pd.DataFrame]
    given_limits: Mapping[str, pd.Series] = field(default_factory=dict)

    @property
    def markets(self) -> tuple[str, ...]:
        """Market labels, in the order asked for or the registry's."""
        return tuple(self.days)

    @property
    def sources(self) -> tuple[str, ...]:
        """File name and start of the sha256 of every file used."""
        return tuple(dict.fromkeys(self.sources_of.values()))

    @property
    def units(self) -> dict[str, str]:
        """Price unit of each market."""
        return {m: registry.get(m).price_unit for m in self.markets}

    def daily(self, market: str) -> pd.DataFrame:
        """Return one market's sessions with prices, quantities and flags.

        Parameters
        ----------
        market : str
            A label of the panel, or another name of its market.

        Returns
        -------
        DataFrame
            See `carbonlink.ingest.quality.daily`. Where several vintages trade, the prices are
            those of the leading vintage, named in `vintage` (see
            `carbonlink.panel.vintages.headline_vintage`), `is_roll` marks the first price of a
            vintage that took over, and the quantities are the sums over vintages. `chained` links
            the vintages by their own returns; it is the price where there is one vintage.
        """
        return self.days[self.label(market)].copy()

    def label(self, market: str) -> str:
        """Return the panel's label of a market, however its name is spelt ("湖北", "HBEA").

        Examples
        --------
        >>> import tempfile
        >>> import carbonlink as cl
        >>> from carbonlink import demo
        >>> folder = tempfile.mkdtemp()
        >>> _ = demo.write(folder)
        >>> cl.load(["hubei"], raw=folder).label("湖北")
        'hubei'
        """
        if market in self.days:
            return market
        try:
            wanted = registry.resolve(market)
        except UnknownMarketError:
            hint = near(market, self.markets)
        else:
            hint = [label for label in self.markets if registry.resolve(label) == wanted]
            if len(hint) == 1:
                return hint[0]
        raise UnknownMarketError(
            f"{market!r} is not in this panel.",
            (f"Did you mean {hint[0]!r}? " if hint else "")
            + f"It holds: {', '.join(self.markets)}.",
        )

    def labels(self, markets: Iterable[str] | str | None = None) -> list[str]:
        """Return the panel's labels of markets, of all when None; see `label`."""
        return [self.label(m) for m in as_list(self.markets if markets is None else markets)]

    def prices(
        self, markets: Iterable[str] | str | None = None, *, chained: bool = False
    ) -> pd.DataFrame:
        """Return prices of genuine trades, a column a market; missing on days without one.

        `attrs["units"]` names the unit of each.

        Parameters
        ----------
        markets : str or list of str, optional
            Labels; all when None.
        chained : bool
            Whether a market of several vintages is the index that links them by their own
            returns, whose changes are those of `returns`, in place of the printed prices, which
            jump where another vintage takes over.
        """
        wide = self._wide(markets, "chained" if chained else "price")
        wide.attrs["units"] = {str(m): self.units[str(m)] for m in wide}
        return wide

    def gap_days(self, markets: Iterable[str] | str | None = None) -> pd.DataFrame:
        """Return sessions since the last genuine price, where `returns` of `markets` has one."""
        return self._wide(markets, "gap_days").dropna(how="all")

    def volume(
        self, markets: Iterable[str] | str | None = None, trade: str = "total"
    ) -> pd.DataFrame:
        """Return quantities: 0 on open days without a trade, missing where the venue is closed.

        Parameters
        ----------
        markets : str or list of str, optional
            Labels; all when None.
        trade : {"total", "listed", "block", "auction"}
            The kind of trade.
        """
        return self._quantity(markets, trade, "volume")

    def value(
        self, markets: Iterable[str] | str | None = None, trade: str = "total"
    ) -> pd.DataFrame:
        """Return turnover in the market's currency; `markets` and `trade` are those of `volume`."""
        return self._quantity(markets, trade, "value")

    def returns(
        self, markets: Iterable[str] | str | None = None, method: str | None = None
    ) -> pd.DataFrame:
        """Return changes between genuine trades; no value on a day without one.

        Parameters
        ----------
        markets : str or list of str, optional
            Labels; all when None.
        method : {"log", "difference"}, optional
            By default 100·(ln P_t − ln P_s), in per cent, s being the last day with a genuine
            trade of the same vintage (never a change across a roll), and P_t − P_s for
            electricity, whose spot price can be zero or negative. A logarithm asked of electricity
            is refused.

        Returns
        -------
        DataFrame
            A column a market; `attrs["units"]` names the unit of each. `gap_days` has the same
            days and says how many sessions each change spans.
        """
        if method is not None:
            check_choice("method", method, ("log", "difference"))
        columns: dict[str, Any] = {}
        units: dict[str, str] = {}
        for market in self.labels(markets):
            power = registry.get(market).market_class == "electricity"
            if power and method == "log":
                raise SpecificationError(
                    f"{market} is an electricity price, which can be zero or negative.",
                    'Leave method out, or use method="difference".',
                )
            frame = self.days[market]
            if power or method == "difference":
                columns[market] = frame["price"] - frame["previous_price"]
                units[market] = registry.get(market).price_unit
            else:
                columns[market] = 100 * np.log(frame["price"] / frame["previous_price"])
                units[market] = "%"
        wide = pd.DataFrame(columns).dropna(how="all").rename_axis("date")
        wide.attrs["units"] = units
        return wide

    def sessions(
        self, market: str, calendar: str = "china", *, start: Any = None, end: Any = None
    ) -> pd.DataFrame:
        """List the days of a market's file that are not as its venue's calendar has them.

        Parameters
        ----------
        market : str
            A label of the panel, or another name of its market.
        calendar : {"china", "XSHG"}
            The expected sessions: weekdays that are no public holiday, by the table that
            carbonlink carries, or those of the Shanghai Stock Exchange, by the package
            exchange_calendars (extra `calendars`). Make-up workdays at weekends are in neither,
            since most venues stay closed; a venue that traded on one shows it as extra.
        start, end : date-like, optional
            First and last day compared; those of the file by default.

        Returns
        -------
        DataFrame
            A row a day that is not as expected: ``date``; ``status``, "missing" (an expected
            session without a row in the file, as where it prints only days with trades) or
            "extra"; ``kind``, "make-up workday", "public holiday", "weekend" or "weekday"; and
            ``has_trade``.
        """
        days = self.daily(market)
        return compared(self._own_rows(market), days, calendar, start, end)

    def with_limits(self, limits: Mapping[str, Any]) -> Panel:
        """Return the panel with the price limits of markets for which no printed rule was found.

        Parameters
        ----------
        limits : mapping of str to float or Series
            Label to the daily limit of listed trades in per cent of the previous close (10 for
            ±10 %; none below 1), or to a Series of such numbers by first day, missing from a day
            on where the limit is not known; "observed" for the one at which daily prices pile up.
            It takes the place of the rule, where the facts have one.

        Returns
        -------
        Panel
            With `limit_up` and `limit_down` by these limits, and a note that they were given.

        Examples
        --------
        >>> import tempfile
        >>> import carbonlink as cl
        >>> from carbonlink import demo
        >>> folder = tempfile.mkdtemp()
        >>> _ = demo.write(folder)
        >>> panel = cl.load(["guangdong"], raw=folder)
        >>> panel.daily("guangdong")["limit_up"].isna().all()
        np.True_
        >>> int(panel.with_limits({"guangdong": 10}).daily("guangdong")["limit_up"].sum()) > 0
        True
        """
        days, given, notes = dict(self.days), dict(self.given_limits), list(self.notes)
        for label, asked in limits_by_label(limits, self.labels).items():
            old = self.days[label]
            market = registry.resolve(label)
            how = "read off daily prices" if isinstance(asked, str) else "as given"
            limit = from_first_day(asked, market)
            rows = self.tidy[self.tidy["market"] == label].assign(market=market)
            frame, _ = market_days(rows, market, limit)
            days[label], given[label] = frame.loc[old.index[0] : old.index[-1]], limit
            percents = ", ".join(f"{p:g}" for p in limit.dropna().unique())
            notes.append(f"{label}: price limit of ±{percents} % {how}, not by a printed rule.")
        return replace(self, days=days, given_limits=given, notes=tuple(notes))

    def coverage(self) -> pd.DataFrame:
        """Return a row a market: days, traded, stale, limits, blocks, gaps, volume, value.

        Returns
        -------
        DataFrame
            Shares are in per cent of the days on which the file can tell: of open days for
            ``traded_pct``, ``stale_pct`` and ``block_pct``, of days with a genuine price and a
            known limit for ``limit_pct``, with a priced trade for ``tiny_pct``, with a genuine
            price, a high and a low for ``degenerate_pct``. ``longest_gap`` is in open days,
            ``volume`` in ``volume_unit``, ``value`` in the market's currency. ``vintages`` counts
            those with a row between ``start`` and ``end``, whether or not they ever lead.
        """
        rows = [self._coverage_row(market) for market in self.markets]
        return pd.DataFrame(rows).set_index("market")

    def __repr__(self) -> str:
        span = [frame.index for frame in self.days.values() if len(frame)]
        first = min(i[0] for i in span).date() if span else "-"
        last = max(i[-1] for i in span).date() if span else "-"
        return f"Panel of {len(self.markets)} markets, {first} to {last}: {', '.join(self.markets)}"

    def _wide(self, markets: Iterable[str] | str | None, column: str) -> pd.DataFrame:
        chosen = self.labels(markets)
        return pd.DataFrame({m: self.days[m][column] for m in chosen}).rename_axis("date")

    def _quantity(
        self, markets: Iterable[str] | str | None, trade: str, quantity: str
    ) -> pd.DataFrame:
        check_choice("trade", trade, TRADES)
        if trade == "total":
            return self._wide(markets, quantity)
        columns = {}
        for market in self.labels(markets):
            rows = self._own_rows(market)
            rows = rows[rows["trade"] == trade]
            if rows.empty:
                raise DataError(
                    f"The source of {market} does not tell {trade} trades apart.",
                    'Use trade="total", or give a file that does with prefer={market: file}.',
                )
            sums = rows.groupby("date")[quantity].sum(min_count=1)
            columns[market] = sums.reindex(self.days[market].index).fillna(0.0)
        return pd.DataFrame(columns).rename_axis("date")

    def _own_rows(self, market: str) -> pd.DataFrame:
        """Rows of the market's own product, without others that its file holds as well."""
        rows = self.tidy[self.tidy["market"] == self.label(market)]
        return main_product(rows, registry.resolve(market))[0]

    def _coverage_row(self, market: str) -> dict[str, Any]:
        frame = self.days[market]
        gap = frame["gap_days"].max()
        own = self._own_rows(market)
        own = own[own["date"].dt.normalize().between(frame.index[0], frame.index[-1])]
        return {
            "market": market,
            "name": registry.get(market).name_en,
            "start": frame.index[0],
            "end": frame.index[-1],
            "frequency": spacing(self._own_rows(market)["date"]),
            "open_days": len(frame),
            "traded_days": int(frame["has_trade"].sum()),
            "traded_pct": _percent(frame["has_trade"]),
            "stale_pct": _percent(frame["is_stale"]),
            "limit_pct": _percent(frame["limit_up"] | frame["limit_down"]),
            "block_pct": _percent(frame["is_block"]),
            "tiny_pct": _percent(frame["tiny_trade"]),
            "degenerate_pct": _percent(frame["degenerate_range"]),
            "longest_gap": int(gap) if pd.notna(gap) else 0,
            "total_differs_days": int(frame["total_differs"].fillna(False).sum()),
            "vintages": int(own["vintage"].fillna("").nunique()),
            "rolls": int(frame["is_roll"].sum()),
            "price_trade": ", ".join(sorted(frame["price_trade"].dropna().unique())),
            "price_kind": ", ".join(sorted(frame["price_kind"][frame["price"].notna()].unique())),
            "limit_known_by": (
                "given" if market in self.given_limits else known_by(registry.resolve(market))
            ),
            "volume": frame["volume"].sum(min_count=1),
            "volume_unit": registry.get(market).unit,
            "value": frame["value"].sum(min_count=1),
            "price_unit": registry.get(market).price_unit,
            "synthetic": market in self.synthetic,
            "source": self.sources_of[market],
        }


def as_list(markets: Iterable[str] | str) -> list[str]:
    """Return one name or several as a list."""
    return [markets] if isinstance(markets, str) else list(markets)


def spacing(dates: pd.Series) -> str:
    """Return how often a file prints: minutes, "daily", "weekly", "monthly" or "irregular"."""
    times = pd.Series(dates.unique()).sort_values()
    step: Any = times.diff().median()
    if pd.isna(step):
        return "once"
    if step < pd.Timedelta(days=1):
        return f"{step / pd.Timedelta(minutes=1):g} minutes"
    days = step / pd.Timedelta(days=1)
    named = (("daily", 1, 4), ("weekly", 6, 8), ("monthly", 28, 31))
    return next((name for name, low, high in named if low <= days <= high), "irregular")


def _percent(flag: pd.Series) -> float:
    share = flag.astype("boolean").mean()
    return float("nan") if pd.isna(share) else round(100 * float(share), 2)
