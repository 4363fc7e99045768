"""What must hold of a workbook's numbers: cells that turn red, and a warning to who types into them."""

from __future__ import annotations

import re
from typing import Any

from thermal.views.pages.cells import plain_value
from thermal.views.report import Check, Linked
from thermal.views.workbook.places import FIRST_ROW, Place, cell_name
from thermal.views.workbook.styles import Styles

__all__ = ["check_formula", "write_checks"]

_HOLE = re.compile(r"\{([^{}:]+)(:all)?\}")
_TITLE, _MESSAGE = 32, 255  # characters that a spreadsheet shows


def write_checks(sheet: Any, place: Place, styles: Styles) -> None:
    """Let the numbers that break a check of the table stand in red, and warn who types one into an input."""
    for check in place.table.checks if place.table.rows else ():
        column = place.column(check.key)
        wrong = f"=NOT({check_formula(check, place, FIRST_ROW)})"
        options = {"type": "formula", "criteria": wrong, "format": styles("broken")}
        sheet.conditional_format(FIRST_ROW, column, place.last_row, column, options)
        for number, record in enumerate(place.table.rows):
            cell = record.get(check.key)
            if check.key in place.table.inputs and not isinstance(cell, Linked) and plain_value(cell) is not None:
                row = FIRST_ROW + number
                warning = {
                    "validate": "custom",
                    "value": f"={check_formula(check, place, row)}",
                    "error_type": "warning",
                    "error_title": "This cannot be"[:_TITLE],
                    "error_message": check.message[:_MESSAGE],
                }
                sheet.data_validation(row, column, row, column, warning)


def check_formula(check: Check, place: Place, row: int) -> str:
    """Return the condition for the cell in a row of the sheet, from 0; of the first, a spreadsheet moves it down.

    Raises
    ------
    KeyError
        It mentions a column that is not there.
    """

    def fill(hole: re.Match[str]) -> str:
        key, whole = hole.groups()
        column = place.column(key)
        if whole:
            return f"{cell_name(FIRST_ROW, column, fixed=True)}:{cell_name(place.last_row, column, fixed=True)}"
        return f"${cell_name(row, column)}"

    return _HOLE.sub(fill, check.formula)
