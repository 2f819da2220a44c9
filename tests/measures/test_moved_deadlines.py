"""Moved deadlines: exact randomisation, closed forms, the published table, refusals."""

import itertools

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.kernels.assignments import assignments, mean_gaps
from carbonlink.measures.moved_events import published_deadlines

WEEKS = pd.Timedelta(weeks=4)


def years(cycles=8, intensity=4.0, every=4, rng=1):
    volume, deadlines = cl.simulate.volumes(cycles=cycles, intensity=intensity, rng=rng)
    moved = [(day - WEEKS, day) for day in deadlines[::every]]
    return volume, moved, [day for day in deadlines if day not in deadlines[::every]]


@pytest.fixture(scope="module")
def found():
    volume, moved, kept = years()
    return cl.moved_deadlines(volume, moved=moved, kept=kept)


def test_the_gain_is_that_of_the_windows(found):
    volume, moved, kept = years()

    def share(day, days=28):
        inside = volume.loc[day - pd.Timedelta(days=59) : day + pd.Timedelta(days=days)]
        return inside.loc[day + pd.Timedelta(days=1) :].sum() / inside.sum(), inside.sum()

    # the last kept year is not followed by 28 days of sample
    normal = np.mean([share(day)[0] for day in kept[:-1]])
    for row, (day, _) in zip(found.rows.itertuples(), moved, strict=True):
        own, total = share(day)
        assert row.later_share == pytest.approx(own) and row.kept_share == pytest.approx(normal)
        assert row.tonnes == pytest.approx((own - normal) * total)
    assert found.gain == pytest.approx(found.rows["gain"].mean())
    assert found.tonnes == pytest.approx(found.rows["tonnes"].sum())
    assert any("the sample ends" in reason for reason in found.notes) or found.spec["kept"] == 5


def test_the_p_value_lists_every_assignment(found):
    volume, moved, kept = years()
    days = [day for day, _ in moved] + kept[:-1]
    later = []
    for day in days:
        inside = volume.loc[day - pd.Timedelta(days=59) : day + pd.Timedelta(days=28)]
        later.append(inside.loc[day + pd.Timedelta(days=1) :].sum() / inside.sum())
    later = np.array(later)
    gaps = [
        np.mean([later[i] for i in pick])
        - np.mean([later[k] for k in range(len(days)) if k not in pick])
        for pick in itertools.permutations(range(len(days)), 2)
    ]
    assert found.exact and len(found.null) == len(gaps) == 42
    np.testing.assert_allclose(np.sort(found.null), np.sort(gaps), atol=1e-12)
    assert found.pvalue == pytest.approx(np.mean(np.array(gaps) >= found.gain - 1e-12))


def test_nothing_is_found_where_nothing_moved():
    volume, deadlines = cl.simulate.volumes(cycles=10, intensity=1, rng=5)
    moved = [(day - WEEKS, day) for day in deadlines[:9:3]]
    kept = [day - WEEKS for day in deadlines if day not in deadlines[:9:3]]
    found = cl.moved_deadlines(volume, moved=moved, kept=kept)
    low, high = found.conf_int()
    assert found.pvalue > 0.05 and low < 0 < high
    assert found.conf_int(0.5)[1] - found.conf_int(0.5)[0] < high - low


def test_units_do_not_matter(found):
    volume, moved, kept = years()
    other = cl.moved_deadlines(1e3 * volume, moved=moved, kept=kept)
    assert other.gain == pytest.approx(found.gain) and other.pvalue == found.pvalue
    assert other.tonnes == pytest.approx(1e3 * found.tonnes)


def test_many_assignments_are_drawn_and_agree_with_the_list():
    volume, moved, kept = years(cycles=12, every=3)
    whole = cl.moved_deadlines(volume, moved=moved, kept=kept, draws=20_000)
    drawn = cl.moved_deadlines(volume, moved=moved, kept=kept, draws=4999)
    assert not drawn.exact and len(drawn.null) == 5000 and whole.gain == drawn.gain
    assert drawn.pvalue == pytest.approx(whole.pvalue, abs=0.01)


def test_markets_are_pools_of_their_own_or_one():
    one, moved, kept = years()
    frame = pd.DataFrame({"a": one, "b": years(rng=3)[0]})
    apart = cl.moved_deadlines(frame, moved={"a": moved, "b": moved}, kept={"a": kept, "b": kept})
    alone = [
        cl.moved_deadlines(frame[m], market=m, moved=moved, kept=kept).gain for m in ("a", "b")
    ]
    assert apart.gain == pytest.approx(np.mean(alone)) and len(apart.rows) == 4
    assert len(apart.null) == 42**2 and apart.pvalue < 0.01
    joint = cl.moved_deadlines(frame, moved={"a": moved}, kept={"b": kept}, pool="all")
    assert joint.rows["kept_years"].tolist() == [5, 5]
    with pytest.raises(cl.TooFewObservationsError, match="no kept deadline"):
        cl.moved_deadlines(frame, moved={"a": moved}, kept={"b": kept})


