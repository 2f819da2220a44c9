"""What is shipped as a fact: sources, certainty, and nothing that nobody could confirm."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carbonlink.facts.published import TABLES, published

NAMES = [name for name in published() if name != "index"]
WEAKER = {"partial", "derived", "third_party", "rule_only", "check_only", "exchange_only"}
GUARDED = {
    "launch_verified": ["launch_date", "launch_precision"],
    "daily_limit_verified": ["daily_limit_pct"],
    "block_limit_verified": ["block_limit_pct"],
}
RENAMED_TABLES = {"market_registry": "markets", "compliance_calendar": "deadlines"}
RENAMED_COLUMNS = {f"{kind}_deadline": kind for kind in ("statutory", "announced", "interim")}
RENAMED_COLUMNS["final_deadline"] = "final"
NEVER_SHIPPED = {"unverified_hint"}

# Cells that the published row itself calls unconfirmed: (table, column, key) -> why.
HELD_BACK = {
    ("markets", "note", "shenzhen"): "a block limit that is only quoted",
    ("markets", "note", "fujian"): "a block limit that is only quoted",
    ("markets", "note", "sichuan"): "an opening day that is only quoted",
    ("markets", "note", "ccer_first"): "a last day that is not confirmed",
    ("markets", "launch_date", "gec_power"): "the month is confirmed, the day is not",
    ("markets", "launch_precision", "gec_power"): "the month is confirmed, the day is not",
    ("markets", "launch_date", "phcer"): "the source gives no first year",
    ("markets", "launch_precision", "phcer"): "the source gives no first year",
    ("deadlines", "statutory", "tianjin 2015"): "30 June was not seen in the measures",
    ("deadlines", "statutory", "tianjin 2019"): "30 June was not seen in the measures",
    ("gec_rules", "date", "gec_power 2021-09-07"): "the month is confirmed, the day is not",
    ("gec_rules", "note", "gec 2025-03"): "the sectors are not confirmed",
    ("mechanism_formulae", "note", "A6-13"): "the rate is not confirmed",
    ("mechanism_formulae", "expected_example", "A6-18"): "grid factors that are not confirmed",
    ("mechanism_formulae", "note", "A6-18"): "grid factors that are not confirmed",
    ("mechanism_formulae", "symbols", "ETS-09"): "a range not seen in the order",
    ("mechanism_formulae", "note", "ETS-09"): "a range not seen in the order",
    (
        "mechanism_formulae",
        "options_or_variants",
        "CV-02",
    ): "a factor whose own row is not confirmed",
    ("offset_penalty_rules", "value", "cea fine 2024-05-01"): "the article was not seen",
    ("electricity_reference", "valid_from", "coal_benchmark"): "the source gives no year",
    ("electricity_reference", "note", "capacity"): "shares that are not confirmed",
    ("papers_compliance_dates", "note", "guangdong"): "a count that is only quoted",
    ("papers_compliance_dates", "note", "shenzhen"): "a count that is only quoted",
}

# Rows that later searches added: (table, key).
ADDED = {("deadlines", "tianjin 2013"), ("deadlines", "beijing 2019")}

# Cells that later searches corrected: (table, key) -> why.
CORRECTED = {
    ("deadlines", "guangdong 2020"): "surrendered in the week of 2021-07-22",
    ("deadlines", "fujian 2023"): "one notice set both days: the first is no deadline moved",
}


def as_text(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def received(reference_inputs):
    """The published tables as received, where they stand beside the reference inputs."""
    folder = reference_inputs.parent / "published"
    if not folder.is_dir():
        pytest.skip(f"published tables as received not found in {folder}")
    return {path.stem: as_text(path) for path in folder.glob("*.csv") if path.stem != "index"}


@pytest.mark.parametrize("name", NAMES)
def test_every_row_names_its_source_and_its_certainty(name):
    table = as_text(TABLES / f"{name}.csv")
    assert len(table)
    assert (table["source"].str.strip() != "").all()
    assert set(table["verified"]) <= {"yes", *WEAKER}
    assert not NEVER_SHIPPED & set(table.columns)
    for column in [c for c in table if c.endswith("_verified")]:
        for guarded in GUARDED[column]:
            assert (table.loc[table[column] == "no", guarded] == "").all(), guarded


@pytest.mark.parametrize("name", ["index", *NAMES])
def test_tables_are_utf8_with_line_feeds_and_no_broken_characters(name):
    raw = (TABLES / f"{name}.csv").read_bytes()
    text = raw.decode("utf-8")
    assert b"\r" not in raw and not raw.startswith(b"\xef\xbb\xbf")
    for broken in ("\ufffd", "Ã", "â€", "鈥", "锟"):
        assert broken not in text


def test_the_index_lists_every_table():
    index = published("index").set_index("table")
    assert set(index.index) == set(NAMES)
    for name in NAMES:
        table = published(name)
        assert tuple(index.loc[name, ["rows", "columns"]]) == table.shape, name
        assert index.loc[name, "verified_yes"] == (table["verified"] == "yes").sum(), name


def test_a_table_handed_out_is_a_copy():
    first = published("annual_stats")
    first.loc[:, "turnover_1e8_yuan"] = -1.0
    assert published("annual_stats")["turnover_1e8_yuan"].max() > 0


@pytest.mark.reference
def test_every_received_table_is_shipped_without_the_rows_marked_no(received):
    for name, table in received.items():
        shipped = published(RENAMED_TABLES.get(name, name))
        added = sum(owner == RENAMED_TABLES.get(name, name) for owner, _ in ADDED)
        assert len(shipped) == (table["verified"] != "no").sum() + added, name


@pytest.mark.reference
def test_shipped_cells_are_the_received_ones_but_for_those_held_back(received):
    changed = set()
    for name, table in received.items():
        shipped_name = RENAMED_TABLES.get(name, name)
        expected = table[table["verified"] != "no"].rename(columns=RENAMED_COLUMNS)
        for guard, columns in GUARDED.items():
            if guard in expected:
                expected.loc[expected[guard] == "no", columns] = ""
        expected = expected.drop(columns=NEVER_SHIPPED & set(expected)).reset_index(drop=True)
        shipped = as_text(TABLES / f"{shipped_name}.csv")[list(expected)]
        later = [(shipped_name, key(shipped_name, row)) in ADDED for _, row in shipped.iterrows()]
        shipped = shipped[~np.array(later, dtype=bool)].reset_index(drop=True)
        for row, column in zip(*(shipped != expected).to_numpy().nonzero(), strict=True):
            label = shipped.columns[column]
            changed.add((shipped_name, label, key(shipped_name, expected.loc[row])))
    corrected = {(table, key) for table, _, key in changed} & set(CORRECTED)
    assert corrected == set(CORRECTED)
    assert {c for c in changed if (c[0], c[2]) not in CORRECTED} == set(HELD_BACK)


def key(name, row):
    if name == "deadlines":
        return f"{row['market']} {row['emission_year']}"
    if name == "gec_rules":
        return f"{row['market']} {row['date']}"
    if name == "offset_penalty_rules":
        return f"{row['market']} {row['item']} {row['valid_from']}"
    return row["kind"] if name == "electricity_reference" else row.get("id", row.get("market"))


@pytest.mark.reference
def test_no_unconfirmed_figure_leaks_through_another_cell(received):
    hints = received["compliance_calendar"]["unverified_hint"]
    figures = {"634 of 636", "634/636", "184 entities", "403 compliant", "110 of 114", "99.61%"}
    assert all(hints.str.contains(f).any() or f == "634/636" for f in figures)
    refused = {"2.4567", "3.2820", "0.9419", "1.0826", "0.4819"}
    for path in TABLES.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        assert not [f for f in figures | refused if f in text], path.name


def test_the_yearly_national_figures_are_the_published_ones():
    year = published("annual_stats").query("market == 'cea' and period == 'year'")
    year = year.set_index("year")
    assert year.loc[2021, "trading_days"] == 114 and year.loc[2022, "trading_days"] == 242
    assert year.loc[2022, "volume_1e8_t"] == 0.508895
    assert year.loc[2023, "turnover_1e8_yuan"] == 144.44
    assert published("markets").set_index("market").loc["cea", "name_zh"] == "全国碳排放权交易市场"


def test_an_unknown_table_is_refused_with_the_near_names():
    from carbonlink.errors import SpecificationError

    with pytest.raises(SpecificationError, match="annual_stats"):
        published("anual_stats")


def test_short_names_are_those_of_the_tables():
    for short, name in (
        ("grid_factors", "grid_emission_factors"),
        ("energy_factors", "energy_conversion_factors"),
    ):
        pd.testing.assert_frame_equal(published(short), published(name))
        assert short not in published()
