"""Two regimes of adjustment on either side of a threshold of the disequilibrium."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..inference import parallel
from ..inference import threshold_bootstrap as bootstrap
from ..kernels import johansen, var
from ..kernels import threshold_vecm as kernel
from ..results import Estimates, Recipe
from .vecm_hypotheses import source_of, vector_of

SIDES = ("low", "high")
FEWEST = 99
ROWS = 100
SPAN = 6
"""Standard errors of the linear estimate on either side of it within which β is tried."""

REFERENCES = {
    "wild": "residual bootstrap, random signs",
    "iid": "residual bootstrap, shocks drawn anew",
    "fixed": "fixed-regressor wild bootstrap",
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ThresholdVECMResults(Estimates):
    """An error-correction model with two regimes; made by `VECMResults.threshold`.

    Attributes
    ----------
    beta : Series
        The relation; the disequilibrium is its product with the levels (and restricted terms) of
        the row before.
    threshold : float
        The regime is "low" where the disequilibrium is at or below it.
    share : Series
        Share of the observations in each regime.
    low, high : DataFrame
        Coefficients, an equation a row: the disequilibrium `ec`, the constant, lagged changes.
    sigma : DataFrame
        U'U/n over both regimes.
    statistic : float
        sup-LM of one regime against two; `at` is the threshold where it is reached.
    p_values : Series
        Of `statistic`, by bootstrap.
    profile : DataFrame
        The log-likelihood at each threshold tried: at its best relation ("loglik") and the LM
        statistic of the linear relation ("lm") where that was tried.
    profile_beta : Series
        The log-likelihood at each coefficient tried of a second series; a row where it is kept.
    regime : Series of str
        By observation.
    """

    title: ClassVar[str] = "Threshold vector error-correction model"

    beta: pd.Series
    threshold: float
    share: pd.Series
    low: pd.DataFrame
    high: pd.DataFrame
    sigma: pd.DataFrame
    resid: pd.DataFrame
    regime: pd.Series
    statistic: float
    at: float
    p_values: pd.Series
    profile: pd.DataFrame
    profile_beta: pd.Series

    @property
    def p_value(self) -> float:
        """The p-value of the default bootstrap, "wild" unless it was not asked for."""
        return float(self.p_values.iloc[0]) if len(self.p_values) else float("nan")

    def numbers(self) -> pd.DataFrame:
        """Return the profile of the likelihood that `plot` draws."""
        return self.profile.dropna(subset=["loglik"]).rename_axis("threshold").reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the likelihood over thresholds, and the one with the largest."""
        from .. import plotting

        rows = self.numbers()
        with plotting.style():
            ax = plotting.new_axes(ax)
            ax.plot(rows["threshold"], rows["loglik"], color=plotting.PALETTE[0])
            ax.axvline(self.threshold, color="#4D4D4D", ls="--", lw=0.8)
            ax.set_xlabel("threshold of the disequilibrium")
            ax.set_ylabel("log-likelihood")
            ax.set_title(f"Two regimes: threshold {self.threshold:.4g}")
        return ax

    def _drawn(self) -> list[tuple[str, float]]:
        return [(str(s), float(p)) for s, p in self.p_values.items()]

    def _headline(self) -> dict[str, Any]:
        head = {
            "threshold": self.threshold,
            "share below": float(self.share["low"]),
            "sup-LM": self.statistic,
        }
        head |= {f"its p ({REFERENCES[s]})": p for s, p in self._drawn()}
        return {**head, **super()._headline()}

    def _tests(self) -> list[dict[str, Any]]:
        null = "one adjustment on both sides of any threshold"
        rows = [
            {"test": f"sup-LM, {scheme}", "null": null, "statistic": self.statistic, "p_value": p,
             "reference": f"{REFERENCES[scheme]}, {self.spec['draws']} draws"}
            for scheme, p in self._drawn()
        ]  # fmt: skip
        terms = list(self.low.columns)
        for name, chosen in (("adjustment", terms[:1]), ("lagged changes", _lags(terms))):
            if chosen:
                rows.append(self._wald(name, chosen))
        return rows

    def _wald(self, name: str, terms: list[str]) -> dict[str, Any]:
        from scipy import stats

        labels = [f"Δ{c} ← {t}" for c in self.low.index for t in terms]
        low, high = ([f"{side}: {label}" for label in labels] for side in SIDES)
        apart = self.params[low].to_numpy() - self.params[high].to_numpy()
        cov = self.cov.loc[low, low].to_numpy() + self.cov.loc[high, high].to_numpy()
        value = float(apart @ np.linalg.solve(cov, apart))
        return {
            "test": f"Wald: {name}",
            "null": f"{name} equal in both regimes",
            "statistic": value,
            "p_value": float(stats.chi2.sf(value, len(labels))),
            "reference": f"chi-squared({len(labels)})",
            "note": "takes the threshold for known: no test for a threshold",
        }


