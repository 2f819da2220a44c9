"""`import carbonlink` stays light."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("pandas", "scipy", "statsmodels", "arch", "matplotlib", "seaborn", "pandera", "joblib")


def test_import_loads_no_heavy_library():
    code = "import sys, carbonlink; print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    assert "carbonlink" in loaded.split()
    assert not set(HEAVY) & set(loaded.split())


def test_an_unknown_word_is_an_attribute_error():
    code = "import carbonlink as cl\ntry:\n    cl.nope\nexcept AttributeError as e:\n    print(e)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "no attribute 'nope'" in run.stdout
