"""Vector autoregressions with coefficients that change over time: what to fit and how."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import DataError, SpecificationError, check_choice
from ..kernels import tvpvar as kernel
from ..results import Recipe, Sample
from . import tvpvar_start as setup
from .frames import check_frame, listed
from .tvpvar_results import TVPVARResults
from .var_checks import wandering


class TVPVAR:
    """Specify a vector autoregression with time-varying parameters and forgetting factors.

    Every estimate uses the data up to its own date only, unless an argument says otherwise
    (`demean="sample"`, `training_window="all"`, `begin="first row"`, `compat`).

    Parameters
    ----------
    data : DataFrame
        A column a series, a row a common open day. Missing values stay missing: an observation
        exists only if its row and all its lags in the order of the rows are complete.
    lags : int
        Order.
    forgetting : (float, float)
        κ₁ of the coefficients and κ₂ of the shock covariance, above 0, at most 1. An observation
        h rows back weighs κ^h: 0.99 stands for about 100 rows, 0.96 for 25, 1 forgets nothing.
    prior : {"uninformative", "minnesota", "training"}
        Coefficients before the first observation: zeros with one variance; zeros with a variance
        that falls with the square of the lag; or least squares on the training window. After the
        uninformative prior the first dates, some tens of them, are noisy.
    prior_variance : float, optional
        Variance of the coefficients under the prior, 4 by default; at lag 1 for "minnesota", 0.1
        by default; for "training" what multiplies the least-squares covariance, 4 by default as
        in [3]_ (1 with `compat`).
    prior_scale : {"shocks", "unit"}, optional
        For "training": whether the covariance is Σ ⊗ (Z'Z)⁻¹ or I ⊗ (Z'Z)⁻¹ without the size of
        the shocks. "shocks" by default ("unit" with `compat`).
    training_window : int or "all", optional
        First rows of data behind the prior, the starting covariance, the means and the scales;
        by default the larger of 60 and three rows a coefficient of an equation ("all" with
        `compat`). "all" looks ahead.
    begin : {"after training", "first row"}, optional
        Where the filter starts. "first row" gives estimates inside the training window, which
        look ahead; it is the default with `compat`.
    warm_up : float, optional
        With `begin="first row"`: share of y y' that stands for the squared forecast error on the
        first lags + 1 rows; 0.1 by default.
    intercept : bool, optional
        Whether each equation has a drifting constant; True by default (False with `compat`).
    demean : {"training", "sample", "none"}, optional
        Means taken away beforehand: those of the training window by default ("sample", which
        looks ahead, with `compat`).
    standardise : bool, optional
        Divide each column by its standard deviation in the training window, so that the prior
        means the same for every column; True by default (False with `compat`).
    stability : {"previous", "project", "shrink", "none"}, optional
        What follows an observation after which the companion matrix has a root above 1.
        "previous", the default, leaves coefficients and their covariance as they were the day
        before. "project" multiplies the matrix of lag l by c^l, which brings the largest root to
        0.999. "shrink" (default with `compat`) shows the previous matrix, restarts the state from
        0.99 of the previous state, keeps the new covariance, and measures the next forecast
        error with the explosive matrix. "none" keeps the explosive matrix.
    compat : {"connectedness_approach"}, optional
        Defaults of the R package ConnectednessApproach 1.0.4, which look ahead. An argument that
        is given stays as given.

    See Also
    --------
    carbonlink.connectedness : Connectedness at each date from the fitted model.

    Notes
    -----
    .. math::
        y_t = c_t + A_{1t} y_{t-1} + \\dots + A_{pt} y_{t-p} + u_t,\\quad u_t \\sim (0, Σ_t)

        Σ_t = κ_2 Σ_{t-1} + (1 - κ_2) e_t e_t',\\qquad R_t = P_{t-1}/κ_1

    e_t is the one-step forecast error, P the covariance of the coefficients, which walk at
    random; they are updated by the Kalman filter with R_t and Σ_t. `standardise` makes the
    estimates independent of the units of the columns.

    An index from a short memory is biased upward: with κ₁ = 0.99, lags = 2 and ten series
    that have no link at all the uninformative prior gives a total of over 20 %. See
    `DynamicConnectedness.null_mean`.

    References
    ----------
    .. [1] Koop, G. and Korobilis, D. (2014). A new index of financial conditions. European
       Economic Review 71, 101–116. doi:10.1016/j.euroecorev.2014.07.002
    .. [2] Antonakakis, N., Chatziantoniou, I. and Gabauer, D. (2020). Refined measures of dynamic
       connectedness based on time-varying parameter vector autoregressions. Journal of Risk and
       Financial Management 13, 84. doi:10.3390/jrfm13040084
    .. [3] Primiceri, G. E. (2005). Time varying structural vector autoregressions and monetary
       policy. Review of Economic Studies 72, 821–852. doi:10.1111/j.1467-937X.2005.00353.x

    Examples
    --------
    >>> import carbonlink as cl
    >>> fitted = cl.TVPVAR(cl.simulate.var(400, rng=1), lags=1).fit()
    >>> fitted.coefs.shape
    (340, 1, 3, 3)
    >>> cl.connectedness(fitted, horizon=10).total.size
    340
    """

    def __init__(
        self,
        data: pd.DataFrame,
        lags: int = 1,
        *,
        forgetting: tuple[float, float] = (0.99, 0.99),
        prior: str = "uninformative",
        prior_variance: float | None = None,
        prior_scale: str | None = None,
        training_window: int | str | None = None,
        begin: str | None = None,
        warm_up: float | None = None,
        intercept: bool | None = None,
        demean: str | None = None,
        standardise: bool | None = None,
        stability: str | None = None,
        compat: str | None = None,
    ) -> None:
        given = {k: v for k, v in locals().items() if k not in ("self", "data", "__class__")}
        check_choice("compat", compat, (None, "connectedness_approach"))
        self.data = check_frame(data, "the TVP-VAR's data")
        if self.data.shape[1] < 2:
            raise DataError("A TVP-VAR needs at least two columns.", "Add another series.")
        empty = list(self.data.columns[self.data.isna().all()])
        if empty:
            raise DataError(
                f"The TVP-VAR's data have no value of {listed(empty)}.", "Leave it out."
            )
        self._given = given
        self.choices = setup.resolve(given, self.data.shape[1])

    def fit(self) -> TVPVARResults:
        """Run the filter over the sample.

        Returns
        -------
        TVPVARResults
        """
        chosen, names = self.choices, list(self.data.columns)
        ready = setup.prepare(self.data, chosen)
        try:
            filtered = kernel.run(
                ready.values,
                chosen.lags,
                ready.rows,
                ready.start,
                chosen.forgetting,
                constant=chosen.intercept,
                stability=chosen.stability,
                warm_up=chosen.warm_up,
            )
        except kernel.SingularStepError as error:
            label = self.data.index[ready.rows[error.args[0]]]
            raise DataError(
                f"The filter stops on {listed([label])}: its covariance has no inverse there.",
                "A series that has not moved for long, or two that moved as one, does this: leave "
                "it out, or use forgetting factors nearer to 1.",
            ) from error
        return TVPVARResults.of(
            filtered,
            data=self.data,
            rows=ready.rows,
            centre=ready.centre,
            scale=ready.scale,
            constant=chosen.intercept,
            spec={"series": tuple(names), **chosen.spec(), "training rows": ready.window},
            sample=Sample.of(self.data.index[ready.rows], dropped=ready.dropped),
            notes=(
                *setup.notes(chosen, ready, filtered),
                *wandering(self.data.to_numpy(), names, chosen.lags, len(ready.rows)),
            ),
            recipe=Recipe(_fit, {"data": self.data, **self._given}),
        )


def _fit(**arguments: Any) -> TVPVARResults:
    try:
        model = TVPVAR(**arguments)
    except TypeError as error:  # pragma: no cover - refit() names unknown arguments first
        raise SpecificationError(str(error)) from error
    return model.fit()
