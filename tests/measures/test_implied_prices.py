"""Implied carbon prices: the published figures, the break, factors, panels."""

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.measures.implied_prices import COLUMNS
from carbonlink.panel import Panel


@pytest.fixture(scope="module")
def found():
    return cl.implied_prices()


def make_panel(columns, synthetic=()):
    days = {}
    for name, (price, volume, value) in columns.items():
        frame = pd.DataFrame({"price": price, "volume": volume, "value": value})
        days[name] = frame.assign(is_open=True, has_trade=frame["price"].notna())
    empty = pd.DataFrame()
    return Panel(
        tidy=empty,
        ledger=empty,
        quarantine=empty,
        notes=(),
        synthetic=frozenset(synthetic),
        sources_of={name: f"{name}.csv 0123456789ab" for name in columns},
        days=days,
    )


def test_certificates_of_august_2025(found):
    rows = found.table.query("market == 'gec' and period == '2025-08'").set_index("factor_name")
    assert rows["implied"].round(2).tolist() == [10.67, 9.28, 6.84]
    assert rows["factor"].tolist() == [0.5306, 0.6096, 0.8273]
    assert rows["lower"].nunique() == 1 and rows["lower"].iloc[0] == rows["implied"].min()
    assert rows["upper"].iloc[0] == rows["implied"].max()
    assert rows["gap_log"].iloc[0] == pytest.approx(np.log(5.66 / 0.5306 / 62.36))
    assert rows["headline"].tolist() == [True, False, False]


def test_energy_saving_by_each_published_factor(found):
    rows = found.table.query("market == 'es_hefei'")
    assert sorted(rows["implied"].round(2)) == [15.0, 15.63, 19.8]
    hubei = found.headline().query("market == 'eur_hubei'").iloc[0]
    assert hubei["implied"] == pytest.approx(19.79, abs=0.005)
    assert "indicative" in hubei["note"]


def test_the_series_is_not_spliced_at_the_definition_break(found):
    rows = found.headline().query("market == 'gec'")
    one_mean = rows[rows["series"] == "all production years"]["period"]
    by_year = rows[rows["series"] != "all production years"]["period"]
    assert one_mean.max() == "2025-09" and by_year.min() == "2025-10"
    assert set(rows["series"]) == {
        "all production years",
        "production year 2024",
        "production year 2025",
    }
    assert any("break" in note and "2025-10" in note for note in found.notes)


def test_every_row_states_its_factor_and_source(found):
    table = found.table
    assert tuple(table.columns) == COLUMNS
    assert table["factor"].notna().all() and (table["factor_name"] != "").all()
    assert (table["source"] != "").all() and (table["verified"] != "").all()
    named = table[table["factor_unit"] != "tCO2/t"]
    assert (named["factor_source"] != "").all()
    np.testing.assert_allclose(table["implied"], table["price"] / table["factor"])
    assert (table["lower"] <= table["implied"]).all()
    assert (table["upper"] >= table["implied"]).all()


@pytest.mark.parametrize(
    ("instrument", "period", "middle"),
    [
        ("allowance", "2023", "2023-07-02"),
        ("allowance", "2024", "2024-07-02"),
        ("certificate", "2025-06", "2025-06-16"),
        ("certificate", "2025-08", "2025-08-16"),
    ],
)
def test_a_period_is_drawn_at_the_start_of_its_middle_day(found, instrument, period, middle):
    rows = found.table.query("instrument == @instrument and period == @period")
    assert set(rows["date"]) == {pd.Timestamp(middle)}


def test_the_allowance_is_at_parity_with_itself(found):
    rows = found.table.query("market == 'cea'")
    assert rows["period"].tolist() == ["2021", "2022", "2023", "2024", "2025"]
    np.testing.assert_allclose(rows["gap_log"], 0.0, atol=1e-15)


