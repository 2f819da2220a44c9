"""Concentration: closed forms, invariances, pooling, intervals, refusals."""

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import (
    CarbonlinkWarning,
    DataError,
    DeadlineError,
    SpecificationError,
    TooFewObservationsError,
    UnknownMarketError,
)

DAYS = pd.bdate_range("2018-07-02", "2022-06-30", name="date")
DEADLINES = ["2019-06-28", "2020-06-30", "2021-06-30", "2022-06-30"]


@pytest.fixture(scope="module")
def simulated():
    return cl.simulate.volumes(cycles=6, window=30, intensity=3, rng=4)


@pytest.fixture(scope="module")
def found(simulated):
    volume, deadlines = simulated
    return cl.concentration(volume, deadlines=deadlines, window=30, draws=999, rng=1)


def series(values):
    return pd.Series(values, index=DAYS, name="x")


def measured(values, window=20, **options):
    return cl.concentration(
        series(values), deadlines=DEADLINES, window=window, draws=199, **options
    )


def test_even_volume():
    rows = measured(np.full(len(DAYS), 7.0)).rows
    np.testing.assert_allclose(rows["window_share"], 20 / rows["n"])
    np.testing.assert_allclose(rows["excess_ratio"], 1)
    np.testing.assert_allclose(rows["excess_mass"], 0, atol=1e-15)
    np.testing.assert_allclose(rows["hhi"], 1 / rows["n"])
    np.testing.assert_allclose(rows[["gini", "theil", "theil_share"]], 0, atol=1e-12)
    np.testing.assert_allclose(rows["centre"], -(rows["n"] - 1) / 2)
    assert (rows["p_value"] == 1).all()


def test_everything_on_the_deadline():
    found = measured(np.where(DAYS.isin(pd.to_datetime(DEADLINES)), 9.0, 0.0))
    rows = found.rows
    for name in ("window_share", "hhi", "hhi_star", "effective_days", "days_to_half"):
        np.testing.assert_allclose(rows[name], 1)
    np.testing.assert_allclose(rows["gini"], (rows["n"] - 1) / rows["n"])
    np.testing.assert_allclose(rows["theil"], np.log(rows["n"]))
    np.testing.assert_allclose(rows[["centre", "spread"]], 0, atol=1e-12)
    np.testing.assert_allclose(rows["p_value"], 20 / rows["n"])
    assert np.isnan(rows["lower"]).all()
    assert any("rest of the cycle has no volume" in note for note in found.notes)


def test_two_blocks_are_all_between():
    inside = np.zeros(len(DAYS), dtype=bool)
    for deadline in DEADLINES:
        end = DAYS.get_loc(pd.Timestamp(deadline)) + 1
        inside[end - 20 : end] = True
    rows = measured(np.where(inside, 5.0, 1.0)).rows
    share = 100 / (100 + rows["n"] - 20)
    np.testing.assert_allclose(rows["window_share"], share)
    np.testing.assert_allclose(rows["theil_share"], 1)
    np.testing.assert_allclose(rows["p_value"], 1 / rows["n"])


def test_pooled_figures_are_means_over_cycles(found):
    table = found.table
    last = table.iloc[-1]
    assert last["cycle"] == "pooled" and last["n"] == table["n"].iloc[:-1].sum()
    for name in ("window_share", "excess_ratio", "hhi", "theil_share", "gini", "centre"):
        assert last[name] == pytest.approx(table[name].iloc[:-1].mean())
    assert found.window_share == last["window_share"] and found.pvalue == last["p_value"]
    assert found.hhi == last["hhi"] and found.effective_days == last["effective_days"]


def test_an_effect_is_found_and_no_effect_is_not(found):
    assert found.pvalue < 0.01
    assert found.conf_int().loc[("volume", "pooled"), "lower"] > 30 / 244
    volume, deadlines = cl.simulate.volumes(cycles=6, intensity=1, rng=11)
    assert cl.concentration(volume, deadlines=deadlines, draws=199).pvalue > 0.05


