"""BEKK(1, 1): covariances of several returns that are positive definite by construction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ConvergenceError, SpecificationError, TooFewObservationsError, check_choice
from ..kernels import bekk as kernel
from ..kernels import bekk_fit
from ..kernels.dcc import pairs, unpack
from ..results import Recipe, Sample
from .bekk_results import BEKKResults
from .break_inputs import check_returns
from .correlations import MINIMUM, check_returns_frame
from .garch_inputs import fractions

_NEAR_ONE = 0.999
_COMFORT = 5


@dataclass(frozen=True, eq=False)
class BEKK:
    """Model the covariances of several returns as scalar or diagonal BEKK(1, 1).

    Parameters
    ----------
    frame : DataFrame
        Returns in per cent, a column a series, without missing values.
    kind : {"diagonal", "scalar"}
        One shock and one carry parameter a series, or the same for all.
    targeting : bool
        Whether the intercept is solved from the sample covariance, which leaves only the shock
        and carry parameters to be searched for.
    mean : {"constant", "zero"}
        Whether each series' mean is taken out first.
    minimum : int
        Fewest rows accepted.

    Notes
    -----
    H_t = CC' + A e_{t-1} e_{t-1}' A + B H_{t-1} B with C lower triangular and A, B diagonal, or
    a and b times the identity; H₀ and e₀e₀' are the sample covariance. It is covariance
    stationary where a_i² + b_i² < 1 for every series, which the search keeps to. Signs of A and
    B cannot be told from those of −A and −B: the first of each is positive. Standard errors are
    Bollerslev and Wooldridge's sandwich; under targeting they allow for the estimated
    covariance. They take the means as known.

    References
    ----------
    Engle, R. F. and Kroner, K. F. (1995). Multivariate simultaneous generalized ARCH.
    Econometric Theory 11, 122–150. doi:10.1017/S0266466600009063

    Examples
    --------
    >>> import carbonlink as cl
    >>> r = cl.simulate.var(600, rng=1)
    >>> fit = cl.BEKK(r, kind="scalar", targeting=True).fit(strict=False)
    >>> fit.conditional_covariance.shape
    (600, 3, 3)
    """

    frame: Any
    kind: str = "diagonal"
    targeting: bool = field(default=False, kw_only=True)
    mean: str = "constant"
    minimum: int = MINIMUM

    def fit(self, *, strict: bool = True) -> BEKKResults:
        """Estimate the model by quasi-maximum likelihood.

        Parameters
        ----------
        strict : bool
            Raise when no maximum is found, rather than return a result with a note.

        Raises
        ------
        ConvergenceError
            No maximum was found and `strict` is true.
        """
        return fit_bekk(**vars(self), strict=strict)


def fit_bekk(
    frame: Any,
    kind: str = "diagonal",
    targeting: bool = False,
    mean: str = "constant",
    minimum: int = MINIMUM,
    strict: bool = True,
) -> BEKKResults:
    """Estimate a BEKK model (see `BEKK`)."""
    arguments = dict(locals())
    data = _checked(frame, kind, targeting, mean, minimum)
    values = data.to_numpy()
    centre = values.mean(axis=0) if mean == "constant" else np.zeros(values.shape[1])
    spread = np.sqrt(((values - centre) ** 2).mean(axis=0))
    e = (values - centre) / spread
    moment = bekk_fit.moments(e)
    p = kernel.Problem(e, kind, moment if targeting else None, moment)
    found = bekk_fit.maximise(p)
    if not found.converged and strict:
        raise ConvergenceError(
            f"No maximum of the {kind} BEKK likelihood was found: {found.message}.",
            "Try targeting=True, kind='scalar', or fewer series; strict=False returns the best "
            "point, with a note.",
        )
    names = list(data.columns)
    params, cov = _in_units(found, p, spread, names)
    rows, columns = pairs(len(names))
    packed = found.at.packed * spread[rows] * spread[columns]
    covariance = unpack(packed, len(names))
    root = np.linalg.cholesky(covariance)
    z = np.linalg.solve(root, (values - centre)[..., None])[..., 0]
    return BEKKResults(
        params=params,
        cov=cov,
        loglik=found.at.total - len(data) * float(np.log(spread).sum()),
        conditional_covariance=covariance,
        unconditional=pd.DataFrame(_unconditional(found, p, spread), index=names, columns=names),
        carry=pd.Series(bekk_fit.carry(found.theta, p), index=names, name="persistence"),
        resid=pd.DataFrame(values - centre, index=data.index, columns=names),
        std_resid=pd.DataFrame(z, index=data.index, columns=names),
        converged=found.converged,
        market=", ".join(names),
        spec={
            "model": "bekk",
            "kind": kind,
            "targeting": bool(targeting),
            "mean": mean,
            "series": tuple(names),
            "minimum": int(minimum),
            "strict": bool(strict),
        },
        units={name: "%" for name in params.index if name.startswith("c[")},
        sample=Sample.of(data.index),
        notes=_notes(found, p, data, int(minimum)),
        recipe=Recipe(fit_bekk, arguments),
    )


def _checked(frame: Any, kind: Any, targeting: Any, mean: Any, minimum: Any) -> pd.DataFrame:
    """The returns, if they and the form of the model will do."""
    check_choice("kind", kind, kernel.KINDS)
    check_choice("mean", mean, ("constant", "zero"))
    if not isinstance(targeting, (bool, np.bool_)):
        raise SpecificationError(f"targeting={targeting!r} is no yes or no.", "Use True or False.")
    data = check_returns_frame(frame)
    for name in data.columns:
        check_returns(data[name], 2)
    _check_size(data, kind, bool(targeting), int(minimum))
    return data


def _check_size(data: pd.DataFrame, kind: str, targeting: bool, minimum: int) -> None:
    k = data.shape[1]
    count = (2 if kind == "scalar" else 2 * k) + (0 if targeting else k * (k + 1) // 2)
    needed = max(minimum, _COMFORT * count)
    if len(data) < needed:
        raise TooFewObservationsError(
            f"A {kind} BEKK of {k} series with {count} parameters needs {needed} complete rows; "
            f"there are {len(data)}.",
            "Use a longer sample, fewer series, or targeting=True.",
        )


def _in_units(
    found: bekk_fit.Maximum, p: kernel.Problem, spread: np.ndarray, names: list[str]
) -> tuple[pd.Series, pd.DataFrame]:
    """Parameters and covariance, C in the units of the data."""
    rows, columns = pairs(len(names))
    labels = []
    if p.target is None:
        labels = [f"c[{names[i]}, {names[j]}]" for i, j in zip(rows, columns, strict=True)]
    own = [""] if p.kind == "scalar" else [f"[{name}]" for name in names]
    labels += [f"{letter}{name}" for letter in ("a", "b") for name in own]
    scale = np.ones(len(labels))
    scale[: p.free_intercept] = spread[rows] if p.free_intercept else 1.0
    each = bekk_fit.influence(found, p) * scale
    params = pd.Series(found.theta * scale, index=labels, name="estimate")
    return params, pd.DataFrame(each.T @ each, index=labels, columns=labels)


def _unconditional(found: bekk_fit.Maximum, p: kernel.Problem, spread: np.ndarray) -> np.ndarray:
    alpha, beta = kernel.weights(found.theta, p)
    level = kernel.intercept(found.theta, p) / (1 - alpha - beta)
    return unpack(level, len(spread)) * np.outer(spread, spread)


def _notes(
    found: bekk_fit.Maximum, p: kernel.Problem, data: pd.DataFrame, minimum: int
) -> tuple[str, ...]:
    notes = [] if found.converged else [f"* No maximum was found: {found.message}."]
    notes += [f"At the maximum {text}: no standard errors." for text in found.bounds]
    notes += [text for name in data for text in fractions(data[name], f"{name}: the returns")]
    if minimum < MINIMUM and len(data) < MINIMUM:
        notes.append(f"Only {len(data)} rows (minimum={minimum} in place of {MINIMUM}).")
    largest = float(bekk_fit.carry(found.theta, p).max())
    if largest >= _NEAR_ONE:
        notes.append(
            f"The largest persistence is {largest:.4f}: test for breaks in the variance first."
        )
    return tuple(notes)