def test_a_missing_allowance_price_is_a_missing_gap_with_a_note(found):
    rows = found.table.query("period == '2026-01'")
    assert rows["gap_log"].isna().all() and rows["implied"].notna().all()
    assert any("2026-01" in note for note in found.notes)


def test_a_gap_to_the_year_is_not_passed_off_as_one_to_the_month(found):
    august = found.table.query("market == 'gec' and period == '2025-08'")
    np.testing.assert_allclose(august["cea"], 62.36)
    assert any("published mean of the year" in note for note in found.notes)


def test_factors_can_be_chosen():
    own = cl.implied_prices(factors={"electricity": ["south", "north"], "energy": 2.4567})
    gec = own.table.query("market == 'gec' and period == '2025-08'")
    assert gec["implied"].round(2).tolist() == [14.0, 8.9]
    hefei = own.table.query("market == 'es_hefei'")
    assert hefei["implied"].round(2).tolist() == [16.93]
    assert hefei["factor_source"].tolist() == ["given"]


def test_the_year_of_the_factor_is_chosen_and_stated():
    early = cl.implied_prices(factor_year=2021).table.query("market == 'gec'")
    assert set(early["factor_year"]) == {2021.0} and early["factor"].iloc[0] == 0.5568
    days = pd.date_range("2022-03-01", periods=5)
    panel = make_panel({"gec": (pd.Series(50.0, days), 10.0, 500.0)})
    same = cl.implied_prices(panel).table.query("period == '2022-03'")
    assert same["factor"].tolist() == [0.5366, 0.5856, 0.8325]
    latest = cl.implied_prices(panel, factor_year="latest").table.query("period == '2022-03'")
    assert latest["factor"].iloc[0] == 0.5306


def test_months_of_a_panel_are_turnover_over_volume():
    days = pd.date_range("2025-05-30", periods=4)
    price = pd.Series([70.0, np.nan, 80.0, 90.0], days)
    volume = pd.Series([100.0, 0.0, 300.0, 100.0], days)
    panel = make_panel({"cea": (price, volume, price * volume), "eur_zj": (price, np.nan, np.nan)})
    rows = cl.implied_prices(panel).table.query("series == 'monthly mean' and headline")
    june = rows[rows["period"] == "2025-06"].set_index("market")
    assert june.loc["cea", "price"] == pytest.approx((80 * 300 + 90 * 100) / 400)
    assert june.loc["cea", "note"] == "turnover over volume"
    assert june.loc["eur_zj", "price"] == pytest.approx(85.0)
    expected = np.log(85.0 / 2.66 / 82.5)
    assert june.loc["eur_zj", "gap_log"] == pytest.approx(expected)


def test_made_up_prices_are_marked_and_never_compared_with_real_ones():
    days = pd.date_range("2025-06-02", periods=4)
    quotes = (pd.Series(5.0, days), 10.0, 50.0)
    found = cl.implied_prices(make_panel({"gec": quotes}, synthetic={"gec"}))
    rows = found.table.query("series == 'monthly mean'")
    assert rows["synthetic"].all() and rows["gap_log"].isna().all()
    assert any("Synthetic demonstration data: gec" in note for note in found.notes)
    assert not found.table.query("series != 'monthly mean'")["synthetic"].any()
    real = cl.implied_prices(make_panel({"gec": quotes})).table.query("series == 'monthly mean'")
    assert real["gap_log"].notna().all()