def test_one_cycle_is_turned_by_every_number_of_days():
    volume, deadlines = cl.simulate.volumes(cycles=1, days=100, window=10, rng=2)
    found = cl.concentration(volume, deadlines=deadlines, window=10, draws=19)
    values = volume.to_numpy()
    turned = [np.roll(values, -r)[-10:].sum() for r in range(100)]
    assert found.pvalue == pytest.approx(np.mean(np.array(turned) >= turned[0]))
    assert found.pvalue == found.rows["p_value"].iloc[0] == found.markets["p_value"].iloc[0]
    assert np.isnan(found.conf_int().loc[("volume", "pooled")]).all()
    assert any("1/100" in note for note in found.notes)


def test_the_same_call_gives_the_same_bits_and_another_seed_others(simulated):
    volume, deadlines = simulated
    one, two = (cl.concentration(volume, deadlines=deadlines, draws=99) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, two.table)
    other = one.refit(rng=5)
    assert other.spec["rng"] == 5
    assert not other.table["lower"].equals(one.table["lower"])
    generator = cl.concentration(
        volume, deadlines=deadlines, draws=99, rng=np.random.default_rng(3)
    )
    pd.testing.assert_frame_equal(generator.refit().table, generator.table)


@pytest.mark.parametrize("unit", [1e-3, 0.5306, 1e6])
def test_units_do_not_matter(simulated, found, unit):
    volume, deadlines = simulated
    other = cl.concentration(unit * volume, deadlines=deadlines, window=30, draws=999, rng=1)
    ours, theirs = found.rows.drop(columns=["volume", "window_volume"]), other.rows
    numbers = ours.select_dtypes("number").columns
    np.testing.assert_allclose(ours[numbers], theirs[numbers], rtol=1e-9)
    assert other.pvalue == found.pvalue


def test_inputs_are_not_changed(simulated):
    volume, deadlines = simulated
    copy = volume.copy()
    cl.concentration(volume, deadlines=deadlines, draws=19)
    pd.testing.assert_series_equal(volume, copy)


def test_closed_days_are_dropped_and_counted(simulated):
    volume, deadlines = simulated
    holed = volume.copy()
    holed.iloc[[5, 6, 300]] = np.nan
    found = cl.concentration(holed, deadlines=deadlines, draws=19)
    assert dict(found.sample.dropped) == {"closed or unknown days": 3}
    assert found.sample.nobs == len(volume) - 3
    assert found.rows["n"].tolist()[:2] == [242, 243]


def test_days_outside_cycles_are_counted(simulated):
    volume, deadlines = simulated
    found = cl.concentration(volume, deadlines=deadlines[:4], draws=19)
    assert dict(found.sample.dropped) == {"open days outside the cycles used": 488}
    assert [label for _, label, _ in found.refused] == ["tail"]


def test_a_series_without_zero_days_has_a_note(simulated):
    volume, deadlines = simulated
    traded = cl.concentration(volume[volume > 0], deadlines=deadlines, draws=19)
    assert any("no day has zero volume" in note for note in traded.notes)
    every = cl.concentration(volume, deadlines=deadlines, draws=19)
    assert not any("no day has zero" in note for note in every.notes)
    assert traded.rows["gini"].lt(every.rows["gini"]).all()


def test_markets_are_a_family(simulated):
    frame = pd.DataFrame(
        {
            "strong": cl.simulate.volumes(cycles=6, intensity=4, rng=1)[0],
            "none": cl.simulate.volumes(cycles=6, intensity=1, rng=12)[0],
            "weak": cl.simulate.volumes(cycles=6, intensity=1.5, rng=3)[0],
        }
    )
    found = cl.concentration(frame, deadlines=simulated[1], draws=499)
    markets = found.markets
    assert list(markets.index) == ["strong", "none", "weak"]
    for name in ("p_holm", "p_bh", "p_by", "p_max_t"):
        assert (markets[name] >= markets["p_value"] - 1e-12).all()
    assert markets.loc["strong", "p_holm"] == pytest.approx(3 * markets.loc["strong", "p_value"])
    assert found.pooled["market"] == "all" and len(found.table) == 19
    assert found.diagnostics()["test"].str.contains("strong").sum() == 1
    one = cl.concentration(frame, "strong", deadlines=simulated[1], draws=499)
    pd.testing.assert_frame_equal(one.rows.iloc[:, :5], found.rows.iloc[:6, :5])