def threshold(
    result: Any,
    relation: Mapping[str, float] | None = None,
    draws: int = 399,
    rng: Any = 0,
    trimming: float = 0.1,
    points: int = 300,
    schemes: Any = ("wild", "fixed"),
) -> ThresholdVECMResults:
    """See `VECMResults.threshold`."""
    rng = parallel.repeatable(rng)
    schemes = (schemes,) if isinstance(schemes, str) else tuple(schemes)
    arguments = dict(locals())
    _check(result, relation, draws, trimming, points, schemes)
    vector = result.beta.iloc[:, 0].to_numpy() if relation is None else _given(result, relation)
    z2 = bootstrap.with_constant(result.model.z2)
    gaps, betas = _relations(result, vector, relation is None, points)
    tried = _thresholds(result.model.z1 @ vector, points)
    found = kernel.search(result.model.z0, gaps, z2, tried, trimming)
    if not np.isfinite(found.logdet).any():
        raise TooFewObservationsError(
            "No threshold leaves enough observations in both regimes.",
            "Use a longer sample, fewer lags or a smaller trimming.",
        )
    gap, cut = gaps[found.beta], float(tried[found.gamma])
    fit = kernel.regimes(result.model.z0, np.column_stack([gap, z2]), gap <= cut)
    tested = _test(result, vector, relation is None, draws, rng, trimming, points, schemes)
    return _labelled(
        result,
        arguments,
        found,
        fit,
        tested,
        beta=pd.Series(betas[found.beta], result.beta.index, name="ec"),
        gap=gap,
        cut=cut,
        tried=tried,
        slopes=betas[:, 1],
    )


def _check(
    result: Any, relation: Any, draws: Any, trimming: Any, points: Any, schemes: tuple[str, ...]
) -> None:
    if result.rank != 1 and relation is None:
        raise SpecificationError(
            f"A threshold needs one relation; the rank is {result.rank}.",
            'Fit rank=1, or name one: relation={"cea": 1, "hubei": -1}.',
        )
    for scheme in schemes:
        check_choice("schemes", scheme, bootstrap.SCHEMES)
    if schemes and int(draws) < FEWEST:
        raise SpecificationError(f"draws={draws} are too few for a p-value.", "Use 399 or more.")
    if not 0.02 <= float(trimming) < 0.5:
        raise SpecificationError(f"trimming={trimming!r} is no share.", "Use 0.1.")
    if int(points) < 10:
        raise SpecificationError(f"points={points!r} are too few thresholds.", "Use 300.")
    n = len(result.rows)
    if n < ROWS:
        raise TooFewObservationsError(
            f"{n} observations for two regimes; {ROWS} are needed.", "Use a longer sample."
        )


def _given(result: Any, relation: Mapping[str, float]) -> np.ndarray:
    """The relation named, with restricted terms that are not named at their estimates."""
    vector, model, k = vector_of(result, relation).copy(), result.model, len(result.names)
    loose = [i for i, name in enumerate(result.beta.index) if i >= k and name not in relation]
    if loose:
        z1 = np.column_stack([model.z1 @ vector, model.z1[:, loose]])
        fit = johansen.reduced_rank(johansen.Design(model.z0, z1, model.z2))
        vector[loose] = fit.vectors[1:, 0] / fit.vectors[0, 0]
    return vector


def _relations(
    result: Any, vector: np.ndarray, estimated: bool, points: int
) -> tuple[np.ndarray, np.ndarray]:
    """Disequilibria (relations, n) and relations (relations, k + restricted) to be tried."""
    betas = vector[None]
    if estimated and len(result.names) == 2:
        name = f"ec1: {result.names[1]}"
        error = float(result.std_errors[name])
        betas = np.repeat(betas, points + 1, axis=0)
        betas[:, 1] += np.linspace(-SPAN, SPAN, points + 1) * error
    return betas @ result.model.z1.T, betas


def _thresholds(gap: np.ndarray, points: int) -> np.ndarray:
    ordered = np.unique(gap)
    place = np.round(np.arange(1, points + 1) / (points + 1) * len(ordered)).astype(int)
    return ordered[np.unique(place[place > 0]) - 1]


