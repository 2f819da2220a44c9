"""Where the tests find the real files, and which tests are slow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from carbonlink.cli import ONE_THREAD

os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # as the commands do, before numpy loads

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"


def real_folder() -> Path:
    return Path(os.environ.get("CARBONLINK_REAL_DATA", SHARED / "exchange"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real exchange files; the test skips, visibly, where it is absent."""
    folder = real_folder()
    if not folder.is_dir():
        pytest.skip(f"real exchange files not found in {folder} (set CARBONLINK_REAL_DATA)")
    return folder


@pytest.fixture(scope="session")
def reference_inputs() -> Path:
    """The folder of reference inputs that are not redistributable."""
    folder = SHARED / "reference"
    if not folder.is_dir():
        pytest.skip(f"reference inputs not found in {folder}")
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-slow", action="store_true", help="run the simulation studies too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--run-slow"):
        return
    skip = pytest.mark.skip(reason="simulation study: run with --run-slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)
