"""A project's configuration file: what `carbonlink data`, `report` and `check` do by default."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ..errors import SpecificationError, near

NAME = "carbonlink.toml"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a project's file chooses; the defaults where it is silent.

    Attributes
    ----------
    raw, processed, out : str
        Folders below the project: the raw files, the tidy tables, the report.
    markets : tuple of str
        Markets of the report; all that the files hold when empty.
    start, end : str
        First and last day of the report's sample; "" for the files' own.
    prefer : mapping
        Market to the file used for it, where several files hold it.
    draws, seed : int
        Of every randomisation test and bootstrap.
    strict : bool
        Whether a file that cannot be used stops the report.
    title : str
        Title of the paper, for its README.
    authors : tuple of str
        Its authors.
    """

    raw: str = "data/raw"
    processed: str = "data/processed"
    out: str = "reports"
    markets: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    prefer: Mapping[str, str] = field(default_factory=dict)
    draws: int = 199
    seed: int = 0
    strict: bool = False
    title: str = ""
    authors: tuple[str, ...] = ()

    @property
    def sample(self) -> dict[str, Any]:
        """The choices that make another panel, by name; without those left to the files."""
        chosen = {
            "markets": list(self.markets),
            "start": self.start,
            "end": self.end,
            "prefer": dict(self.prefer),
        }
        return {name: value for name, value in chosen.items() if value}


SECTIONS = {
    "data": ("raw", "processed", "prefer"),
    "report": ("out", "markets", "start", "end", "draws", "seed", "strict"),
    "paper": ("title", "authors"),
}
_KINDS: dict[str, tuple[type, str]] = {
    **{f.name: (str, "text in quotes") for f in fields(Settings)},
    **{name: (int, "a whole number") for name in ("draws", "seed")},
    **{name: (list, "a list of texts in quotes") for name in ("markets", "authors")},
    "prefer": (dict, 'a table such as { hubei = "hubei.xlsx" }'),
    "strict": (bool, "true or false"),
}


def read_settings(project: Path) -> Settings:
    """Return the settings of a project; the defaults where it has no file.

    Parameters
    ----------
    project : Path
        The project's folder.

    Raises
    ------
    SpecificationError
        The file is no TOML, or has a section, a key or a value that is not known.
    """
    path = project / NAME
    if not path.is_file():
        return Settings()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecificationError(
            f"{NAME} cannot be read ({error}).", "Correct that line; texts stand in quotes."
        ) from None
    chosen: dict[str, Any] = {}
    for section, table in content.items():
        _check_name(section, SECTIONS, "section")
        if not isinstance(table, dict):
            raise SpecificationError(f"{NAME}: {section} is no section.", f"Write [{section}].")
        for key, value in table.items():
            _check_name(key, SECTIONS[section], f"key of [{section}]")
            chosen[key] = _checked(section, key, value)
    settings = Settings(**chosen)
    for key in ("start", "end"):
        _check_day(key, getattr(settings, key))
    for key in ("raw", "processed", "out"):
        _check_inside(project, key, getattr(settings, key))
    return settings


def _check_name(name: str, allowed: Any, what: str) -> None:
    if name not in allowed:
        hint = near(name, allowed)
        raise SpecificationError(
            f"{NAME}: {name!r} is no {what}.",
            (f"Did you mean {hint[0]!r}? " if hint else "") + f"Allowed: {', '.join(allowed)}.",
        )


def _checked(section: str, key: str, value: Any) -> Any:
    kind, words = _KINDS[key]
    if key in ("start", "end") and isinstance(value, dt.date):
        return f"{value:%Y-%m-%d}"
    wrong = not isinstance(value, kind) or (kind is int and isinstance(value, bool))
    parts = value if kind is list else value.values() if kind is dict and not wrong else ()
    if wrong or not all(isinstance(part, str) for part in parts):
        raise SpecificationError(
            f"{NAME}: {key} = {value!r} in [{section}] is not {words}.", "Correct it."
        )
    return tuple(value) if kind is list else value


def _check_day(key: str, value: str) -> None:
    try:
        if value:
            dt.date.fromisoformat(value)
    except ValueError:
        raise SpecificationError(
            f"{NAME}: {key} = {value!r} is no day.", 'Write it as "2021-07-16".'
        ) from None


def _check_inside(project: Path, key: str, value: str) -> None:
    target = (project / value).resolve()
    if key != "raw" and project.resolve() not in (target, *target.parents):
        raise SpecificationError(
            f"{NAME}: {key} = {value!r} lies outside the project.",
            "Name a folder below it, or give the place on the command line (--out).",
        )
