"""Volatility from the range of prices within the day, where the range is genuine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import DataError, SpecificationError, TooFewObservationsError, check_choice
from ..inference.hac import andrews_bandwidth, bartlett
from ..ingest.closing import open_is_reference
from ..kernels import ranges
from ..models.break_inputs import whole
from ..models.frames import check_frame, listed
from ..panel import Panel
from ..results import Recipe, Results, Sample, check_level, tidy_frame
from .genuine_returns import genuine_returns

FEWEST = 20
"""Fewest days with a genuine range from which a volatility is estimated."""

_COLUMNS = ("open", "high", "low", "close")
_WHOLE = "yang-zhang"
_PARTS = "parts"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RangeVolatilityResults(Results):
    """Volatility by range estimators.

    Attributes
    ----------
    table : DataFrame
        A row an estimator: `volatility` (root of the mean variance, % a day), its std_error,
        `days` it stands on, `coverage_pct` of the genuine trading days, and `refused`, why it
        is not given. Yang and Zhang's is that of all days together.
    daily : DataFrame
        Each day's volatility, % a day, a column an estimator that is given; missing on days
        whose high is the low. Yang and Zhang's is that of the `window` days up to the day.
    """

    title: ClassVar[str] = "Range volatility"

    table: pd.DataFrame
    daily: pd.DataFrame
    market: str

    @property
    def variance(self) -> pd.DataFrame:
        """Each day's variance, %², as a proxy for evaluating forecasts."""
        return self.daily**2

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the volatility of each estimator and the share of days it stands on."""
        from scipy import stats

        z = stats.norm.ppf(0.5 + check_level(level) / 2)
        rows: list[dict[str, Any]] = []
        for name, row in self.table.iterrows():
            value, error = row["volatility"], row["std_error"]
            share = error / value if value else np.nan
            rows.append(
                {
                    "term": str(name),
                    "estimate": value,
                    "std_error": error,
                    "lower": value * np.exp(-z * share),
                    "upper": value * np.exp(z * share),
                    "unit": "% a day",
                }
            )
            coverage = {"estimate": row["coverage_pct"], "unit": "% of days"}
            rows.append({"term": f"coverage[{name}]", **coverage})
        return tidy_frame(rows).assign(market=self.market)

    def numbers(self) -> pd.DataFrame:
        """Return the daily volatilities."""
        return self.daily.rename_axis(str(self.daily.index.name or "date")).reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the daily volatilities, a day without a range as a gap."""
        with plotting.style():
            ax = plotting.new_axes(ax)
            for i, (name, series) in enumerate(self.daily.items()):
                smooth = name == "yang-zhang"
                line = {"linewidth": 1.2} if smooth else {"linewidth": 0, "marker": "."}
                ax.plot(series.index, series, label=name, color=plotting.PALETTE[i], ms=2.5, **line)
            if isinstance(self.daily.index, pd.DatetimeIndex):
                plotting.years(ax)
            ax.set_yscale("log")
            ax.set_ylabel("% a day")
            ax.set_title(f"{self.market}: volatility from the day's range")
            ax.legend(ncols=2)
        return ax

    def _headline(self) -> dict[str, Any]:
        given = self.table[self.table["refused"] == ""]
        return {f"{name}": float(row["volatility"]) for name, row in given.iterrows()} | {
            "coverage_pct": float(self.table["coverage_pct"].max())
        }


