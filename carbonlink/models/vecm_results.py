"""What a fitted error-correction model of several series says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..inference import var_tests
from ..kernels import johansen, var
from ..results import Estimates
from . import vecm_breaks
from . import vecm_hypotheses as hypotheses
from .vecm_inputs import Observations
from .vecm_threshold import ThresholdVECMResults, threshold

_SHOWN = 40


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VECMResults(Estimates):
    """A fitted vector error-correction model; made by `VECM.fit`.

    Attributes
    ----------
    rank, lags : int
        Cointegrating relations, and the order of the VAR in levels.
    case : str
        Deterministic terms.
    rank_table : DataFrame
        A row a rank: eigenvalue, trace and maximum-eigenvalue statistics, p-values and 5 %
        critical values, plain and corrected for the small sample; `p_bootstrap` up to the first
        rank that the wild bootstrap does not reject, where it chose.
    lag_table : DataFrame
        The criteria by order, where one chose.
    eigenvalues : ndarray, shape (k,)
    vectors : DataFrame, shape (k + restricted, k)
        All eigenvectors, each scaled so that its first element is 1, as urca prints them.
    alpha : DataFrame, shape (k, rank)
        Adjustment.
    beta : DataFrame, shape (k + restricted, rank)
        Relations, with an identity block in the first `rank` series.
    short : DataFrame
        Coefficients of lagged changes and free terms, a row an equation.
    sigma, resid : DataFrame
        Covariance of the shocks, U'U/n, and the shocks.
    relations : DataFrame
        β'(y, d) a row before each observation: the disequilibria.
    coefs, roots : ndarray, shape (lags, k, k) and (lags · k,)
        The same model as a VAR in levels, and the moduli of its companion eigenvalues, largest
        first; k − rank of them are 1.
    data, rows : DataFrame, ndarray of int
    model, fit, seen : what the tests stand on.
    """

    title: ClassVar[str] = "Vector error-correction model"

    rank: int
    lags: int
    case: str
    rank_table: pd.DataFrame
    lag_table: pd.DataFrame
    eigenvalues: np.ndarray
    vectors: pd.DataFrame
    alpha: pd.DataFrame
    beta: pd.DataFrame
    short: pd.DataFrame
    sigma: pd.DataFrame
    resid: pd.DataFrame
    relations: pd.DataFrame
    coefs: np.ndarray
    roots: np.ndarray
    data: pd.DataFrame
    rows: np.ndarray
    model: johansen.Design
    fit: johansen.RankFit
    seen: Observations

    @classmethod
    def of(
        cls,
        model: johansen.Design,
        fit: johansen.RankFit,
        *,
        data: pd.DataFrame,
        seen: Observations,
        lags: int,
        rank: int,
        **fields: Any,
    ) -> VECMResults:
        """Estimate the chosen rank and label everything."""
        names, k = list(data.columns), data.shape[1]
        on = np.arange(rank)
        height = [*names, *seen.inside_names]
        beta = johansen.normalised(fit.vectors[:, :rank], on)
        made = johansen.estimate(model, beta)
        labels = [f"ec{i + 1}" for i in range(rank)]
        past = [f"Δ{c} L{j}" for j in range(1, lags) for c in names]
        terms = [*past, *seen.outside_names]
        params, cov = _parameters(made, fit, names, height, labels, terms)
        index = data.index[seen.rows]
        n = len(seen.rows)
        coefs = johansen.in_levels(made, lags)
        return cls(
            params=params,
            cov=cov,
            loglik=float(var.loglikelihood(made.sigma, n)),
            rank=rank,
            lags=lags,
            eigenvalues=fit.eigenvalues.copy(),
            vectors=pd.DataFrame(
                fit.vectors / fit.vectors[0], height, [f"v{i + 1}" for i in range(k)]
            ),
            alpha=pd.DataFrame(made.alpha, names, labels),
            beta=pd.DataFrame(beta, height, labels),
            short=pd.DataFrame(made.short, names, terms),
            sigma=pd.DataFrame(made.sigma, names, names),
            resid=pd.DataFrame(made.resid, index, names),
            relations=pd.DataFrame(model.z1 @ beta, index, labels),
            coefs=coefs,
            roots=var.roots(coefs),
            data=data,
            rows=seen.rows.copy(),
            model=model,
            fit=fit,
            seen=seen,
            **fields,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Labels of the series."""
        return tuple(self.data.columns)

    def test_beta(self, restriction: Any, kind: str = "known") -> hypotheses.Hypothesis:
        """Test a restriction on the cointegrating relations by its likelihood ratio.

        Parameters
        ----------
        restriction : mapping, or list of mappings
            Relations by series, such as {"cea": 1, "hubei": -1}; a restricted constant or trend
            that is not named stays free.
        kind : {"known", "space"}
            "known": each relation given is one of the cointegrating relations. "space": every
            cointegrating relation is a combination of those given.

        Returns
        -------
        Hypothesis
            The null in words, statistic, degrees of freedom and p-value.
        """
        return hypotheses.test_beta(self, restriction, kind)

    def test_alpha(self, zero: Any) -> hypotheses.Hypothesis:
        """Test that the named series do not adjust to any relation (weak exogeneity).

        Parameters
        ----------
        zero : str or list of str
        """
        return hypotheses.test_alpha(self, zero)

    def bootstrap_rank(
        self, rank: int = 0, draws: int = 399, rng: Any = 0, scheme: str = "wild"
    ) -> hypotheses.Hypothesis:
        """Test a rank against more relations by the bootstrap of the trace statistic.

        Parameters
        ----------
        rank : int
            The null.
        draws : int
        rng : int, SeedSequence or Generator
        scheme : {"wild", "iid"}
            The wild bootstrap stands shocks whose variance changes (Cavaliere, Rahbek and Taylor
            2014, see `VECM`).
        """
        return hypotheses.bootstrap_rank(self, rank, draws, rng, scheme)

    def shares(self, draws: int = 399, rng: Any = 0, level: float = 0.95) -> pd.DataFrame:
        """Return who leads: component and information shares of prices with one common trend.

        Parameters
        ----------
        draws : int
            Moving-block bootstrap replications of the intervals; 0 for none.
        rng : int, SeedSequence or Generator
        level : float

        Returns
        -------
        DataFrame
            A row a series. `component` (Gonzalo–Granger), `information_low`, `information_high`
            and `information_mid` (Hasbrouck, over every ordering), `modified` (Lien–Shrestha),
            each share with `_lower` and `_upper`. An information share lies in [0, 1]; a
            component share may not.

        Raises
        ------
        SpecificationError
            The rank is not the number of series less one, or there are more than seven series.
        """
        return hypotheses.shares(self, draws, rng, level)

    def threshold(
        self,
        relation: Any = None,
        draws: int = 399,
        rng: Any = 0,
        trimming: float = 0.1,
        points: int = 300,
        schemes: Any = ("wild", "fixed"),
    ) -> ThresholdVECMResults:
        """Fit two regimes of adjustment, split by a threshold of the disequilibrium, and test them.

        Parameters
        ----------
        relation : mapping, optional
            A known relation, such as {"cea": 1, "hubei": -1}; the estimated one when None.
        draws : int
            Bootstrap replications of each scheme.
        rng : int, SeedSequence or Generator
        trimming : float
            Smallest share of observations in a regime.
        points : int
            Thresholds tried, at order statistics of the disequilibrium, and coefficients β.
        schemes : list of {"wild", "iid", "fixed"}
            Bootstraps of the test, the first for `p_value`. "wild" and "iid" build paths of the
            linear model (residuals with random signs, or drawn anew) and estimate the relation
            again; "fixed" keeps the regressors. () leaves the p-values out.

        Returns
        -------
        ThresholdVECMResults
            `threshold`, `beta`, `share`, coefficients `low` and `high` with Eicker–White errors,
            `statistic` (sup-LM), `p_value`, `profile` of the likelihood.

        Raises
        ------
        SpecificationError, TooFewObservationsError
            The rank is not 1 and no relation is given; fewer than 100 observations.

        Notes
        -----
        .. math:: \\Delta y_t = A_1 x_t 1(w_{t-1} \\le \\gamma)
                  + A_2 x_t 1(w_{t-1} > \\gamma) + u_t,\\quad w_t = \\beta' y_t

        with x_t the disequilibrium w_{t−1}, a constant and lagged changes [1]_. For two series β
        and γ are those with the largest likelihood on a grid, β within six standard errors of
        the linear estimate, the first series' being 1: the other order of the columns searches
        another grid. For more series β is the linear estimate. Restricted terms keep theirs.

        True nulls rejected at 5 % with two series and one lagged change (2,000 samples, one draw
        each; 100 and 250 rows, and 250 with GARCH shocks): "wild" 5.0, 5.2 and 5.4 %, "iid" 4.9,
        5.1 and 5.0 %, "fixed" 7.8, 8.6 and 10.6 %.

        References
        ----------
        .. [1] Hansen, B. E. and Seo, B. (2002). Testing for two-regime threshold cointegration in
           vector error-correction models. Journal of Econometrics 110, 293–318.
           doi:10.1016/S0304-4076(02)00097-0

        Examples
        --------
        >>> import carbonlink as cl
        >>> fitted = cl.VECM(cl.simulate.error_correction(400, rng=1), lags=2, rank=1).fit()
        >>> split = fitted.threshold({"effect": 1, "cause": -0.6}, draws=99)
        >>> bool(split.share.min() >= 0.1)
        True
        """
        return threshold(self, relation, draws, rng, trimming, points, schemes)

    def gregory_hansen(
        self,
        model: str = "c",
        most: int | None = None,
        trimming: float = 0.15,
        draws: int = 399,
        rng: Any = 0,
    ) -> pd.Series:
        """Test no cointegration against cointegration with a break at an unknown date.

        Parameters
        ----------
        model : {"c", "ct", "regime"}
            Shift of the level; of the level beside a trend; of level and slopes.
        most : int, optional
            Largest number of lagged changes; ⌊4 (n/100)^{1/4}⌋ when None.
        trimming : float
        draws : int
            Bootstrap replications of the p-value: paths of the VAR in differences of this
            model's order, residuals with random signs; 0 leaves asymptotic critical values.
        rng : int, SeedSequence or Generator

        Returns
        -------
        Series
            The first series is regressed on the others. `p_value` and the critical values are
            the bootstrap's (asymptotic with `draws=0`); `note` says what the decision stands on.

        Notes
        -----
        True nulls rejected at 5 % with 120 rows (2,000 samples, one draw each): two walks 5.5 %
        by the bootstrap and 7.2 % by the critical values; three series with AR(1) changes of 0.3,
        "regime", 5.2 and 6.6 %; two whose shocks have three times the size in the second half 5.3
        and 16 %.

        References
        ----------
        Gregory, A. W. and Hansen, B. E. (1996). Journal of Econometrics 70, 99–126.
        doi:10.1016/0304-4076(69)41685-7
        """
        return vecm_breaks.gregory_hansen(self, model, most, trimming, draws, rng)

    def numbers(self) -> pd.DataFrame:
        """Return the coefficients that `plot` draws."""
        tidy = self.tidy()
        return tidy.loc[sorted(tidy["statistic"].abs().nlargest(_SHOWN).index)]

    def plot(self, ax: Any = None) -> Any:
        """Draw the coefficients with their intervals; the 40 strongest when there are more."""
        from ..plotting import estimates

        title = f"VECM of rank {self.rank}: coefficients"
        return estimates(self.numbers(), ax=ax, title=title)

    def _headline(self) -> dict[str, Any]:
        first = self.rank_table.iloc[0]
        drawn = "p_bootstrap" in first
        column = "p_bootstrap" if drawn else "p_trace_corrected"
        return {
            "rank": self.rank,
            "trace, no relation": float(first["trace"]),
            f"its p ({'wild bootstrap' if drawn else 'Reinsel–Ahn'})": float(first[column]),
            **super()._headline(),
        }

    def _tests(self) -> list[dict[str, Any]]:
        resid, k = self.resid.to_numpy(), len(self.names)
        rows = []
        for r, row in self.rank_table.iterrows():
            null = f"at most {r} cointegrating relations" if r else "no cointegrating relation"
            moments = "Doornik's gamma approximation, for a constant variance"
            if np.isfinite(row.get("p_bootstrap", np.nan)):
                rows.append(
                    {"test": f"trace, wild bootstrap (rank {r})", "null": null,
                     "statistic": row["trace"], "p_value": row["p_bootstrap"],
                     "reference": f"{self.spec['draws']} draws"}
                )  # fmt: skip
            rows += [
                {"test": f"trace (rank {r})", "null": null, "statistic": row["trace"],
                 "p_value": row["p_trace"], "reference": moments},
                {"test": f"trace, Reinsel–Ahn (rank {r})", "null": null,
                 "statistic": row["trace_corrected"], "p_value": row["p_trace_corrected"],
                 "reference": moments},
                {"test": f"maximum eigenvalue (rank {r})", "null": null,
                 "statistic": row["max"], "p_value": row["p_max"], "reference": moments},
            ]  # fmt: skip
        trends = k - self.rank
        largest = float(self.roots[trends]) if trends < len(self.roots) else 0.0
        rows.append(
            {
                "test": "stability",
                "null": f"every root besides the {trends} unit roots is below 1",
                "statistic": largest,
                "note": "stable" if largest < 1 else "not stable: explosive or of a higher order",
            }
        )
        span = max(10, 2 * self.lags)
        rows.append(var_tests.portmanteau(resid, self.rows, self.lags, span))
        rows += [var_tests.arch_lm(resid[:, j], self.rows, 5, c) for j, c in enumerate(self.names)]
        return [*rows, var_tests.normality(resid)]


def _parameters(
    made: johansen.VecmFit,
    fit: johansen.RankFit,
    names: list[str],
    height: list[str],
    labels: list[str],
    terms: list[str],
) -> tuple[pd.Series, pd.DataFrame]:
    """Free elements of β, then each equation; β and the rest are independent in the limit."""
    n, k = made.resid.shape
    rank = len(labels)
    free = list(range(rank, len(height)))
    beta_names = [f"{ec}: {height[i]}" for ec in labels for i in free]
    rest_names = [f"Δ{c} ← {x}" for c in names for x in (*labels, *terms)]
    values = np.concatenate(
        [made.beta[free].T.ravel(), np.hstack([made.alpha, made.short]).ravel()]
    )
    whole = np.zeros((len(values), len(values)))
    if beta_names:
        on = np.arange(rank)
        whole[: len(beta_names), : len(beta_names)] = johansen.beta_covariance(made, fit.r1, on)
    whole[len(beta_names) :, len(beta_names) :] = np.kron(made.sigma, made.inverse)
    index = [*beta_names, *rest_names]
    return pd.Series(values, index, name="estimate"), pd.DataFrame(whole, index, index)
