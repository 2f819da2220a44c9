"""Every published formula has a function that gives its worked number; the identities hold."""

from __future__ import annotations

import doctest
import inspect

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import carbonlink as cl
from carbonlink import mechanisms as m
from carbonlink.errors import DataError, SpecificationError
from carbonlink.mechanisms.formulae import FUNCTIONS

TONNES = st.floats(0, 1e9, allow_nan=False)
SHARES = st.floats(0, 1)
WORKED = {
    "A6-01": lambda: (m.adjusted_emissions(100, acquired=5), 95),
    "A6-02": lambda: (m.adjusted_emissions(80, transferred=5), 85),
    "A6-03": lambda: ([m.adjusted_budget(100, 5), m.adjusted_budget(100, 0, 5)], [105, 95]),
    "A6-04": lambda: (m.party_adjustments(ledger("a", "b", 5)).tolist(), [5, -5]),
    "A6-05": lambda: (m.compliance_gap(100, 90, 5), 5),
    "A6-06": lambda: (m.corresponding_adjustment([2, 4, 6], "annual"), 6),
    "A6-07": lambda: (m.corresponding_adjustment([2, 4, 6], "average"), 4),
    "A6-08": lambda: (m.corresponding_adjustment([2, 4, 6], "cumulative"), 12),
    "A6-09": lambda: ([adjusted_in("transfer"), adjusted_in("use")], [2026, 2028]),
    "A6-10": lambda: (5 - m.seller_adjustment(5, inside_ndc=False, adjust_outside=False), 5),
    "A6-11": lambda: (m.usable_transfers(9, 50, 0.1), 5),
    "A6-12": lambda: (m.within_vintage(2021, 2024, 2), False),
    "A6-13": lambda: (m.overall_mitigation(1000, 0.02), (980, 20)),
    "A6-14": lambda: (m.conservative_credits(100, 60, 0.1), 30),
    "A6-15": lambda: (m.share_of_proceeds(1000, 0.05), 50),
    "A6-16": lambda: (
        [m.credit_adjustments(n, v) for n in (1, 2) for v in m.COUNTED_FROM],
        [0, 1, 0, 0, 2, 1],
    ),
    "A6-17": lambda: (m.emission_reduction(100, 60, 5), 35),
    "A6-18": lambda: (m.grid_baseline(1, 0.9419, 0.4819, "wind"), 0.8269),
    "ETS-01": lambda: (
        m.allocate("benchmark", output=1000, benchmark=0.8218, heat=500, heat_benchmark=0.1111),
        877.35,
    ),
    "ETS-02": lambda: (m.allocate("historical_emissions", emissions=100, factor=0.98), 98),
    "ETS-03": lambda: (
        m.allocate("historical_intensity", intensity=0.5, output=200, factor=0.98),
        98,
    ),
    "ETS-05": lambda: (m.compliance_position(100, 0, 8).allowances_due, 95),
    "ETS-06": lambda: (m.compliance_position(100, 70, gap_cap=0.2).due, 90),
    "ETS-07": lambda: (m.borrowing_limit(100, 80), 10),
    "ETS-08": lambda: (m.banking_limit(20_000), 40_000),
    "ETS-09": lambda: (m.penalty(100, 50, 3), 15_000),
    "ETS-10": lambda: (m.turnover_rate(1260.91e4, 3e8), 0.042030),
    "REG-02": lambda: (
        [m.shared_responsibility(102, 90), m.shared_responsibility(53, 58)],
        [96, 55.5],
    ),
    "CV-01": lambda: (cl.to_carbon_price(5.66, unit="yuan/MWh", factor=0.5306), 10.667),
    "CV-02": lambda: (cl.to_carbon_price(41.58, unit="yuan/tce", factor=2.66), 15.63),
    "CV-03": lambda: (m.carbon_cost(62.36, 0.8273), 51.59),
}
WITHOUT_A_WORKED_NUMBER = {"KY-01", "ETS-04", "ETS-11", "REG-01", "REG-03"}


def ledger(seller, buyer, amount):
    return pd.DataFrame({"seller": [seller], "buyer": [buyer], "amount": [amount]})


