"""One cycle's interval: it contains the share, keeps to the window, and says when it cannot."""

import numpy as np
import pytest

from carbonlink.inference.shares import share_errors
from carbonlink.kernels.inequality import theil, theil_between

N, WINDOW = 240, 40
INSIDE = np.arange(N) >= N - WINDOW


def errors(volume, inside=INSIDE, size=999, seed=0):
    return share_errors(size, np.random.default_rng(seed), np.asarray(volume, float), inside)


def crowded(seed, intensity=6.0):
    generator = np.random.default_rng(seed)
    return generator.lognormal(size=N) * np.where(INSIDE, intensity, 1.0)


def test_the_shares_are_the_observed_ones():
    volume = crowded(1)
    found = errors(volume)
    share = volume[INSIDE].sum() / volume.sum()
    assert found.share == pytest.approx(share, rel=1e-12)
    expected = float(theil_between(share, WINDOW / N)) / theil(volume)
    assert found.theil_share == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("which", ["share", "theil"])
def test_an_interval_holds_its_estimate_and_grows_with_the_level(which):
    found = errors(crowded(2))
    low, high = found.interval(which, 0.9)
    wider = found.interval(which, 0.99)
    estimate = found.share if which == "share" else found.theil_share
    assert 0 < wider[0] < low < estimate < high < wider[1] < 1


def test_blocks_stay_inside_the_window():
    """Blocks over the whole cycle would return w/n; these stay around the observed share."""
    found = errors(crowded(3, intensity=20))
    low, _ = found.interval("share", 0.95)
    assert found.share > 0.7 and low > 3 * WINDOW / N


def test_units_do_not_matter():
    volume = crowded(4)
    one, other = errors(volume), errors(1e-3 * volume)
    np.testing.assert_allclose(one.interval("share", 0.95), other.interval("share", 0.95))
    np.testing.assert_allclose(one.interval("theil", 0.95), other.interval("theil", 0.95))


def test_even_volume_has_an_interval_without_width():
    found = errors(np.full(N, 5.0))
    np.testing.assert_allclose(found.interval("share", 0.95), WINDOW / N)


def test_independent_days_are_held_at_about_the_level():
    truth = 4 * WINDOW / (4 * WINDOW + N - WINDOW)
    held = []
    for seed in range(300):
        low, high = errors(crowded(100 + seed, 4.0), size=299).interval("share", 0.95)
        held.append(low <= truth <= high)
    assert 0.89 < np.mean(held) < 0.98


@pytest.mark.parametrize(
    ("volume", "inside", "reason"),
    [
        (np.ones(N), np.arange(N) >= N - 4, "window has 4 days"),
        (np.ones(N), np.arange(N) >= 3, "rest of the cycle has 3 days"),
        (np.where(INSIDE, 1.0, 0.0), INSIDE, "rest of the cycle has no volume"),
        (np.where(INSIDE, 0.0, 1.0), INSIDE, "window has no volume"),
    ],
)
def test_what_cannot_be_said_is_refused_with_its_reason(volume, inside, reason):
    found = errors(volume, inside)
    assert reason in found.reason
    assert np.isnan(found.interval("share", 0.95)).all()


def test_persistent_volume_is_told():
    calm = errors(crowded(5))
    slow = np.repeat(np.random.default_rng(6).lognormal(size=N // 24), 24)
    assert calm.reason == "" and calm.length <= WINDOW // 3
    found = errors(slow)
    assert "too short" in found.reason and found.length == WINDOW // 3


def test_a_few_isolated_trades_say_nothing():
    volume = np.zeros(N)
    volume[[10, 100, N - 3]] = 5.0
    low, high = errors(volume).interval("share", 0.95)
    assert (low, high) == (0, 1)
