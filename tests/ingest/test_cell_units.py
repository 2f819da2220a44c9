"""Numbers that print a unit of their own are scaled once in every layout that scales."""

from __future__ import annotations

import pytest

from carbonlink.ingest.reading import read_file

WIDE = (
    "指标名称,成交量:碳排放权配额(HBEA),成交金额:碳排放权配额(HBEA)\n频率,日,日\n单位,万吨,万元\n"
    "2024-01-03,{volume},3\n2024-01-02,1.2,3\n"
)
SINGLE = (
    "指标名称,成交量:碳排放权配额(HBEA)\n频率,日\n单位,万吨\n2024-01-03,{volume}\n2024-01-02,1.2\n"
)
NOTICE = "month,traded_1e4_certificates,price_all_yuan\n2024-01,{volume},9\n2024-02,1.2,9\n"
FIGURES = (
    "market,period_start,period_end,kind,quantity,value,unit\n"
    "eur_zj,2023-01,2023-12,trade,volume,{volume},1e4tce\n"
    "eur_zj,2022-01,2022-12,trade,volume,1.2,1e4tce\n"
)


@pytest.mark.parametrize("text", [WIDE, SINGLE, NOTICE, FIGURES])
@pytest.mark.parametrize(("cell", "kept"), [("1.2万", 2), ("1.2", 2), ("1.2亿", 1), ("1.2元", 1)])
def test_a_multiple_in_the_cell_and_in_the_heading_counts_once(tmp_path, text, cell, kept):
    path = tmp_path / "own.csv"
    path.write_text(text.format(volume=cell), encoding="utf-8")
    found = read_file(path)
    assert found.frame["volume"].tolist() == [12_000.0] * kept
    assert found.quarantined == 2 - kept


@pytest.mark.parametrize(("cell", "kept"), [("1.2亿", 2), ("1.2万", 1)])
def test_cleared_energy_in_hundred_millions(tmp_path, cell, kept):
    path = tmp_path / "gansu.csv"
    head = "日期,时刻,日前出清电价,实时出清电价,日前出清电量(亿千瓦时)"
    path.write_text(f"{head}\n2024-01-02,1:00,300,310,{cell}\n2024-01-02,2:00,300,310,1.2\n")
    volume = read_file(path, market="electricity_gansu").frame["volume"].dropna()
    assert volume.tolist() == [120_000.0] * kept


@pytest.mark.parametrize(
    ("cell", "kept"), [("51万元", 0), ("1.2万吨", 1), ("300元/吨", 0), ("500 t", 1)]
)
def test_money_in_a_column_of_quantities_is_set_aside(tmp_path, cell, kept):
    path = tmp_path / "own.csv"
    path.write_text(
        f"日期,市场,收盘价,成交量\n2024-01-02,湖北,42.5,{cell}\n2024-01-03,湖北,42.6,700\n"
    )
    reading = read_file(path)
    assert len(reading.frame) == kept + 1
    reasons = [str(reason) for reason in reading.quarantine["reason"]]
    assert len(reasons) == 1 - kept and all("unit of another kind" in r for r in reasons)
