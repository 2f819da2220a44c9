"""Files that were cut inside their last row, and whole ones that only lack a line break."""

from __future__ import annotations

import pandas as pd
import pytest

from carbonlink.errors import DataError
from carbonlink.ingest import blocks
from carbonlink.ingest.reading import read_file

HEAD = "日期,市场,收盘价,成交量,成交额\n"
DAYS = pd.bdate_range("2022-11-01", periods=28)
ROWS = [f"{d:%Y/%m/%d},湖北,48.{d:%d},{5000 + d.day},{240000 + d.day}" for d in DAYS]
WHOLE = HEAD + "\n".join(ROWS)
EMBER = "Country,ISO3 Code,Date,Price (EUR/MWhe)\n" + "\n".join(
    f"France,FRA,2015-07-{d:02d},{20 + d}.5" for d in range(1, 28)
)


def put(folder, text):
    path = folder / "own.csv"
    path.write_text(text, encoding="utf-8")
    return read_file(path)


@pytest.mark.parametrize("cut", [1, 6, 7, 12, 20, len(ROWS[-1]) - 1, len(ROWS[-1])])
def test_a_row_that_was_cut_anywhere_is_set_aside_or_noted(tmp_path, cut):
    found = put(tmp_path, WHOLE[:-cut])
    last = len(ROWS[-1]) - cut
    if last <= 0:
        assert found.kept == 27
        return
    assert (found.kept, found.quarantined) == (27, 1)
    assert "the file ends inside this row" in found.quarantine["reason"].iat[0]
    assert "The file looks cut: it ends inside row 29, which is set aside." in found.notes


def test_a_whole_row_without_a_line_break_is_kept_with_a_note(tmp_path):
    assert put(tmp_path, WHOLE + "\n").notes == ()
    found = put(tmp_path, WHOLE)
    assert (found.kept, found.quarantined) == (28, 0)
    assert "does not end with a line break" in found.notes[-1] and "row 29" in found.notes[-1]
    footed = put(tmp_path, WHOLE + "\n数据来源：交易所")
    assert footed.kept == 28 and footed.notes == ()
    quoted = put(tmp_path, HEAD + '2022/11/01,湖北,48.1,5,"240.5"')
    assert quoted.kept == 1 and quoted.notes == ()


def test_a_last_number_shorter_than_every_other_is_set_aside(tmp_path):
    text = EMBER + "\nFrance,FRA,2015-07-28,"
    found = put(tmp_path, text + "2")
    assert found.kept == 27 and "'2' is shorter than every other" in found.quarantine["reason"][0]
    assert put(tmp_path, text + "2\n").kept == 28
    few = "date,market,close\n2024-01-02,hubei,40.5\n2024-01-03,hubei,4"
    assert put(tmp_path, few).kept == 2


def test_rows_that_are_short_as_others_are_no_cut(tmp_path):
    rows = ["2024-01-02,hubei,40,5", "2024-01-03,hubei,41", "2024-01-04,hubei,42"]
    found = put(tmp_path, "date,market,close,volume\n" + "\n".join(rows))
    assert (found.kept, found.quarantined) == (3, 0)
    with pytest.raises(DataError, match="no data"):
        put(tmp_path, "date,market,close,volume\n2024-01-02,hubei,40")


@pytest.mark.parametrize("scattered", [False, True])
def test_a_large_file_that_was_cut(tmp_path, monkeypatch, scattered):
    for name, value in (("BLOCKS_ABOVE", 0), ("_BLOCK", 200), ("_LEAST", 20)):
        monkeypatch.setattr(blocks, name, value)
    rows = [f"2022/01/{d:02d},{h}:00,30{h:02d}.5,1" for d in range(1, 31) for h in range(1, 25)]
    if scattered:
        rows.sort(key=lambda row: int(row.split(",")[1].partition(":")[0]))
    path = tmp_path / "spot.csv"
    path.write_text("day,time,clearing price (CNY/MWh),demand\n" + "\n".join(rows)[:-4])
    found = read_file(path, market="electricity_sd")
    assert (found.kept, found.quarantined) == (719, 1) and found.quarantine["row"][0] == 721
    assert found.quarantine["reason"][0] == "the file ends inside this row"
    assert any(note.startswith("The file looks cut") for note in found.notes)
    path.write_text("day,time,clearing price (CNY/MWh),demand\n" + "\n".join(rows))
    whole = read_file(path, market="electricity_sd")
    assert whole.kept == 720 and any("line break" in note for note in whole.notes)
