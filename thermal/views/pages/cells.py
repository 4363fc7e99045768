"""How one cell of a report's table reads, the same in every form of report."""

from __future__ import annotations

import math

from thermal.views.report import Cell, Column, Linked, ReportTable
from thermal.views.tables import SIGNS, money, number

__all__ = ["column_sum", "plain_value", "shown", "split_heading"]

EMPTY = "–"


def plain_value(cell: Cell) -> str | float | int | None:
    """Return what a cell holds: a linked number's value, and None for a number that is not finite."""
    value = cell.value if isinstance(cell, Linked) else cell
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def shown(cell: Cell, column: Column, currency: str = "USD") -> str:
    """Return the text of a cell.

    Parameters
    ----------
    cell : Cell
        Percentages as fractions: 0.25 reads 25 %.
    column : Column
        Its form and count of decimals.
    currency : str
        Of money.

    Returns
    -------
    str
        – for a number that is not known.

    Examples
    --------
    >>> shown(0.256, Column("share", "Share", "percent", 0)), shown(45.5, Column("unit", "Unit", "money", 2))
    ('26 %', '$45.50')
    """
    value = plain_value(cell)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "":
        return EMPTY
    if isinstance(value, str):
        return value
    if column.format == "money":
        return _money(float(value), column.digits, currency)
    if column.format == "percent":
        return f"{number(100 * value, column.digits)} %"
    count = column.format == "integer" or (column.format == "text" and isinstance(value, int))
    return number(value, 0 if count and float(value).is_integer() else column.digits)


def column_sum(table: ReportTable, key: str) -> float:
    """Return the sum of a column's numbers, correctly rounded; what is no number counts nothing."""
    values = (plain_value(row.get(key)) for row in table.rows)
    return math.fsum(value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool))


def split_heading(heading: str) -> tuple[str, str]:
    """Return a heading's name and its unit, which stands in brackets at its end.

    >>> split_heading("Flow [L/min]"), split_heading("Device")
    (('Flow', 'L/min'), ('Device', ''))
    """
    name, bracket, unit = heading.rpartition(" [")
    return (name, unit[:-1]) if bracket and unit.endswith("]") else (heading, "")


def _money(amount: float, digits: int, currency: str) -> str:
    """Whole units for one decimal and less, which no currency has; else that many decimals."""
    if digits < 2:
        return money(amount, currency)
    text = number(abs(amount), digits)
    sign = "−" if round(amount, digits) < 0 else ""
    return f"{sign}{SIGNS[currency]}{text}" if currency in SIGNS else f"{sign}{text} {currency}"
