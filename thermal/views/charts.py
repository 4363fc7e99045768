"""Charts as PNG and SVG, in one style, without a display."""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thermal.views import palette
from thermal.views.chart.model import Chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["chart_files", "png", "svg"]

DOTS_PER_INCH = 200
STYLE: dict[str, Any] = {
    "font.family": [palette.FONT_FILES],
    "font.size": 10.0,
    "text.color": palette.INK,
    "text.parse_math": False,  # a name with two dollar signs is no formula
    "axes.unicode_minus": True,
    "hatch.linewidth": 0.9,
    "svg.fonttype": "none",  # text stays text: it can be read, found and copied
    "svg.image_inline": True,
}


def chart_files(chart: Chart, folder: str | Path) -> tuple[Path, Path]:
    """Write a chart as ``<name>.png`` and ``<name>.svg``.

    Parameters
    ----------
    chart : Chart
        Any kind.
    folder : str or Path
        Made when missing; earlier files of the same names are replaced.

    Returns
    -------
    (Path, Path)
        The PNG and the SVG.

    Raises
    ------
    ValueError
        The chart cannot be drawn as it says (`chart_check.check_chart`).
    """
    picture, drawing = png(chart), svg(chart)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    files = target / f"{chart.name}.png", target / f"{chart.name}.svg"
    files[0].write_bytes(picture)
    files[1].write_text(drawing, encoding="utf-8")
    return files


def png(chart: Chart) -> bytes:
    """Return a chart as a PNG that carries its title and description."""
    out = io.BytesIO()
    about = {"Title": chart.title, "Description": chart.description or chart.title, "Software": None}
    with _style(chart):
        _drawn(chart).savefig(out, format="png", dpi=DOTS_PER_INCH, metadata=about)
    return out.getvalue()


def svg(chart: Chart) -> str:
    """Return a chart as one ``<svg>`` element: a file of its own, or part of a page.

    Its ids begin with the chart's name, so that several stand in one page, and its description is its label.
    """
    out = io.StringIO()
    with _style(chart):
        _drawn(chart).savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg ") :], flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", lambda tag: _own_ids(tag[0], chart.name), text)
    label = html.escape(chart.description or chart.title)
    return text.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def _own_ids(tag: str, name: str) -> str:
    """Put the chart's name before the ids and the references to them in one tag."""
    return re.sub(r'((?:\bid=|\bxlink:href=)"#?|url\(#)', rf"\g<1>{name}-", tag)


def _drawn(chart: Chart) -> Figure:
    """Draw by the kind of chart."""
    from thermal.views.chart.drawing import draw_bars
    from thermal.views.chart.line_drawing import draw_lines

    draw: Callable[[Chart], Figure] = draw_lines if chart.kind == "lines" else draw_bars
    return draw(chart)


@contextmanager
def _style(chart: Chart) -> Iterator[None]:
    """Set the style, whatever the user's own settings are, and give these back."""
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        settings: Any = {**STYLE, "svg.hashsalt": chart.name}  # the same chart gives the same file
        mpl.rcParams.update(settings)
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        yield