def range_volatility(
    data: Any,
    market: str | None = None,
    *,
    estimators: tuple[str, ...] | str = ranges.ESTIMATORS,
    window: int = 22,
    minimum_tonnes: float | None = None,
) -> RangeVolatilityResults:
    """Measure volatility from the range of prices within each day.

    Parameters
    ----------
    data : Panel or DataFrame
        A Panel, or a frame with columns open, high, low and close, a row a trading day.
    market : str, optional
        Label in the Panel.
    estimators : tuple of str
        Of "parkinson", "garman-klass", "rogers-satchell" and "yang-zhang".
    window : int
        Days of Yang and Zhang's estimator.
    minimum_tonnes : float, optional
        Tonnes of listed trade that make a price genuine, 100 when None; for a Panel.

    Returns
    -------
    RangeVolatilityResults

    Raises
    ------
    DataError
        No high and low, or a high below the low.
    TooFewObservationsError
        No estimator has 20 days.

    Notes
    -----
    Definitions at `carbonlink.kernels.ranges`. A day whose high is its low has no range: it is
    left out, not counted as calm, and `coverage_pct` says how many days are left. Estimators
    that use the open are refused where the file's open is the previous close (Guangdong), as
    they would take the overnight return for the day's. Those that use the close leave out days
    on which it lies outside the range. Thin trading makes ranges too small: these are lower
    bounds where few trades make a day. Standard errors are the delta method's, with a long-run
    variance (Bartlett weights, Andrews' rule).

    Examples
    --------
    >>> import carbonlink as cl
    >>> import numpy as np
    >>> import pandas as pd
    >>> steps = 0.1 * np.random.default_rng(1).standard_normal((60, 240))
    >>> path = 50 * np.exp(np.cumsum(steps, axis=1) / 100)
    >>> prices = {"open": path[:, 0], "high": path.max(1), "low": path.min(1)}
    >>> frame = pd.DataFrame(prices | {"close": path[:, -1]})
    >>> cl.range_volatility(frame).table["days"].tolist()
    [60, 60, 60, 59]
    """
    arguments = dict(locals())
    chosen = (estimators,) if isinstance(estimators, str) else tuple(estimators)
    for name in chosen:
        check_choice("estimators", name, ranges.ESTIMATORS)
    if isinstance(window, bool) or not whole(window, 2):
        raise SpecificationError(f"window={window!r} is no number of days.", "Use 2 or more.")
    if isinstance(data, Panel):
        found = _from_panel(data, market, minimum_tonnes)
    else:
        found = _from_frame(data, market, minimum_tonnes)
    refused = {n: found.no_open for n in chosen if n in ranges.USES_OPEN and found.no_open}
    variances = _variances(found, int(window))
    table = pd.DataFrame(
        [
            _row(variances[_PARTS if n == _WHOLE else n], len(found.prices), refused.get(n, ""))
            for n in chosen
        ],
        index=pd.Index(chosen, name="estimator"),
    )
    if (table["refused"] != "").all():
        reasons = "; ".join(f"{n}: {r}" for n, r in table["refused"].items())
        raise TooFewObservationsError(
            f"No estimator can be given for {found.market}: {reasons}.",
            "Use close-to-close returns (cl.volatility), or a lower minimum_tonnes.",
        )
    given = [n for n in chosen if table.loc[n, "refused"] == ""]
    daily = pd.DataFrame({n: np.sqrt(variances[n]) for n in given}, index=found.prices.index)
    notes = [f"{n} is refused: {r}." for n, r in table["refused"].items() if r]
    return RangeVolatilityResults(
        spec={
            "estimators": chosen,
            "window": int(window),
            "market": found.market,
            "minimum_tonnes": found.minimum,
        },
        sample=Sample.of(found.prices.index, dropped=found.dropped),
        units={"volatility": "% a day"},
        sources=found.sources,
        notes=(*found.notes, *notes),
        recipe=Recipe(range_volatility, arguments),
        table=table,
        daily=daily,
        market=found.market,
    )


@dataclass(frozen=True)
class _Ranges:
    """Prices of genuine trading days, and what is known of them."""

    prices: pd.DataFrame
    before: pd.Series
    market: str
    no_open: str
    minimum: float | None = None
    dropped: dict[str, int] | None = None
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


_FALSE_OPEN = "the printed open is the previous close, not a first trade"


def _from_panel(panel: Panel, market: str | None, minimum_tonnes: float | None) -> _Ranges:
    found = genuine_returns(panel, market, minimum_tonnes)
    label = str(found.returns.name)
    if found.unit != "%":
        raise DataError(
            f"{label} is an electricity price, which may be zero or negative: no logarithm.",
            "Use realised_variance on its quarter-hours.",
        )
    days = panel.daily(label)
    prices = days.loc[found.returns.index, list(_COLUMNS)].astype(float)
    if days["price_kind"].eq("vwap").any():
        prices["close"] = prices["close"].where(
            ~days["price_kind"].eq("vwap").reindex(prices.index)
        )
    _check_range(prices, label)
    before = days["close"].shift().reindex(prices.index)
    before = before.where(found.gap_days.reindex(prices.index) == 1)
    no_open = ""
    if days["reference_open"].any() or _left_out(panel, label):
        no_open = _FALSE_OPEN
    elif prices["open"].isna().all():
        no_open = "the file has no open"
    elif prices["close"].isna().all():
        no_open = "the file has no closing price"
    return _Ranges(
        prices, before, label, no_open, found.minimum, found.dropped, found.notes, found.sources
    )