def test_a_frame_of_prices_will_do():
    days = pd.date_range("2024-01-01", periods=60)
    frame = pd.DataFrame({"gec": 10.0, "cea": 80.0}, days)
    rows = cl.implied_prices(frame).table.query("series == 'monthly mean' and market == 'gec'")
    assert rows["note"].str.contains("mean of genuine prices").all()
    assert rows["gap_log"].iloc[0] == pytest.approx(np.log(10 / 0.5306 / 80))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"factors": {"coal": 2.66}}, "no key 'coal'"),
        ({"factors": {"energy": []}}, "empty"),
        ({"factors": 5}, "factors=5 is no mapping"),
        ({"factors": {"electricity": True}}, "factor=True is no number"),
        ({"factors": {"energy": object}}, "is no number"),
        ({"factors": {"electricity": pd.Series([0.5])}}, "given as Series"),
        ({"factors": {"energy": "peat"}}, "peat"),
        ({"factors": {"electricity": 2.66}}, "cannot be in tCO2/MWh"),
        ({"factors": {"electricity": "mars"}}, "mars"),
        ({"factor_year": "last"}, "factor_year"),
        ({"factor_year": 2019}, "2019"),
    ],
)
def test_refuses_factors_that_do_not_exist(arguments, words):
    with pytest.raises(cl.SpecificationError, match=words):
        cl.implied_prices(**arguments)


def test_refuses_data_without_an_instrument():
    frame = pd.DataFrame({"brent": [80.0, 81.0]}, pd.date_range("2024-01-01", periods=2))
    with pytest.raises(cl.SpecificationError, match="no certificate"):
        cl.implied_prices(frame)


def test_the_four_factors_of_the_hefei_price():
    factors = ["coal, quoted", "coal, IPCC carbon", 2.4567, "park mean"]
    found = cl.implied_prices(factors={"energy": factors}).table.query("market == 'es_hefei'")
    assert found["implied"].round(2).tolist() == [15.63, 15.00, 16.93, 19.80]
    assert found["factor_source"].iloc[2] == "given"


def test_dispersion_over_instruments_is_that_of_the_logs(found):
    # 2025: certificates, offsets and the allowance; the geometric mean of an instrument's prices.
    by_year = found.dispersion("year").set_index("period").loc["2025"]
    rows = found.headline()
    rows = rows[rows["date"].dt.year == 2025]
    logs = np.log(rows["implied"]).groupby(rows["instrument"]).mean()
    assert by_year["n"] == 3 and by_year["sd_log"] == pytest.approx(logs.std())
    assert by_year["ratio"] == pytest.approx(np.exp(logs["offset"] - logs["certificate"]))
    assert (by_year["lowest"], by_year["highest"]) == ("certificate", "offset")
    prices = np.exp(logs)
    assert by_year["cv"] == pytest.approx(prices.std() / prices.mean())
    assert (by_year["least"], by_year["most"]) == pytest.approx((prices.min(), prices.max()))
    months = found.dispersion().set_index("period")["after_break"]
    assert months["2025-09"] == "" and months["2025-11"] == "2025-10" == by_year["after_break"]
    month = found.dispersion().set_index("period").loc["2025-08"]
    assert month["sd_log"] == pytest.approx(np.log(62.36 / (5.66 / 0.5306)) / np.sqrt(2))
    assert "2026-01" not in set(found.dispersion()["period"])


def test_dispersion_does_not_mix_made_up_prices_with_real_ones():
    days = pd.date_range("2025-06-02", periods=4)
    panel = make_panel(
        {"gec": (pd.Series(5.0, days), 10.0, 50.0), "ccer": (pd.Series(80.0, days), 10.0, 800.0)},
        synthetic={"gec", "ccer"},
    )
    rows = cl.implied_prices(panel).dispersion().query("period == '2025-06'")
    assert rows.set_index("synthetic")["instruments"].to_dict() == {
        False: "allowance, certificate",
        True: "certificate, offset",
    }


def test_premia_of_green_power_are_converted_as_certificates_are():
    days = pd.date_range("2025-08-01", periods=40)
    premia = pd.DataFrame({"guangdong": 8.0, "jiangsu": -2.0}, days)
    found = cl.implied_prices(green_power=premia, factors={"electricity": ["average", "south"]})
    rows = found.table.query("instrument == 'green-power premium' and period == '2025-08'")
    first = rows[rows["market"] == "guangdong"]
    assert first["implied"].iloc[0] == pytest.approx(8 / 0.5306)
    assert first["factor_name"].str.contains("south").tolist() == [False, True]
    below = rows[rows["market"] == "jiangsu"]
    assert (below["implied"] < 0).all() and below["gap_log"].isna().all()
    labels = found.plot().get_legend_handles_labels()[1]
    assert "green-power premium, guangdong: monthly mean" in labels
    with pytest.raises(cl.DataError, match="green_power has no dates"):
        cl.implied_prices(green_power=pd.Series([8.0, 9.0]))


