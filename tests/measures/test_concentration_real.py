"""Concentration on real rows: Shenzhen's year, and the national market's quarters."""

import shutil

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.facts import calendar

pytestmark = pytest.mark.real

SPAN = ("2020-12-08", "2021-12-08")
WINDOWS = (10, 20, 30, 45, 60)


@pytest.fixture(scope="module")
def shenzhen(real_data):
    rows = pd.read_excel(real_data / "shenzhen_sza.xlsx", sheet_name="非零数据", engine="calamine")
    tonnes = rows.groupby(pd.to_datetime(rows["交易日期"]))["成交量"].sum().astype(float)
    return tonnes.rename("shenzhen").rename_axis("date")


def at(tonnes, window, **options):
    options = {"cycle": SPAN, "days": "calendar", **options}
    return cl.concentration(tonnes, deadlines=["2021-06-30"], window=window, **options)


@pytest.mark.parametrize("filled", [False, True])
def test_shenzhen_shares(shenzhen, filled):
    if filled:
        days = calendar.sessions(*SPAN, shenzhen.index)
        shenzhen = shenzhen.reindex(days, fill_value=0.0)
    found = [at(shenzhen, w) for w in WINDOWS]
    shares = [round(100 * f.window_share, 1) for f in found]
    assert shares == [54.0, 63.4, 65.9, 67.7, 68.2]
    assert round(found[0].effective_days, 2) == 16.80
    assert found[0].rows["days_to_half"].iloc[0] == 6
    assert found[0].rows["traded_days"].iloc[0] == 209
    assert round(found[0].rows["entropy_days"].iloc[0], 1) == 28.8


def test_shenzhen_ratios_on_a_calendar_of_weekdays(shenzhen):
    """The 264 days of the printed figures are weekdays with public holidays, and two weekends."""
    weekdays = pd.bdate_range(*SPAN).union(shenzhen.index)
    assert len(weekdays) == 264
    tonnes = shenzhen.reindex(weekdays, fill_value=0.0)
    found = [at(tonnes, w) for w in WINDOWS]
    ratios = [f.excess_ratio for f in found]
    # printed from rounded shares: 0.659 · 264/24 = 7.2, unrounded 7.25
    np.testing.assert_allclose(ratios, [14.3, 10.5, 7.2, 5.1, 4.0], atol=0.06)
    theil = [round(f.theil_share, 2) for f in found]
    assert theil == [0.49, 0.52, 0.44, 0.35, 0.29]
    p = [f.pvalue for f in found]
    np.testing.assert_allclose(p, [0.019, 0.004, 0.004, 0.027, 0.106], atol=0.00051)


def test_shenzhen_on_its_open_days(shenzhen):
    """Without the public holidays n is 246: ratio, Theil share and p move, shares do not."""
    tonnes = shenzhen.reindex(calendar.sessions(*SPAN, shenzhen.index), fill_value=0.0)
    found = [at(tonnes, w) for w in WINDOWS]
    assert found[0].rows["n"].iloc[0] == 246
    np.testing.assert_allclose(
        [f.excess_ratio for f in found], [13.29, 10.40, 7.05, 4.90, 4.09], atol=0.006
    )
    np.testing.assert_allclose([f.pvalue for f in found], np.array([5, 1, 1, 6, 16]) / 246)


@pytest.fixture(scope="module")
def panel(real_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("two_files")
    for name in ("wind_cea_national.csv", "guangzhou_gdea.xlsx"):
        shutil.copyfile(real_data / name, folder / name)
    return cl.load(["cea", "guangdong"], raw=folder)


@pytest.mark.parametrize(
    ("span", "window", "low", "high"),
    [
        (("2021-07-16", "2021-12-31"), 61, 0.887, 0.891),
        (("2024-01-01", "2024-12-31"), 92, 0.785, 0.795),
    ],
)
def test_national_quarters(panel, span, window, low, high):
    options = {"cycle": span, "days": "calendar", "draws": 99}
    found = cl.concentration(panel, "cea", [span[1]], window, **options)
    assert low <= found.window_share < high


def test_panel_of_real_files(panel):
    found = cl.concentration(panel, draws=199)
    assert {"2019-2020", "2021-2022", "2023"} <= set(found.rows.query("market == 'cea'")["cycle"])
    first = found.rows.iloc[0]
    assert first["n"] == 114 and first["volume"] == pytest.approx(178.789e6, abs=1e3)
    assert any(market == "cea" and "sample ends" in reason for market, _, reason in found.refused)
    block = cl.concentration(panel, "cea", kind="block", draws=199)
    listed = cl.concentration(panel, "cea", kind="listed", draws=199)
    assert block.rows["volume"].iloc[0] > listed.rows["volume"].iloc[0]
    with pytest.raises(cl.DataError, match="does not tell block trades apart"):
        cl.concentration(panel, "guangdong", kind="block")


def test_shenzhen_through_the_panel_lacks_the_quarantined_rows_and_no_others(
    shenzhen, real_data, tmp_path
):
    """Nine rows with an impossible range or two versions of a day: 72,627 t, 1.2 % of the span."""
    shutil.copyfile(real_data / "shenzhen_sza.xlsx", tmp_path / "shenzhen_sza.xlsx")
    panel = cl.load(["shenzhen"], raw=tmp_path)
    cells = panel.quarantine["cells"].str.split(" | ", regex=False)
    aside = pd.Series(
        cells.str[7].astype(float).to_numpy(), pd.to_datetime(cells.str[0]), name="shenzhen"
    )
    assert len(aside) == 9 and aside.sum() == 72_627
    found = at(panel, 10, market="shenzhen")
    assert found.rows["volume"].iloc[0] == shenzhen.sum() - 72_627
    assert any("9 rows of shenzhen_sza.xlsx are in quarantine" in note for note in found.notes)
    whole = panel.volume(["shenzhen"])["shenzhen"].add(aside.groupby(level=0).sum(), fill_value=0)
    shares = [round(100 * at(whole.rename("shenzhen"), w).window_share, 1) for w in WINDOWS]
    assert shares == [54.0, 63.4, 65.9, 67.7, 68.2]
    assert round(at(whole.rename("shenzhen"), 10).effective_days, 2) == 16.80


def test_the_second_national_cycle_crowded_before_its_interim_deadline(panel):
    """95 % of the units were due on 2023-11-15: the last day, 2023-12-31, was no peak."""
    found = [cl.concentration(panel, "cea", which=w, draws=199).rows for w in ("final", "interim")]
    shares = [rows.set_index("cycle").loc["2021-2022", "window_share"] for rows in found]
    assert [round(100 * s, 1) for s in shares] == [9.5, 42.0]
    kinds = found[1].set_index("cycle")["deadline_kind"].to_dict()
    assert kinds["2021-2022"] == "interim" and kinds["2023"] == "final"
