"""Instrumental variables with absorbed effects and clustered errors, safe with weak instruments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..inference import hac
from ..inference.few_clusters import FEW, few_clusters, moved
from ..kernels.absorb import Absorber
from ..kernels.iv import Stages, two_stages
from ..results import Recipe, Sample
from .frames import listed
from .grouped import (
    check_bandwidth,
    column_of,
    complete_rows,
    frame_of,
    match_rows,
    numbers_of,
    outcome_of,
)
from .iv_results import IVResults

COVARIANCES = ("cluster", "robust", "hac")


@dataclass(frozen=True, eq=False)
class IV:
    """Estimate the effect of one endogenous cause by two-stage least squares.

    Parameters
    ----------
    y : Series
        The outcome.
    x : Series
        The cause, which may depend on the outcome's errors.
    instruments : Series or DataFrame
        What moves the cause and reaches the outcome through it alone; the cause itself for least
        squares.
    controls : Series or DataFrame, optional
        Exogenous regressors. A constant is added where nothing is absorbed.
    absorb : Series or DataFrame, optional
        Labels of groups, a column a factor (month of the sample, hour of the day); each level has
        its own effect, which is not reported.
    clusters : Series, optional
        Labels of the groups within which errors may depend on each other, for example days.

    Notes
    -----
    y = ρ·d + x'γ + α_1[g_1] + α_2[g_2] + … + u with E[u | z, x, g] = 0. Intervals and tests of ρ
    are Anderson and Rubin's: they hold however weak the instruments are and are the usual ones
    when these are strong. One instrument that moves in fewer than 30 clusters has the CR2
    covariance and the degrees of freedom of few clusters: in 1,000 simulated samples each, 95 %
    sets held the truth in 97 % with 12 clusters and in 96 % with 8 of 60 moved, the usual ones in
    92 and 84 %. All inputs have the same index, whose labels may repeat.

    References
    ----------
    Fabra, N. and Reguant, M. (2014). Pass-through of emissions costs in electricity markets.
    American Economic Review 104, 2872–2899. doi:10.1257/aer.104.9.2872
    Andrews, I., Stock, J. H. and Sun, L. (2019). Weak instruments in instrumental variables
    regression: theory and practice. Annual Review of Economics 11, 727–753.
    doi:10.1146/annurev-economics-080218-025643
    Imbens, G. W. and Kolesár, M. (2016). Robust standard errors in small samples: some practical
    advice. Review of Economics and Statistics 98, 701–712. doi:10.1162/REST_a_00552

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import carbonlink as cl
    >>> rng = np.random.default_rng(1)
    >>> days = pd.date_range("2024-01-01", periods=2000)
    >>> allowance, common = rng.normal(60, 8, 2000), rng.normal(0, 5, 2000)
    >>> cost = pd.Series(0.85 * allowance + common, index=days, name="cost")
    >>> power = (300 + 0.9 * cost + 2 * common + rng.normal(0, 5, 2000)).rename("power")
    >>> fit = cl.IV(power, cost, pd.Series(allowance, days, name="allowance")).fit()
    >>> 0.9 in fit.confidence_set()
    True
    """

    y: Any
    x: Any
    instruments: Any
    controls: Any = None
    absorb: Any = None
    clusters: Any = None

    def fit(self, cov: str | None = None, bandwidth: str | int = "andrews") -> IVResults:
        """Estimate the effect.

        Parameters
        ----------
        cov : {"cluster", "robust", "hac"}, optional
            "cluster" where clusters are given, else "robust", when None.
        bandwidth : {"andrews", "newey-west"} or int
            Of the Newey–West covariance, in rows of the complete sample.

        Returns
        -------
        IVResults

        Raises
        ------
        SpecificationError
            The cause or an instrument does not vary given effects and controls.
        TooFewObservationsError
            Fewer rows than coefficients, or fewer than two clusters.
        """
        return fit_iv(**vars(self), cov=cov, bandwidth=bandwidth)


def fit_iv(
    y: Any,
    x: Any,
    instruments: Any,
    controls: Any = None,
    absorb: Any = None,
    clusters: Any = None,
    cov: str | None = None,
    bandwidth: str | int = "andrews",
) -> IVResults:
    """Estimate by instrumental variables (see `IV`)."""
    arguments = dict(locals())
    cov = ("robust" if clusters is None else "cluster") if cov is None else cov
    check_choice("cov", cov, COVARIANCES)
    check_bandwidth(bandwidth, cov)
    if cov == "cluster" and clusters is None:
        raise SpecificationError('cov="cluster" needs clusters=.', "Give a Series of labels.")
    outcome = outcome_of(y)
    match_rows(
        outcome.index,
        x=x,
        instruments=instruments,
        controls=controls,
        absorb=absorb,
        clusters=clusters,
    )
    cause, sources = column_of(x, "x"), numbers_of(frame_of(instruments, "z"), "instruments")
    extra = None if controls is None else numbers_of(frame_of(controls, "control"), "controls")
    groups = None if absorb is None else frame_of(absorb, "effect")
    labels = None if clusters is None else frame_of(clusters, "clusters").iloc[:, 0]
    used = complete_rows(outcome, cause, sources, extra, groups, labels)
    stages = _stages(outcome, cause, sources, extra, groups, used)
    _check(stages, cause, sources, used)
    members = None
    if labels is not None and cov == "cluster":
        members = pd.factorize(labels[used])[0]
    made = _covariances(stages, cov, members, sources.to_numpy(float)[used], bandwidth)
    index = outcome.index[used]
    return IVResults(
        stages=stages,
        variances=made.variances,
        std_error=made.std_error,
        df=made.df,
        members=members,
        bandwidth=made.bandwidth,
        market=str(outcome.name),
        cause=str(cause.name),
        spec={
            "effect": str(outcome.name),
            "cause": str(cause.name),
            "instruments": tuple(sources.columns),
            "controls": () if extra is None else tuple(extra.columns),
            "absorb": None if groups is None else tuple(groups.columns),
            "effects_and_controls": stages.lost,
            "clusters": _words(labels, members),
            "cov": made.words,
        },
        sample=Sample.of(
            pd.Index(index).sort_values(), dropped={"incomplete rows": int((~used).sum())}
        ),
        notes=_notes(members, made),
        recipe=Recipe(fit_iv, arguments),
    )


def _stages(outcome, cause, sources, extra, groups, used) -> Stages:
    rows = int(used.sum())
    controls = np.empty((rows, 0)) if extra is None else extra.to_numpy(float)[used]
    codes = [] if groups is None else [pd.factorize(groups.loc[used, c])[0] for c in groups]
    if not codes:
        controls = np.column_stack([controls, np.ones(rows)])
    return two_stages(
        outcome.to_numpy(float)[used],
        cause.to_numpy(float)[used],
        sources.to_numpy(float)[used],
        controls,
        Absorber.of(codes, rows),
    )


def _check(stages: Stages, cause: pd.Series, sources: pd.DataFrame, used: np.ndarray) -> None:
    rows, needed = len(stages.outcome), stages.lost + 2 + sources.shape[1]
    if rows < needed:
        raise TooFewObservationsError(
            f"{rows} complete rows for {stages.lost + 1} coefficients and effects; {needed} are "
            "needed.",
            "Absorb fewer effects, or use a longer sample.",
        )
    spread = float(np.linalg.norm(cause[used]))
    if np.linalg.norm(stages.cause) <= 1e-9 * max(spread, 1e-300):
        raise SpecificationError(
            f"{cause.name} does not vary given the effects and controls.",
            "Absorb coarser effects (month instead of day), or drop controls that repeat it.",
        )
    if stages.instruments.shape[1] < sources.shape[1]:
        raise SpecificationError(
            f"The instruments {listed(sources.columns)} have only "
            f"{stages.instruments.shape[1]} independent columns given the effects and controls.",
            "Leave out those that repeat others, or absorb coarser effects.",
        )


def _words(labels: pd.Series | None, members: np.ndarray | None) -> str | None:
    """Return the name of the clusters and their number, where they are used."""
    if labels is None or members is None:
        return None
    return f"{labels.name} ({members.max() + 1})"


@dataclass(frozen=True)
class _Covariances:
    """Covariances of the reduced forms, what the estimate's error is, and how they were made."""

    variances: tuple[np.ndarray, np.ndarray, np.ndarray]
    std_error: float
    df: float
    words: str
    bandwidth: float = float("nan")
    moved: int | None = None