def test_common_shifts_keep_the_dependence_of_markets(simulated):
    volume, deadlines = simulated
    twins = pd.DataFrame({"a": volume, "b": volume})
    apart = cl.concentration(twins, deadlines=deadlines, draws=999)
    together = cl.concentration(twins, deadlines=deadlines, draws=999, shift="common")
    alone = cl.concentration(volume, deadlines=deadlines, draws=999)
    ours = np.subtract(*together.conf_int().loc[("all", "pooled"), ["upper", "lower"]])
    single = np.subtract(*alone.conf_int().loc[("volume", "pooled"), ["upper", "lower"]])
    naive = np.subtract(*apart.conf_int().loc[("all", "pooled"), ["upper", "lower"]])
    assert naive < 0.9 * single < 1.1 * ours
    quiet = cl.simulate.volumes(cycles=6, intensity=1, rng=3)[0]
    apart, together = (
        cl.concentration(
            pd.DataFrame({"a": quiet, "b": quiet}), deadlines=deadlines, draws=999, shift=shift
        ).markets
        for shift in ("independent", "common")
    )
    assert (apart["p_max_t"] > apart["p_value"] + 0.05).all()
    assert together["p_max_t"].to_numpy() == pytest.approx(together["p_value"].to_numpy())


def test_deadlines_may_differ_by_market(simulated):
    volume, deadlines = simulated
    frame = pd.DataFrame({"a": volume, "b": volume})
    moved = [d - pd.Timedelta(days=60) for d in deadlines]
    found = cl.concentration(frame, deadlines={"a": deadlines, "b": moved}, draws=19)
    shares = found.markets["window_share"]
    assert shares["a"] > 0.25 and shares["b"] < 0.2


def test_intervals_of_ratio_and_mass_follow_the_share(found):
    share, ratio, mass = (
        found.conf_int(measure=m).iloc[:-1] for m in ("window_share", "excess_ratio", "excess_mass")
    )
    fraction = 30 / 244
    np.testing.assert_allclose(ratio, share / fraction)
    np.testing.assert_allclose(mass, share - fraction)
    gini = found.conf_int(measure="gini")
    assert np.isnan(gini.iloc[:-1]).all().all() and gini.iloc[-1].between(0, 1).all()


def test_from_twenty_cycles_whole_cycles_are_drawn():
    volume, deadlines = cl.simulate.volumes(cycles=22, days=60, window=10, rng=3)
    found = cl.concentration(volume, deadlines=deadlines, window=10, draws=499)
    lower, upper = found.conf_int().loc[("volume", "pooled")]
    error = found.rows["window_share"].std() / np.sqrt(22)
    assert (upper - lower) / error == pytest.approx(2 * 2.08, rel=0.2)


def test_iid_warns_and_its_null_is_too_narrow_under_persistence():
    volume, deadlines = cl.simulate.volumes(cycles=5, intensity=1.6, persistence=0.95, rng=8)
    with pytest.warns(CarbonlinkWarning, match="rejects a true null too often"):
        shuffled = cl.concentration(volume, deadlines=deadlines, null="iid", draws=499)
    rotated = cl.concentration(volume, deadlines=deadlines, draws=499)
    null = [f.test.row(np.full(5, 0.2))[1][:, 0, 0] for f in (rotated, shuffled)]
    assert null[1].std() < 0.6 * null[0].std()
    assert null[1].mean() == pytest.approx(null[0].mean(), rel=0.05)
    assert any("ignore the memory" in note for note in shuffled.notes)


def test_lorenz_runs_from_zero_to_one(found):
    curve = found.lorenz()
    for _, part in curve.groupby("cycle"):
        assert part[["days", "volume"]].iloc[[0, -1]].to_numpy().tolist() == [[0, 0], [1, 1]]
        assert (part["volume"] <= part["days"] + 1e-12).all()


