"""The numbers behind a workbook's charts: a block of cells for each, tied to the tables where they come from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from thermal.views.chart.lines import Line, lines_of
from thermal.views.chart.model import Chart
from thermal.views.pages.cells import column_sum, plain_value, split_heading
from thermal.views.workbook.places import FIRST_ROW, Place, cell_name
from thermal.views.workbook.styles import Styles

__all__ = ["ABOVE", "ALONG", "AT", "BELOW", "HERE", "Block", "data_block"]

BELOW, ABOVE = ", down to", ", up to"  # length of a range on either side of a bar
ALONG = ", along"  # abscissa of a curve, which has points of its own
AT, HERE = ", at", ", here"  # where a curve is marked
_RESERVED = ("names", "limit", "low", "high", "level", "base", "total", "up", "down")


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
        Column by heading; ``names`` holds the categories.
    live : bool
        Whether all of its values follow the tables of the workbook; otherwise none of them does.
    own : tuple of str
        Headings of the chart's own series.
    lengths : dict of str to int
        Rows of the columns that are shorter than the block, such as those of curves.
    """

    sheet: str
    first: int
    last: int
    columns: dict[str, int]
    live: bool
    own: tuple[str, ...]
    lengths: dict[str, int] = field(default_factory=dict)

    def cells(self, heading: str) -> list[Any]:
        """Return the cells of a column as charts are told them."""
        column, rows = self.columns[heading], self.lengths.get(heading)
        return [self.sheet, self.first, column, self.last if rows is None else self.first + rows - 1, column]

    @property
    def chart_title(self) -> list[Any]:
        """The cell that holds the title of the chart."""
        return [self.sheet, self.first - 2, 0]

    def title(self, heading: str) -> list[Any]:
        """Return the cell that holds the heading."""
        return [self.sheet, self.first - 1, self.columns[heading]]


def data_block(sheet: Any, row: int, chart: Chart, placed: Sequence[Place], styles: Styles) -> tuple[Block, int]:
    """Write the numbers of a chart from `row` on; return where they are and the next free row."""
    own = _own_headings(chart)
    columns = dict(_curves(chart, own) if chart.kind == "lines" else _columns(chart, own))
    sheet.write_string(row, 0, chart.title, styles("label"))
    head, first = row + 1, row + 2
    lengths = {heading: len(values) for heading, values in columns.items()}
    last = first + max(lengths.values(), default=1) - 1
    links = _all_links(chart, {heading: columns[heading] for heading in own}, placed)
    headings: dict[str, int] = {}
    for index, (heading, values) in enumerate(columns.items()):
        headings[heading] = index
        sheet.write_string(head, index, "" if heading == "names" else heading, styles("header"))
        tied = links.get(heading)
        for offset, value in enumerate(values):
            _number(sheet, first + offset, index, value, tied[offset] if tied else "", styles)
    if chart.kind == "waterfall":
        _steps(sheet, first, chart, headings, styles, head)
    return Block(sheet.get_name(), first, last, headings, bool(links), own, lengths), last + 3


def _own_headings(chart: Chart) -> tuple[str, ...]:
    """Return the headings of the chart's series, each kept apart from the others and from the block's own columns."""
    if chart.kind == "tornado":
        return ("low", "high")
    names = [series.name for series in chart.series]
    return tuple(
        f"{name or 'series'} {index + 1}" if name in ("", *_RESERVED) or name in names[:index] else name
        for index, name in enumerate(names)
    )


def _columns(chart: Chart, own: Sequence[str]) -> Iterator[tuple[str, Sequence[str | float | None]]]:
    """Yield the columns of a chart of bars: its categories, then its series."""
    yield "names", [category.replace("\n", ", ") for category in chart.categories]
    if chart.kind == "tornado":
        for name, ends in zip(own, (chart.series[0].low, chart.series[0].high), strict=True):
            yield name, [None if end is None else end - chart.base for end in ends]
        return
    for name, series in zip(own, chart.series, strict=True):
        yield name, series.values
        if chart.kind == "bars" and series.low and series.high:
            for word, ends in ((BELOW, series.low), (ABOVE, series.high)):
                yield f"{name}{word}", [_gap(value, end) for value, end in zip(series.values, ends, strict=True)]
    if chart.limit is not None:
        yield "limit", [chart.limit] * len(chart.categories)