def _covariances(
    stages: Stages,
    cov: str,
    members: np.ndarray | None,
    sources: np.ndarray,
    bandwidth: str | int,
) -> _Covariances:
    n, width = stages.scores_first.shape
    own = (stages.instruments @ stages.first) * stages.residuals
    scores = np.column_stack([stages.scores_reduced, stages.scores_first, own])
    free = n - stages.lost - width
    square = float(stages.first @ stages.first)
    if members is not None:
        sums = np.column_stack([np.bincount(members, s) for s in scores.T])
        if len(sums) < 2:
            raise TooFewObservationsError(
                "All rows are in one cluster; clustered errors need at least 2.",
                'Use smaller clusters, or cov="hac".',
            )
        count = moved(sources[:, 0], members) if width == 1 else FEW
        if count < FEW:
            return _of_few(stages, members, sums, count)
        meat, factor = sums.T @ sums, len(sums) / (len(sums) - 1) * (n - 1)
        words, df, lags = f"cluster ({len(sums)})", float(len(sums) - 1), np.nan
    elif cov == "robust":
        meat, factor, words, df, lags = scores.T @ scores, n, "robust (HC1)", float(free), np.nan
    else:
        made = hac.hac(np.ones((n, 1)), own, np.ones((1, 1)), bandwidth)
        lags = made.bandwidth
        meat, factor, words, df = hac.bartlett(scores, lags), n, str(made), float(free)
    variance = factor / (n - stages.lost - 1) * meat[-1, -1] / square**2
    parts = _blocks(factor / free * meat, width)
    return _Covariances(parts, float(np.sqrt(variance)), df, words, lags)


