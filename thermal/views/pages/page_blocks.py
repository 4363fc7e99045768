"""What the template of a page is given for each block of a report: finished texts, numbers and pictures."""

from __future__ import annotations

import base64
from typing import Any, TypeAlias

from thermal.errors import ThermalError
from thermal.views.chart.model import Chart
from thermal.views.chart.table import chart_table
from thermal.views.pages.cells import column_sum, plain_value, shown, split_heading
from thermal.views.report import Block, Cell, Column, ReportTable, Text
from thermal.views.scenes.model import Scene

__all__ = ["Shown", "block_view"]

Shown: TypeAlias = dict[str, Any]

STILL_SIZE = (1600, 1000)  # pixels of a scene's picture; prints at 230 dots per inch on A4
STILL_SIZE_OF_MANY = (1200, 750)  # pixels, so that the page stays small enough to send
MANY = 3  # scenes
UPRIGHT = 112  # characters of a row that fit on an upright sheet
LONG, MIDDLING = 48, 16  # characters of a cell that is not squeezed into less than a sensible width
WRAPPED = 24  # characters after which a cell is taken to wrap


def block_view(block: Block, identifier: str, *, scenes: int = 1) -> Shown:
    """Return what the template needs of a block: its ``kind``, and an id in the page where it is a picture.

    Pictures are smaller where the page has many `scenes`.
    """
    if isinstance(block, Text):
        return {"kind": "text", "paragraphs": list(block.paragraphs), "emphasis": block.emphasis}
    if isinstance(block, ReportTable):
        return _table(block)
    if isinstance(block, Chart):
        return _chart(block, identifier)
    return _scene(block, identifier, STILL_SIZE if scenes < MANY else STILL_SIZE_OF_MANY)


def _table(table: ReportTable) -> Shown:
    columns = [_heading(column) for column in table.columns]
    rows = [[_cell(row.get(column.key), column, table.currency) for column in table.columns] for row in table.rows]
    return {
        "kind": "table",
        "name": table.name,
        "title": table.title,
        "columns": columns,
        "rows": rows,
        "sums": _sums(table),
        "note": table.note,
        "wide": _width(table, rows) > UPRIGHT,
        "same": False,
    }


def _width(table: ReportTable, rows: list[list[Shown]]) -> int:
    """Return about how many characters wide a row is, with wrapped cells and the air between them."""
    width = 0
    for place, column in enumerate(table.columns):
        texts = [*column.heading.split(), *(row[place]["text"] for row in rows)]
        width += min(max(map(len, texts), default=0), WRAPPED) + 2
    return width


def _heading(column: Column) -> Shown:
    name, unit = split_heading(column.heading)
    return {"key": column.key, "name": name, "unit": unit, "numeric": column.format != "text"}


def _cell(cell: Cell, column: Column, currency: str) -> Shown:
    value = plain_value(cell)
    numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
    text = shown(cell, column, currency)
    return {
        "text": text,
        "value": repr(value) if numeric else None,  # the full number, as JSON has it
        "right": numeric or column.format != "text",
        "look": "long" if len(text) > LONG else "mid" if len(text) > MIDDLING else "",
    }


def _sums(table: ReportTable) -> list[Shown]:
    """Return the last row: the word and the sums of the columns that have one; empty without any."""
    if not table.sums:
        return []
    cells: list[Shown] = []
    for column in table.columns:
        if column.key in table.sums:
            cells.append(_cell(column_sum(table, column.key), column, table.currency))
        else:
            cells.append({"text": "", "value": None, "right": False, "look": ""})
    if table.columns[0].key not in table.sums:
        cells[0]["text"] = "Total"
    return cells


def _chart(chart: Chart, identifier: str) -> Shown:
    from thermal.views.chart.figure import figure
    from thermal.views.charts import svg

    still = base64.b64encode(svg(chart).encode()).decode()
    return {
        "kind": "chart",
        "id": identifier,
        "name": chart.name,
        "title": chart.title,
        "description": chart.description or chart.title,
        "note": chart.note,
        "still": f"data:image/svg+xml;base64,{still}",
        "json": _json(figure(chart, titled=False)),
        "numbers": _table(chart_table(chart)),
    }


def _scene(scene: Scene, identifier: str, size: tuple[int, int]) -> Shown:
    from thermal.views.picture import png_bytes, size_for
    from thermal.views.scenes.block import block

    missing = ""
    try:
        still = png_bytes(scene, size_for(scene, size))
    except ThermalError as error:  # nothing draws here; the reader's browser still can
        still, missing = None, str(error)
    return {
        "kind": "scene",
        "id": identifier,
        "title": scene.title,
        "subtitle": scene.subtitle,
        "figure": block(scene, identifier, still),
        "missing": missing,
    }


def _json(figure: Any) -> str:
    """Return a plotly figure as JSON that no text inside can end early, whatever element it stands in."""
    text: str = figure.to_json()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
