"""The coupling coordination degree: closed forms, the variants, the null, and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.kernels import coordination as kernel


def systems(n: int = 120, rng: int = 0) -> pd.DataFrame:
    draws = np.random.default_rng(rng)
    days = pd.date_range("2015-01-31", periods=n, freq="ME")
    return pd.DataFrame(draws.uniform(0.1, 0.9, (n, 3)), days, ["a", "b", "c"])


def test_equal_systems_are_fully_coupled():
    u = np.full((5, 3), 0.4)
    for variant, expected in [("standard", 1), ("modified", 1), ("lost-coefficient", 1 / 3)]:
        np.testing.assert_allclose(kernel.coupling(u, variant), expected)
    made = kernel.coordination(u, np.full(3, 1 / 3))
    np.testing.assert_allclose(made[:, 2], np.sqrt(0.4))


def test_two_systems_by_hand():
    u = np.array([[0.2, 0.8]])
    assert kernel.coupling(u)[0] == pytest.approx(2 * np.sqrt(0.16) / 1.0)
    assert kernel.coupling(u, "modified")[0] == pytest.approx(np.sqrt((1 - 0.6) * 0.2 / 0.8))
    assert kernel.coupling(u, "lost-coefficient")[0] == pytest.approx(0.4)
    assert kernel.coupling(u, "power")[0] == pytest.approx(0.64)


def test_three_systems_of_the_modified_form_by_hand():
    u = np.array([[0.3, 0.5, 0.9]])
    apart = (0.2 + 0.6 + 0.4) / 3
    ratio = np.sqrt(0.3 / 0.9 * 0.5 / 0.9)
    assert kernel.coupling(u, "modified")[0] == pytest.approx(np.sqrt((1 - apart) * ratio))


def test_the_degree_stays_within_bounds_and_keeps_the_order_of_means():
    u = np.random.default_rng(0).uniform(0, 1, (500, 4))
    for variant in kernel.VARIANTS:
        made = kernel.coupling(u, variant)
        assert (made >= 0).all() and (made <= 1 + 1e-12).all()
    np.testing.assert_allclose(kernel.coupling(3 * u), kernel.coupling(u))


def test_entropy_weights_by_hand():
    u = np.array([[0.2, 0.5], [0.3, 0.5], [0.5, 0.5]])
    np.testing.assert_allclose(kernel.entropy_weights(u), [1, 0], atol=1e-12)
    u = np.array([[0.1, 0.2], [0.9, 0.8]])
    e = [-(p * np.log(p) + (1 - p) * np.log(1 - p)) / np.log(2) for p in (0.1, 0.2)]
    expected = (1 - np.array(e)) / (2 - sum(e))
    np.testing.assert_allclose(kernel.entropy_weights(u), expected)


def test_the_result_is_the_formula():
    data = systems()
    degree = cl.coupling_coordination(data, "equal", draws=99)
    u = (data - data.min()) / (data.max() - data.min())
    c = 3 * u.prod(axis=1) ** (1 / 3) / u.sum(axis=1)
    np.testing.assert_allclose(degree.table["C"], c)
    np.testing.assert_allclose(degree.table["D"], np.sqrt(c * u.mean(axis=1)))
    assert (degree.table["lower"] <= degree.table["upper"]).all()
    assert any("at 0" in note for note in degree.notes)
    again = cl.coupling_coordination(data, [1 / 3, 1 / 3, 1 / 3], draws=99)
    np.testing.assert_allclose(again.table["D"], degree.table["D"])


def test_units_of_an_indicator_move_nothing():
    data = systems()
    moved = cl.coupling_coordination(data * [1, 100, 0.01] + [0, 5, 0], draws=0)
    np.testing.assert_allclose(moved.table["D"], cl.coupling_coordination(data, draws=0).table["D"])


def test_groups_and_negative_indicators():
    data = systems()
    grouped = cl.coupling_coordination(
        data, "equal", systems={"carbon": ["a", "b"], "power": ["c"]}, negative=["b"], draws=0
    )
    u = (data - data.min()) / (data.max() - data.min())
    u["b"] = 1 - u["b"]
    np.testing.assert_allclose(grouped.systems["carbon"], (u["a"] + u["b"]) / 2)
    assert list(grouped.weights.index) == ["carbon", "power"]


def test_independent_series_are_not_told_from_linked_ones_by_the_level():
    """The degree of independent series is high; the rotation null is what tells."""
    apart = cl.coupling_coordination(systems(), floor=0.01, draws=199)
    assert apart.mean > 0.5 and apart.null["p_value"] > 0.05
    t = np.arange(120)
    wave = 0.5 + 0.4 * np.sin(t / 7)
    data = systems().assign(a=wave, b=wave + 0.01 * np.cos(t), c=wave)
    tied = cl.coupling_coordination(data, floor=0.01, draws=199)
    assert tied.null["p_value"] < 0.05


def test_sensitivity_lists_every_choice():
    table = cl.coupling_coordination(systems(), draws=0).sensitivity()
    assert len(table) == 4 * 2 * 2
    base = table.query("variant=='standard' and normalise=='minmax' and weights=='entropy'")
    assert base["rank_correlation"].iloc[0] == pytest.approx(1)
    lost = table.query("variant=='lost-coefficient' and normalise=='minmax'")
    assert (lost["mean"] < 0.6 * base["mean"].iloc[0]).all()


def test_the_same_call_gives_the_same_interval():
    first = cl.coupling_coordination(systems(), draws=99, rng=3)
    pd.testing.assert_frame_equal(first.table, first.refit().table)


@pytest.mark.parametrize(
    ("change", "arguments", "error", "words"),
    [
        (lambda d: d[["a"]], {}, cl.DataError, "two systems"),
        (lambda d: d.assign(a=1.0), {}, cl.DataError, "a does not move"),
        (lambda d: d.iloc[:5], {}, cl.TooFewObservationsError, "10 are needed"),
        (lambda d: d * 3, {"normalise": "none"}, cl.DataError, "leaves"),
        (lambda d: d, {"weights": [1, 2]}, cl.SpecificationError, "3 numbers"),
        (lambda d: d, {"weights": "critic"}, cl.SpecificationError, "weights"),
        (lambda d: d, {"weights": {"a": 1}}, cl.SpecificationError, "none for b"),
        (lambda d: d, {"variant": "x"}, cl.SpecificationError, "variant"),
        (lambda d: d, {"floor": 1}, cl.SpecificationError, "floor"),
        (lambda d: d, {"draws": 3}, cl.SpecificationError, "draws"),
        (lambda d: d, {"systems": {"x": ["a"], "y": ["a"]}}, cl.SpecificationError, "two systems"),
        (lambda d: d, {"systems": {"x": ["a"], "y": ["q"]}}, cl.SpecificationError, "q"),
    ],
)
def test_bad_input_is_named(change, arguments, error, words):
    with pytest.raises(error, match=words):
        cl.coupling_coordination(change(systems()), **{"draws": 0, **arguments})


def test_weights_that_do_not_add_up_to_one_are_refused():
    with pytest.raises(cl.SpecificationError, match=r"add up to 0.8, .* \[0.625, 0.25, 0.125\]"):
        cl.coupling_coordination(systems(), weights=[0.5, 0.2, 0.1], draws=0)
