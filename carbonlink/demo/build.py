"""Make the demonstration set and write it, with its register."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd

from .. import artifacts
from ..inference.parallel import seed_sequence
from . import layouts, workbooks
from .carbon import allowances
from .energy import abroad, day_ahead, provincial_power
from .instruments import certificates, credits, energy_use_rights
from .truth import COUNTRIES

RNG = 20210716
LICENCE = "BSD-3-Clause (synthetic demonstration data)"
NOTE = "synthetic demonstration data, not observations"
PUBLISHER = "carbonlink.demo"
REGISTER = "SOURCES.csv"
REGISTER_COLUMNS = (
    *("path", "sha256", "bytes", "market", "layout", "publisher"),
    *("title", "url", "accessed", "licence", "note"),
)

FILES = {
    "demo_cea_wind.csv": ("cea", "wind", "National allowance"),
    "demo_guangdong_guangzhou.xlsx": ("guangdong", "guangzhou", "Guangdong allowance"),
    "demo_hubei_hubei.xlsx": ("hubei", "hubei", "Hubei allowance"),
    "demo_shanghai_tanjiaoyi.csv": ("shanghai", "tanjiaoyi", "Shanghai allowance"),
    "demo_chongqing_tanjiaoyi.csv": ("chongqing", "tanjiaoyi", "Chongqing allowance"),
    "demo_pilots_icap.csv": ("", "icap", "Beijing and Tianjin allowances, prices only"),
    "demo_ccer_ceex.json": ("ccer", "ceex", "Credits of the market of 2024"),
    "demo_gec_tidy.csv": ("gec", "tidy", "Green certificates by month"),
    "demo_eur_zhejiang_tidy.csv": ("eur_zhejiang", "tidy", "Energy-use rights of Zhejiang"),
    "demo_electricity_guangdong_provincial.csv": (
        *("electricity_guangdong", "provincial"),
        "Spot power of Guangdong, 15 minutes",
    ),
    "demo_eua_wind_single.csv": ("eua", "wind_single", "European allowance"),
    "demo_brent_wind_single.csv": ("brent", "wind_single", "Brent oil"),
    "demo_europe_ember.csv": ("", "ember", "Day-ahead power of three countries"),
}
"""File name: (market, or empty where the file says it, layout, title)."""


def contents(rng: Any = RNG) -> dict[str, bytes]:
    """Make every file of the demonstration set.

    Parameters
    ----------
    rng : int, SeedSequence or Generator
        Seed; the set in the repository has the default one.

    Returns
    -------
    dict of str to bytes
        The files named in `FILES`, without the register.
    """
    seeds = seed_sequence(rng).spawn(8)
    carbon = allowances(seeds[0])
    close = carbon["cea"]["close"]
    pilots = pd.DataFrame({name: carbon[name]["close"] for name in ("beijing", "tianjin")})
    systems = [f"{str(name).title()} (Pilot) Emissions Trading System" for name in pilots]
    foreign = abroad(seeds[5])
    codes = {country: code for country, (code, *_) in COUNTRIES.items()}
    oil = ("期货结算价(连续):布伦特原油", "美元/桶", "英国", "DEMO0102")
    allowance = ("期货结算价(连续):欧盟排放配额(EUA)", "欧元/吨二氧化碳当量", "", "DEMO0101")
    made = (
        layouts.wind_national(carbon["cea"]),
        workbooks.guangzhou(carbon["guangdong"]),
        workbooks.hubei(carbon["hubei"]),
        layouts.tanjiaoyi(carbon["shanghai"], "上海", weekend_days=120),
        layouts.tanjiaoyi(carbon["chongqing"], "重庆", weekend_days=60),
        layouts.icap(pilots, systems, seeds[1]),
        layouts.ceex_credits(credits(close, seeds[2])),
        layouts.tidy(certificates(seeds[3]), "gec", "GEC"),
        layouts.tidy(energy_use_rights(seeds[4]), "eur_zhejiang", "EUR"),
        layouts.provincial(provincial_power(close, seeds[6])),
        layouts.wind_single(foreign["eua"], *allowance),
        layouts.wind_single(foreign["brent"], *oil),
        layouts.ember(day_ahead(foreign["eua"], seeds[7]), codes),
    )
    return dict(zip(FILES, made, strict=True))


def write(folder: str | Path, rng: Any = RNG) -> list[Path]:
    """Write the demonstration set and its register into a folder.

    Parameters
    ----------
    folder : path
        Made if it does not exist. A register that is there keeps its other rows.
    rng : int, SeedSequence or Generator
        Seed; the set in the repository has the default one.

    Returns
    -------
    list of Path
        The data files, then the register.

    Examples
    --------
    >>> import tempfile
    >>> from carbonlink import demo
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = demo.write(folder)
    >>> paths[0].name, len(paths)
    ('demo_cea_wind.csv', 14)
    """
    folder = artifacts.make_folder(folder)
    files = contents(rng)
    written = [artifacts.write_bytes(folder / name, data) for name, data in files.items()]
    register = folder / REGISTER
    rows = pd.DataFrame([_row(name, data) for name, data in files.items()])
    if register.exists():
        kept = pd.read_csv(register, dtype=str, keep_default_na=False)
        rows = pd.concat([kept[~kept["path"].isin(list(files))], rows], ignore_index=True).fillna(
            ""
        )
    return [*written, artifacts.write_csv(register, rows)]


def _row(name: str, data: bytes) -> dict[str, str]:
    market, layout, title = FILES[name]
    known = {
        "path": name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": str(len(data)),
        "market": market,
        "layout": layout,
        "publisher": PUBLISHER,
        "title": f"{title} (synthetic)",
        "licence": LICENCE,
        "note": NOTE,
    }
    return {column: known.get(column, "") for column in REGISTER_COLUMNS}
