"""Make a project for a paper of one's own, and know it again."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from .. import artifacts, demo
from ..errors import OutputError
from . import readme, settings
from .publish import output_folder

NOTEBOOK = "01_first_look"
_IGNORED = (
    "# Rebuilt by carbonlink data and carbonlink report; take a line out to keep the files.\n"
    "data/processed/\n.ipynb_checkpoints/\n"
)


def start_project(folder: str | Path) -> str:
    """Make a project folder with the demonstration set, and say what to do next.

    Parameters
    ----------
    folder : path
        A folder that is new or empty.

    Notes
    -----
    It gets `data/raw` with the demonstration set and its register, `data/processed`, `reports`,
    `notebooks` with one to start from, `carbonlink.toml` with every setting explained, and a
    `README.md` after the template of the social science data editors.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(
            f"{folder} is there and not empty.", "Name a folder that is new or empty."
        )
    with output_folder(folder):
        written = demo.write(folder / "data" / "raw")
        for empty in ("data/processed", "reports", "notebooks"):
            (folder / empty).mkdir(parents=True)
        artifacts.write_text(folder / settings.NAME, _template(settings.NAME))
        text = readme.filled_in(_template("project_readme.md"), None)
        artifacts.write_text(folder / readme.NAME, text)
        artifacts.write_text(folder / ".gitignore", _IGNORED)
        notebook = _template("start_notebook.txt")
        artifacts.write_text(folder / "notebooks" / f"{NOTEBOOK}.py", notebook)
        artifacts.write_json(folder / "notebooks" / f"{NOTEBOOK}.ipynb", as_notebook(notebook))
    return (
        f"Made {folder} with {len(written) - 1} files of synthetic demonstration data in "
        f"data/raw, {settings.NAME} (the choices, explained), README.md (filled by each report) "
        f"and notebooks/{NOTEBOOK}.ipynb.\n"
        f"Next: cd {folder} && carbonlink report\n"
        "Your own data: take the demo_ files and their rows in SOURCES.csv away, put your files in "
        "data/raw, and register each with carbonlink data --register FILE."
    )


def _template(name: str) -> str:
    return resources.files("carbonlink.report").joinpath("templates", name).read_text("utf-8")


def as_notebook(text: str) -> dict[str, Any]:
    """Return a script in cells (`# %%`, `# %% [markdown]`) as a Jupyter notebook.

    Parameters
    ----------
    text : str
        The script; lines of a markdown cell begin with ``# ``.
    """
    cells: list[dict[str, Any]] = []
    for number, part in enumerate(text.split("# %%")[1:]):
        head, _, body = part.partition("\n")
        lines = body.strip("\n").split("\n")
        words = "[markdown]" in head
        if words:
            lines = [line.removeprefix("#").removeprefix(" ") for line in lines]
        source = [line + "\n" for line in lines[:-1]] + lines[-1:]
        cell: dict[str, Any] = {
            "cell_type": "markdown" if words else "code",
            "id": f"cell-{number}",
        }
        cell |= {"metadata": {}, "source": source}
        cells.append(cell if words else cell | {"execution_count": None, "outputs": []})
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
