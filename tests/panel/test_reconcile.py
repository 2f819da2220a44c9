"""Two sources of one market: differences known by hand, and the real ones."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.panel.reconcile import DETAIL, SUMMARY

DAYS = pd.bdate_range("2024-03-04", periods=5)


def panel(folder, name, closes, volumes=None, **cells):
    (folder / name).mkdir()
    frame = pd.DataFrame({"date": DAYS[: len(closes)], "market": "hubei", "close": closes})
    frame["volume"] = 500.0 if volumes is None else volumes
    frame.assign(**cells).dropna(how="all").to_csv(folder / name / f"{name}.csv", index=False)
    return cl.load(raw=folder / name)


@pytest.fixture
def pair(tmp_path):
    a = panel(tmp_path, "a", [40.0, 41.0, 42.0, 43.0], [500, 500, 500, 0])
    b = panel(tmp_path, "b", [40.0, 41.3, 42.0, 43.0, 44.0], [500, 501, 500.4, 300, 1])
    return a, b


def test_counts_by_field_and_day(pair):
    table = cl.reconcile(*pair).set_index("field")
    assert tuple(cl.reconcile(*pair).columns) == SUMMARY
    price = table.loc["price"]
    assert price[["days_a", "days_b", "both", "agree", "differ"]].tolist() == [3, 5, 3, 2, 1]
    assert (price["only_a"], price["only_b"]) == (0, 0), "only days within the common span"
    assert price["largest_difference"] == pytest.approx(0.3)
    assert (price["largest_on"], price["unit"]) == (DAYS[1], "yuan/t")
    assert table.loc["volume", ["both", "differ"]].tolist() == [3, 1]
    assert price["source_a"].startswith("a.csv ") and price["source_b"].startswith("b.csv ")
    assert (table["verdict"] == "differ").all()


def test_the_differing_days(pair):
    days = cl.reconcile(*pair, detail=True)
    assert tuple(days.columns) == DETAIL
    assert days[["field", "date"]].values.tolist() == [["price", DAYS[1]], ["volume", DAYS[1]]]
    assert days["difference"].tolist() == pytest.approx([0.3, 1.0])
    assert days["relative"].tolist() == pytest.approx([0.3 / 41, 1 / 500])
    assert cl.reconcile(pair[0], pair[0], detail=True).empty


def test_it_is_antisymmetric(pair):
    there, back = cl.reconcile(*pair), cl.reconcile(*pair[::-1])
    np.testing.assert_allclose(there["largest_difference"], -back["largest_difference"])
    assert there["differ"].tolist() == back["differ"].tolist()
    assert there["only_a"].tolist() == back["only_b"].tolist()


def test_tolerances(pair):
    wide = cl.reconcile(*pair, tolerance={"price": 0.3, "volume": 1})
    assert (wide["verdict"] == "agree").all() and (wide["differ"] == 0).all()
    assert (cl.reconcile(*pair, relative=0.01)["differ"] == 0).all()
    strict = cl.reconcile(*pair, tolerance={"volume": 0}).set_index("field")
    assert strict.loc["volume", "differ"] == 2
    half = pd.DataFrame({"hubei": [40.0, 40.0]}, index=DAYS[:2])
    cent = pd.DataFrame({"hubei": [40.005, 40.0051]}, index=DAYS[:2])
    assert cl.reconcile(half, cent)["differ"].tolist() == [1], "half a cent is rounding"


def test_a_close_and_an_average_are_different_kinds(tmp_path, pair):
    other = panel(tmp_path, "c", [40.1, 41.3, 42.5], price_kind="vwap")
    row = cl.reconcile(pair[0], other).set_index("field").loc["price"]
    assert row["verdict"] == "different kinds"
    assert (row["kind_a"], row["kind_b"]) == ("close", "vwap")


def test_plain_frames_and_markets_on_one_side_only():
    a = pd.DataFrame({"hubei": [40.0, 41.0], "cea": [70.0, 71.0]}, index=DAYS[:2])
    b = pd.DataFrame({"湖北": [40.0, 41.0]}, index=DAYS[2:4])
    assert cl.reconcile(a, b)["verdict"].tolist() == ["no day in common"]
    both = cl.reconcile(a, b, ["hubei", "cea"])
    assert both["verdict"].tolist() == ["no day in common", "only in a"]
    assert cl.reconcile(b, a, "cea")["verdict"].tolist() == ["only in b"]


def test_what_cannot_be_compared(pair):
    frame = pd.DataFrame({"cea": [70.0]}, index=DAYS[:1])
    with pytest.raises(cl.UnknownMarketError, match="no market in common. a holds hubei; b holds"):
        cl.reconcile(pair[0], frame)
    with pytest.raises(cl.UnknownMarketError, match="Neither holds shanghai. They hold: hubei"):
        cl.reconcile(*pair, "shanghai")
    with pytest.raises(cl.SpecificationError, match="fields='clsoe' is not known. Use one of"):
        cl.reconcile(*pair, fields="clsoe")
    with pytest.raises(cl.SpecificationError, match="tolerance='prices' is not known"):
        cl.reconcile(*pair, tolerance={"prices": 1})
    with pytest.raises(cl.SpecificationError, match="is a list without dates"):
        cl.reconcile([1.0], pair[0])
    with pytest.raises(cl.DataError, match="two rows for 2024-03-04"):
        cl.reconcile(pd.concat([frame, frame]), frame)


@pytest.mark.real
def test_the_exchanges_hubei_and_winds(real_data, tmp_path):
    for file in ("hubei_hbea.xlsx", "wind_hbea_hubei.csv"):
        shutil.copy(real_data / file, tmp_path)
    with_wind = cl.load("hubei", raw=tmp_path, prefer={"hubei": "wind"})
    with_exchange = cl.load("hubei", raw=tmp_path, prefer={"hubei": "hubei"})
    table = cl.reconcile(with_wind, with_exchange).set_index("field")
    assert table.loc["price", ["both", "differ"]].tolist() == [1726, 7]
    assert table.loc["volume", "differ"] == 4 and table.loc["value", "differ"] == 6
    days = cl.reconcile(with_wind, with_exchange, fields="price", detail=True)
    wind = cl.read(tmp_path / "wind_hbea_hubei.csv").set_index("date")["close"]
    assert days["a"].tolist() == wind[days["date"]].tolist()


def test_a_time_zone_changes_nothing():
    days = pd.bdate_range("2024-01-02", periods=3)
    a = pd.DataFrame({"hubei": [40.0, 41.0, 42.0]}, index=days)
    found = cl.reconcile(a.tz_localize("Asia/Shanghai"), a)
    assert found["verdict"].tolist() == ["agree"]
