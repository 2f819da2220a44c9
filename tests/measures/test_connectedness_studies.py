"""Size of the no-link test and coverage of the intervals, by simulation."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "connectedness_inference.py"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def study():
    spec = importlib.util.spec_from_file_location("connectedness_inference", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("k", [4, 8])
def test_the_no_link_test_keeps_its_size(study, k):
    rate = study.size(k, 250, "", samples=2000, draws=199)
    assert 0.03 <= rate <= 0.07


@pytest.mark.parametrize(("k", "n"), [(4, 250), (8, 250), (4, 1000)])
def test_intervals_cover_away_from_the_boundary(study, k, n):
    rates = study.coverage(k, n, "linked", "", samples=500, draws=199)
    assert all(0.90 <= rate <= 0.97 for rate in rates.values()), rates


def test_intervals_cover_when_variances_change_together(study):
    rates = study.coverage(4, 250, "linked", "common", samples=500, draws=199)
    assert all(0.90 <= rate <= 0.97 for rate in rates.values()), rates
