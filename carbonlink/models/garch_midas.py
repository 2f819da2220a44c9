"""GARCH-MIDAS: a daily variance around a level that a monthly or weekly series drives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import ConvergenceError, DataError, SpecificationError, TooFewObservationsError
from ..kernels import garch_midas as kernel
from ..results import Estimates, Recipe, Sample, tidy_frame
from .break_inputs import check_returns, whole
from .frames import check_series, listed
from .garch import MINIMUM

_FEWEST_PERIODS = 12


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GARCHMIDASResults(Estimates):
    """A GARCH-MIDAS model, estimated.

    Attributes
    ----------
    conditional_volatility, long_run : Series
        √(τ g) and √τ, in the units of the returns.
    weights : Series
        φ_k of the driver k periods before.
    std_resid : Series
    converged : bool
    """

    title: ClassVar[str] = "GARCH-MIDAS"

    conditional_volatility: pd.Series
    long_run: pd.Series
    weights: pd.Series
    std_resid: pd.Series
    converged: bool

    @property
    def persistence(self) -> float:
        """Carry of the short-run variance, α + β."""
        return float(self.params["alpha"] + self.params["beta"])

    @property
    def variance_ratio(self) -> float:
        """Share of the variance of ln(τ g) that the driver explains, Var(ln τ)/Var(ln τg)."""
        return float(np.log(self.long_run).var() / np.log(self.conditional_volatility).var())

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return parameters, persistence and the share that the driver explains."""
        extra = [
            {"term": "persistence", "estimate": self.persistence},
            {"term": "variance ratio", "estimate": self.variance_ratio},
        ]
        more = tidy_frame(extra).assign(market=self.market)
        return pd.concat([super().tidy(level), more], ignore_index=True)

    def numbers(self) -> pd.DataFrame:
        """Return volatility and its long-run level, day by day."""
        frame = pd.DataFrame({"volatility": self.conditional_volatility, "long_run": self.long_run})
        return frame.rename_axis(str(frame.index.name or "date")).reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw volatility and its long-run level."""
        with plotting.style():
            ax = plotting.new_axes(ax)
            plotting.broken_line(ax, self.conditional_volatility, gap=31, color="#9A9A9A", lw=0.7)
            ax.plot(self.long_run.index, self.long_run, color=plotting.PALETTE[1], lw=1.4)
            plotting.years(ax)
            ax.set_ylim(bottom=0)
            ax.set_ylabel("s.d., % a day; long-run level")
            ax.set_title(f"{self.market}: driven by {self.spec['driver']}")
        return ax

    def _headline(self) -> dict[str, Any]:
        return {
            "persistence": self.persistence,
            "variance_ratio": self.variance_ratio,
            "converged": self.converged,
            **super()._headline(),
        }


@dataclass(frozen=True, eq=False)
class GARCHMIDAS:
    """Model a daily variance as a GARCH around a level that a slower series drives.

    Parameters
    ----------
    y : Series
        Returns in per cent with a DatetimeIndex, without missing values.
    driver : Series
        A monthly (or other) series with a PeriodIndex, or a DatetimeIndex from which
        `frequency` makes periods, one value a period. Only periods before that of the return
        are used, so nothing of the month itself is.
    lags : int
        Periods of the driver.
    frequency : str
        Period of the driver, as pandas spells it: "M", "Q" or "W".
    minimum : int
        Fewest returns accepted.

    Notes
    -----
    r_t = μ + √(τ_i g_t) z_t in period i, ln τ_i = m + θ Σ_k φ_k(ω) X_{i−k} and
    g_t = (1 − α − β) + α (r_{t−1} − μ)²/τ + β g_{t−1}, with beta weights that fall from the last
    period back (ω ≥ 1). Normal quasi-likelihood, Bollerslev and Wooldridge's standard errors.
    θ = 0 leaves ω without meaning, so the t-value of θ is no exact test of a driver without
    effect; compare likelihoods with a GARCH.

    References
    ----------
    Engle, R. F., Ghysels, E. and Sohn, B. (2013). Stock market volatility and macroeconomic
    fundamentals. Review of Economics and Statistics 95, 776–797. doi:10.1162/REST_a_00300

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import carbonlink as cl
    >>> from carbonlink.models.garch_midas import GARCHMIDAS
    >>> y = cl.simulate.garch(1200, rng=1)
    >>> months = pd.period_range("2012-01", "2020-12", freq="M")
    >>> driver = pd.Series(np.sin(np.arange(108) / 9), index=months, name="coal")
    >>> list(GARCHMIDAS(y, driver).fit(strict=False).params.index)
    ['mu', 'alpha', 'beta', 'm', 'theta', 'omega']
    """

    y: Any
    driver: Any
    lags: int = 12
    frequency: str = "M"
    minimum: int = MINIMUM

    def fit(self, *, strict: bool = True) -> GARCHMIDASResults:
        """Estimate the model by quasi-maximum likelihood.

        Parameters
        ----------
        strict : bool
            Raise when no maximum is found, rather than return a result with a note.
        """
        return fit_garch_midas(**vars(self), strict=strict)


def fit_garch_midas(
    y: Any,
    driver: Any,
    lags: int = 12,
    frequency: str = "M",
    minimum: int = MINIMUM,
    strict: bool = True,
) -> GARCHMIDASResults:
    """Estimate a GARCH-MIDAS model (see `GARCHMIDAS`)."""
    arguments = dict(locals())
    if isinstance(lags, bool) or not whole(lags, 1):
        raise SpecificationError(f"lags={lags!r} is no number of periods.", "Use 1, 2, …")
    series = check_returns(y, 1)
    if not isinstance(series.index, pd.DatetimeIndex):
        raise DataError("The returns have no dates.", "Set a DatetimeIndex.")
    values = _driver(driver, frequency)
    table, period, kept = _lags(series, values, int(lags))
    _check_size(kept, table, values, int(lags), minimum)
    scale, centre = float(values.std()), float(values.mean())
    p = kernel.Problem(kept.to_numpy(), (table - centre) / scale, period)
    found = kernel.maximise(p)
    if not found.converged and strict:
        raise ConvergenceError(
            f"No maximum of the GARCH-MIDAS likelihood was found: {found.message}.",
            "Use another driver or fewer lags; strict=False returns the best point, with a note.",
        )
    params, cov = _in_units(found, p, scale, centre)
    weights = kernel.beta_weights(float(found.theta[5]), int(lags))
    lost = {"returns without enough earlier values": len(series) - len(kept)}
    return GARCHMIDASResults(
        **_paths(found, p, kept.index),
        params=params,
        cov=cov,
        loglik=found.total,
        weights=pd.Series(weights, index=pd.RangeIndex(1, int(lags) + 1, name="lag")),
        converged=found.converged,
        market=str(series.name),
        spec={
            "driver": str(values.name),
            "lags": int(lags),
            "frequency": frequency,
            "minimum": int(minimum),
            "strict": bool(strict),
        },
        units={"mu": "%", "m": "log variance", "theta": "log variance"},
        sample=Sample.of(kept.index, dropped=lost),
        notes=_notes(found),
        recipe=Recipe(fit_garch_midas, arguments),
    )


def _check_size(
    kept: pd.Series, table: np.ndarray, values: pd.Series, lags: int, minimum: int
) -> None:
    """Raise where returns or periods are too few, or the driver does not move."""
    if len(kept) < minimum or len(table) < _FEWEST_PERIODS:
        raise TooFewObservationsError(
            f"{len(kept)} returns in {len(table)} periods have {lags} earlier values of the "
            f"driver; {minimum} returns in {_FEWEST_PERIODS} periods are needed.",
            "Use a longer driver, fewer lags, or a longer sample.",
        )
    if float(values.std()) <= 1e-12 * float(values.abs().max()):
        raise DataError(f"The driver {values.name} is constant.", "Use a GARCH.")


def _paths(found: kernel.Maximum, p: kernel.Problem, index: pd.Index) -> dict[str, Any]:
    """Volatility, its long-run part and standardised shocks by day."""
    resid, tau, g = kernel.components(found.theta, p)
    path = {"conditional_volatility": np.sqrt(tau * g), "long_run": np.sqrt(tau)}
    path["std_resid"] = resid / path["conditional_volatility"]
    return {k: pd.Series(v, index=index, name=k) for k, v in path.items()}


def _notes(found: kernel.Maximum) -> tuple[str, ...]:
    notes = [] if found.converged else [f"* No maximum was found: {found.message}."]
    return (*notes, *(f"At the maximum {t}: no standard error for it." for t in found.bounds))


def _driver(driver: Any, frequency: str) -> pd.Series:
    """The driver by period, one value each, without gaps."""
    if isinstance(driver, pd.Series) and isinstance(driver.index, pd.PeriodIndex):
        values = pd.Series(driver.astype(float), name=driver.name or "driver").sort_index()
    else:
        values = check_series(driver, "driver")
        if not isinstance(values.index, pd.DatetimeIndex):
            raise DataError("The driver has no dates.", "Set a DatetimeIndex or PeriodIndex.")
        values = values.set_axis(values.index.to_period(frequency))
    twice = values.index[values.index.duplicated()]
    if len(twice):
        raise DataError(
            f"The driver has more than one value in {listed(twice.astype(str))}.",
            "Aggregate it by a declared rule first.",
        )
    freq = pd.PeriodIndex(values.index).freq
    holes = pd.period_range(values.index[0], values.index[-1], freq=freq)
    missing = holes[values.reindex(holes).isna()]
    if len(missing):
        raise DataError(
            f"The driver has no value in {listed(missing.astype(str))}.", "Nothing is imputed."
        )
    return values


def _lags(
    series: pd.Series, values: pd.Series, lags: int
) -> tuple[np.ndarray, np.ndarray, pd.Series]:
    """Lags of the driver by period, the period of each return, and the returns that have all."""
    freq: Any = pd.PeriodIndex(values.index).freq
    own = pd.DatetimeIndex(series.index).to_period(freq)
    longer = values.reindex(pd.period_range(values.index[0], values.index[-1] + 1))
    table = pd.DataFrame({k: longer.shift(k) for k in range(1, lags + 1)}).dropna()
    inside = own.isin(table.index)
    used = own[inside].unique()
    place = pd.Series(np.arange(len(used)), index=used)
    return table.loc[used].to_numpy(), place.loc[own[inside]].to_numpy(), series[inside]


def _in_units(
    found: kernel.Maximum, p: kernel.Problem, scale: float, centre: float
) -> tuple[pd.Series, pd.DataFrame]:
    """Parameters for the driver as given, and their sandwich covariance."""
    turn = np.eye(6)
    turn[4, 4] = 1 / scale
    turn[3, 4] = -centre / scale
    names = list(kernel.NAMES)
    free = list(found.free)
    each = np.full((len(p.y), 6), np.nan)
    try:
        inverse = np.linalg.inv(-found.hessian[np.ix_(free, free)])
        each[:, free] = kernel.scores(found.theta, p)[:, free] @ inverse
    except np.linalg.LinAlgError:
        pass
    each[:, 3] = each[:, 3] - centre / scale * each[:, 4]
    each[:, 4] = each[:, 4] / scale
    cov = pd.DataFrame(each.T @ each, index=names, columns=names)
    return pd.Series(turn @ found.theta, index=names, name="estimate"), cov
