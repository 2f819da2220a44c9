"""How many cointegrating relations: tests by approximation and by bootstrap, and the choice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, check_choice
from ..inference import rank_bootstrap
from ..kernels import johansen, johansen_null, var
from . import vecm_inputs as inputs

RULES = ("bootstrap", "trace", "max")
CORRECTIONS = ("reinsel-ahn", "doornik", "none")
COLUMNS = {
    ("bootstrap", "none"): "p_bootstrap",
    ("trace", "none"): "p_trace",
    ("trace", "reinsel-ahn"): "p_trace_corrected",
    ("trace", "doornik"): "p_trace_doornik",
    ("max", "none"): "p_max",
    ("max", "reinsel-ahn"): "p_max_corrected",
}
WORDS = {
    "bootstrap": "wild bootstrap of the trace test",
    "trace": "trace test",
    "max": "maximum-eigenvalue test",
}


def check_rule(rank: Any, correction: Any, k: int) -> tuple[int | str, str]:
    """Return the rank or the test that chooses it, and the correction of its p-values."""
    if not isinstance(rank, str):
        whole = isinstance(rank, (int, np.integer)) and not isinstance(rank, bool)
        if not whole or not 0 <= rank <= k:
            raise SpecificationError(f"rank={rank!r} is no rank of {k} series.", f"Use 0 … {k}.")
        check_choice("correction", correction or "reinsel-ahn", CORRECTIONS)
        return int(rank), correction or "reinsel-ahn"
    check_choice("rank", rank, RULES)
    if correction is not None:
        check_choice("correction", correction, CORRECTIONS)
    if rank == "bootstrap" and correction not in (None, "none"):
        raise SpecificationError(
            f"The bootstrap of the rank takes no correction, and {correction!r} is given.",
            f'Use rank="trace", correction="{correction}", or leave the correction out.',
        )
    if rank == "max" and correction == "doornik":
        raise SpecificationError(
            "Doornik's finite-sample moments are those of the trace statistic.",
            'Use correction="reinsel-ahn" with rank="max".',
        )
    return rank, correction or ("none" if rank == "bootstrap" else "reinsel-ahn")


def rank_table(eigenvalues: np.ndarray, n: int, lags: int, case: str) -> pd.DataFrame:
    """Return a row a rank: statistics, p-values plain and corrected, 5 % critical values."""
    k = len(eigenvalues)
    factor = max(n - lags * k, 1) / n
    trace, largest = (
        f(eigenvalues, n) for f in (johansen.trace_statistics, johansen.maximum_statistics)
    )
    rows = []
    for r in range(k):
        trends = k - r
        rows.append(
            {
                "eigenvalue": eigenvalues[r],
                "trace": trace[r],
                "p_trace": johansen_null.pvalue(trace[r], "trace", case, trends),
                "critical_trace": johansen_null.critical(0.05, "trace", case, trends),
                "trace_corrected": factor * trace[r],
                "p_trace_corrected": johansen_null.pvalue(factor * trace[r], "trace", case, trends),
                "p_trace_doornik": johansen_null.pvalue(
                    trace[r], "trace", case, trends, max(n - lags * k, 1)
                ),
                "max": largest[r],
                "p_max": johansen_null.pvalue(largest[r], "max", case, trends),
                "critical_max": johansen_null.critical(0.05, "max", case, trends),
                "p_max_corrected": johansen_null.pvalue(factor * largest[r], "max", case, trends),
            }
        )
    return pd.DataFrame(rows, index=pd.RangeIndex(k, name="rank"))


def bootstrap(
    model: johansen.Design,
    fit: johansen.RankFit,
    seen: inputs.Observations,
    lags: int,
    start: np.ndarray,
    draws: int,
    rng: Any,
    size: float,
) -> tuple[np.ndarray, list[str]]:
    """Return p-values of the ranks in order, until one is not rejected, NaN after it; and notes."""
    n, k = model.z0.shape
    trace = johansen.trace_statistics(fit.eigenvalues, n)
    found, notes = np.full(k, np.nan), []
    for rank in range(k):
        made = rank_bootstrap.source(
            model, fit.vectors[:, :rank], lags, start, seen.inside, seen.outside
        )
        largest = float(var.roots(made.coefs)[0])
        if largest > 1 + 1e-6:
            notes.append(
                f"The model of rank {rank} is explosive (root {largest:.3f}): its bootstrap "
                "p-value is no guide."
            )
        found[rank] = rank_bootstrap.pvalue(made, rank, float(trace[rank]), "wild", draws, rng)
        if found[rank] > size:
            break
    if (np.diff(seen.rows) > 1).any():
        notes.append("The bootstrap of the rank closes up the gaps of the sample.")
    return found, notes


def choose(table: pd.DataFrame, rule: str, correction: str, size: float) -> int:
    """Return the first rank that the test does not reject."""
    kept = np.flatnonzero(table[COLUMNS[rule, correction]].to_numpy() > size)
    return int(kept[0]) if len(kept) else len(table)


def notes(rule: int | str, correction: str, driven: bool) -> list[str]:
    """Say what the p-values of the rank stand on."""
    made = []
    if rule in ("trace", "max"):
        made.append(
            f"The rank is chosen by asymptotic p-values ({correction}): where variances change or "
            "the sample is short they find relations that are not there (14 % at a nominal 5 % "
            'with 100 rows whose variance rises halfway). rank="bootstrap" holds its size.'
        )
    if driven and rule == "bootstrap":
        made.append(
            "The bootstrap of the rank keeps the exogenous series; the asymptotic p-values "
            "do not count them."
        )
    elif driven:
        made.append("p-values of the rank do not count the exogenous series.")
    return made
