"""A chart of bars, stacks, waterfall or tornado drawn with matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thermal.views.chart.bars import Bars, Rod, bars_of
from thermal.views.chart.frame import (
    SMALL_SIZE,
    TEXT_SIZE,
    Frame,
    framed,
    legend,
    legend_columns,
    quiet_axes,
    tick_texts,
)
from thermal.views.chart.model import Chart
from thermal.views.chart.text import axis_title, digits_for, value_text
from thermal.views.palette import INK, LIMIT, MUTED, PAPER, ink_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_bars", "place_step"]

UPRIGHT_HEIGHT = 4.2  # [inch] of the axes
CHARACTER = 0.083  # [inch] wide, of a name
EDGE_COLOR = "#ffffff"


def draw_bars(chart: Chart) -> Figure:
    """Draw a chart of bars of any kind."""
    bars = bars_of(chart)
    roles = bars.roles if bars.legend else ()
    columns = legend_columns(roles)
    longest = max(len(line) for lines in bars.names for line in lines)
    frame = framed(
        chart,
        height=_height(bars) if bars.lying else UPRIGHT_HEIGHT,
        left=(CHARACTER * longest + 0.12) if bars.lying else 0.85,
        right=0.1,
        foot=0.55 if bars.lying else 0.22 + 0.17 * max(map(len, bars.names)),
        legend_rows=-(-len(roles) // columns),
    )
    axes = frame.axes
    quiet_axes(axes, lying=bars.lying)
    _scales(axes, bars, chart)
    for rod in bars.rods:
        _rod(axes, bars, rod)
        _text(axes, bars, rod)
    _links(axes, bars)
    if chart.limit is not None:
        _limit(axes, bars, chart, chart.limit)
    if roles:
        _legend(frame, bars, columns)
    return frame.figure


def place_step(count: int) -> int:
    """Return which names and values are written when there are many: every n-th."""
    return 1 if count <= 45 else -(-count // 45)


def _height(bars: Bars) -> float:
    """Return the height of lying bars' axes, by their number and by what stands side by side."""
    count = len(bars.names)
    beside = max(1, round(0.68 / max((rod.breadth for rod in bars.rods if rod.breadth), default=0.68)))
    lines = max(map(len, bars.names))
    one = 0.55 if count <= 3 else 0.42 if count <= 8 else 0.30 if count <= 16 else 0.215 if count <= 45 else 0.11
    return max(count * max(one, 0.27 * beside if beside > 1 else 0.0, 0.19 * lines if count <= 45 else 0.0), 0.9)


def _scales(axes: Axes, bars: Bars, chart: Chart) -> None:
    """Set limits, ticks and titles of both axes."""
    count = len(bars.names)
    values, texts = tick_texts(bars.low, bars.high, chart.unit)
    title = axis_title(chart.left_title, chart.unit)
    step = place_step(count)
    places = list(range(0, count, step))
    names = ["\n".join(bars.names[place]) for place in places]
    if bars.lying:
        axes.set_xlim(bars.low, bars.high)
        axes.set_ylim(count - 0.45, -0.55)
        axes.set_xticks(values, texts)
        axes.set_yticks(places, names)
        axes.set_xlabel(title, color=MUTED, size=TEXT_SIZE, labelpad=6)
        axes.axvline(bars.datum, color=MUTED, linewidth=1.0)
        return
    axes.set_ylim(bars.low, bars.high)
    axes.set_xlim(-0.6, count - 0.4)
    axes.set_yticks(values, texts)
    axes.set_xticks(places, names)
    axes.set_ylabel(title, color=MUTED, size=TEXT_SIZE, labelpad=8)
    axes.axhline(bars.datum, color=MUTED, linewidth=1.0)


def _rod(axes: Axes, bars: Bars, rod: Rod) -> None:
    role = bars.roles[rod.role]
    style: dict[str, Any] = {
        "color": role.color,
        "linewidth": 0.6,
        "edgecolor": EDGE_COLOR,
        "hatch": "////" if role.hatched else None,
    }
    if bars.lying:
        axes.barh(rod.place, rod.end - rod.start, rod.breadth, left=rod.start, **style)
    else:
        axes.bar(rod.place, rod.end - rod.start, rod.breadth, bottom=rod.start, **style)
    if rod.start == rod.end and rod.breadth:  # a step of nothing stays visible
        ends = ([rod.place - rod.breadth / 2.0, rod.place + rod.breadth / 2.0], [rod.end] * 2)
        axes.plot(*(reversed(ends) if bars.lying else ends), color=role.color, linewidth=2.0)
    if rod.spread is not None:
        low, high = rod.spread
        far = [[max(rod.end - low, 0.0)], [max(high - rod.end, 0.0)]]
        at = ([rod.end], [rod.place]) if bars.lying else ([rod.place], [rod.end])
        error: dict[str, Any] = {"xerr": far} if bars.lying else {"yerr": far}
        axes.errorbar(*at, **error, fmt="none", ecolor=INK, elinewidth=1.1, capsize=3.0, capthick=1.1)


def _text(axes: Axes, bars: Bars, rod: Rod) -> None:
    """Write the value past its bar or into its part of a stack."""
    if not rod.text or round(rod.place) % place_step(len(bars.names)):
        return
    color = ink_on(bars.roles[rod.role].color) if rod.side == 0 else INK
    many = bars.lying and (len(bars.names) > 16 or 0.0 < rod.breadth < 0.4)
    past = 5.0 * rod.side
    axes.annotate(
        rod.text,
        (rod.anchor, rod.place) if bars.lying else (rod.place, rod.anchor),
        xytext=(past, 0.0) if bars.lying else (0.0, past),
        textcoords="offset points",
        ha={1: "left", 0: "center", -1: "right"}[rod.side] if bars.lying else "center",
        va="center_baseline" if bars.lying else {1: "bottom", 0: "center", -1: "top"}[rod.side],
        size=SMALL_SIZE if many else TEXT_SIZE,
        color=color,
        annotation_clip=False,
        bbox=None if rod.side == 0 else {"facecolor": PAPER, "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
        zorder=5,
    )


def _links(axes: Axes, bars: Bars) -> None:
    for first, second, level in bars.links:
        places, levels = [first + 0.34, second - 0.34], [level, level]
        axes.plot(*((levels, places) if bars.lying else (places, levels)), color=MUTED, linewidth=0.9)


def _limit(axes: Axes, bars: Bars, chart: Chart, limit: float) -> None:
    """Draw the level that must not be passed, with its name at its end."""
    line = axes.axvline if bars.lying else axes.axhline
    line(limit, color=LIMIT, linewidth=1.3, linestyle=(0, (5, 3)))
    text = f"{chart.limit_name} {value_text(limit, chart.unit, digits_for([limit]))}".strip()
    at = (limit, -0.5) if bars.lying else (-0.55, limit)
    axes.annotate(
        text,
        at,
        xytext=(-4, -1) if bars.lying else (0, 4),
        textcoords="offset points",
        ha="right" if bars.lying else "left",
        va="top" if bars.lying else "bottom",
        color=LIMIT,
        size=SMALL_SIZE,
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.0, "alpha": 0.85},
    )


def _legend(frame: Frame, bars: Bars, columns: int) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=role.color, edgecolor=EDGE_COLOR, hatch="////" if role.hatched else None, label=role.name)
        for role in bars.roles
    ]
    legend(frame, handles, columns)