def test_values_are_named_so(simulated):
    volume, deadlines = simulated
    found = cl.concentration(volume, deadlines=deadlines, basis="value", draws=19)
    assert found.units["window_share"] == "share of the cycle's value"
    assert "value" in found.plot().get_xlabel()


def test_the_figure_draws_its_numbers(found):
    ax = found.plot()
    drawn = ax.lines[0].get_xdata()
    np.testing.assert_allclose(drawn, 100 * found.numbers()["window_share"])
    assert "last 30 open days before the deadline, %" in ax.get_xlabel()


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"deadlines": None}, DeadlineError, "Pass deadlines="),
        ({"deadlines": None, "market": "hubbei"}, DeadlineError, "did you mean 'hubei'"),
        ({"deadlines": None, "market": "gec"}, DeadlineError, "deadlines.csv"),
        ({"deadlines": ["2040-06-30"]}, TooFewObservationsError, "sample ends"),
        ({"window": 300}, SpecificationError, "longer than the 243"),
        ({"window": 0}, SpecificationError, "window=0"),
        ({"window": 2.5}, SpecificationError, "window=2.5"),
        ({"draws": 5}, SpecificationError, "draws=5"),
        ({"kind": "block"}, SpecificationError, "needs a Panel"),
        ({"kind": "spot"}, SpecificationError, "'total', 'listed', 'block'"),
        ({"basis": "price"}, SpecificationError, "'volume', 'value'"),
        ({"days": "trading"}, SpecificationError, "'open', 'calendar'"),
        ({"null": "bootstrap"}, SpecificationError, "'rotation', 'iid'"),
        ({"shift": "none"}, SpecificationError, "'independent', 'common'"),
        ({"null": "iid", "shift": "common"}, SpecificationError, "does not turn"),
        ({"which": "announced"}, SpecificationError, "published deadlines"),
        ({"cycle": "year"}, SpecificationError, "compliance"),
        ({"level": 95}, SpecificationError, "level=95"),
        ({"rng": None}, SpecificationError, "rng=None"),
        ({"deadlines": {"x": ["2019-06-28"]}}, UnknownMarketError, "'x'"),
        ({"market": ["a", "b"]}, SpecificationError, "data is one series"),
    ],
)
def test_bad_arguments_say_what_to_do(simulated, change, error, text):
    volume, deadlines = simulated
    with pytest.raises(error, match=text):
        cl.concentration(**{"data": volume, "deadlines": deadlines, **change})


def test_bad_data_say_what_to_do(simulated):
    volume, deadlines = simulated
    negative = volume.copy()
    negative.iloc[9] = -1
    cases = {
        "negative volume on 2015-01-14": negative,
        "not in date order": volume.iloc[::-1],
        "more than one row": pd.concat([volume, volume.iloc[-1:]]),
        "no dates": volume.reset_index(drop=True),
        "times within the day": volume.set_axis(volume.index + pd.Timedelta(hours=9)),
        "no value": volume * np.nan,
    }
    for text, data in cases.items():
        with pytest.raises(DataError, match=text):
            cl.concentration(data, deadlines=deadlines)


def test_a_year_without_a_deadline_says_which_and_where_to_add_it():
    days = pd.bdate_range("2014-07-01", "2018-06-29", name="date")
    volume = pd.Series(np.r_[np.zeros(3), np.ones(len(days) - 3)], days, name="hubei")
    found = cl.concentration(volume, cycle="calendar", draws=19)
    assert ("hubei", "2014") in [(m, c) for m, c, _ in found.refused]
    assert any("carbonlink/facts/tables/deadlines.csv" in note for note in found.notes)


def test_a_cycle_without_volume_is_a_refusal_not_an_error(simulated):
    volume, deadlines = simulated
    silent = volume.copy()
    silent.loc[deadlines[1] + pd.Timedelta(days=1) : deadlines[2]] = 0.0
    found = cl.concentration(silent, deadlines=deadlines, draws=19)
    assert found.refused == (("volume", str(deadlines[2].date()), "no volume"),)
    assert len(found.rows) == 5 and any("no volume" in note for note in found.notes)
    with pytest.raises(TooFewObservationsError, match="no volume"):
        cl.concentration(0 * volume, deadlines=deadlines)