def adjusted_in(at):
    """The year of the adjustment of a transfer of 2026 that is used in 2028."""
    row = pd.DataFrame({"transfer_year": [2026], "use_year": [2028], "amount": [5.0]})
    return m.adjustments_by_year(row, at).index[0]


@pytest.mark.parametrize("key", sorted(WORKED))
def test_worked_number(key):
    found, expected = WORKED[key]()
    assert np.allclose(found, expected, rtol=2e-4)


def test_every_published_formula_has_a_function():
    assert set(WORKED) | WITHOUT_A_WORKED_NUMBER == set(FUNCTIONS)
    for word in FUNCTIONS.values():
        thing = cl
        for part in word.split("."):
            thing = getattr(thing, part)
        assert callable(thing)
    table = m.formulae()
    assert len(table) == len(cl.published("mechanism_formulae"))
    assert table["function"].notna().all()


@pytest.mark.reference
def test_no_received_formula_is_without_a_function(reference_inputs):
    path = reference_inputs.parent / "published" / "mechanism_formulae.csv"
    assert set(pd.read_csv(path)["id"]) == set(FUNCTIONS)


@pytest.mark.parametrize("name", [n for n in m.__all__ if inspect.isfunction(getattr(m, n))])
def test_docstrings_run(name):
    thing = getattr(m, name)
    assert inspect.getdoc(thing).splitlines()[0].rstrip().endswith((".", "tCO2).", "(tCO2)."))
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for test in doctest.DocTestFinder(recurse=False).find(thing, name):
        runner.run(test)
    assert runner.summarize(verbose=False).failed == 0


# --- identities ------------------------------------------------------------------------------


@given(TONNES, TONNES, st.floats(-1e9, 1e9))
def test_the_gap_is_the_same_on_both_sides_of_the_books(emissions, budget, net):
    bought, sold = max(net, 0.0), max(-net, 0.0)
    inventory = m.adjusted_emissions(emissions, bought, sold) - budget
    own = emissions - m.adjusted_budget(budget, bought, sold)
    scale = 1 + emissions + budget + abs(net)
    assert abs(inventory - own) <= 1e-12 * scale
    assert abs(m.compliance_gap(emissions, budget, net) - own) <= 1e-12 * scale


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), TONNES), min_size=1))
def test_adjustments_of_a_ledger_sum_to_zero(rows):
    table = pd.DataFrame(rows, columns=["seller", "buyer", "amount"])
    found = m.party_adjustments(table)
    assert abs(found.sum()) <= 1e-9 * (1 + table["amount"].sum())


@given(st.lists(st.lists(TONNES, min_size=3, max_size=3), min_size=3, max_size=3), SHARES)
def test_responsibility_is_conserved(rows, lam):
    table = m.share_responsibility(np.array(rows), lam)
    total = np.sum(rows)
    assert abs(table["responsibility"].sum() - total) <= 1e-9 * (1 + total)
    assert abs(table["transfer"].sum()) <= 1e-9 * (1 + total)


@given(
    st.lists(st.tuples(st.floats(0, 500), st.floats(0.01, 50)), min_size=2, max_size=6),
)
def test_linking_clears_and_nobody_loses(pairs):
    price, slope = np.array(pairs).T
    table = m.linking_gains(price, slope)
    assert abs(table["flow"].sum()) <= 1e-6 * (1 + table["flow"].abs().sum())
    assert (table["gain"] >= 0).all()
    assert price.min() - 1e-9 <= table["price"].iloc[0] <= price.max() + 1e-9


@given(TONNES, SHARES)
def test_overall_mitigation_loses_nothing(credits, rate):
    usable, cancelled = m.overall_mitigation(credits, rate)
    assert usable + cancelled == pytest.approx(credits)


@given(TONNES, TONNES, TONNES, SHARES)
def test_a_compliance_position_adds_up(emissions, allocation, credits, cap):
    found = m.compliance_position(emissions, allocation, credits, cap=cap)
    assert found.credits_used <= min(credits, cap * emissions) + 1e-6
    assert found.allowances_due + found.credits_used == pytest.approx(found.due)
    assert found.net_demand == pytest.approx(found.allowances_due - allocation)


