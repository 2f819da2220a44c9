"""What else a connectedness result can show: over time, frequencies, quantiles, R², choices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from . import connectedness_sensitivity as choices
from .connectedness_network import network
from .connectedness_sensitivity import Sensitivity, sensitivity
from .frequency_connectedness import FrequencyConnectedness, frequency_connectedness
from .quantile_connectedness import QuantileConnectedness, quantile_connectedness
from .r2_connectedness import R2Connectedness, r2_connectedness
from .rolling_connectedness import RollingConnectedness, rolling_connectedness

TAUS = (0.05, 0.25, 0.5, 0.75, 0.95)


class Views:
    """Methods of `ConnectednessResults` that look at the same system in another way."""

    total: float
    net: pd.Series
    pairwise: pd.DataFrame
    fitted: Any
    spec: Any
    places: np.ndarray | None
    seed: np.random.SeedSequence
    names: Any
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    conf_int: Any
    _has_draws: Any

    def rolling(self, window: int = 200, compat: str | None = None) -> RollingConnectedness:
        """Measure connectedness in every window of the sample.

        Parameters
        ----------
        window : int
            Rows of data in a window: `window` − lags observations, each with all its lags. With
            missing rows a window still has that many observations, so that windows compare, and
            reaches further back.
        compat : {"connectedness_approach"}, optional
            Count as that R package does: `window` − 2·lags observations.

        Returns
        -------
        RollingConnectedness
            `total`, a Series by the last day of the window; `to`, `from_`, `net`.

        Notes
        -----
        Windows of least squares come from cumulated cross-products. A shrunk or quantile VAR is
        fitted anew in every window, and its penalty chosen from the window's own rows unless it
        was given: seconds to minutes for a thousand windows, shared among the workers of
        `joblib.parallel_config`.
        """
        spec = self.spec
        return rolling_connectedness(
            self.fitted,
            window=window,
            horizon=spec["horizon"],
            kind=spec["kind"],
            places=self.places,
            compat=compat,
            draws=spec["draws"],
            seed=self.seed,
            sources=self.sources,
            notes=self.notes,
        )

    def frequency(
        self,
        bands: Iterable[tuple[float, float]] = ((2, 5), (5, 20), (20, np.inf)),
        *,
        unit: str = "days",
        horizon: int | None = None,
        compat: str | None = None,
    ) -> FrequencyConnectedness:
        """Split connectedness over bands of frequency.

        Parameters
        ----------
        bands : pairs of float
            Lengths of waves in days (rows of the data), or frequencies in radians; they must
            cover (0, π] once. A frequency ω is a wave of 2π/ω days: π is 2 days, π/4 is 8.
        unit : {"days", "radians"}
        horizon : int, optional
            Number of terms H of the moving average; that of this result by default. Long waves
            need many: 100 rather than 10.
        compat : {"connectedness_approach"}, optional
            Split as that R package does: H + 1 terms, frequencies on a grid, π itself left out
            unless the first band starts above π.

        Returns
        -------
        FrequencyConnectedness
            `total`, `within`, `to`, `from_`, `net` by band; `table(band)`.

        Notes
        -----
        The band (a, b] of a cell is the integral over it of the squared response at frequency ω
        [1]_. It is exact, so bands add up to the table and the total with the same H.

        References
        ----------
        .. [1] Baruník, J. and Křehlík, T. (2018). Journal of Financial Econometrics 16, 271–296.
           doi:10.1093/jjfinec/nby001

        Examples
        --------
        >>> import carbonlink as cl
        >>> net = cl.connectedness(cl.simulate.var(400, rng=1), lags=1, horizon=100, draws=0)
        >>> split = net.frequency([(2, 5), (5, 20), (20, float("inf"))])
        >>> split.bands
        ('2 to 5 days', '5 to 20 days', 'over 20 days')
        >>> bool(abs(split.total.sum() - net.total) < 1e-9)
        True
        """
        order = None if self.places is None else tuple(self.names[i] for i in self.places)
        return frequency_connectedness(
            self.fitted,
            bands=bands,
            unit=unit,
            horizon=self.spec["horizon"] if horizon is None else horizon,
            kind=self.spec["kind"],
            order=order,
            compat=compat,
            sources=self.sources,
            notes=self.fitted.notes,
        )

    def quantiles(
        self,
        taus: Iterable[float] = TAUS,
        *,
        covariance: str = "raw",
        draws: int = 0,
        level: float | None = None,
    ) -> QuantileConnectedness:
        """Measure connectedness of shocks of other sizes, by a VAR of quantile regressions.

        Parameters
        ----------
        taus : list of float
            Quantiles in (0, 1): 0.05 is the size of bad days, 0.5 of ordinary ones.
        covariance : {"raw", "centred"}
            Σ from the residuals as they are, as the papers have it, or from their deviations
            from their means.
        draws : int
            Replications behind the intervals of totals and directions: blocks of rows drawn
            together.
        level : float, optional

        Returns
        -------
        QuantileConnectedness
            `total`, `null_mean`, `to`, `from_`, `net` by quantile; `table(tau)`.

        Notes
        -----
        Every equation is a quantile regression at the same τ; Σ is U'U/n of its residuals, and
        the table is that of the result's kind [1]_, [2]_. Away from τ = 0.5 residuals do not have
        mean 0, and U'U/n takes that for common movement: the index is high in both tails even
        where nothing is linked. `null_mean` says how high, and `covariance="centred"` takes the
        means out.

        Intervals of 95 % held the total in 93 % and directions in 93 to 95 % of 150 samples (99
        draws) of three linked series, 400 rows, at τ = 0.1 and 0.5.

        References
        ----------
        .. [1] Ando, T., Greenwood-Nimmo, M. and Shin, Y. (2022). Quantile connectedness: Modeling
           tail behavior in the topology of financial networks. Management Science 68, 2401–2431.
           doi:10.1287/mnsc.2021.3984
        .. [2] Chatziantoniou, I., Gabauer, D. and Stenfors, A. (2021). Interest rate swaps and
           the transmission mechanism of monetary policy: A quantile connectedness approach.
           Economics Letters 204, 109891.

        Examples
        --------
        >>> import carbonlink as cl
        >>> net = cl.connectedness(cl.simulate.var(400, rng=1), lags=1, draws=0)
        >>> net.quantiles((0.1, 0.5, 0.9)).total.round(0).size
        3
        """
        return quantile_connectedness(
            self.fitted,
            taus=taus,
            covariance=covariance,
            horizon=self.spec["horizon"],
            kind=self.spec["kind"],
            places=self.places,
            draws=draws,
            level=self.spec["level"] if level is None else level,
            seed=self.seed,
            sources=self.sources,
            notes=self.notes,
        )

    def r_squared(
        self, lags: int = 0, *, draws: int = 199, level: float | None = None
    ) -> R2Connectedness:
        """Split the R² of each series on the others of the same day, and on lags, over them.

        Parameters
        ----------
        lags : int
            Lags of all series beside the values of the same day; 0 leaves them out.
        draws : int
            Replications behind the intervals of the totals: blocks of rows drawn together.
        level : float, optional

        Returns
        -------
        R2Connectedness
            `total`, `to`, `from_`, `net` overall, contemporaneous and lagged; `table(part)`.

        Notes
        -----
        Genizi's parts of R² [1]_ in place of variance shares, as in [2]_. They need no
        normalisation: what is left to 100 is explained by nothing in the system.

        References
        ----------
        .. [1] Genizi, A. (1993). Statistica Sinica 3, 407–420.
           https://www.jstor.org/stable/24304957
        .. [2] Naeem, M. A., Chatziantoniou, I., Gabauer, D. and Karim, S. (2023). Measuring the
           G20 stock market return transmission mechanism: Evidence from the R² connectedness
           approach. International Review of Financial Analysis.
        """
        return r2_connectedness(
            self.fitted,
            lags=lags,
            draws=draws,
            level=self.spec["level"] if level is None else level,
            seed=self.seed,
            sources=self.sources,
            notes=self.notes,
        )

    def sensitivity(
        self,
        *,
        lags: Iterable[int | str] = choices.LAGS,
        horizons: Iterable[int] = choices.HORIZONS,
        kinds: Iterable[str] = choices.KINDS,
        windows: Iterable[int] = choices.WINDOWS,
        forgetting: Iterable[tuple[float, float]] = choices.FORGETTING,
        priors: Iterable[str] = choices.PRIORS,
        nulls: bool = False,
    ) -> Sensitivity:
        """Compute the index again under other choices, one changed at a time.

        Parameters
        ----------
        lags, horizons, kinds : lists
            Orders, horizons and kinds of decomposition of the static index.
        windows : list of int
            Rolling windows; the mean over time.
        forgetting, priors : lists
            TVP-VARs (of two lags at most); the mean over time.
        nulls : bool
            Take from each total its own mean without a link too, which takes longer.

        Returns
        -------
        Sensitivity
            `table`, `spread`, and the strip of `plot`. A choice that cannot be computed on the
            sample is a note.
        """
        return sensitivity(
            self,
            lags=lags,
            horizons=horizons,
            kinds=kinds,
            windows=windows,
            forgetting=forgetting,
            priors=priors,
            nulls=nulls,
        )

    def network(self, ax: Any = None, *, threshold: float | None = None) -> Any:
        """Draw who transmits to whom on balance.

        Parameters
        ----------
        threshold : float, optional
            Draw pairs whose net transmission is at least this many percent. By default those
            whose interval lies off 0; without draws the strongest quarter.

        Returns
        -------
        Axes
            A node a series, sized by |net|; an arrow from the net transmitter of a pair to its
            receiver, as wide as what it transmits on balance. The rule is printed below.
        """
        edges, rule = self.edges(threshold)
        title = f"Net connectedness, total {self.total:.1f} %"
        return network(self.net, edges, rule, ax=ax, title=title)

    def edges(self, threshold: float | None = None) -> tuple[pd.DataFrame, str]:
        """Return the pairs that `network` draws, and the rule that chose them.

        Parameters
        ----------
        threshold : float, optional
            Least net share of a pair, percent. By default the pairs whose interval lies off 0,
            or the strongest quarter where there are no replications.

        Returns
        -------
        edges : DataFrame
            Columns giver, taker, strength (percent, above 0); a row a pair.
        rule : str
        """
        names = list(self.names)
        pairs = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
        values = np.array([self.pairwise.iloc[i, j] for i, j in pairs])
        if threshold is not None:
            keep, rule = np.abs(values) >= threshold, f"arrows: {threshold:g} % net or more"
        elif self._has_draws:
            labels = [f"{names[i]} → {names[j]}, net" for i, j in pairs]
            bounds = self.conf_int().loc[labels]
            keep = ((bounds["lower"] > 0) | (bounds["upper"] < 0)).to_numpy()
            rule = f"arrows: {self.spec['level']:.0%} interval of the pair lies off 0"
        else:
            cut = np.quantile(np.abs(values), 0.75)
            keep, rule = (
                np.abs(values) >= cut,
                f"arrows: strongest quarter, {cut:.1f} % net or more",
            )
        rule += f" ({int(keep.sum())} of {len(pairs)} pairs)"
        rows = [
            (names[i], names[j], v) if v > 0 else (names[j], names[i], -v)
            for (i, j), v, kept in zip(pairs, values, keep, strict=True)
            if kept
        ]
        return pd.DataFrame(rows, columns=["giver", "taker", "strength"]), rule
