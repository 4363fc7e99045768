"""Where each table of a workbook stands: sheets, cells and names, and formulas written with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from thermal.views.report import Linked, ReportTable

__all__ = ["FIRST_ROW", "HEADER_ROW", "Place", "cell_name", "defined_name", "formula", "named_cells", "places"]

HEADER_ROW = 3
FIRST_ROW = HEADER_ROW + 1
_LONGEST_SHEET = 31
_REFERENCE = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*|[Cc][0-9]*|[Rr][0-9]*[Cc][0-9]*")
_HOLE = re.compile(r"\{([^{}!]+)(!?)\}")


@dataclass(frozen=True, slots=True)
class Place:
    """A table on its sheet.

    Parameters
    ----------
    table : ReportTable
        The table.
    sheet : str
        Name of its sheet, unique whatever the case.
    """

    table: ReportTable
    sheet: str

    @property
    def last_row(self) -> int:
        """Row of the last record, from 0; above `FIRST_ROW` by one when there is none."""
        return FIRST_ROW + len(self.table.rows) - 1

    def column(self, key: str) -> int:
        """Return the column of a key, from 0.

        Raises
        ------
        KeyError
            The table has no such column.
        """
        for index, column in enumerate(self.table.columns):
            if column.key == key:
                return index
        known = ", ".join(column.key for column in self.table.columns)
        message = f"table '{self.table.name}' has no column '{key}'; known: {known}"
        raise KeyError(message)

    def row(self, number: int) -> int:
        """Return the row of a record, or of the row of sums for -1, from 0.

        Raises
        ------
        KeyError
            The table has no such row.
        """
        records = len(self.table.rows)
        if number == -1 and self.table.sums:
            return FIRST_ROW + records
        if not 0 <= number < records:
            message = f"table '{self.table.name}' has no row {number}"
            raise KeyError(message)
        return FIRST_ROW + number

    def reference(self, row: int, column: int, last: int | None = None) -> str:
        """Return a fixed reference to a cell, or to the cells of a column down to row `last`, all from 0."""
        end = "" if last is None else ":" + cell_name(last, column, fixed=True)
        return f"'{self.sheet}'!{cell_name(row, column, fixed=True)}{end}"


def places(tables: Iterable[ReportTable], taken: Iterable[str]) -> tuple[Place, ...]:
    """Give each table a sheet whose name a workbook accepts and no other sheet has."""
    used = {name.casefold() for name in taken}
    out = []
    for table in tables:
        stem = re.sub(r"[\[\]:*?/\\']", "_", table.name)[:_LONGEST_SHEET].strip() or "table"
        name, number = stem, 1
        while name.casefold() in used:
            number += 1
            ending = f"_{number}"
            name = stem[: _LONGEST_SHEET - len(ending)] + ending
        used.add(name.casefold())
        out.append(Place(table, name))
    return tuple(out)


def cell_name(row: int, column: int, *, fixed: bool = False) -> str:
    """Return a cell as spreadsheets write it, row and column from 0.

    >>> cell_name(4, 2), cell_name(0, 27, fixed=True)
    ('C5', '$AB$1')
    """
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"${letters}${row + 1}" if fixed else f"{letters}{row + 1}"


def defined_name(*words: str) -> str:
    """Return a name that a workbook accepts: letters, digits and underscores, and not the look of a cell.

    >>> defined_name("bill", "unit price"), defined_name("gb300")
    ('bill_unit_price', 'gb300_')
    """
    name = re.sub(r"\W", "_", "_".join(words), flags=re.ASCII)[:200]
    name = name if re.match(r"[A-Za-z_]", name) else f"_{name}"
    return f"{name}_" if _REFERENCE.fullmatch(name) else name


def named_cells(placed: Sequence[Place]) -> dict[str, str]:
    """Return the cells that tables name, by defined name.

    Raises
    ------
    KeyError
        Two cells have one name, or a name stands for no cell.
    """
    out: dict[str, str] = {}
    for place in placed:
        for name, (row, key) in place.table.names.items():
            if name.casefold() in {known.casefold() for known in out}:
                message = f"two cells of the report are named '{name}'"
                raise KeyError(message)
            out[name] = place.reference(place.row(row), place.column(key))
    return {defined_name(name): cell for name, cell in out.items()}


def formula(linked: Linked, place: Place, row: int, names: Mapping[str, str]) -> str:
    """Return the formula of a cell in the given row (from 0) of its sheet.

    Raises
    ------
    KeyError
        It mentions a column or a name that is not there.
    """

    def fill(hole: re.Match[str]) -> str:
        word, mark = hole.groups()
        if not mark:
            return cell_name(row, place.column(word))
        name = defined_name(word)
        if name not in names:
            message = f"table '{place.table.name}': a formula mentions '{word}', which no table names"
            raise KeyError(message)
        return name

    return "=" + _HOLE.sub(fill, linked.formula)
