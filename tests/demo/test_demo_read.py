"""The demonstration set goes through the readers whole, and estimates from it recover its truth."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import carbonlink as cl
from carbonlink import demo
from carbonlink.demo import truth
from carbonlink.ingest.folder import read_folder

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"


@pytest.fixture(scope="module")
def readings():
    folder = read_folder(RAW)
    assert not folder.failures
    return {Path(r.path).name: r for r in folder.readings}


@pytest.fixture(scope="module")
def panel():
    return cl.load(root=ROOT)


@pytest.mark.parametrize("name", demo.FILES)
def test_a_file_is_read_without_a_row_set_aside(readings, name):
    reading = readings[name]
    market, layout, _ = demo.FILES[name]
    assert reading.layout == layout and reading.synthetic
    assert reading.quarantined == 0 and len(reading.quarantine) == 0
    assert reading.rows == reading.kept + sum(reading.declared.values())
    assert not market or reading.markets == (market,)


def test_national_totals_survive_reading(readings):
    frame = readings["demo_cea_wind.csv"].frame
    total = frame[frame["trade"] == "total"].set_index("date")["volume"]
    parts = frame[frame["trade"] != "total"].groupby("date")["volume"].sum()
    years = {year: tonnes for year, (tonnes, _) in truth.national_years().items()}
    assert total.groupby(total.index.year).sum()[list(years)].to_dict() == years
    assert (total == parts.reindex(total.index)).all()


@pytest.mark.parametrize(
    ("name", "year", "total"),
    [
        ("demo_guangdong_guangzhou.xlsx", "2020", 28_362_000),
        ("demo_hubei_hubei.xlsx", "2023", 6_100_000),
        ("demo_shanghai_tanjiaoyi.csv", "2023", 1_400_000),
        ("demo_chongqing_tanjiaoyi.csv", "2023", 3_900_000),
        ("demo_gec_tidy.csv", "2024", 277_000_000),
        ("demo_eur_zhejiang_tidy.csv", "2020", 376_800),
    ],
)
def test_the_other_totals_survive_reading(readings, name, year, total):
    volume = readings[name].frame.set_index("date")["volume"]
    assert volume.loc[year].sum() == total


def test_the_quarter_hours_are_whole_days_of_the_delivery_day(readings):
    dates = readings["demo_electricity_guangdong_provincial.csv"].frame["date"]
    assert (dates.dt.normalize().value_counts() == 96).all()


def test_the_panel_is_synthetic_and_shows_thin_stale_limit_and_block_days(panel):
    assert panel.synthetic == frozenset(panel.markets) and len(panel.markets) >= 14
    table = panel.coverage()
    assert table.loc["cea", "block_pct"] > 30
    assert table.loc["chongqing", "stale_pct"] > 40 and table.loc["shanghai", "stale_pct"] > 8
    assert (table.loc[["cea", "hubei"], "limit_pct"] > 0.1).all()
    assert table.loc["tianjin", "price_kind"] == "unknown"
    assert pd.isna(table.loc["tianjin", "limit_pct"])
    assert (table.loc[["cea", "guangdong", "hubei"], "tiny_pct"] > 0.3).all()
    sessions = panel.volume("cea").dropna().index
    assert len(sessions) == 957 and pd.Timestamp("2024-10-01") not in sessions


def test_a_vector_autoregression_recovers_the_links(panel):
    names = ["cea", "guangdong", "hubei"]
    result = cl.VAR(panel.returns(names)["2021-07-19":], lags=1).fit()
    assert result.nobs > 600
    table = result.tidy().set_index("term")
    for name in names[1:]:
        row = table.loc[f"{name} ← cea L1"]
        assert row["lower"] < truth.SHOCKS[name].spillover < row["upper"] and row["lower"] > 0
        back = table.loc[f"cea ← {name} L1"]
        assert back["lower"] < 0 < back["upper"]


@pytest.mark.parametrize(
    ("cause", "effect", "true"),
    [
        ("cea", "electricity_guangdong", truth.POWER["long_run"]),
        ("cea", "ccer", truth.CREDITS["long_run"]),
        *(
            ("eua", f"electricity_{code.lower()}", rate)
            for code, rate, _ in truth.COUNTRIES.values()
        ),
    ],
)
def test_the_fieller_interval_covers_the_true_pass_through(panel, cause, effect, true):
    row = (
        cl.pass_through(panel, cause=cause, effect=effect).tidy().set_index("term").loc["long_run"]
    )
    assert row["lower"] < true < row["upper"]
    assert row["upper"] - row["lower"] < 1.2


def test_the_windows_share_and_its_significance_are_recovered(panel):
    table = cl.concentration(panel, window=truth.RUSH_WINDOW).tidy()
    rows = table[(table["market"] == "guangdong") & table["term"].str.startswith("window_share ")]
    shares = truth.PILOTS["guangdong"].shares
    measured = [shares[0], *shares[2:5]]  # the second cycle begins on a day not known
    assert rows["estimate"].tolist() == pytest.approx(measured, abs=0.02)
    pooled = table[(table["market"] == "guangdong") & (table["term"] == "window_share")]
    assert pooled["p_value"].iloc[0] < 0.01


def test_the_windows_effect_on_the_variance_is_recovered(panel):
    result = cl.volatility(panel, "cea", window=truth.VARIANCE_WINDOW)
    row = result.tidy().set_index("term").loc["delta[window]"]
    assert row["lower"] < truth.SHOCKS["cea"].window_effect < row["upper"]
    assert row["p_value"] < 0.1
