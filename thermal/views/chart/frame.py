"""The frame that every drawn chart shares: title, legend, margins by what is written, axes, note."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from thermal.views.chart.bars import Role
from thermal.views.chart.model import Chart
from thermal.views.chart.text import finite, money_tick, nice_ticks, value_text
from thermal.views.palette import GRID, INK, MUTED, PAPER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Frame", "framed", "legend", "legend_columns", "quiet_axes", "tick_texts"]

WIDTH = 9.6  # [inch]
EDGE = 0.28  # [inch] left free on every side
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 14.0, 10.0, 9.0  # [pt]
THOUSANDS_FROM = 1e4  # of a currency, from which ticks are in thousands, millions, …
TITLE_LINE, NOTE_LINE, LEGEND_LINE = 0.29, 0.18, 0.26  # [inch]
TITLE_WIDTH, NOTE_WIDTH = 66, 124  # characters


@dataclass(frozen=True, slots=True)
class Frame:
    """A figure with its one pair of axes; `top` is where the legend's upper edge may be, in parts of the height."""

    figure: Figure
    axes: Axes
    top: float


def framed(chart: Chart, *, height: float, left: float, right: float, foot: float, legend_rows: int) -> Frame:
    """Make a figure around axes of a given height.

    Parameters
    ----------
    chart : Chart
        Title and note are taken from it.
    height : float
        Of the axes [inch].
    left, right, foot : float
        Room for what is written beside and beneath the axes [inch].
    legend_rows : int
        Rows of the legend between title and axes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    title = textwrap.wrap(chart.title, TITLE_WIDTH)
    note = textwrap.wrap(chart.note, NOTE_WIDTH)
    head = EDGE + TITLE_LINE * len(title) + 0.10 + LEGEND_LINE * legend_rows + 0.06 * bool(legend_rows)
    beneath = foot + EDGE + (NOTE_LINE * len(note) + 0.10) * bool(note)
    whole = head + height + beneath
    figure = Figure(figsize=(WIDTH, whole), facecolor=PAPER)
    FigureCanvasAgg(figure)
    figure.text(EDGE / WIDTH, 1.0 - EDGE / whole, "\n".join(title), size=TITLE_SIZE, weight="bold", va="top")
    if note:
        at = EDGE / whole
        figure.text(EDGE / WIDTH, at, "\n".join(note), size=SMALL_SIZE, color=MUTED, va="bottom", linespacing=1.35)
    axes = figure.add_axes(
        (
            (EDGE + left) / WIDTH,
            beneath / whole,
            1.0 - (2.0 * EDGE + left + right) / WIDTH,
            height / whole,
        )
    )
    return Frame(figure, axes, 1.0 - (EDGE + TITLE_LINE * len(title) + 0.06) / whole)


def legend(frame: Frame, handles: Sequence[Any], columns: int) -> None:
    """Put the legend under the title, from the left."""
    frame.figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(EDGE / WIDTH - 0.004, frame.top),
        ncols=columns,
        frameon=False,
        fontsize=TEXT_SIZE,
        borderaxespad=0.0,
        borderpad=0.1,
        handlelength=1.5,
        handleheight=0.9,
        columnspacing=1.6,
    )


def legend_columns(roles: Sequence[Role]) -> int:
    """Return how many names fit beside each other."""
    longest = max((len(role.name) for role in roles), default=1)
    return max(1, min(len(roles), int((WIDTH - 2.0 * EDGE) / (0.085 * longest + 0.55))))


def quiet_axes(axes: Axes, *, lying: bool) -> None:
    """Leave of the frame what helps reading: a pale grid across the value axis."""
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(visible=True, axis="x" if lying else "y", color=GRID, linewidth=0.8)
    axes.tick_params(length=0, labelsize=TEXT_SIZE, labelcolor=MUTED, pad=6)
    names = axes.yaxis if lying else axes.xaxis
    names.set_tick_params(labelcolor=INK, pad=8)


def tick_texts(low: float, high: float, unit: str, most: int = 6) -> tuple[list[float], list[str]]:
    """Return round values of an axis and how they are written: with currency, otherwise without unit."""
    values = nice_ticks(low, high, most)
    steps = [abs(b - a) for a, b in pairwise(values)]
    digits = next((n for n in range(10) if all(abs(round(s, n) - s) < 1e-9 for s in finite(steps))), 9)
    plain = value_text(0.0, unit, 0)
    money = not plain.endswith(f" {unit}") and bool(unit)
    if money and max(map(abs, values)) >= THOUSANDS_FROM:
        return values, [money_tick(value, unit) for value in values]
    return values, [value_text(value, unit if money else "", digits) for value in values]