DAYS = pd.to_datetime(["2025-06-16", "2025-07-16"])


def premium(values, unit=None):
    series = pd.Series(values, DAYS, name="guangdong", dtype=float)
    return series if unit is None else series.pipe(with_unit, unit)


def with_unit(series, unit):
    series.attrs["unit"] = unit
    return series


def test_a_premium_is_converted_from_the_unit_it_carries():
    given = premium([0.03, 0.031], "yuan/kWh")
    found = cl.implied_prices(green_power=given)
    rows = found.headline().query("market == 'guangdong'")
    assert rows["unit"].tolist() == ["yuan/MWh"] * 2
    np.testing.assert_allclose(rows["price"], [30, 31])
    by_hand = cl.to_carbon_price(given, factor=0.5306)
    np.testing.assert_allclose(rows["implied"], by_hand)
    assert "Unit of guangdong: converted from yuan/kWh to yuan/MWh." in found.notes
    frame = pd.DataFrame({"a": [0.03, 0.03], "b": [30.0, 30.0]}, DAYS)
    frame.attrs["units"] = {"a": "yuan/kWh", "b": "yuan/MWh"}
    rows = cl.implied_prices(green_power=frame).headline()
    assert rows.loc[rows["market"].isin(["a", "b"]), "price"].tolist() == pytest.approx([30.0] * 4)


def test_a_unit_that_is_not_stated_is_said_to_be_assumed():
    notes = cl.implied_prices(green_power=premium([8, 9])).notes
    assert "Unit of guangdong: unit not stated, yuan/MWh assumed." in notes
    assert not any("Unit of" in note for note in cl.implied_prices().notes)
    with pytest.raises(cl.SpecificationError, match=r"guangdong.*0\.0305 looks like yuan/kWh"):
        cl.implied_prices(green_power=premium([0.03, 0.031]))
    with pytest.raises(cl.DataError, match="guangdong of green_power has no values"):
        cl.implied_prices(green_power=premium([np.nan, np.nan]))
    small = cl.implied_prices(green_power=premium([0.6, 0.0], "yuan/MWh"))
    assert any("looks like kWh" in note for note in small.notes)
    for unit, words in (("yuan/tce", "guangdong is in yuan/tce"), ("EUR/MWh", "guangdong: unit=")):
        with pytest.raises(cl.SpecificationError, match=words):
            cl.implied_prices(green_power=premium([8, 9], unit))


def test_columns_of_a_frame_keep_the_unit_they_carry():
    frame = pd.DataFrame({"eur_zj": [0.05, 0.05], "cea": [80.0, 80.0]}, DAYS)
    frame.attrs["units"] = {"eur_zj": "yuan/kgce"}
    found = cl.implied_prices(frame)
    rows = found.headline().query("market == 'eur_zj' and series == 'monthly mean'")
    assert rows["price"].tolist() == [50.0] * 2 and set(rows["unit"]) == {"yuan/tce"}
    assert "Unit of cea: unit not stated, yuan/t assumed." in found.notes
    frame.attrs["units"] = {"eur_zj": "yuan/MWh"}
    with pytest.raises(cl.SpecificationError, match="eur_zj is in yuan/MWh; .* is in yuan/tce"):
        cl.implied_prices(frame)


def test_prices_without_dates_are_refused():
    with pytest.raises(cl.DataError, match="no dates"):
        cl.implied_prices(pd.DataFrame({"gec": [5.0, 6.0], "cea": [80.0, 81.0]}))
