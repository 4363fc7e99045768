"""LibreOffice works out what the workbook says it will: every formula, from cells without stored results."""

from __future__ import annotations

import importlib.util
import math
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pytest

from thermal.views import xlsx
from thermal.views.pages.cells import column_sum
from thermal.views.report import Linked, Report, Section

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed: nothing recalculates workbooks")

Change = Callable[[Any], None]
Recalculated = Callable[..., Any]


@pytest.fixture(scope="module")
def shared() -> ModuleType:
    spec = importlib.util.spec_from_file_location("workbook_report", Path(__file__).with_name("workbook_report.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def recalculated(tmp_path: Path) -> Recalculated:
    """Write a report, change the workbook, and return its values as LibreOffice works them out.

    What openpyxl saves holds formulas without results, so that none of ours can be read back.
    """

    def run(report: Report, change: Change = lambda _book: None) -> Any:
        assert OFFICE is not None
        written, bare, out = tmp_path / "ours.xlsx", tmp_path / "bare" / "report.xlsx", tmp_path / "out"
        xlsx.write(report, written)
        book = openpyxl.load_workbook(written)
        change(book)
        bare.parent.mkdir()
        book.save(bare)
        without = openpyxl.load_workbook(bare, data_only=True)
        assert without["bill_gb300"]["F5"].value is None, "no stored result is left"
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        command = [OFFICE, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(bare)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert (out / bare.name).is_file(), done.stdout + done.stderr
        return openpyxl.load_workbook(out / bare.name, data_only=True)

    return run


def differences(report: Report, book: Any) -> list[str]:
    """Return the cells in which the workbook comes to other numbers than ours."""
    wrong = []
    for table in report.tables:
        sheet = book[table.name]
        for row, record in enumerate(table.rows, start=5):
            for number, column in enumerate(table.columns, start=1):
                cell, there = record.get(column.key), sheet.cell(row, number).value
                if isinstance(cell, Linked) and not _agree(there, cell.value):
                    wrong.append(f"{table.name}!{sheet.cell(row, number).coordinate}: {there!r}, not {cell.value!r}")
        for key in table.sums:
            number = next(index for index, column in enumerate(table.columns, start=1) if column.key == key)
            there = sheet.cell(5 + len(table.rows), number).value
            if not _agree(there, column_sum(table, key)):
                wrong.append(f"{table.name}: sum of {key} is {there!r}")
    return wrong


def _agree(there: object, ours: float) -> bool:
    return isinstance(there, int | float) and math.isclose(there, ours, rel_tol=1e-12)


def test_every_formula_comes_to_our_number(shared: ModuleType, recalculated: Recalculated) -> None:
    report = shared.report()
    book = recalculated(report)
    assert differences(report, book) == []
    linked = [
        cell for table in report.tables for row in table.rows for cell in row.values() if isinstance(cell, Linked)
    ]
    assert len(linked) > 30, "there is something to compare"
    assert book["bill_gb300"]["A8"].value == shared.HOSTILE, "text has stayed text"


def test_a_wrong_formula_is_caught(shared: ModuleType, recalculated: Recalculated) -> None:
    report = shared.report()
    content = shared.content_table()
    rows = [dict(row) for row in content.rows]
    right = rows[1]["per_gpu"]
    assert isinstance(right, Linked)
    rows[1]["per_gpu"] = Linked(right.value, "1.01*{content}/{gpus}")
    sabotaged = Report("T", "", [*report.sections[2:], Section("Content", [replace(content, rows=rows)])])
    found = differences(sabotaged, recalculated(sabotaged))
    assert [place.partition(":")[0] for place in found] == ["cooling_content!E6"]


def test_a_changed_price_moves_totals_ratios_and_charts(shared: ModuleType, recalculated: Recalculated) -> None:
    step = 50.0
    quantity = 198

    def dearer(book: Any) -> None:
        cell = book["bill_gb300"]["C7"]
        assert (book["bill_gb300"]["A7"].value, cell.value) == ("Quick disconnect piece", 45)
        cell.value = 45.0 + step

    book = recalculated(shared.report(), dearer)
    before = shared.total(shared.LINES)
    after = before + quantity * step
    assert book["bill_gb300"]["F9"].value == pytest.approx(after, rel=1e-12)
    assert book["bill_gb300"]["G9"].value == pytest.approx(36 * 600 + 18 * 200 + 198 * 30 + 2 * 100), "lows stay"
    assert book["cooling_content"]["B5"].value == pytest.approx(after, rel=1e-12)
    assert book["cooling_content"]["E5"].value == pytest.approx(after / 72, rel=1e-12)
    assert book["cooling_content"]["B6"].value == pytest.approx(shared.total(shared.SECOND)), "the other rack stays"
    assert book["from_one_to_the_other"]["B5"].value == pytest.approx(after, rel=1e-12)
    data = book["Chart data"]
    assert data["B3"].value == pytest.approx(after, rel=1e-12), "the first bar of the waterfall"
    assert data["C4"].value == pytest.approx(after + 18_000, rel=1e-12), "and what stands on it"
