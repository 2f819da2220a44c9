"""Two-limit censored regression: prices that a tariff band pins at its ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import (
    ConvergenceError,
    DataError,
    SpecificationError,
    TooFewObservationsError,
    check_choice,
)
from ..inference import hac
from ..inference.bands import Ratio
from ..kernels.ols import least_squares
from ..kernels.tobit import fit_tobit
from ..results import Estimates, Recipe, Sample
from .frames import joined
from .grouped import check_bandwidth

COVARIANCES = ("hac", "robust", "hessian")
FEWEST_INSIDE = 30
_SETTLED = 1e-4

NO_BAND = "No band is given (lower=, upper=): nothing is censored, and this is least squares."


@dataclass(frozen=True, eq=False)
class Tobit:
    """Regress a price that cannot leave a band on what would move it if it could.

    Parameters
    ----------
    y : Series
        The observed price.
    x : Series or DataFrame
        The causes.
    lower, upper : float or Series, optional
        Ends of the band, constant or by date; None where there is none.
    controls : Series or DataFrame, optional
        Further regressors.
    minimum : int
        Fewest rows strictly inside the band.

    Notes
    -----
    p*_t = μ + x_t'β + u_t, u normal; p_t = min(max(p*_t, lower_t), upper_t). β is the effect on
    the price that the band would hide: least squares on p is biased towards zero, and on the rows
    inside the band too. The sandwich covariance keeps its size when errors are serially
    correlated; the estimates need normal errors of constant variance.

    References
    ----------
    Rosett, R. N. and Nelson, F. D. (1975). Estimation of the two-limit probit regression model.
    Econometrica 43, 141–146. doi:10.2307/1913419

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import carbonlink as cl
    >>> rng = np.random.default_rng(1)
    >>> days = pd.date_range("2024-01-01", periods=500)
    >>> carbon = pd.Series(rng.normal(60, 10, 500), days, name="carbon")
    >>> price = (300 + 0.8 * carbon + rng.normal(0, 8, 500)).clip(340, 355).rename("price")
    >>> fit = cl.Tobit(price, carbon, lower=340, upper=355).fit()
    >>> bool(fit.conf_int().loc["carbon", "lower"] < 0.8 < fit.conf_int().loc["carbon", "upper"])
    True
    """

    y: Any
    x: Any
    lower: Any = None
    upper: Any = None
    controls: Any = None
    minimum: int = FEWEST_INSIDE

    def fit(self, cov: str = "hac", bandwidth: str | int = "andrews") -> TobitResults:
        """Estimate the latent regression.

        Parameters
        ----------
        cov : {"hac", "robust", "hessian"}
            Newey–West or White sandwich, or the inverse Hessian.
        bandwidth : {"andrews", "newey-west"} or int
            Of the Newey–West sandwich, in rows.

        Returns
        -------
        TobitResults

        Raises
        ------
        TooFewObservationsError
            Fewer rows inside the band than `minimum`: the price cannot show an effect.
        DataError
            A price lies outside its band.
        """
        return fit_censored(**vars(self), cov=cov, bandwidth=bandwidth)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TobitResults(Estimates):
    """A two-limit censored regression; made by `Tobit`.

    Attributes
    ----------
    inside, at_lower, at_upper : int
        Rows strictly inside the band and at its ends.
    latent : Series
        Fitted price without the band.
    observed : Series
        The price as printed.
    """

    title: ClassVar[str] = "Two-limit censored regression"

    inside: int
    at_lower: int
    at_upper: int
    latent: pd.Series
    observed: pd.Series

    @property
    def identified_share(self) -> float:
        """Share of the rows strictly inside the band."""
        return self.inside / self.nobs

    def ratio(self, name: str) -> Ratio:
        """Return the coefficient `name` as the ratio that rates are made of, over one."""
        check_choice("name", name, list(self.params.index))
        variance = float(self.cov[name].loc[name])
        return Ratio(float(self.params[name]), 1.0, variance, 0.0, 0.0)

    def numbers(self) -> pd.DataFrame:
        """Return the price as printed and the fitted one without the band, by date."""
        return pd.DataFrame({"observed": self.observed, "latent": self.latent})

    def plot(self, ax: Any = None) -> Any:
        """Draw the price as printed and the fitted one without the band."""
        from .. import plotting

        ax = plotting.new_axes(ax)
        with plotting.style():
            for place, (name, label) in enumerate(
                (("observed", "as printed"), ("latent", "fitted without the band"))
            ):
                line: dict[str, Any] = {"color": plotting.PALETTE[place], "lw": 1.0, "label": label}
                plotting.broken_line(ax, self.numbers()[name], **line)
            ax.set_ylabel(self.market)
            ax.set_xlabel("")
            ax.legend()
        return ax

    def _headline(self) -> dict[str, Any]:
        return {
            "identified_share": self.identified_share,
            "at_lower": self.at_lower,
            "at_upper": self.at_upper,
            "loglik": self.loglik,
        }

    def _tests(self) -> list[dict[str, Any]]:
        from scipy import stats

        slopes = [n for n in self.params.index if n not in ("const", "sigma")]
        part = self.params[slopes].to_numpy()
        block = self.cov.loc[slopes, slopes].to_numpy()
        statistic = float(part @ np.linalg.solve(block, part))
        return [
            {
                "test": "Wald",
                "null": "no cause moves the price",
                "statistic": statistic,
                "p_value": float(stats.chi2.sf(statistic, len(slopes))),
                "reference": f"chi-squared({len(slopes)}), {self.spec['cov']}",
            }
        ]


def fit_censored(
    y: Any,
    x: Any,
    lower: Any = None,
    upper: Any = None,
    controls: Any = None,
    minimum: int = FEWEST_INSIDE,
    cov: str = "hac",
    bandwidth: str | int = "andrews",
) -> TobitResults:
    """Estimate a two-limit censored regression (see `Tobit`)."""
    arguments = dict(locals())
    check_choice("cov", cov, COVARIANCES)
    check_bandwidth(bandwidth, cov)
    price, causes, dropped = joined(y, x, controls)
    low, high = (
        _limit(end, price.index, name) for end, name in ((lower, "lower"), (upper, "upper"))
    )
    used = price.notna() & causes.notna().all(axis=1)
    dropped["rows with a missing value"] = int((~used).sum())
    price, causes, low, high = price[used], causes[used], low[used], high[used]
    counts = _checked(price, low, high, minimum)
    design = np.column_stack([causes.to_numpy(float), np.ones(len(price))])
    names = [*map(str, causes.columns), "const"]
    flat = least_squares(price.to_numpy(float), design).collinear
    if flat:
        raise SpecificationError(
            f"{', '.join(names[j] for j in flat)}: constant, or a combination of other terms.",
            "Leave it out.",
        )
    fit = fit_tobit(price.to_numpy(float), design, low.to_numpy(float), high.to_numpy(float))
    if not fit.gradient < _SETTLED:
        raise ConvergenceError(
            "The censored likelihood has no maximum that was found.",
            "Rescale the causes, or look for one that separates the days at the band.",
        )
    variance, words = _covariance(fit, cov, bandwidth)
    labels = [*names, "sigma"]
    return TobitResults(
        params=pd.Series([*fit.params, fit.scale], labels, name="estimate"),
        cov=pd.DataFrame(variance, labels, labels),
        loglik=fit.loglik,
        market=str(price.name),
        inside=counts[0],
        at_lower=counts[1],
        at_upper=counts[2],
        latent=pd.Series(design @ fit.params, price.index, name="latent"),
        observed=price,
        spec={
            "effect": str(price.name),
            "causes": tuple(names[:-1]),
            "lower": _words(lower),
            "upper": _words(upper),
            "cov": words,
            "minimum": minimum,
        },
        sample=Sample.of(price.index, dropped=dropped),
        notes=() if lower is not None or upper is not None else (NO_BAND,),
        recipe=Recipe(fit_censored, arguments),
    )


def _limit(end: Any, index: pd.Index, name: str) -> pd.Series:
    if end is None:
        return pd.Series(-np.inf if name == "lower" else np.inf, index)
    try:
        values = end.reindex(index) if isinstance(end, pd.Series) else pd.Series(float(end), index)
        values = values.astype(float)
    except (TypeError, ValueError) as error:
        raise SpecificationError(
            f"{name}={end!r} is no limit.", "Give a number or a Series by date."
        ) from error
    if values.isna().any():
        raise SpecificationError(
            f"{name} has no value on {int(values.isna().sum())} dates of the sample.",
            "Give one on every date; −inf and inf say that there is no limit.",
        )
    return values


def _checked(
    price: pd.Series, low: pd.Series, high: pd.Series, minimum: int
) -> tuple[int, int, int]:
    """Return the rows inside the band and at each end, or refuse the sample."""
    if (low >= high).any():
        raise SpecificationError("The lower end of the band is not below the upper one.")
    beyond = (price < low) | (price > high)
    if beyond.any():
        first = price.index[beyond][0]
        shown = first.date() if hasattr(first, "date") else first
        raise DataError(
            f"{price.name} lies outside its band on {int(beyond.sum())} dates, first {shown}.",
            "Check band and unit; a price that can leave the band is not censored by it.",
        )
    at_low, at_high = int((price == low).sum()), int((price == high).sum())
    inside = len(price) - at_low - at_high
    if inside < minimum:
        raise TooFewObservationsError(
            f"{inside} of {len(price)} prices lie strictly inside the band; {minimum} are needed.",
            "At the band a price cannot show an effect: use a longer sample.",
        )
    return inside, at_low, at_high


def _covariance(fit: Any, cov: str, bandwidth: str | int) -> tuple[np.ndarray, str]:
    bread = np.linalg.inv(-fit.hessian)
    if cov == "hessian":
        return bread, "hessian"
    n = len(fit.scores)
    if cov == "robust":
        return bread @ (fit.scores.T @ fit.scores) @ bread, "robust"
    if isinstance(bandwidth, str):
        rule = {"andrews": hac.andrews_bandwidth, "newey-west": hac.newey_west_bandwidth}[bandwidth]
        width = rule(fit.scores)
    else:
        width = float(bandwidth) + 1
    meat = hac.bartlett(fit.scores, width)
    lags = max(int(np.ceil(width)) - 1, 0)
    return bread @ meat @ bread * n / (n - len(bread)), f"hac (Bartlett, {lags} lags, {bandwidth})"


def _words(end: Any) -> str:
    return "none" if end is None else "by date" if isinstance(end, pd.Series) else f"{end:g}"
