"""Millions of intervals: the days they make, and every source row accounted for."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import DataError
from carbonlink.ingest import blocks
from carbonlink.ingest.reading import read_file

HEAD = "day,time,demand,clearing price (CNY/MWh)"
CLOCK = [f"{m // 60}:{m % 60:02d}" for m in range(15, 1440, 15)] + ["24:00"]
DAYS = pd.date_range("2022-01-01", periods=40)
PRICES = np.round(np.random.default_rng(0).normal(300, 100, (len(DAYS), 96)), 1)


def lines(days=DAYS, prices=PRICES):
    return [
        f"{day:%Y/%m/%d},{clock},1,{price}"
        for day, row in zip(days, prices, strict=True)
        for clock, price in zip(CLOCK, row, strict=True)
    ]


def put(folder, rows, head=HEAD, name="spot.csv"):
    path = folder / name
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


@pytest.fixture
def small(monkeypatch):
    """Blocks of 500 rows, for files of any size."""
    monkeypatch.setattr(blocks, "BLOCKS_ABOVE", 0)
    monkeypatch.setattr(blocks, "_BLOCK", 500)
    monkeypatch.setattr(blocks, "_LEAST", 50)


def balanced(found):
    return found.rows == found.kept + found.quarantined + sum(found.declared.values())


def test_a_large_file_is_days_in_a_folder_and_intervals_by_itself(tmp_path, monkeypatch):
    path = put(tmp_path, lines())
    monkeypatch.setattr("carbonlink.ingest.reading.DAILY_ABOVE", 1_000)
    found = read_file(path, market="electricity_sd")
    assert len(found.frame) == 40 and balanced(found) and found.kept == 40 * 96
    np.testing.assert_allclose(found.frame["close"], PRICES.mean(axis=1), rtol=1e-12)
    assert any("mean of 96 intervals" in note for note in found.notes)
    assert len(cl.read(path, market="electricity_sd")) == 40 * 96


def test_blocks_make_the_same_days_and_the_same_ledger(tmp_path, small, monkeypatch):
    rows = lines()
    rows[100] = "2022/01/02,1:15,1,x"
    rows[700] = ",,,"
    path = put(tmp_path, rows)
    in_blocks = read_file(path, market="electricity_sd")
    monkeypatch.setattr(blocks, "BLOCKS_ABOVE", 2**40)
    monkeypatch.setattr("carbonlink.ingest.reading.DAILY_ABOVE", 0)
    whole = read_file(path, market="electricity_sd")
    pd.testing.assert_frame_equal(in_blocks.frame, whole.frame, check_exact=False, rtol=1e-12)
    assert len(in_blocks.frame) == 38
    for name in ("rows", "kept", "quarantined", "declared", "sha256", "bytes", "layout", "unit"):
        assert getattr(in_blocks, name) == getattr(whole, name), name
    pd.testing.assert_frame_equal(in_blocks.quarantine, whole.quarantine)
    assert balanced(in_blocks) and in_blocks.quarantine["row"].tolist() == [102]


def both_ways(path, monkeypatch, **given):
    """The reading in blocks and the one of the whole file at once."""
    in_blocks = read_file(path, **given)
    with monkeypatch.context() as patch:
        patch.setattr(blocks, "BLOCKS_ABOVE", 2**40)
        patch.setattr("carbonlink.ingest.reading.DAILY_ABOVE", 0)
        return in_blocks, read_file(path, **given)


def same(found, whole):
    pd.testing.assert_frame_equal(found.frame, whole.frame, check_exact=False, rtol=1e-12)
    pd.testing.assert_frame_equal(found.quarantine, whole.quarantine)
    for name in ("rows", "kept", "quarantined", "declared", "markets"):
        assert getattr(found, name) == getattr(whole, name), name
    return balanced(found)


def test_a_day_printed_twice_is_collapsed_and_one_printed_otherwise_set_aside(tmp_path, small):
    again = [lines(DAYS[k : k + 1], PRICES[k : k + 1] + k - 3)[:96] for k in (3, 4)]
    found = read_file(put(tmp_path, [*lines(), *again[0], *again[1]]), market="electricity_sd")
    assert found.declared["duplicate"] == 96 and found.quarantined == 192
    assert set(DAYS) - set(found.frame["date"]) == {DAYS[4]} and balanced(found)
    first = found.quarantine.iloc[0]
    assert first["row"] == 2 + 4 * 96
    assert first["reason"] == "other numbers for the same date and product in row 3938"
    assert found.quarantine["row"].is_monotonic_increasing


def order_of(rows, kind, draws):
    if kind == "shuffled":
        return [rows[i] for i in draws.permutation(len(rows))]
    if kind == "by clock":
        return sorted(rows, key=lambda row: row.split(",")[1])
    return rows[::-1] if kind == "newest first" else rows


@pytest.mark.parametrize(
    ("kind", "size"),
    [("in order", 500), ("newest first", 500), ("by clock", 500), ("shuffled", 500), ("short", 60)],
)
def test_twins_in_other_blocks_meet_the_rule_of_one_block(tmp_path, small, monkeypatch, kind, size):
    monkeypatch.setattr(blocks, "_BLOCK", size)
    draws = np.random.default_rng(3)
    rows = lines()
    for place in draws.integers(0, len(rows), 60):
        day, clock, demand, price = rows[place].split(",")
        price = (price, "7.5", "x")[place % 3]
        rows.append(f"{day},{clock},{demand},{price}")
    rows = order_of(rows, kind, draws)
    for place in (5, 1200, 2500, 3800):
        rows.insert(place, ",,,")
    path = put(tmp_path, rows)
    found, whole = both_ways(path, monkeypatch, market="electricity_sd")
    assert same(found, whole)
    assert found.declared["duplicate"] >= 15 and found.quarantined >= 30


def test_twins_of_several_provinces_in_one_file(tmp_path, small, monkeypatch):
    rows = [
        f"{day:%Y-%m-%d} {h:02d}:00,{market},{h}"
        for market in ("electricity_sd", "electricity_gd", "nowhere")
        for day in DAYS[:25]
        for h in range(24)
    ]
    rows += [rows[700], rows[30].replace(",6", ",9"), "2022-01-02 05:00,,4", ""]
    found, whole = both_ways(put(tmp_path, rows, "date,market,close"), monkeypatch)
    assert same(found, whole) and found.declared["duplicate"] == 1
    assert found.quarantined == 2 + 600 + 1


def test_blocks_end_where_a_day_ends_so_that_a_file_in_order_is_read_once(
    tmp_path, small, monkeypatch
):
    def gathered(*_):
        raise AssertionError("read a second time")

    monkeypatch.setattr(blocks, "_gathered", gathered)
    found = read_file(put(tmp_path, lines()), market="electricity_sd")
    assert len(found.frame) == 40 and found.kept == 40 * 96


def test_no_block_holds_much_more_than_its_size(tmp_path, small, monkeypatch):
    sizes = []
    settle = blocks.drafts.settle

    def noted(draft, *rest):
        sizes.append(len(draft.rows))
        return settle(draft, *rest)

    monkeypatch.setattr(blocks.drafts, "settle", noted)
    rows = order_of(lines(), "shuffled", np.random.default_rng(0))
    assert read_file(put(tmp_path, rows), market="electricity_sd").kept == 40 * 96
    assert max(sizes) <= 500 + 96 and len(sizes) > 15


def test_a_tidy_table_of_several_provinces_in_blocks(tmp_path, small):
    rows = [
        f"{day:%Y-%m-%d} {h:02d}:00,{market},{100 * k + h}"
        for k, market in enumerate(("electricity_sd", "electricity_gd"), start=1)
        for day in DAYS
        for h in range(24)
    ]
    found = read_file(put(tmp_path, rows, "date,market,close"))
    means = found.frame.groupby("market")["close"].unique()
    assert means["electricity_guangdong"].tolist() == [211.5]
    assert means["electricity_shandong"].tolist() == [111.5] and len(found.frame) == 80


@pytest.mark.parametrize(
    ("head", "row", "words"),
    [
        ("date,market,close", "2022-01-01,cea,80", "no times within a day"),
        ("Country,ISO3 Code,Date,Price (EUR/MWhe)", "x,AUT,2022-01-01,1", "Split it by year"),
        (HEAD, '2022/01/01,0:15,1,"', "not a table of separated values"),
    ],
)
def test_large_files_of_other_kinds_are_refused(tmp_path, small, head, row, words):
    with pytest.raises(DataError, match=words):
        read_file(
            put(tmp_path, [row] * 21, head), market=None if "market" in head else "electricity_sd"
        )


def test_a_large_file_without_a_usable_row(tmp_path, small):
    found = read_file(put(tmp_path, ["x,0:15,1,1"] * 1_200), market="electricity_sd")
    assert (found.kept, found.quarantined, len(found.frame)) == (0, 1_200, 0) and balanced(found)


def test_files_beyond_any_size_are_refused(tmp_path, small, monkeypatch):
    monkeypatch.setattr(blocks, "LARGEST", 100)
    with pytest.raises(DataError, match="MB"):
        read_file(put(tmp_path, lines()), market="electricity_sd")


def test_a_panel_of_large_files_is_daily(tmp_path, monkeypatch):
    monkeypatch.setattr("carbonlink.ingest.reading.DAILY_ABOVE", 1_000)
    put(tmp_path, lines(), name="sd.csv")
    put(tmp_path, lines(prices=PRICES + 1), name="gd.csv")
    register = "path,market\nsd.csv,electricity_sd\ngd.csv,electricity_gd\n"
    (tmp_path / "SOURCES.csv").write_text(register)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        panel = cl.load(raw=tmp_path)
    prices = panel.prices()
    assert prices.shape == (40, 2)
    np.testing.assert_allclose(
        prices["electricity_guangdong"] - prices["electricity_shandong"], 1, rtol=1e-9
    )


def test_two_prices_of_a_day_are_not_mixed_into_one(tmp_path):
    head = "日期,时刻,日前出清电价,实时出清电价"
    rows = [f"2024-01-{d:02d},{h}:00,300,100" for d in (1, 2, 3) for h in range(1, 25)]
    put(tmp_path, rows, head, "gs.csv")
    (tmp_path / "SOURCES.csv").write_text("path,market\ngs.csv,electricity_gansu\n")
    prices = cl.load(raw=tmp_path).prices()["electricity_gansu"]
    assert prices.nunique() == 1 and prices.iat[0] in (300, 100)


def test_what_the_register_says_is_heard_by_read_too(tmp_path):
    path = put(tmp_path, lines(DAYS[:2], PRICES[:2]))
    with pytest.raises(DataError, match="does not say which market"):
        cl.read(path)
    (tmp_path / "SOURCES.csv").write_text("path,market\nspot.csv,electricity_sd\n")
    assert set(cl.read(path)["market"]) == {"electricity_shandong"}
    assert set(cl.read(path, market="electricity_gd")["market"]) == {"electricity_guangdong"}


def test_an_interval_missing_and_another_printed_twice_in_another_block(tmp_path, small):
    rows = lines()
    rows[5] = "2022/01/01,1:15,1,500"  # in place of 1:30: two prices of one interval
    again = rows.pop(200)
    rows.append(rows[199])  # far from the first, in the last block
    found = read_file(put(tmp_path, rows), market="electricity_sd")
    assert balanced(found) and found.quarantined == 2 and found.declared["duplicate"] == 1
    assert not found.frame["date"].isin(pd.to_datetime(["2022-01-01", "2022-01-03"])).any()
    assert len(found.frame) == 38
    assert any("2 delivery days" in note for note in found.notes), again


def test_doubts_of_a_file_that_is_read_in_blocks(tmp_path, small):
    found = read_file(put(tmp_path, lines(prices=PRICES * 1e5)), market="electricity_sd")
    assert len(found.doubts) == 1 and "middle price" in found.doubts[0]
    assert set(found.doubts) <= set(found.notes)


def put_two_ways(folder, head, rows, monkeypatch):
    put(folder, rows, head)
    (folder / "SOURCES.csv").write_text("path,market\nspot.csv,electricity_gansu\n")
    whole = cl.load(raw=folder)
    for name, value in (("BLOCKS_ABOVE", 0), ("_BLOCK", 500), ("_LEAST", 50)):
        monkeypatch.setattr(blocks, name, value)
    return whole, cl.load(raw=folder)


@pytest.mark.parametrize("way", ["blocks", "days"])
def test_a_panel_of_days_is_that_of_the_intervals(tmp_path, monkeypatch, way):
    head = "日期,时刻,日前出清电价,实时出清电价,日前出清电量(MWh)"
    rows = [f"{line},1,5" for line in lines()]
    rows = [",".join(r.split(",")[i] for i in (0, 1, 3, 2, 5)) for r in rows]
    del rows[100:103], rows[2_000]
    if way == "days":
        monkeypatch.setattr(blocks, "in_blocks", lambda path: False)
        monkeypatch.setattr("carbonlink.ingest.reading.in_blocks", lambda path: False)
    whole, found = put_two_ways(tmp_path, head, rows, monkeypatch)
    if way == "days":
        monkeypatch.setattr("carbonlink.ingest.reading.DAILY_ABOVE", 0)
        found = cl.load(raw=tmp_path)
    assert found.notes == whole.notes
    assert any("2 delivery days with intervals missing" in note for note in found.notes)
    assert any("mean of 96 intervals" in note for note in found.notes)
    assert any("volumes are not summed" in note for note in found.notes)
    market = "electricity_gansu"
    pd.testing.assert_frame_equal(
        found.daily(market), whole.daily(market), check_exact=False, rtol=1e-12
    )
    assert (found.coverage()[["open_days", "traded_days"]].to_numpy() == [40, 38]).all()
    limited = found.with_limits({market: 10}).daily(market)
    assert limited.index.equals(found.daily(market).index)
