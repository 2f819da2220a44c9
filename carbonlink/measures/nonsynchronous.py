"""Comovement of markets that do not trade at the same time."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError
from ..inference import hac
from ..kernels.ols import least_squares
from ..models.frames import check_frame, listed
from ..panel import Panel

FEWEST = 30


def nonsynchronous(data: Any, markets: Iterable[str] | None = None, lags: int = 2) -> pd.DataFrame:
    """Return correlations on jointly traded days and Dimson's sums of lead and lag betas.

    Parameters
    ----------
    data : Panel or DataFrame
        Of a panel the returns between genuine trades; of a frame, returns with a missing value
        on a day without one. Nothing is filled.
    markets : list of str, optional
    lags : int
        Leads and lags of the cause's return beside today's, ±2 by default; counted in the rows on
        which either market of the pair has a return.

    Returns
    -------
    DataFrame
        A row an ordered pair: `effect`, `cause`, `joint_days` (both traded), `correlation` on
        those days, `beta` (today's alone), `dimson` (the sum), `std_error` (Newey–West),
        `nobs` of the Dimson regression and `note`.

    Notes
    -----
    .. math:: r_{i,t} = a + \\sum_{k=-K}^{K} b_k\\, r_{j,t+k} + e_t,\\qquad
              \\beta^{Dimson} = \\sum_k b_k

    References
    ----------
    Dimson, E. (1979). Risk measurement when shares are subject to infrequent trading. Journal of
    Financial Economics 7, 197–226. doi:10.1016/0304-405X(79)90013-8

    Examples
    --------
    >>> import carbonlink as cl
    >>> from carbonlink.measures.nonsynchronous import nonsynchronous
    >>> table = nonsynchronous(cl.simulate.var(300, rng=1))
    >>> len(table)
    6
    """
    if isinstance(lags, bool) or not isinstance(lags, (int, np.integer)) or lags < 0:
        raise SpecificationError(f"lags={lags!r} is no number of leads and lags.", "Use 2.")
    chosen = [markets] if isinstance(markets, str) else (None if markets is None else list(markets))
    frame = data.returns(chosen) if isinstance(data, Panel) else check_frame(data, "data")
    if chosen is not None and not isinstance(data, Panel):
        missing = [c for c in chosen if c not in frame.columns]
        if missing:
            raise SpecificationError(f"The data have no column {listed(missing)}.")
        frame = frame[chosen]
    if frame.shape[1] < 2:
        raise DataError("Comovement needs two markets.", "Add a column.")
    return pd.DataFrame([_pair(frame, a, b, int(lags)) for a, b in permutations(frame.columns, 2)])


def _pair(frame: pd.DataFrame, effect: str, cause: str, lags: int) -> dict[str, Any]:
    pair = frame[[effect, cause]].dropna(how="all")
    joint = pair.dropna()
    row: dict[str, Any] = {
        "effect": effect, "cause": cause, "joint_days": len(joint), "correlation": np.nan,
        "beta": np.nan, "dimson": np.nan, "std_error": np.nan, "nobs": 0, "note": "",
    }  # fmt: skip
    if len(joint) < FEWEST:
        return {**row, "note": f"{len(joint)} jointly traded days; {FEWEST} are needed"}
    if (np.ptp(joint.to_numpy(), axis=0) == 0).any():
        return {**row, "note": "a return does not move"}
    row["correlation"] = float(joint.corr().to_numpy()[0, 1])
    row["beta"] = float(joint.cov().to_numpy()[0, 1] / joint[cause].var())
    moved = pd.DataFrame({k: pair[cause].shift(-k) for k in range(-lags, lags + 1)})
    whole = pd.concat([pair[effect].rename("y"), moved], axis=1).dropna()
    row["nobs"] = len(whole)
    if len(whole) < FEWEST + 2 * lags:
        return {**row, "note": f"{len(whole)} days with all leads and lags; too few for Dimson"}
    x = np.column_stack([np.ones(len(whole)), whole.drop(columns="y").to_numpy()])
    fit = least_squares(whole["y"].to_numpy(), x)
    if fit.collinear:
        return {**row, "note": "leads and lags are collinear"}
    cov = hac.hac(x, fit.residuals, fit.bread).cov
    return {
        **row,
        "dimson": float(fit.params[1:].sum()),
        "std_error": float(np.sqrt(cov[1:, 1:].sum())),
    }