def test_the_published_table_has_the_delays_and_postponements():
    moved = {
        (market, one.label): (str(one.original.date()), str(one.moved.date()))
        for market in ("beijing", "guangdong", "tianjin", "chongqing", "shanghai")
        for one in published_deadlines(market)[0]
        if one.moved is not None
    }
    assert moved["guangdong", "2014"] == ("2015-06-20", "2015-07-08")
    assert moved["tianjin", "2014"] == ("2015-05-31", "2015-07-10")
    assert moved["beijing", "2014"] == ("2015-06-15", "2015-06-30")
    assert moved["chongqing", "2013-2014"] == ("2015-06-20", "2015-07-23")
    assert moved["shanghai", "2019"] == ("2020-06-30", "2020-10-30")
    assert moved["guangdong", "2019"] == ("2020-06-20", "2020-08-20")
    assert moved["shanghai", "2020"] == ("2021-06-30", "2021-09-30")
    _, refused = published_deadlines("hubei")
    assert {label for _, label, _ in refused} == {"2014", "2015"}


def test_an_overlapping_window_is_left_out():
    volume, moved, kept = years()
    close = [*kept, moved[0][0] + pd.Timedelta(days=10)]
    with pytest.raises(cl.TooFewObservationsError, match="falls into its window"):
        cl.moved_deadlines(volume, moved=moved[:1], kept=close)


def test_assignments_and_gaps_of_a_small_case():
    chosen, listed = assignments(4, 2, 99, np.random.default_rng(0))
    assert listed and len(chosen) == 12 and chosen[0].tolist() == [0, 1]
    values = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, np.nan], [7.0, 8.0]])
    gaps = mean_gaps(values, chosen)
    assert gaps[0] == pytest.approx((1 - 6) + (4 - 8))
    assert np.isnan(gaps[chosen[:, 1] == 2]).all()
    chosen, listed = assignments(30, 5, 99, np.random.default_rng(0))
    assert not listed and chosen.shape == (99, 5)
    assert all(len(set(row)) == 5 for row in chosen.tolist())


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"moved": None}, cl.SpecificationError, "go together"),
        ({"moved": None, "kept": None}, cl.TooFewObservationsError, "No moved deadline|is not"),
        ({"moved": ["2016-06-30"]}, cl.SpecificationError, "no pair"),
        ({"moved": [("2016-06-30", "2016-06-30")]}, cl.SpecificationError, "not later"),
        ({"moved": [("2016-06-30", "soon")]}, cl.SpecificationError, "no date"),
        ({"moved": [("2016-06-30", "2017-06-30")]}, cl.TooFewObservationsError, "more than 200"),
        ({"moved": [("2040-06-30", "2040-07-30")]}, cl.TooFewObservationsError, "sample ends"),
        ({"before": 0}, cl.SpecificationError, "before=0"),
        ({"pool": "region"}, cl.SpecificationError, "'market', 'all'"),
        ({"draws": 5}, cl.SpecificationError, "draws=5"),
        ({"level": 95}, cl.SpecificationError, "level=95"),
        ({"rng": None}, cl.SpecificationError, "rng=None"),
        ({"moved": {"x": []}, "kept": {"x": []}}, cl.UnknownMarketError, "'x'"),
    ],
)
def test_bad_arguments_say_what_to_do(change, error, text):
    volume, moved, kept = years()
    with pytest.raises(error, match=text):
        cl.moved_deadlines(**{"data": volume, "moved": moved, "kept": kept, **change})


@pytest.mark.real
def test_real_postponements_moved_volume(real_data):
    panel = cl.load(["guangdong", "shanghai", "hubei", "beijing"], raw=real_data)
    found = cl.moved_deadlines(panel)
    moved = set(zip(found.rows["market"], found.rows["cycle"], strict=True))
    assert {("guangdong", "2014"), ("guangdong", "2022"), ("shanghai", "2019")} <= moved
    assert 0.2 < found.gain < 0.4 and found.pvalue < 0.05


def test_kept_years_without_a_day_on_record_are_counted(monkeypatch):
    from carbonlink.measures import moved_deadlines as module
    from carbonlink.measures.moved_events import Deadline

    volume, moved, kept = years()
    own = [Deadline("a", str(d.date()), d, last) for d, last in moved]
    own += [Deadline("a", str(d.date()), d, on_record=i > 2) for i, d in enumerate(kept)]
    monkeypatch.setattr(module, "all_deadlines", lambda *_: (own, []))
    notes = cl.moved_deadlines(volume.rename("a")).notes
    assert any("3 of 5 kept years have no final day on record" in n for n in notes)
    bare = [d for d in published_deadlines("beijing")[0] if not d.on_record]
    assert bare and all(d.moved is None for d in bare)
    assert "2016" in {d.label for d in bare}
    assert all(d.on_record for d in published_deadlines("hubei")[0] if d.moved is not None)


def test_no_deadline_is_given_twice_or_its_own_comparison():
    volume, moved, kept = years()
    for own in moved[0]:
        with pytest.raises(cl.SpecificationError, match="no year is its own comparison"):
            cl.moved_deadlines(volume, moved=moved, kept=[*kept, own])
    with pytest.raises(cl.SpecificationError, match="twice"):
        cl.moved_deadlines(volume, moved=[moved[0], moved[0]], kept=kept)
    for given in ("2019-05-31", 5, pd.Timestamp("2019-05-31")):
        with pytest.raises(cl.SpecificationError, match="moved=.*2019-05-31|moved=5"):
            cl.moved_deadlines(volume, moved=given, kept=kept)
    with pytest.raises(cl.SpecificationError, match="kept='2019-05-31' is no list"):
        cl.moved_deadlines(volume, moved=moved, kept="2019-05-31")
