"""Terminals' exports: what is read, what is left out and said, what is refused."""

from __future__ import annotations

import pandas as pd
import pytest
from ingest_samples import BLOOMBERG_HEAD, BLOOMBERG_ROWS, REFINITIV_ROWS, text

import carbonlink as cl
from carbonlink.ingest.layouts.refinitiv import OVER_THE_COUNTER
from carbonlink.ingest.reading import read_file


def written(folder, rows, encoding="utf-8"):
    path = folder / "made.csv"
    path.write_bytes(text(rows, encoding))
    return path


def test_refinitiv_days_come_first_and_quotes_are_left_out(tmp_path):
    reading = read_file(written(tmp_path, REFINITIV_ROWS))
    frame = reading.frame
    assert sorted(set(frame["date"])) == [pd.Timestamp("2021-03-04"), pd.Timestamp("2021-03-05")]
    listed = frame[frame["trade"] == "listed"]
    assert listed["close"].tolist() == [28.9, 28.5]
    assert OVER_THE_COUNTER in reading.notes
    assert "Series not used: EUR= (BID), EURCNH= (BID), EURCNY= (BID)." in reading.notes
    assert reading.quarantine["row"].tolist() == [5]


def test_refinitiv_needs_a_market_for_a_code_it_does_not_know(tmp_path):
    rows = [["Date", "XYZ (TRDPRC_1)"], ["13/01/2021", 30]]
    with pytest.raises(cl.DataError, match="XYZ"):
        read_file(written(tmp_path, rows))
    frame = read_file(written(tmp_path, rows), market="shanghai").frame
    assert (frame["market"].iat[0], frame["trade"].iat[0]) == ("shanghai", "total")
    twice = [["Date", "XYZ (TRDPRC_1)", "ABC (TRDPRC_1)"], ["13/01/2021", 30, 31]]
    with pytest.raises(cl.DataError, match="several instruments"):
        read_file(written(tmp_path, twice), market="shanghai")
    with pytest.raises(cl.DataError, match="does not hold shanghai"):
        read_file(written(tmp_path, REFINITIV_ROWS), market="shanghai")


def test_bloomberg_changes_are_left_out_and_other_columns_named(tmp_path):
    rows = [[*BLOOMBERG_HEAD, "PX_VOLUME", "OPEN_INT"], ["2024-01-05", 76.5, 1, 2, 75, 1, 2, 9, 8]]
    reading = read_file(written(tmp_path, rows), market="eua")
    row = reading.frame.iloc[0]
    assert (row["close"], row["low"], row["volume"]) == (76.5, 75.0, 9_000.0)
    assert "Columns not used: OPEN_INT." in reading.notes
    assert any("contracts" in note and "1000 each" in note for note in reading.notes)


def test_contracts_of_unknown_size_are_left_out_and_those_in_yuan_stay(tmp_path):
    rows = [[*BLOOMBERG_HEAD, "PX_VOLUME"], ["2024-01-05", 76.5, 1, 2, 75, 1, 2, 9]]
    brent = read_file(written(tmp_path, rows), market="brent")
    assert brent.frame["volume"].isna().all() and brent.frame["close"].tolist() == [76.5]
    assert any("how many bbl" in note for note in brent.notes)
    assert read_file(written(tmp_path, rows), market="cea").frame["volume"].tolist() == [9.0]


def test_bloomberg_does_not_guess_a_market_a_day_or_a_second_security(tmp_path):
    with pytest.raises(cl.DataError, match="names no security"):
        read_file(written(tmp_path, [BLOOMBERG_HEAD, BLOOMBERG_ROWS[1]]))
    unclear = [BLOOMBERG_HEAD, ["02/03/2024", 76.5, 1, 2, 75, 1, 2]]
    found = read_file(written(tmp_path, unclear), market="eua")
    assert found.kept == 0 and "day or the month first" in found.quarantine["reason"].iat[0]
    two = [["Date", "PX_LAST", "PX_LAST"], ["2024-01-05", 76.5, 77]]
    with pytest.raises(cl.DataError, match="several columns for close"):
        read_file(written(tmp_path, two), market="eua")


def test_an_icap_copy_in_latin_with_another_column_order_reads_the_same(tmp_path):
    system = ['"Québec Cap-and-Trade System"', "", '" "']
    hubei = '"Hubei (Pilot) Emissions Trading System"'
    head = ["Date", '"Secondary Market"', '"Market Currency"', '" "', '"Secondary Market"']
    rows = [
        ["", *system, hubei, "", ""],
        [*head, '"Market Currency"', '"Exchange rate CNY/EUR"'],
        ["2024-12-31", 60, "CAD", '" "', 40.9, "CNY", 0.13],
        ["2024-12-30", 60, "CAD", '" "', 41.9, "USD", 0.13],
    ]
    reading = read_file(written(tmp_path, rows, "iso-8859-1"))
    assert reading.frame[["market", "vwap"]].to_numpy().tolist() == [["hubei", 40.9]]
    assert reading.quarantine["reason"].tolist() == ["hubei is in USD, not CNY"]
