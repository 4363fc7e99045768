"""The numbers behind a workbook's charts: a block of cells for each, tied to the tables where they come from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from thermal.views.cells import column_sum, plain_value
from thermal.views.chart_model import Chart, Series
from thermal.views.xlsx_places import FIRST_ROW, Place, cell_name
from thermal.views.xlsx_styles import Styles

__all__ = ["ABOVE", "AT", "BELOW", "HERE", "Block", "data_block"]

BELOW, ABOVE = ", down to", ", up to"  # length of a range on either side of a bar
AT, HERE = ", at", ", here"  # where a curve is marked


@dataclass(frozen=True, slots=True)
class Block:
    """The cells of one chart.

    Parameters
    ----------
    sheet : str
        Where they are.
    first, last : int
        Rows of the first and the last number, from 0.
    columns : dict of str to int
        Column by heading; ``names`` holds the categories, or the abscissa of lines.
    live : bool
        Whether its values follow the tables of the workbook.
    """

    sheet: str
    first: int
    last: int
    columns: dict[str, int]
    live: bool

    def cells(self, heading: str, rows: int | None = None) -> list[Any]:
        """Return the cells of a column, or its first `rows`, as charts are told them."""
        column = self.columns[heading]
        return [self.sheet, self.first, column, self.last if rows is None else self.first + rows - 1, column]

    def title(self, heading: str) -> list[Any]:
        """Return the cell that holds the heading."""
        return [self.sheet, self.first - 1, self.columns[heading]]


def data_block(sheet: Any, row: int, chart: Chart, placed: Sequence[Place], styles: Styles) -> tuple[Block, int]:
    """Write the numbers of a chart from `row` on; return where they are and the next free row."""
    columns = list(_columns(chart))
    sheet.write_string(row, 0, chart.title, styles("label"))
    head, first = row + 1, row + 2
    length = max((len(values) for _, values in columns), default=0)
    last = first + max(length, 1) - 1
    live = False
    headings: dict[str, int] = {}
    for index, (heading, values) in enumerate(columns):
        headings[heading] = index
        sheet.write_string(head, index, heading if index else _first_heading(chart), styles("header"))
        links = _links(chart, values, placed) if index and chart.kind != "lines" else []
        live = live or bool(links)
        for offset, value in enumerate(values):
            _number(sheet, first + offset, index, value, links[offset] if links else "", styles)
    if chart.kind == "waterfall":
        _steps(sheet, first, chart, headings, styles, head)
    return Block(sheet.get_name(), first, last, headings, live), last + 3


def _columns(chart: Chart) -> Iterator[tuple[str, Sequence[str | float | None]]]:
    """Yield the columns of a chart's block: its categories or abscissa, then its series."""
    if chart.kind == "lines":
        yield "names", chart.x
    else:
        yield "names", [category.replace("\n", ", ") for category in chart.categories]
    for index, series in enumerate(chart.series):
        name = _unique(series.name, index)
        if chart.kind == "tornado":
            yield "low", [None if low is None else low - chart.base for low in series.low]
            yield "high", [None if high is None else high - chart.base for high in series.high]
            return
        yield name, series.values
        if chart.kind == "lines" and series.mark is not None:
            yield f"{name}{AT}", [series.mark]
            yield f"{name}{HERE}", [_reading(chart, series, series.mark)]
        if chart.kind == "bars" and series.low and series.high:
            for word, ends in ((BELOW, series.low), (ABOVE, series.high)):
                yield f"{name}{word}", [_gap(value, end) for value, end in zip(series.values, ends, strict=True)]
        if chart.kind == "waterfall":
            return
    if chart.limit is not None and chart.kind in ("bars", "stack", "lines"):
        yield "limit", [chart.limit] * max(len(chart.categories), len(chart.x))


def _unique(name: str, index: int) -> str:
    """Keep a series apart from the block's own columns."""
    return name if name not in ("names", "limit", "low", "high", "") else f"{name or 'series'} {index + 1}"


def _gap(value: float | None, end: float | None) -> float | None:
    return None if value is None or end is None else abs(end - value)


def _reading(chart: Chart, series: Series, x: float) -> float:
    """Return the height of a curve at `x`."""
    known = [(float(there), y) for there, y in zip(chart.x, series.values, strict=True) if y is not None]
    return float(np.interp(x, [there for there, _ in known], [y for _, y in known]))


def _first_heading(chart: Chart) -> str:
    return chart.x_title or "x" if chart.kind == "lines" else ""


