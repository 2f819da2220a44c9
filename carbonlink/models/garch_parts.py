"""The pieces of a GARCH result: series, parameters, sample, notes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import ConvergenceError
from ..kernels import garch_checks as checks
from ..kernels.garch import Problem
from ..kernels.garch_estimate import Estimate
from ..kernels.garch_partial import IDLE
from ..kernels.garch_tail import TAILS
from ..results import Sample
from . import garch_inputs as inputs
from .garch_partial import Partial, stacked_covariances


def series(found: Estimate, rows: pd.Series) -> dict[str, Any]:
    """Return volatility, residuals, and what is known of each day.

    The volatility is that of the day, a trade or none; standardised residuals of limit days are
    the mean of the shock that they hide (generalised residuals).
    """
    p = found.problem
    sd = np.exp(0.5 * found.log_variance)
    z = found.resid / sd
    resid, corrected = found.resid, sd if p.offset is None else sd * np.exp(-0.5 * p.offset)
    if p.kind is not None:
        quiet, hits = p.kind == IDLE, np.abs(p.kind) == 1
        side = p.kind[hits]
        shape = p.split(found.maximum.theta)[3]
        z = np.where(quiet, np.nan, z)
        z[hits] = side * TAILS[p.dist](side * z[hits], shape).first
        resid = np.where(quiet, np.nan, resid)
    columns = {"conditional_volatility": corrected, "resid": resid, "std_resid": z}
    made: dict[str, Any] = {
        name: pd.Series(v, index=rows.index, name=name) for name, v in columns.items()
    }
    if p.offset is not None:
        chance = np.exp(-p.offset)
        made["trade_probability"] = pd.Series(chance, rows.index, name="trade_probability")
    if p.kind is not None:
        side = np.where(np.abs(p.kind) == 1, p.kind, 0)
        made["limit_days"] = pd.Series(side, rows.index, name="limit_days")
    return made


def parameters(found: Estimate, known: Partial, names: list[str], cov: str) -> dict[str, Any]:
    """Return params, cov and loglik, those of the chance of a trade last."""
    if known.logit is None:
        values, matrix, loglik = found.params, found.covs[cov], found.loglik
    else:
        names = [*names, *known.trade_names]
        values = np.concatenate([found.params, known.logit.params])
        matrix = stacked_covariances(found, known.logit)[cov]
        loglik = found.loglik + known.logit.loglik
    return {
        "logit": known.logit,
        "params": pd.Series(values, index=names, name="estimate"),
        "cov": pd.DataFrame(matrix, index=names, columns=names),
        "loglik": loglik,
    }


def sample(rows: pd.Series, p: Problem, lags: int) -> Sample:
    """Return the sample; observations are returns, not days."""
    idle = 0 if p.kind is None else int((p.kind == IDLE).sum())
    dropped = {"first rows, used as lags": lags, "days without a trade": idle}
    return Sample.of(rows.index, nobs=len(rows) - idle, dropped=dropped)


def partial_spec(known: Partial, limits: Any, idle: str, trade_x: pd.DataFrame) -> dict[str, Any]:
    """Return what was chosen for days without a trade and at a limit."""
    spec: dict[str, Any] = {}
    if known.logit is not None:
        spec["trade"] = "dynamic logit" if known.logit.dynamic else "constant chance"
        spec |= {"idle": idle, "trade_x": tuple(trade_x.columns)}
    if limits is not None:
        spec["limits"] = "censored likelihood"
    return spec


def refuse(found: Estimate, rows: pd.Series, vol: str, dist: str, strict: bool) -> None:
    """Raise where no maximum was found, unless told not to."""
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


def units(names: list[str], vol: str, added: bool) -> dict[str, str]:
    """Return the unit of each parameter that has one."""
    omega = {"EGARCH": "log variance", "APARCH": "%^power"}.get(vol, "%²")
    found = {"mu": "%", "omega": omega}
    delta = "%²" if added else "log variance"
    found |= {n: delta for n in names if n.startswith("delta[")}
    return {n: found[n] for n in names if n in found} | {"conditional_volatility": "%"}


def notes(
    found: Estimate,
    known: Partial,
    names: list[str],
    rows: pd.Series,
    minimum: int,
    standard: int,
) -> tuple[str, ...]:
    """Return every footnote of a fit."""
    p, persistence = found.problem, found.persistence
    said = inputs.remarks(rows[p.traded], minimum, standard)
    if not found.maximum.converged:
        said.insert(0, f"* No maximum was found: {found.maximum.message}.")
    for text in found.bounds:
        said.append(f"At the maximum {_renamed(text, names, p)}{inputs.consequence(text)}.")
    if found.determined:
        held = ", ".join(names[i] for i in found.determined)
        said.append(
            f"No standard error for {held}: a bound determines it; the others are given it."
        )
    tied = [i for i in found.pressed if i not in found.determined]
    if tied:
        moved = " and ".join(names[i] for i in tied)
        said.append(f"Standard errors hold that bound: {moved} move together along it.")
    doubt = checks.level_doubt(found)
    if doubt:
        said.append(_level(found, doubt))
    if persistence >= 0.999 and p.vol != "IGARCH":
        said.append(
            f"Persistence {persistence:.4f}: test for variance breaks first, which look like it."
        )
    if np.isnan(np.delete(np.diag(found.covs["robust"]), list(found.determined))).any():
        said.append("The information matrix has no inverse, so there are no standard errors.")
    if known.logit is not None and not known.logit.converged:
        said.append("* No maximum of the likelihood of a trade was found.")
    return (*said, *known.notes)


def _level(found: Estimate, doubt: str) -> str:
    """What the reader may take from volatilities whose level is in doubt."""
    seen = found.problem.traded
    sd = float(np.sqrt(np.mean(found.resid[seen] ** 2)))
    mean = float(np.exp(0.5 * found.log_variance[seen]).mean())
    other = "; dist='normal' fits the level too" if found.problem.dist != "normal" else ""
    return (
        f"The level of the volatility has no meaning ({doubt}): it is {mean:.3g} on average, the "
        f"residuals have a standard deviation of {sd:.3g}. Its shape and its ratios have "
        f"one{other}."
    )


def _renamed(text: str, names: list[str], p: Problem) -> str:
    """A bound with the regressor's own name."""
    m, q, k, _ = p.sizes
    for i in range(m):
        text = text.replace(f"mean {i} ", f"{names[i]} ")
    for i in range(k):
        text = text.replace(f"regressor {i} ", f"{names[m + q + i]} ")
    return text
