"""From what a GARCH model is given to the problem that is maximised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..kernels import garch_estimate as kernel
from ..kernels.garch_families import FAMILIES
from ..results import check_cov
from . import garch_inputs as inputs
from . import garch_partial as hidden


@dataclass(frozen=True, eq=False)
class Data:
    """The data of a model, checked and aligned.

    Attributes
    ----------
    series : Series
        Returns, 0 on days without a trade.
    lost : int
        First rows used as lags.
    variance_x, mean_x, trade_x : DataFrame
        Regressors on the other rows.
    known : Partial
        What is known of each of them.
    """

    series: pd.Series
    lost: int
    variance_x: pd.DataFrame
    mean_x: pd.DataFrame
    trade_x: pd.DataFrame
    known: hidden.Partial

    @property
    def rows(self) -> pd.Series:
        """The returns that are modelled."""
        return self.series.iloc[self.lost :]


def settle(given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments with defaults filled in, or say which cannot be or has no use."""
    check_cov(given["cov"])
    vol, form, compat = (given[k] for k in ("vol", "variance_form", "compat"))
    trade, limits = given["trade"], given["limits"]
    presample, bound = inputs.compatible(compat, given["presample"], given["persistence_bound"])
    mean, dist = given["mean"], given["dist"]
    lags = inputs.check_choices(
        vol, mean, given["lags"], dist, given["variance_x"], form, presample, bound
    )
    if compat and form == "additive":
        bound = float("inf")
    hidden.check_combination(vol, mean, dist, form, trade, limits)
    useless = {"trade_x": given["trade_x"] is not None, "idle": given["idle"] != "free"}
    for name, said in useless.items():
        if trade is None and said:
            raise SpecificationError(f"{name} has no use without trade=.", "Give trade=.")
    return given | {
        "order": inputs.check_order(given["order"], vol, form, trade, limits),
        "lags": lags,
        "ma": inputs.check_moving(given["ma"], trade, limits),
        "presample": presample,
        "persistence_bound": bound,
    }


def prepare(settled: dict[str, Any]) -> Data:
    """Return the data of a model, or name what is wrong with them."""
    family = FAMILIES[inputs.process(settled["vol"], settled["order"])]
    given = [settled[k] for k in ("variance_x", "mean_x")]
    wide = sum(0 if x is None or np.ndim(x) < 2 else x.shape[1] for x in given)
    size = len(family.names) + settled["lags"] + settled["ma"] + wide + 2
    trade = settled["trade"]
    series, traded = inputs.check_returns(settled["y"], settled["minimum"], size, trade)
    lost = 0 if settled["compat"] else settled["lags"]
    rows = series.iloc[lost:]
    w = inputs.check_regressors(settled["variance_x"], rows.index, traded)
    if settled["variance_form"] == "additive":
        inputs.check_sign(w)
    mx = inputs.check_regressors(settled["mean_x"], rows.index, traded, "mean_x")
    wt = inputs.check_regressors(settled["trade_x"], rows.index, name="trade_x")
    known = hidden.partial(rows, traded, settled["limits"], wt, settled["idle"])
    return Data(series, lost, w, mx, wt, known)


def problem_of(settled: dict[str, Any], data: Data) -> tuple[kernel.Problem, kernel.Units]:
    """Return what is maximised, in units of its own, and the units."""
    mean, lags, ma, compat = (settled[k] for k in ("mean", "lags", "ma", "compat"))
    y, more = data.series.to_numpy(), data.mean_x.to_numpy(float)
    return kernel.standardise(
        data.rows.to_numpy(),
        mean_regressors(y, mean, lags, data.lost, more, ma),
        _lagged(mean, lags, more.shape[1], ma),
        data.variance_x.to_numpy(float),
        presample=settled["presample"],
        most=settled["persistence_bound"],
        vol=inputs.process(settled["vol"], settled["order"]),
        dist=settled["dist"],
        inside=settled["variance_form"] != "multiplicative",
        kind=data.known.kind,
        offset=data.known.offset,
        idle=settled["idle"] if data.known.logit is not None else "zero",
        lags=lags if compat else None,
        rugarch=compat == "rugarch",
        ma=ma,
    )


def mean_regressors(
    y: np.ndarray,
    mean: str,
    lags: int,
    lost: int | None = None,
    more: np.ndarray | None = None,
    ma: int = 0,
) -> np.ndarray:
    """Return the regressors of the mean, shape (n − lost, m): constant, lags of y, the others.

    Moving-average terms have columns of zeros, the last ones.

    The rows lost are those of the lags when None; lags from before the sample are 0, where no
    rows are lost to them.
    """
    lost = lags if lost is None else lost
    n = len(y) - lost
    columns = [] if mean == "zero" else [np.ones(n)]
    padded = np.concatenate([np.zeros(lags), y])
    start = lags + lost
    columns += [padded[start - j : start - j + n] for j in range(1, lags + 1)]
    columns += [] if more is None else list(more.T)
    columns += [np.zeros(n)] * ma
    return np.column_stack(columns) if columns else np.empty((n, 0))


def _lagged(mean: str, lags: int, more: int, ma: int) -> np.ndarray:
    """Which regressors of the mean are in the units of y."""
    own = [False] * (mean != "zero") + [True] * lags + [False] * more
    return np.array(own + [True] * ma, dtype=bool)
