"""Unit-root and stationarity tests, with their nulls in words and one decision a series."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import DataError, SpecificationError, TooFewObservationsError, check_choice
from ..inference import unit_root_breaks
from ..inference.ng_perron import CRITICAL, NgPerron, ng_perron
from ..results import Recipe, Results, Sample, day, tidy_frame
from .frames import check_frame

MINIMUM = 40
_UNIT_ROOT = "the series has a unit root"
_REFERENCES = {
    "ADF": "Dickey & Fuller (1979); lag by BIC, p by MacKinnon (1994, 2010)",
    "PP": "Phillips & Perron (1988); Newey–West long-run variance",
    "KPSS": "Kwiatkowski, Phillips, Schmidt & Shin (1992); Hobijn et al. (2004) lag",
    "DF-GLS": "Elliott, Rothenberg & Stock (1996); lag by BIC",
    "Ng–Perron": "MZt of Ng & Perron (2001); lag by MAIC; p of the DF-GLS law, its own limit",
    "Zivot–Andrews": "Zivot & Andrews (1992); one break in level (and trend), lag by BIC",
    "Lee–Strazicich": "Lee & Strazicich (2003), table 2; two breaks in level (and trend)",
}
_NULLS = {
    "ADF": _UNIT_ROOT,
    "PP": _UNIT_ROOT,
    "KPSS": "the series is stationary",
    "DF-GLS": _UNIT_ROOT,
    "Ng–Perron": _UNIT_ROOT,
    "Zivot–Andrews": "the series has a unit root and no break",
}
_TWO_BREAKS = "the series has a unit root, with two breaks or none"
NG_PERRON = (
    "Ng–Perron keeps its size but has little power far from a unit root, as on returns: MAIC, on "
    "data detrended by least squares (Perron and Qu 2007), takes many lags there. Of 400 samples "
    "of 250 rows of white noise it rejects in six of ten."
)
RULE = (
    "stationary: ADF rejects, KPSS does not; unit root: KPSS rejects, ADF does not; contradictory: "
    "both reject; undecided: neither does"
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StationarityResults(Results):
    """Unit-root tests of every series.

    Attributes
    ----------
    table : DataFrame
        A row a series: the p-value of each test, the lag of the ADF test, the number of
        observations, the last day before the break of Zivot and Andrews, the statistic of Lee
        and Strazicich with its 5 % critical value and the days before its breaks, and the
        decision.
    tests : DataFrame
        A row a series and test: statistic, p-value (or the 5 % critical value, below which the
        null is rejected, where no p-value is known), lags, breaks, null in words, reference.
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
            for name, marker in zip(names, "os^DPv", strict=True):
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
                "note": f"{row.lags} lags" + _break_note(row),
            }
            for row in self.tests.itertuples()
        ]


def _break_note(row: Any) -> str:
    text = f"; last days before a break: {row.breaks}" if row.breaks else ""
    if np.isfinite(row.critical_5):
        verdict = "rejected" if row.statistic < row.critical_5 else "not rejected"
        text += f"; 5 % critical value {row.critical_5:.3f}: {verdict}"
    return text


