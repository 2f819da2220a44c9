"""Size, power and coverage of the deadline designs, by simulation."""

import importlib.util
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
pytestmark = pytest.mark.slow


def module(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_the_profile_keeps_its_size_by_rotation():
    rates = module("event_profile").size(400)
    assert rates["flat, rotation"].between(2, 10).all()
    assert (rates["band, rotation"] < 16).all()
    assert (rates["flat, rotation"] < rates["flat, score"]).all()
    assert rates["one bin, rotation"].between(1, 8).all()


def test_a_clock_that_does_not_matter_is_not_found():
    rates = module("two_clocks").study(300).set_index(["truth", "persistence"])
    assert rates.loc["compliance only", "calendar rejected"].between(1, 9).all()
    assert rates.loc["calendar only", "compliance rejected"].between(1, 10).all()
    assert (rates.loc["both", ["calendar rejected", "compliance rejected"]] > 90).all().all()
    assert (rates.loc["compliance only", "calendar share"] < 20).all()
    assert (rates.loc["calendar only", "calendar share"] > 80).all()


def test_moved_deadlines_and_bunching():
    rates = module("deadline_designs").study(300)
    assert rates.loc["moved, size"].between(2, 8).all() and (rates.loc["moved, power"] > 60).all()
    held = rates[rates.index.str.startswith("bunching held")]
    assert (held > 86).all().all()
    assert (rates[rates.index.str.startswith("bunching size")] < 9).all().all()