def _number(sheet: Any, row: int, column: int, value: str | float | None, link: str, styles: Styles) -> None:
    """Write one cell of a block."""
    if isinstance(value, str):
        sheet.write_string(row, column, value, styles("cell"))
    elif value is None or not math.isfinite(value):
        sheet.write_blank(row, column, None, styles("cell"))
    elif link:
        sheet.write_formula(row, column, link, styles("cell"), value)
    else:
        sheet.write_number(row, column, value, styles("cell"))


def _links(chart: Chart, values: Sequence[str | float | None], placed: Sequence[Place]) -> list[str]:
    """Return formulas to the cells that hold these values, if one column of a table has them under the same names.

    The levels of a waterfall may be sums of other columns of that table instead.
    """
    if chart.kind == "tornado" or len(values) != len(chart.categories) or not values:
        return []
    names = [category.partition("\n")[0].strip() for category in chart.categories]
    for place in placed:
        for index in range(1, len(place.table.columns)):
            cells = _cells_of(chart, place, index, names, values)
            if all(cells):
                return [f"='{place.sheet}'!{cell}" for cell in cells]
    return []


def _cells_of(
    chart: Chart, place: Place, index: int, names: Sequence[str], values: Sequence[str | float | None]
) -> list[str]:
    """Return for each name the cell of a column that holds its value, or nothing where none does."""
    rows = _rows(place)
    key = place.table.columns[index].key
    cells = []
    for number, (name, value) in enumerate(zip(names, values, strict=True)):
        cell = ""
        if name in rows and _same(value, _held(place, rows[name], key)):
            cell = cell_name(rows[name], index, fixed=True)
        elif chart.kind == "waterfall" and number in chart.totals:
            cell = _sum_cell(place, value, last=number > 0)
        if not cell:
            return [""]
        cells.append(cell)
    return cells


def _sum_cell(place: Place, value: str | float | None, *, last: bool) -> str:
    """Return the cell with a sum of that value: the first of a table's, or its last."""
    keys = [column.key for column in place.table.columns if column.key in place.table.sums]
    equal = [key for key in keys if _same(value, column_sum(place.table, key))]
    return cell_name(place.last_row + 1, place.column(equal[-1 if last else 0]), fixed=True) if equal else ""


def _rows(place: Place) -> dict[str, int]:
    """Return the rows of a table by what their first cell reads, less those that read alike."""
    key = place.table.columns[0].key
    labels = [str(plain_value(record.get(key))) for record in place.table.rows]
    if place.table.sums:
        labels.append("Total")
    return {label: FIRST_ROW + row for row, label in enumerate(labels) if labels.count(label) == 1}


def _held(place: Place, row: int, key: str) -> str | float | int | None:
    """Return what stands in a row of a table's sheet."""
    if row > place.last_row:
        return column_sum(place.table, key) if key in place.table.sums else None
    return plain_value(place.table.rows[row - FIRST_ROW].get(key))


def _same(value: str | float | None, there: str | float | None) -> bool:
    if isinstance(value, str) or isinstance(there, str) or value is None or there is None:
        return False
    return math.isclose(value, there, rel_tol=1e-9)


def _steps(sheet: Any, first: int, chart: Chart, headings: dict[str, int], styles: Styles, head: int) -> None:
    """Write what the bars of a waterfall stand on and reach up to, as formulas of its steps."""
    values = [value or 0.0 for value in chart.series[0].values]
    levels = list(accumulate(range(len(values)), lambda level, i: _level(chart, values, i, level), initial=0.0))[1:]
    source = len(headings) - 1
    for offset, heading in enumerate(("level", "base", "total", "up", "down"), start=1):
        headings[heading] = source + offset
        sheet.write_string(head, source + offset, heading, styles("header"))
    for i, (value, level) in enumerate(zip(values, levels, strict=True)):
        row, total = first + i, i in chart.totals
        step, here = cell_name(row, source), cell_name(row, source + 1)
        before = cell_name(row - 1, source + 1) if i else "0"
        was = levels[i - 1] if i else 0.0
        cells = (
            (f"={step}" if total else f"={before}+{step}", level),
            ("=0", 0.0) if total else (f"=MIN({before},{here})", min(was, level)),
            (f"={step}" if total else "=0", value if total else 0.0),
            ("=0", 0.0) if total else (f"=MAX({step},0)", max(value, 0.0)),
            ("=0", 0.0) if total else (f"=MAX(-{step},0)", max(-value, 0.0)),
        )
        for offset, (text, number) in enumerate(cells, start=1):
            sheet.write_formula(row, source + offset, text, styles("cell"), number)


def _level(chart: Chart, values: Sequence[float], i: int, level: float) -> float:
    return values[i] if i in chart.totals else level + values[i]
