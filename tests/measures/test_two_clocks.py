"""Two clocks: known truth, the Poisson fit underneath, identification, refusals."""

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.kernels.clocks import Cells, added_scores, fit_cells


def measured(calendar, compliance, rng=1, **options):
    volume, deadlines = cl.simulate.clock_volumes(calendar=calendar, compliance=compliance, rng=rng)
    return cl.two_clocks(volume, deadlines=deadlines, draws=99, **options)


@pytest.fixture(scope="module")
def both():
    return measured(1.2, 1.2)


def test_the_clock_that_drives_volume_is_found(both):
    deadline, season = measured(0.0, 1.5), measured(1.5, 0.0)
    assert deadline.compliance_share > 0.85 and season.calendar_share > 0.85
    assert deadline.pvalues["compliance"] < 0.01 < deadline.pvalues["calendar"]
    assert season.pvalues["calendar"] < 0.01 < season.pvalues["compliance"]
    assert both.pvalues.max() < 0.01 and 0.3 < both.calendar_share < 0.7
    table = deadline.table
    assert table.loc["calendar", "beyond"] < 2 * table.loc["calendar", "by_chance"]
    assert table.loc["compliance", "beyond"] > 4 * table.loc["compliance", "by_chance"]


def test_shares_add_up_and_are_shapley_values(both):
    first, second, whole = both.gains
    assert both.calendar_share + both.compliance_share == pytest.approx(1)
    assert both.calendar_share == pytest.approx((first + whole - second) / (2 * whole))
    table = both.table
    np.testing.assert_allclose(table["share"], (table["alone"] + table["beyond"]) / 2)
    assert (table["lower"] < table["share"]).all() and (table["share"] < table["upper"]).all()
    assert both.explained == pytest.approx(whole / both.deviance)


def test_the_deviance_is_that_of_poisson_regression():
    volume, deadlines = cl.simulate.clock_volumes(markets=3, cycles=2, rng=3)
    found = cl.two_clocks(volume, deadlines=deadlines, draws=99, weights="level")
    long = volume.melt(ignore_index=False, var_name="market", value_name="y").dropna()
    cycle = long.index.year - (long.index < _ends(long, deadlines))
    unit = (long["market"] + " " + cycle.astype(str)).rename("unit")
    half = 2 * long.index.month - (long.index.day < 16)
    x = pd.get_dummies(half, drop_first=True, dtype=float).set_index(long.index)
    fit = cl.PPML(long["y"], x.add_prefix("h"), unit, unit).fit()
    null = long.groupby(unit.to_numpy())["y"].transform("mean")
    positive = long["y"] > 0
    logs = long["y"][positive] * np.log(long["y"][positive] / null[positive])
    whole = 2 * (logs.sum() - (long["y"] - null).sum())
    assert found.deviance == pytest.approx(whole, rel=1e-9)
    assert found.gains[0] == pytest.approx(whole - fit.deviance, rel=1e-7)


def _ends(long, deadlines):
    """The day after which a new cycle begins in each row's year."""
    days = {(m, d.year): d for m, all_days in deadlines.items() for d in all_days}
    ends = [days[m, y] for m, y in zip(long["market"], long.index.year, strict=True)]
    return pd.DatetimeIndex(ends) + pd.Timedelta(days=1)


def test_units_do_not_matter(both):
    volume, deadlines = cl.simulate.clock_volumes(calendar=1.2, compliance=1.2, rng=1)
    for weights in ("equal", "level"):
        one, other = (
            cl.two_clocks(k * volume, deadlines=deadlines, draws=99, weights=weights)
            for k in (1.0, 1e3)
        )
        np.testing.assert_allclose(one.table, other.table, rtol=1e-5)


def test_score_statistics_are_the_gain_at_first_order():
    draws = np.random.default_rng(0)
    cells = Cells(draws.poisson(4000, 60) * 1.0, np.full(60, 10.0), np.repeat(np.arange(6), 10))
    x, more = draws.normal(size=(60, 2)), draws.normal(size=(60, 3))
    small, large = fit_cells(cells, x), fit_cells(cells, np.column_stack([x, more]))
    scores, inverse = added_scores(cells, small, x, more)
    total = scores.sum(axis=0)
    assert total @ inverse @ total == pytest.approx(large.gain - small.gain, rel=0.05)
    twice = fit_cells(cells, x, np.full(6, 2.0))
    np.testing.assert_allclose(twice.params, small.params, atol=1e-8)
    assert twice.gain == pytest.approx(2 * small.gain)


def test_one_date_is_one_clock():
    volume, deadlines = cl.simulate.clock_volumes(markets=3, cycles=3, spread=False, rng=1)
    with pytest.raises(cl.SpecificationError, match="one clock.*differ by 15 days"):
        cl.two_clocks(volume, deadlines=deadlines)
    year = {"market 1": deadlines["market 1"][:2]}
    with pytest.raises(cl.TooFewObservationsError, match="One market-year"):
        cl.two_clocks(volume[["market 1"]], deadlines=year)


def test_identification_by_one_year_is_said():
    volume, deadlines = cl.simulate.clock_volumes(markets=2, cycles=4, spread=False, rng=1)
    deadlines["market 2"][2] += pd.Timedelta(days=60)
    found = cl.two_clocks(volume, deadlines=deadlines, draws=99)
    assert found.spec["deadlines_apart_days"] == 60
    assert any("told apart by 1 market-year " in note for note in found.notes)


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"deadlines": None}, cl.TooFewObservationsError, "Pass deadlines=|No deadlines"),
        ({"weights": "tonnes"}, cl.SpecificationError, "'equal', 'level'"),
        ({"which": "last"}, cl.SpecificationError, "'final'"),
        ({"draws": 5}, cl.SpecificationError, "draws=5"),
        ({"horizon": (0, 20)}, cl.SpecificationError, "horizon="),
        ({"level": 1.5}, cl.SpecificationError, "level=1.5"),
        ({"rng": None}, cl.SpecificationError, "rng=None"),
    ],
)
def test_bad_arguments_say_what_to_do(change, error, text):
    volume, deadlines = cl.simulate.clock_volumes(markets=2, cycles=1, rng=1)
    with pytest.raises(error, match=text):
        cl.two_clocks(**{"data": volume, "deadlines": deadlines, **change})


def test_the_interval_is_the_jackknife_over_market_years():
    from scipy import special, stats

    volume, deadlines = cl.simulate.clock_volumes(markets=3, cycles=3, rng=4)
    found = cl.two_clocks(volume, deadlines=deadlines, draws=99)
    name = volume.columns[0]
    shorter = volume.copy()
    shorter.loc[shorter.index > deadlines[name][-2], name] = np.nan
    less = cl.two_clocks(shorter, deadlines=deadlines, draws=99)
    assert less.spec["market_years"] == found.spec["market_years"] - 1 == len(found.without) - 1
    np.testing.assert_allclose(found.without[2], less.gains, rtol=1e-6)
    first, second, whole = found.without.T
    left = special.logit((first + whole - second) / (2 * whole))
    error = np.sqrt((len(left) - 1) * left.var())
    share = special.logit(found.calendar_share)
    less_bias = share - (len(left) - 1) * (left.mean() - share)
    half = stats.t.ppf(0.975, len(left) - 1) * error
    ends = min(share, less_bias) - half, max(share, less_bias) + half
    interval = found.table.loc["calendar", ["lower", "upper"]].astype(float)
    np.testing.assert_allclose(interval, special.expit(np.array(ends)))
