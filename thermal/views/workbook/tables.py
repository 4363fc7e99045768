"""A sheet for each table of a report: title, frozen header, live cells, sums, note."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from thermal.views.pages.cells import column_sum, plain_value, shown
from thermal.views.report import Cell, Column, Linked
from thermal.views.workbook.checks import write_checks
from thermal.views.workbook.places import FIRST_ROW, HEADER_ROW, Place, cell_name, defined_name, formula
from thermal.views.workbook.styles import Styles, lines, number_format, row_height

__all__ = ["column_names", "table_sheet"]

_WIDEST = 70  # characters; longer text is wrapped
_NARROWEST = 9
_SHORT = 11  # characters of a heading that stay on one line
_ROWS_FOR_FILTER = 8


def table_sheet(sheet: Any, place: Place, styles: Styles, names: Mapping[str, str], contents: str) -> None:
    """Fill the sheet of one table.

    Parameters
    ----------
    sheet : xlsxwriter.worksheet.Worksheet
        An empty sheet.
    place : Place
        The table and where it stands.
    styles : Styles
        Of the workbook.
    names : mapping of str to str
        Cells by defined name, which formulas may use.
    contents : str
        Name of the sheet that leads back.
    """
    table = place.table
    widths = [_width(place, column) for column in table.columns]
    widths[0] += max(0.0, min(1.5 * len(table.title), 80.0) - sum(widths))  # on paper a title ends with its table
    sheet.hide_gridlines(2)
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, table.title, styles("title"))
    sheet.write_url(1, 0, f"internal:'{contents}'!A1", styles("link"), f"← {contents}")
    sheet.set_row(HEADER_ROW, row_height(max(map(lines, (column.heading for column in table.columns), widths))) + 4)
    for index, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        sheet.set_column(index, index, width)
        sheet.write_string(HEADER_ROW, index, column.heading, styles("header", *_aligned(column, index)))
    for number, record in enumerate(table.rows):
        _record(sheet, FIRST_ROW + number, record, place, styles, names, widths)
    if table.sums:
        _sums(sheet, place, styles)
    _set_up(sheet, place)
    write_checks(sheet, place, styles)
    said = " ".join(filter(None, (table.note, *(f"Red: {check.message}" for check in table.checks))))
    if said:
        end = place.last_row + (3 if table.sums else 2)
        _across(sheet, end, widths, said, styles("note"))


def column_names(place: Place) -> dict[str, str]:
    """Return a defined name for each column of numbers, and one for the whole table with its header."""
    table, last = place.table, max(place.last_row, FIRST_ROW)
    end = cell_name(last, len(table.columns) - 1, fixed=True)
    out = {defined_name(table.name): f"{place.reference(HEADER_ROW, 0)}:{end}"}
    for index, column in enumerate(table.columns):
        if column.format != "text":
            out[defined_name(table.name, column.key)] = place.reference(FIRST_ROW, index, last)
    return out


def _record(
    sheet: Any,
    row: int,
    record: Mapping[str, Cell],
    place: Place,
    styles: Styles,
    names: Mapping[str, str],
    widths: Sequence[float],
) -> None:
    """Write one row, as high as its longest text needs."""
    most = 1
    for index, (column, width) in enumerate(zip(place.table.columns, widths, strict=True)):
        cell = record.get(column.key)
        _write(sheet, row, index, cell, _style(styles, place, index, cell), place, names)
        if isinstance(cell, str) and column.format == "text":
            most = max(most, lines(cell, width))
    if most > 1:
        sheet.set_row(row, row_height(most))


def _aligned(column: Column, index: int) -> list[str]:
    """Return the looks by which numbers stand right, and text clear of the numbers before it."""
    if column.format != "text":
        return ["number"]
    return ["inset"] if index else []


def _write(sheet: Any, row: int, column: int, cell: Cell, style: Any, place: Place, names: Mapping[str, str]) -> None:
    """Write one cell; text is text whatever it looks like, and a number that is not finite leaves it empty."""
    value = plain_value(cell)
    if isinstance(cell, Linked):
        sheet.write_formula(row, column, formula(cell, place, row, names), style, "" if value is None else value)
    elif value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        sheet.write_string(row, column, "yes" if value else "no", style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value[:32_767], style)
    else:
        sheet.write_number(row, column, value, style)


def _style(styles: Styles, place: Place, index: int, cell: Cell) -> Any:
    """Return the format of a cell; inputs are what a reader may change, never a formula."""
    column = place.table.columns[index]
    looks = ["cell", *_aligned(column, index), *(["wrapped"] if column.format == "text" else [])]
    if column.key in place.table.inputs and not isinstance(cell, Linked) and plain_value(cell) is not None:
        looks.append("input")
    return styles(*looks, num_format=_number_format(column, plain_value(cell), place.table.currency))


def _number_format(column: Column, value: str | float | int | None, currency: str) -> str:
    """Return the format of a cell: its column's, unless the number would then be shown wrong."""
    if isinstance(value, str | bool) or value is None:
        return number_format(column, currency)
    whole = float(value).is_integer()
    if column.format == "integer" and not whole:  # a share of a unit among counts
        return number_format(replace(column, format="number"), currency)
    if column.format == "number" and isinstance(value, int):  # a count among decimals
        return "#,##0"
    if column.format == "number" and _needs_power(value, column.digits):
        return "0.00E+00"
    return number_format(column, currency)


