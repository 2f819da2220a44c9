"""What policy news moved prices by: the change on the day, scaled and purged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, TooFewObservationsError, check_day
from ..facts.policy import policy_dates
from ..inference.parallel import generator, repeatable
from ..kernels.ols import least_squares
from ..models.frames import check_frame, check_series
from ..panel import Panel
from ..results import Recipe, Results, Sample, check_level, tidy_frame

FEWEST = 3
"""Usable events below which no series is made."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PolicySurprisesResults(Results):
    """Policy surprises; made by `policy_surprises`.

    Attributes
    ----------
    table : DataFrame
        A row an announcement: date, day (of the first price after it), before (the day of the
        last price before it), event, change (raw), surprise (scaled and purged), used, reason.
    series : Series
        The surprise on the days on which it fell, 0 on the other days with a price: an
        instrument for `pass_through` and `LocalProjections`.
    changes : Series
        Scaled and purged change on every day with a price, events or not.
    """

    title: ClassVar[str] = "Policy surprises"

    table: pd.DataFrame
    series: pd.Series
    changes: pd.Series

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the surprise of each day, between the quantiles of days without news.

        Parameters
        ----------
        level : float
            Share of the other days' changes that lower and upper enclose.
        """
        tail = (1 - check_level(level)) / 2
        quiet = self.changes[self.series == 0]
        low, high = (float(quiet.quantile(q)) for q in (tail, 1 - tail))
        rows = []
        for day, value in self._events().items():
            chance = (1 + int((quiet.abs() >= abs(value)).sum())) / (1 + len(quiet))
            row = {"term": f"{day:%Y-%m-%d}", "market": self.spec["market"], "estimate": value}
            row |= {"p_value": chance, "lower": value - high, "upper": value - low}
            rows.append({**row, "unit": self.units["surprise"]})
        return tidy_frame(rows)

    def numbers(self) -> pd.DataFrame:
        """Return the surprises by day."""
        return self._events().rename_axis("day").reset_index(name="surprise")

    def plot(self, ax: Any = None) -> Any:
        """Draw the surprises against the span of days without news."""
        from .. import plotting

        events, quiet = self._events(), self.changes[self.series == 0]
        ax = plotting.new_axes(ax)
        with plotting.style():
            ends = quiet.quantile([0.025, 0.975])
            ax.axhspan(*ends, color="#BBBBBB", alpha=0.4, lw=0, label="95 % of days without news")
            ax.axhline(0, color="#4D4D4D", lw=0.7)
            ax.vlines(events.index, 0, events, color=plotting.PALETTE[0], lw=1.2)
            ax.plot(events.index, events, "o", ms=4, color=plotting.PALETTE[0], label="surprise")
            ax.set_ylabel(self.units["surprise"])
            ax.set_xlabel("")
            ax.legend()
        return ax

    def _events(self) -> pd.Series:
        used = self.table[self.table["used"]]
        return used.drop_duplicates("day").set_index("day")["surprise"]

    def _headline(self) -> dict[str, Any]:
        events = self._events()
        return {
            "surprises": len(events),
            "mean_size": float(events.abs().mean()),
            "mean_size_of_other_days": float(self.changes[self.series == 0].abs().mean()),
        }

    def _tests(self) -> list[dict[str, Any]]:
        from scipy import stats

        events = self._events()
        quiet = self.changes[self.series == 0].to_numpy()
        size = float(np.abs(events).mean() / np.abs(quiet).mean())
        pool = np.abs(np.concatenate([events.to_numpy(), quiet]))
        draws = generator(self.spec["rng"])
        count = self.spec["draws"]
        drawn = np.array(
            [draws.choice(pool, len(events), replace=False).mean() for _ in range(count)]
        )
        p_size = (1 + int((drawn >= np.abs(events).mean() - 1e-15).sum())) / (1 + count)
        mean = stats.ttest_1samp(events, 0.0)
        return [
            {
                "test": "size on news days",
                "null": "news days move prices as other days do",
                "statistic": size,
                "p_value": float(p_size),
                "reference": f"mean |change| over other days'; {count:,} random sets of days",
            },
            {
                "test": "mean",
                "null": "surprises are zero on average",
                "statistic": float(mean.statistic),
                "p_value": float(mean.pvalue),
                "reference": f"t({len(events) - 1})",
            },
        ]


def policy_surprises(
    price: Any,
    dates: Any = None,
    *,
    market: str | None = None,
    kinds: tuple[str, ...] | None = None,
    scale: Any = None,
    purge: Any = None,
    form: str = "log",
    most_days: int = 5,
    draws: int = 999,
    rng: int = 0,
) -> PolicySurprisesResults:
    """Build a series of policy surprises from dated announcements.

    Parameters
    ----------
    price : Series or Panel
        Prices of genuine trades by date; from a Panel, those of `market`.
    dates : list of dates, Series or DataFrame, optional
        Days of the announcements, with their texts as a Series or in a column `event`; the
        published policy dates of `market` when None.
    market : str, optional
        Whose price and announcements.
    kinds : tuple of str, optional
        Kinds of published announcements to use ("allocation", "law", …); all when None.
    scale : Series, optional
        What changes are divided by, as it stood before the day: a wholesale power price.
    purge : Series or DataFrame, optional
        Prices whose changes over the same days are not news of the policy (fuels, other markets).
    form : {"log", "difference"}
        100 times the change of the log, or the change. `scale` needs "difference".
    most_days : int
        Most calendar days between the last price before the announcement and the first from that
        day on; longer gaps hold other news and are not used.
    draws, rng : int
        Of the test that news days differ from other days.

    Returns
    -------
    PolicySurprisesResults

    Raises
    ------
    TooFewObservationsError
        Fewer than three usable announcements.

    Notes
    -----
    The surprise of an announcement on day a is p(first price at or after a) − p(last price before
    a), less its least-squares fit on the same change of the `purge` prices over days without news.
    Announcements that fall on one trading day are one surprise. The hour of an announcement is
    not known: news after the close moves the next day, so `dates` may be moved on by the caller.

    References
    ----------
    Känzig, D. R. (2023). The unequal economic consequences of carbon pricing. NBER Working Paper
    31221. doi:10.3386/w31221

    Examples
    --------
    >>> import numpy as np
    >>> import carbonlink as cl
    >>> price = np.exp(4 + cl.simulate.garch(300, rng=1).cumsum() / 100)
    >>> news = list(price.index[[50, 120, 200]])
    >>> found = cl.policy_surprises(price, news)
    >>> int((found.series != 0).sum())
    3
    """
    arguments = dict(locals())
    if form not in ("log", "difference"):
        raise SpecificationError(f"form={form!r} is not known.", 'Use "log" or "difference".')
    if scale is not None and form == "log":
        raise SpecificationError(
            "scale divides a change, and a log change has no unit.", 'Set form="difference".'
        )
    _check_counts(most_days, draws)
    repeatable(rng)
    series, label, sources = _price(price, market)
    news = _announcements(dates, market, kinds)
    changes = _changes(series, form, scale)
    others = None if purge is None else check_frame(purge, "purge")
    table = _placed(news, pd.DatetimeIndex(series.index), most_days)
    clean, explained = _purged(changes, others, form, set(table.loc[table["used"], "day"]))
    table = _valued(table, changes, clean)
    days = table.loc[table["used"], "day"].unique()
    clean = clean.dropna()
    found = pd.Series(0.0, clean.index, name=f"{label} surprise")
    found.loc[days] = clean.loc[days]
    unit = "per cent" if form == "log" else "change" + ("" if scale is None else " over scale")
    return PolicySurprisesResults(
        table=table[["date", "day", "before", "event", "change", "surprise", "used", "reason"]],
        series=found,
        changes=clean.rename("change"),
        spec={
            "market": label,
            "announcements": len(table),
            "form": form,
            "scale": None if scale is None else str(getattr(scale, "name", "given")),
            "purge": () if others is None else tuple(others.columns),
            "share_explained_by_purge": explained,
            "kinds": kinds,
            "most_days": most_days,
            "draws": draws,
            "rng": rng,
        },
        sample=Sample.of(clean.index, dropped={"announcements": int((~table["used"]).sum())}),
        units={"surprise": unit},
        sources=sources,
        notes=_notes(table),
        recipe=Recipe(policy_surprises, arguments),
    )


def _price(price: Any, market: str | None) -> tuple[pd.Series, str, tuple[str, ...]]:
    if isinstance(price, Panel):
        if market is None:
            raise SpecificationError("A Panel holds several prices.", "Say whose with market=.")
        market = price.label(market)
        days = price.daily(market)
        return days["price"].dropna(), market, (price.sources_of[market],)
    series = check_series(price, "price").dropna()
    if not isinstance(series.index, pd.DatetimeIndex):
        raise DataError("The price has no dates.", "Set a DatetimeIndex.")
    return series, str(market or series.name), ()


def _announcements(dates: Any, market: str | None, kinds: tuple[str, ...] | None) -> pd.DataFrame:
    """Return date and event, in order."""
    if dates is None:
        if market is None:
            raise SpecificationError(
                "Neither dates= nor market= is given.",
                "Give announcement dates, or the market whose published ones are meant.",
            )
        frame = policy_dates(market, kinds)[["date", "event"]]
    elif kinds is not None:
        raise SpecificationError("kinds= chooses published dates; dates= is given.", "Drop one.")
    elif isinstance(dates, pd.DataFrame):
        if "date" not in dates:
            raise DataError("dates has no column date.", "Rename the column of the days.")
        texts = dates["event"] if "event" in dates else ""
        frame = pd.DataFrame({"date": dates["date"].to_numpy(), "event": texts})
    elif isinstance(dates, pd.Series):
        frame = pd.DataFrame({"date": dates.index, "event": dates.to_numpy()})
    elif isinstance(dates, Iterable) and not isinstance(dates, str):
        frame = pd.DataFrame({"date": list(dates), "event": ""})
    else:
        raise SpecificationError(f"dates={dates!r} is no list of dates.", "Give several days.")
    frame["date"] = _days(frame["date"])
    return frame.drop_duplicates().sort_values("date", kind="stable", ignore_index=True)


def _days(dates: pd.Series) -> pd.Series:
    """Return announcement dates as days without a time zone, or name one that is none."""
    return pd.Series([check_day("dates", date) for date in dates], index=dates.index)


def _check_counts(most_days: Any, draws: Any) -> None:
    for name, value, least in (("most_days", most_days, 1), ("draws", draws, 99)):
        if isinstance(value, (bool, str)) or int(value) != value or value < least:
            raise SpecificationError(f"{name}={value!r} is not usable.", f"Use {least} or more.")


def _changes(series: pd.Series, form: str, scale: Any) -> pd.Series:
    if form == "log":
        if (series <= 0).any():
            raise DataError(
                f"{series.name} has prices that are not above 0, which have no log.",
                'Set form="difference".',
            )
        changes = 100 * np.log(series).diff()
    else:
        changes = series.diff()
    if scale is None:
        return changes
    by = check_series(scale, "scale").dropna()
    place = by.index.searchsorted(series.index, side="left") - 1
    held = pd.Series(
        np.where(place >= 0, by.to_numpy()[np.maximum(place, 0)], np.nan), series.index
    )
    if (held <= 0).any():
        raise DataError("scale has values that are not above 0.", "Use a positive price.")
    return changes / held


def _placed(news: pd.DataFrame, index: pd.DatetimeIndex, most_days: int) -> pd.DataFrame:
    """Return the days around each announcement, and why some cannot be used."""
    after = index.searchsorted(news["date"], side="left").tolist()
    rows = []
    for place, (date, event) in zip(
        after, news[["date", "event"]].itertuples(index=False), strict=True
    ):
        row = {"date": date, "event": event, "day": pd.NaT, "before": pd.NaT, "used": False}
        if place == 0 or place == len(index):
            rows.append({**row, "reason": "outside the prices"})
            continue
        day, before = index[place], index[place - 1]
        gap = int((day - before).days)
        words = f"{gap} days between prices" if gap > most_days else ""
        rows.append({**row, "day": day, "before": before, "used": not words, "reason": words})
    return pd.DataFrame(rows)


def _valued(table: pd.DataFrame, changes: pd.Series, clean: pd.Series) -> pd.DataFrame:
    """Add the change and the surprise of each announcement's day, and say which have none."""
    table = table.copy()
    table["change"] = [changes.get(d, np.nan) if pd.notna(d) else np.nan for d in table["day"]]
    table["surprise"] = [clean.get(d, np.nan) if pd.notna(d) else np.nan for d in table["day"]]
    lost = table["used"] & table["surprise"].isna()
    table.loc[lost, "reason"] = "scale or purge has no value on these days"
    table.loc[lost, "used"] = False
    count = table.loc[table["used"], "day"].nunique()
    if count < FEWEST:
        raise TooFewObservationsError(
            f"{count} of {len(table)} announcements can be used; {FEWEST} are needed.",
            "Give more dates, or a longer price series.",
        )
    return table


