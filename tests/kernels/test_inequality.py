"""Inequality over days: closed forms, Theil's decomposition, invariances."""

import numpy as np
import pytest

from carbonlink.kernels import inequality as kernel


def test_even_spread():
    found = kernel.inequality(np.full(50, 3.0))
    assert found.hhi == pytest.approx(1 / 50, abs=1e-15)
    assert found.hhi_star == pytest.approx(0, abs=1e-15)
    assert found.effective_days == pytest.approx(50)
    assert found.entropy_days == pytest.approx(50)
    assert found.gini == pytest.approx(0, abs=1e-15)
    assert found.theil == pytest.approx(0, abs=1e-15)
    assert found.normalised_entropy == pytest.approx(1)
    assert found.days_to_half == 25


def test_everything_on_one_day():
    volume = np.zeros(40)
    volume[17] = 8.0
    found = kernel.inequality(volume)
    assert found.hhi == found.hhi_star == found.effective_days == 1
    assert found.gini == pytest.approx(39 / 40)
    assert found.theil == pytest.approx(np.log(40))
    assert found.entropy_days == pytest.approx(1)
    assert found.normalised_entropy == pytest.approx(0, abs=1e-12)
    assert found.days_to_half == 1


def test_two_blocks():
    # a quarter of the days holds three quarters of the volume
    volume = np.repeat([3.0, 1 / 3], [25, 75])
    found = kernel.inequality(volume)
    assert found.hhi == pytest.approx(0.75**2 / 25 + 0.25**2 / 75)
    assert found.gini == pytest.approx(0.75 - 0.25)
    assert found.theil == pytest.approx(0.75 * np.log(3) + 0.25 * np.log(1 / 3))
    assert found.theil == pytest.approx(float(kernel.theil_between(0.75, 0.25)))
    assert found.days_to_half == 17


def test_theil_is_between_plus_shares_times_within():
    rng = np.random.default_rng(3)
    volume = rng.exponential(size=100) * (rng.random(100) > 0.2)
    inside = np.arange(100) >= 70
    share = volume[inside].sum() / volume.sum()
    within = share * kernel.theil(volume[inside]) + (1 - share) * kernel.theil(volume[~inside])
    between = float(kernel.theil_between(share, 0.3))
    assert between + within == pytest.approx(kernel.theil(volume), abs=1e-12)


def test_gini_is_the_mean_difference_and_the_area_under_lorenz():
    volume = np.random.default_rng(1).exponential(size=60)
    difference = np.abs(volume[:, None] - volume).mean() / (2 * volume.mean())
    days, shares = kernel.lorenz(volume)
    assert kernel.gini(volume) == pytest.approx(difference, abs=1e-12)
    assert kernel.gini(volume) == pytest.approx(1 - 2 * np.trapezoid(shares, days), abs=1e-12)


def test_zero_days_raise_gini_and_theil_but_not_hhi():
    volume = np.random.default_rng(2).exponential(size=60)
    thinner = np.concatenate([volume, np.zeros(20)])
    few, many = kernel.inequality(volume), kernel.inequality(thinner)
    assert many.hhi == pytest.approx(few.hhi)
    assert many.gini > few.gini and many.hhi_star > few.hhi_star
    assert many.theil == pytest.approx(few.theil + np.log(80 / 60))
    assert many.entropy_days == pytest.approx(few.entropy_days)


@pytest.mark.parametrize("unit", [1e-6, 1000.0, 0.5306])
def test_units_do_not_matter(unit):
    volume = np.random.default_rng(4).exponential(size=80)
    one, other = kernel.inequality(volume), kernel.inequality(unit * volume)
    for name in vars(one):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-12)


def test_theil_between_at_the_edges():
    assert kernel.theil_between(0.0, 0.2) == pytest.approx(-np.log(0.8))
    assert kernel.theil_between(1.0, 0.2) == pytest.approx(-np.log(0.2))
    assert kernel.theil_between(0.2, 0.2) == pytest.approx(0, abs=1e-15)
