"""A chart of lines drawn with matplotlib, with a second scale on the right where one is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from thermal.views.chart.bars import Role
from thermal.views.chart.frame import SMALL_SIZE, TEXT_SIZE, framed, legend, legend_columns, quiet_axes, tick_texts
from thermal.views.chart.lines import Line, lines_of
from thermal.views.chart.model import Chart
from thermal.views.chart.text import axis_title, digits_for, value_text
from thermal.views.palette import INK, LIMIT, MUTED, PAPER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["axis_range", "draw_lines"]

HEIGHT = 4.3  # [inch] of the axes
DASHES = (0, (5, 2.5))


def draw_lines(chart: Chart) -> Figure:
    """Draw a chart of lines."""
    lines = lines_of(chart)
    right = [line for line in lines if line.right]
    named = lines if len(lines) > 1 else ()
    columns = legend_columns([Role(line.name, line.color) for line in named])
    frame = framed(
        chart,
        height=HEIGHT,
        left=0.85,
        right=0.85 if right else 0.1,
        foot=0.55,
        legend_rows=-(-len(named) // columns),
    )
    axes = frame.axes
    quiet_axes(axes, lying=False)
    _scale(axes, [line for line in lines if not line.right], chart.unit, chart.left_title, chart.limit)
    _abscissa(axes, chart)
    second = axes.twinx() if right else axes
    if right:
        quiet_axes(second, lying=False)
        second.grid(visible=False)
        _scale(second, right, chart.right_unit, chart.right_title, None)
    for line in lines:
        _line(second if line.right else axes, line)
    if chart.limit is not None:
        _limit(axes, chart, chart.limit)
    if named:
        legend(frame, [_handle(line) for line in named], columns)
    return frame.figure


def axis_range(lines: Sequence[Line], limit: float | None) -> tuple[float, float]:
    """Return the ends of a value axis: from zero where that leaves half of it to the lines, with air above."""
    values = [value for line in lines for value in (*line.y, *line.low, *line.high)]
    values += [] if limit is None else [limit]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if low >= 0.0 and low < 0.5 * high:
        return 0.0, high * 1.08
    air = 0.08 * (high - low) or abs(high) * 0.1 or 1.0
    return low - air, high + air


def _scale(axes: Axes, lines: Sequence[Line], unit: str, title: str, limit: float | None) -> None:
    low, high = axis_range(lines, limit)
    axes.set_ylim(low, high)
    axes.set_yticks(*tick_texts(low, high, unit))
    axes.set_ylabel(axis_title(title, unit), color=MUTED, size=TEXT_SIZE, labelpad=8)


def _abscissa(axes: Axes, chart: Chart) -> None:
    low, high = min(chart.x), max(chart.x)
    air = 0.03 * (high - low) or 0.5
    axes.set_xlim(low - air, high + air)
    axes.set_xticks(*tick_texts(low - air, high + air, ""))
    axes.set_xlabel(chart.x_title, color=MUTED, size=TEXT_SIZE, labelpad=6)


def _line(axes: Axes, line: Line) -> None:
    if line.low:
        axes.fill_between(line.x, line.low, line.high, color=line.color, alpha=0.15, linewidth=0.0)
    axes.plot(line.x, line.y, **_look(line))
    if line.mark is not None:
        axes.plot(*line.mark, "o", markersize=11, markerfacecolor="none", markeredgecolor=INK, markeredgewidth=1.6)


def _look(line: Line) -> dict[str, Any]:
    return {
        "color": line.color,
        "linewidth": 2.0,
        "linestyle": DASHES if line.right else "-",
        "marker": ("s" if line.right else "o") if line.dotted else "",
        "markersize": 4.5,
        "markeredgecolor": PAPER,
        "markeredgewidth": 0.7,
    }


def _handle(line: Line) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], label=line.name, **_look(line))


def _limit(axes: Axes, chart: Chart, limit: float) -> None:
    axes.axhline(limit, color=LIMIT, linewidth=1.3, linestyle=DASHES)
    text = f"{chart.limit_name} {value_text(limit, chart.unit, digits_for([limit]))}".strip()
    axes.annotate(
        text,
        (0.005, limit),
        xycoords=("axes fraction", "data"),
        xytext=(0, 4),
        textcoords="offset points",
        color=LIMIT,
        size=SMALL_SIZE,
    )