def _left_out(panel: Panel, label: str) -> bool:
    """Whether the reader left the open out because it is the previous close."""
    used = panel.ledger["used_for"].fillna("").str.split(", ").map(lambda names: label in names)
    said = panel.ledger.loc[used, "notes"].fillna("")
    return bool(said.str.contains("(open) is the previous closing price", regex=False).any())


def _from_frame(data: Any, market: str | None, minimum_tonnes: float | None) -> _Ranges:
    if minimum_tonnes is not None:
        raise SpecificationError(
            "minimum_tonnes needs a Panel: a frame of prices has no tonnes.", "Leave it out."
        )
    frame = check_frame(data, "data").rename(columns=str.lower)
    absent = [c for c in ("high", "low") if c not in frame]
    if absent:
        raise DataError(f"data has no column {listed(absent)}.", "Give open, high, low and close.")
    prices = frame.reindex(columns=list(_COLUMNS))
    label = str(market or "data")
    _check_range(prices, label)
    no_open = ""
    if prices["open"].isna().all() or prices["close"].isna().all():
        no_open = f"there is no {'open' if prices['open'].isna().all() else 'close'}"
    elif open_is_reference(prices["open"], prices["close"]):
        no_open = _FALSE_OPEN
    return _Ranges(prices, prices["close"].shift(), label, no_open)


def _check_range(prices: pd.DataFrame, label: str) -> None:
    if prices[["high", "low"]].isna().all().any():
        raise DataError(f"{label} has no high and low.", "Use close-to-close returns instead.")
    if (prices <= 0).any().any():
        place = prices.index[(prices <= 0).any(axis=1)]
        raise DataError(
            f"{label} has prices that are not positive: {listed(place)}.", "Check them."
        )
    wrong = prices.index[prices["high"] < prices["low"]]
    if len(wrong):
        raise DataError(f"{label} has a high below its low on {listed(wrong)}.", "Check the file.")


def _variances(found: _Ranges, window: int) -> dict[str, np.ndarray]:
    """Daily variances in %², by estimator."""
    opening, high, low, close = (found.prices[c].to_numpy(float) for c in _COLUMNS)
    outside = (close > high) | (close < low)
    opening = np.where((opening > high) | (opening < low), np.nan, opening)
    close = np.where(outside, np.nan, close)
    daily = ranges.range_variances(opening, high, low, close)
    with np.errstate(invalid="ignore"):
        overnight = np.log(opening / found.before.to_numpy(float))
        daytime = np.log(close / opening)
    daily["yang-zhang"] = ranges.yang_zhang(overnight, daytime, daily["rogers-satchell"], window)
    daily[_PARTS] = ranges.yang_zhang_parts(overnight, daytime, daily["rogers-satchell"])
    return {name: 1e4 * value for name, value in daily.items()}


def _row(variance: np.ndarray, days: int, refused: str) -> dict[str, Any]:
    """Root mean variance with its error, or why there is none."""
    known = variance[np.isfinite(variance)]
    row = {
        "volatility": np.nan,
        "std_error": np.nan,
        "days": len(known),
        "coverage_pct": 100 * len(known) / days if days else np.nan,
        "refused": refused,
    }
    if refused:
        return row | {"days": 0, "coverage_pct": 0.0}
    if len(known) < FEWEST:
        return row | {"refused": f"{len(known)} days have a range; {FEWEST} are needed"}
    level = float(known.mean())
    u = (known - level)[:, None]
    spread = float(bartlett(u, andrews_bandwidth(u))[0, 0]) ** 0.5 / len(known)
    return row | {"volatility": level**0.5, "std_error": spread / (2 * level**0.5)}
