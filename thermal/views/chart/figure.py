"""Charts for a page: plotly figures of the same bars, lines, colours and texts as in the files."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from thermal.views.chart.bars import Bars, bars_of
from thermal.views.chart.drawing import place_step
from thermal.views.chart.frame import tick_texts
from thermal.views.chart.line_drawing import axis_range
from thermal.views.chart.lines import Line, lines_of
from thermal.views.chart.model import Chart
from thermal.views.chart.text import axis_title, digits_for, value_text
from thermal.views.palette import FONT, GRID, INK, LIMIT, MUTED, PAPER, ink_on
from thermal.views.plotly_text import escaped

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["figure"]

TITLE_WIDTH, NOTE_WIDTH = 64, 110  # characters
LEGEND_WIDTH = 44  # characters of a legend's row in a narrow window
UPRIGHT_HEIGHT = 380  # [px] of the plot
LEGEND_ROW = 26  # [px]
VEIL = "rgba(255,255,255,0.92)"  # behind a text that a line may cross
LIMIT_LINE = {"color": LIMIT, "width": 1.6, "dash": "dash"}
HATCH = {"fillmode": "overlay", "fgcolor": PAPER, "size": 6, "solidity": 0.25}
QUIET = {"showgrid": False, "zeroline": False, "fixedrange": True}


def figure(chart: Chart, *, titled: bool = True) -> Figure:
    """Return a chart as a plotly figure that fills the width it is given.

    Parameters
    ----------
    chart : Chart
        Any kind.
    titled : bool
        Write title and note into the figure; a page that has them as its own text leaves them out.

    Returns
    -------
    plotly.graph_objects.Figure
        With its height [px] in ``layout.height``. Texts are escaped: a name that looks like markup stays a name.

    Raises
    ------
    ValueError
        The chart cannot be drawn as it says (`chart_check.check_chart`).
    """
    if chart.kind == "lines":
        return _line_figure(chart, titled=titled)
    return _bar_figure(chart, titled=titled)


def _bar_figure(chart: Chart, *, titled: bool) -> Figure:
    from plotly.graph_objects import Figure

    bars = bars_of(chart)
    data = [_links(bars)] if bars.links else []
    data += [trace for role in range(len(bars.roles)) if (trace := _rods(bars, role)) is not None]
    named = [role.name for role in bars.roles] if bars.legend else []
    whole = _frame(chart, named, titled=titled, height=_height(bars))
    axes = _values_along(bars, chart), _names_along(bars)
    whole["xaxis"], whole["yaxis"] = axes if bars.lying else reversed(axes)
    whole["barmode"] = "overlay"
    whole["uniformtext"] = {"mode": "hide", "minsize": 11}  # a text too wide for its part of a stack
    whole["shapes"] = [_across(bars.datum, {"color": MUTED, "width": 1}, lying=bars.lying), *_nothings(bars)]
    whole["annotations"] += _texts(bars)
    if chart.limit is not None:
        whole["shapes"].append(_across(chart.limit, LIMIT_LINE, lying=bars.lying))
        whole["annotations"].append(_limit(chart, chart.limit, lying=bars.lying))
    return Figure(data=data, layout=whole)


def _values_along(bars: Bars, chart: Chart) -> dict[str, Any]:
    # Few ticks from left to right, so that their texts have room on a phone.
    values, texts = tick_texts(bars.low, bars.high, chart.unit, 4 if bars.lying else 6)
    return {
        **QUIET,
        "showgrid": True,
        "gridcolor": GRID,
        "range": [bars.low, bars.high],
        "tickvals": values,
        "ticktext": texts,
        "tickangle": 0,
        "tickfont": {"color": MUTED},
        "title": _axis_name(axis_title(chart.left_title, chart.unit)),
        "automargin": True,
    }


def _names_along(bars: Bars) -> dict[str, Any]:
    count = len(bars.names)
    places = list(range(0, count, place_step(count)))
    leftward = bars.lying and any(rod.side < 0 and rod.text for rod in bars.rods)  # values between names and bars
    return {
        **QUIET,
        "range": [count - 0.45, -0.55] if bars.lying else [-0.55, count - 0.45],
        "tickvals": places,
        "ticktext": [escaped("\n".join(bars.names[place])) for place in places],
        "tickfont": {"color": INK},
        "tickangle": 0,
        "automargin": True,
        "ticks": "outside",
        "ticklen": 30 if leftward else 6,
        "tickcolor": PAPER,
    }


def _rods(bars: Bars, role: int) -> dict[str, Any] | None:
    """Return the bars of one colour, and with them their whiskers."""
    rods = [rod for rod in bars.rods if rod.role == role and rod.breadth]
    if not rods:
        return None
    look = bars.roles[role]
    lengths = [rod.end - rod.start for rod in rods]
    places = [rod.place for rod in rods]
    trace: dict[str, Any] = {
        "type": "bar",
        "name": escaped(look.name),
        "orientation": "h" if bars.lying else "v",
        "base": [rod.start for rod in rods],
        "width": [rod.breadth for rod in rods],
        "x": lengths if bars.lying else places,
        "y": places if bars.lying else lengths,
        "marker": {
            "color": look.color,
            "line": {"color": PAPER, "width": 0.6},
            "pattern": {"shape": "/" if look.hatched else "", **HATCH},
        },
        "text": [escaped(rod.text) if rod.side == 0 else "" for rod in rods],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"color": ink_on(look.color), "size": 12},
        "hovertext": [escaped(rod.hover) for rod in rods],
        "hoverinfo": "text",
        "showlegend": bars.legend,
    }
    if any(rod.spread for rod in rods):
        spreads = [rod.spread or (rod.end, rod.end) for rod in rods]
        trace["error_x" if bars.lying else "error_y"] = {
            "type": "data",
            "symmetric": False,
            "array": [high - rod.end for rod, (_, high) in zip(rods, spreads, strict=True)],
            "arrayminus": [rod.end - low for rod, (low, _) in zip(rods, spreads, strict=True)],
            "color": INK,
            "thickness": 1.4,
            "width": 4,
        }
    return trace


def _texts(bars: Bars) -> list[dict[str, Any]]:
    """Return the values beside the bars; those within are the bars' own."""
    step = place_step(len(bars.names))
    few = len(bars.names) <= 16
    notes: list[dict[str, Any]] = []
    for rod in bars.rods:
        if not rod.text or rod.side == 0 or round(rod.place) % step:
            continue
        past = {1: "left", -1: "right"} if bars.lying else {1: "bottom", -1: "top"}
        at: dict[str, Any] = {"x": rod.place, "y": rod.anchor, "yanchor": past[rod.side], "yshift": 2 * rod.side}
        if bars.lying:
            at = {"x": rod.anchor, "y": rod.place, "xanchor": past[rod.side], "xshift": 3 * rod.side}
        look = {
            "showarrow": False,
            "font": {"size": 12 if few and not 0.0 < rod.breadth < 0.4 else 11, "color": INK},
            "bgcolor": VEIL,
            "borderpad": 0,
        }
        notes.append({"text": escaped(rod.text), **look, **at})
    return notes


