"""From known truth to the public words and back (simulation studies; run with --run-slow).

The finer studies of bias, coverage and size are in the test file of each estimator.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl

DRAWS = 400


def share_covering(intervals: list[tuple[float, float]], truth: float) -> float:
    return float(np.mean([low <= truth <= high for low, high in intervals]))


@pytest.mark.slow
def test_the_window_effect_is_covered():
    truth, intervals = 0.7, []
    inside = (np.arange(1500) % 240 >= 210).astype(float)
    for seed in range(DRAWS):
        y = cl.simulate.garch(1500, delta=[truth], variance_x=inside[:, None], rng=seed)
        window = pd.Series(inside, index=y.index, name="window")
        fit = cl.GARCH(y, variance_x=window).fit()
        row = fit.conf_int().loc["delta[window]"]
        intervals.append((row["lower"], row["upper"]))
    assert 0.91 <= share_covering(intervals, truth) <= 0.98


@pytest.mark.slow
def test_the_long_run_pass_through_is_covered():
    truth, intervals = 0.8, []
    for seed in range(DRAWS):
        data = cl.simulate.error_correction(800, long_run=truth, adjustment=0.2, rng=seed)
        found = cl.pass_through(data, "cause", "effect", lags=1).long_run
        intervals.append((found.lower, found.upper))
    assert 0.91 <= share_covering(intervals, truth) <= 0.98


@pytest.mark.slow
def test_the_concentration_test_keeps_its_size():
    rejected = []
    for seed in range(DRAWS):
        volume, deadlines = cl.simulate.volumes(intensity=1.0, rng=seed)
        rejected.append(cl.concentration(volume, deadlines=deadlines, draws=199).pvalue <= 0.05)
    assert 0.025 <= np.mean(rejected) <= 0.085
