"""Size and power of the rotation test, and coverage of the intervals, by simulation."""

import importlib.util
import warnings
from pathlib import Path

import pytest

from carbonlink.errors import CarbonlinkWarning

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "concentration.py"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def study():
    spec = importlib.util.spec_from_file_location("concentration_study", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_rotation_keeps_its_size_and_iid_does_not(study):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonlinkWarning)
        rates = study.size_and_power(2000)
    size = rates[rates["what"] == "size"].set_index("persistence")
    assert size["rotation %"].between(3.5, 6.5).all()
    assert size.loc[0.7, "iid %"] > 8 and size.loc[0.95, "iid %"] > 20
    power = rates[rates["what"] != "size"].set_index("persistence")
    assert power.loc[0.7, "rotation %"] > 80


def test_intervals_hold(study):
    held = study.coverage(1000).set_index("persistence")
    assert held.loc[0.0, "one cycle %"] > 90
    assert held.loc[0.7, "one cycle %"] > 84
    for name in ("mean of 4 %", "mean of 10 %", "mean of 25 %"):
        assert held[name].between(92, 98).all()
