"""Published factors: the right year, the right kind, each with its source."""

import pytest

import carbonlink as cl
from carbonlink.facts import factors


@pytest.mark.parametrize(
    ("kind", "value"), [("average", 0.5306), ("residual", 0.6096), ("fossil", 0.8273)]
)
def test_latest_national_factors(kind, value):
    found = factors.grid_factor(kind=kind)
    assert (found.value, found.year, found.unit) == (value, 2023, "tCO2/MWh")
    assert found.source and found.verified == "yes"


def test_a_year_not_published_is_refused_or_stood_in_for_by_the_one_before():
    with pytest.raises(cl.SpecificationError, match="2025.*Published: 2021, 2022, 2023"):
        factors.grid_factor(year=2025)
    assert factors.grid_factor(year=2025, before=True).year == 2023
    assert factors.grid_factor("guangdong", 2023, before=True).year == 2022
    with pytest.raises(cl.SpecificationError, match="2019 or before"):
        factors.grid_factor(year=2019, before=True)


def test_regions_in_english_and_chinese():
    assert factors.grid_factor("南方", 2023).value == factors.grid_factor("south", 2023).value
    with pytest.raises(cl.SpecificationError, match="guangdong"):
        factors.grid_factor("guangdon")
    with pytest.raises(cl.SpecificationError, match="kind"):
        factors.grid_factor(kind="marginal")


def test_energy_factors_leave_unconfirmed_values_out():
    values = set(factors.energy_factors()["value"])
    assert values == {2.7725, 2.66, 2.1}
    assert {2.86, 1.6442, 2.1492} < set(factors.energy_factors(fuels=True)["value"])
    assert factors.energy_factor("park mean").value == 2.1
    with pytest.raises(cl.SpecificationError, match="coal, quoted"):
        factors.energy_factor("coal")


def test_benchmarks_by_year_and_class():
    assert factors.power_benchmark(2020).value == 0.877
    assert factors.power_benchmark(2022).value == 0.8177
    assert "supplied" in factors.power_benchmark(2022).note
    assert factors.power_benchmark(2019, "natural gas").value == 0.392
    with pytest.raises(cl.SpecificationError, match="2024.*2019, 2020, 2021, 2022"):
        factors.power_benchmark(2024)


def test_tables_returned_are_copies():
    table = factors.grid_factors()
    table["value"] = 0.0
    assert factors.grid_factor().value == 0.5306
