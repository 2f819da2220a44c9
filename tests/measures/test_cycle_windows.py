"""The best window of single cycles is that of a result with the cycle alone."""

from __future__ import annotations

import carbonlink as cl
from carbonlink.measures.cycle_windows import cycle_windows


def test_equals_the_best_window_of_each_cycle_alone():
    volume, deadlines = cl.simulate.volumes(cycles=3, rng=2)
    whole = cl.concentration(volume, deadlines=deadlines, draws=99)
    found = cycle_windows(whole)
    assert list(found["cycle"]) == list(whole.rows["cycle"])
    for place, row in enumerate(whole.rows.itertuples()):
        span = (row.start, row.end)
        alone = cl.concentration(volume, deadlines=[row.deadline], cycle=span, draws=99)
        best = alone.best_window()
        assert best.window == found["best_window"].iloc[place]
        assert abs(best.theil_share - found["best_theil_share"].iloc[place]) < 1e-12
        assert best.pvalue == found["p_best"].iloc[place]


def test_p_is_a_share_of_rotations():
    volume, deadlines = cl.simulate.volumes(cycles=2, intensity=6, rng=3)
    whole = cl.concentration(volume, deadlines=deadlines, draws=99)
    found = cycle_windows(whole, max_window=40)
    n = whole.rows["n"].to_numpy()
    assert ((found["p_best"] * n - (found["p_best"] * n).round()).abs() < 1e-9).all()
    assert found["best_window"].between(1, 40).all()
