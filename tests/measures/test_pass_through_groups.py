"""Hours, seasons and provinces of a panel are each the measurement that refit gives by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import SpecificationError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def panel():
    return cl.load(["cea", "electricity_gd"], root=ROOT)


@pytest.fixture(scope="module")
def found(panel):
    return cl.pass_through(panel, "cea", "electricity_gd", intensity=0.85, lags=1)


def test_seasons_of_a_panel_are_masks_of_its_common_days(found, panel):
    by_season = dict(found.by("season").results)
    assert list(by_season) == [f"season {s}" for s in ("winter", "spring", "summer", "autumn")]
    days = panel.daily("electricity_gd").index.union(panel.daily("cea").index)
    mask = pd.Series(days.month.isin((6, 7, 8)), days)
    summer = found.refit(where=mask)
    assert by_season["season summer"].gross.estimate == summer.gross.estimate
    assert by_season["season summer"].sample.nobs == summer.sample.nobs
    assert sum(r.sample.nobs for r in by_season.values()) == found.sample.nobs


def test_weekly_means_of_a_panel_keep_its_units_and_are_not_called_thin(panel):
    weekly = cl.aggregate(panel, "W", "mean").frame
    assert weekly.attrs["units"] == {"cea": "yuan/t", "electricity_gd": "yuan/MWh"}
    assert cl.aggregate(panel, "W", "sum").frame.attrs["units"] == {}
    both = weekly.notna().all(axis=1)
    early = weekly.assign(cea=weekly["cea"].where(both & (both.cumsum() <= 50)))
    found = cl.pass_through(early, "cea", "electricity_gd", intensity=0.85, lags=1)
    assert 40 < found.sample.nobs < 50 and found.half_life.unit == "weeks"
    assert not any("Unit taken" in n or "rows without either" in n for n in found.notes)


def test_hours_of_a_panel_are_series_of_their_own(found, panel):
    by_hour = dict(found.by("hour").results)
    assert list(by_hour) == [f"hour {h}" for h in range(24)]
    rows = panel.tidy[panel.tidy["market"] == "electricity_gd"]
    stamps = pd.DatetimeIndex(rows["date"])
    ten = rows["close"][stamps.hour == 10].groupby(stamps[stamps.hour == 10].normalize()).mean()
    carbon = panel.daily("cea")
    carbon = carbon.loc[carbon["is_open"].astype(bool), "price"]
    days = carbon.index.intersection(panel.daily("electricity_gd").index)
    frame = pd.DataFrame({"cea": carbon[days], "power": ten.reindex(days)})
    own = cl.pass_through(frame, "cea", "power", intensity=0.85, lags=1)
    assert by_hour["hour 10"].gross.estimate == pytest.approx(own.gross.estimate, rel=1e-9)
    assert any("Synthetic" in note for note in by_hour["hour 10"].notes)
    assert np.ptp([r.gross.estimate for r in by_hour.values()]) > 0


def test_provinces_are_the_power_prices_of_the_panel(found, panel):
    other = panel.days["electricity_gd"].assign(price=lambda d: 2 * d["price"])
    other["chained"] = other["price"]
    both = replace(
        panel,
        days={**panel.days, "electricity_sd": other},
        sources_of={**panel.sources_of, "electricity_sd": "made.csv"},
    )
    by_province = dict(found.refit(data=both).by("province").results)
    assert list(by_province) == ["guangdong", "shandong"]
    twice, once = by_province["shandong"].gross, by_province["guangdong"].gross
    assert twice.estimate == pytest.approx(2 * once.estimate, rel=1e-8)
    with pytest.raises(SpecificationError, match="two provinces; this has guangdong"):
        found.by("province")


def test_daily_prices_have_no_hours(found, panel):
    flat = panel.tidy.assign(date=panel.tidy["date"].dt.normalize())
    with pytest.raises(SpecificationError, match="has one a day"):
        found.refit(data=replace(panel, tidy=flat)).by("hour")


@pytest.mark.real
def test_shandongs_hours_and_seasons(real_data):
    panel = cl.load(["cea", "electricity_sd"], raw=real_data)
    found = cl.pass_through(
        panel, "cea", "electricity_sd", intensity=0.85, benchmark="cn_power", band=(300, 500)
    )
    assert 0 in found.gross.confidence_set() and 1 in found.gross.confidence_set()
    assert found.net.ratio is None and "2023" in found.net.reason
    assert 0.7 < found.identified_share < 0.9 and found.gross.detectable > 1
    assert any("does not bound spot" in note for note in found.notes)
    early = found.refit(data=cl.load(["cea", "electricity_sd"], end="2022-12-31", raw=real_data))
    assert early.net.ratio is not None and early.net.detectable > early.gross.detectable
    rows = found.by("hour").tidy()
    assert (rows["term"] == "gross").sum() == 24 and rows["model"].nunique() == 24
    assert len(found.by("season").results) == 4
