"""A report before it has a form: sections of text, tables, charts and scenes for HTML, XLSX and Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from thermal.views.chart.model import Chart
from thermal.views.scenes.model import Scene

__all__ = ["Block", "Cell", "Check", "Column", "Format", "Linked", "Report", "ReportTable", "Section", "Text"]

Format: TypeAlias = Literal["text", "integer", "number", "money", "percent"]


@dataclass(frozen=True, slots=True)
class Linked:
    """A number that a workbook works out itself.

    Parameters
    ----------
    value : float
        The number, as HTML and Markdown show it and as the workbook must come to.
    formula : str
        In the workbook's language without ``=``; ``{key}`` stands for the cell of that column in the same row and
        ``{name!}`` for a named cell of any table of the report: ``{quantity}*{unit_price}``, ``{total_a!}/{gpus_a!}``.
    """

    value: float
    formula: str


Cell: TypeAlias = str | float | int | Linked | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    key : str
        By which rows and formulas name it.
    heading : str
        With the unit in brackets where there is one.
    format : str
        How its numbers are shown; ``money`` in whole units of the table's currency unless `digits` says otherwise.
    digits : int
        Decimals.
    """

    key: str
    heading: str
    format: Format = "text"
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold of each number of a column; a workbook shows it red where it does not, and warns who types it.

    Parameters
    ----------
    key : str
        Of the column.
    formula : str
        In the workbook's language without ``=``: true where all is well. ``{key}`` stands for the cell of that column
        in the same row, ``{key:all}`` for all cells of that column.
    message : str
        What is wrong otherwise, in a sentence.
    """

    key: str
    formula: str
    message: str


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table: of a page a table, of a workbook a sheet.

    Parameters
    ----------
    name : str
        Short and unique in the report, of letters, digits and underscores: name of the sheet and of its range.
    title : str
        The caption.
    columns : sequence of Column
        From left to right; the first names the row.
    rows : sequence of mapping
        Cells by column key; an absent key is an empty cell.
    sums : sequence of str
        Keys of the columns that a last row adds up; empty for no such row.
    currency : str
        Of ``money`` columns.
    names : mapping of str to (int, str)
        Named cells: row (from 0; -1 is the row of sums) and column key.
    inputs : sequence of str
        Keys of columns a reader of the workbook is meant to change, such as unit prices.
    note : str
        Said beneath.
    checks : sequence of Check
        Of numbers that a reader's changes may make impossible.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Cell]]
    sums: Sequence[str] = ()
    currency: str = "USD"
    names: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    inputs: Sequence[str] = ()
    note: str = ""
    checks: Sequence[Check] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs of plain text; with `emphasis`, what a reader must not miss (``good``, ``warning``, ``bad``)."""

    paragraphs: Sequence[str]
    emphasis: Literal["", "good", "warning", "bad"] = ""


Block: TypeAlias = Text | ReportTable | Chart | Scene


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands beneath it."""

    heading: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Report:
    """A report of any form.

    Parameters
    ----------
    title, subtitle : str
        On top.
    sections : sequence of Section
        In reading order: the answer first.
    about : mapping of str to str
        What a record needs: version, date, racks, fidelity, command.
    """

    title: str
    subtitle: str
    sections: Sequence[Section]
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def tables(self) -> tuple[ReportTable, ...]:
        """All tables, in reading order."""
        return tuple(block for section in self.sections for block in section.blocks if isinstance(block, ReportTable))

    @property
    def charts(self) -> tuple[Chart, ...]:
        """All charts, in reading order."""
        return tuple(block for section in self.sections for block in section.blocks if isinstance(block, Chart))
