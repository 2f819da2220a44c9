"""Credits, green certificates and energy-use rights."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..facts import calendar
from ..facts.published import published
from ..simulate import crowded_volumes, market, scale_to_totals
from ..simulate.systems import follow
from .truth import CREDITS, END, launch

CERTIFICATE_LEVELS = (
    ("2023-09-30", 31.0),
    ("2024-03-31", 15.0),
    ("2024-08-31", 7.0),
    ("2024-12-31", 4.0),
    ("2025-03-31", 2.2),
    ("2025-06-30", 3.1),
)
"""Made-up certificate prices, in yuan, around which the months lie."""


def credits(allowance: pd.Series, seed: np.random.SeedSequence) -> pd.DataFrame:
    """Simulate the credit market of 2024, which follows the national allowance.

    Parameters
    ----------
    allowance : Series
        The national close on each session, in yuan/t.
    seed : SeedSequence
        Chance.

    Returns
    -------
    DataFrame
        What `simulate.market` returns.
    """
    path_seed, volume_seed, print_seed = seed.spawn(3)
    cause = allowance.ffill().loc[launch("ccer") :]
    draws = np.random.default_rng(path_seed)
    level = follow(cause.to_numpy(), **CREDITS, shocks=draws.standard_normal(len(cause)))
    early = np.asarray(cause.index < pd.Timestamp("2024-11-01"))
    volume = crowded_volumes(
        pd.DatetimeIndex(cause.index),
        [],
        np.where(early, 3_000.0, 12_000.0),
        zero_share=np.where(early, 0.5, 0.1),
        tiny_share=0.05,
        spread=1.3,
        rng=volume_seed,
    )
    whole = scale_to_totals(volume, [(cause.index[0], END, 2_900_000)])
    prices = pd.Series(np.log(level), index=cause.index)
    return market(prices, whole, range_pct=0.8, rng=print_seed)


def certificates(seed: np.random.SeedSequence) -> pd.DataFrame:
    """Simulate monthly certificates traded by themselves, with the published totals.

    Returns
    -------
    DataFrame
        Index: the month's last day. ``vwap`` in yuan a certificate, ``volume`` in certificates
        (the totals of 2024 and of January to June 2025 are the published ones), ``value`` in yuan.
    """
    draws = np.random.default_rng(seed)
    months = pd.date_range(CERTIFICATE_LEVELS[0][0], END, freq="ME", name="date")
    known = [pd.Timestamp(day) for day, _ in CERTIFICATE_LEVELS]
    place = [float((day - known[0]).days) for day in known]
    days = np.asarray((months - known[0]).days, float)
    level = np.interp(days, place, np.log([price for _, price in CERTIFICATE_LEVELS]))
    cents = np.round(100 * np.exp(level + 0.06 * draws.standard_normal(len(months))))
    volume = pd.Series(2e6 * np.exp(0.13 * np.arange(len(months))), index=months)
    volume = volume * np.exp(0.25 * draws.standard_normal(len(months)))
    whole = scale_to_totals(volume, _certificate_totals()).to_numpy()
    return pd.DataFrame(
        {"vwap": cents / 100, "volume": whole, "value": cents * whole / 100}, index=months
    )


def _certificate_totals() -> list[tuple[pd.Timestamp, pd.Timestamp, int]]:
    """Certificates traded by themselves: published for 2024 and January to June 2025."""
    years = published("gec_annual").query("market == 'gec' and period == 'year'")
    year = float(years.set_index("period_start")["unbundled_1e8_certificates"]["2024-01-01"])
    july = published("gec_monthly").query("month == '2025-07'").iloc[0]
    traded = float(july["ytd_traded_1e8_certificates"] - july["ytd_bundled_1e8_certificates"])
    half = traded * 1e8 - float(july["unbundled_traded_1e4_certificates"]) * 1e4
    first = pd.Timestamp("2025-01-01")
    return [
        (pd.Timestamp("2023-09-01"), pd.Timestamp("2023-12-31"), 14_000_000),
        (pd.Timestamp("2024-01-01"), pd.Timestamp("2024-12-31"), int(round(year * 1e8))),
        (first, END, int(round(half))),
    ]


def energy_use_rights(seed: np.random.SeedSequence) -> pd.DataFrame:
    """Simulate the few trades of Zhejiang's energy-use rights.

    Returns
    -------
    DataFrame
        Index: some 60 sessions from March 2019. ``vwap`` in yuan/tce, ``volume`` in tce (2020's
        total is the published one), ``value`` in yuan.
    """
    draws = np.random.default_rng(seed)
    sessions = calendar.sessions("2019-03-01", END)
    days = sessions[draws.random(len(sessions)) < 0.04]
    price = np.round(54 + np.cumsum(0.9 * draws.standard_normal(len(days))), 1)
    volume = pd.Series(20_000 * np.exp(0.9 * draws.standard_normal(len(days))), index=days)
    table = published("energy_use_right_stats").query("market == 'eur_zhejiang'")
    known = table[(table["quantity"] == "volume") & (table["unit"] == "1e4 tce")].iloc[0]
    span = (pd.Timestamp(known["period_start"]), pd.Timestamp(known["period_end"]))
    whole = scale_to_totals(volume, [(*span, int(round(known["value"] * 1e4)))]).to_numpy()
    return pd.DataFrame(
        {"vwap": price, "volume": whole, "value": np.round(price * 10) * whole / 10}, index=days
    )
