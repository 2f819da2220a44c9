"""Rotations: against the slow way, closed forms, draws, bands."""

import numpy as np
import pytest

from carbonlink.kernels import rotation
from carbonlink.kernels.inequality import theil, theil_between

N = 60
VOLUME = np.random.default_rng(0).exponential(size=N) * (np.random.default_rng(1).random(N) > 0.2)
WIDTHS = np.arange(1, 31)
STARTS, STOPS = (N - WIDTHS)[:, None], np.array([N])


def test_shares_equal_the_rolled_sequence():
    table = rotation.window_shares(VOLUME, STARTS, STOPS)
    for shift in range(N):
        turned = np.roll(VOLUME, -shift)
        slow = [turned[N - w :].sum() / VOLUME.sum() for w in WIDTHS]
        np.testing.assert_allclose(table[shift], slow, atol=1e-14)


def test_windows_of_several_runs_add_up():
    starts, stops = np.array([[5, 30], [8, 40]]), np.array([15, 50])
    table = rotation.window_shares(VOLUME, starts, stops)
    for shift in (0, 1, 33, 59):
        turned = np.roll(VOLUME, -shift) / VOLUME.sum()
        assert table[shift, 0] == pytest.approx(turned[5:15].sum() + turned[30:50].sum())
        assert table[shift, 1] == pytest.approx(turned[8:15].sum() + turned[40:50].sum())
    np.testing.assert_allclose(rotation.fractions(N, starts, stops), [30 / N, 17 / N])


def test_the_mean_over_rotations_is_the_share_of_days():
    table = rotation.window_shares(VOLUME, STARTS, STOPS)
    np.testing.assert_allclose(table.mean(axis=0), WIDTHS / N, atol=1e-14)


def test_even_volume_has_share_w_over_n_and_no_theil():
    table = rotation.rotations(np.ones(N), STARTS, STOPS)
    np.testing.assert_allclose(table[:, rotation.SHARE], np.tile(WIDTHS / N, (N, 1)))
    np.testing.assert_allclose(table[:, rotation.RATIO], 1.0)
    np.testing.assert_allclose(table[:, rotation.THEIL], 0.0, atol=1e-12)
    share = table[:, rotation.SHARE, 9]
    assert rotation.p_value(share[0], share, exact=True) == 1


def test_one_day_at_the_end_has_share_one_and_the_least_p():
    volume = np.zeros(N)
    volume[-1] = 5
    table = rotation.rotations(volume, STARTS, STOPS)
    np.testing.assert_allclose(table[0, rotation.SHARE], 1.0)
    np.testing.assert_allclose(table[0, rotation.RATIO], N / WIDTHS)
    for place, width in enumerate(WIDTHS):
        share = table[:, rotation.SHARE, place]
        assert rotation.p_value(share[0], share, exact=True) == pytest.approx(width / N)


def test_theil_share_is_between_over_total():
    table = rotation.rotations(VOLUME, STARTS, STOPS)
    share = table[7, rotation.SHARE]
    expected = theil_between(share, WIDTHS / N) / theil(VOLUME)
    np.testing.assert_allclose(table[7, rotation.THEIL], expected, atol=1e-14)


def test_units_break_no_tie():
    traded = np.tile([3.0, 0.1, 0.0, 7.7, 1.3], 12)
    one = rotation.window_shares(traded, STARTS, STOPS)
    other = rotation.window_shares(0.7391 * traded, STARTS, STOPS)
    for place in range(len(WIDTHS)):
        p = [float(rotation.p_value(t[0, place], t[:, place], exact=True)) for t in (one, other)]
        assert p[0] == p[1]


def test_joint_draws_have_the_mean_and_spread_of_independent_rotations():
    tables = [
        rotation.rotations(np.random.default_rng(s).exponential(size=n), *window(n))
        for s, n in ((5, 40), (6, 55))
    ]
    weights = np.array([[0.5, 0.5], [1.0, 0.0]])
    generator = np.random.default_rng(0)
    drawn = rotation.joint(40_000, generator, tables, np.array([40, 55]), np.arange(2), weights)
    share = [t[:, rotation.SHARE, 0] for t in tables]
    pooled = drawn[:, 0, rotation.SHARE, 0]
    assert pooled.mean() == pytest.approx((share[0].mean() + share[1].mean()) / 2, abs=1e-3)
    assert pooled.var() == pytest.approx((share[0].var() + share[1].var()) / 4, rel=0.03)
    assert drawn[:, 1, rotation.SHARE, 0].var() == pytest.approx(share[0].var(), rel=0.03)


def test_a_common_shift_keeps_equal_sequences_equal():
    table = rotation.rotations(VOLUME, STARTS, STOPS)
    weights = np.array([[1.0, -1.0]])
    lengths = np.array([N, N])
    together = rotation.joint(
        500, np.random.default_rng(0), [table] * 2, lengths, np.zeros(2, int), weights
    )
    apart = rotation.joint(
        500, np.random.default_rng(0), [table] * 2, lengths, np.arange(2), weights
    )
    assert np.abs(together).max() == 0
    assert np.abs(apart).max() > 0.01


def test_shifts_are_uniform():
    drawn = rotation.shifts(70_000, np.random.default_rng(1), np.array([7, 9]), np.arange(2))
    for column, length in zip(drawn.T, (7, 9), strict=True):
        counts = np.bincount(column, minlength=length)
        assert len(counts) == length
        assert np.abs(counts / (70_000 / length) - 1).max() < 0.04


def test_shuffled_days_have_the_variance_of_sampling_without_replacement():
    drawn = rotation.permuted(
        4000, np.random.default_rng(0), [VOLUME], [(STARTS, STOPS)], np.array([[1.0]])
    )
    share = VOLUME / VOLUME.sum()
    w = 20
    expected = w * (N - w) / (N - 1) * share.var()
    found = drawn[:, 0, rotation.SHARE, w - 1]
    assert found.mean() == pytest.approx(w / N, abs=4 * np.sqrt(expected / 4000))
    assert found.var() == pytest.approx(expected, rel=0.1)


def test_the_band_holds_its_level_of_whole_curves():
    null = np.cumsum(np.random.default_rng(2).standard_normal((4000, 25)), axis=1)
    band = rotation.null_band(null[0], null, 0.9, exact=True)
    whole = ((null >= band.simultaneous_lower) & (null <= band.simultaneous_upper)).all(axis=1)
    points = ((null >= band.lower) & (null <= band.upper)).mean(axis=0)
    assert whole.mean() == pytest.approx(0.9, abs=0.001)
    np.testing.assert_allclose(points, 0.9, atol=0.002)
    assert (band.simultaneous_upper > band.upper).all()


def test_p_values_count_the_observed_one_once():
    null = np.arange(10.0)
    assert rotation.p_value(9.0, null, exact=True) == pytest.approx(0.1)
    assert rotation.p_value(9.0, null, exact=False) == pytest.approx(2 / 11)
    assert rotation.p_value(50.0, null, exact=False) == pytest.approx(1 / 11)


def window(n: int) -> tuple[np.ndarray, np.ndarray]:
    return np.array([[n - 10]]), np.array([n])
