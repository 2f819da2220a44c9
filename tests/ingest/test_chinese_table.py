"""A table of one's own with Chinese headings is the same table."""

from __future__ import annotations

import pandas as pd
import pytest
from wild_samples import ALL

import carbonlink as cl
from carbonlink.errors import CarbonlinkError, DataError
from carbonlink.ingest import chinese
from carbonlink.ingest.reading import read_file
from carbonlink.ingest.recognise import LAYOUTS, header_of
from carbonlink.ingest.schema import COLUMNS
from carbonlink.ingest.sheet import sheets

ENGLISH = "date,market,trade,open,high,low,close,vwap,volume,value,price_kind,currency"
CHINESE = "日期,市场,交易方式,开盘价,最高价,最低价,收盘价,均价,成交量,成交额,价格类型,币种"
ROWS = [
    ("2024-01-02,cea,listed,70,72,69,71,70.5,1000,70500,close,CNY",
     "2024-01-02,全国,挂牌,70,72,69,71,70.5,1000,70500,收盘价,人民币"),
    ("2024-01-02,cea,block,,,,,68,5000,340000,vwap,",
     "2024年1月2日,全国碳市场,大宗协议交易,,,,,68,5000,34万元,均价,"),
    ("2024-01-03,hubei,total,40,41,39,40.5,,10,405,,", "2024/1/3,湖北,,40,41,39,40.5,,10,405,,元"),
    ("2024-01-04,hubei,total,40,41,39,-1,,10,405,,", "2024/1/4,湖北,,40,41,39,-1,,10,405,,元"),
]  # fmt: skip


def put(folder, name, head, rows, encoding="utf-8"):
    path = folder / name
    path.write_bytes("\n".join([head, *rows]).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_chinese_headings_and_words_give_the_same_table(tmp_path, encoding):
    own = read_file(put(tmp_path, "a.csv", ENGLISH, [a for a, _ in ROWS]))
    found = read_file(put(tmp_path, "b.csv", CHINESE, [b for _, b in ROWS], encoding))
    columns = [name for name in COLUMNS if name != "source"]
    pd.testing.assert_frame_equal(found.frame[columns], own.frame[columns])
    assert found.layout == "tidy" and len(found.frame) == 3
    assert found.quarantine["reason"].tolist() == ["close is not above 0"]


def test_without_a_market_every_heading_must_be_known(tmp_path):
    path = put(tmp_path, "a.csv", "交易日期,收盘价,成交量", ["2024-01-02,71,5"])
    assert cl.read(path, market="湖北")["close"].tolist() == [71]
    with pytest.raises(DataError, match="does not say which market"):
        cl.read(path)
    path = put(tmp_path, "b.csv", "交易日期,收盘价,成交量,持仓", ["2024-01-02,71,5,1"])
    with pytest.raises(CarbonlinkError, match="No reader knows"):
        cl.read(path, market="湖北")


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("日期,市场,收盘价,成交良", "unknown column '成交良'. Did you mean '成交"),
        ("日期,市场,收盘价,close", "several columns for close"),
        ("日期,市场,收盘价,币种", "currency '5' is not that of hubei"),
    ],
)
def test_what_is_misspelt_or_said_twice_is_refused(tmp_path, head, words):
    with pytest.raises(DataError, match=words):
        cl.read(put(tmp_path, "a.csv", head, ["2024-01-02,湖北,71,5"]))


def test_no_other_layout_is_taken_for_a_table_of_ones_own(tmp_path):
    for one in ALL:
        path = tmp_path / one.name
        path.write_bytes(one.content)
        for sheet in sheets(path):
            row = header_of(sheet, LAYOUTS["tidy"])
            others = [m for m in LAYOUTS.values() if m.NAME != "tidy" and header_of(sheet, m)]
            assert row is None or not others, one.name


def test_every_chinese_heading_is_read(tmp_path):
    for text, name in chinese.COLUMNS.items():
        if name in ("open", "high", "low", "close", "vwap", "volume", "value"):
            path = put(tmp_path, "a.csv", f"日期,市场,{text}", ["2024-01-02,湖北,71"])
            assert cl.read(path)[name].tolist() == [71], text
