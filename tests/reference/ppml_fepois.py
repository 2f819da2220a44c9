"""Poisson coefficients of pyfixest: run `python ppml_fepois.py` where pyfixest is installed.

Writes ppml_fepois.json. The sample is made here, by NumPy alone.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

BINS = (-60, -40, -20, -10, -5, 0, 10, 20)


def sample() -> pd.DataFrame:
    """Return 6 markets of 5 cycles of 240 weekdays, skewed volumes with zeros."""
    draws = np.random.default_rng(2026)
    rows = []
    for market in range(6):
        days = pd.bdate_range("2015-01-01", periods=1200) + pd.Timedelta(weeks=3 * market)
        place = np.arange(1200)
        ahead = 239 - place % 240
        tau = np.where(ahead < 60, -ahead, np.where(place >= 240, place % 240 + 1, 999))
        tau = np.where((tau > 20) & (ahead >= 60), 999, tau)
        lift = np.where((tau <= 0) & (tau > -20), 1.2, 0.0)
        mean = np.exp(8 + 0.4 * market + lift + 0.3 * np.sin(2 * np.pi * days.month / 12))
        volume = mean * np.exp(draws.normal(size=1200)) * (draws.random(1200) > 0.2)
        rows.append(
            pd.DataFrame(
                {
                    "market_year": [f"{market}-{c}" for c in place // 240],
                    "month": days.month,
                    "weekday": days.day_of_week,
                    "bin": pd.cut(tau, BINS, labels=False),
                    "volume": np.round(volume),
                }
            )
        )
    frame = pd.concat(rows, ignore_index=True)
    for j in range(len(BINS) - 1):
        frame[f"b{j}"] = frame["bin"].eq(j).astype(float)
    return frame


def main() -> None:
    import pyfixest

    frame = sample()
    terms = [f"b{j}" for j in range(len(BINS) - 1)]
    formula = f"volume ~ {' + '.join(terms)} | market_year + month + weekday"
    options = {"vcov": {"CRV1": "market_year"}, "iwls_tol": 1e-12, "fixef_tol": 1e-12}
    fit = pyfixest.fepois(formula, frame, **options)
    found = {
        "recipe": "python ppml_fepois.py",
        "made_by": f"pyfixest {pyfixest.__version__}, numpy {np.__version__}",
        "formula": formula,
        "coef": {k: float(v) for k, v in fit.coef().items()},
        "se_CRV1": {k: float(v) for k, v in fit.se().items()},
        "deviance": float(fit.deviance) if np.ndim(fit.deviance) == 0 else float(fit.deviance[0]),
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