def test_credits_are_used_only_where_they_are_cheaper():
    found = m.compliance_position(
        [100, 100], [90, 90], [10, 10], credit_price=[50, 90], allowance_price=[80, 80]
    )
    assert found.credits_used.tolist() == [5, 0]
    assert found.net_demand.tolist() == [5, 10]


def test_a_cap_on_the_allocation_is_another_cap():
    own = m.compliance_position(100, 60, 50, cap=0.1, cap_basis="allocation")
    assert own.credits_used == pytest.approx(6)


def test_banked_allowances_lower_the_demand():
    assert m.compliance_position(100, 90, banked=4).net_demand == pytest.approx(6)


def test_allocation_at_the_firms_own_intensity_costs_nothing_at_the_margin():
    free = m.allocate("benchmark", output=1000, benchmark=0.8)
    assert free == pytest.approx(0.8 * 1000)
    assert m.carbon_cost(90, 0.8, 0.8) == 0


def test_hubei_scales_with_the_market_adjustment_factor():
    one = m.allocate("benchmark", output=100, benchmark=0.5, adjustment=0.9)
    assert one == pytest.approx(45)


def test_base_years_are_averaged_along_the_columns():
    frame = pd.DataFrame({2019: [90.0, 40.0], 2020: [110.0, 60.0]}, index=["a", "b"])
    found = m.allocate("historical_emissions", emissions=frame, factor=0.5)
    assert found.to_dict() == {"a": 50.0, "b": 25.0}


def test_timing_moves_adjustments_between_years_and_not_their_sum():
    table = pd.DataFrame({"transfer_year": [2026], "use_year": [2028], "amount": [7.0]})
    first, last = (m.adjustments_by_year(table, at) for at in ("transfer", "use"))
    assert first.to_dict() == {2026: 7.0} and last.to_dict() == {2028: 7.0}


def test_an_outcome_outside_the_target_may_leave_a_double_claim():
    assert m.seller_adjustment(5, inside_ndc=False, adjust_outside=False) == 0
    assert m.seller_adjustment(5, inside_ndc=False) == 5


def test_kyoto_holding_and_compliance():
    holding = m.kyoto_holding(90, certified=8, reduction=4, transferred=2)
    assert holding == 100
    assert m.compliance_gap(100, holding) == 0


def test_consumption_based_emissions_take_trade_into_account():
    assert m.consumption_emissions(100, exports=20, imports=5) == 85


def test_a_project_in_the_cheaper_region_has_a_gain_to_share():
    found = m.cross_region_gain(120, 50, reduction=10, transfer=200)
    assert (found.joint, found.investor, found.host) == (700, 500, 200)
    assert m.cross_region_gain(50, 120, 10).joint == -700


def test_project_credits_lose_nothing():
    saved = pd.Series(np.arange(1.0, 8.0), index=range(2020, 2027))
    table = m.project_credits(saved, start=2021, period=3, reserve=0.2)
    parts = table[["issued", "reserved", "uncredited"]].sum(axis=1)
    assert np.allclose(parts, saved)
    assert (table.loc[[2020, 2024, 2025, 2026], "issued"] == 0).all()


def test_series_and_frames_keep_their_labels():
    price = pd.Series([60.0, 90.0], index=pd.to_datetime(["2024-01-02", "2024-01-03"]))
    found = m.carbon_cost(price, 0.85, 0.8)
    assert isinstance(found, pd.Series) and found.index.equals(price.index)
    assert np.allclose(found, [3.0, 4.5])
    caps = m.compliance_position(price, price, price)
    assert isinstance(caps.allowances_due, pd.Series)


def test_dispersion_loss_is_zero_at_one_price_and_even_in_the_gap():
    assert m.price_dispersion_loss([50, 50, 50], 1) == 0
    assert m.price_dispersion_loss([40, 60], 2) == pytest.approx(50)


def test_policy_overlap_ends_at_a_full_waterbed():
    assert m.policy_overlap(0.0, 1.0) == 0
    assert m.policy_overlap(-0.1, 0.0) == pytest.approx(1.1)


# --- benchmarks are not chained across a change of output -------------------------------------


def test_the_change_of_a_benchmark_within_one_kind_of_output():
    found = m.benchmark_change("conventional coal above 300 MW class", 2019, 2022)
    assert found == pytest.approx(0.8177 / 0.877 - 1)


