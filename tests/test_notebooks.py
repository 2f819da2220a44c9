"""Every notebook runs from top to bottom, and its two halves say the same."""

from __future__ import annotations

from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.py"))


@pytest.mark.parametrize("script", NOTEBOOKS, ids=lambda p: p.stem)
def test_runs(script, tmp_path):
    notebook = jupytext.read(script)
    text = "\n".join(c["source"] for c in notebook.cells).replace("../reports", str(tmp_path))
    assert "/home/" not in text
    for cell in notebook.cells:
        cell["source"] = cell["source"].replace("../reports", str(tmp_path))
    client = NotebookClient(notebook, timeout=180, resources={"metadata": {"path": script.parent}})
    client.execute()
    code = [cell for cell in notebook.cells if cell["cell_type"] == "code"]
    assert any(cell.get("outputs") for cell in code)
    for cell in code:
        if ".plot(" in cell["source"]:
            assert any("image/png" in out.get("data", {}) for out in cell["outputs"]), cell.source


@pytest.mark.parametrize("script", NOTEBOOKS, ids=lambda p: p.stem)
def test_the_pair_is_in_step(script):
    from_text = jupytext.read(script)
    from_json = jupytext.read(script.with_suffix(".ipynb"))
    assert [c["source"] for c in from_text.cells] == [c["source"] for c in from_json.cells]
    assert not any(c.get("outputs") for c in from_json.cells)
