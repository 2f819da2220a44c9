"""Time the readers: one national file, a folder of files, ten years of quarter-hours of provinces.

Run: OMP_NUM_THREADS=1 python benchmarks/ingest.py [FOLDER OF RAW FILES] [--provinces N] [--years N]

Without a folder the demonstration set is read. The quarter-hours are generated: a file a province
in the layout `day, time, demand, clearing price (CNY/MWh)`, 96 intervals a day, or with --one-file
one table `date, market, close` of all provinces, which is read in blocks. Every line is measured in
a process of its own: wall time, processor time (which a busy machine changes less) and the
process's peak memory.

Measured in November 2026 on two cores with a load of twenty (so that wall times are of the load and
processor times above those of a quiet machine): the national file 0.04 s of processor time, a
folder of 22 real files (280,621 rows) 3.0 s and 186 MB, thirty provinces of ten years (10,512,030
rows) to daily panels 50 s and 350 MB; the same in one file of 432 MB 57 s and 659 MB.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

PROVINCES = (
    "anhui beijing chongqing fujian gansu guangdong guangxi guizhou hainan hebei heilongjiang "
    "henan hubei hunan jiangsu jiangxi jilin liaoning inner_mongolia ningxia qinghai shaanxi "
    "shandong "
    "shanghai shanxi sichuan tianjin xinjiang yunnan zhejiang"
).split()
_CLOCK = [f"{m // 60}:{m % 60:02d}" for m in range(15, 1440, 15)] + ["24:00:00"]
_MEASURED = """
import resource, sys, time
start, used = time.perf_counter(), time.process_time()
{code}
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
wall, used = time.perf_counter() - start, time.process_time() - used
print(f"{{wall:8.2f}} s wall {{used:8.2f}} s processor {{peak:7.0f}} MB   {{said}}")
"""
_ONE = """
from pathlib import Path
from carbonlink.ingest.reading import read_file
path = Path({path!r})
read_file(path)
start, used = time.perf_counter(), time.process_time()
for _ in range(10):
    read_file(path)
start += 0.9 * (time.perf_counter() - start)
used += 0.9 * (time.process_time() - used)
said = "one national file, mean of ten"
"""
_FOLDER = """
from carbonlink.ingest.folder import read_folder
reading = read_folder({path!r})
said = f"{{len(reading.readings)}} files, {{sum(r.rows for r in reading.readings):,d}} source rows"
"""
_PANEL = """
import carbonlink as cl
panel = cl.load(raw={path!r})
rows = int(panel.ledger["rows"].sum())
days = sum(len(panel.daily(m)) for m in panel.markets)
said = f"{{rows:,d}} source rows to {{days:,d}} days of {{len(panel.markets)}} markets"
"""


def generate(folder: Path, provinces: int, years: int, rng: int = 0) -> None:
    """Write a file of quarter-hours a province, and the register that names the provinces."""
    draws = np.random.default_rng(rng)
    days = pd.date_range("2015-01-01", periods=365 * years)
    names = PROVINCES[:provinces]
    for name in names:
        price = np.round(300 + 100 * draws.standard_normal((len(days), 96)), 1).tolist()
        load = np.round(40_000 + 3_000 * draws.standard_normal((len(days), 96)), 2).tolist()
        with (folder / f"spot_{name}.csv").open("w") as out:
            out.write("day,time,demand,clearing price (CNY/MWh)\n")
            for i, day in enumerate(days):
                date = f"{day.year}/{day.month}/{day.day}"
                cells = zip(_CLOCK, load[i], price[i], strict=True)
                out.write("".join(f"{date},{clock},{mw},{yuan}\n" for clock, mw, yuan in cells))
    lines = [f"spot_{name}.csv,electricity_{name}\n" for name in names]
    (folder / "SOURCES.csv").write_text("path,market\n" + "".join(lines))


def generate_one(file: Path, provinces: int, years: int, rng: int = 0) -> None:
    """Write one table of the quarter-hours of all provinces, one below the other."""
    draws = np.random.default_rng(rng)
    days = pd.date_range("2015-01-01", periods=365 * years)
    clock = [f"{m // 60:02d}:{m % 60:02d}" for m in range(0, 1440, 15)]
    with file.open("w") as out:
        out.write("date,market,close\n")
        for name in PROVINCES[:provinces]:
            price = np.round(300 + 100 * draws.standard_normal((len(days), 96)), 1).tolist()
            for day, row in zip(days, price, strict=True):
                cells = zip(clock, row, strict=True)
                date = f"{day:%Y-%m-%d}"
                out.write("".join(f"{date} {c},electricity_{name},{yuan}\n" for c, yuan in cells))


def measured(label: str, code: str) -> None:
    """Run code in a process of its own, and print what it took."""
    command = [sys.executable, "-W", "ignore", "-c", _MEASURED.format(code=code)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    print(f"{label:<28}{done.stdout.rstrip()}", flush=True)


def main() -> None:
    """Measure reading from the smallest to the largest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--provinces", type=int, default=30)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--one-file", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder
        if folder is None:
            from carbonlink import demo

            folder = Path(made) / "demo"
            folder.mkdir()
            demo.write(folder)
        for path in sorted(folder.glob("*cea*.csv"))[:1]:
            measured(path.name, _ONE.format(path=str(path)))
        measured("folder", _FOLDER.format(path=str(folder)))
        spot = Path(made) / "spot"
        spot.mkdir()
        if options.one_file:
            generate_one(spot / "spot.csv", options.provinces, options.years)
        else:
            generate(spot, options.provinces, options.years)
        measured("quarter-hours to days", _PANEL.format(path=str(spot)))


if __name__ == "__main__":
    main()
