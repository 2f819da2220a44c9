"""GARCH, GJR and EGARCH with regressors in the variance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ConvergenceError
from ..kernels import garch_estimate as kernel
from ..kernels.garch_recursion import FAMILIES
from ..results import Recipe, Sample, check_cov
from . import garch_inputs as inputs
from .garch_arch import fit_in_arch, start_from_arch
from .garch_results import GARCHResults

MINIMUM = 250
"""Fewest returns accepted unless `minimum` says otherwise."""


@dataclass(frozen=True, eq=False)
class GARCH:
    """Model the conditional variance of returns, with regressors in it.

    Parameters
    ----------
    y : Series
        Returns, in per cent: 100 Δ log price between genuine trades, one row a return.
    vol : {"GARCH", "GJR", "EGARCH"}
        The recursion, of order (1, 1).
    mean : {"constant", "zero", "ar"}
        The mean; "ar" is a constant with `lags` lags of y.
    lags : int, optional
        Lags of the "ar" mean, 1 when None.
    dist : {"normal", "t"}
        Density of the standardised shocks; the t is scaled to variance one.
    variance_x : Series or DataFrame, optional
        Regressors of the variance, one row a return, aligned by label.
    variance_form : {"multiplicative", "inside"}
        Whether exp(δ'w) multiplies the variance outside its recursion, or δ'w is added to ln h
        inside it (EGARCH only, as rugarch has it).
    presample : {"arch", "mean", "fcp"} or float
        What comes before the first observation; see Notes.
    persistence_bound : float
        Largest persistence allowed (rugarch stops at 0.999).
    minimum : int
        Fewest returns accepted; below 250 a footnote follows the result.

    Notes
    -----
    With ε_t = y_t − μ − Σ φ_i y_{t-i}, ε_t = √h_t z_t, h_t = e^{δ'w_t} s_t and
    u_t = ε_t e^{−δ'w_t/2}:

    * GARCH: s_t = ω + α u²_{t-1} + β s_{t-1}; GJR adds γ 1{u_{t-1} < 0} u²_{t-1};
    * EGARCH: ln s_t = ω + α (|z_{t-1}| − √(2/π)) + γ z_{t-1} + β ln s_{t-1}.

    So e^δ − 1 is the effect of a dummy on the variance, of either sign, and the log-likelihood
    carries −½ δ'w_t. In EGARCH alpha is the size effect and gamma the sign effect, as in arch;
    rugarch has them the other way round, and with t shocks it centres |z| at its mean under the
    t, which moves omega alone.

    Presample: "mean" sets s_1 to the mean of u²; "fcp" sets s_1 = ω + π·mean(u²) with π the
    persistence (Fiorentini, Calzolari and Panattoni), ln s_1 = ω + β ln mean(u²) for EGARCH;
    both move with the parameters. "arch" does the same with arch's backcast, a weighted mean
    of the first 75 squared least-squares residuals. A number is h_1 itself. Log-likelihoods
    compare only under the same presample.

    References
    ----------
    Bollerslev, T. (1986). Generalized autoregressive conditional heteroskedasticity. Journal
    of Econometrics 31, 307–327. doi:10.1016/0304-4076(86)90063-1
    Glosten, L. R., Jagannathan, R. and Runkle, D. E. (1993). On the relation between the
    expected value and the volatility of the nominal excess return on stocks. Journal of
    Finance 48, 1779–1801. doi:10.1111/j.1540-6261.1993.tb05128.x
    Nelson, D. B. (1991). Conditional heteroskedasticity in asset returns: a new approach.
    Econometrica 59, 347–370. doi:10.2307/2938260

    Examples
    --------
    >>> import carbonlink as cl
    >>> y = cl.simulate.garch(2000, alpha=0.08, beta=0.9, rng=1)
    >>> fit = cl.GARCH(y).fit()
    >>> list(fit.params.index)
    ['mu', 'omega', 'alpha', 'beta']
    >>> bool(0.9 < fit.persistence < 1)
    True
    """

    y: Any
    vol: str = "GARCH"
    mean: str = "constant"
    lags: int | None = None
    dist: str = "normal"
    variance_x: Any = None
    variance_form: str = "multiplicative"
    presample: str | float = "arch"
    persistence_bound: float = 1.0
    minimum: int = MINIMUM

    def __post_init__(self) -> None:
        object.__setattr__(self, "vol", inputs.family(self.vol))

    def fit(self, cov: str = "robust", strict: bool = True) -> GARCHResults:
        """Estimate the model by maximum likelihood.

        Parameters
        ----------
        cov : {"robust", "hessian", "opg"}
            Bollerslev–Wooldridge sandwich, inverse Hessian, or outer product of scores.
        strict : bool
            Raise when no maximum is found, rather than return a starred result.

        Returns
        -------
        GARCHResults

        Raises
        ------
        ConvergenceError
            No maximum was found and `strict` is true.
        """
        return fit_garch(**vars(self), cov=cov, strict=strict)


def fit_garch(
    y: Any,
    vol: str = "GARCH",
    mean: str = "constant",
    lags: int | None = None,
    dist: str = "normal",
    variance_x: Any = None,
    variance_form: str = "multiplicative",
    presample: str | float = "arch",
    persistence_bound: float = 1.0,
    minimum: int = MINIMUM,
    cov: str = "robust",
    strict: bool = True,
) -> GARCHResults:
    """Estimate a GARCH model (see `GARCH`)."""
    vol = inputs.family(vol)
    arguments = dict(locals())
    check_cov(cov)
    p = inputs.check_choices(
        vol, mean, lags, dist, variance_x, variance_form, presample, persistence_bound
    )
    wide = 0 if variance_x is None or np.ndim(variance_x) < 2 else variance_x.shape[1]
    series = inputs.check_returns(y, minimum, len(FAMILIES[vol].names) + p + wide + 2)
    rows = series.iloc[p:]
    w = inputs.check_regressors(variance_x, rows.index)
    problem, units = kernel.standardise(
        rows.to_numpy(),
        mean_regressors(series.to_numpy(), mean, p),
        np.arange(p + (mean != "zero")) > 0,
        w.to_numpy(float),
        presample=presample,
        most=persistence_bound,
        vol=vol,
        dist=dist,
        inside=variance_form == "inside",
    )
    found, fitted = _maximum(problem, units, series, vol, mean, p, dist)
    _refuse(found, rows, vol, dist, strict)
    names = parameter_names(vol, mean, p, list(w.columns), dist)
    spec = {
        "vol": vol,
        "mean": mean,
        "lags": p,
        "dist": dist,
        "variance_x": tuple(w.columns),
        "variance_form": variance_form if len(w.columns) else None,
        "presample": presample if isinstance(presample, str) else float(presample),
        "persistence_bound": float(persistence_bound),
        "cov": cov,
        "minimum": int(minimum),
        "strict": bool(strict),
    }
    return GARCHResults(
        **_series(found, rows),
        params=pd.Series(found.params, index=names, name="estimate"),
        cov=pd.DataFrame(found.covs[cov], index=names, columns=names),
        loglik=found.loglik,
        estimate=found,
        fitted=fitted,
        converged=found.maximum.converged,
        market=str(series.name),
        spec=spec,
        units=_units(names, vol),
        sample=Sample.of(rows.index, dropped={"first rows, used as lags": p}),
        notes=_notes(found, names, rows, minimum),
        recipe=Recipe(fit_garch, arguments),
    )


def mean_regressors(y: np.ndarray, mean: str, lags: int) -> np.ndarray:
    """Return the regressors of the mean on the rows after the lags, shape (n − lags, m)."""
    n = len(y) - lags
    columns = [] if mean == "zero" else [np.ones(n)]
    columns += [y[lags - j : len(y) - j] for j in range(1, lags + 1)]
    return np.column_stack(columns) if columns else np.empty((n, 0))


def parameter_names(vol: str, mean: str, lags: int, regressors: list[str], dist: str) -> list[str]:
    """Return parameter names in order: mean, recursion, regressors, shape."""
    names = [] if mean == "zero" else ["mu"]
    names += [f"ar{j}" for j in range(1, lags + 1)]
    names += [*FAMILIES[vol].names, *(f"delta[{r}]" for r in regressors)]
    return names + (["nu"] if dist == "t" else [])


def _series(found: kernel.Estimate, rows: pd.Series) -> dict[str, Any]:
    sd = np.exp(0.5 * found.log_variance)
    columns = {
        "conditional_volatility": sd,
        "resid": found.resid,
        "std_resid": found.resid / sd,
    }
    return {name: pd.Series(v, index=rows.index, name=name) for name, v in columns.items()}


def _maximum(
    problem: Any, units: kernel.Units, series: pd.Series, vol: str, mean: str, lags: int, dist: str
) -> tuple[kernel.Estimate, Any]:
    """The maximum, and arch's result where arch has the model."""
    found = kernel.estimate(problem, units)
    if problem.presample != "arch" or problem.w.shape[1]:
        return found, None
    fitted = fit_in_arch(series, vol, mean, lags, dist, found)
    start = start_from_arch(fitted, found)
    if start is not None:
        again = kernel.estimate(problem, units, start)
        if again.maximum.converged and again.loglik > found.loglik:
            found = again
    return found, fitted


def _refuse(found: kernel.Estimate, rows: pd.Series, vol: str, dist: str, strict: bool) -> None:
    if found.maximum.converged or not strict:
        return
    zeros = float((rows == 0).mean())
    hint = f" {100 * zeros:.0f} % of the returns are exactly zero." if zeros > 0.1 else ""
    raise ConvergenceError(
        f"No maximum of the {vol} likelihood ({dist}) was found for {rows.name}: "
        f"{found.maximum.message}.{hint}",
        "Look for stale prices and outliers, use a longer sample, or another vol or dist; "
        "strict=False returns the best point, starred.",
    )


def _units(names: list[str], vol: str) -> dict[str, str]:
    units = {"mu": "%", "omega": "log variance" if vol == "EGARCH" else "%²"}
    units |= {n: "log variance" for n in names if n.startswith("delta[")}
    return {n: units[n] for n in names if n in units} | {"conditional_volatility": "%"}


def _notes(
    found: kernel.Estimate, names: list[str], rows: pd.Series, minimum: int
) -> tuple[str, ...]:
    notes = inputs.remarks(rows, minimum, MINIMUM)
    if not found.maximum.converged:
        notes.insert(0, f"* No maximum was found: {found.maximum.message}.")
    for text in found.bounds:
        notes.append(f"At the maximum {text}{inputs.consequence(text)}.")
    if found.determined:
        held = ", ".join(names[i] for i in found.determined)
        notes.append(
            f"No standard error for {held}: a bound determines it; the others are given it."
        )
    p, theta = found.problem, found.maximum.theta
    persistence = float(p.family.persistence @ p.split(theta)[1])
    if persistence >= 0.999:
        notes.append(
            f"Persistence {persistence:.4f}: test for variance breaks first, which look like it."
        )
    if np.isnan(np.delete(np.diag(found.covs["robust"]), list(found.determined))).any():
        notes.append("The information matrix has no inverse, so there are no standard errors.")
    return tuple(notes)
