"""The asymmetric (nonlinear) distributed lag: rises and falls of a cause with their own effects."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError
from ..kernels import ecm as kernel
from ..kernels.nardl import partial_sums
from ..results import Recipe
from .ardl import choose
from .ecm import fit_ecm, row_mask
from .ecm_results import ECMResults
from .frames import check_frame, joined, listed
from .nardl_results import NARDLResults

SCARCE = 50
"""Rises or falls below which a note says that the two are hard to tell apart."""


@dataclass(frozen=True, eq=False)
class NARDL:
    """Give the rises and the falls of a cause effects of their own, at once and for good.

    Parameters
    ----------
    y : Series
        The effect, in levels.
    x : Series or DataFrame
        The causes, in levels, each split into the running sums of its rises and its falls.
    controls : Series or DataFrame, optional
        Further causes, in levels, which are not split.
    lags : int or {"bic", "aic"}
        Lags of `y` in levels, and of every cause unless `order` says otherwise; or the criterion
        that chooses each order by itself, those of rises and falls too.
    order : int or tuple of int, optional
        Lags of each x (for rises and falls alike), then of each control.
    max_lags : int
        The longest order that the criterion compares.
    trend : {"c", "n", "ct"}
        Intercept, nothing, intercept and linear trend.
    cov : {"hac", "robust", "classical"}
        Newey–West, White (HC1) or classical covariance.
    bandwidth : {"newey-west", "andrews"} or int, optional
        Rule for, or number of, lags of the Newey–West covariance; "andrews" when None.
    where : Series of bool, optional
        Rows that may serve as observations; their lags may lie outside.
    minimum : int
        Fewest observations accepted.
    fewest : int
        Fewest rises, and fewest falls, of each x accepted.
    horizon : int
        Last step of the multipliers drawn.
    draws : int
        Bootstrap paths behind the bands of the multipliers.
    rng : int
        Seed of the bootstrap.

    Notes
    -----
    Δy_t = c + π y_{t-1} + β⁺x⁺_{t-1} + β⁻x⁻_{t-1} + Σ γ_i Δy_{t-i} + Σ (δ⁺_i Δx⁺_{t-i} +
    δ⁻_i Δx⁻_{t-i}) + u_t with x⁺_t = Σ_{s≤t} max(Δx_s, 0), x⁻_t = Σ_{s≤t} min(Δx_s, 0). The long
    runs are −β⁺/π and −β⁻/π. Long-run symmetry is β⁺ = β⁻; short-run symmetry Σδ⁺ = Σδ⁻.

    References
    ----------
    Shin, Y., Yu, B. and Greenwood-Nimmo, M. (2014). Modelling asymmetric cointegration and
    dynamic multipliers in a nonlinear ARDL framework. In: Festschrift in Honor of Peter Schmidt,
    281–314. doi:10.1007/978-1-4899-8008-3_9

    Examples
    --------
    >>> import carbonlink as cl
    >>> data = cl.simulate.error_correction(500, long_run=0.8, adjustment=0.2, rng=1)
    >>> fit = cl.NARDL(data["effect"], data["cause"], lags=1).fit()
    >>> list(fit.long_run.index)
    ['cause_pos', 'cause_neg', 'const']
    """

    y: Any
    x: Any
    controls: Any = None
    lags: int | str = "bic"
    order: int | tuple[int, ...] | None = None
    max_lags: int = 4
    trend: str = "c"
    cov: str = "hac"
    bandwidth: str | int | None = None
    where: Any = None
    minimum: int = 40
    fewest: int = 20
    horizon: int = 40
    draws: int = 999
    rng: int = 0

    def fit(self) -> NARDLResults:
        """Estimate the model.

        Returns
        -------
        NARDLResults

        Raises
        ------
        TooFewObservationsError
            Fewer rises or falls than `fewest`, or rows than needed.
        SpecificationError
            A regressor does not vary or repeats another.
        """
        return fit_nardl(**vars(self))


def fit_nardl(
    y: Any,
    x: Any,
    controls: Any = None,
    lags: int | str = "bic",
    order: int | tuple[int, ...] | None = None,
    max_lags: int = 4,
    trend: str = "c",
    cov: str = "hac",
    bandwidth: str | int | None = None,
    where: Any = None,
    minimum: int = 40,
    fewest: int = 20,
    horizon: int = 40,
    draws: int = 999,
    rng: int = 0,
) -> NARDLResults:
    """Estimate an asymmetric distributed lag (see `NARDL`)."""
    arguments = dict(locals())
    _check(horizon, draws, fewest)
    causes = check_frame(x, "x")
    split = halves(causes)
    _check_halves(split, list(causes.columns), fewest)
    settings = {"trend": trend, "where": where, "minimum": minimum, "fixed": None}
    chosen: Any = (lags, _doubled(order, causes.shape[1]))
    if isinstance(lags, str):
        search = choose(y, split, controls, lags, order, max_lags, **settings)
        chosen = (search.lags, search.orders)
    ecm = fit_ecm(
        y, split, controls, chosen[0], chosen[1], cov=cov, bandwidth=bandwidth, **settings
    )
    effect, levels, _ = joined(y, split, controls)
    layout = kernel.design(
        effect.to_numpy(), levels.to_numpy(), ecm.spec["lags"], ecm.spec["order"], trend
    )
    rows = np.flatnonzero(layout.complete & row_mask(where, effect.index))
    counts = _counts(levels, list(causes.columns), rows, fewest)
    held = {f.name: getattr(ecm, f.name) for f in dataclasses.fields(ECMResults)}
    own = {"fewest": fewest, "horizon": horizon, "draws": draws, "rng": rng}
    return NARDLResults(
        **held
        | {
            "spec": {
                **ecm.spec,
                "split": tuple(causes.columns),
                "chosen_by": lags if isinstance(lags, str) else "given",
                "max_lags": max_lags if isinstance(lags, str) else None,
                **own,
            },
            "notes": (*_notes(counts), *ecm.notes),
            "recipe": Recipe(fit_nardl, arguments),
        },
        changes=counts,
        levels=effect.to_numpy(),
        layout=layout,
        rows=rows,
    )


def halves(causes: pd.DataFrame) -> pd.DataFrame:
    """Return the running sums of rises and falls of each column: name_pos, name_neg."""
    columns = {}
    for name, values in causes.items():
        columns[f"{name}_pos"], columns[f"{name}_neg"] = partial_sums(values.to_numpy())
    return pd.DataFrame(columns, index=causes.index)


def _check_halves(split: pd.DataFrame, causes: list[str], fewest: int) -> None:
    """Refuse a cause that never rises or never falls, before its half is called constant."""
    for name in causes:
        for end, word in (("pos", "rises"), ("neg", "falls")):
            if split[f"{name}_{end}"].nunique() < 2:
                raise _too_few(name, 0, word, fewest)


def _too_few(name: str, count: int, word: str, fewest: int) -> TooFewObservationsError:
    return TooFewObservationsError(
        f"{name} has {count} {word} in the sample; {fewest} are needed to give them an effect of "
        "their own.",
        "Use carbonlink.ECM, a longer sample, or x among the controls.",
    )


def _doubled(order: Any, split: int) -> Any:
    """Return the order of each x twice, for its rises and its falls, then those of controls."""
    if order is None or np.ndim(order) == 0:
        return order
    order = tuple(order)
    return (*(q for q in order[:split] for _ in (0, 1)), *order[split:])


def _counts(levels: pd.DataFrame, split: list[str], rows: np.ndarray, fewest: int) -> pd.DataFrame:
    """Return the numbers of rises and falls in the sample, or refuse too few."""
    span = levels.iloc[rows[0] - 1 : rows[-1] + 1]
    table = pd.DataFrame(
        {
            "rises": [int((span[f"{name}_pos"].dropna().diff() > 0).sum()) for name in split],
            "falls": [int((span[f"{name}_neg"].dropna().diff() < 0).sum()) for name in split],
        },
        index=split,
    )
    for name, row in table.iterrows():
        for word in ("rises", "falls"):
            if row[word] < fewest:
                raise _too_few(str(name), row[word], word, fewest)
    return table


def _notes(counts: pd.DataFrame) -> list[str]:
    scarce = [
        f"{name} has {row[word]} {word}"
        for name, row in counts.iterrows()
        for word in ("rises", "falls")
        if row[word] < SCARCE
    ]
    if not scarce:
        return []
    return [f"{listed(scarce)}: so few that their effect is known only roughly."]


def _check(horizon: Any, draws: Any, fewest: Any) -> None:
    for name, value, least in (
        ("horizon", horizon, 1),
        ("draws", draws, 19),
        ("fewest", fewest, 2),
    ):
        if isinstance(value, (bool, str)) or int(value) != value or value < least:
            raise SpecificationError(f"{name}={value!r} is not usable.", f"Use {least} or more.")
