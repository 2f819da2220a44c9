"""The README's lines on variance models run as they stand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCK = README.split("Every variance model")[1].split("```python")[1].split("```")[0]
LINES = [line for line in BLOCK.strip().splitlines() if line]


@pytest.fixture(scope="module")
def names():
    y = cl.simulate.garch(1200, rng=1)
    months = pd.period_range("2012-01", "2020-12", freq="M")
    ends = pd.date_range("2024-01-01 00:15", periods=960, freq="15min")
    rng = np.random.default_rng(0)
    steps = np.random.default_rng(1).standard_normal((1200, 40)) * 0.2
    known = {
        "cl": cl,
        "y": y,
        "driver": pd.Series(rng.standard_normal(108).cumsum() / 4, index=months, name="coal"),
        "quarters": pd.Series(300 + 10 * rng.standard_normal(960), index=ends),
        "variance": pd.Series((steps**2).sum(axis=1), index=y.index, name="variance"),
        "panel": cl.load(["cea"]),
    }
    for line in LINES:
        if line.startswith("from "):
            exec(line, known)
    return known


@pytest.mark.parametrize("line", [line for line in LINES if not line.startswith("from ")])
def test_the_line_runs(line, names):
    found = eval(line.split("#")[0].strip(), names)
    assert len(found.tidy() if hasattr(found, "tidy") else found) > 0