def _nothings(bars: Bars) -> list[dict[str, Any]]:
    """Return a short line for each step of nothing, so that it is seen."""
    shapes = []
    for rod in bars.rods:
        if rod.start != rod.end or not rod.breadth:
            continue
        ends = {"0": rod.place - rod.breadth / 2.0, "1": rod.place + rod.breadth / 2.0}
        along, over = ("x", "y") if bars.lying else ("y", "x")
        where = {f"{along}{end}": rod.end for end in ends} | {f"{over}{end}": at for end, at in ends.items()}
        shapes.append({"type": "line", **where, "line": {"color": bars.roles[rod.role].color, "width": 2.5}})
    return shapes


def _links(bars: Bars) -> dict[str, Any]:
    """Return the thin lines of a waterfall as one trace with gaps."""
    places: list[float | None] = []
    levels: list[float | None] = []
    for first, second, level in bars.links:
        places += [first + 0.34, second - 0.34, None]
        levels += [level, level, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": levels if bars.lying else places,
        "y": places if bars.lying else levels,
        "line": {"color": MUTED, "width": 1},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _across(level: float, line: dict[str, Any], *, lying: bool) -> dict[str, Any]:
    """Return a straight line across the plot at a value."""
    along, over = ("x", "y") if lying else ("y", "x")
    ends = {f"{along}0": level, f"{along}1": level, f"{over}0": 0, f"{over}1": 1}
    return {"type": "line", f"{over}ref": f"{over} domain", **ends, "line": line, "layer": "above"}


def _limit(chart: Chart, limit: float, *, lying: bool) -> dict[str, Any]:
    """Return the name of the level that must not be passed."""
    text = f"{chart.limit_name} {value_text(limit, chart.unit, digits_for([limit]))}".strip()
    at: dict[str, Any] = {"x": limit, "yref": "paper", "y": 1, "xanchor": "right", "yanchor": "top"}
    if not lying:
        at = {"y": limit, "xref": "paper", "x": 0, "xanchor": "left", "yanchor": "bottom"}
    return {"text": escaped(text), "showarrow": False, "font": {"color": LIMIT, "size": 11}, "bgcolor": PAPER, **at}


def _line_figure(chart: Chart, *, titled: bool) -> Figure:
    from plotly.graph_objects import Figure

    lines = lines_of(chart)
    right = [line for line in lines if line.right]
    data: list[dict[str, Any]] = []
    for line in lines:
        data += _line(line)
    named = [line.name for line in lines] if len(lines) > 1 else []
    whole = _frame(chart, named, titled=titled, height=UPRIGHT_HEIGHT)
    low, high = min(chart.x), max(chart.x)
    air = 0.03 * (high - low) or 0.5
    whole["xaxis"] = {**QUIET, "range": [low - air, high + air], "title": _axis_name(chart.x_title), "automargin": True}
    whole["xaxis"]["tickfont"] = {"color": MUTED}
    left = [line for line in lines if not line.right]
    whole["yaxis"] = {**_value_axis(left, chart.unit, chart.left_title, chart.limit), "gridcolor": GRID}
    if right:
        second = _value_axis(right, chart.right_unit, chart.right_title, None)
        whole["yaxis2"] = {**second, "overlaying": "y", "side": "right", "showgrid": False}
    if chart.limit is not None:
        whole["shapes"] = [_across(chart.limit, LIMIT_LINE, lying=False)]
        whole["annotations"].append(_limit(chart, chart.limit, lying=False))
    return Figure(data=data, layout=whole)


def _line(line: Line) -> list[dict[str, Any]]:
    """Return the traces of one line: its range, itself, its operating point."""
    axis = {"yaxis": "y2"} if line.right else {}
    silent = {"hoverinfo": "skip", "showlegend": False, **axis}
    traces: list[dict[str, Any]] = []
    if line.low:
        around = {"x": [*line.x, *reversed(line.x)], "y": [*line.high, *reversed(line.low)]}
        traces.append(
            {"type": "scatter", "mode": "lines", "fill": "toself", "line": {"width": 0, "color": line.color}}
            | {"opacity": 0.15, **around, **silent}
        )
    traces.append(
        {
            "type": "scatter",
            "mode": "lines+markers" if line.dotted else "lines",
            "name": escaped(line.name),
            "x": list(line.x),
            "y": list(line.y),
            "line": {"color": line.color, "width": 2.4, "dash": "dash" if line.right else "solid"},
            "marker": {"size": 6, "symbol": "square" if line.right else "circle"},
            "hovertext": [escaped(text) for text in line.hovers],
            "hoverinfo": "text",
            "showlegend": True,
            **axis,
        }
    )
    if line.mark is not None:
        ring = {"size": 14, "symbol": "circle-open", "color": INK, "line": {"width": 2}}
        traces.append(
            {"type": "scatter", "mode": "markers", "x": [line.mark[0]], "y": [line.mark[1]], "marker": ring, **silent}
        )
    return traces


def _value_axis(lines: Sequence[Line], unit: str, title: str, limit: float | None) -> dict[str, Any]:
    low, high = axis_range(lines, limit)
    values, texts = tick_texts(low, high, unit)
    return {
        **QUIET,
        "showgrid": True,
        "range": [low, high],
        "tickvals": values,
        "ticktext": texts,
        "tickfont": {"color": MUTED},
        "title": _axis_name(axis_title(title, unit)),
        "automargin": True,
    }


def _axis_name(text: str) -> dict[str, Any]:
    return {"text": escaped(text), "font": {"color": MUTED, "size": 12}, "standoff": 8}


def _height(bars: Bars) -> int:
    """Return the height of the plot [px]: by places when bars lie."""
    if not bars.lying:
        return UPRIGHT_HEIGHT
    count = len(bars.names)
    beside = max(1, round(0.68 / max((rod.breadth for rod in bars.rods if rod.breadth), default=0.68)))
    lines = max(map(len, bars.names))
    one = 48 if count <= 3 else 38 if count <= 8 else 30 if count <= 16 else 21 if count <= 45 else 11
    return max(count * max(one, 25 * beside if beside > 1 else 0, 17 * lines if count <= 45 else 0), 90)


def _frame(chart: Chart, named: Sequence[str], *, titled: bool, height: int) -> dict[str, Any]:
    """Return what all figures share, tall enough for a plot of that height under a legend of these names."""
    title = textwrap.wrap(chart.title, TITLE_WIDTH) if titled else []
    note = textwrap.wrap(chart.note, NOTE_WIDTH) if titled else []
    head = 14 + 24 * len(title)
    rows = 0 if not named else 1 + sum(map(len, named)) // LEGEND_WIDTH
    top = head + LEGEND_ROW * bool(rows) + 4
    bottom = 58 + (16 * len(note) + 8) * bool(note)
    whole_height = top + height + bottom + LEGEND_ROW * max(rows - 1, 0)
    whole: dict[str, Any] = {
        "template": "none",
        "font": {"family": FONT, "size": 12, "color": INK},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "margin": {"l": 12, "r": 44, "t": top, "b": bottom, "pad": 0},
        "height": whole_height,
        "autosize": True,
        "showlegend": bool(named),
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "yref": "container",
            "y": 1.0 - (head - 8) / whole_height,
            "yanchor": "top",
            "itemclick": "toggle" if chart.kind == "lines" else False,
            "itemdoubleclick": False,
        },
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": MUTED, "font": {"family": FONT, "color": INK}, "align": "left"},
        "hovermode": "closest",
        "dragmode": False,
        "annotations": [],
    }
    if title:
        bold = "<b>" + escaped("\n".join(title)) + "</b>"
        at = {"x": 0, "xref": "container", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top"}
        whole["title"] = {"text": bold, "font": {"size": 16}, "pad": {"l": 12, "t": 12}, **at}
    if note:
        look = {"showarrow": False, "align": "left", "font": {"size": 11, "color": MUTED}}
        at = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 0, "yanchor": "top", "yshift": -50}
        whole["annotations"].append({"text": escaped("\n".join(note)), **look, **at})
    return whole