def _curves(chart: Chart, own: Sequence[str]) -> Iterator[tuple[str, Sequence[float]]]:
    """Yield abscissa and height of every curve, where it is marked, and the limit from end to end.

    A curve has points of its own: a column shared with others would have gaps, between which nothing is drawn.
    """
    lines = lines_of(chart)
    for name, line in zip(own, lines, strict=True):
        yield f"{name}{ALONG}", line.x
        yield name, line.y
        yield from _marked(name, line)
    if chart.limit is not None:
        ends = [x for line in lines for x in line.x] or [*chart.x]
        yield f"limit{ALONG}", [min(ends), max(ends)]
        yield "limit", [chart.limit, chart.limit]


def _marked(name: str, line: Line) -> Iterator[tuple[str, Sequence[float]]]:
    if line.mark is not None:
        yield f"{name}{AT}", [line.mark[0]]
        yield f"{name}{HERE}", [line.mark[1]]


def _gap(value: float | None, end: float | None) -> float | None:
    return None if value is None or end is None else abs(end - value)


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


def _all_links(
    chart: Chart, columns: Mapping[str, Sequence[str | float | None]], placed: Sequence[Place]
) -> dict[str, list[str]]:
    """Return formulas for every series, or for none: a chart of which a part follows would show what nobody has.

    Ranges about bars are in no table, so a chart with any stays as it was made; so do curves.
    """
    if chart.kind in ("lines", "tornado") or any(series.low and series.high for series in chart.series):
        return {}
    found = {heading: _links(chart, heading, values, placed) for heading, values in columns.items()}
    return found if all(found.values()) else {}


def _links(chart: Chart, heading: str, values: Sequence[str | float | None], placed: Sequence[Place]) -> list[str]:
    """Return formulas to the cells that hold these values, if one column of a table has them under the same names.

    The levels of a waterfall may be sums of other columns of that table instead; a series may be a row of a table that
    has its name, under the headings of the chart's categories.
    """
    if len(values) != len(chart.categories) or not values:
        return []
    whole = [category.replace("\n", ", ") for category in chart.categories]
    first = [category.partition("\n")[0].strip() for category in chart.categories]
    for place, names in ((place, names) for names in (whole, first) for place in placed):
        for index in _candidates(place, heading, alone=len(chart.series) == 1):
            cells = _cells_of(chart, place, index, names, values)
            if all(cells):
                return [f"='{place.sheet}'!{cell}" for cell in cells]
        cells = _cells_across(place, heading, names, values)
        if cells and all(cells):
            return [f"='{place.sheet}'!{cell}" for cell in cells]
    return []


def _candidates(place: Place, heading: str, *, alone: bool) -> list[int]:
    """Return the columns that may hold a series: those of its name, and for the only series of a chart any other."""
    columns = range(1, len(place.table.columns))
    named = [index for index in columns if split_heading(place.table.columns[index].heading)[0] == heading]
    return [*named, *(index for index in columns if index not in named)] if alone else named


def _cells_across(place: Place, series: str, names: Sequence[str], values: Sequence[str | float | None]) -> list[str]:
    """Return for each name the cell under it in the row of a series, or nothing where none holds its value."""
    rows, headings = _rows(place), [column.heading for column in place.table.columns]
    if series not in rows or any(headings.count(name) != 1 for name in names):
        return []
    columns = [headings.index(name) for name in names]
    held = [_held(place, rows[series], place.table.columns[column].key) for column in columns]
    return [
        cell_name(rows[series], column, fixed=True) if _same(value, there) else ""
        for column, value, there in zip(columns, values, held, strict=True)
    ]


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
    source, free = 1, len(headings)
    for offset, heading in enumerate(("level", "base", "total", "up", "down")):
        headings[heading] = free + offset
        sheet.write_string(head, free + offset, heading, styles("header"))
    for i, (value, level) in enumerate(zip(values, levels, strict=True)):
        row, total = first + i, i in chart.totals
        step, here = cell_name(row, source), cell_name(row, free)
        before = cell_name(row - 1, free) if i else "0"
        was = levels[i - 1] if i else 0.0
        cells = (
            (f"={step}" if total else f"={before}+{step}", level),
            ("=0", 0.0) if total else (f"=MIN({before},{here})", min(was, level)),
            (f"={step}" if total else "=0", value if total else 0.0),
            ("=0", 0.0) if total else (f"=MAX({step},0)", max(value, 0.0)),
            ("=0", 0.0) if total else (f"=MAX(-{step},0)", max(-value, 0.0)),
        )
        for offset, (text, number) in enumerate(cells):
            sheet.write_formula(row, free + offset, text, styles("cell"), number)


def _level(chart: Chart, values: Sequence[float], i: int, level: float) -> float:
    return values[i] if i in chart.totals else level + values[i]
