"""The curve over windows and the best window."""

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import SpecificationError, UnknownMarketError


@pytest.fixture(scope="module")
def found():
    volume, deadlines = cl.simulate.volumes(cycles=5, window=25, intensity=4, rng=6)
    return cl.concentration(volume, deadlines=deadlines, window=40, draws=499, rng=2)


@pytest.fixture(scope="module")
def curve(found):
    return found.curve()


def test_the_curve_passes_through_the_result(found, curve):
    row = curve.table.loc[40]
    assert row["share"] == pytest.approx(found.window_share, rel=1e-12)
    assert row["ratio"] == pytest.approx(found.excess_ratio, rel=1e-12)
    assert row["theil_share"] == pytest.approx(found.theil_share, rel=1e-12)
    assert row["share_p"] == found.pvalue


def test_the_curve_rises_and_its_null_is_the_even_share(curve):
    table = curve.table
    assert list(table.index) == list(range(1, 121))
    assert (np.diff(table["share"]) >= 0).all()
    np.testing.assert_allclose(table["even_share"], table.index / 244)
    np.testing.assert_allclose(table["share_null"], table["even_share"], rtol=0.06)
    np.testing.assert_allclose(table["ratio"], table["share"] / table["even_share"])
    for name in ("share", "ratio", "theil_share"):
        assert (table[f"{name}_upper"] > table[f"{name}_lower"]).all()
    assert (table["share_band_upper"] > table["share_upper"]).mean() > 0.95


def test_one_cycle_has_the_exact_band():
    volume, deadlines = cl.simulate.volumes(cycles=1, days=90, window=10, rng=1)
    curve = cl.concentration(volume, deadlines=deadlines, window=10, draws=19).curve(30)
    values = volume.to_numpy() / volume.sum()
    turned = np.array([np.roll(values, -r)[-12:].sum() for r in range(90)])
    row = curve.table.loc[12]
    assert row["share_null"] == pytest.approx(12 / 90)
    assert row["share_upper"] == pytest.approx(np.quantile(turned, 0.975))
    assert row["share_p"] == pytest.approx((turned >= turned[0] - 1e-12).mean())


def test_the_best_window_is_the_highest_theil_share(found, curve):
    best = found.best_window()
    theil = curve.table["theil_share"]
    assert best.window == theil.idxmax()
    assert best.theil_share == pytest.approx(theil.max())
    assert best.window_share == pytest.approx(curve.table.loc[best.window, "share"])
    assert abs(best.window - 25) <= 5 and best.pvalue < 0.02


def test_the_search_is_paid_for(found):
    volume, deadlines = cl.simulate.volumes(cycles=5, intensity=1, rng=21)
    quiet = cl.concentration(volume, deadlines=deadlines, draws=499)
    curve, best = quiet.curve(), quiet.best_window()
    assert best.pvalue > curve.table.loc[best.window, "theil_share_p"]
    assert curve.pvalue > curve.table["share_p"].min()


def test_uniform_volume_has_no_best_window():
    days = pd.bdate_range("2020-01-01", periods=200)
    even = pd.Series(1.0, index=days, name="even")
    found = cl.concentration(even, deadlines=[days[-1]], draws=19)
    assert found.best_window(60).pvalue == 1 and found.curve(60).pvalue == 1


def test_a_short_cycle_shortens_the_curve_or_leaves_it():
    volume, deadlines = cl.simulate.volumes(cycles=4, rng=1)
    trimmed = volume.iloc[244 - 80 :]
    found = cl.concentration(trimmed, deadlines=deadlines, window=10, draws=99)
    curve = found.curve(120)
    assert curve.table.index[-1] == 79 and curve.spec["cycles"] == 4
    assert any("ends at 79 days" in note for note in curve.notes)
    curve = found.curve(200)
    assert curve.table.index[-1] == 200 and curve.spec["cycles"] == 3
    assert any("left out of the curve" in note for note in curve.notes)


def test_calendar_days_skip_windows_without_an_open_day():
    volume, _ = cl.simulate.volumes(cycles=2, rng=1)
    sunday = pd.Timestamp("2015-11-29")
    found = cl.concentration(volume, deadlines=[sunday], days="calendar", window=30, draws=19)
    assert found.curve(30).table.index[0] == 3  # Saturday and Sunday hold nothing


def test_markets_have_curves_of_their_own():
    one, deadlines = cl.simulate.volumes(cycles=3, rng=1)
    frame = pd.DataFrame({"a": one, "b": cl.simulate.volumes(cycles=3, rng=2)[0]})
    found = cl.concentration(frame, deadlines=deadlines, draws=99)
    both, first = found.curve(50), found.curve(50, market="a")
    alone = cl.concentration(frame, "a", deadlines=deadlines, draws=99).curve(50)
    np.testing.assert_allclose(first.table["share"], alone.table["share"])
    second = found.curve(50, market="b").table["share"]
    np.testing.assert_allclose(both.table["share"], (first.table["share"] + second) / 2)
    assert first.market == "a" and both.market == "all" and first.spec["market"] == ("a",)
    assert first.table.loc[30, "share_p"] == found.markets.loc["a", "p_value"]
    with pytest.raises(UnknownMarketError, match="It has: a, b"):
        found.curve(market="z")


def test_iid_has_a_narrower_band():
    volume, deadlines = cl.simulate.volumes(cycles=3, persistence=0.95, rng=4)
    found = cl.concentration(volume, deadlines=deadlines, draws=199)
    with pytest.warns(cl.CarbonlinkWarning):
        shuffled = found.refit(null="iid")
    width = [c.curve(60).table.eval("share_upper - share_lower").mean() for c in (found, shuffled)]
    assert width[1] < 0.6 * width[0]


def test_refit_of_a_curve(found, curve):
    shorter = curve.refit(max_window=30, level=0.8)
    assert shorter.table.index[-1] == 30
    assert (shorter.table["share_upper"] <= curve.table["share_upper"].loc[:30] + 1e-12).all()


@pytest.mark.parametrize("wrong", [0, 2.5, True])
def test_a_window_is_a_whole_number(found, wrong):
    with pytest.raises(SpecificationError, match="max_window"):
        found.curve(wrong)


def test_the_figures_are_labelled(found, curve):
    ax = curve.plot()
    assert ax.get_xlabel() == "window, open days before the deadline"
    assert ax.get_ylabel() == "share of the cycle's volume, %"
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert any("5 cycles" in label for label in labels) and len(labels) == 4
    best = found.best_window()
    assert f"w* = {best.window}" in [t.get_text() for t in best.plot().texts]
