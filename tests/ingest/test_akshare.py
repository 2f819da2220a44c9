"""Frames as akshare's carbon functions return them: date objects, floats, nothing else."""

from __future__ import annotations

import datetime as dt
import warnings

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.ingest.akshare import FUNCTIONS, from_akshare
from carbonlink.ingest.layouts.beijing import LOST
from carbonlink.ingest.reading import read_file

NAN = float("nan")
DAYS = [dt.date(2021, 3, 22), dt.date(2021, 3, 23)]


def frame(function: str, *rows: list) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=FUNCTIONS[function][1].split())


def quietly(made: pd.DataFrame, **options: object) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CarbonlinkWarning)
        return from_akshare(made, **options)


DOMESTIC = frame(
    "energy_carbon_domestic",
    [DAYS[0], 29.420000076293945, 1110.0, 32660.0, "上海"],
    [DAYS[1], 29.42, 0.0, 0.0, "上海"],
)
BEIJING = frame(
    "energy_carbon_bj",
    [dt.date(2013, 12, 5), 100, 50.2, NAN, None],
    [dt.date(2016, 7, 5), 100, 20.0, 2000.0, "CCER"],
    [dt.date(2016, 7, 6), 200, 50.0, 10000.0, None],
    [dt.date(2016, 7, 7), 200, 50.0, NAN, None],
    [dt.date(2016, 7, 8), 1000, 95.0, 95000.0, "BEA"],
)
SHENZHEN = frame(
    "energy_carbon_sz",
    [DAYS[0], "SZA-2016", 7.88, NAN, NAN, NAN, 7.88, 91000, 910000.0],
    [DAYS[0], "SZA-2020", 11.47, 11.47, 11.47, 11.47, 11.47, 1, 11.47],
)
EUROPE = frame(
    "energy_carbon_eu",
    [dt.date(2018, 3, 13), "欧盟EUA", NAN, NAN, NAN, NAN, 11.2, 1000, NAN],
    [dt.date(2018, 3, 13), "欧盟CER", NAN, NAN, NAN, NAN, 0.2, 10, NAN],
)
HUBEI = frame("energy_carbon_hb", [DAYS[0], 28.5, 5000, 0, 0], [DAYS[1], 28.9, 300, 0, 0])
GUANGZHOU = frame(
    "energy_carbon_gz",
    [DAYS[0], "GDEA", 36.0, 37.1, 37.2, 36.5, 1.1, 3.06, 500, 18550.0],
    [DAYS[1], "GDEA", 37.1, 37.0, 37.2, 36.5, -0.1, -0.27, 100, 3700.0],
)
FRAMES = {
    "energy_carbon_domestic": (DOMESTIC, {"shanghai"}, 0),
    "energy_carbon_bj": (BEIJING, {"beijing"}, 2),
    "energy_carbon_sz": (SHENZHEN, {"shenzhen"}, 0),
    "energy_carbon_eu": (EUROPE, {"eua"}, 1),
    "energy_carbon_hb": (HUBEI, {"hubei"}, 0),
    "energy_carbon_gz": (GUANGZHOU, {"guangdong"}, 0),
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_frame_is_known_by_its_columns_and_accounted_for(function):
    made, markets, lost = FRAMES[function]
    before = made.copy(deep=True)
    table = quietly(made)
    attrs = table.attrs
    assert set(table["market"]) == markets
    assert attrs["source"] == f"akshare {function}" == table["source"].unique()[0]
    assert (attrs["rows"], attrs["quarantined"]) == (len(made), lost)
    assert attrs["rows"] == attrs["kept"] + attrs["quarantined"] + sum(attrs["declared"].values())
    pd.testing.assert_frame_equal(made, before)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_frame_saved_as_csv_reads_the_same(function, tmp_path):
    made = FRAMES[function][0]
    made.to_csv(tmp_path / "saved.csv")
    read = read_file(tmp_path / "saved.csv").frame.drop(columns="source")
    pd.testing.assert_frame_equal(read, quietly(made).drop(columns="source"), check_exact=True)


def test_dust_is_taken_off_and_the_price_is_an_average():
    table = from_akshare(DOMESTIC)
    assert table["vwap"].tolist() == [29.42, 29.42] and table["close"].isna().all()


def test_beijing_rows_without_a_label_are_the_allowance_only_before_every_label():
    table = quietly(BEIJING)
    assert table["product"].tolist() == ["BEA", "BEA", "CCER"]
    assert table.loc[table["date"] == "2013-12-05", "value"].isna().all()
    assert table.attrs["quarantine"] == ((3, LOST), (4, LOST))


def test_beijing_without_any_label_keeps_only_the_days_before_labels_began():
    bare = BEIJING.assign(成交单位=np.nan)
    assert quietly(bare)["date"].dt.year.tolist() == [2013]


def test_shenzhen_blocks_have_no_price_of_their_own():
    table = from_akshare(SHENZHEN)
    block = table[table["trade"] == "block"].iloc[0]
    assert (block["vintage"], block["volume"]) == ("2016", 91000.0)
    assert np.isnan(block["close"])


def test_the_kind_of_hubeis_price_is_not_guessed():
    assert set(from_akshare(HUBEI)["price_kind"]) == {"unknown"}


def test_the_same_frame_has_the_same_hash_and_another_another():
    first, again = from_akshare(HUBEI), from_akshare(HUBEI.copy())
    assert first.attrs["sha256"] == again.attrs["sha256"]
    assert first.attrs["sha256"] != from_akshare(HUBEI.assign(成交价=[28.5, 29.0])).attrs["sha256"]


def test_a_market_may_be_confirmed_and_not_contradicted():
    assert set(from_akshare(HUBEI, market="hubei")["market"]) == {"hubei"}
    with pytest.raises(cl.DataError, match="holds hubei"):
        from_akshare(HUBEI, market="shanghai")


def test_bad_cells_quarantine_their_row():
    with pytest.warns(cl.CarbonlinkWarning, match="row 2: close is not above 0"):
        table = from_akshare(HUBEI.assign(成交价=[28.5, -1.0]))
    assert len(table) == 1


def test_what_is_no_frame_of_akshare_is_refused():
    with pytest.raises(cl.UnknownLayoutError, match="energy_carbon_gz"):
        from_akshare(HUBEI.rename(columns={"最新": "latest"}))
    with pytest.raises(cl.DataError, match="fetch it again"):
        from_akshare(HUBEI.head(0))
    with pytest.raises(cl.DataError, match="not list"):
        from_akshare([1, 2])
