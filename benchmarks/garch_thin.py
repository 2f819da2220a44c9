"""Recover a GARCH with days without a trade and price limits, and show how the naive one fails.

    OMP_NUM_THREADS=1 python benchmarks/garch_thin.py [draws] [days] [zero|latent]

Truth: α 0.1, β 0.85, ω 1, a window that multiplies the variance by e^0.5, days without a trade
from a dynamic logit (a 0.4, b 0.9) at rest at 20 %, limits of ±10 %. The model knows which days
traded and which limit was hit; the naive one takes returns as printed, zero on days without a
trade. Intervals at 95 %, robust.

Measured with 2,000 draws of 2,500 days (21 % without a trade, 2.9 % of returns at a limit), all
converged (mean, its simulation error, coverage of the 95 % interval):

                truth    both                   naive
δ of window     0.5      0.500 ± 0.003  94.7 %  0.419 ± 0.003  91.3 %
α               0.1      0.102 ± 0.000  94.1 %  0.071 ± 0.000  45.3 %
persistence     0.95     0.943 ± 0.001  95.8 %  0.929 ± 0.001  93.5 %
a of a trade    0.4      0.403 ± 0.002  93.5 %
b of a trade    0.9      0.889 ± 0.001  93.6 %
chance of one   mean error −0.0003 ± 0.0002

The median of the persistence is 0.947: what is left is the bias of any GARCH on 2,000 returns.

Where the shock that nobody saw drives the variance ("latent"), 400 draws: δ 0.507 ± 0.007, its
interval covers 95.5 % with both, at a mean standard error of 0.1425 for a spread of 0.1436.
Newey–West sums of the scores change nothing (95.5 % with 5 lags, 95.0 % with 20, 93.8 % with 40),
so they are not used. What covers too little there is a model that leaves out limits that bind: its
δ is 0.36 (80 draws).
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np
import pandas as pd

import carbonlink as cl

LIMITS = (-10.0, 10.0)
TRUTH = {
    "delta[window]": 0.5,
    "alpha": 0.1,
    "beta": 0.85,
    "persistence": 0.95,
    "trade[news]": 0.4,
    "trade[carry]": 0.9,
}


def one_draw(seed: int, days: int, news: str) -> list[dict[str, Any]]:
    """Fit both models to one simulated market."""
    inside = (np.arange(days) % 244 > 203).astype(float)
    made = cl.simulate.thin_returns(
        days, omega=1.0, delta=0.5, variance_x=inside, news=news, rng=seed
    )
    window = pd.Series(inside, made.index, name="window")
    y = made["returns"]
    fits = {
        "both": cl.GARCH(y, trade=made["trade"], limits=LIMITS, variance_x=window),
        "naive": cl.GARCH(y.fillna(0.0), variance_x=window),
    }
    rows = []
    for name, model in fits.items():
        fit = model.fit(strict=False)
        table = fit.tidy().set_index("term")
        for term, truth in TRUTH.items():
            if term in table.index and fit.converged:
                row = table.loc[term]
                covered = row["lower"] < truth < row["upper"]
                rows.append((name, term, row["estimate"], covered, np.isfinite(row["lower"])))
        if fit.trade_probability is not None:
            error = float((fit.trade_probability - made["probability"]).mean())
            rows.append((name, "trade probability less truth", error, True, False))
    columns = ("model", "term", "estimate", "covered", "known")
    return [dict(zip(columns, row, strict=True)) for row in rows]


def main(draws: int = 2000, days: int = 2500, news: str = "zero") -> None:
    """Print mean, simulation error and coverage of each parameter in each model."""
    warnings.simplefilter("ignore")
    table = pd.DataFrame([row for seed in range(draws) for row in one_draw(seed, days, news)])
    for (model, term), rows in table.groupby(["model", "term"], sort=False):
        mean, error = rows["estimate"].mean(), rows["estimate"].std() / np.sqrt(len(rows))
        known = rows[rows["known"]]
        share = f"{100 * known['covered'].mean():6.1f} %" if len(known) else ""
        print(f"{model:8}{term:30}{mean:9.4f} ± {error:.4f}{share}")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:3]), *sys.argv[3:])
