"""Figures: the same bytes on every save, names of their own in a page, gaps drawn as gaps."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg

from carbonlink import plotting
from carbonlink.report import figures


def drawn():
    figure, (left, right) = plotting.canvas(2, 2)
    left.plot([1, 2, 3], [3, 1, 2])
    right.imshow([[1, 2], [3, 4]])
    plotting.stamp(figure, "synthetic demonstration data")
    return figure


def test_two_drawings_of_the_same_numbers_have_the_same_bytes():
    assert figures.file_text(drawn()) == figures.file_text(drawn())


def test_inlined_drawings_share_no_name_and_link_only_within_themselves():
    text = figures.file_text(drawn())
    page = figures.inline(text, "one", "First.") + figures.inline(text, "two", "Second.")
    names = re.findall(r'\bid="([^"]+)"', page)
    assert names and len(names) == len(set(names))
    links = set(re.findall(r'(?:href="#|url\(#)([^")]+)', page))
    assert links and links <= set(names)
    assert "http" not in page and "<!--" not in page and "<?xml" not in page


def test_an_inlined_drawing_says_what_it_shows():
    page = figures.inline(figures.file_text(drawn()), "one", 'Price "p" & volume')
    assert 'role="img"' in page and 'aria-label="Price &quot;p&quot; &amp; volume"' in page


def test_coordinates_lose_nothing_that_can_be_seen():
    text = figures.file_text(drawn())
    numbers = re.findall(r' d="[^"]*?(-?\d+\.\d+)', text)
    assert numbers and all(len(n.partition(".")[2]) <= 2 for n in numbers)


def test_the_stamp_is_inside_the_figure_and_above_the_lower_edge():
    figure = drawn()
    figure.canvas.draw()
    (text,) = figure.texts
    box = text.get_window_extent()
    assert text.get_text() == "synthetic demonstration data"
    assert box.y0 >= 0 and box.x1 <= figure.bbox.x1
    assert all(box.y1 <= ax.get_tightbbox().y0 for ax in figure.axes)


def test_no_line_is_drawn_over_a_gap():
    dates = pd.to_datetime(["2020-01-01", "2020-01-02", "2020-03-01", "2020-03-02", "2020-06-01"])
    series = pd.Series(np.arange(5.0), index=dates)
    _, (ax,) = plotting.canvas()
    plotting.broken_line(ax, series, gap=10)
    assert [len(line.get_xdata()) for line in ax.lines] == [2, 2, 1]
    assert ax.lines[-1].get_marker() == "."


def test_a_heat_map_prints_every_number_and_hatches_what_is_missing():
    cells = pd.DataFrame({"a": [0.0, 50.0], "b": [100.0, np.nan]}, index=["x", "y"])
    _, (ax,) = plotting.canvas()
    plotting.heat(ax, cells, limits=(0, 100))
    assert sorted(t.get_text() for t in ax.texts) == ["0", "100", "50"]
    by_text = {t.get_text(): t.get_color() for t in ax.texts}
    assert by_text["0"] == "black" and by_text["100"] == "white"
    assert ax.patch.get_hatch()


def test_market_colours_differ_within_the_palette_and_do_not_depend_on_the_subset():
    from carbonlink.facts import markets
    from carbonlink.report.study import colours

    shown = colours()
    first = [shown[m] for m in markets.order()[: len(plotting.PALETTE)]]
    assert len(set(first)) == len(plotting.PALETTE)


def test_the_global_style_stays_as_it_was():
    import matplotlib

    before = dict(matplotlib.rcParams)
    figures.file_text(drawn())
    assert dict(matplotlib.rcParams) == before


def test_a_long_label_stays_inside_the_figure():
    figure, (ax,) = plotting.canvas(width=6.0, height=2.0)
    with plotting.style():
        ax.set_yticks(
            [0, 1], ["x", "power companies at opening, unified national, for certain  C36"]
        )
        ax.tick_params(axis="y", labelsize=7.5)
    figures.file_text(figure)
    figure.set_dpi(600)
    assert ax.get_tightbbox(FigureCanvasAgg(figure).get_renderer()).x0 > 0
