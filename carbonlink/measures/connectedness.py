"""Who moves with whom: connectedness from variance decompositions, with its uncertainty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, check_choice
from ..inference import bootstrap, parallel, var_tests
from ..kernels import fevd
from ..models.decompositions import check_decomposition
from ..models.tvpvar import TVPVAR
from ..models.tvpvar_results import TVPVARResults
from ..models.var import MINIMUM, VAR
from ..models.var_again import DRAWN
from ..models.var_checks import warn_of_unit_roots
from ..models.var_results import VARResults
from ..panel import Panel
from ..results import Recipe, check_level
from .connectedness_results import ConnectednessResults
from .connectedness_terms import COMMON, KINDS, parts_of
from .dynamic_connectedness import DynamicConnectedness, dynamic_connectedness
from .joint_returns import joint_returns

DRAWS = 499
BIASED = (
    "No intervals: the coefficients are shrunk, and an interval moved by their bias is one of "
    "least squares with the smaller spread of a shrunk estimate (it held the net of a strong "
    'transmitter in 66 % of samples at 95 %). method="ols" has intervals; excess stands on samples '
    "without a link that are shrunk with the same penalty."
)
WHY = {
    "lasso": "",
    "elastic_net": "",
    "quantile": "; quantiles((tau,), draws=499) has intervals",
}
"""Why a method has no draws, after its manner, and what has."""


def connectedness(
    data: Any,
    *,
    lags: int | str | None = None,
    horizon: int = 10,
    kind: str = "generalized",
    order: Iterable[str] | None = None,
    markets: Iterable[str] | None = None,
    minimum: int | None = None,
    draws: int = DRAWS,
    rng: Any = 0,
    level: float = 0.95,
    null: str = "independent",
) -> ConnectednessResults | DynamicConnectedness:
    """Measure how much of each market's forecast variance comes from the others.

    Parameters
    ----------
    data : VARResults, VAR, TVPVARResults, TVPVAR, DataFrame or Panel
        A fitted model; or a model, a frame of stationary series, or a panel, whose returns are
        taken on the days when all its venues were open. A TVP-VAR gives connectedness at each
        date, without intervals.
    lags : int or {"aic", "bic", "hq"}, optional
        Order of the VAR; "bic" by default. For a model, refit it with this order.
    horizon : int
        Number of terms H of the moving average: 10 means h = 0 … 9.
    kind : {"generalized", "cholesky", "joint", "extended_joint"}
        All but "cholesky" do not depend on the order of the columns. The joint kinds count what
        all other shocks explain together, which overlapping shocks do not inflate [4]_; the
        extended one [5]_ keeps a table whose cells add up.
    order : list of str, optional
        Order of the series for "cholesky"; that of the columns by default.
    markets : list of str, optional
        Markets or columns to use. For a panel the default leaves out, with a note, markets that
        hardly move and those that share too few days with the others.
    minimum : int, optional
        Fewest observations, 40 by default; fewer are refused, below 40 with a footnote.
    draws : int
        Replications behind the intervals and behind the no-link null; they are drawn when first
        asked for. 0 leaves both out.
    rng : int, SeedSequence or Generator
        Seed.
    level : float
        Confidence level of the intervals unless a method is told another.
    null : {"independent", "common_volatility"}
        What nothing linked means to `excess`: shocks drawn apart by column; or each day's shocks
        with the sizes they had and signs drawn apart, so that variances that rise together are
        no link. Rolling and TVP results, and quantiles, have the first.

    Returns
    -------
    ConnectednessResults
        `total`, `to`, `from_`, `net`, `pairwise`, `table`, `adjusted`, `excess`,
        `excess_pvalue`, `conf_int`, `rolling`, `frequency`.
    DynamicConnectedness
        For a TVP-VAR: `total`, `to`, `from_`, `net` by date, `at`, `pairwise`, `null_mean`.

    Notes
    -----
    With θ_ij the share of i's H-step forecast variance due to shocks in j, each row scaled to
    100 (percent), and k series,

    .. math:: total = \\frac{1}{k}\\sum_{i \\ne j} θ_{ij},\\quad
        to_j = \\sum_{i \\ne j} θ_{ij},\\quad from_i = \\sum_{j \\ne i} θ_{ij},\\quad
        net = to - from,\\quad pairwise_{ij} = θ_{ji} - θ_{ij}

    Directional measures are sums, not divided by k. `pairwise[i, j]` > 0 says that row market i
    transmits more to j than it receives from j (some packages print the transpose), so that its
    rows add up to `net`. `adjusted` is total · k/(k − 1).

    The index is a sum of squares and does not vanish without a link: `excess` is what is left
    after taking away its mean over data in which each column follows its own AR with shocks
    drawn apart, and `excess_pvalue` the share of such data with an index as large. That null is
    independence, of variances too: volatility common to all without any other link makes the 5 %
    test reject 6 to 8 % of the time where it is GARCH(0.1, 0.85), and 38 % where it is log-normal
    (autoregression of 0.95, shocks of 0.25). With ``null="common_volatility"`` it rejects 5 and
    7 %, and 4 % of independent series (2,000 samples, k = 4 and 8, T = 250).

    Intervals are bias-corrected percentiles of the residual moving-block bootstrap [3]_; see
    `ConnectednessResults.conf_int`.

    References
    ----------
    .. [1] Diebold, F. X. and Yilmaz, K. (2012). Better to give than to receive. International
       Journal of Forecasting 28, 57–66. doi:10.1016/j.ijforecast.2011.02.006
    .. [2] Pesaran, H. H. and Shin, Y. (1998). Generalized impulse response analysis in linear
       multivariate models. Economics Letters 58, 17–29. doi:10.1016/S0165-1765(97)00214-0
    .. [3] Brüggemann, R., Jentsch, C. and Trenkler, C. (2016). Inference in VARs with conditional
       heteroskedasticity of unknown form. Journal of Econometrics 191, 69–85.
       doi:10.1016/j.jeconom.2015.10.004
    .. [4] Lastrapes, W. D. and Wiesen, T. F. P. (2021). The joint spillover index. Economic
       Modelling 94, 681–691. doi:10.1016/j.econmod.2020.02.010
    .. [5] Balcilar, M., Gabauer, D. and Umar, Z. (2021). Crude oil futures contracts and
       commodity markets. Resources Policy 73, 102219.

    Examples
    --------
    >>> import carbonlink as cl
    >>> returns = cl.simulate.var(400, rng=1)
    >>> net = cl.connectedness(cl.VAR(returns, lags=1).fit(), horizon=10, draws=99)
    >>> net.net.idxmax()
    'cea'
    >>> bool(net.excess_pvalue < 0.05)
    True
    """
    rng = parallel.repeatable(rng)
    arguments = {
        "data": data,
        "lags": lags,
        "horizon": horizon,
        "kind": kind,
        "order": None if order is None else tuple(order),
        "markets": markets if markets is None or isinstance(markets, str) else tuple(markets),
        "minimum": minimum,
        "draws": draws,
        "rng": rng,
        "level": level,
        "null": null,
    }
    check_level(level)
    check_choice("null", null, ("independent", COMMON))
    if isinstance(draws, bool) or not isinstance(draws, (int, np.integer)) or draws < 0:
        raise SpecificationError(f"draws={draws!r} is no number of draws.", "Use 499.")
    if isinstance(data, (TVPVAR, TVPVARResults)):
        if null == COMMON:
            raise SpecificationError(
                "null= has no meaning for a TVP-VAR: it has no p-value of the excess.",
                "Leave it out.",
            )
        return dynamic_connectedness(data, arguments, Recipe(connectedness, arguments))
    model, origin = _model(data, lags, arguments["markets"], minimum)
    places = check_decomposition(model.names, horizon, kind, arguments["order"], KINDS)
    return _measured(model, places, arguments, origin)


def _measured(
    model: VARResults, places: np.ndarray | None, arguments: dict[str, Any], origin: dict[str, Any]
) -> ConnectednessResults:
    names = list(model.names)
    horizon, kind = int(arguments["horizon"]), arguments["kind"]
    warn_of_unit_roots(model.notes)
    table = 100 * fevd.shares(model.coefs, model.sigma.to_numpy(), horizon, kind, places)
    parts = parts_of(table, kind)
    spec = {**model.spec, "horizon": horizon, "kind": kind}
    if kind == "cholesky":
        spec["order of shocks"] = arguments["order"] or tuple(names)
    spec |= {
        "draws": int(arguments["draws"]),
        "block": bootstrap.block_length(model.nobs),
        "rng": _seed_text(arguments["rng"]),
        "level": float(arguments["level"]),
        "null": arguments["null"],
    }
    return ConnectednessResults(
        spec=spec,
        sample=model.sample,
        units=dict.fromkeys(("total", "to", "from_", "net", "pairwise", "table"), "%"),
        sources=origin["sources"],
        notes=origin["notes"] + model.notes + _notes(model, arguments),
        recipe=Recipe(connectedness, arguments),
        fitted=model,
        total=float(parts.total),
        to=pd.Series(parts.to, index=names, name="to"),
        from_=pd.Series(parts.from_, index=names, name="from_"),
        net=pd.Series(parts.net, index=names, name="net"),
        pairwise=pd.DataFrame(parts.pairwise, index=names, columns=names),
        table=pd.DataFrame(table, index=names, columns=names),
        seed=parallel.seed_sequence(arguments["rng"]),
        places=places,
    )


def _model(
    data: Any, lags: int | str | None, markets: Any, minimum: int | None
) -> tuple[VARResults, dict[str, Any]]:
    """The fitted VAR behind any kind of data, and where the data came from."""
    origin: dict[str, Any] = {"sources": (), "notes": ()}
    if isinstance(data, (VAR, VARResults)):
        if markets is not None or minimum is not None:
            raise SpecificationError(
                "markets= and minimum= belong to the model here.",
                "Give them to cl.VAR, or pass the frame instead of the model.",
            )
        fitted = data.fit() if isinstance(data, VAR) else data
        if lags is not None and lags != fitted.lags:
            changes = {"max_lags": None} if isinstance(lags, int) else {}
            fitted = fitted.refit(lags=lags, **changes)
        return fitted, {**origin, "sources": fitted.sources}
    minimum = MINIMUM if minimum is None else minimum
    lags = "bic" if lags is None else lags
    if isinstance(data, Panel):
        joint = joint_returns(data, markets, lags if isinstance(lags, int) else 1, minimum)
        fitted = VAR(joint.frame, lags, minimum=minimum).fit()
        units = {f"{m} return": unit for m, unit in joint.units.items()}
        fitted = replace(fitted, units=units, sources=joint.sources)
        return fitted, {"sources": joint.sources, "notes": joint.notes}
    if markets is not None:
        chosen = [markets] if isinstance(markets, str) else list(markets)
        missing = [m for m in chosen if m not in getattr(data, "columns", ())]
        if missing:
            raise SpecificationError(
                f"The data have no column {missing[0]!r}.",
                f"They have: {', '.join(map(str, getattr(data, 'columns', ())))}.",
            )
        data = data[chosen]
    return VAR(data, lags, minimum=minimum).fit(), origin


def _notes(model: VARResults, arguments: dict[str, Any]) -> tuple[str, ...]:
    notes = []
    if arguments["kind"] == "joint":
        notes.append(
            "Joint: cells are scaled to the joint index as a whole, so that rows do not add up to "
            'what a market receives, nor pairs to net; kind="extended_joint" does.'
        )
    draws, level = int(arguments["draws"]), float(arguments["level"])
    if model.shrunk and model.shrunk not in DRAWN:
        notes.append(f"No intervals and no excess: {model.manner}{WHY[model.shrunk]}.")
    elif not model.is_stable:
        notes.append("No intervals and no excess: paths of an explosive VAR do not settle.")
    elif draws == 0:
        notes.append("No intervals and no excess: draws=0.")
    elif (draws + 1) * (1 - level) / 2 < 1 - 1e-9:
        needed = int(np.ceil(2 / (1 - level) - 1e-9)) - 1
        notes.append(f"{draws} draws are too few for level {level}: at least {needed}.")
    if model.shrunk in DRAWN and model.is_stable and draws:
        notes.append(BIASED)
    if draws and model.has_null:
        if arguments["null"] != COMMON and _variances_change(model):
            notes.append(
                "Variances of the shocks change (ARCH tests). excess_pvalue takes a variance that "
                "is common to the series for a link: with that and nothing else it rejects 6 to "
                '38 % at 5 %, the more the variance moves; null="common_volatility" 5 to 7 %.'
            )
        if not bootstrap.unlinked(*model.system()).stable:
            notes.append("No excess: the own autoregression of a series is explosive.")
    return tuple(notes)


def _variances_change(model: VARResults) -> bool:
    """Whether the smallest p-value of the series' ARCH tests is below 1 % after Bonferroni."""
    resid = model.resid.to_numpy()
    tests = (
        var_tests.arch_lm(resid[:, j], model.rows, 5, name) for j, name in enumerate(model.names)
    )
    known = [t["p_value"] for t in tests if t.get("p_value") is not None]
    return bool(known) and min(known) * len(known) < 0.01


def _seed_text(rng: Any) -> int | str:
    if isinstance(rng, (int, np.integer)):
        return int(rng)
    return f"entropy {rng.entropy}, key {tuple(rng.spawn_key)}"