def _purged(
    changes: pd.Series, others: pd.DataFrame | None, form: str, events: set[Any]
) -> tuple[pd.Series, float | None]:
    """Return changes less their fit on the others' over the same days, fitted without news days."""
    if others is None:
        return changes, None
    moved = others.reindex(changes.index)
    if form == "log":
        moved = 100 * moved.where(moved > 0).apply(np.log).diff()
    else:
        moved = moved.diff()
    complete = changes.notna() & moved.notna().all(axis=1)
    quiet = complete & ~changes.index.isin(list(events))
    needed = 10 * (moved.shape[1] + 1)
    if quiet.sum() < needed:
        raise TooFewObservationsError(
            f"{int(quiet.sum())} days without news have all purging prices; {needed} are needed."
        )
    design = np.column_stack([np.ones(len(moved)), moved.to_numpy(float)])
    fit = least_squares(changes[quiet].to_numpy(float), design[quiet])
    if fit.collinear:
        raise SpecificationError("The purging prices are collinear or constant.", "Drop one.")
    spread = (changes[quiet] - changes[quiet].mean()).to_numpy(float)
    explained = float(1 - fit.rss / (spread @ spread))
    clean = pd.Series(np.nan, changes.index)
    clean[complete] = changes[complete] - design[complete] @ fit.params
    moved_most = float(clean[clean.index.isin(list(events))].abs().max())
    if moved_most <= 1e-9 * float(changes.abs().max()):
        raise SpecificationError(
            "The purging prices explain every change on news days: no news is left.",
            "Leave out the price itself and what is computed from it.",
        )
    return clean, explained


def _notes(table: pd.DataFrame) -> tuple[str, ...]:
    notes = ["A day's change holds all its news; the hour of an announcement is not known."]
    for reason, rows in table[~table["used"]].groupby("reason"):
        days = ", ".join(f"{d:%Y-%m-%d}" for d in rows["date"][:5])
        notes.append(f"Not used, {reason}: {days}{' …' if len(rows) > 5 else ''}.")
    twice = table[table["used"]].duplicated("day").sum()
    if twice:
        notes.append(f"{int(twice)} announcements share a trading day with another.")
    return tuple(notes)
