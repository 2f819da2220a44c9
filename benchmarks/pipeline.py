"""Time the import, the readers and the default report; print seconds and peak memory.

Run: OMP_NUM_THREADS=1 python benchmarks/pipeline.py [FOLDER OF RAW FILES]

Each line is measured in a process of its own. Machine of the recorded figures: 2 cores.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def timed(label: str, *command: str) -> None:
    """Run a command of this Python; print its wall time and the largest child so far."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{label:<44} {seconds:7.2f} s   peak so far {peak:6.0f} MB")


def main() -> None:
    """Measure from the lightest to the heaviest, so that each peak is its own."""
    raw = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data" / "raw"
    timed("python", "-c", "pass")
    timed("import carbonlink", "-c", "import carbonlink")
    timed("import carbonlink.panel", "-c", "import carbonlink.panel")
    timed(f"read {raw.name}", "-c", f"import carbonlink as cl; cl.load(raw={str(raw)!r})")
    with tempfile.TemporaryDirectory() as out:
        command = ["-m", "carbonlink", "report", "--raw", str(raw), "--out", out]
        timed("report --draws 199", *command, "--draws", "199")


if __name__ == "__main__":
    main()
