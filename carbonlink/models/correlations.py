"""Conditional correlations of several returns: constant, dynamic, asymmetric, corrected."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ConvergenceError, DataError, SpecificationError, check_choice
from ..kernels import dcc, dcc_errors, dcc_fit
from ..kernels.ols import least_squares
from ..results import Recipe, Sample
from .correlation_results import CCCResults, DCCResults
from .frames import check_frame, listed
from .garch import fit_garch
from .garch_results import GARCHResults

MINIMUM = 250
"""Fewest complete rows accepted unless `minimum` says otherwise."""

_NEAR_ONE = 0.999


@dataclass(frozen=True, eq=False)
class CCC:
    """Model several variances as GARCH and their correlations as constant.

    Parameters
    ----------
    frame : DataFrame
        Returns in per cent, a column a series, without missing values.
    vol : str
        Recursion of each variance, as `GARCH` takes it.
    mean : {"constant", "zero", "ar"}
        Mean of each series.
    presample : str or float
        What comes before the first observation, as `GARCH` takes it.
    minimum : int
        Fewest rows accepted.

    Notes
    -----
    H_t = D_t R D_t with D_t the GARCH standard deviations and R the mean of z_t z_t' scaled to
    a unit diagonal. Standard errors of R allow for the estimated variances.

    References
    ----------
    Bollerslev, T. (1990). Modelling the coherence in short-run nominal exchange rates: a
    multivariate generalized ARCH model. Review of Economics and Statistics 72, 498–505.
    doi:10.2307/2109358

    Examples
    --------
    >>> import carbonlink as cl
    >>> fit = cl.CCC(cl.simulate.var(600, rng=1)).fit()
    >>> [name for name in fit.params.index if name.startswith("rho")]
    ['rho[cea – hubei]', 'rho[cea – guangdong]', 'rho[hubei – guangdong]']
    """

    frame: Any
    vol: str = "GARCH"
    mean: str = "constant"
    presample: str | float = "arch"
    minimum: int = MINIMUM

    def fit(self, *, strict: bool = True) -> CCCResults:
        """Estimate the model in two steps.

        Parameters
        ----------
        strict : bool
            Raise when no maximum is found for a variance, rather than return a result with a
            note.
        """
        return fit_ccc(**vars(self), strict=strict)


@dataclass(frozen=True, eq=False)
class DCC:
    """Model several variances as GARCH and their correlations as moving from day to day.

    Parameters
    ----------
    frame : DataFrame
        Returns in per cent, a column a series, without missing values.
    kind : {"dcc", "adcc", "cdcc"}
        Engle's model, with a further effect of joint falls, or as corrected by Aielli.
    dist : {"normal", "t"}
        Joint density in the second step; the first is always normal quasi-likelihood.
    compat : {None, "rmgarch"}
        Take R's rmgarch 1.4 for a model; see Notes.
    vol : str
        Recursion of each variance, as `GARCH` takes it.
    mean : {"constant", "zero", "ar"}
        Mean of each series.
    presample : str or float, optional
        What comes before the first observation of each variance, as `GARCH` takes it: "arch"
        when None, and "mean" under `compat="rmgarch"`.
    minimum : int
        Fewest rows accepted.
    likelihood : {"full", "composite"}
        Of all series together, or the sum over all pairs of series, which holds up (and stays
        fast) where there are so many series that Q̄ is poorly known; `loglik` is the full one at
        the estimates either way.

    Notes
    -----
    H_t = D_t R_t D_t, R_t = diag(Q_t)^{-1/2} Q_t diag(Q_t)^{-1/2} and

    Q_t = (1 − a − b) Q̄ − g N̄ + a x_{t-1} x_{t-1}' + g n_{t-1} n_{t-1}' + b Q_{t-1},

    where x = z, n = min(z, 0) with g only in "adcc", Q̄ and N̄ are the means of z z' and n n',
    and Q₁ = Q̄. In "cdcc" x = diag(Q)^{1/2} z and Q̄ is the correlation matrix of x, which makes
    it consistent. Standard errors stack the scores of both steps and the moments in Q̄ and N̄.

    rmgarch takes covariances about the mean with n − 1 for Q̄ and N̄, maximises with a shock of
    zeros before the first row, and reports likelihood and correlations with a shock of ones;
    `compat` does the same, with the variances as `GARCH(compat="rugarch")` has them. Its standard
    errors lack a transpose, A⁻¹BA⁻¹ in place of A⁻¹BA⁻¹' with a triangular A; on the S&P 500
    and Nasdaq returns of the tests those of a and b come out a sixth smaller than here.

    References
    ----------
    Engle, R. (2002). Dynamic conditional correlation: a simple class of multivariate GARCH
    models. Journal of Business & Economic Statistics 20, 339–350.
    doi:10.1198/073500102288618487
    Cappiello, L., Engle, R. F. and Sheppard, K. (2006). Asymmetric dynamics in the correlations
    of global equity and bond returns. Journal of Financial Econometrics 4, 537–572.
    doi:10.1093/jjfinec/nbl005
    Aielli, G. P. (2013). Dynamic conditional correlation: on properties and estimation. Journal
    of Business & Economic Statistics 31, 282–299. doi:10.1080/07350015.2013.771027
    Pakel, C., Shephard, N., Sheppard, K. and Engle, R. F. (2021). Fitting vast dimensional
    time-varying covariance models. Journal of Business & Economic Statistics 39, 652–668.
    doi:10.1080/07350015.2020.1713795

    Examples
    --------
    >>> import carbonlink as cl
    >>> fit = cl.DCC(cl.simulate.var(600, rng=1)).fit()
    >>> fit.correlations.shape
    (600, 3)
    """

    frame: Any
    kind: str = "dcc"
    dist: str = "normal"
    compat: str | None = None
    vol: str = "GARCH"
    mean: str = "constant"
    presample: str | float | None = None
    minimum: int = MINIMUM
    likelihood: str = "full"

    def fit(self, *, strict: bool = True) -> DCCResults:
        """Estimate the model in two steps.

        Parameters
        ----------
        strict : bool
            Raise when no maximum is found, rather than return a result with a note.

        Raises
        ------
        ConvergenceError
            No maximum was found and `strict` is true.
        """
        return fit_dcc(**vars(self), strict=strict)


def fit_ccc(
    frame: Any,
    vol: str = "GARCH",
    mean: str = "constant",
    presample: str | float = "arch",
    minimum: int = MINIMUM,
    strict: bool = True,
) -> CCCResults:
    """Estimate constant conditional correlations (see `CCC`)."""
    arguments = dict(locals())
    form = {"vol": vol, "mean": mean, "presample": presample, "minimum": minimum, "strict": strict}
    first = _first_step(check_returns_frame(frame), form)
    steps = [dcc_errors.first_step(fit.estimate) for fit in first]
    z = np.column_stack([fit.std_resid for fit in first])
    packed = dcc_fit.constant_correlation(z)
    names = [fit.market for fit in first]
    rows, columns = np.tril_indices(len(names), -1)
    rho = dcc.unpack(packed, len(names))[rows, columns]
    labels = [f"rho[{names[j]} – {names[i]}]" for i, j in zip(rows, columns, strict=True)]
    at = dcc.evaluate(np.zeros(2), (packed, np.zeros_like(packed)), dcc.Problem(z))
    spec = {"model": "ccc", "series": tuple(names), **_spec(form)}
    return CCCResults(
        **_common(first, steps, dcc_errors.constant(packed, z, steps), labels, rho),
        loglik=at.total - 0.5 * sum(float(f.estimate.log_variance.sum()) for f in first),
        packed=np.tile(packed, (len(z), 1)),
        targets=0,
        converged=all(fit.converged for fit in first),
        spec=spec,
        notes=_step_notes(first),
        recipe=Recipe(fit_ccc, arguments),
    )


def fit_dcc(
    frame: Any,
    kind: str = "dcc",
    dist: str = "normal",
    compat: str | None = None,
    vol: str = "GARCH",
    mean: str = "constant",
    presample: str | float | None = None,
    minimum: int = MINIMUM,
    likelihood: str = "full",
    strict: bool = True,
) -> DCCResults:
    """Estimate dynamic conditional correlations (see `DCC`)."""
    arguments = dict(locals())
    _check_choices(kind, dist, compat)
    composite = _composite(likelihood, dist, compat)
    presample = presample if presample is not None else ("mean" if compat else "arch")
    form = {"vol": vol, "mean": mean, "presample": presample, "minimum": minimum, "strict": strict}
    first = _first_step(check_returns_frame(frame), form, "rugarch" if compat else None)
    z = np.column_stack([fit.std_resid for fit in first])
    p = dcc.Problem(z, kind, dist, 0.0 if compat else None, compat is not None, composite)
    found = dcc_fit.maximise(p)
    if not found.converged and strict:
        raise ConvergenceError(
            f"No maximum of the {kind} likelihood ({dist}) was found: {found.message}.",
            "Look for outliers, use a longer sample or another kind; strict=False returns the "
            "best point, with a note.",
        )
    steps = [dcc_errors.first_step(fit.estimate) for fit in first]
    influence = dcc_errors.dynamic(found, p, steps)
    told = dcc_fit.profile(found.phi, replace(p, presample=1.0))[0] if compat else found.at
    if composite:
        told = dcc_fit.profile(found.phi, replace(p, composite=False))[0]
    names, k = [fit.market for fit in first], len(first)
    spec = {"model": kind, "dist": dist, "compat": compat, "series": tuple(names)}
    spec["likelihood"] = likelihood
    return DCCResults(
        **_common(first, steps, influence, list(p.names), found.phi),
        loglik=told.total - 0.5 * sum(float(f.estimate.log_variance.sum()) for f in first),
        packed=told.packed,
        targets=k * (k - 1) // 2,
        target=pd.DataFrame(dcc.unpack(found.target[0], k), index=names, columns=names),
        converged=found.converged and all(fit.converged for fit in first),
        spec={**spec, **_spec(form)},
        notes=_notes(found, p) + _step_notes(first),
        recipe=Recipe(fit_dcc, arguments),
    )


def _check_choices(kind: Any, dist: Any, compat: Any) -> None:
    check_choice("kind", kind, dcc.KINDS)
    check_choice("dist", dist, ("normal", "t"))
    check_choice("compat", compat, (None, "rmgarch"))
    if compat and kind == "cdcc":
        raise SpecificationError(
            "compat='rmgarch' has no kind='cdcc'.", "Leave compat out, or use 'dcc' or 'adcc'."
        )


def _composite(likelihood: Any, dist: str, compat: Any) -> bool:
    check_choice("likelihood", likelihood, ("full", "composite"))
    if likelihood == "composite" and (dist != "normal" or compat):
        raise SpecificationError(
            "likelihood='composite' is that of normal pairs, without compat.",
            "Use dist='normal' and leave compat out.",
        )
    return bool(likelihood == "composite")


def check_returns_frame(frame: Any) -> pd.DataFrame:
    """Return the returns as floats, complete and not collinear, or say what is wrong."""
    data = check_frame(frame, "frame")
    if data.shape[1] < 2:
        raise DataError("Correlations need at least two columns.", "Add another series.")
    holes = data.index[data.isna().any(axis=1)]
    if len(holes):
        columns = data.columns[data.isna().any()]
        raise DataError(
            f"frame ({listed(columns)}) is missing on {len(holes)} of {len(data)} rows: "
            f"{listed(holes)}.",
            "Keep the days on which every market traded: frame.dropna().",
        )
    spread = data.to_numpy().std(axis=0)
    if (spread > 0).all():
        design = np.column_stack([np.ones(len(data)), data.to_numpy() / spread])
        fit = least_squares(np.zeros(len(data)), design)
        if fit.collinear:
            names = listed(data.columns[j - 1] for j in fit.collinear)
            raise DataError(f"{names} is a combination of the other series.", "Leave it out.")
    return data


def _first_step(
    data: pd.DataFrame, form: dict[str, Any], compat: str | None = None
) -> tuple[GARCHResults, ...]:
    return tuple(fit_garch(data[name], compat=compat, **form) for name in data.columns)


def _spec(form: dict[str, Any]) -> dict[str, Any]:
    first = form["presample"]
    return {
        **form,
        "presample": first if isinstance(first, str) else float(first),
        "minimum": int(form["minimum"]),
        "strict": bool(form["strict"]),
    }


def _common(
    first: tuple[GARCHResults, ...],
    steps: list[dcc_errors.FirstStep],
    influence: np.ndarray,
    labels: list[str],
    values: np.ndarray,
) -> dict[str, Any]:
    """What constant and dynamic results have in common: parameters, covariance, series."""
    names = [fit.market for fit in first]
    terms = [f"{t}[{fit.market}]" for fit in first for t in fit.params.index] + labels
    params = np.concatenate([*(fit.params.to_numpy() for fit in first), values])
    joined = np.column_stack([*(step.influence for step in steps), influence])
    units = {"mu": "%", "omega": "log variance" if first[0].spec["vol"] == "EGARCH" else "%²"}
    index = first[0].std_resid.index
    return {
        "params": pd.Series(params, index=terms, name="estimate"),
        "cov": pd.DataFrame(joined.T @ joined, index=terms, columns=terms),
        "conditional_volatility": pd.DataFrame(
            {n: fit.conditional_volatility for n, fit in zip(names, first, strict=True)}
        ),
        "std_resid": pd.DataFrame({n: fit.std_resid for n, fit in zip(names, first, strict=True)}),
        "univariate": first,
        "market": ", ".join(names),
        "units": {t: units[t.split("[")[0]] for t in terms if t.split("[")[0] in units},
        "sample": Sample.of(index, dropped=dict(first[0].sample.dropped)),
    }


def _notes(found: dcc_fit.Maximum, p: dcc.Problem) -> tuple[str, ...]:
    notes = [] if found.converged else [f"* No maximum was found: {found.message}."]
    notes += [f"At the maximum {text}." for text in found.bounds]
    held = [name for i, name in enumerate(p.names) if i not in found.free]
    if held:
        notes.append(f"No standard error for {', '.join(held)}, which a bound holds.")
    carry = float(dcc_fit.persistence_weights(p) @ found.phi)
    if carry >= _NEAR_ONE:
        notes.append(
            f"The persistence of the correlations is {carry:.4f}: they hardly return to a mean, "
            "as when there is a break in them."
        )
    return tuple(notes)


def _step_notes(first: tuple[GARCHResults, ...]) -> tuple[str, ...]:
    return tuple(f"{fit.market}: {note}" for fit in first for note in fit.notes)
