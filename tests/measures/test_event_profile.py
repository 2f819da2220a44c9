"""Profiles around deadlines: closed forms, another library's coefficients, refusals."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.kernels.turned_scores import joint_sums, turned_sums

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture(scope="module")
def simulated():
    return cl.simulate.volumes(cycles=8, window=30, intensity=4, rng=1)


@pytest.fixture(scope="module")
def found(simulated):
    volume, deadlines = simulated
    return cl.event_profile(volume, deadlines=deadlines, effects=["weekday"], draws=199)


def test_coefficients_are_those_of_fepois():
    spec = importlib.util.spec_from_file_location("fepois", REFERENCE / "ppml_fepois.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    frame = module.sample()
    printed = json.loads((REFERENCE / "ppml_fepois.json").read_text())
    terms = list(printed["coef"])
    effects = frame[["market_year", "month", "weekday"]]
    fit = cl.PPML(frame["volume"], frame[terms], effects, frame["market_year"]).fit()
    np.testing.assert_allclose(fit.params, list(printed["coef"].values()), atol=1e-6)
    assert fit.deviance == pytest.approx(printed["deviance"], rel=1e-9)
    # fepois counts one effect more among the parameters: a constant 0.99993
    ratio = fit.std_errors / list(printed["se_CRV1"].values())
    np.testing.assert_allclose(ratio, ratio.iloc[0], rtol=1e-7)
    np.testing.assert_allclose(ratio, 1, atol=1e-4)


def test_an_even_volume_is_normal_everywhere(simulated):
    volume, deadlines = simulated
    found = cl.event_profile(0 * volume + 5.0, deadlines=deadlines, draws=99)
    np.testing.assert_allclose(found.times, 1, atol=1e-8)


def test_two_levels_are_found_exactly(simulated):
    volume, deadlines = simulated
    place = np.arange(len(volume)) % 244
    stepped = pd.Series(np.where(place >= 224, 6.0, 2.0), volume.index, name="volume")
    stepped *= 1.0 + 0.5 * (np.arange(len(volume)) // 244)
    times = cl.event_profile(stepped, deadlines=deadlines, draws=99).times
    np.testing.assert_allclose(times.loc["-19 to -15":"-4 to 0"], 3, rtol=1e-7)
    np.testing.assert_allclose(times.drop(times.loc["-19 to -15":"-4 to 0"].index), 1, rtol=1e-7)


@pytest.mark.parametrize("outcome", ["volume", "has_trade"])
def test_balanced_bins_are_ratios_of_means(simulated, outcome):
    volume, deadlines = simulated
    options = {"effects": [], "horizon": (-60, 0), "outcome": outcome, "draws": 99}
    times = cl.event_profile(volume, deadlines=deadlines, **options).times
    values = volume.to_numpy().reshape(8, 244)
    values = values if outcome == "volume" else (values > 0) * 1.0
    ratio = values[:, -5:].mean() / values[:, :-60].mean()
    assert times["-4 to 0"] == pytest.approx(ratio, rel=1e-9)
    ratio = values[:, -60:-55].mean() / values[:, :-60].mean()
    assert times["-59 to -55"] == pytest.approx(ratio, rel=1e-9)


def test_units_do_not_matter(simulated, found):
    volume, deadlines = simulated
    other = cl.event_profile(1e3 * volume, deadlines=deadlines, effects=["weekday"], draws=199)
    columns = ["times", "lower", "upper", "band_lower", "band_upper", "p_value"]
    np.testing.assert_allclose(other.table[columns], found.table[columns], rtol=1e-6)


def test_the_truth_is_inside_the_band(found):
    table = found.table
    truth = np.where((table["start"] > -30) & (table["end"] <= 0), 4.0, 1.0)
    assert ((table["band_lower"] < truth) & (truth < table["band_upper"])).all()
    assert (table["band_upper"] > table["times"]).all() and found.pvalue < 0.02
    assert found.reference == "days outside -59 to 20"
    score = found.refit(band="score")
    assert score.spec["band"] == "score" and not score.table["band_upper"].equals(
        table["band_upper"]
    )
    assert not np.allclose(score.table["lower"], table["lower"])


def test_the_p_value_of_a_flat_profile_inverts_the_band(simulated, found):
    flat = found.refit(outcome="has_trade", draws=199)
    for one in (found, flat):
        table = one.table
        outside = (table["band_lower"] > 1) | (table["band_upper"] < 1)
        assert outside.any() == (one.pvalue <= 0.05)
    assert flat.pvalue > 0.05 > found.pvalue
    names = found.diagnostics().set_index("test")["p_value"]
    assert names["largest error over bins"] == found.pvalue


def test_pointwise_intervals_invert_their_p_values_and_lie_in_the_band(found):
    table = found.table
    assert (table["band_lower"] <= table["lower"]).all()
    assert (table["upper"] <= table["band_upper"]).all()
    one = (table["lower"] <= 1) & (1 <= table["upper"])
    assert (one == (table["p_value"] > 0.05)).mean() > 0.9
    assert 0 < one.sum() < len(one)
    turned, place = found.turned, 3
    beta = float(np.log(table["times"].iloc[place]))
    low, high = turned.interval(place, beta, 0.95)
    share = (
        np.abs(turned.each[:, place]) <= (beta - low - turned.shift[place]) / turned.spread[place]
    )
    assert share.mean() == pytest.approx(0.95, abs=0.01)
    assert beta - turned.shift[place] == pytest.approx((low + high) / 2)


def test_a_bin_can_be_the_reference(simulated):
    volume, deadlines = simulated
    options = {"deadlines": deadlines, "effects": ["weekday"], "draws": 99}
    base = cl.event_profile(volume, **options)
    other = cl.event_profile(volume, reference=(-60, -55), **options)
    assert other.reference == "days -59 to -55" and other.times["-59 to -55"] == 1
    np.testing.assert_allclose(other.times, base.times / base.times["-59 to -55"], rtol=1e-7)


def test_market_years_can_count_alike(simulated):
    volume, deadlines = simulated
    year = np.arange(len(volume)) // 244
    options = {"deadlines": deadlines, "effects": ["weekday"], "draws": 99}
    grown = volume * 10.0**year
    alike = [cl.event_profile(v, weights="equal", **options) for v in (volume, grown)]
    np.testing.assert_allclose(alike[0].times, alike[1].times, rtol=1e-7)
    by_level = [cl.event_profile(v, **options).times for v in (volume, grown)]
    assert (np.log(by_level[0] / by_level[1]).abs() > 0.1).any()


def test_bins_by_hand_and_by_width(simulated):
    volume, deadlines = simulated
    found = cl.event_profile(
        volume, deadlines=deadlines, bins=[-60, -20, 0, 20], effects=[], draws=99
    )
    assert list(found.bins.index) == ["-59 to -20", "-19 to 0", "1 to 20"]
    assert found.bins["days"].tolist() == [8 * 40, 8 * 20, 7 * 20]
    wide = cl.event_profile(volume, deadlines=deadlines, bins=20, effects=[], draws=99)
    assert list(wide.bins.index) == ["-59 to -40", "-39 to -20", "-19 to 0", "1 to 20"]


def test_bins_without_a_day_are_named():
    volume, deadlines = cl.simulate.volumes(cycles=4, days=70, window=20, rng=1)
    found = cl.event_profile(volume, deadlines=deadlines, effects=[], draws=99)
    assert any("No day in bin 11 to 15, 16 to 20" in note for note in found.notes)
    assert found.table.loc["16 to 20", ["times", "lower", "band_upper"]].isna().all()
    with pytest.raises(cl.TooFewObservationsError, match="reference"):
        cl.event_profile(volume, deadlines=deadlines, horizon=(-70, 20))


def test_a_bin_seen_in_one_cycle_has_no_interval(simulated):
    volume, deadlines = simulated
    found = cl.event_profile(volume.iloc[: 2 * 244], deadlines=deadlines[:2], effects=[], draws=99)
    assert any("1 to 5" in note and "one cluster" in note for note in found.notes)
    assert np.isfinite(found.times["1 to 5"]) and np.isnan(found.table.loc["1 to 5", "lower"])


def test_a_bin_of_zeros_is_zero_times_normal(simulated):
    volume, deadlines = simulated
    silent = volume.where(np.arange(len(volume)) % 244 < 239, 0.0)
    found = cl.event_profile(silent, deadlines=deadlines, effects=[], draws=99)
    assert found.times["-4 to 0"] == 0 and np.isnan(found.table.loc["-4 to 0", "lower"])
    assert any("-4 to 0: the outcome is 0 on every day" in note for note in found.notes)
    assert np.isfinite(found.times["-9 to -5"]) and found.pvalue <= 1


def test_a_cycle_without_volume_is_left_out_with_its_reason(simulated):
    volume, deadlines = simulated
    silent = volume.copy()
    silent.iloc[244:488] = 0
    found = cl.event_profile(silent, deadlines=deadlines, effects=[], draws=99)
    assert found.fit.spec["clusters"] == "market_year (7)"
    assert any("volume is 0 on every day" in note for note in found.notes)


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"deadlines": None}, cl.DeadlineError, "Pass deadlines="),
        ({"deadlines": ["2040-06-30"]}, cl.TooFewObservationsError, "sample ends"),
        ({"outcome": "price"}, cl.SpecificationError, "'volume', 'has_trade'"),
        ({"outcome": "abs_return"}, cl.SpecificationError, "needs a Panel"),
        ({"bins": 0}, cl.SpecificationError, "bins=0"),
        ({"bins": [-60, -70, 20]}, cl.SpecificationError, "no rising edges"),
        ({"bins": [-40, 0]}, cl.SpecificationError, r"horizon=\(-40, 0\)"),
        ({"horizon": (5, 20)}, cl.SpecificationError, "before the deadline"),
        ({"horizon": 60}, cl.SpecificationError, "no pair"),
        ({"reference": (-60, -50)}, cl.SpecificationError, "is no bin"),
        ({"effects": ["holiday"]}, cl.SpecificationError, "'month', 'weekday'"),
        ({"cluster": "day"}, cl.SpecificationError, "'market_year'"),
        ({"weights": "tonnes"}, cl.SpecificationError, "'level', 'equal'"),
        ({"band": "iid"}, cl.SpecificationError, "'rotation', 'score'"),
        ({"which": "last"}, cl.SpecificationError, "'final'"),
        ({"draws": 10}, cl.SpecificationError, "draws=10"),
        ({"level": 95}, cl.SpecificationError, "level=95"),
        ({"rng": None}, cl.SpecificationError, "rng=None"),
    ],
)
def test_bad_arguments_say_what_to_do(simulated, change, error, text):
    volume, deadlines = simulated
    with pytest.raises(error, match=text):
        cl.event_profile(**{"data": volume, "deadlines": deadlines, **change})


def test_one_cluster_is_refused(simulated):
    volume, deadlines = simulated
    with pytest.raises(cl.TooFewObservationsError, match="one market-year"):
        cl.event_profile(volume.iloc[:244], deadlines=deadlines[:1])
    with pytest.raises(cl.TooFewObservationsError, match="one market "):
        cl.event_profile(volume, deadlines=deadlines, cluster="market")
    with pytest.raises(cl.DataError, match="negative volume"):
        cl.event_profile(-volume, deadlines=deadlines)


def test_the_figure_draws_its_numbers(found):
    ax = found.plot()
    drawn = next(line for line in ax.lines if len(line.get_ydata()) == 16)
    np.testing.assert_allclose(drawn.get_ydata(), found.times)
    assert ax.get_xlabel() == "open days to the deadline"


def test_turned_sums_are_those_of_a_loop():
    draws = np.random.default_rng(0)
    noise, weights = draws.normal(size=37), draws.normal(size=(37, 3))
    table = turned_sums(noise, weights)
    loop = np.array([np.roll(noise, -s) @ weights for s in range(37)])
    np.testing.assert_allclose(table, loop, atol=1e-12)
    drawn = joint_sums(4000, draws, [table, table])
    np.testing.assert_allclose(drawn.mean(axis=0), 2 * table.mean(axis=0), atol=0.35)


def test_errors_of_a_market_year_are_around_the_profile_of_the_others(simulated, found):
    from carbonlink.measures.profile_rotation import _without_own

    volume, deadlines = simulated
    rows, fit = found.fit.rows, found.fit.fit
    means = _without_own(rows, fit, np.arange(len(volume)) // 244)
    own = np.arange(len(volume)) < 244
    np.testing.assert_allclose(means[own].sum(), rows.y[own].sum())
    inside = own & (rows.x[:, found.fit.params.index.get_loc("-4 to 0")] > 0)
    outside = own & ~rows.x.any(axis=1)

    def apart(mean):
        return np.log(mean[inside].mean() / mean[outside].mean())

    others = cl.event_profile(
        volume[~own], deadlines=deadlines[1:], effects=["weekday"], draws=99
    ).fit.params
    step = others["-4 to 0"] - found.fit.params["-4 to 0"]
    assert abs(step) > 0.05
    assert apart(means) - apart(fit.mean) == pytest.approx(step, abs=0.02)


def test_a_large_day_widens_the_band_of_its_own_bin(simulated, found):
    volume, deadlines = simulated
    at = volume.index.get_loc(deadlines[3])
    large = volume.copy()
    large.iloc[at] = 20 * volume.max()
    spread = cl.event_profile(large, deadlines=deadlines, effects=["weekday"], draws=199).turned
    assert (spread.spread > found.turned.spread).all()


def test_turnover_is_volume_over_the_cap_of_the_market_year(simulated):
    volume, deadlines = simulated
    years = [day.year for day in deadlines]
    caps = {"volume": {year: 1e6 * (1 + i) for i, year in enumerate(years)}}
    options = {"deadlines": deadlines, "effects": ["weekday"], "draws": 99}
    found = cl.event_profile(volume, outcome="turnover", caps=caps, **options)
    cap = pd.Series(1e6 * (1 + np.arange(len(volume)) // 244), volume.index)
    by_hand = cl.event_profile((volume / cap).rename("volume"), **options)
    columns = ["times", "lower", "upper", "band_lower", "band_upper"]
    np.testing.assert_allclose(found.table[columns], by_hand.table[columns], rtol=1e-6)
    assert found.spec["caps"] == "given" and "turnover rate" in found.units["times"]
    plain = cl.event_profile(volume, **options)
    assert not np.allclose(found.times, plain.times, rtol=1e-3)
    alike = {"weights": "equal", **options}
    one = cl.event_profile(volume, outcome="turnover", caps=caps, **alike)
    np.testing.assert_allclose(one.times, cl.event_profile(volume, **alike).times, rtol=1e-6)


def test_market_years_without_a_cap_are_named_and_counted(simulated):
    volume, deadlines = simulated
    frame = pd.DataFrame({"hubei": volume, "cea": volume})
    found = cl.event_profile(frame, deadlines=deadlines, outcome="turnover", draws=99)
    assert found.spec["market"] == ("hubei",) and found.spec["caps"] == "published"
    assert "8 market-years have no known cap and are left out." in found.notes
    assert any("cea" in n and "no cap is published" in n for n in found.notes)
    assert sum("hubei: its cap of 257,000,000 is doubtful" in n for n in found.notes) == 1
    with pytest.raises(cl.TooFewObservationsError, match="give it by caps="):
        cl.event_profile(volume.rename("cea"), deadlines=deadlines, outcome="turnover")
    with pytest.raises(cl.SpecificationError, match="no part in outcome='volume'"):
        cl.event_profile(volume, deadlines=deadlines, caps={"volume": 1e6})
    with pytest.raises(cl.SpecificationError, match="needs a Panel"):
        cl.event_profile(volume, deadlines=deadlines, outcome="value")


def test_ends_beyond_the_drawing_have_arrows(simulated):
    volume, deadlines = simulated
    few = cl.event_profile(
        volume.iloc[: 3 * 244], deadlines=deadlines[:3], effects=[], band="score", draws=99
    )
    ax, table = few.plot(), few.table
    low, high = ax.get_ylim()
    arrows = {line.get_marker(): len(line.get_ydata()) for line in ax.lines}
    assert table["upper"].gt(high).sum() == arrows.get("^", 0) > 0
    assert table["lower"].lt(low).sum() == arrows.get("v", 0)


def test_bins_longer_than_the_days_before_a_deadline_are_refused():
    volume, deadlines = cl.simulate.volumes(rng=1)
    with pytest.raises(cl.SpecificationError, match="bins=200 are longer than the 60 days"):
        cl.event_profile(volume, deadlines=deadlines, bins=200)


@pytest.mark.parametrize("draws", [99, 999, 1999])
def test_intervals_and_p_values_agree(draws):
    from carbonlink.measures.profile_rotation import ProfileRotation

    sizes = np.sort(np.abs(np.random.default_rng(3).standard_normal((draws, 1))), axis=0)
    turned = ProfileRotation(0.5, np.zeros(1), np.ones(1), sizes[:, 0], sizes)
    values = np.sort(np.r_[sizes[:, 0], (sizes[1:, 0] + sizes[:-1, 0]) / 2])
    for level in (0.9, 0.95):
        for beta in values:
            low, high = turned.interval(0, beta, level)
            out = low > 1e-12 or high < -1e-12
            assert out == (turned.p_value(0, beta) <= 1 - level + 1e-12)
            outside = beta > turned.reach(level) + 1e-12
            assert outside == (turned.band_p_value(np.array([beta])) <= 1 - level + 1e-12)


def test_too_few_draws_reject_nothing():
    from carbonlink.inference import supt

    assert (
        supt.dual_value(np.arange(19.0), 0.95) == 18 and supt.p_value(np.arange(19.0), 18.5) == 0.05
    )
    assert supt.dual_value(np.arange(18.0), 0.95) == np.inf
