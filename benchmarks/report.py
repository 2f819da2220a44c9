"""Time and memory of the whole report, each in a process of its own.

python benchmarks/report.py [folder of raw files ...]

Without a folder: the project's demonstration set. Two cores of a shared machine, 199 draws:

    demonstration set (13 files, 84 thousand rows)         9 s    0.30 GB
    real exchange files (20 files, 280 thousand rows)     14 s    0.36 GB
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time

COMMAND = [sys.executable, "-m", "carbonlink", "report"]


def measure(raw: str | None) -> tuple[float, float]:
    """Return seconds and the largest gigabytes so far of the report on a folder."""
    with tempfile.TemporaryDirectory() as out:
        words = [*COMMAND, "--out", out, *(["--raw", raw] if raw else [])]
        start = time.perf_counter()
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2


def main() -> None:
    for raw in sys.argv[1:] or [None]:
        seconds, gigabytes = measure(raw)
        print(f"{raw or 'demonstration set':50s} {seconds:5.1f} s   {gigabytes:5.2f} GB")


if __name__ == "__main__":
    main()
