"""A workbook's own charts, drawn by the spreadsheet from cells."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from thermal.views.chart.bars import Role, bars_of
from thermal.views.chart.lines import Line, lines_of
from thermal.views.chart.model import Chart, Kind
from thermal.views.chart.text import digits_for, value_text
from thermal.views.palette import GRID, INK, LIMIT, MUTED, PAPER, TOTAL
from thermal.views.tables import SIGNS
from thermal.views.workbook.chart_data import ABOVE, ALONG, AT, BELOW, HERE, Block

__all__ = ["native_chart"]

WIDTH = 980
_LONG_NAME = 14  # characters; longer ones read better beside horizontal bars
_UPRIGHT = 9  # names that fit beside each other below their bars
_FEW = 14  # bars that have room for their numbers
_TEXT = {"color": INK, "size": 9}
_JOINER = "\N{WORD JOINER}"  # has no width


def native_chart(workbook: Any, chart: Chart, block: Block) -> tuple[Any, int]:
    """Return a chart of the cells of `block`, and its height in pixels."""
    made, height = _KINDS[chart.kind](workbook, chart, block)
    made.set_title({"name": block.chart_title, "name_font": {"color": INK, "size": 13, "bold": True}})
    made.set_size({"width": WIDTH, "height": height})
    made.set_chartarea({"border": {"color": GRID}})
    made.show_blanks_as("gap")
    return made, height


def _bars(workbook: Any, chart: Chart, block: Block, subtype: str = "") -> tuple[Any, int]:
    """Draw bars side by side, or on top of each other."""
    across = max(map(len, chart.categories), default=0) > _LONG_NAME
    made = workbook.add_chart({"type": "bar" if across else "column", **({"subtype": subtype} if subtype else {})})
    roles = [Role("", TOTAL)] if chart.kind == "waterfall" else bars_of(chart).roles
    for name, role in zip(block.own, roles, strict=True):
        options = _series(block, name, role)
        options |= {"gap": 60, **({"overlap": 100} if subtype else {})}
        if f"{name}{BELOW}" in block.columns:
            below, above = (_address(block, f"{name}{end}") for end in (BELOW, ABOVE))
            bars = {"type": "custom", "plus_values": above, "minus_values": below, "line": {"color": INK}}
            options["x_error_bars" if across else "y_error_bars"] = bars
        elif not subtype and len(block.own) * len(chart.categories) <= _FEW:
            options["data_labels"] = {"value": True, "num_format": _form(chart), "font": _TEXT}
        made.add_series(options)
    limited = _limit(workbook, made, chart, block, across=across)
    _axes(made, chart, across=across, least=_from_zero(chart))
    _legend(made, shown=len(block.own) > 1 or limited)
    return made, _height(chart, len(block.own) if not subtype else 1) if across else 400


def _limit(workbook: Any, made: Any, chart: Chart, block: Block, *, across: bool) -> bool:
    """Lay the line of the limit over standing bars; over lying ones a spreadsheet has none, and the axis tells it."""
    if chart.limit is None or across:
        return False
    line = workbook.add_chart({"type": "line"})
    line.add_series(_cells(block, "limit") | _limit_look(chart) | {"marker": {"type": "none"}})
    made.combine(line)
    return True


def _limit_look(chart: Chart) -> dict[str, Any]:
    return {"name": _limit_name(chart), "line": {"color": LIMIT, "width": 1.5, "dash_type": "dash"}}


def _limit_name(chart: Chart) -> str:
    return _plain(f"{chart.limit_name or 'limit'}: {chart.limit:g} {chart.unit}".rstrip())


def _from_zero(chart: Chart) -> float | None:
    """Bars begin at zero, so that their lengths compare; where some are negative the spreadsheet chooses."""
    numbers = [value for series in chart.series for value in (*series.values, *series.low) if value is not None]
    return 0.0 if min(numbers, default=0.0) >= 0.0 else None


def _top(chart: Chart) -> float | None:
    """Return the end of an axis that holds the ranges about bars, which spreadsheets leave out of account."""
    highest = max((end for series in chart.series for end in series.high if end), default=0.0)
    if chart.kind != "bars" or highest <= 0.0:
        return None
    step = 10.0 ** math.floor(math.log10(highest)) / 2.0
    return step * math.ceil(highest / step)


def _stack(workbook: Any, chart: Chart, block: Block) -> tuple[Any, int]:
    return _bars(workbook, chart, block, "stacked")


def _waterfall(workbook: Any, chart: Chart, block: Block) -> tuple[Any, int]:
    """Draw steps as bars on bars that cannot be seen; plain bars where a level falls below zero."""
    levels, level = [], 0.0
    for index, value in enumerate(chart.series[0].values):
        level = (value or 0.0) if index in chart.totals else level + (value or 0.0)
        levels.append(level)
    if min(levels, default=0.0) < 0.0:
        return _bars(workbook, chart, block)
    across = len(chart.categories) > _UPRIGHT and max(map(len, chart.categories)) > _LONG_NAME
    made = workbook.add_chart({"type": "bar" if across else "column", "subtype": "stacked"})
    made.add_series(_cells(block, "base") | {"name": "base", "fill": {"none": True}, "border": {"none": True}})
    roles = {role.name: role for role in bars_of(chart).roles}
    for heading, word in (("total", "level"), ("up", "adds"), ("down", "takes away")):
        font = {**_TEXT, "bold": True, "color": PAPER if heading == "total" else INK}
        labels = {"value": True, "num_format": _signed(chart, heading), "font": font}
        look = _series(block, heading, roles[word]) | {"name": word, "data_labels": labels, "gap": 40}
        made.add_series(look)
    limited = _limit(workbook, made, chart, block, across=across)
    _axes(made, chart, across=across, least=chart.base)
    # Spreadsheets do not agree which entry of horizontal bars comes first; the labels carry the signs.
    shown = {"position": "bottom", "font": _TEXT, "delete_series": [0]}
    made.set_legend({"none": True} if across and not limited else shown)
    return made, _height(chart, 1) if across else 400


def _lines(workbook: Any, chart: Chart, block: Block) -> tuple[Any, int]:
    """Draw curves against their abscissae, with rings where the rack runs."""
    made = workbook.add_chart({"type": "scatter", "subtype": "straight"})
    series: list[dict[str, Any]] = []
    for right in (False, True):  # as the spreadsheet itself counts them
        for name, line in zip(block.own, lines_of(chart), strict=True):
            series += _curve(block, name, line) if line.right == right else []
        if chart.limit is not None and not right:
            ends = {"categories": block.cells(f"limit{ALONG}"), "values": block.cells("limit")}
            series.append(ends | _limit_look(chart))
    for one in series:
        made.add_series(one)
    rings = [index for index, one in enumerate(series) if "marker" in one]  # of which the legend need not tell
    _axes(made, chart, across=False)
    made.set_x_axis({**_axis(chart.x_title), "major_gridlines": {"visible": False}})
    if any(series.axis == "right" for series in chart.series):
        made.set_y2_axis(
            _axis(_titled(chart.right_title, chart.right_unit))
            | {"num_format": _form(chart, "right"), "major_gridlines": {"visible": False}}
        )
    made.set_legend({"position": "bottom", "font": _TEXT, "delete_series": rings})
    return made, 400


def _curve(block: Block, name: str, line: Line) -> list[dict[str, Any]]:
    """Return a curve, and the ring on it."""
    right = {"y2_axis": True} if line.right else {}
    look = {"color": line.color, "width": 2.0, "dash_type": "dash" if line.right else "solid"}
    curve = {"categories": block.cells(f"{name}{ALONG}"), "values": block.cells(name)}
    out = [curve | {"name": block.title(name), "line": look, **right}]
    if line.mark is not None:
        ring = {"type": "circle", "size": 9, "border": {"color": line.color, "width": 2}, "fill": {"color": PAPER}}
        point = {"categories": block.cells(f"{name}{AT}"), "values": block.cells(f"{name}{HERE}")}
        thin = {"color": line.color, "width": 0.25}
        out.append(point | {"name": block.title(f"{name}{HERE}"), "marker": ring, "line": thin, **right})
    return out


def _tornado(workbook: Any, chart: Chart, block: Block) -> tuple[Any, int]:
    """Draw what each cause takes away and adds, against zero."""
    made = workbook.add_chart({"type": "bar"})
    for heading, role in zip(block.own, bars_of(chart).roles, strict=True):
        made.add_series(_series(block, heading, role) | {"name": role.name, "overlap": 100, "gap": 40})
    base = value_text(chart.base, chart.unit, digits_for([chart.base, *chart.series[0].low, *chart.series[0].high]))
    _axes(made, chart, across=True, title=f"change from {base}")
    _legend(made, shown=True)
    return made, _height(chart, 1)


_KINDS: dict[Kind, Callable[[Any, Chart, Block], tuple[Any, int]]] = {
    "bars": _bars, "stack": _stack, "waterfall": _waterfall, "lines": _lines, "tornado": _tornado,
}  # fmt: skip


def _series(block: Block, heading: str, role: Role) -> dict[str, Any]:
    """Return a row of bars in the colour of its role, hatched where pictures hatch it."""
    fill: dict[str, Any] = {"fill": {"color": role.color}}
    if role.hatched:
        fill = {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": PAPER, "bg_color": role.color}}
    return _cells(block, heading) | {"name": block.title(heading), "border": {"none": True}, **fill}


def _cells(block: Block, heading: str) -> dict[str, Any]:
    return {"categories": block.cells("names"), "values": block.cells(heading)}


def _address(block: Block, heading: str) -> str:
    from xlsxwriter.utility import xl_range_formula

    return str(xl_range_formula(*block.cells(heading)))


def _axes(made: Any, chart: Chart, *, across: bool, least: float | None = None, title: str = "") -> None:
    """Set the axis of names and the axis of numbers; horizontal bars read from the top."""
    slanted = {"rotation": -45} if not across and len(chart.categories) > _UPRIGHT else {}
    names = {"num_font": _TEXT | slanted, "line": {"color": MUTED}, "label_position": "low", "major_tick_mark": "none"}
    limit = f"; {_limit_name(chart)}" if across and chart.limit is not None else ""
    numbers = _axis((title or _titled(chart.left_title, chart.unit)) + limit) | {"num_format": _form(chart)}
    numbers |= {"min": least} if least is not None else {}
    numbers |= {"max": top} if (top := _top(chart)) is not None else {}
    if across:
        # With the names turned round the axis of numbers would move to the top.
        made.set_x_axis(numbers)
        made.set_y_axis({**names, "reverse": True, "crossing": "max"})
    else:
        made.set_x_axis(names)
        made.set_y_axis(numbers)


def _axis(title: str) -> dict[str, Any]:
    return {
        "name": _plain(title),
        "name_font": {"color": MUTED, "size": 9, "bold": False},
        "num_font": _TEXT,
        "line": {"color": GRID},
        "major_gridlines": {"visible": True, "line": {"color": GRID}},
    }


def _legend(made: Any, *, shown: bool) -> None:
    made.set_legend({"position": "bottom", "font": _TEXT} if shown else {"none": True})


def _height(chart: Chart, bars: int) -> int:
    """Return the height that leaves room for every name beside its bars."""
    return min(900, 150 + len(chart.categories) * max(24, 14 * bars))


def _titled(title: str, unit: str) -> str:
    return f"{title} [{unit}]" if title and unit else title or unit


def _form(chart: Chart, axis: str = "left") -> str:
    """Return the number format of an axis: money by its sign, else as many decimals as the numbers ask for."""
    series = [each for each in chart.series if each.axis == axis]
    numbers = [abs(value) for each in series for value in (*each.values, *each.low, *each.high) if value]
    if chart.unit in SIGNS and axis == "left":
        sign = SIGNS[chart.unit]
        return f'"{sign}"#,##0;-"{sign}"#,##0'
    largest = max(numbers, default=0.0)
    return "#,##0" if largest >= 100 else "0.0" if largest >= 2 else "0.00" if largest >= 0.2 else "0.000"


def _signed(chart: Chart, heading: str) -> str:
    """Return the format of a waterfall's numbers: steps with their sign, and nothing where there is no step."""
    number = _form(chart).partition(";")[0]
    sign = {"total": "", "up": "+", "down": "-"}[heading]
    return f'"{sign}"{number};;' if sign else f"{number};;"


def _plain(text: str) -> str:
    """Return a text that the writer will not take for a reference to a cell, such as ``Sheet!A1``: it reads alike."""
    return text.replace("!", f"!{_JOINER}")
