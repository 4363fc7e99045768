"""A report as a workbook: a sheet for each table with live formulas, charts of its own, everything linked."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from thermal.results.whole_file import written_file
from thermal.views.chart.check import check_chart
from thermal.views.chart.model import Chart
from thermal.views.report import Report
from thermal.views.workbook.chart_data import data_block
from thermal.views.workbook.charts import native_chart
from thermal.views.workbook.pictures import pictures_sheet, scenes_of
from thermal.views.workbook.places import Place, named_cells, places
from thermal.views.workbook.styles import Styles
from thermal.views.workbook.tables import column_names, table_sheet
from thermal.views.workbook.text import Entry, reading_sheet, summary_sheet

__all__ = ["content", "write"]

SUMMARY, PICTURES, CHARTS, READING, DATA = "Summary", "Pictures", "Charts", "Read me", "Chart data"
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_ROW = 20  # pixels
_PAGE = 50  # rows on a sheet of paper


def write(report: Report, file: str | Path) -> None:
    """Write a report as a workbook, whole or not at all.

    Parameters
    ----------
    report : Report
        What it shows.
    file : str or Path
        The target, ending in ``.xlsx``.

    Raises
    ------
    InputError
        The file cannot be written.
    KeyError
        A formula of the report mentions what is not there.
    ValueError
        A chart cannot be drawn as it says.
    """
    made = content(report)
    with written_file(file, "--report") as draft:
        draft.write_bytes(made)


def content(report: Report) -> bytes:
    """Return the bytes of the workbook.

    The first sheet sums up and leads to the others; each table has a sheet whose name is the table's, and so are the
    names of its columns (``bill_amount``) and of the cells the report names (``total_gb300``). Text never becomes a
    formula or a link.

    Raises
    ------
    KeyError
        A formula of the report mentions what is not there.
    ValueError
        A chart cannot be drawn as it says.
    """
    import xlsxwriter

    for chart in report.charts:
        check_chart(chart)
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, _OPTIONS)
    workbook.set_properties({"title": report.title, "subject": report.subtitle})
    workbook.set_calc_mode("auto")
    _fill(workbook, report)
    workbook.close()
    return buffer.getvalue()


def _fill(workbook: Any, report: Report) -> None:
    """Make the sheets in the order in which they stand, then fill them."""
    styles = Styles(workbook)
    placed = places(report.tables, (SUMMARY, PICTURES, CHARTS, READING, DATA, "History"))  # Excel keeps the last
    names = named_cells(placed)
    summary = workbook.add_worksheet(SUMMARY)
    scenes = scenes_of(report)
    if scenes:
        pictures_sheet(workbook.add_worksheet(PICTURES), scenes, styles, SUMMARY)
    charts = workbook.add_worksheet(CHARTS) if report.charts else None
    for place in placed:
        table_sheet(workbook.add_worksheet(place.sheet), place, styles, names, SUMMARY)
    reading = workbook.add_worksheet(READING)
    if charts is not None:
        _charts(workbook, charts, workbook.add_worksheet(DATA), report, placed, styles)
    for name, cells in _all_names(placed, names).items():
        workbook.define_name(name, f"={cells}")
    summary_sheet(summary, report, _entries(report, placed), styles, placed)
    reading_sheet(reading, report, {place.table.name: place.sheet for place in placed}, styles)
    summary.activate()


def _all_names(placed: tuple[Place, ...], names: dict[str, str]) -> dict[str, str]:
    """Return the names of cells and of columns; where two are alike the cell keeps it."""
    out = dict(names)
    known = {name.casefold() for name in out}
    for place in placed:
        for name, cells in column_names(place).items():
            if name.casefold() not in known:
                known.add(name.casefold())
                out[name] = cells
    return out


def _entries(report: Report, placed: tuple[Place, ...]) -> list[Entry]:
    """Return the contents."""
    count = len(report.charts)
    charts = [Entry(CHARTS, f"{count} chart{'s' if count > 1 else ''} of the numbers below")] if count else []
    pictures = [Entry(PICTURES, "; ".join(scene.title for scene in scenes))] if (scenes := scenes_of(report)) else []
    tables = [Entry(place.sheet, place.table.title) for place in placed]
    data = [Entry(DATA, "the numbers behind the charts")] if report.charts else []
    return [*pictures, *charts, *tables, Entry(READING, "the text of the report in its order"), *data]


def _charts(workbook: Any, sheet: Any, data: Any, report: Report, placed: tuple[Place, ...], styles: Styles) -> None:
    """Draw all charts below each other, each from its cells on the sheet of data."""
    for each, width in ((sheet, 12), (data, 22)):
        each.hide_gridlines(2)
        each.set_column(0, 12, width)
    data.set_column(0, 0, 40)
    data.fit_to_pages(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_print_scale(64)  # two charts on a page, with room for wider letters than a spreadsheet's own
    sheet.write_string(0, 0, "Charts", styles("title"))
    sheet.write_url(1, 0, f"internal:'{SUMMARY}'!A1", styles("link"), f"← {SUMMARY}")
    row, free, page = 3, 0, 0
    breaks = []
    for chart in report.charts:
        block, free = data_block(data, free, chart, placed, styles)
        made, height = native_chart(workbook, chart, block)
        rows = height // _ROW + 3
        if row + rows - page > _PAGE:
            breaks.append(row)
            page = row
        sheet.insert_chart(row, 0, made, {"description": chart.description or chart.title, "object_position": 2})
        sheet.write_string(row + rows - 2, 0, _below(report, chart, live=block.live), styles("subtitle"))
        row += rows
    sheet.set_h_pagebreaks(breaks)


def _below(report: Report, chart: Chart, *, live: bool) -> str:
    """Say beneath a chart what its report says, and whether it follows the tables where a reader may change them."""
    follows = "Follows the tables of this workbook." if live else ""
    if not live and any(table.inputs for table in report.tables):
        follows = "Shows the numbers of the report; does not follow changes."
    return " ".join(filter(None, (chart.note, follows)))