def _test(
    result: Any,
    vector: np.ndarray,
    estimated: bool,
    draws: int,
    rng: Any,
    trimming: float,
    points: int,
    schemes: tuple[str, ...],
) -> tuple[pd.Series, dict[str, float], tuple[str, ...]]:
    """LM by threshold, p-values by scheme, and notes."""
    model = result.model
    gap = model.z1 @ vector
    below = kernel.counts(len(gap), trimming, points)
    one = johansen.Design(model.z0[None], model.z1[None], model.z2[None])
    path = bootstrap.sup_lm(one, vector, below)[0]
    lm = pd.Series(path, np.sort(gap)[below - 1])
    source = source_of(result, vector[:, None])
    found, notes = {}, []
    root = float(var.roots(source.coefs)[0])
    for scheme in schemes:
        if scheme != "fixed" and root > 1 + 1e-6:
            notes.append(
                f"The linear model is explosive (root {root:.3f}): its paths give no p-value; "
                "that of fixed regressors stands alone."
            )
            continue
        drawn = bootstrap.draws_of(scheme, model, vector, below, source, estimated, int(draws), rng)
        found[scheme] = float((1 + np.sum(drawn >= path.max())) / (1 + len(drawn)))
    return lm, found, tuple(dict.fromkeys(notes))


def _labelled(
    result: Any,
    arguments: dict[str, Any],
    found: kernel.Search,
    fit: kernel.Regimes,
    tested: tuple[pd.Series, dict[str, float], tuple[str, ...]],
    *,
    beta: pd.Series,
    gap: np.ndarray,
    cut: float,
    tried: np.ndarray,
    slopes: np.ndarray,
) -> ThresholdVECMResults:
    names, n = list(result.names), len(gap)
    lm, p_values, notes = tested
    has_constant = fit.coefs.shape[2] == 1 + result.model.z2.shape[1]
    terms = ["ec", *([] if has_constant else ["const"]), *result.short.columns]
    index = result.resid.index
    sigma = fit.resid.T @ fit.resid / n
    labels = [f"{s}: Δ{c} ← {t}" for s in SIDES for c in names for t in terms]
    whole = np.zeros((len(labels), len(labels)))
    half = len(labels) // 2
    whole[:half, :half], whole[half:, half:] = fit.cov
    frames = [pd.DataFrame(c, names, terms) for c in fit.coefs]
    loglik = pd.Series(_loglik(found.logdet.min(axis=0), n, len(names)), tried)
    profile = pd.DataFrame({"loglik": loglik[np.isfinite(loglik)], "lm": lm.groupby(level=0).max()})
    by_beta = pd.Series(_loglik(found.logdet.min(axis=1), n, len(names)), slopes)
    low = gap <= cut
    return ThresholdVECMResults(
        spec=_spec(result, arguments, len(slopes) > 1),
        sample=result.sample,
        units=dict.fromkeys(("threshold", "beta"), "levels"),
        sources=result.sources,
        notes=(*notes, *_notes(result, len(slopes) > 1)),
        recipe=Recipe(threshold, arguments),
        fitted=result,
        params=pd.Series(fit.coefs.reshape(-1), labels, name="estimate"),
        cov=pd.DataFrame(whole, labels, labels),
        loglik=float(var.loglikelihood(sigma, n)),
        beta=beta,
        threshold=cut,
        share=pd.Series([low.mean(), 1 - low.mean()], list(SIDES), name="share"),
        low=frames[0],
        high=frames[1],
        sigma=pd.DataFrame(sigma, names, names),
        resid=pd.DataFrame(fit.resid, index, names),
        regime=pd.Series(np.where(low, *SIDES), index, name="regime"),
        statistic=float(lm.max()),
        at=float(lm.index.to_numpy()[int(np.argmax(lm))]),
        p_values=pd.Series(p_values, dtype=float, name="p_value"),
        profile=profile.rename_axis("threshold"),
        profile_beta=by_beta.rename_axis(str(beta.index[1])).rename("loglik"),
    )


def _spec(result: Any, arguments: dict[str, Any], searched: bool) -> dict[str, Any]:
    relation = arguments["relation"]
    return {
        **{k: result.spec[k] for k in ("series", "lags", "deterministic")},
        "relation": "estimated" if relation is None else dict(relation),
        "β on a grid": searched,
        "cov": "Eicker–White",
        "trimming": float(arguments["trimming"]),
        "points": int(arguments["points"]),
        "schemes": arguments["schemes"],
        "draws": int(arguments["draws"]),
        "rng": str(arguments["rng"]),
    }


def _notes(result: Any, searched: bool) -> list[str]:
    notes = ["Standard errors take the threshold and the relation for known."]
    if not searched and len(result.names) > 2:
        notes.append("The relation is that of the linear model; only the threshold was searched.")
    if (np.diff(result.rows) > 1).any():
        notes.append("Bootstrap paths close up the gaps of the sample.")
    return notes


def _loglik(logdet: np.ndarray, n: int, k: int) -> np.ndarray:
    return -0.5 * n * (k * np.log(2 * np.pi) + logdet + k)


def _lags(terms: list[str]) -> list[str]:
    return [t for t in terms if t.startswith("Δ")]
