"""How cells of a workbook look: one place for fonts, colours and number formats."""

from __future__ import annotations

import textwrap
from typing import Any

from thermal.views.palette import GRID, INK, LIMIT, MUTED
from thermal.views.report import Column
from thermal.views.tables import SIGNS

__all__ = ["Styles", "lines", "number_format", "row_height"]

_LINE = 13.5  # points

INPUT = {"font_color": "#0000c8", "bg_color": "#fff7cc"}  # blue on yellow: the custom of financial models
_BANDS = {"good": "#e3f4ea", "warning": "#fff1d6", "bad": "#fde4e1", "": "#ffffff"}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16},
    "subtitle": {"font_color": MUTED, "font_size": 11},
    "heading": {"bold": True, "font_size": 13, "bottom": 2, "bottom_color": INK, "valign": "bottom"},
    "label": {"bold": True, "valign": "top"},
    "text": {"text_wrap": True, "valign": "top"},
    "note": {"font_color": MUTED, "italic": True, "text_wrap": True, "valign": "top"},
    "link": {"font_color": "#0b5cad", "underline": 1, "valign": "top"},
    "header": {"bold": True, "bg_color": INK, "font_color": "#ffffff", "text_wrap": True, "valign": "vcenter"},
    "cell": {"bottom": 1, "bottom_color": GRID, "valign": "top"},
    "sum": {"bold": True, "top": 1, "top_color": INK, "bottom": 6, "bottom_color": INK},
    "input": INPUT,
    "broken": {"font_color": "#ffffff", "bg_color": LIMIT, "bold": True},
    "wrapped": {"text_wrap": True},
    "inset": {"indent": 1, "align": "left"},
    "number": {"align": "right"},
    "left": {"align": "left"},
    **{f"band_{name}": {"bg_color": color} for name, color in _BANDS.items()},
}


class Styles:
    """Formats of one workbook, each made once.

    Parameters
    ----------
    workbook : xlsxwriter.Workbook
        The workbook they belong to.
    """

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[Any, ...], Any] = {}

    def __call__(self, *looks: str, num_format: str = "") -> Any:
        """Return the format of several looks laid over each other, with a number format."""
        key = (*looks, num_format)
        if key not in self._made:
            properties: dict[str, Any] = {"font_color": INK, "font_size": 10}
            for look in looks:
                properties |= _LOOKS[look]
            if num_format:
                properties["num_format"] = num_format
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]


def lines(text: str, width: float) -> int:
    """Return how many lines a text takes in a column as wide as that many digits; most letters are narrower."""
    room = max(1, int(width * 1.06))
    return sum(max(1, len(textwrap.wrap(part, room))) for part in text.split("\n")) if text else 1


def row_height(count: int) -> float:
    """Return the height of a row with that many lines [points]; spreadsheets differ in finding it themselves."""
    return max(15.0, 3.0 + _LINE * min(count, 29))  # no row may be higher than 409 points


def number_format(column: Column, currency: str = "USD") -> str:
    """Return the number format of a column.

    Examples
    --------
    >>> number_format(Column("share", "Share", "percent", 0)), number_format(Column("price", "Price", "money", 2))
    ('0%', '"$"#,##0.00;-"$"#,##0.00')
    """
    if column.format == "text":
        return "General"
    if column.format == "integer":
        return "#,##0"
    decimals = "." + "0" * column.digits if column.digits > 0 else ""
    if column.format == "percent":
        return f"0{decimals}%"
    if column.format == "money":
        digits = "#,##0" + (decimals if column.digits > 1 else "")  # no currency has one decimal
        if currency in SIGNS:
            sign = f'"{SIGNS[currency]}"'
            return f"{sign}{digits};-{sign}{digits}"
        return f'{digits}" {"".join(filter(str.isalnum, currency))}"'
    return f"#,##0{decimals}"
