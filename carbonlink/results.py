"""The contract that every result keeps, and `compare`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .artifacts import latex_table
from .errors import SpecificationError, check_choice, check_level
from .printing import Summary, day, describe, estimate_cell, headline, printable, render_summary

TIDY_COLUMNS = (
    "term",
    "market",
    "estimate",
    "std_error",
    "statistic",
    "p_value",
    "lower",
    "upper",
    "unit",
)
DIAGNOSTIC_COLUMNS = ("test", "null", "statistic", "p_value", "reference", "note")


@dataclass(frozen=True)
class Sample:
    """The rows an estimate stands on.

    Attributes
    ----------
    start, end : str
        First and last date (ISO), or the first and last label of an undated sample.
    nobs : int
        Observations used.
    dropped : tuple of (str, int)
        Each reason for leaving rows out, with their number.
    """

    start: str
    end: str
    nobs: int
    dropped: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, index: pd.Index, nobs: int | None = None, dropped: Mapping[str, int] | None = None):
        """Describe the sample that an index spans; reasons with a zero count are left out."""
        labels = [day(label) for label in (index[[0, -1]] if len(index) else ("", ""))]
        reasons = tuple((str(k), int(v)) for k, v in (dropped or {}).items() if v)
        return cls(labels[0], labels[1], len(index) if nobs is None else int(nobs), reasons)

    def __str__(self) -> str:
        text = f"{self.start} to {self.end}, {self.nobs} observations"
        if self.dropped:
            text += "; left out: " + ", ".join(f"{n} {why}" for why, n in self.dropped)
        return text


@dataclass(frozen=True)
class Recipe:
    """How a result was made: a module-level function and its arguments."""

    function: Callable[..., Any]
    arguments: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Results:
    """Base of every result: frozen, picklable, and made again by `refit`.

    A frame, series, mapping or array read from a result is a copy or read-only, so nothing
    that a caller does changes the result.

    Attributes
    ----------
    spec : dict
        Everything chosen, defaults filled in, as plain values.
    sample : Sample
        Start, end, number of observations, and what was dropped and why.
    units : dict
        Unit of each quantity.
    sources : tuple of str
        Where the data came from.
    notes : tuple of str
        Every warning and footnote, as text.
    recipe : Recipe
        The call that `refit` repeats.
    fitted : object or None
        The arch or statsmodels object underneath, where there is one.
    """

    title: ClassVar[str] = "Result"

    spec: dict[str, Any]
    sample: Sample
    units: dict[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    recipe: Recipe
    fitted: Any = None

    def __getattribute__(self, name: str) -> Any:
        value = object.__getattribute__(self, name)
        if name.startswith("__"):
            return value
        if isinstance(value, (pd.DataFrame, pd.Series)) or type(value) is dict:
            return value.copy()
        return value

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a term with the columns `TIDY_COLUMNS`."""
        raise TypeError(f"{type(self).__name__} does not define tidy().")

    def glance(self) -> pd.DataFrame:
        """Return one row: what was measured, on what sample, and the headline figures."""
        head = {"result": self.title, "start": self.sample.start, "end": self.sample.end}
        return pd.DataFrame([{**head, "nobs": self.sample.nobs, **self._headline()}])

    def diagnostics(self) -> pd.DataFrame:
        """Return one row a test with the columns `DIAGNOSTIC_COLUMNS`."""
        return diagnostics_frame(self._tests())

    def summary(self, level: float = 0.95) -> Summary:
        """Return the printed table; the same bytes on refit."""
        table = printable(self.tidy(level))
        facts = [("Sample", str(self.sample)), *((k, describe(v)) for k, v in self.spec.items())]
        facts += [(k, headline(v)) for k, v in self._headline().items()]
        return render_summary(self.title, facts, table, self.notes)

    def refit(self, **changes: Any) -> Any:
        """Return a new result from the same call with some arguments changed."""
        unknown = set(changes) - set(self.recipe.arguments)
        if unknown:
            known = ", ".join(sorted(self.recipe.arguments))
            name = ", ".join(sorted(unknown))
            raise SpecificationError(f"refit() has no argument {name}.", f"It takes: {known}.")
        return self.recipe.function(**{**self.recipe.arguments, **changes})

    def numbers(self) -> pd.DataFrame:
        """Return the numbers that `plot` draws."""
        return self.tidy()

    def plot(self, ax: Any = None) -> Any:
        """Draw the result on `ax` (a new one when None) and return the Axes."""
        from .plotting import estimates

        return estimates(self.tidy(), ax=ax, title=self.title)

    def to_latex(self, caption: str = "", label: str = "") -> str:
        """Return the tidy table as a LaTeX table with the notes under it."""
        return latex_table(printable(self.tidy()), caption or self.title, label, self.notes)

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    def _headline(self) -> dict[str, Any]:
        return {}

    def _tests(self) -> list[dict[str, Any]]:
        return []

    @property
    def __maketables_coef_table__(self) -> pd.DataFrame:
        table = self.tidy().drop_duplicates("term").set_index("term")
        names = {"estimate": "b", "std_error": "se", "statistic": "t", "p_value": "p"}
        return table[list(names)].rename(columns=names).astype(float)

    def __maketables_stat__(self, key: str) -> Any:
        row = {"N": self.sample.nobs, **self.glance().iloc[0].to_dict()}
        return row.get(key)

    @property
    def __maketables_depvar__(self) -> str:
        return str(self.spec.get("effect") or self.spec.get("market") or self.title)

    @property
    def __maketables_default_stat_keys__(self) -> list[str]:
        return ["N"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Estimates(Results):
    """A result with parameters and a covariance matrix.

    Attributes
    ----------
    params : Series
        Point estimates, in the order of the equation.
    cov : DataFrame
        Their covariance matrix, of the kind that `spec["cov"]` names.
    loglik : float
        Log-likelihood at the estimates (NaN where there is none).
    reference : str
        The distribution of the t-values: "normal" or "t" with `df_resid` degrees of freedom.
    """

    params: pd.Series
    cov: pd.DataFrame
    loglik: float = float("nan")
    reference: str = "normal"
    df_resid: float = float("inf")
    market: str = ""

    @property
    def nobs(self) -> int:
        """Number of observations."""
        return self.sample.nobs

    @property
    def std_errors(self) -> pd.Series:
        """Standard errors; NaN where a parameter sits on its bound."""
        variance = np.diag(self.cov).astype(float)
        with np.errstate(invalid="ignore"):
            return pd.Series(np.sqrt(variance), index=self.params.index, name="std_error")

    @property
    def tvalues(self) -> pd.Series:
        """Estimates over their standard errors."""
        return (self.params / self.std_errors).rename("statistic")

    @property
    def pvalues(self) -> pd.Series:
        """Two-sided p-values of zero."""
        from scipy import stats

        law = stats.norm if self.reference == "normal" else stats.t(self.df_resid)
        return pd.Series(2 * law.sf(self.tvalues.abs()), index=self.params.index, name="p_value")

    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Return the interval of each parameter in columns lower and upper."""
        from scipy import stats

        law = stats.norm if self.reference == "normal" else stats.t(self.df_resid)
        half = law.ppf(0.5 + check_level(level) / 2) * self.std_errors
        return pd.DataFrame({"lower": self.params - half, "upper": self.params + half})

    @property
    def aic(self) -> float:
        """Akaike criterion, −2 log L + 2k."""
        return -2 * self.loglik + 2 * len(self.params)

    @property
    def bic(self) -> float:
        """Schwarz criterion, −2 log L + k log n."""
        return -2 * self.loglik + len(self.params) * np.log(self.nobs)

    @property
    def bse(self) -> pd.Series:
        """Alias of `std_errors`, as statsmodels names them."""
        return self.std_errors

    @property
    def llf(self) -> float:
        """Alias of `loglik`, as statsmodels names it."""
        return self.loglik

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a parameter with the columns `TIDY_COLUMNS`."""
        interval = self.conf_int(level)
        return pd.DataFrame(
            {
                "term": [str(t) for t in self.params.index],
                "market": self.market,
                "estimate": self.params.to_numpy(float),
                "std_error": self.std_errors.to_numpy(float),
                "statistic": self.tvalues.to_numpy(float),
                "p_value": self.pvalues.to_numpy(float),
                "lower": interval["lower"].to_numpy(float),
                "upper": interval["upper"].to_numpy(float),
                "unit": [self.units.get(str(t), "") for t in self.params.index],
            },
            columns=list(TIDY_COLUMNS),
        )

    def _headline(self) -> dict[str, Any]:
        return {"loglik": self.loglik, "aic": self.aic, "bic": self.bic}


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Several results side by side; made by `compare`."""

    results: tuple[tuple[str, Results], ...]

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the tidy tables under each other, with a first column `model`."""
        parts = [r.tidy(level).assign(model=name) for name, r in self.results]
        return pd.concat(parts, ignore_index=True)[["model", *TIDY_COLUMNS]]

    def glance(self) -> pd.DataFrame:
        """Return one row a result."""
        parts = [r.glance().assign(model=name) for name, r in self.results]
        joined = pd.concat(parts, ignore_index=True)
        return joined[["model", *[c for c in joined.columns if c != "model"]]]

    def table(self) -> pd.DataFrame:
        """Return estimates with standard errors in brackets: a row a term, a column a result."""
        columns = {}
        for name, result in self.results:
            rows = result.tidy()
            keys = list(zip(rows["term"], rows["market"], strict=True))
            pairs = zip(rows["estimate"], rows["std_error"], strict=True)
            cells = [estimate_cell(b, s) for b, s in pairs]
            columns[name] = dict(zip(keys, cells, strict=True))
        keys = list(dict.fromkeys(k for cells in columns.values() for k in cells))
        several = len({market for _, market in keys}) > 1
        labels = [f"{t} ({m})" if several and m else t for t, m in keys]
        filled = {name: [cells.get(k, "") for k in keys] for name, cells in columns.items()}
        body = pd.DataFrame(filled, index=pd.Index(labels, name="term"))
        body.loc["observations"] = [str(r.sample.nobs) for _, r in self.results]
        return body

    def summary(self) -> Summary:
        """Return the printed table."""
        return render_summary("Comparison", [], self.table().reset_index(), self._notes())

    def to_latex(self, caption: str = "", label: str = "") -> str:
        """Return the side-by-side table in LaTeX."""
        return latex_table(self.table().reset_index(), caption, label, self._notes())

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    def _notes(self) -> tuple[str, ...]:
        return tuple(f"{name}: {note}" for name, result in self.results for note in result.notes)


def compare(results: Mapping[str, Results]) -> Comparison:
    """Put results side by side.

    Parameters
    ----------
    results : mapping of str to Results
        The label of each column and its result.

    Returns
    -------
    Comparison
        With `tidy`, `glance`, `table`, `summary` and `to_latex`.

    Raises
    ------
    SpecificationError
        What is given is not a mapping of labels to results.

    Examples
    --------
    >>> import carbonlink as cl
    >>> y = cl.simulate.garch(600, rng=1)
    >>> pair = cl.compare({"GARCH": cl.GARCH(y).fit(), "GJR": cl.GARCH(y, vol="GJR").fit()})
    >>> list(pair.table().columns)
    ['GARCH', 'GJR']
    """
    if not isinstance(results, Mapping) or not results:
        raise SpecificationError(
            "compare() takes a mapping of labels to results.",
            'For example compare({"all": first, "inside the band": second}).',
        )
    wrong = [name for name, result in results.items() if not isinstance(result, Results)]
    if wrong:
        raise SpecificationError(f"{wrong[0]!r} is not a result.", "Fit it first, then compare.")
    return Comparison(tuple((str(name), result) for name, result in results.items()))


def check_cov(value: str) -> str:
    """Return the kind of covariance matrix, or raise."""
    check_choice("cov", value, ("robust", "hessian", "opg"))
    return value


def diagnostics_frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return test rows as a frame with the columns `DIAGNOSTIC_COLUMNS`."""
    frame = pd.DataFrame(rows, columns=list(DIAGNOSTIC_COLUMNS))
    for column in ("statistic", "p_value"):
        frame[column] = frame[column].astype(float)
    texts = ["test", "null", "reference", "note"]
    return frame.assign(**{c: frame[c].astype(object).fillna("").astype(str) for c in texts})


def tidy_frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as a tidy frame: missing numbers NaN, missing texts empty."""
    frame = pd.DataFrame(rows, columns=list(TIDY_COLUMNS))
    texts = ["term", "market", "unit"]
    frame = frame.assign(**{c: frame[c].astype(object).fillna("").astype(str) for c in texts})
    return frame.astype({c: float for c in TIDY_COLUMNS if c not in texts})
