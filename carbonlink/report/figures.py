"""How an exhibit's figure is written: as a file, and inline in the page with names of its own."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from .. import plotting
from ..artifacts import svg_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
_PROLOGUE = re.compile(r"\A.*?(?=<svg)", re.DOTALL)
_COORDINATE = re.compile(r"(-?\d+\.\d{2})\d+")
_PATHS = re.compile(r'( d="| x="| y=")([^"]*)"')
_PRINT_DPI = 300
_OPENING = re.compile(r"<svg[^>]*>", re.DOTALL)


def file_text(figure: Figure) -> str:
    """Return a figure as svg text, the same bytes on every save, coordinates to 0.01 point."""
    with plotting.style():
        _settle(figure)
        text = svg_text(figure)
    return _PATHS.sub(_shorten, text)


def _settle(figure: Figure) -> None:
    """Fix the layout on a grid: the solver's last digits differ from run to run.

    Text is measured at print resolution: on a screen's pixels it comes out narrower than svg
    draws it, and long labels would leave the figure.
    """
    screen = figure.dpi
    figure.set_dpi(_PRINT_DPI)
    figure.draw_without_rendering()
    figure.set_dpi(screen)
    figure.set_layout_engine("none")
    for ax in figure.axes:
        left, low, width, height = (round(edge, 5) for edge in ax.get_position().bounds)
        ax.set_position((left, low, width, height))


def _shorten(match: re.Match[str]) -> str:
    return match[1] + _COORDINATE.sub(lambda number: number[1], match[2]) + '"'


def inline(svg: str, key: str, description: str) -> str:
    """Return svg text as an element of an html page.

    Names inside the drawing get the prefix `key`, so that several drawings can share a page;
    prologue, metadata and namespaces go, since html needs none of them.
    """
    body = _METADATA.sub("", _PROLOGUE.sub("", svg))
    box = re.search(r'viewBox="([^"]+)"', body)
    view = box[1] if box else ""
    label = html.escape(description, quote=True)
    opening = f'<svg viewBox="{view}" role="img" aria-label="{label}">'
    body = _OPENING.sub(lambda _: opening, body, count=1)
    body = re.sub(r'\bid="', f'id="{key}-', body)
    body = re.sub(r'xlink:href="#', f'xlink:href="#{key}-', body)
    body = re.sub(r'(?<!xlink:)\bhref="#', f'href="#{key}-', body)
    body = body.replace("url(#", f"url(#{key}-")
    return re.sub(r"<!--.*?-->\s*", "", body, flags=re.DOTALL).strip()
