"""Bunching: closed forms, the missing mass, inference, refusals."""

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.inference import clusters
from carbonlink.kernels.bunching import excess_mass, projection


@pytest.fixture(scope="module")
def simulated():
    return cl.simulate.volumes(cycles=8, window=30, intensity=4, rng=2)


@pytest.fixture(scope="module")
def found(simulated):
    volume, deadlines = simulated
    return cl.bunching(volume, deadlines=deadlines, missing="none", draws=499)


def stepped(simulated, high=5.0):
    volume, deadlines = simulated
    place = np.arange(len(volume)) % 244
    return pd.Series(np.where(place >= 214, high, 1.0), volume.index, name="volume"), deadlines


@pytest.mark.parametrize("degree", [0, 1, 3])
def test_a_step_is_its_height_times_its_days(simulated, degree):
    volume, deadlines = stepped(simulated)
    for factor in (1.0, 1e3):
        found = cl.bunching(
            factor * volume, deadlines=deadlines, missing="none", degree=degree, draws=99
        )
        assert found.days == pytest.approx(30 * 4, rel=1e-8)
        assert found.mass == pytest.approx(30 * 4 / (1 + 30 * 4 / 244), rel=1e-8)


def test_even_volume_has_no_excess(simulated):
    volume, deadlines = simulated
    found = cl.bunching(0 * volume + 3, deadlines=deadlines, draws=99)
    assert found.days == pytest.approx(0, abs=1e-8)


def test_a_polynomial_is_its_own_counterfactual():
    place = np.arange(-119.0, 41)
    zone = (place > -30) & (place <= 5)
    smooth = 5 + 0.01 * place + 1e-4 * place**2
    hat, none = projection(place, zone, 2), np.zeros_like(zone)
    found = excess_mass(smooth + 2.0 * zone, hat, zone, none)
    np.testing.assert_allclose(found.counterfactual, smooth, rtol=1e-9)
    assert found.mass == pytest.approx(2 * zone.sum())


def test_missing_mass_is_put_back_where_it_came_from(simulated):
    """A flat market that moved m a day from 90 days into the zone: the level before was 1 + m."""
    place = np.arange(-119.0, 1)
    zone = place > -30
    before = ~zone
    moved = 0.25
    profile = np.where(before, 1 - moved, 1 + moved * before.sum() / zone.sum())
    found = excess_mass(profile, projection(place, zone, 0), zone, before)
    assert found.settled
    np.testing.assert_allclose(found.counterfactual, 1, rtol=1e-8)
    assert found.mass == pytest.approx(moved * before.sum())


def test_the_truth_is_inside_the_interval(found):
    low, high = found.conf_int()
    assert low < 30 * 3 < high and low < found.days < high and found.pvalue < 0.05
    assert found.profile["zone"].sum() == 35 and found.spec["market_years"] == 8
    wider = found.conf_int(0.99)
    assert wider[0] < low and wider[1] > high


def test_the_p_value_is_that_of_the_interval():
    draws = np.random.default_rng(0)
    for count in (5, 9, 25):
        values, groups = draws.normal(1.5 / np.sqrt(count), 1, count), np.arange(count)
        weights = clusters.all_weights(count)
        if weights is None:
            weights = clusters.cluster_draws(1999, draws, count)
        p = clusters.mean_p_value(values, groups, weights)
        low, high = clusters.mean_interval(values, groups, weights, 1 - p * 1.1)
        assert low > -0.05
        assert clusters.mean_interval(values, groups, weights, 1 - p * 0.9)[0] < 0.02
    assert np.isnan(clusters.mean_p_value(np.ones(1), np.zeros(1, int), np.ones((9, 1))))


def test_one_cycle_has_an_estimate_and_no_interval(simulated):
    volume, deadlines = simulated
    one = cl.bunching(volume.iloc[:244], deadlines=deadlines[:1], horizon=(-120, 0), after=0)
    assert one.days > 0 and np.isnan(one.pvalue) and np.isnan(one.conf_int()).all()
    assert any("One market-year" in note for note in one.notes)
    with pytest.raises(cl.TooFewObservationsError, match="1 days to the deadline"):
        cl.bunching(volume.iloc[:244], deadlines=deadlines[:1])


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"deadlines": None}, cl.DeadlineError, "Pass deadlines="),
        ({"window": 0}, cl.SpecificationError, "window=0"),
        ({"window": 120}, cl.SpecificationError, "wider horizon="),
        ({"degree": -1}, cl.SpecificationError, "degree=-1"),
        ({"degree": 200}, cl.SpecificationError, "polynomial of degree 200"),
        ({"missing": "left"}, cl.SpecificationError, "'before', 'after'"),
        ({"missing": "after", "after": 40}, cl.SpecificationError, "no day behind"),
        ({"horizon": 90}, cl.SpecificationError, "no pair"),
        ({"horizon": (-300, 0), "after": 0}, cl.TooFewObservationsError, "narrower horizon="),
        ({"draws": 9}, cl.SpecificationError, "draws=9"),
        ({"level": 2}, cl.SpecificationError, "level=2"),
        ({"which": "last"}, cl.SpecificationError, "'final'"),
        ({"rng": None}, cl.SpecificationError, "rng=None"),
    ],
)
def test_bad_arguments_say_what_to_do(simulated, change, error, text):
    volume, deadlines = simulated
    with pytest.raises(error, match=text):
        cl.bunching(**{"data": volume, "deadlines": deadlines, **change})


def test_a_counterfactual_below_zero_is_refused(simulated):
    volume, deadlines = simulated
    place = np.arange(len(volume)) % 244
    only = pd.Series(np.where(place >= 214, 5.0, 0.0), volume.index, name="volume")
    with pytest.raises(cl.ConvergenceError, match="not above zero"):
        cl.bunching(only, deadlines=deadlines)
