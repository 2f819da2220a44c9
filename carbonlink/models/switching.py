"""Markov-switching variance of returns, over statsmodels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import ConvergenceError, SpecificationError, TooFewObservationsError
from ..results import Estimates, Recipe, Sample, tidy_frame
from .break_inputs import check_returns, whole
from .garch import MINIMUM

_STARTS = 4
_RARE = 0.01


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SwitchingResults(Estimates):
    """A Markov-switching variance, estimated.

    Attributes
    ----------
    regimes : DataFrame
        A row a regime, the calmest first: std_dev, duration (expected rows), share of rows.
    transition : DataFrame
        Probability of tomorrow's regime (column) given today's (row).
    smoothed : DataFrame
        Probability of each regime on each row, given the whole sample.
    conditional_volatility : Series
        Root of the variance expected on each row given the past.
    """

    title: ClassVar[str] = "Markov-switching variance"

    regimes: pd.DataFrame
    transition: pd.DataFrame
    smoothed: pd.DataFrame
    conditional_volatility: pd.Series

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return parameters, and the standard deviation and duration of each regime."""
        rows: list[dict[str, Any]] = []
        for i, row in self.regimes.iterrows():
            rows.append({"term": f"s.d. {i}", "estimate": row["std_dev"], "unit": "%"})
            rows.append({"term": f"duration {i}", "estimate": row["duration"], "unit": "rows"})
        extra = tidy_frame(rows).assign(market=self.market)
        return pd.concat([super().tidy(level), extra], ignore_index=True)

    def numbers(self) -> pd.DataFrame:
        """Return the probabilities of the regimes, row by row."""
        frame = self.smoothed.assign(volatility=self.conditional_volatility)
        return frame.rename_axis(str(frame.index.name or "date")).reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the probability of the most volatile regime."""
        series = self.smoothed.iloc[:, -1]
        with plotting.style():
            ax = plotting.new_axes(ax)
            ax.fill_between(series.index, 0, series, color=plotting.PALETTE[1], alpha=0.6, lw=0)
            if isinstance(series.index, pd.DatetimeIndex):
                plotting.years(ax)
            ax.set_ylim(0, 1)
            ax.set_ylabel("probability of the most volatile regime")
            ax.set_title(f"{self.market}: {len(self.regimes)} regimes of the variance")
        return ax

    def _headline(self) -> dict[str, Any]:
        spread = self.regimes["std_dev"]
        return {
            "smallest_std_dev": float(spread.iloc[0]),
            "largest_std_dev": float(spread.iloc[-1]),
            **super()._headline(),
        }


def switching_variance(
    y: Any, regimes: int = 2, minimum: int = MINIMUM, strict: bool = True, rng: int = 0
) -> SwitchingResults:
    """Estimate a variance that switches between regimes by a hidden Markov chain.

    Parameters
    ----------
    y : Series
        Returns in per cent, without missing values.
    regimes : int
        2 or 3.
    minimum : int
        Fewest returns accepted.
    strict : bool
        Raise when no maximum is found, rather than return a result with a note.
    rng : int
        Seed of the random starts.

    Returns
    -------
    SwitchingResults

    Notes
    -----
    r_t = μ + σ_{S_t} z_t, z normal and S_t a Markov chain: statsmodels' `MarkovRegression` with
    a switching variance, the likelihood maximised from several starts, the regimes then put in
    order of their variance (a likelihood does not order them). Within a regime the variance is
    constant; where it is not, regimes stand for clusters. Standard errors are statsmodels'
    robust ones. A test of one regime against two is no likelihood ratio with a chi-squared law.

    References
    ----------
    Hamilton, J. D. (1989). A new approach to the economic analysis of nonstationary time series
    and the business cycle. Econometrica 57, 357–384. doi:10.2307/1912559

    Examples
    --------
    >>> import carbonlink as cl
    >>> from carbonlink.models.switching import switching_variance
    >>> y = cl.simulate.garch(600, omega=1.0, alpha=0.0, beta=0.0, rng=1)
    >>> y.iloc[200:400] *= 3
    >>> switching_variance(y).regimes["std_dev"].round(1).tolist()
    [1.1, 3.2]
    """
    arguments = dict(locals())
    series = _checked(y, regimes, minimum, rng)
    scale = float(series.std())
    fitted = _maximised(series.to_numpy() / scale, int(regimes), int(rng))
    converged = bool(fitted.mle_retvals.get("converged", False))
    if not converged and strict:
        raise ConvergenceError(
            f"No maximum of the switching likelihood was found for {series.name}.",
            "Use two regimes or a longer sample; strict=False returns the best point.",
        )
    params = pd.Series(fitted.params, index=fitted.model.param_names)
    sigma2 = params[[f"sigma2[{i}]" for i in range(regimes)]].to_numpy()
    order = np.argsort(sigma2)
    labels = [f"regime {i + 1}" for i in range(regimes)]
    matrix = fitted.regime_transition[:, :, 0].T[np.ix_(order, order)]
    smoothed = pd.DataFrame(
        np.asarray(fitted.smoothed_marginal_probabilities)[:, order], series.index, labels
    )
    ahead = np.asarray(fitted.predicted_marginal_probabilities)[:, order]
    table = _regimes(np.sqrt(sigma2[order]) * scale, matrix, smoothed)
    names, turn = _renamed(list(params.index), order, scale)
    cov = np.asarray(fitted.cov_params()) * np.outer(turn, turn)
    notes = [] if converged else ["* No maximum was found."]
    rare = table.index[table["share"] < _RARE]
    if len(rare):
        notes.append(f"{', '.join(rare)} holds under {100 * _RARE:g} % of the rows: outliers.")
    return SwitchingResults(
        params=pd.Series(params.to_numpy() * turn, index=names, name="estimate"),
        cov=pd.DataFrame(cov, index=names, columns=names),
        loglik=float(fitted.llf) - len(series) * np.log(scale),
        regimes=table,
        transition=pd.DataFrame(matrix, index=labels, columns=labels),
        smoothed=smoothed,
        conditional_volatility=pd.Series(
            np.sqrt(ahead @ sigma2[order]) * scale, index=series.index, name="volatility"
        ),
        fitted=fitted,
        market=str(series.name),
        spec={"regimes": int(regimes), "minimum": int(minimum), "strict": bool(strict), "rng": rng},
        units={"mu": "%"} | {n: "%²" for n in names if n.startswith("sigma2")},
        sample=Sample.of(series.index),
        notes=tuple(notes),
        recipe=Recipe(switching_variance, arguments),
    )


def _checked(y: Any, regimes: Any, minimum: int, rng: Any) -> pd.Series:
    if regimes not in (2, 3) or isinstance(regimes, bool):
        raise SpecificationError(f"regimes={regimes!r} is not 2 or 3.", "Use 2.")
    if isinstance(rng, bool) or not whole(rng, 0):
        raise SpecificationError(f"rng={rng!r} is no seed.", "Pass an int, such as rng=0.")
    series = check_returns(y, 1)
    if len(series) < minimum:
        raise TooFewObservationsError(
            f"Regimes of the variance need {minimum} returns; {series.name} has {len(series)}.",
            "Use a longer sample; minimum= lowers the bar.",
        )
    return series


def _regimes(std_dev: np.ndarray, matrix: np.ndarray, smoothed: pd.DataFrame) -> pd.DataFrame:
    """Standard deviation, expected duration and share of each regime, the calmest first."""
    with np.errstate(divide="ignore"):
        duration = 1 / (1 - np.diag(matrix))
    return pd.DataFrame(
        {"std_dev": std_dev, "duration": duration, "share": smoothed.mean().to_numpy()},
        index=pd.Index(smoothed.columns, name="regime"),
    )


def _maximised(values: np.ndarray, regimes: int, rng: int) -> Any:
    """statsmodels' likeliest fit over its own start and random ones."""
    from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

    model = MarkovRegression(
        values, k_regimes=regimes, trend="c", switching_trend=False, switching_variance=True
    )
    draws = np.random.default_rng(rng)
    starts = [model.start_params] + [_start(model, draws) for _ in range(_STARTS)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tried = []
        for start in starts:
            found = model.fit(start_params=start, disp=False, maxiter=20, cov_type="none")
            tried.append((float(found.llf), found.params))
        best = max(tried, key=lambda pair: pair[0] if np.isfinite(pair[0]) else -np.inf)
        return model.fit(start_params=best[1], disp=False, maxiter=500, cov_type="robust")


def _start(model: Any, draws: np.random.Generator) -> np.ndarray:
    """Regimes that last, of random variances around one."""
    start = np.array(model.start_params, dtype=float)
    k = model.k_regimes
    for i, name in enumerate(model.param_names):
        if name.startswith("sigma2"):
            start[i] = np.exp(draws.normal(0.0, 1.0))
        elif name.startswith("p["):
            first, _, second = name[2:-1].partition("->")
            stay = draws.uniform(0.85, 0.99)
            start[i] = stay if first == second else (1 - stay) / (k - 1)
    return start


def _renamed(names: list[str], order: np.ndarray, scale: float) -> tuple[list[str], np.ndarray]:
    """Names by rank of the variance, and what turns each into the units of the data."""
    rank = {int(old): new + 1 for new, old in enumerate(order)}
    found, turn = [], []
    for text in names:
        head, _, inside = text.partition("[")
        if head == "const":
            found.append("mu")
            turn.append(scale)
        elif head == "sigma2":
            found.append(f"sigma2[{rank[int(inside[:-1])]}]")
            turn.append(scale**2)
        else:
            first, _, second = inside[:-1].partition("->")
            found.append(f"p[{rank[int(first)]}->{rank[int(second)]}]")
            turn.append(1.0)
    return found, np.array(turn)
