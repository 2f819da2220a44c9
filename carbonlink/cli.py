"""The command line: carbonlink init | template | data | report | check | cite."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ._version import __version__
from .errors import CarbonlinkError, SpecificationError

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Set to 1 before numpy loads: sums over threads change the last digits with the machine's load."""

FAILED = 2
"""Exit status when a command cannot do what was asked."""


REGISTERED = {
    "market": "the market, where the file does not say it",
    "layout": "the layout, where it is not recognised",
    "publisher": "who published the data",
    "title": "what they are called",
    "url": "where they are",
    "accessed": "when they were downloaded (2024-08-30)",
    "licence": "what may be done with them",
    "note": "anything else",
}
"""Cells of a file's row in SOURCES.csv that can be given on the command line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after `carbonlink`; those of the command line when None.

    Returns
    -------
    int
        0; 1 when `check` finds a difference; 2 with one sentence on the error stream when the
        command cannot be carried out.
    """
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    parser = build_parser()
    options = parser.parse_args(arguments)
    try:
        status = options.run(options)
        sys.stdout.flush()
        return status
    except CarbonlinkError as error:
        print(f"carbonlink: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # what reads the output (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        what = error.filename or "a file"
        print(f"carbonlink: {what} cannot be used ({error.strerror or error}).", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("carbonlink: stopped; nothing was written.", file=sys.stderr)
        return 130


class _Parser(argparse.ArgumentParser):
    """A parser that takes no option by its first letters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = _Parser(
        prog="carbonlink",
        description="How China's carbon, certificate, energy-use and power markets move together.",
    )
    parser.add_argument("--version", action="version", version=f"carbonlink {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    _add_report(commands)
    _add_check(commands)
    _add_data(commands)
    _add_init(commands)
    _add_template(commands)
    cite = commands.add_parser("cite", help="print how to cite carbonlink and the data")
    cite.set_defaults(run=_cite)
    return parser


def _add_report(commands: argparse._SubParsersAction) -> None:
    report = commands.add_parser("report", help="read the data and write the report")
    _add_raw(report)
    report.add_argument("--out", metavar="DIR", help="where it goes (reports)")
    report.add_argument("--draws", type=int, metavar="N", help="draws of every test (199)")
    report.add_argument("--seed", type=int, metavar="N", help="seed of every test (0)")
    report.add_argument("--strict", action="store_true", help="stop at a file that cannot be used")
    report.set_defaults(run=_report)


def _add_check(commands: argparse._SubParsersAction) -> None:
    check = commands.add_parser("check", help="build the report again and say what differs")
    _add_raw(check)
    check.add_argument("--out", metavar="DIR", help="the report (reports)")
    check.set_defaults(run=_check)


def _add_data(commands: argparse._SubParsersAction) -> None:
    data = commands.add_parser("data", help="read raw files into data/processed, or look at them")
    _add_raw(data)
    data.add_argument("--out", metavar="DIR", help="where the tables go (data/processed)")
    data.add_argument("--fresh", action="store_true", help="read every file again")
    choice = data.add_mutually_exclusive_group()
    choice.add_argument(
        "--register",
        metavar="FILE",
        nargs="+",
        help="record raw files, or all below a folder, in SOURCES.csv",
    )
    choice.add_argument("--list", action="store_true", help="list the files and what they hold")
    choice.add_argument("--explain", metavar="FILE", help="say how one file is read")
    for cell, about in REGISTERED.items():
        data.add_argument(f"--{cell}", metavar="TEXT", help=f"with --register: {about}")
    data.set_defaults(run=_data)


def _add_init(commands: argparse._SubParsersAction) -> None:
    init = commands.add_parser("init", help="make a project folder with demonstration data")
    init.add_argument("folder", metavar="DIR", help="a folder that is new or empty")
    init.set_defaults(run=_init)


def _add_template(commands: argparse._SubParsersAction) -> None:
    template = commands.add_parser("template", help="write a template for a table of your own")
    template.add_argument(
        "file", metavar="FILE", nargs="?", default="template.csv", help="a new csv (template.csv)"
    )
    template.add_argument(
        "--language", choices=("en", "zh"), default="en", help="of its headings (en)"
    )
    template.set_defaults(run=_template)


def _add_raw(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--raw", metavar="DIR", help="a folder of raw files in place of the project's data/raw"
    )


def _report(options: argparse.Namespace) -> int:
    from .report.run import report

    print(report(options.raw, options.out, options.draws, options.seed, options.strict))
    return 0


def _check(options: argparse.Namespace) -> int:
    from .report.run import check

    found = check(options.raw, options.out)
    print(found.summary())
    return 0 if found.same else 1


def _data(options: argparse.Namespace) -> int:
    from .report import quick

    looking = options.register or options.explain or options.list
    cells = {cell: getattr(options, cell) for cell in REGISTERED}
    cells = {cell: text for cell, text in cells.items() if text is not None}
    if cells and not options.register:
        raise SpecificationError(
            f"--{next(iter(cells))} says something of no file.", "Add it to --register FILE."
        )
    said = None if looking or options.fresh else quick.unchanged(options.raw, options.out)
    if said is not None:
        print(said)
        return 0
    from .report import processed

    if options.register:
        for file in processed.to_register(options.register):
            print(processed.register(file, **cells))
    elif options.explain:
        print(processed.explain(options.explain))
    elif options.list:
        print(processed.listing(options.raw))
    else:
        print(processed.process(options.raw, options.out, options.fresh))
    return 0


def _init(options: argparse.Namespace) -> int:
    from .report.project import start_project

    print(start_project(Path(options.folder)))
    return 0


def _template(options: argparse.Namespace) -> int:
    from .report.processed import template

    print(template(options.file, options.language))
    return 0


def _cite(options: argparse.Namespace) -> int:
    from .report.page import CITATION

    print(CITATION)
    print("Cite the data as well: reports/manifest.json names every file and publication.")
    return 0
