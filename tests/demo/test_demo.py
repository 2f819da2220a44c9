"""The demonstration set is regenerated as it lies in the repository, and is what it says it is."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from carbonlink import demo
from carbonlink.demo import layouts, truth
from carbonlink.facts import calendar, compliance
from carbonlink.facts.published import published

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
AGAIN = "python -c \"from carbonlink import demo; demo.write('data/raw')\""
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def made():
    return demo.contents()


@pytest.fixture(scope="module")
def national():
    text = (RAW / "demo_cea_wind.csv").read_bytes().decode("gb18030")
    frame = pd.read_csv(io.StringIO(text), skiprows=5, header=None, skipfooter=2, engine="python")
    frame.columns = [
        "date",
        *(
            f"{trade}_{field}"
            for trade in ("total", "listed", "block")
            for field in layouts_fields()
        ),
    ]
    frame["date"] = pd.to_datetime(frame["date"], format="%Y/%m/%d")
    return frame.set_index("date").sort_index()


def layouts_fields():
    return ("close", "open", "high", "low", "volume", "value")


def cells(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {
        page.title: [[(c.value, c.data_type) for c in row] for row in page.iter_rows()]
        for page in book
    }


@pytest.mark.parametrize("name", demo.FILES)
def test_a_file_is_regenerated_as_it_lies_in_the_repository(made, name):
    stored = (RAW / name).read_bytes()
    if name.endswith(".xlsx"):
        assert cells(made[name]) == cells(stored), f"make it again: {AGAIN}"
    else:
        assert made[name] == stored, f"make it again: {AGAIN}"


def test_the_files_are_small_and_all_there():
    sizes = {p.name: p.stat().st_size for p in RAW.glob("demo_*")}
    assert set(sizes) == set(demo.FILES)
    assert sum(sizes.values()) < 6 * MEGABYTE and max(sizes.values()) < 2.5 * MEGABYTE


def test_every_file_is_registered_as_synthetic_with_its_hash():
    register = pd.read_csv(RAW / "SOURCES.csv", dtype=str, keep_default_na=False)
    rows = register.set_index("path").loc[list(demo.FILES)]
    for name, row in rows.iterrows():
        data = (RAW / name).read_bytes()
        assert row["sha256"] == hashlib.sha256(data).hexdigest()
        assert int(row["bytes"]) == len(data)
        assert (row["market"], row["layout"]) == demo.FILES[name][:2]
    assert (rows["publisher"] == "carbonlink.demo").all()
    assert rows["note"].str.contains("synthetic demonstration data").all()


def test_writing_keeps_the_other_rows_of_a_register(tmp_path, made, monkeypatch):
    monkeypatch.setattr(demo.build, "contents", lambda rng: made)
    (tmp_path / "SOURCES.csv").write_text("path,sha256,note\nmine.csv,ab,own file\n")
    first = demo.write(tmp_path)
    again = demo.write(tmp_path)
    assert all((tmp_path / name).read_bytes() == data for name, data in made.items())
    register = pd.read_csv(again[-1], dtype=str, keep_default_na=False)
    assert first == again and register["path"].tolist() == ["mine.csv", *demo.FILES]
    assert register.loc[0, "note"] == "own file"


def test_another_seed_gives_other_prices_and_the_same_totals(made):
    other = demo.contents(rng=5)
    assert all(other[name] != made[name] for name in demo.FILES)
    cea = other["demo_cea_wind.csv"].decode("gb18030").splitlines()[5:-2]
    volumes = [float(line.split(",")[5] or 0) for line in cea if line.startswith("2022/")]
    assert sum(volumes) == pytest.approx(50_889_500, abs=0)


@pytest.mark.parametrize("year", [2021, 2022, 2023, 2024])
def test_national_years_are_the_published_ones_to_the_printed_digits(national, year):
    facts = published("annual_stats").query("market == 'cea' and period == 'year'")
    fact = facts.set_index("year").loc[year]
    rows = national.loc[str(year)]
    volume, value = rows["total_volume"].sum() / 1e8, rows["total_value"].sum() / 1e8
    digits = len(str(fact["volume_1e8_t"]).partition(".")[2])
    assert round(volume, digits) == fact["volume_1e8_t"]
    assert round(value, 2) == fact["turnover_1e8_yuan"]
    assert round(value / volume, 2) == fact["avg_price_yuan_t"]
    if not np.isnan(fact["trading_days"]):
        assert rows["total_volume"].count() == fact["trading_days"]


def test_national_shares_before_the_deadline(national):
    volume = national["total_volume"]
    assert volume["2021-12"].sum() / volume["2021"].sum() == pytest.approx(0.76, abs=0.001)
    assert volume["2024-10":"2024-12"].sum() / volume["2024"].sum() == pytest.approx(
        0.79, abs=0.001
    )


def test_the_national_file_has_a_row_a_calendar_day_and_none_open_on_a_holiday(national):
    days = pd.date_range("2021-07-16", "2025-06-30")
    assert national.index.equals(days.rename("date"))
    traded = national.index[national["total_volume"].notna()]
    assert (traded.day_of_week < 5).all()
    table = calendar.holidays()
    assert not traded.isin(table.loc[table["kind"] == "holiday", "date"]).any()
    assert traded.equals(calendar.sessions(days[0], days[-1]))


def test_the_national_file_adds_up_and_has_blocks_limits_and_thin_days(national):
    day = national.dropna(subset=["total_volume"]).fillna({"block_volume": 0, "block_value": 0})
    assert (day["listed_volume"] + day["block_volume"] == day["total_volume"]).all()
    np.testing.assert_allclose(day["listed_value"] + day["block_value"], day["total_value"])
    block = day[day["block_volume"] > 0]
    assert 0.3 < len(block) / len(day) < 0.8
    ratio = block["block_value"] / block["block_volume"] / day["listed_close"].shift()[block.index]
    assert ratio.dropna().between(0.6999, 1.3001).all()
    cents = np.round(day["listed_close"] * 100).astype(int).to_numpy()
    upper = (cents[:-1] * 110 + 50) // 100
    lower = (cents[:-1] * 90 + 50) // 100
    assert (cents[1:] <= upper).all() and (cents[1:] >= lower).all()
    assert ((cents[1:] == upper) | (cents[1:] == lower)).any()
    assert 0.01 < (day["listed_volume"] <= 10).mean() < 0.2


def web_frame(name):
    frame = pd.read_csv(RAW / name, index_col=0, converters={"成交价": float})
    frame["日期"] = pd.to_datetime(frame["日期"])
    return frame.set_index("日期")


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("demo_shanghai_tanjiaoyi.csv", 0.08, 0.16), ("demo_chongqing_tanjiaoyi.csv", 0.45, 0.6)],
)
def test_days_without_a_trade_carry_the_last_price(name, low, high):
    frame = web_frame(name)
    assert (frame.index.day_of_week >= 5).sum() > 10
    empty = frame["成交量"] == 0
    weekday = frame.index.day_of_week < 5
    assert low < empty[weekday].mean() < high and empty[~weekday].all()
    carried = frame["成交价"] == frame["成交价"].shift()
    assert carried[empty].all() and not carried[~empty].all()
    fraction = frame["成交价"] - frame["成交价"].astype(np.float32).astype(float)
    assert (fraction == 0).all()


def test_chongqing_meets_its_limit_often():
    price = web_frame("demo_chongqing_tanjiaoyi.csv")["成交价"]
    moves = price.pct_change().abs()
    assert moves.between(0.0985, 0.1015).sum() > 20


def guangdong():
    frame = pd.read_excel(RAW / "demo_guangdong_guangzhou.xlsx", dtype=object, engine="openpyxl")
    frame.index = pd.to_datetime(frame["日期"].astype(str))
    return frame.sort_index()


@pytest.mark.parametrize("which", range(4))
def test_guangdongs_window_holds_the_published_order_of_its_cycle(which):
    volume = guangdong()["成交数量"].astype(float)
    cycles, _ = compliance.cycles("guangdong", volume.index[0], volume.index[-1])
    cycle = cycles[which]
    sessions = calendar.sessions(cycle.start, cycle.end, volume.index)
    days = volume.reindex(sessions, fill_value=0.0)
    assert 0.45 < days.iloc[-truth.RUSH_WINDOW :].sum() / days.sum() < 0.56


def test_guangdong_trades_on_working_weekends_and_in_the_published_quantity():
    frame = guangdong()
    weekend = frame.index[frame.index.day_of_week >= 5]
    table = calendar.holidays()
    assert len(weekend) >= 5
    assert weekend.isin(table.loc[table["kind"] == "makeup_workday", "date"]).all()
    assert frame.loc["2020", "成交数量"].astype(float).sum() == 28_362_000
    old = frame["开盘价"].map(lambda cell: isinstance(cell, str))
    assert old.sum() > 1000 and (frame["最高价"] == " ").sum() > 3
    close = frame["收盘价"].astype(float)
    assert (frame["开盘价"].astype(float)[1:] == close.shift()[1:]).all()


def test_hubei_has_the_traps_of_its_sheet():
    rows = cells((RAW / "demo_hubei_hubei.xlsx").read_bytes())["Sheet1"]
    kinds = [row[1][1] for row in rows[1:]]
    texts = [value for row in rows for value, _ in row]
    assert kinds.count("d") == 30 and kinds.count("s") > 1000 and texts.count("--") > 3
    body = [tuple(v for v, _ in row) for row in rows[1:-2]]
    assert len(body) - len(set(body)) == 1
    assert any(isinstance(t, str) and t.endswith("%") for t in texts)


def test_certificates_and_energy_use_rights_have_the_published_totals():
    gec = pd.read_csv(RAW / "demo_gec_tidy.csv", parse_dates=["date"]).set_index("date")
    assert gec.loc["2024", "volume"].sum() == 277_000_000
    assert gec.loc["2025-01":"2025-06", "volume"].sum() == 241_510_000
    rights = pd.read_csv(RAW / "demo_eur_zhejiang_tidy.csv", parse_dates=["date"])
    year = rights[rights["date"].dt.year == 2020]
    assert year["volume"].sum() == 376_800
    for frame in (gec, rights):
        np.testing.assert_allclose(frame["value"], frame["vwap"] * frame["volume"], rtol=1e-9)


def test_credits_add_up():
    rows = json.loads((RAW / "demo_ccer_ceex.json").read_text())
    frame = pd.DataFrame(rows)
    assert (frame["daily_volume"].cumsum() == frame["cumulative_volume"]).all()
    np.testing.assert_allclose(frame["daily_amount"].cumsum(), frame["cumulative_amount"])
    assert frame["date"].is_monotonic_increasing and frame["date"].iloc[0] >= "2024-01-22"


def power_days():
    frame = pd.read_csv(RAW / "demo_electricity_guangdong_provincial.csv")
    assert (frame.groupby("day").size() == 96).all()
    assert (frame["time"] == "24:00:00").sum() == frame["day"].nunique() == 731
    price = frame.groupby("day", sort=False)["clearing price (CNY/MWh)"].mean()
    price.index = pd.to_datetime(price.index, format="%Y/%m/%d")
    return price


def test_power_prices_recover_their_pass_through(national):
    price = power_days()
    assert price.isna().sum() == 1
    carbon = national["listed_close"].ffill().loc[price.index]
    d = pd.DataFrame({"p": price, "c": carbon})
    x = pd.DataFrame({"one": 1.0, "p": d["p"].shift(), "c": d["c"].shift(), "dc": d["c"].diff()})
    ok = x.notna().all(axis=1) & d["p"].diff().notna()
    b = np.linalg.lstsq(x[ok].to_numpy(), d["p"].diff()[ok].to_numpy(), rcond=None)[0]
    assert -b[2] / b[1] == pytest.approx(truth.POWER["long_run"], abs=0.3)
    assert -b[1] == pytest.approx(truth.POWER["adjustment"], abs=0.1)


def window_effect(r, window):
    """The log-variance effect that maximises the normal likelihood, the recursion being true."""
    shock = truth.SHOCKS["cea"]
    omega = shock.deviation**2 * (1 - shock.alpha - shock.beta)
    effects = np.linspace(-0.5, 2, 51)
    likelihood = []
    for effect in effects:
        scale = np.exp(effect * window)
        h = shock.deviation**2
        total = 0.0
        for square, s in zip(r**2, scale, strict=True):
            total -= 0.5 * (np.log(h * s) + square / (h * s))
            h = omega + shock.alpha * square / s + shock.beta * h
        likelihood.append(total)
    return effects[int(np.argmax(likelihood))]


def test_national_variance_doubles_in_the_window(national):
    day = national[national["listed_volume"] >= 100]
    r = (100 * np.log(day["listed_close"]).diff()).dropna()
    days = truth.known_deadlines("cea", r.index[0])
    window = compliance.window_mask(r.index, days, truth.VARIANCE_WINDOW)
    effect = truth.SHOCKS["cea"].window_effect
    assert window_effect(r.to_numpy(), window) == pytest.approx(effect, abs=0.3)


def test_markets_are_linked_as_said(national):
    r = 100 * np.log(national["listed_close"].dropna()).diff()
    linked = 100 * np.log(guangdong()["收盘价"].astype(float)).diff().loc["2021-07-19":]
    assert linked.corr(r) > 0.25 and linked.corr(r.shift()) > 0.1
    alone = 100 * np.log(web_frame("demo_chongqing_tanjiaoyi.csv")["成交价"]).diff()
    assert abs(alone.corr(r)) < 0.1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (310500.0, "310500"),
        (21_725_000.0, "2.1725E7"),
        (20_000_000.0, "2.0E7"),
        (9_999_999.99, "9999999.99"),
        (71.30, "71.3"),
        (0.0, "0"),
        (float("nan"), ""),
    ],
)
def test_numbers_are_printed_as_the_vendor_does(value, text):
    assert layouts.wind_number(value) == text


@pytest.mark.real
def test_no_national_day_is_a_real_one(national, real_data):
    text = (real_data / "wind_cea_national.csv").read_bytes().decode("gb18030")
    real = pd.read_csv(io.StringIO(text), skiprows=5, header=None, skipfooter=2, engine="python")
    real[0] = pd.to_datetime(real[0], format="%Y/%m/%d")
    real = real.set_index(0)
    both = national.index.intersection(real.index[real[5].notna()])
    assert len(both) > 900
    assert not (national.loc[both, "total_volume"] == real.loc[both, 5]).any()
    same = (national.loc[both, "listed_close"] == real.loc[both, 7]).mean()
    assert same < 0.01