@pytest.mark.parametrize(("first", "last"), [(2022, 2023), (2021, 2024), (2019, 2025)])
def test_supplied_and_generated_output_are_not_chained(first, last):
    with pytest.raises(SpecificationError, match=r"supplied electricity.*generated electricity"):
        m.benchmark_change("natural gas", first, last)


def test_heat_benchmarks_chain_over_the_same_years():
    assert m.benchmark_change("natural gas", 2022, 2023, "heat") == pytest.approx(
        0.0536 / 0.0557 - 1
    )


def test_an_unconfirmed_benchmark_is_named():
    with pytest.raises(SpecificationError, match="No confirmed electricity benchmark"):
        m.benchmark_change("natural gas", 2023, 2024)
    with pytest.raises(SpecificationError, match="Use one of"):
        m.benchmark_change("nuclear", 2021, 2022)


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: m.adjusted_emissions("many"), "not a number"),
        (lambda: m.adjusted_emissions([1.0, np.nan]), "emissions at place 1 is nan"),
        (lambda: m.adjusted_budget(-1), "budget is -1"),
        (lambda: m.corresponding_adjustment([], "annual"), "no years"),
        (lambda: m.corresponding_adjustment([1], "yearly"), "method='yearly'"),
        (lambda: m.overall_mitigation(10, 1.2), "between 0 and 1"),
        (lambda: m.grid_baseline(1, 0.9, 0.4, weights=(0.5, 0.4)), "do not sum to 1"),
        (lambda: m.grid_baseline(1, 900, 0.4), "operating_margin is 900"),
        (lambda: m.credit_adjustments(1.5), "no count"),
        (lambda: m.allocate("benchmark", output=1), "needs benchmark"),
        (lambda: m.allocate("historical_intensity", outputs=1), "does not take outputs"),
        (lambda: m.allocate("auction"), "method='auction'"),
        (lambda: m.compliance_position(1, 1, 1, credit_price=5), "Only one of"),
        (lambda: m.compliance_position(1, 1, cap_basis="output"), "cap_basis"),
        (lambda: m.turnover_rate(1, 0), "cap is 0"),
        (lambda: m.window_share([1.0, 2.0], 3), "does not fit"),
        (lambda: m.linking_gains([1, 2], [1]), "do not make markets"),
        (lambda: m.share_responsibility(np.ones((2, 3))), "shape"),
        (lambda: m.project_credits([1, 2], 2024, 1), "no years"),
        (lambda: m.carbon_cost(60, 850), "intensity is 850"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(SpecificationError, match=words):
        call()


def test_ledgers_without_a_party_or_with_one_party_twice_are_refused():
    with pytest.raises(DataError, match="no column buyer"):
        m.party_adjustments(pd.DataFrame({"seller": ["a"], "amount": [1]}))
    with pytest.raises(DataError, match="its own party"):
        m.party_adjustments(ledger("a", "a", 1))
    late = pd.DataFrame({"transfer_year": [2028], "use_year": [2026], "amount": [7.0]})
    with pytest.raises(DataError, match="before it is transferred"):
        m.adjustments_by_year(late)
    with pytest.raises(DataError, match="no volume"):
        m.window_share([0.0, 0.0], 1)


def test_rows_of_a_ledger_that_cannot_be_booked_are_named():
    with pytest.raises(DataError, match="Row 0 of the ledger has no buyer"):
        m.party_adjustments(ledger("a", None, 1))
    with pytest.raises(DataError, match="is a str, not a DataFrame"):
        m.party_adjustments("transfers")
    for year in ("soon", 2026.5):
        late = pd.DataFrame({"transfer_year": [year], "use_year": [2028], "amount": [7.0]})
        with pytest.raises(DataError, match="Row 0 of the ledger has the transfer_year"):
            m.adjustments_by_year(late)


def test_bounds_are_worded_as_bounds():
    with pytest.raises(cl.CarbonlinkError, match="Give a slope above 0"):
        m.linking_gains([10, 20], [1, 0])
    with pytest.raises(cl.CarbonlinkError, match="Give a share of at most 1"):
        m.policy_overlap(1.5, 0.2)