def _of_few(stages: Stages, members: np.ndarray, sums: np.ndarray, count: int) -> _Covariances:
    """Return the covariances of few clusters, by their leverage."""
    scale, df = few_clusters(stages.instruments[:, 0], members)
    if not df or count < 2:
        raise TooFewObservationsError(
            "The instrument moves in one cluster only: nothing to judge its effect by.",
            "Use an instrument that moves in more clusters, or smaller clusters.",
        )
    scaled = sums * scale[:, None]
    meat = scaled.T @ scaled
    words = f"cluster ({len(sums)}, {count} with a move; CR2, {df:.3g} degrees of freedom)"
    error = float(np.sqrt(meat[-1, -1])) / float(stages.first @ stages.first)
    return _Covariances(_blocks(meat, 1), error, df, words, moved=count)


def _blocks(whole: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the covariances of the reduced form, of the first stage, and between them."""
    return whole[:width, :width], whole[width:-1, width:-1], whole[:width, width:-1]


def _notes(members: np.ndarray | None, made: _Covariances) -> tuple[str, ...]:
    if made.moved is not None:
        return (
            f"The instrument moves in {made.moved} clusters, fewer than {FEW}: sets and tests are "
            f"those of few clusters (CR2), Student's with {made.df:.3g} degrees of freedom.",
        )
    if members is None or members.max() + 1 >= FEW:
        return ()
    return (
        f"Only {int(members.max()) + 1} clusters: tests over-reject; use more and smaller ones.",
    )
