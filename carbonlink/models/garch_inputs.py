"""What a GARCH model asks of its data, and what it says when it does not get it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, TooFewObservationsError, check_choice
from ..kernels.garch import PRESAMPLES
from ..kernels.ols import least_squares
from .frames import check_frame, check_not_price, check_series, listed
from .garch_partial import check_trade

VOLS = ("GARCH", "GJR", "EGARCH", "APARCH", "IGARCH", "CGARCH", "FIGARCH", "HARCH")
MEANS = ("constant", "zero", "ar")
DISTS = ("normal", "t", "skewt", "ged")
FORMS = ("multiplicative", "additive", "inside")
ORDERED = ("GARCH", "GJR", "EGARCH", "APARCH")
ADDITIVE_VOLS = ("GARCH", "GJR")
COMPATS = (None, "rugarch")
RUGARCH_BOUND = 0.999
FEWEST = 5
"""Rows on which a variance regressor must differ from its most common value."""

_FRACTIONS = 0.05
_SPARE = 20


def family(vol: Any) -> str:
    """Return the name of a recursion as papers print it, upper or lower case given."""
    name = vol.upper() if isinstance(vol, str) else vol
    check_choice("vol", name, VOLS)
    return str(name)


def check_choices(
    vol: Any,
    mean: Any,
    lags: Any,
    dist: Any,
    variance_x: Any,
    variance_form: Any,
    presample: Any,
    persistence_bound: Any,
) -> int:
    """Raise on a choice that is not known or has no use; return the lags of the mean."""
    check_choice("mean", mean, MEANS)
    check_choice("dist", dist, DISTS)
    check_choice("variance_form", variance_form, FORMS)
    if variance_form == "inside" and (vol != "EGARCH" or variance_x is None):
        raise SpecificationError(
            "variance_form='inside' puts variance_x into the recursion of an EGARCH.",
            "Set vol='EGARCH' and give variance_x, or leave variance_form out.",
        )
    if variance_form == "additive" and (vol not in ADDITIVE_VOLS or variance_x is None):
        raise SpecificationError(
            "variance_form='additive' adds variance_x to the variance of a GARCH or GJR.",
            "Set vol='GARCH' or 'GJR' and give variance_x, or leave variance_form out.",
        )
    if isinstance(presample, str):
        check_choice("presample", presample, PRESAMPLES)
    elif isinstance(presample, tuple):
        _check_start(presample)
    elif isinstance(presample, bool) or not np.isfinite(presample) or presample <= 0:
        raise SpecificationError(
            f"presample={presample!r} is no variance.",
            f"Use a positive number, in squared units of y, or one of {', '.join(PRESAMPLES)}.",
        )
    if not 0 < persistence_bound <= 1:
        raise SpecificationError(
            f"persistence_bound={persistence_bound!r} is not in (0, 1].",
            "Use 1, or rugarch's 0.999.",
        )
    if mean != "ar":
        if lags is not None:
            raise SpecificationError(
                f"lags={lags!r} has no use with mean={mean!r}.", "Set mean='ar'."
            )
        return 0
    lags = 1 if lags is None else lags
    if isinstance(lags, bool) or int(lags) != lags or lags < 1:
        raise SpecificationError(f"lags={lags!r} is no number of lags.", "Use 1, 2, …")
    return int(lags)


def check_moving(ma: Any, trade: Any = None, limits: Any = None) -> int:
    """Return the number of moving-average terms, or say why there can be none."""
    if isinstance(ma, bool) or not isinstance(ma, (int, np.integer)) or ma < 0:
        raise SpecificationError(f"ma={ma!r} is no number of terms.", "Use 0, 1, 2, …")
    if ma and not (trade is None and limits is None):
        raise SpecificationError(
            "A moving average needs yesterday's shock, which a day without a trade or at a limit "
            "does not show.",
            "Leave ma out, or leave trade= and limits= out.",
        )
    return int(ma)


def check_order(
    order: Any, vol: str, variance_form: str, trade: Any = None, limits: Any = None
) -> tuple[int, ...]:
    """Return the order of the variance process, or say why it cannot be; (1, 1) is one lag."""
    numbers = tuple(order) if isinstance(order, (tuple, list)) else ()
    whole = all(isinstance(k, (int, np.integer)) and not isinstance(k, bool) for k in numbers)
    found = tuple(int(k) for k in numbers) if whole else ()
    if found in ((1, 1), (1, 1, 1)) and not (vol == "GARCH" and len(found) == 3):
        return 1, 1
    if vol not in ORDERED:
        raise SpecificationError(
            f"order={order!r} is for vol in {', '.join(ORDERED)}; {vol} has one lag here.",
            "Leave order out, or choose one of them.",
        )
    count = 2 if vol == "GARCH" else 3
    if len(found) != count or min(found, default=-1) < 0 or found[0] < 1:
        what = "(p, q), lags of the shock" if count == 2 else "(p, o, q), lags of the shock, of its"
        rest = " and of the variance" if count == 2 else " asymmetry and of the variance"
        raise SpecificationError(f"order={order!r} is no order of {vol}.", f"Use {what}{rest}.")
    if vol == "APARCH" and found[1] > found[0]:
        raise SpecificationError(
            f"order={order!r}: APARCH has no more lags of the asymmetry than of the shock.",
            "Use (p, o, q) with o ≤ p.",
        )
    if variance_form != "multiplicative" or trade is not None or limits is not None:
        raise SpecificationError(
            f"order={order!r} goes with multiplicative variance_x alone.",
            "Leave trade=, limits= and variance_form= out, or use one lag.",
        )
    return found


def process(vol: str, order: tuple[int, ...]) -> str:
    """Return the name of a variance process of some order."""
    return vol if order == (1, 1) else f"{vol}({','.join(map(str, order))})"


def _check_start(presample: tuple[Any, ...]) -> None:
    """Raise unless a pair says how to weigh the squared residuals before the first."""
    kind: Any
    value: Any
    kind, value = presample if len(presample) == 2 else (None, None)
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    good = number and (
        (kind == "first" and value >= 1 and int(value) == value)
        or (kind == "decay" and 0 < value < 1)
    )
    if not good:
        raise SpecificationError(
            f"presample={presample!r} is no rule.",
            "Use ('first', k) with k rows or ('decay', λ) with λ between 0 and 1.",
        )


def check_returns(
    y: Any, minimum: int, parameters: int, trade: Any = None
) -> tuple[pd.Series, np.ndarray | None]:
    """Return the returns as a float series that a GARCH model can be fitted to, and its trades.

    Parameters
    ----------
    y : Series, one-column DataFrame, or ndarray
    minimum : int
        Fewest observations accepted.
    parameters : int
        Number of parameters of the model.
    trade : Series of bool, optional
        Which rows have a genuine trade; the returns of the others are set to 0.
    """
    if isinstance(y, np.ndarray) and y.ndim == 1:
        y = pd.Series(y, name="y")
    whole = check_series(y, "y")
    traded = None if trade is None else check_trade(trade, whole.index)
    series = whole if traded is None else whole[traded]
    missing = series.index[series.isna()]
    if len(missing):
        raise DataError(
            f"y has {len(missing)} missing values: {listed(missing)}.",
            "Drop those rows with .dropna(); a row is a return between genuine trades."
            if traded is None
            else "A day marked as traded has a return; mark it False in trade, or drop it.",
        )
    needed = max(int(minimum), parameters + _SPARE)
    if len(series) < needed:
        raise TooFewObservationsError(
            f"A GARCH model needs {needed} returns; {series.name} has {len(series)} between "
            "genuine trades.",
            "Use a longer sample, or a weekly HAR of realised or range variance; minimum= lowers "
            "the bar and leaves a footnote.",
        )
    values = series.to_numpy()
    spread = float(values.std())
    if spread <= 1e-12 * float(np.abs(values).max()):
        raise DataError(
            f"{series.name} is constant: it has no volatility to model.", "Check the column chosen."
        )
    check_not_price(series)
    return whole if traded is None else whole.where(traded, 0.0), traded


def check_regressors(
    variance_x: Any,
    index: pd.Index,
    traded: np.ndarray | None = None,
    name: str = "variance_x",
) -> pd.DataFrame:
    """Return variance regressors on the rows of the returns, or name what is wrong.

    Parameters
    ----------
    variance_x : Series, DataFrame, ndarray or None
        Aligned by label; an ndarray must have a row a return. Other dates may be there too.
    index : Index
        Labels of the returns.
    traded : ndarray of bool, optional
        Rows on which the regressors have to move; all when None.
    name : str
        What to call them in a message.
    """
    if variance_x is None:
        return pd.DataFrame(index=index)
    if isinstance(variance_x, np.ndarray):
        variance_x = _labelled(variance_x, index, name)
    if isinstance(variance_x, pd.Series):
        variance_x = variance_x.to_frame("x1" if variance_x.name is None else variance_x.name)
    if isinstance(variance_x, pd.DataFrame):
        flags = variance_x.select_dtypes(["bool", "boolean"]).columns
        variance_x = variance_x.astype({c: float for c in flags})
    frame = check_frame(variance_x, name)
    absent = index.difference(frame.index)
    if len(absent):
        raise DataError(
            f"{name} has no row for {len(absent)} of the {len(index)} returns: {listed(absent)}.",
            "Give it on every date of y (reindex it on y.index).",
        )
    frame = frame.reindex(index)
    holes = frame.index[frame.isna().any(axis=1)]
    if len(holes):
        columns = frame.columns[frame.isna().any()]
        raise DataError(
            f"{name} ({listed(columns)}) is missing on {len(holes)} dates of y: {listed(holes)}.",
            "Fill it on purpose, or drop those dates from y.",
        )
    _check_rank(frame if traded is None else frame[traded])
    return frame


def check_sign(frame: pd.DataFrame) -> None:
    """Raise where a regressor to be added to the variance is negative."""
    low = frame.min()
    if (low < 0).any():
        name: Any = low.idxmin()
        raise SpecificationError(
            f"variance_form='additive' needs regressors of at least 0: {name} falls to "
            f"{low[name]:.3g}, where the variance could be negative.",
            "Use variance_form='multiplicative', or shift the regressor.",
        )


def compatible(compat: Any, presample: Any, persistence_bound: float) -> tuple[Any, float]:
    """Return presample and persistence bound as a package has them, unless chosen otherwise."""
    check_choice("compat", compat, COMPATS)
    if compat is None:
        return presample, persistence_bound
    return (
        "mean" if presample == "arch" else presample,
        RUGARCH_BOUND if persistence_bound == 1.0 else persistence_bound,
    )


def remarks(series: pd.Series, minimum: int, standard: int) -> list[str]:
    """Return footnotes on the returns: few, in fractions, or often exactly zero."""
    found = []
    if len(series) < standard:
        found.append(
            f"Only {len(series)} returns (minimum={minimum} was asked for in place of {standard}): "
            "GARCH estimates on so few are biased and their intervals too short."
        )
    found += fractions(series)
    zeros = float((series == 0).mean())
    if zeros > 0.1:
        found.append(
            f"{100 * zeros:.0f} % of the returns are exactly zero: are prices carried forward? "
            "A stale quote is no zero return."
        )
    return found


def fractions(series: pd.Series, name: str = "The returns") -> list[str]:
    """Return the footnote on returns that look like fractions rather than per cent."""
    spread = float(series.std())
    if spread >= _FRACTIONS:
        return []
    return [
        f"{name} have a standard deviation of {spread:.3g}: they look like fractions. Multiply by "
        "100 to read what is in units of the returns in per cent; nothing else changes."
    ]


def _labelled(values: np.ndarray, index: pd.Index, name: str) -> pd.DataFrame:
    if values.ndim > 2 or len(values) != len(index):
        raise DataError(
            f"{name} is an array of shape {values.shape}; y has {len(index)} rows.",
            "Give one row a return, or a Series with dates.",
        )
    columns = values.reshape(len(index), -1)
    names = [f"x{i + 1}" for i in range(columns.shape[1])]
    return pd.DataFrame(columns, index=index, columns=names)


def _check_rank(frame: pd.DataFrame) -> None:
    values = frame.to_numpy()
    flat = [c for c, v in zip(frame.columns, values.T, strict=True) if np.ptp(v) == 0]
    if flat:
        raise SpecificationError(
            f"The variance regressor {listed(flat)} is constant on the {len(frame)} returns.",
            "A dummy needs days inside and outside; leave it out, or use another sample.",
        )
    for name, column in frame.items():
        apart = int((column != column.mode().iloc[0]).sum())
        if apart < FEWEST:
            raise TooFewObservationsError(
                f"The variance regressor {name} moves on only {apart} of {len(frame)} returns; it "
                f"needs {FEWEST}: the model would fit those days exactly.",
                "Leave it out, or widen the window.",
            )
    fit = least_squares(np.zeros(len(frame)), np.column_stack([np.ones(len(frame)), values]))
    if fit.collinear:
        names = listed(frame.columns[j - 1] for j in fit.collinear)
        raise SpecificationError(
            f"The variance regressor {names} is a combination of the others and the intercept.",
            "Leave it out.",
        )


def consequence(bound: str) -> str:
    """Return what follows for the reader when a bound holds, as the end of a sentence."""
    if bound.startswith("nu is at its upper"):
        return ": the shocks are normal for all purposes"
    if bound.startswith("nu is at its lower"):
        return ": the shocks hardly have a variance, so read its level with care"
    return ""


def future_regressors(
    variance_x: Any, horizon: int, names: tuple[str, ...], what: str = "variance_x"
) -> np.ndarray:
    """Return the regressors of the rows ahead, shape (horizon, k), or say what is missing."""
    if not names:
        if variance_x is not None:
            raise SpecificationError(
                f"The model has no {what[:-2]} regressors.", f"Leave {what} out."
            )
        return np.empty((horizon, 0))
    if variance_x is None:
        raise SpecificationError(
            f"A forecast needs the {what[:-2]} regressors ahead: {listed(names)}.",
            f"Give {what} with {horizon} rows.",
        )
    if isinstance(variance_x, pd.DataFrame):
        absent = [n for n in names if n not in variance_x]
        if absent:
            raise SpecificationError(f"{what} has no column {listed(absent)}.", "Add it.")
        variance_x = variance_x[list(names)]
    values = np.asarray(variance_x, dtype=float)
    if values.size != horizon * len(names) or not np.isfinite(values).all():
        raise SpecificationError(
            f"{what} has shape {values.shape}; the forecast needs ({horizon}, {len(names)}) "
            "numbers.",
            "Give one row a row ahead, without missing values.",
        )
    return values.reshape(horizon, len(names))