def _needs_power(value: float, digits: int) -> bool:
    """Whether a number would show as zeros only, or be too long to read."""
    return value != 0.0 and (abs(value) < 0.5 * 10.0**-digits or abs(value) >= 1e10)


def _sums(sheet: Any, place: Place, styles: Styles) -> None:
    """Write the row of sums; a sum over no record is zero."""
    table, row = place.table, place.last_row + 1
    for index, column in enumerate(table.columns):
        num_format = number_format(column, table.currency)
        if column.key in table.sums:
            ends = cell_name(FIRST_ROW, index), cell_name(place.last_row, index)
            text = f"=SUM({ends[0]}:{ends[1]})" if table.rows else "=0"
            style = styles("cell", "sum", "number", num_format=num_format)
            sheet.write_formula(row, index, text, style, column_sum(table, column.key))
        elif index == 0:
            sheet.write_string(row, index, "Total", styles("cell", "sum"))
        else:
            sheet.write_blank(row, index, None, styles("cell", "sum"))


def _set_up(sheet: Any, place: Place) -> None:
    """Freeze the header and the first column, let long tables be filtered, and fit the width on paper."""
    columns = len(place.table.columns)
    sheet.freeze_panes(FIRST_ROW, 1)
    if len(place.table.rows) >= _ROWS_FOR_FILTER:
        sheet.autofilter(HEADER_ROW, 0, place.last_row, columns - 1)
    sheet.repeat_rows(HEADER_ROW)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RPage &P of &N")


def _width(place: Place, column: Column) -> float:
    """Return a width in characters that shows the longest cell, or the longest word of the heading."""
    texts = [shown(row.get(column.key), column, place.table.currency) for row in place.table.rows]
    if column.key in place.table.sums:
        texts.append(shown(column_sum(place.table, column.key), column, place.table.currency))
    cells = max(map(len, texts), default=0) + (1 if column.format == "text" else 0)
    parts = column.heading.replace(" [", "\n[").split("\n")  # the unit may stand below the name
    halves = [len(part) if len(part) <= _SHORT else math.ceil(len(part) / 2) + 2 for part in parts]
    heading = max(*map(len, column.heading.split()), *halves)
    return float(min(_WIDEST, max(_NARROWEST, cells + 2, heading + 3)))


def _across(sheet: Any, row: int, widths: list[float], text: str, style: Any) -> None:
    """Write a text over the columns that are at most as wide as a line is easy to read."""
    last, width = 0, widths[0]
    while last + 1 < len(widths) and width < 100:
        last += 1
        width += widths[last]
    if last:
        sheet.merge_range(row, 0, row, last, "", style)
    sheet.write_string(row, 0, text, style)
    sheet.set_row(row, row_height(lines(text, width)))
