"""Error-correction models of several series: what to fit, with how many lags and relations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..inference import rank_bootstrap
from ..kernels import johansen, johansen_null, var
from ..results import Recipe, Sample
from . import vecm_inputs as inputs
from .frames import listed
from .vecm_results import VECMResults

RULES = ("trace", "max", "bootstrap")
CORRECTIONS = ("none", "reinsel-ahn", "doornik")
MAX_LAGS = 10
"""Largest order that a criterion tries when `max_lags` is not given and the sample allows it."""


class VECM:
    """Specify a vector error-correction model.

    Parameters
    ----------
    data : DataFrame
        Levels, a column a series, a row a common open day. An observation exists only if its
        row and all its lags in the order of the rows are complete; nothing is filled.
    lags : int or {"bic", "aic", "hq"}
        Order of the VAR in levels, so that lags − 1 lagged changes enter; or the criterion that
        chooses it among 1 … `max_lags`.
    rank : int or {"trace", "max", "bootstrap"}
        Number of cointegrating relations, or the test that chooses it: the first rank not
        rejected at `size`, from 0 upwards. "bootstrap" is the trace test with the wild bootstrap.
    deterministic : {"rc", "c", "rt", "ct", "n"}
        "n" none; "rc" a constant inside the relations; "c" a free constant; "rt" a free constant
        and a trend inside the relations; "ct" both free. statsmodels' "ci", "co", "coli", "colo"
        and urca's const = "rc", none = "c", trend = "rt" are the same models.
    exog : Series or DataFrame, optional
        Unrestricted exogenous series (their asymptotic p-values of rank are those without them).
    seasons : int
        Centred seasonal dummies for 4, 12, … seasons; 0 for none.
    correction : {"reinsel-ahn", "doornik", "none"}
        Small-sample correction of the p-values that choose the rank: Reinsel and Ahn's factor
        (n − lags·k)/n on the statistic, Doornik's finite-sample moments (trace only), or none.
        The table shows them all.
    size : float
        Size of the test that chooses the rank.
    max_lags : int, optional
    where : Series or array of bool, optional
        Rows allowed as observations; lags may come from any row.
    minimum : int
        Fewest observations; fewer are refused. Below 40 a footnote follows the result.

    See Also
    --------
    carbonlink.integration : The same question for many pairs of markets.

    Notes
    -----
    .. math:: \\Delta y_t = \\alpha\\beta'(y_{t-1}', d_t')' + \\sum_{i=1}^{p-1}\\Gamma_i
              \\Delta y_{t-i} + \\Phi D_t + u_t

    p-values are Doornik's gamma approximation; statistics are those of urca's ``ca.jo`` with the
    case named above. statsmodels' ``coint_johansen`` has the same statistics for
    ``det_order=0`` and "c", other critical values than urca (statsmodels#5355), no restricted
    constant, and no correct statistic without lagged changes (statsmodels#7459).

    References
    ----------
    Johansen, S. (1995). Likelihood-Based Inference in Cointegrated Vector Autoregressive Models.
    Oxford University Press. doi:10.1093/0198774508.001.0001

    Reinsel, G. C. and Ahn, S. K. (1992). Vector autoregressive models with unit roots and reduced
    rank structure. Journal of Time Series Analysis 13, 353–375.

    Doornik, J. A. (1998). Approximations to the asymptotic distributions of cointegration tests.
    Journal of Economic Surveys 12, 573–593. doi:10.1111/1467-6419.00068

    Examples
    --------
    >>> import carbonlink as cl
    >>> fitted = cl.VECM(cl.simulate.error_correction(400, rng=1), lags=2).fit()
    >>> fitted.rank
    1
    """

    def __init__(
        self,
        data: pd.DataFrame,
        lags: int | str = "bic",
        rank: int | str = "trace",
        deterministic: str = "rc",
        *,
        exog: Any = None,
        seasons: int = 0,
        correction: str = "reinsel-ahn",
        size: float = 0.05,
        max_lags: int | None = None,
        where: Any = None,
        minimum: int = inputs.MINIMUM,
    ) -> None:
        self.data = inputs.check_data(data)
        self.lags = _check_lags(lags)
        self.rank = _check_rank(rank, self.data.shape[1])
        self.case = inputs.check_case(deterministic)
        self.exog = inputs.check_exog(exog, self.data.index)
        self.seasons = inputs.check_seasons(seasons)
        check_choice("correction", correction, CORRECTIONS)
        if rank == "max" and correction == "doornik":
            raise SpecificationError(
                "Doornik's finite-sample moments are those of the trace statistic.",
                'Use correction="reinsel-ahn" with rank="max".',
            )
        if not 0 < float(size) <= 0.5:
            raise SpecificationError(f"size={size!r} is not the size of a test.", "Use 0.05.")
        self.correction, self.size = correction, float(size)
        self.max_lags, self.minimum = max_lags, int(minimum)
        self.where = _check_where(where, self.data.index)
        self._given = {
            "lags": lags, "rank": rank, "deterministic": deterministic, "exog": exog,
            "seasons": seasons, "correction": correction, "size": size, "max_lags": max_lags,
            "where": where, "minimum": minimum,
        }  # fmt: skip

    def fit(self, draws: int = 399, rng: Any = 0) -> VECMResults:
        """Estimate the model by maximum likelihood.

        Parameters
        ----------
        draws : int
            Bootstrap replications a rank; used when `rank` is "bootstrap".
        rng : int, SeedSequence or Generator
            Their seed.

        Returns
        -------
        VECMResults
        """
        lags, table, notes = self._choose_lags()
        seen = self._observations(lags)
        inputs.check_rows(self.data, seen, lags, self.minimum)
        values = self.data.to_numpy()
        model = johansen.design(values, lags, seen.rows, seen.inside, seen.outside)
        fit = johansen.reduced_rank(model)
        ranks = rank_table(fit.eigenvalues, len(seen.rows), lags, self.case)
        start = values[seen.rows[0] - lags : seen.rows[0]]
        if self.rank == "bootstrap":
            ranks["p_bootstrap"] = _bootstrap(model, fit, seen, lags, start, draws, rng, self.size)
        rank = self._choose_rank(ranks)
        spec = self._spec(lags, rank, draws if self.rank == "bootstrap" else None, rng)
        return VECMResults.of(
            model,
            fit,
            data=self.data,
            seen=seen,
            lags=lags,
            rank=rank,
            rank_table=ranks,
            lag_table=table,
            case=self.case,
            spec=spec,
            sample=_sample(self, values, seen, lags),
            notes=(*notes, *self._notes(ranks, rank, len(seen.rows))),
            recipe=Recipe(_fit, {"data": self.data, **self._given, "draws": draws, "rng": rng}),
        )

    def _observations(self, lags: int) -> inputs.Observations:
        return inputs.observations(self.data, lags, self.case, self.exog, self.seasons, self.where)

    def _choose_lags(self) -> tuple[int, pd.DataFrame, list[str]]:
        if isinstance(self.lags, int):
            return self.lags, pd.DataFrame(columns=list(inputs.CRITERIA)), []
        most = self.max_lags or self._affordable()
        seen = self._observations(most)
        inputs.check_rows(self.data, seen, most, self.minimum)
        values = self.data.to_numpy()
        scores = var.criteria(values, seen.rows, most, self.case != "n")
        table = pd.DataFrame(
            scores, index=pd.RangeIndex(most + 1, name="lags"), columns=list(inputs.CRITERIA)
        ).iloc[1:]
        best = int(table[self.lags].idxmin())
        notes = []
        if best == most:
            notes.append(f"{self.lags} chose the largest order tried, {most}: raise max_lags.")
        return best, table, notes

    def _affordable(self) -> int:
        k = self.data.shape[1]
        for lags in range(MAX_LAGS, 1, -1):
            n = len(self._observations(lags).rows)
            if n >= max(self.minimum, 3 * (k * lags + 2)):
                return lags
        return 1

    def _choose_rank(self, ranks: pd.DataFrame) -> int:
        if isinstance(self.rank, int):
            return self.rank
        column = {
            "bootstrap": "p_bootstrap",
            "max": {"none": "p_max", "reinsel-ahn": "p_max_corrected"}.get(self.correction, ""),
            "trace": {
                "none": "p_trace",
                "reinsel-ahn": "p_trace_corrected",
                "doornik": "p_trace_doornik",
            }[self.correction],
        }[self.rank]
        kept = np.flatnonzero(ranks[column].to_numpy() >= self.size)
        return int(kept[0]) if len(kept) else len(ranks)

    def _spec(self, lags: int, rank: int, draws: int | None, rng: Any) -> dict[str, Any]:
        spec: dict[str, Any] = {
            "series": tuple(self.data.columns),
            "lags": lags,
            "order": "given" if isinstance(self.lags, int) else f"chosen by {self.lags}",
            "rank": rank,
            "rank chosen by": "given" if isinstance(self.rank, int) else self.rank,
            "deterministic": self.case,
            "exog": () if self.exog is None else tuple(self.exog.columns),
            "seasons": self.seasons,
            "correction": self.correction,
            "size": self.size,
            "minimum": self.minimum,
        }
        return spec if draws is None else {**spec, "draws": draws, "rng": str(rng)}

    def _notes(self, ranks: pd.DataFrame, rank: int, n: int) -> list[str]:
        notes, k = [], self.data.shape[1]
        if n < inputs.MINIMUM:
            notes.append(
                f"Only {n} observations: fewer than {inputs.MINIMUM} were allowed by minimum=."
            )
        if rank == 0:
            notes.append("No cointegrating relation: this is a VAR in differences.")
        if rank == k and not isinstance(self.rank, int):
            notes.append("Full rank: the levels look stationary; a VAR in levels fits them.")
        if self.exog is not None:
            notes.append("p-values of the rank do not count the exogenous series.")
        return notes


def _fit(draws: int, rng: Any, **arguments: Any) -> VECMResults:
    return VECM(**arguments).fit(draws, rng)


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


def _bootstrap(
    model: johansen.Design,
    fit: johansen.RankFit,
    seen: inputs.Observations,
    lags: int,
    start: np.ndarray,
    draws: int,
    rng: Any,
    size: float,
) -> np.ndarray:
    """p-values of the ranks in order, until one is not rejected; NaN after it."""
    n, k = model.z0.shape
    trace = johansen.trace_statistics(fit.eigenvalues, n)
    found = np.full(k, np.nan)
    for rank in range(k):
        made = rank_bootstrap.source(
            model, fit.vectors[:, :rank], lags, start, seen.inside, seen.outside
        )
        found[rank] = rank_bootstrap.pvalue(made, rank, float(trace[rank]), "wild", draws, rng)
        if found[rank] >= size:
            break
    return found


def _check_lags(lags: Any) -> int | str:
    if isinstance(lags, str):
        check_choice("lags", lags.lower(), inputs.CRITERIA)
        return lags.lower()
    if isinstance(lags, bool) or not isinstance(lags, (int, np.integer)) or lags < 1:
        raise SpecificationError(
            f"lags={lags!r} is no order of the VAR in levels.",
            'Use 1, 2, … (statsmodels\' k_ar_diff + 1) or "bic".',
        )
    return int(lags)


def _check_rank(rank: Any, k: int) -> int | str:
    if isinstance(rank, str):
        check_choice("rank", rank, RULES)
        return rank
    if isinstance(rank, bool) or not isinstance(rank, (int, np.integer)) or not 0 <= rank <= k:
        raise SpecificationError(f"rank={rank!r} is no rank of {k} series.", f"Use 0 … {k}.")
    return int(rank)


def _check_where(where: Any, index: pd.Index) -> np.ndarray | None:
    if where is None:
        return None
    if isinstance(where, pd.Series):
        missing = index.difference(where.index)
        if len(missing):
            raise SpecificationError(
                f"where= has no row for {listed(missing)}.", "Give it the index of the data."
            )
        where = where.reindex(index)
    mask = np.asarray(where)
    if mask.shape != (len(index),) or mask.dtype != bool:
        raise SpecificationError(
            f"where= must hold {len(index)} true or false values, one a row of the data."
        )
    if not mask.any():
        raise TooFewObservationsError("where= leaves no row.", "Allow some rows.")
    return mask


def _sample(model: VECM, values: np.ndarray, seen: inputs.Observations, lags: int) -> Sample:
    complete = np.isfinite(values).all(axis=1)
    lagless = np.setdiff1d(np.flatnonzero(complete), var.usable_rows(values, lags))
    dropped = {
        "rows with a missing value": (~complete).sum(),
        "rows without complete lags": len(lagless),
        "rows outside where= or without exog": complete.sum() - len(lagless) - len(seen.rows),
    }
    return Sample.of(model.data.index[seen.rows], dropped=dropped)
