"""What a Poisson pseudo-maximum likelihood fit gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import SpecificationError, check_choice
from ..inference import clusters, parallel
from ..inference.wild_score import ScoreBootstrap, draw_weights, score_p_value
from ..kernels.absorb import Absorber
from ..kernels.ppml import PoissonFit, deviance, fit_poisson, loglik
from ..results import Estimates

FEWEST_DRAWS = 99


@dataclass(frozen=True, eq=False)
class PoissonRows:
    """The rows of a Poisson model as arrays; `place` is where they stand in the data."""

    y: np.ndarray
    x: np.ndarray
    codes: tuple[np.ndarray, ...]
    clusters: np.ndarray | None
    offset: np.ndarray | None
    place: np.ndarray

    @classmethod
    def of(cls, outcome, regressors, groups, cluster, shift, used) -> PoissonRows:
        """Take the rows that the mask `used` marks."""
        return cls(
            y=outcome.to_numpy(float)[used],
            x=regressors.to_numpy(float)[used],
            codes=tuple(pd.factorize(groups.iloc[used, j])[0] for j in range(groups.shape[1])),
            clusters=None if cluster is None else pd.factorize(cluster[used])[0],
            offset=None if shift is None else shift.to_numpy(float)[used],
            place=np.flatnonzero(used),
        )

    @property
    def absorber(self) -> Absorber:
        """The dummies of the groups."""
        return Absorber.of(list(self.codes), len(self.y))

    def keep(self, mask: np.ndarray) -> PoissonRows:
        """Return the rows of a mask, groups numbered anew."""
        if mask.all():
            return self
        anew = [np.unique(c[mask], return_inverse=True)[1].ravel() for c in self.codes]
        cluster = self.clusters
        return PoissonRows(
            y=self.y[mask],
            x=self.x[mask],
            codes=tuple(anew),
            clusters=None if cluster is None else np.unique(cluster[mask], return_inverse=True)[1],
            offset=None if self.offset is None else self.offset[mask],
            place=self.place[mask],
        )

    def columns(self, chosen: list[int]) -> PoissonRows:
        """Return the same rows with some of the regressors."""
        if len(chosen) == self.x.shape[1]:
            return self
        return PoissonRows(**{**vars(self), "x": self.x[:, chosen]})

    def shifted(self, column: int, value: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the other regressors, and the offset that holds one at `value`."""
        base = 0.0 if self.offset is None else self.offset
        return np.delete(self.x, column, axis=1), base + value * self.x[:, column]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PPMLResults(Estimates):
    """A fitted Poisson model.

    Attributes
    ----------
    fit : PoissonFit
        The arrays underneath.
    rows : PoissonRows
    factor : float
        Small-sample factor of the covariance.
    fitted_mean : Series
        Fitted means of the rows used.
    """

    title: ClassVar[str] = "Poisson pseudo-maximum likelihood"

    fit: PoissonFit
    rows: PoissonRows
    factor: float
    fitted_mean: pd.Series

    @property
    def deviance(self) -> float:
        """Twice the log-likelihood lost against a perfect fit."""
        return self.fit.deviance

    @property
    def pseudo_r2(self) -> float:
        """Share of the deviance around one common mean that the model explains."""
        mean = np.full(len(self.rows.y), self.rows.y.mean())
        return 1 - self.fit.deviance / deviance(self.rows.y, mean)

    def score_test(self, term: str, value: float = 0.0, draws: int = 999, rng: Any = 0) -> float:
        """Return the wild score bootstrap p-value of one coefficient being `value`.

        Parameters
        ----------
        term : str
        value : float
            The model is fitted again with the coefficient held here.
        draws : int
            Draws of Webb's weights; up to five clusters every combination is taken instead.
        rng : int, SeedSequence or Generator

        References
        ----------
        Kline, P. and A. Santos (2012). A score based approach to wild bootstrap inference.
        Journal of Econometric Methods 1, 23–41. doi:10.1515/2156-6674.1006
        """
        check_choice("term", term, list(self.params.index))
        weights = self._weights(draws, rng)
        column = list(self.params.index).index(term)
        rows, groups, count = self.rows, np.asarray(self.rows.clusters), weights.shape[1]
        others, offset = rows.shifted(column, value)
        held = fit_poisson(rows.y, others, rows.absorber, offset, self.fit.mean)
        within = rows.absorber.within(rows.x, held.mean)
        gram = within.T @ (held.mean[:, None] * within)
        null = PoissonFit(
            self.fit.params, held.mean, within, np.linalg.inv(gram), held.deviance, held.steps
        )
        statistic = (self.params[term] - value) / self.std_errors[term]
        scores, hessians = null.scores(rows.y, groups, count), null.hessians(groups, count)
        return score_p_value(statistic, scores, hessians, null.bread, column, weights, self.factor)

    def score_bootstrap(self, draws: int = 999, rng: Any = 0) -> ScoreBootstrap:
        """Return the wild bootstrap of the scores of this fit, for intervals and bands.

        Parameters
        ----------
        draws : int
            Sets of weights, one weight a cluster.
        rng : int, SeedSequence or Generator

        Returns
        -------
        ScoreBootstrap
        """
        weights = self._weights(draws, rng)
        groups, count = np.asarray(self.rows.clusters), weights.shape[1]
        return ScoreBootstrap(
            params=self.params.to_numpy(float),
            errors=self.std_errors.to_numpy(float),
            scores=self.fit.scores(self.rows.y, groups, count),
            hessians=self.fit.hessians(groups, count),
            bread=self.fit.bread,
            weights=weights,
            factor=self.factor,
        )

    def _weights(self, draws: int, rng: Any) -> np.ndarray:
        if self.spec["cov"] != "cluster":
            raise SpecificationError(
                "The score bootstrap gives each cluster a weight; this fit has no clusters.",
                'Fit with clusters= and cov="cluster".',
            )
        if isinstance(draws, bool) or int(draws) != draws or draws < FEWEST_DRAWS:
            raise SpecificationError(
                f"draws={draws!r} will not do.", f"Use a whole number of at least {FEWEST_DRAWS}."
            )
        count = int(np.asarray(self.rows.clusters).max()) + 1
        return draw_weights(int(draws), parallel.generator(rng), count)

    def _headline(self) -> dict[str, Any]:
        return {
            "deviance": self.deviance,
            "pseudo_r2": self.pseudo_r2,
            "loglik": loglik(self.rows.y, self.fit.mean),
        }

    def _tests(self) -> list[dict[str, Any]]:
        from scipy import stats

        rows, fit = self.rows, self.fit
        square = rows.absorber.within(np.log(fit.mean)[:, None] ** 2, fit.mean)[:, 0]
        explained = fit.bread @ (fit.within.T @ (fit.mean * square))
        scores = (square - fit.within @ explained) * (rows.y - fit.mean)
        if self.spec["cov"] == "cluster":
            scores = np.bincount(np.asarray(rows.clusters), scores)
        spread = float(scores @ scores)
        statistic = float(scores.sum() ** 2 / spread) if spread > 0 else float("nan")
        small = f"{len(scores)} clusters: too few for the chi-squared law."
        return [
            {
                "test": "RESET",
                "null": "the mean is the exponential of the regressors and effects",
                "statistic": statistic,
                "p_value": float(stats.chi2.sf(statistic, 1)),
                "reference": "chi-squared(1), score of the squared fitted exponent",
                "note": small if len(scores) < clusters.MANY else "",
            }
        ]
