"""The result of a rolling evaluation, and how its forecasts are scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..inference import value_at_risk as risk
from ..inference.forecast_tests import (
    EqualLosses,
    diebold_mariano,
    model_confidence_set,
    qlike,
    squared_error,
)
from ..inference.parallel import seed_sequence
from ..results import Results, check_level, tidy_frame

LOSSES = {"qlike": qlike, "mse": squared_error}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BacktestResults(Results):
    """A rolling evaluation of volatility models.

    Attributes
    ----------
    forecasts : DataFrame
        A row a date and model: mean, variance, carried (whether the parameters are those of an
        earlier fit, the date's own having no maximum), and var[level] and es[level], the value
        at risk and the expected shortfall as returns.
    table : DataFrame
        A row a model: mean qlike and mse, `mcs_qlike` and `mcs_mse`, its p-value in the model
        confidence set, hits[level], the share of days below the value at risk, and carried, the
        number of days forecast with carried parameters.
    losses : DataFrame
        Each day's QLIKE, a column a model.
    differences : DataFrame
        A row a model but the first and a loss: its mean less that of the first, std_error,
        statistic, p_value (Diebold and Mariano).
    returns, proxy : Series
        What happened.
    """

    title: ClassVar[str] = "Out-of-sample evaluation"

    forecasts: pd.DataFrame
    table: pd.DataFrame
    losses: pd.DataFrame
    differences: pd.DataFrame
    returns: pd.Series
    proxy: pd.Series
    market: str

    @property
    def best(self) -> str:
        """The model with the least QLIKE."""
        return str(self.table["qlike"].idxmin())

    def confidence_set(self, level: float = 0.90, loss: str = "qlike") -> list[str]:
        """Return the models that the model confidence set holds.

        Parameters
        ----------
        level : float
            0.90 holds the models whose p-value is 0.10 or more.
        loss : {"qlike", "mse"}

        Returns
        -------
        list of str
        """
        inside = self.table[f"mcs_{loss}"] >= 1 - check_level(level)
        return [str(name) for name in self.table.index[inside]]

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the losses, differences against the first model, and shares of exceedances."""
        from scipy import stats

        rows: list[dict[str, Any]] = []
        for name, row in self.table.iterrows():
            rows += [{"term": f"{loss}[{name}]", "estimate": row[loss]} for loss in LOSSES]
            rows += [
                {"term": f"{c}[{name}]", "estimate": 100 * row[c], "unit": "% of days"}
                for c in self.table.columns
                if c.startswith("hits")
            ]
            rows.append({"term": f"carried[{name}]", "estimate": row["carried"], "unit": "days"})
        half = stats.t.ppf(0.5 + check_level(level) / 2, len(self.losses) - 1)
        pair: Any
        for pair in self.differences.itertuples():
            rows.append(
                {
                    "term": f"{pair.loss}[{pair.model}] less {pair.against}",
                    "estimate": pair.difference,
                    "std_error": pair.std_error,
                    "statistic": pair.statistic,
                    "p_value": pair.p_value,
                    "lower": pair.difference - half * pair.std_error,
                    "upper": pair.difference + half * pair.std_error,
                }
            )
        return tidy_frame(rows).assign(market=self.market)

    def numbers(self) -> pd.DataFrame:
        """Return the forecasts beside what happened."""
        frame = self.forecasts.join(self.returns.rename("return"))
        return frame.rename_axis(str(frame.index.name or "date")).reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the returns and the value at risk of the best model, exceedances marked."""
        level = self.spec["levels"][0]
        own = self.forecasts[self.forecasts["model"] == self.best]
        edge = own[f"var[{level:g}]"]
        hit = self.returns < edge
        with plotting.style():
            ax = plotting.new_axes(ax)
            ax.plot(self.returns.index, self.returns, color="#9A9A9A", lw=0.5, label="return")
            ax.plot(edge.index, edge, color=plotting.PALETTE[0], lw=1, label=f"{100 * level:g} %")
            ax.plot(
                self.returns.index[hit], self.returns[hit], "v", ms=4, color=plotting.PALETTE[1]
            )
            if isinstance(self.returns.index, pd.DatetimeIndex):
                plotting.years(ax)
            ax.set_ylabel("return and value at risk, %")
            ax.set_title(f"{self.market}: {self.best}, {int(hit.sum())} of {len(hit)} days below")
            ax.legend(loc="upper left", ncols=2)
        return ax

    def _headline(self) -> dict[str, Any]:
        held = ", ".join(self.confidence_set())
        return {"least_qlike": self.best, "confidence_set_90": held}

    def _tests(self) -> list[dict[str, Any]]:
        rows = []
        for name in self.spec["models"]:
            own = self.forecasts[self.forecasts["model"] == name]
            for level in self.spec["levels"]:
                for row in self._risk(own, level):
                    rows.append({**row, "test": f"{row['test']}, {100 * level:g} %, {name}"})
        pair: Any
        for pair in self.differences.itertuples():
            rows.append(
                {
                    "test": f"Diebold–Mariano, {pair.loss}, {pair.model}",
                    "null": f"{pair.model} and {pair.against} lose the same on average",
                    "statistic": pair.statistic,
                    "p_value": pair.p_value,
                    "reference": pair.reference,
                }
            )
        for name, placed in self.table.iterrows():
            for loss in LOSSES:
                rows.append(
                    {
                        "test": f"Model confidence set, {loss}, {name}",
                        "null": f"no model left loses less than {name}",
                        "p_value": placed[f"mcs_{loss}"],
                        "reference": f"stationary bootstrap, {self.spec['draws']} draws",
                    }
                )
        return rows

    def _risk(self, own: pd.DataFrame, level: float) -> list[dict[str, Any]]:
        y = self.returns.to_numpy()
        edge = own[f"var[{level:g}]"].to_numpy()
        hits = y < edge
        return [
            *risk.coverage_tests(hits, edge, level, self.spec["draws"], 0),
            risk.shortfall(
                y,
                hits,
                own[f"es[{level:g}]"].to_numpy(),
                np.sqrt(own["variance"].to_numpy()),
                self.spec["draws"],
                0,
            ),
        ]


def score(
    forecasts: pd.DataFrame,
    returns: pd.Series,
    proxy: pd.Series,
    names: list[str],
    levels: tuple[float, ...],
    draws: int,
    rng: Any,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the table of models, the daily QLIKE, and the differences against the first."""
    known = proxy.gt(0).to_numpy()
    value = proxy.to_numpy()[known]
    own = {n: forecasts[forecasts["model"] == n] for n in names}
    table = pd.DataFrame(index=pd.Index(names, name="model"))
    daily, rows = {}, []
    for seed, loss in zip(seed_sequence(rng).spawn(len(LOSSES)), LOSSES, strict=True):
        each = {n: LOSSES[loss](value, v["variance"].to_numpy()[known]) for n, v in own.items()}
        daily[loss] = pd.DataFrame(each, index=proxy.index[known])
        table[loss] = daily[loss].mean()
        draw = np.random.default_rng(seed)
        table[f"mcs_{loss}"] = model_confidence_set(daily[loss], draws, rng=draw)
        for name in names[1:]:
            found = diebold_mariano(each[name] - each[names[0]])
            rows.append({"loss": loss, "model": name, "against": names[0], **found._asdict()})
    for level in levels:
        hits = {n: (returns < v[f"var[{level:g}]"]).mean() for n, v in own.items()}
        table[f"hits[{level:g}]"] = pd.Series(hits)
    table["carried"] = pd.Series({n: int(v["carried"].sum()) for n, v in own.items()})
    columns = ["loss", "model", "against", *EqualLosses._fields]
    return table, daily["qlike"], pd.DataFrame(rows, columns=columns)
