"""Time bringing the processed tables up to date: cold, unchanged, and with one file changed.

Run: OMP_NUM_THREADS=1 python benchmarks/rebuild.py [FOLDER OF RAW FILES]

Each run is a process of its own; the last column is its share of the cold run.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def timed(raw: Path, out: Path, *options: str) -> float:
    """Run `carbonlink data` once and return its wall time."""
    command = [sys.executable, "-m", "carbonlink", "data", "--raw", str(raw), "--out", str(out)]
    start = time.perf_counter()
    subprocess.run([*command, *options], check=True, capture_output=True, cwd=ROOT)
    return time.perf_counter() - start


def main() -> None:
    """Measure on a copy of a folder, so that a file of it can be changed."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data" / "raw"
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "processed"
        shutil.copytree(source, raw, copy_function=shutil.copyfile)
        cold = timed(raw, out)
        lines = [("everything read", cold), ("nothing changed", timed(raw, out))]
        csv = min(raw.glob("*.csv"), key=lambda p: (p.name == "SOURCES.csv", p.stat().st_size))
        csv.write_bytes(csv.read_bytes() + b"\n")
        lines.append((f"{csv.name} changed", timed(raw, out)))
        lines.append(("everything read again (--fresh)", timed(raw, out, "--fresh")))
    for label, seconds in lines:
        print(f"{label:<44} {seconds:7.2f} s   {seconds / cold:6.1%}")


if __name__ == "__main__":
    main()
