"""The sheets of a workbook that hold words: the summary with its contents, and everything to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from thermal.views.chart.model import Chart
from thermal.views.pages.cells import column_sum
from thermal.views.report import Linked, Report, ReportTable, Section, Text
from thermal.views.workbook.places import Place
from thermal.views.workbook.styles import Styles, lines, number_format, row_height

__all__ = ["Entry", "reading_sheet", "summary_sheet"]

_LABEL_WIDTH, _TEXT_WIDTH = 30, 110


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents: a sheet and what it holds."""

    sheet: str
    title: str


def summary_sheet(
    sheet: Any, report: Report, entries: Sequence[Entry], styles: Styles, placed: Sequence[Place] = ()
) -> None:
    """Fill the first sheet: title, what must not be missed, key figures, contents with links, how to use it, record.

    Parameters
    ----------
    sheet : xlsxwriter.worksheet.Worksheet
        An empty sheet.
    report : Report
        What it sums up.
    entries : sequence of Entry
        The contents.
    styles : Styles
        Of the workbook.
    placed : sequence of Place
        The tables: where a reader may change numbers, their sums are shown as formulas that follow.
    """
    _prepare(sheet)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, report.title, styles("title"))
    sheet.write_string(1, 0, report.subtitle, styles("subtitle"))
    row = _texts(sheet, 3, report.sections[:1], styles, plain=True)
    row = _texts(sheet, row, report.sections[1:], styles, plain=False)
    if any(table.inputs for table in report.tables):
        row = _key_figures(sheet, _frozen(sheet, row, report, styles), placed, styles)
    row = _heading(sheet, row + 1, "Contents", styles)
    for entry in entries:
        sheet.write_url(row, 0, f"internal:'{entry.sheet}'!A1", styles("link"), entry.sheet)
        _words(sheet, row, entry.title, styles("text"))
        row += 1
    if any(table.inputs for table in report.tables):
        row = _heading(sheet, row + 1, "How to use it", styles)
        sheet.write_string(row, 0, "Change these", styles("input", "label"))
        _words(
            sheet,
            row,
            "Blue figures on yellow are inputs, such as unit prices. Amounts, sums and what follows from them are "
            "formulas and change with them. What was simulated (temperatures, flows, powers) does not.",
            styles("text"),
        )
        row += 1
    row = _heading(sheet, row + 1, "About", styles) if report.about else row
    for label, text in report.about.items():
        sheet.write_string(row, 0, label, styles("label"))
        _words(sheet, row, text, styles("text"))
        row += 1


def _frozen(sheet: Any, row: int, report: Report, styles: Styles) -> int:
    """Say that sentences do not follow what a reader changes; return the next row."""
    date = f", {report.about['date']}" if report.about.get("date") else ""
    text = (
        f"The sentences above are as of the report{date}: their amounts do not follow what you change. "
        "The key figures below do, and so do the sheets."
    )
    _words(sheet, row, text, styles("note"))
    return row + 1


def _key_figures(sheet: Any, row: int, placed: Sequence[Place], styles: Styles) -> int:
    """Write the sums of money that follow the inputs, each a formula; return the next row."""
    sums = [(place, key) for place in placed for key in _live_sums(place.table)]
    row = _heading(sheet, row + 1, "Key figures", styles) if sums else row
    for place, key in sums:
        column = next(column for column in place.table.columns if column.key == key)
        money = styles("text", "left", num_format=number_format(column, place.table.currency))
        label = f"{place.table.title}: {column.heading.partition(' [')[0]}"
        cell = place.reference(place.row(-1), place.column(key))
        sheet.write_string(row, 0, label, styles("label", "wrapped"))
        sheet.write_formula(row, 1, f"={cell}", money, column_sum(place.table, key))
        sheet.set_row(row, row_height(lines(label, _LABEL_WIDTH)))
        row += 1
    return row


def _live_sums(table: ReportTable) -> list[str]:
    """Return the sums of money that follow inputs: those that have names, else all whose column has formulas."""
    named = [key for number, key in table.names.values() if number == -1]
    sums = {column.key for column in table.columns if column.format == "money"} & set(table.sums)
    return [
        key
        for key in table.sums
        if key in sums and (key in named or not named) and any(isinstance(row.get(key), Linked) for row in table.rows)
    ]


def reading_sheet(sheet: Any, report: Report, where: dict[str, str], styles: Styles) -> None:
    """Fill the sheet with all the text of the report in its order; `where` gives each table's sheet by name."""
    _prepare(sheet)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, report.title, styles("title"))
    row = 2
    for section in report.sections:
        row = _heading(sheet, row, section.heading, styles)
        for block in section.blocks:
            if isinstance(block, Text):
                row = _paragraphs(sheet, row, block, "", styles)
            elif isinstance(block, ReportTable):
                target = where[block.name]
                sheet.write_url(row, 0, f"internal:'{target}'!A1", styles("link"), f"→ {target}")
                _words(sheet, row, ". ".join(filter(None, (block.title, block.note))), styles("text"))
                row += 1
            elif isinstance(block, Chart):
                sheet.write_string(row, 0, "chart", styles("note"))
                words = (block.title, block.description, block.note)
                _words(sheet, row, ". ".join(word.rstrip(".") for word in words if word), styles("text"))
                row += 1
            else:
                sheet.write_string(row, 0, "picture", styles("note"))
                words = (block.title, block.subtitle, block.description)
                _words(sheet, row, ". ".join(word.rstrip(".") for word in words if word), styles("text"))
                row += 1
        row += 1


def _words(sheet: Any, row: int, text: str, style: Any) -> None:
    """Write a text in the wide column, its row as high as it needs."""
    sheet.write_string(row, 1, text[:32_767], style)
    sheet.set_row(row, row_height(lines(text, _TEXT_WIDTH)))


def _prepare(sheet: Any) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, 1, _TEXT_WIDTH)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RPage &P of &N")


def _heading(sheet: Any, row: int, text: str, styles: Styles) -> int:
    sheet.set_row(row, 22)
    sheet.write_string(row, 0, text, styles("heading"))
    sheet.write_blank(row, 1, None, styles("heading"))
    return row + 1


def _texts(sheet: Any, row: int, sections: Sequence[Section], styles: Styles, *, plain: bool) -> int:
    """Write the texts of sections that are emphasised, with `plain` the others too; return the next row."""
    for section in sections:
        blocks = [block for block in section.blocks if isinstance(block, Text) and (plain or block.emphasis)]
        for number, block in enumerate(blocks):
            row = _paragraphs(sheet, row, block, "" if number else section.heading, styles)
    return row


def _paragraphs(sheet: Any, row: int, text: Text, label: str, styles: Styles) -> int:
    """Write paragraphs below each other, coloured by what they mean; return the next row."""
    band = f"band_{text.emphasis}"
    for number, paragraph in enumerate(text.paragraphs):
        sheet.write_string(row, 0, "" if number else label, styles("label", band))
        _words(sheet, row, paragraph, styles("text", band))
        row += 1
    return row
