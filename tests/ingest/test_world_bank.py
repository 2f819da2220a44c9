"""The World Bank's dashboard: each metric as what it is; only prices reach a panel."""

from __future__ import annotations

import pandas as pd
import pytest
from ingest_samples import workbook

import carbonlink as cl
from carbonlink.errors import DataError, UnknownMarketError
from carbonlink.facts import markets
from carbonlink.ingest.reading import read_file

UPDATED = ["Data last updated on April 1, 2025"]
YEARS = [2022, 2023, 2024]
PRICE_HEAD = ["Unique ID", "Name of the initiative", "Instrument Type", "Region", "Metric", *YEARS]
PRICE = [
    UPDATED,
    PRICE_HEAD,
    ["ETS_CN", "China national ETS", "ETS", "E", "US$/tCO2e", 9.2, 8.2, 12.6],
]
EMISSIONS = [
    ["Share of global emissions covered"],
    [],
    ["Name of the initiative", *YEARS],
    ["China national ETS", 0.088, 0.09, 0.153],
    ["EU ETS", 0.03, 0.03, 0.026],
    ["Norway carbon tax", 0, 0.001, 0.001],
    ["Total", 0.2, 0.2, 0.25],
]
REVENUE = [UPDATED, ["Instrument name", "Type", *YEARS], ["EU ETS", "ETS", 42_000, 47_000, "-"]]
PAGES = {
    "Compliance_Price": PRICE,
    "Compliance_Emissions": EMISSIONS,
    "Compliance_Revenue": REVENUE,
}


def put(folder, pages, name="wb.xlsx"):
    (folder / name).write_bytes(workbook(pages))
    return folder / name


def test_each_metric_is_a_series_of_its_own(tmp_path):
    found = read_file(put(tmp_path, PAGES))
    frame = found.frame.assign(year=found.frame["date"].dt.year)
    assert found.rows == found.kept + found.quarantined + sum(found.declared.values())
    table = frame.set_index(["market", "product", "year"])
    assert table.loc[("worldbank_cea", "", 2024), "close"] == 12.6
    assert table.loc[("worldbank_coverage_cea", "", 2024), "volume"] == 0.153
    assert table.loc[("worldbank_eua", "revenue", 2023), "value"] == 4.7e10
    prices = frame[["open", "high", "low", "close", "vwap"]].notna().any(axis=1)
    assert set(frame["market"][prices]) == {"worldbank_cea"} and found.unit == "USD/t"
    assert markets.get("worldbank_coverage_cea").unit == "share of global emissions"
    assert any("read: Norway carbon tax." in note for note in found.notes)


def test_only_prices_reach_a_panel(tmp_path):
    put(tmp_path, PAGES)
    panel = cl.load(raw=tmp_path)
    assert panel.markets == ("worldbank_cea",)
    assert panel.prices()["worldbank_cea"].tolist() == [9.2, 8.2, 12.6]
    assert panel.tidy["volume"].isna().all() and panel.tidy["value"].isna().all()
    for other in ("worldbank_coverage_cea", "worldbank_eua"):
        with pytest.raises(UnknownMarketError, match=f"holds a price of {other}.*cl.read"):
            cl.load([other], raw=tmp_path)


def test_a_price_and_a_revenue_of_one_market(tmp_path):
    revenue = [*REVENUE, ["China national ETS", "ETS", 1, 2, 3]]
    put(tmp_path, {"Compliance_Price": PRICE, "Compliance_Revenue": revenue})
    panel = cl.load(["worldbank_cea"], raw=tmp_path)
    assert len(panel.daily("worldbank_cea")) == len(panel.tidy) == 3
    assert any("only the price is in a panel" in note for note in panel.notes)


def test_one_market_of_a_workbook_whose_other_sheets_do_not_hold_it(tmp_path):
    frame = cl.read(put(tmp_path, PAGES), market="worldbank_eua")
    assert set(frame["market"]) == {"worldbank_eua"} and len(frame) == 2
    with pytest.raises(DataError, match="no data"):
        cl.read(tmp_path / "wb.xlsx", market="worldbank_tianjin")


@pytest.mark.parametrize(
    ("metric", "column", "value"),
    [
        ("US$/tCO2e", "close", 2.0),
        ("Government revenue (US$ million)", "value", 2e6),
        ("Share of global emissions covered", "volume", None),
    ],
)
def test_a_stated_metric_decides(tmp_path, metric, column, value):
    row = ["ETS_CN", "China national ETS", "ETS", "E", metric, 2, 2, 2]
    path = put(tmp_path, {"Sheet1": [UPDATED, PRICE_HEAD, row]})
    if value is None:
        with pytest.raises(DataError, match="not between 0 and 1"):
            cl.read(path)
        return
    frame = cl.read(path)
    assert frame[column].tolist() == [value] * 3
    assert frame[["close", "value", "volume"]].notna().sum().sum() == 3


def test_a_metric_that_is_not_known_is_named_with_what_to_do(tmp_path):
    row = ["ETS_EU", "EU ETS", "ETS", "E", "EUR/tCO2e", 80, 90, 60]
    found = read_file(put(tmp_path, {"Compliance_Price": [*PRICE, row]}))
    assert found.quarantine["reason"].tolist() == [
        "metric 'EUR/tCO2e' is none that is read (a price in US$/tCO2e, a revenue in million US$, "
        "a share of global emissions); take the row out, or see the sheet with cl.read(file, "
        "raw=True)"
    ]
    with pytest.raises(DataError, match="metric 'EUR/tCO2e' is none that is read"):
        cl.read(put(tmp_path, {"Compliance_Price": [UPDATED, PRICE_HEAD, row]}, "b.xlsx"))
    assert isinstance(cl.read(tmp_path / "b.xlsx", raw=True), pd.DataFrame)
