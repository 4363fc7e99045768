"""A report as Markdown with GitHub's tables, its charts and scenes as pictures in a folder beside it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from thermal.errors import InputError, Problem, ThermalError
from thermal.views.chart.model import Chart
from thermal.views.chart.table import chart_table
from thermal.views.pages.cells import column_sum, shown
from thermal.views.pages.markdown_text import cell_text, plain_text
from thermal.views.report import Block, Report, ReportTable, Text
from thermal.views.scenes.model import Scene

__all__ = ["text", "write"]

WORDS = {"good": "Good", "warning": "Caution", "bad": "Problem"}
PICTURE_SIZE = (1600, 1000)

Pictures = Mapping[int, str]  # link of each chart and scene by its place among them


def text(report: Report, pictures: Pictures | None = None) -> str:
    """Return a report as Markdown; a chart or scene without a picture is told by its description and numbers.

    Parameters
    ----------
    report : Report
        In reading order.
    pictures : mapping of int to str, optional
        Links to the pictures of the report's charts and scenes, numbered from 0 in reading order.
    """
    links = pictures or {}
    lines = [f"# {plain_text(report.title)}"]
    if report.subtitle:
        lines.append(plain_text(report.subtitle))
    place = 0
    for section in report.sections:
        lines.append(f"## {plain_text(section.heading)}")
        for block in section.blocks:
            lines.append(_block(block, links.get(place, "")))
            place += isinstance(block, (Chart, Scene))
    if report.about:
        rows = "\n".join(f"| {cell_text(name)} | {cell_text(value)} |" for name, value in report.about.items())
        lines.append(f"## About this report\n\n| Record | |\n| --- | --- |\n{rows}")
    return "\n\n".join(line for line in lines if line) + "\n"


def write(report: Report, file: str | Path) -> None:
    """Write a report, and its pictures into the folder ``<stem>_files`` beside it where it has any.

    The file is written last, so that none ever links to a picture that is not there.

    Raises
    ------
    InputError
        When the file or the folder cannot be written.
    """
    from thermal.results.whole_file import check_file, write_whole

    target = check_file(file, "--report")
    pictures = _pictures(report, target.parent / f"{target.stem}_files")
    content = text(report, pictures)

    def fill(out: TextIO) -> None:
        out.write(content)

    write_whole(target, "--report", fill)


def _block(block: Block, link: str) -> str:
    if isinstance(block, Text):
        return _text(block)
    if isinstance(block, ReportTable):
        return _table(block)
    if isinstance(block, Chart):
        picture = _picture(block.description or block.title, link)
        numbers = "" if link else _table(chart_table(block))
        parts = [
            f"**{plain_text(block.title)}**",
            picture,
            plain_text(block.description),
            plain_text(block.note),
            numbers,
        ]
    else:
        picture = _picture(block.description or block.title, link)
        parts = [f"**{plain_text(block.title)}**", picture, plain_text(block.subtitle), plain_text(block.description)]
    return "\n\n".join(part for part in parts if part)


def _text(block: Text) -> str:
    paragraphs = [plain_text(paragraph) for paragraph in block.paragraphs]
    if not block.emphasis:
        return "\n\n".join(paragraphs)
    paragraphs[:1] = [f"**{WORDS[block.emphasis]}:** {first}" for first in paragraphs[:1]]
    return "\n>\n".join(f"> {paragraph}" for paragraph in paragraphs)


def _table(table: ReportTable) -> str:
    headings = [cell_text(column.heading) for column in table.columns]
    rules = ["---" if column.format == "text" else "---:" for column in table.columns]
    rows = [[shown(row.get(column.key), column, table.currency) for column in table.columns] for row in table.rows]
    lines = [headings, rules, *([cell_text(cell) for cell in row] for row in rows)]
    if table.sums:
        lines.append(_sums(table))
    body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return "\n\n".join(part for part in (f"**{plain_text(table.title)}**", body, plain_text(table.note)) if part)


def _sums(table: ReportTable) -> list[str]:
    cells = [
        f"**{cell_text(shown(column_sum(table, column.key), column, table.currency))}**"
        if column.key in table.sums
        else ""
        for column in table.columns
    ]
    if not cells[0]:
        cells[0] = "**Total**"
    return cells


def _picture(description: str, link: str) -> str:
    return f"![{cell_text(description)}]({link})" if link else ""


def _pictures(report: Report, folder: Path) -> dict[int, str]:
    """Draw every chart and scene into the folder; return their links, without those that cannot be drawn here."""
    drawn = [block for section in report.sections for block in section.blocks if isinstance(block, (Chart, Scene))]
    links: dict[int, str] = {}
    if not drawn:
        return links
    try:
        with tempfile.TemporaryDirectory(prefix=f".{folder.name[:100]}-", dir=folder.parent) as draft:
            for place, block in enumerate(drawn):
                if name := _draw(block, place, Path(draft)):
                    links[place] = f"{quote(folder.name)}/{quote(name)}"
            folder.mkdir(exist_ok=True)
            for picture in Path(draft).iterdir():
                picture.replace(folder / picture.name)
    except OSError as error:
        problem = Problem(str(folder), 0, 0, "--report", f"could not be written ({error})", "choose another file")
        raise InputError([problem]) from error
    return links


def _draw(block: Chart | Scene, place: int, folder: Path) -> str:
    """Draw into the folder and return the picture's name; empty where a scene cannot be drawn."""
    if isinstance(block, Chart):
        from thermal.views.charts import chart_files

        return chart_files(block, folder)[0].name
    from thermal.views.picture import png_bytes

    try:
        content = png_bytes(block, PICTURE_SIZE)
    except ThermalError:  # nothing draws here
        return ""
    name = f"scene_{place + 1}.png"
    (folder / name).write_bytes(content)
    return name