def stationarity(
    data: pd.DataFrame | pd.Series,
    *,
    trend: str = "c",
    level: float = 0.05,
    two_breaks: bool = True,
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
    two_breaks : bool
        Run the test with two breaks too, which takes a search over pairs of dates.

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
    (often too little data). ADF, PP, KPSS, DF-GLS and the statistic of Zivot and Andrews are
    arch's; its break date, Ng and Perron and Lee and Strazicich are ours. A break date is the
    last observation before the change.

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
    Ng, S. and Perron, P. (2001). Lag length selection and the construction of unit root tests
    with good size and power. Econometrica 69, 1519–1554. doi:10.1111/1468-0262.00256
    Lee, J. and Strazicich, M. C. (2003). Minimum Lagrange multiplier unit root test with two
    structural breaks. Review of Economics and Statistics 85, 1082–1089.
    doi:10.1162/003465303772815961

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
    rows: list[dict[str, Any]] = []
    dropped = 0
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
        made = unit_root_tests(series, trend, two_breaks)
        rows += [{"series": str(name), **row} for row in made]
    tests = pd.DataFrame(rows)
    return StationarityResults(
        spec={
            "trend": trend,
            "level": level,
            "tests": tuple(dict.fromkeys(tests["test"])),
            "decision": RULE,
        },
        sample=Sample.of(frame.index, dropped={"missing values": dropped}),
        units={},
        notes=(
            "The decision reads ADF and KPSS together; the other tests are shown beside it.",
            NG_PERRON,
        ),
        recipe=Recipe(
            stationarity,
            {"data": data, "trend": trend, "level": level, "two_breaks": two_breaks},
        ),
        table=_decisions(tests, level),
        tests=tests,
    )


def unit_root_tests(series: pd.Series, trend: Any, two_breaks: bool = True) -> list[dict[str, Any]]:
    """Return statistic, p-value, lags and breaks of the tests of one series without gaps."""
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
        found = {
            name: (float(test.stat), float(test.pvalue), int(test.lags))
            for name, test in made.items()
        }
    modified = ng_perron(values, trend)
    rows = [_row(name, *three, len(values)) for name, three in found.items()]
    one = unit_root_breaks.zivot_andrews(values, found["Zivot–Andrews"][2], trend)
    rows[-1]["breaks"] = day(series.index[one.places[0]])
    rows.insert(4, _row("Ng–Perron", *_modified(modified, trend), len(values)))
    for name in ("MZα", "MSB", "MPT"):
        critical = CRITICAL[trend][name]
        row = _row("Ng–Perron", modified.statistics[name], np.nan, modified.lags, len(values))
        rows.append({**row, "test": f"Ng–Perron {name}", "critical_5": critical})
    if two_breaks:
        rows.append(_two_breaks(series, found["ADF"][2], trend))
    return rows


def _row(name: str, statistic: float, p_value: float, lags: int, nobs: int) -> dict[str, Any]:
    return {
        "test": name,
        "statistic": statistic,
        "p_value": p_value,
        "critical_5": np.nan,
        "lags": lags,
        "nobs": nobs,
        "breaks": "",
        "null": _NULLS.get(name, _TWO_BREAKS),
        "reference": _REFERENCES[name],
    }


def _modified(found: NgPerron, trend: str) -> tuple[float, float, int]:
    from arch.unitroot.unitroot import mackinnonp

    mzt = found.statistics["MZt"]
    form: Any = trend
    p_value = mackinnonp(mzt, regression=form, num_unit_roots=1, dist_type="dfgls")
    return mzt, float(p_value), found.lags


def _two_breaks(series: pd.Series, lags: int, trend: str) -> dict[str, Any]:
    values = series.to_numpy(float)
    found = unit_root_breaks.lee_strazicich(values, lags, trend)
    critical = unit_root_breaks.lee_strazicich_critical(found, len(values), trend)
    row = _row("Lee–Strazicich", found.statistic, np.nan, lags, len(values))
    breaks = ", ".join(day(series.index[place]) for place in found.places)
    return {**row, "critical_5": critical[1], "breaks": breaks}


def _decisions(tests: pd.DataFrame, level: float) -> pd.DataFrame:
    wide = tests.pivot(index="series", columns="test", values="p_value")
    wide = wide.loc[list(dict.fromkeys(tests["series"])), list(_NULLS)]
    first = tests[tests["test"] == "ADF"].set_index("series")
    wide["adf_lags"], wide["nobs"] = first["lags"], first["nobs"]
    one = tests[tests["test"] == "Zivot–Andrews"].set_index("series")
    wide["za_break"] = one["breaks"]
    two = tests[tests["test"] == "Lee–Strazicich"].set_index("series")
    if len(two):
        wide["ls_statistic"], wide["ls_critical_5"] = two["statistic"], two["critical_5"]
        wide["ls_breaks"] = two["breaks"]
    root, flat = wide["ADF"] >= level, wide["KPSS"] >= level
    wide["decision"] = np.select(
        [~root & flat, root & ~flat, ~root & ~flat],
        ["stationary", "unit root", "contradictory"],
        "undecided",
    )
    return wide.rename_axis(columns=None)
