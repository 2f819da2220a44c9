"""GARCH, GJR and EGARCH with regressors in the variance."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from ..kernels import garch_estimate as kernel
from ..kernels.garch import Problem
from ..results import Recipe
from . import garch_inputs as inputs
from . import garch_parts as parts
from .garch_arch import fit_in_arch, start_from_arch
from .garch_data import Data, prepare, problem_of, settle
from .garch_persistence import persistence_note
from .garch_results import GARCHResults

MINIMUM = 250
"""Fewest returns accepted unless `minimum` says otherwise."""

_BELOW = 0.01


@dataclass(frozen=True, eq=False)
class GARCH:
    """Model the conditional variance of returns, with regressors in it.

    Parameters
    ----------
    y : Series
        Returns, in per cent: 100 Δ log price between genuine trades, one row a return.
    vol : {"GARCH", "GJR", "EGARCH", "APARCH", "IGARCH", "CGARCH", "FIGARCH", "HARCH"}
        The variance process, of order (1, 1) unless `order` says otherwise; HARCH over 1, 5 and
        22 days.
    order : (int, int) or (int, int, int)
        Lags (p, q) of the squared shock and of the variance in vol="GARCH", (p, 0) being ARCH(p);
        (p, o, q) with o lags of the asymmetry in GJR, EGARCH and APARCH; others have one lag.
    mean : {"constant", "zero", "ar"}
        The mean; "ar" is a constant with `lags` lags of y.
    lags : int, optional
        Lags of the "ar" mean, 1 when None.
    ma : int
        Moving-average terms of the mean: with `mean="ar"` it is an ARMA(`lags`, `ma`).
    mean_x : Series or DataFrame, optional
        Regressors of the mean, one row a return, aligned by label.
    dist : {"normal", "t", "skewt", "ged"}
        Density of the standardised shocks, scaled to mean zero and variance one.
    variance_x : Series or DataFrame, optional
        Regressors of the variance, one row a return, aligned by label.
    variance_form : {"multiplicative", "additive", "inside"}
        Whether exp(δ'w) multiplies the variance outside its recursion, δ'w with δ, w ≥ 0 is added
        to h inside it (GARCH and GJR), or δ'w to ln h inside it (EGARCH); the last two are
        rugarch's.
    trade : Series of bool, optional
        Which rows have a genuine trade; the others need no return. See Notes.
    limits : DataFrame or tuple of (lower, upper), optional
        Limits of the return in the units of y, or whether each was hit. See Notes.
    idle : {"free", "zero", "expected"}
        What a day without a trade adds to the next day's variance; with `trade`.
    trade_x : Series or DataFrame, optional
        Regressors of the chance of a trade.
    presample : {"arch", "mean", "fcp"}, (str, number) or float
        What comes before the first observation; see Notes.
    persistence_bound : float
        Largest persistence allowed (rugarch stops at 0.999).
    compat : {"rugarch"}, optional
        Conventions of that package; see Notes.
    minimum : int
        Fewest returns accepted; below 250 a footnote follows the result.

    Notes
    -----
    With ε_t = y_t − μ − Σ φ_i y_{t-i} − Σ θ_j ε_{t-j}, ε_t = √h_t z_t, h_t = e^{δ'w_t} s_t and
    u_t = ε_t e^{−δ'w_t/2}:

    * GARCH: s_t = ω + α u²_{t-1} + β s_{t-1}; GJR adds γ 1{u_{t-1} < 0} u²_{t-1};
    * EGARCH: ln s_t = ω + α (|z_{t-1}| − √(2/π)) + γ z_{t-1} + β ln s_{t-1};
    * APARCH: with power p, s_t^{p/2} = ω + α (|u_{t-1}| − γ u_{t-1})^p + β s_{t-1}^{p/2};
    * GARCH of order (p, q): s_t = ω + Σ α_i u²_{t-i} + Σ β_j s_{t-j}, every α and β ≥ 0; the
      others have sums over their lags alike (APARCH with o ≤ p; where α_j is 0, γ_j has no
      meaning and is held at 0);
    * IGARCH: GARCH with β = 1 − α;
    * CGARCH: q_t = ω + ρ q_{t-1} + φ (u²_{t-1} − s_{t-1}), s_t = q_t + α (u²_{t-1} − q_{t-1}) +
      β (s_{t-1} − q_{t-1}); its persistence is ρ, that of the long-run component;
    * FIGARCH: s_t = ω/(1 − β) + Σ λ_i u²_{t-i}, cut after 1,000 lags; it has no half-life;
    * HARCH: s_t = ω + Σ_m α_m times the mean of the last m squares, m = 1, 5, 22.

    So e^δ − 1 is the effect of a dummy on the variance, of either sign, and the log-likelihood
    carries −½ δ'w_t. In EGARCH alpha is the size effect and gamma the sign effect, as in arch;
    rugarch has them the other way round, and it centres |z| at its mean under the density, which
    moves omega alone.

    Densities: the skewed t is Hansen's, with lambda in (−1, 1); rugarch's skew is
    ξ = √((1 + λ)/(1 − λ)). The ged has nu 2 at the normal and 1 at the Laplace.

    compat="rugarch" has presample "mean" and persistence_bound 0.999 unless others are given;
    the autoregressive mean in deviations, (y_t − μ − β'x_t) = Σ φ_i (y_{t-i} − μ − β'x_{t-i}) +
    Σ θ_j ε_{t-j} + ε_t, from the first row on (rugarch holds as many first variances at their
    start as the mean has lags, here it is one: with two lags or more the first rows differ);
    omega of EGARCH for |z| centred under the density; CGARCH begun
    at q_1 = ω/(1 − ρ), s_1 = mean(u²) + q_1; FIGARCH with (1 − L)^d cut in place of λ and s_1 the
    mean of u²; and no bound on the persistence where regressors
    are added to the variance.

    Presample: "mean" sets s_1 to the mean of u²; "fcp" sets s_1 = ω + π·mean(u²) with π the
    persistence (Fiorentini, Calzolari and Panattoni), ln s_1 = ω + β ln mean(u²) for EGARCH,
    s_1^{p/2} = ω + (α + β) mean(u²)^{p/2} for APARCH;
    both move with the parameters. "arch" does the same with arch's backcast, a weighted mean
    of the first 75 squared least-squares residuals. ("first", k) is "mean" over the first k rows
    and ("decay", λ) weighs row j by (1 − λ)λ^j with λ^n for the mean, as rugarch's numeric
    `rec.init`. A number is h_1 itself. Log-likelihoods compare only under the same presample.
    With "fcp" and a normal density, the benchmark that Fiorentini, Calzolari and Panattoni
    printed is met in every digit; two of its figures (0.0107613 and 0.0139737) are cut where
    rounding gives 0.0107614 and 0.0139738.

    Trades (GARCH, GJR, EGARCH): with I_t one on days with a genuine trade and π_t = Pr(I_t = 1),
    a return has ε_t = √(h_t/π_t) z_t, and only returns enter the likelihood (Francq and
    Sucarrat, 2023); u_t above is ε_t √π_t e^{−δ'w_t/2}. logit π_t = c + a(I_{t-1} − π_{t-1}) +
    b logit π_{t-1} + ψ'x_t is estimated first, and its error is carried into the standard errors
    of the variance. `conditional_volatility` is √h_t, the day's volatility, a trade or none.
    After a day without one αu² is 0 with `idle="zero"` (theirs), α s with "expected" (the shock
    nobody saw counts at its mean), κ s with "free", which has both within it (EGARCH: κ in place
    of the news). Observations are returns; the log-likelihood is that of trades and returns.

    Limits (normal or t): where a return is at its limit the shock is known to be at least as
    large; the likelihood has Pr(z beyond the limit), and the recursion E(z² | z beyond the
    limit) s in place of u² (Morgan and Trevor, 1999). What the limit cut off is not taken to
    come back on the next day. Both together are possible.

    References
    ----------
    Bollerslev, T. (1986). Generalized autoregressive conditional heteroskedasticity. Journal
    of Econometrics 31, 307–327. doi:10.1016/0304-4076(86)90063-1
    Glosten, L. R., Jagannathan, R. and Runkle, D. E. (1993). On the relation between the
    expected value and the volatility of the nominal excess return on stocks. Journal of
    Finance 48, 1779–1801. doi:10.1111/j.1540-6261.1993.tb05128.x
    Nelson, D. B. (1991). Conditional heteroskedasticity in asset returns: a new approach.
    Econometrica 59, 347–370. doi:10.2307/2938260
    Fiorentini, G., Calzolari, G. and Panattoni, L. (1996). Analytic derivatives and the
    computation of GARCH estimates. Journal of Applied Econometrics 11, 399–417.
    Francq, C. and Sucarrat, G. (2023). Volatility estimation when the zero-process is
    nonstationary. Journal of Business & Economic Statistics 41, 53–66.
    Morgan, I. G. and Trevor, R. G. (1999). Limit moves as censored observations of equilibrium
    futures price in GARCH processes. Journal of Business & Economic Statistics 17, 397–408.
    Wei, S. X. (2002). A censored-GARCH model of asset returns with price limits. Journal of
    Empirical Finance 9, 197–223.

    Examples
    --------
    >>> import carbonlink as cl
    >>> y = cl.simulate.garch(2000, alpha=0.08, beta=0.9, rng=1)
    >>> fit = cl.GARCH(y).fit()
    >>> list(fit.params.index)
    ['mu', 'omega', 'alpha', 'beta']
    >>> bool(0.9 < fit.persistence < 1)
    True
    """

    y: Any
    vol: str = "GARCH"
    order: tuple[int, ...] = (1, 1)
    mean: str = "constant"
    lags: int | None = None
    ma: int = 0
    mean_x: Any = None
    dist: str = "normal"
    variance_x: Any = None
    variance_form: str = "multiplicative"
    trade: Any = None
    limits: Any = None
    idle: str = "free"
    trade_x: Any = None
    presample: Any = "arch"
    persistence_bound: float = 1.0
    compat: str | None = None
    minimum: int = MINIMUM

    def __post_init__(self) -> None:
        object.__setattr__(self, "vol", inputs.family(self.vol))

    def fit(self, cov: str = "robust", *, strict: bool = True) -> GARCHResults:
        """Estimate the model by maximum likelihood.

        Parameters
        ----------
        cov : {"robust", "hessian", "opg"}
            Bollerslev–Wooldridge sandwich, inverse Hessian, or outer product of scores.
        strict : bool
            Raise when no maximum is found, rather than return a starred result.

        Returns
        -------
        GARCHResults

        Raises
        ------
        ConvergenceError
            No maximum was found and `strict` is true.
        """
        return fit_garch(**vars(self), cov=cov, strict=strict)


def fit_garch(
    y: Any,
    vol: str = "GARCH",
    order: tuple[int, ...] = (1, 1),
    mean: str = "constant",
    lags: int | None = None,
    ma: int = 0,
    mean_x: Any = None,
    dist: str = "normal",
    variance_x: Any = None,
    variance_form: str = "multiplicative",
    trade: Any = None,
    limits: Any = None,
    idle: str = "free",
    trade_x: Any = None,
    presample: Any = "arch",
    persistence_bound: float = 1.0,
    compat: str | None = None,
    minimum: int = MINIMUM,
    cov: str = "robust",
    strict: bool = True,
) -> GARCHResults:
    """Estimate a GARCH model (see `GARCH`)."""
    vol = inputs.family(vol)
    arguments = dict(locals())
    settled = settle(arguments)
    data = prepare(settled)
    problem, units = problem_of(settled, data)
    found, fitted = _maximum(problem, units, settled, data)
    parts.refuse(found, data.rows, vol, dist, strict)
    return _result(arguments, settled, data, found, fitted)


def _result(
    arguments: dict[str, Any],
    settled: dict[str, Any],
    data: Data,
    found: kernel.Estimate,
    fitted: Any,
) -> GARCHResults:
    """Everything that is said of a maximum."""
    rows, known, problem = data.rows, data.known, found.problem
    names = parameter_names(problem, settled, data)
    spec = _spec(settled, data)
    spec |= parts.partial_spec(known, settled["limits"], settled["idle"], data.trade_x)
    fit = GARCHResults(
        **parts.series(found, rows),
        **parts.parameters(found, known, names, settled["cov"]),
        estimate=found,
        fitted=fitted,
        converged=found.maximum.converged,
        market=str(data.series.name),
        spec=spec,
        units=parts.units(names, settled["vol"], problem.additive),
        sample=parts.sample(rows, problem, data.lost),
        notes=parts.notes(found, known, names, rows, settled["minimum"], MINIMUM),
        recipe=Recipe(fit_garch, arguments),
    )
    remark = persistence_note(fit)
    return dataclasses.replace(fit, notes=(*fit.notes, remark)) if remark else fit


def _spec(given: dict[str, Any], data: Data) -> dict[str, Any]:
    presample = given["presample"]
    mean_x, variance_x = data.mean_x, data.variance_x
    return {
        "vol": given["vol"],
        **({"order": given["order"]} if given["order"] != (1, 1) else {}),
        "mean": given["mean"],
        "lags": given["lags"],
        **({"ma": given["ma"]} if given["ma"] else {}),
        "dist": given["dist"],
        **({"mean_x": tuple(mean_x.columns)} if len(mean_x.columns) else {}),
        "variance_x": tuple(variance_x.columns),
        "variance_form": given["variance_form"] if len(variance_x.columns) else None,
        "presample": presample if isinstance(presample, (str, tuple)) else float(presample),
        "persistence_bound": float(given["persistence_bound"]),
        **({"compat": given["compat"]} if given["compat"] else {}),
        "cov": given["cov"],
        "minimum": int(given["minimum"]),
        "strict": bool(given["strict"]),
    }


def parameter_names(p: Problem, settled: dict[str, Any], data: Data) -> list[str]:
    """Return parameter names in order: mean, recursion, regressors, shape."""
    names = [] if settled["mean"] == "zero" else ["mu"]
    names += [f"ar{j}" for j in range(1, settled["lags"] + 1)]
    names += [f"mean[{x}]" for x in data.mean_x.columns]
    names += [f"ma{j}" for j in range(1, p.ma + 1)]
    names += [*p.family.names, *(f"delta[{r}]" for r in data.variance_x.columns)]
    return names + list(p.density.names)


def _maximum(
    problem: Problem, units: kernel.Units, settled: dict[str, Any], data: Data
) -> tuple[kernel.Estimate, Any]:
    """The maximum, and arch's result where arch has the model (its APARCH keeps α + β < 1)."""
    vol = settled["vol"]
    found = kernel.estimate(problem, units)
    hidden_days = problem.kind is not None or problem.offset is not None
    own = vol in ("CGARCH", "IGARCH") or problem.rugarch or not data.mean_x.empty
    own = own or problem.ma > 0 or (problem.vol != vol and vol == "GARCH")
    if problem.presample != "arch" or problem.w.shape[1] or hidden_days or own:
        return found, None
    if vol == "APARCH" and found.problem.family.carry(problem.split(found.maximum.theta)[1]) >= 1:
        return found, None
    mean, lags, dist = (settled[k] for k in ("mean", "lags", "dist"))
    fitted = fit_in_arch(data.series, vol, mean, lags, dist, found)
    if problem.vol != vol and fitted.loglikelihood < found.loglik - _BELOW:
        return found, None
    start = start_from_arch(fitted, found)
    if start is not None:
        again = kernel.estimate(problem, units, start)
        if again.maximum.converged and again.loglik > found.loglik:
            found = again
    return found, fitted
