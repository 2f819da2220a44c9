"""Unit-root and stationarity tests, with their nulls in words and one decision a series."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import DataError, SpecificationError, TooFewObservationsError, check_choice
from ..results import Recipe, Results, Sample, tidy_frame
from .frames import check_frame

MINIMUM = 40
_UNIT_ROOT = "the series has a unit root"
_REFERENCES = {
    "ADF": "Dickey & Fuller (1979); lag by BIC, p by MacKinnon (1994, 2010)",
    "PP": "Phillips & Perron (1988); Newey–West long-run variance",
    "KPSS": "Kwiatkowski, Phillips, Schmidt & Shin (1992); Hobijn et al. (2004) lag",
    "DF-GLS": "Elliott, Rothenberg & Stock (1996); lag by BIC",
    "Zivot–Andrews": "Zivot & Andrews (1992); one break in level (and trend), lag by BIC",
}
_NULLS = {
    "ADF": _UNIT_ROOT,
    "PP": _UNIT_ROOT,
    "KPSS": "the series is stationary",
    "DF-GLS": _UNIT_ROOT,
    "Zivot–Andrews": "the series has a unit root and no break",
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StationarityResults(Results):
    """Unit-root tests of every series.

    Attributes
    ----------
    table : DataFrame
        A row a series: the p-value of each test, the lag of the ADF test, the number of
        observations, and the decision.
    tests : DataFrame
        A row a series and test: statistic, p-value, lags, null in words, reference.
    """

    title: ClassVar[str] = "Unit-root and stationarity tests"

    table: pd.DataFrame
    tests: pd.DataFrame

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a series and test; the estimate is the test statistic."""
        rows = [
            {
                "term": row.test,
                "market": row.series,
                "estimate": row.statistic,
                "statistic": row.statistic,
                "p_value": row.p_value,
            }
            for row in self.tests.itertuples()
        ]
        return tidy_frame(rows)

    def numbers(self) -> pd.DataFrame:
        """Return the p-values, a row a series and a column a test."""
        return self.table.reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the p-value of every test, a row a series, with the level of the decision."""
        names = list(_NULLS)
        colours = plotting.colours(names)
        with plotting.style():
            ax = plotting.new_axes(ax, height=0.4 * len(self.table) + 1.2)
            place = np.arange(len(self.table))[::-1]
            for name, marker in zip(names, "os^Dv", strict=True):
                ax.plot(self.table[name], place, marker, color=colours[name], label=name, ms=5)
            ax.axvline(self.spec["level"], color="#4D4D4D", linewidth=0.8, linestyle="--")
            ax.set_yticks(place, list(self.table.index))
            ax.set_xlim(-0.02, 1.02)
            ax.set_xlabel("p-value (KPSS: the null is stationarity; the others: a unit root)")
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.25), ncols=len(names))
        return ax

    def _tests(self) -> list[dict[str, Any]]:
        return [
            {
                "test": f"{row.test} ({row.series})",
                "null": row.null,
                "statistic": row.statistic,
                "p_value": row.p_value,
                "reference": row.reference,
                "note": f"{row.lags} lags",
            }
            for row in self.tests.itertuples()
        ]


def stationarity(
    data: pd.DataFrame | pd.Series, *, trend: str = "c", level: float = 0.05
) -> StationarityResults:
    """Test every series for a unit root and for stationarity.

    Parameters
    ----------
    data : DataFrame or Series
        Prices or returns with a DatetimeIndex; each column is tested on its own complete rows.
    trend : {"c", "ct"}
        A constant, or a constant and a trend, in every test.
    level : float
        Size at which the decision column reads the tests: 0.05 for 5 %.

    Returns
    -------
    StationarityResults

    Raises
    ------
    TooFewObservationsError
        A series has fewer than 40 observations.
    DataError
        A series is constant.
    SpecificationError
        `level` is not the size of a test (above 0, at most 0.5), or `trend` is not known.

    Notes
    -----
    The decision reads ADF and KPSS together: "stationary" when ADF rejects and KPSS does not,
    "unit root" when KPSS rejects and ADF does not, "contradictory" when both reject (often a
    break, long memory or heteroskedasticity: see Zivot–Andrews), "undecided" when neither does
    (often too little data). The tests are arch's.

    References
    ----------
    Dickey, D. A. and Fuller, W. A. (1979). Distribution of the estimators for autoregressive
    time series with a unit root. Journal of the American Statistical Association 74, 427–431.
    doi:10.1080/01621459.1979.10482531
    Kwiatkowski, D., Phillips, P. C. B., Schmidt, P. and Shin, Y. (1992). Testing the null
    hypothesis of stationarity against the alternative of a unit root. Journal of Econometrics
    54, 159–178. doi:10.1016/0304-4076(92)90104-Y
    Phillips, P. C. B. and Perron, P. (1988). Testing for a unit root in time series regression.
    Biometrika 75, 335–346. doi:10.1093/biomet/75.2.335
    Elliott, G., Rothenberg, T. J. and Stock, J. H. (1996). Efficient tests for an autoregressive
    unit root. Econometrica 64, 813–836. doi:10.2307/2171846
    Zivot, E. and Andrews, D. W. K. (1992). Further evidence on the great crash, the oil-price
    shock, and the unit-root hypothesis. Journal of Business and Economic Statistics 10, 251–270.
    doi:10.1080/07350015.1992.10509904

    Examples
    --------
    >>> import carbonlink as cl
    >>> r = cl.simulate.var(400, rng=1)
    >>> set(cl.stationarity(r).table["decision"])
    {'stationary'}
    """
    check_choice("trend", trend, ("c", "ct"))
    if not 0 < float(level) <= 0.5:
        raise SpecificationError(
            f"level={level!r} is not the size of a test.", "Use 0.05 to read the tests at 5 %."
        )
    frame = check_frame(data, "data")
    rows, dropped = [], 0
    for name in frame.columns:
        series = frame[name].dropna()
        dropped += len(frame) - len(series)
        if len(series) < MINIMUM:
            raise TooFewObservationsError(
                f"{name} has {len(series)} observations; unit-root tests need {MINIMUM}.",
                "Use a longer span, or leave the series out.",
            )
        if series.nunique() == 1:
            raise DataError(
                f"{name} has the same value on every day, so there is nothing to test.",
                "Leave it out.",
            )
        rows += [{"series": str(name), **row} for row in unit_root_tests(series, trend)]
    tests = pd.DataFrame(rows)
    return StationarityResults(
        spec={"trend": trend, "level": level, "tests": tuple(_NULLS)},
        sample=Sample.of(frame.index, dropped={"missing values": dropped}),
        units={},
        notes=("The decision reads ADF and KPSS together; the other tests are shown beside it.",),
        recipe=Recipe(stationarity, {"data": data, "trend": trend, "level": level}),
        table=_decisions(tests, level),
        tests=tests,
    )


def unit_root_tests(series: pd.Series, trend: Any) -> list[dict[str, Any]]:
    """Return statistic, p-value and lags of the five tests of one series without gaps."""
    from arch.unitroot import ADF, DFGLS, KPSS, PhillipsPerron, ZivotAndrews

    values = series.to_numpy(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = {
            "ADF": ADF(values, trend=trend, method="bic"),
            "PP": PhillipsPerron(values, trend=trend),
            "KPSS": KPSS(values, trend=trend),
            "DF-GLS": DFGLS(values, trend=trend, method="bic"),
            "Zivot–Andrews": ZivotAndrews(values, trend=trend, method="bic"),
        }
        return [
            {
                "test": name,
                "statistic": float(test.stat),
                "p_value": float(test.pvalue),
                "lags": int(test.lags),
                "nobs": len(values),
                "null": _NULLS[name],
                "reference": _REFERENCES[name],
            }
            for name, test in made.items()
        ]


def _decisions(tests: pd.DataFrame, level: float) -> pd.DataFrame:
    wide = tests.pivot(index="series", columns="test", values="p_value")
    wide = wide.loc[list(dict.fromkeys(tests["series"])), list(_NULLS)]
    first = tests[tests["test"] == "ADF"].set_index("series")
    wide["adf_lags"], wide["nobs"] = first["lags"], first["nobs"]
    root, flat = wide["ADF"] >= level, wide["KPSS"] >= level
    wide["decision"] = np.select(
        [~root & flat, root & ~flat, ~root & ~flat],
        ["stationary", "unit root", "contradictory"],
        "undecided",
    )
    return wide.rename_axis(columns=None)
