"""The suppliers' workbook in LibreOffice: every formula comes to our number, and a changed share moves the contents."""

from __future__ import annotations

import math
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from thermal.cost.fleet import Learning, read_size
from thermal.cost.outlook import Question, outlooks
from thermal.cost.prices import load_prices
from thermal.cost.shares import load_shares
from thermal.rack.expand import expand
from thermal.rack.loader import load_rack
from thermal.views import xlsx
from thermal.views.report import Linked, Report
from thermal.views.report_suppliers import suppliers_report

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed: nothing recalculates workbooks")
FIRST_ROW = 5


@pytest.fixture(scope="module")
def report() -> Report:
    file, rack = load_shares("analysts_2025"), load_rack("gb300_nvl72")
    books = (load_prices("avc_broker_2025"),)
    question = Question(
        ("avc_leads", "even"), 200, size=read_size("1.4 GW"), ramp=file.ramp, learning=Learning(0.9, 1000)
    )
    shares = {key: getattr(file, key) for key in ("name", "title", "date", "source", "note")}
    made = outlooks([(rack, expand(rack), books)], file, question)
    return suppliers_report({"shares": shares, "samples": 200, "seed": 1, "outlooks": made})


def recalculated(report: Report, folder: Path, change: Callable[[Any], None]) -> Any:
    """Change the workbook and return its values as LibreOffice works them out; openpyxl stores no results of ours."""
    assert OFFICE is not None
    ours, bare, out = folder / "ours.xlsx", folder / "bare.xlsx", folder / "out"
    xlsx.write(report, ours)
    book = openpyxl.load_workbook(ours)
    change(book)
    book.save(bare)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [OFFICE, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(bare)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (out / bare.name).is_file(), done.stdout + done.stderr
    return openpyxl.load_workbook(out / bare.name, data_only=True)


def cell(book: Any, report: Report, name: str) -> Any:
    """The cell that a table of the report names."""
    table = next(table for table in report.tables if name in table.names)
    row, key = table.names[name]
    column = [column.key for column in table.columns].index(key) + 1
    return book[table.name].cell(FIRST_ROW + (len(table.rows) if row == -1 else row), column)


def test_every_formula_comes_to_our_number(report: Report, tmp_path: Path) -> None:
    book = recalculated(report, tmp_path, lambda _book: None)
    wrong, linked = [], 0
    for table in report.tables:
        for row, record in enumerate(table.rows):
            for number, column in enumerate(table.columns, start=1):
                ours, there = record.get(column.key), book[table.name].cell(FIRST_ROW + row, number).value
                if isinstance(ours, Linked):
                    linked += 1
                    if not isinstance(there, int | float) or not math.isclose(there, ours.value, rel_tol=1e-9):
                        wrong.append(f"{table.name}[{row}].{column.key}: {there!r}, not {ours.value!r}")
    assert wrong == []
    assert linked > 100


def test_a_changed_price_and_share_change_the_contents(report: Report, tmp_path: Path) -> None:
    share = next(
        name
        for table in report.tables
        for name, (row, _) in table.names.items()
        if table.name == "shares"
        and table.rows[row]["scenario"] == "avc_leads"
        and "3017" in str(table.rows[row]["supplier"])
    )

    def change(book: Any) -> None:
        assert cell(book, report, share).value == 0.55
        cell(book, report, share).value = 0.6
        bill = book[next(table.name for table in report.tables if table.name.startswith("bill_1"))]
        prices = [row for row in bill.iter_rows() if row[0].value == "Superchip module"]
        assert prices[0][4].value == 650
        prices[0][4].value = 700

    book = recalculated(report, tmp_path, change)
    rows = {row[0].value: row for row in book["content_1"].iter_rows(min_row=FIRST_ROW)}
    assert rows["Asia Vital Components (3017)"][1].value == pytest.approx(0.6 * 28_800)
    assert rows["other"][1].value == pytest.approx(0.05 * 28_800 + 891)
    assert rows["Asia Vital Components (3017)"][3].value == pytest.approx(0.125 * 28_800), "the share of one scenario"
    assert rows["Total"][1].value == pytest.approx(37_710)
