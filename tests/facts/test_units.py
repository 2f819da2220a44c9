"""Conversions to yuan a tonne of CO2: worked numbers, shapes, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import carbonlink as cl
from carbonlink.facts import units


def test_the_worked_certificate():
    assert cl.to_carbon_price(5.66, unit="yuan/MWh", factor=0.5306) == pytest.approx(
        10.667169, abs=1e-6
    )


@pytest.mark.parametrize(
    ("factor", "expected"), [(2.66, 15.63), (2.7725, 15.00), (2.4567, 16.93), (2.1, 19.80)]
)
def test_the_worked_energy_saving(factor, expected):
    assert round(cl.to_carbon_price(41.58, "yuan/tce", factor), 2) == expected


def test_names_stand_for_published_factors():
    by_name = cl.to_carbon_price(5.66, "yuan/GEC", "average", region="china", year=2023)
    assert by_name == cl.to_carbon_price(5.66, "yuan/certificate", 0.5306)
    assert cl.to_carbon_price(41.58, "yuan/tce", "park mean") == pytest.approx(19.8)
    assert cl.to_carbon_price(10, "yuan/MWh", units.grid_factor("south", 2022)) == 10 / 0.3869


@given(st.floats(-1e4, 1e4), st.floats(0.01, 1.9))
def test_a_kilowatt_hour_is_a_thousandth_of_a_megawatt_hour(price, factor):
    large = cl.to_carbon_price(price, "yuan/MWh", factor)
    assert cl.to_carbon_price(price / 1000, "yuan/kWh", factor) == pytest.approx(large, rel=1e-12)


def test_a_price_of_co2_stays_as_it_is():
    assert cl.to_carbon_price(62.36, "yuan/t") == 62.36
    with pytest.raises(cl.SpecificationError, match="already"):
        cl.to_carbon_price(62.36, "yuan/t", 1.0)


def test_shapes_are_kept_and_inputs_untouched():
    days = pd.date_range("2025-01-01", periods=3)
    price = pd.Series([5.0, np.nan, 6.0], days, name="gec")
    price.attrs["unit"] = "yuan/certificate"
    found = cl.to_carbon_price(price, factor=0.5)
    assert found.index.equals(days) and found.name == "gec"
    assert found.tolist()[::2] == [10.0, 12.0] and np.isnan(found.iloc[1])
    assert found.attrs["unit"] == "yuan/tCO2" and price.attrs["unit"] == "yuan/certificate"
    by_date = pd.Series([0.5, 0.5, 0.6], days)
    assert cl.to_carbon_price(price, factor=by_date).iloc[2] == pytest.approx(10.0)
    frame = cl.to_carbon_price(price.to_frame(), "yuan/MWh", by_date)
    assert frame.loc[days[2], "gec"] == pytest.approx(10.0)
    assert cl.to_carbon_price([5.0, 6.0], "yuan/MWh", 0.5).tolist() == [10.0, 12.0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((5, "eur/MWh", 0.5), "eur/MWh"),
        ((5, None, 0.5), "no unit"),
        ((5, "yuan/MWh"), "needs a factor in tCO2/MWh"),
        ((5, "yuan/MWh", 0.0), "not positive"),
        ((5, "yuan/MWh", -0.5), "not positive"),
        ((5, "yuan/MWh", np.nan), "not positive"),
        ((5, "yuan/MWh", 2.66), "cannot be in tCO2/MWh"),
        ((5, "yuan/MWh", 530.6), "cannot be in tCO2/MWh"),
        ((5, "yuan/kWh", 0.0005306), "cannot be in tCO2/MWh"),
        ((5, "yuan/MWh", units.energy_factor("park mean")), "is in tCO2/tce"),
        ((5, "yuan/tce", units.grid_factor()), "is in tCO2/MWh"),
        ((5, "yuan/tce", "average"), "average"),
        ((5, "yuan/MWh", True), "factor=True is no number"),
        ((5, "yuan/MWh", [0.5, False]), "is no number"),
        ((5, "yuan/MWh", [0.5, "x"]), "is no number"),
    ],
)
def test_refuses_units_that_do_not_fit(arguments, words):
    with pytest.raises(cl.SpecificationError, match=words):
        cl.to_carbon_price(*arguments)


def test_names_the_two_units_that_differ():
    price = pd.Series([5.0])
    price.attrs["unit"] = "yuan/kWh"
    with pytest.raises(cl.SpecificationError, match="yuan/kWh.*yuan/MWh"):
        cl.to_carbon_price(price, "yuan/MWh", 0.5)


def test_units_of_columns_and_of_factors_are_not_ignored():
    frame = pd.DataFrame({"a": [0.4], "b": [0.5]})
    frame.attrs["units"] = dict.fromkeys("ab", "yuan/kWh")
    found = cl.to_carbon_price(frame, factor=0.5)
    assert found.iloc[0].tolist() == pytest.approx([800.0, 1000.0])
    assert found.attrs == {"unit": "yuan/tCO2"}
    with pytest.raises(cl.SpecificationError, match="yuan/kWh.*yuan/MWh"):
        cl.to_carbon_price(frame, "yuan/MWh", 0.5)
    frame.attrs["units"] = {"a": "yuan/kWh", "b": "yuan/MWh"}
    with pytest.raises(cl.SpecificationError, match="a yuan/kWh, b yuan/MWh"):
        cl.to_carbon_price(frame, factor=0.5)
    factor = pd.Series([1.6])
    factor.attrs["unit"] = "tCO2/tce"
    with pytest.raises(cl.SpecificationError, match="the factor given is in tCO2/tce"):
        cl.to_carbon_price(pd.Series([400.0]), "yuan/MWh", factor)


def test_a_region_without_a_named_factor_is_not_ignored():
    with pytest.raises(cl.SpecificationError, match="region='south'"):
        cl.to_carbon_price(5, "yuan/MWh", 0.5, region="south")


def test_dates_of_factor_and_price_must_agree():
    price = pd.Series([1.0, 2.0], pd.date_range("2025-01-01", periods=2))
    factor = pd.Series([0.5, 0.5], pd.date_range("2025-02-01", periods=2))
    with pytest.raises(cl.SpecificationError, match="different dates"):
        cl.to_carbon_price(price, "yuan/MWh", factor)


def test_a_grid_factor_is_none_of_coal_equivalent():
    with pytest.raises(cl.SpecificationError, match="A grid factor .* to a price in yuan/MWh"):
        cl.to_carbon_price(41.58, unit="yuan/tce", factor=0.5306)
    with pytest.raises(cl.SpecificationError, match=r"energy_factors\(\) lists"):
        cl.to_carbon_price(41.58, unit="yuan/tce", factor=20)
    with pytest.raises(cl.SpecificationError, match="1000 kgCO2/MWh"):
        cl.to_carbon_price(5.66, unit="yuan/MWh", factor=530.6)
    for factor in units.energy_factors(fuels=True)["value"]:
        assert cl.to_carbon_price(100.0, "yuan/tce", factor) == pytest.approx(100 / factor)
