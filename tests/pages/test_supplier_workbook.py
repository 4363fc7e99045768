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
from thermal.views.reports.suppliers import suppliers_report

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


def test_a_changed_rack_power_changes_racks_quarters_and_the_fleet(report: Report, tmp_path: Path) -> None:
    """1.4 GW make 10,370 racks of 135 kW and 10,000 of 140 kW; racks typed over move the shares of the fleet."""

    def change(book: Any) -> None:
        assert cell(book, report, "rack_power_1").value == 135
        cell(book, report, "rack_power_1").value = 140

    book = recalculated(report, tmp_path, change)
    assert cell(book, report, "fleet_racks_1").value == 10_000
    assert [cell(book, report, f"quarter_racks_1_{quarter}").value for quarter in range(1, 5)] == [1e3, 2e3, 3e3, 4e3]
    totals = {row[0].value: row[5].value for row in book["ramp_1"].iter_rows(min_row=FIRST_ROW)}
    assert 0 < totals["Total"] < 10_000, "prices fall, by the factors of the report"

    (tmp_path / "second").mkdir()

    def typed_over(book: Any) -> None:
        cell(book, report, "quarter_racks_1_4").value = 0

    book = recalculated(report, tmp_path / "second", typed_over)
    shares = [book["ramp_1"].cell(FIRST_ROW + row, 4).value for row in range(4)]
    assert shares == pytest.approx([1037 / 6222, 2074 / 6222, 3111 / 6222, 0])


def test_a_chart_says_that_it_follows_only_where_all_of_it_does(report: Report, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        bill = book[next(table.name for table in report.tables if table.name.startswith("bill_1"))]
        next(row for row in bill.iter_rows() if row[0].value == "Superchip module")[4].value = 700
        data = [row[1].value for row in book["Chart data"].iter_rows(min_row=3, max_row=4)]
        assert data == ["='stack_USD'!$B$5", "='stack_USD'!$B$6"]

    book = recalculated(report, tmp_path, change)
    stack = next(chart for chart in report.charts if chart.kind == "stack")
    bars = [[value.value for value in row[1:]] for row in book["Chart data"].iter_rows(min_row=3, max_row=4)]
    assert [sum(value for value in row if value is not None) for row in bars] == pytest.approx([37_710, 37_710])
    assert len([value for value in bars[0] if value is not None]) == len(stack.series)
    notes = [row[0].value for row in book["Charts"].iter_rows() if row[0].value]
    assert notes.count("Follows the tables of this workbook.") == 1
    stays = [note for note in notes if note.endswith("Shows the numbers of the report; does not follow changes.")]
    assert len(stays) == len(report.charts) - 1
    ranges = next(chart for chart in report.charts if chart.name == "suppliers_1")
    assert f"{ranges.note} Shows the numbers of the report; does not follow changes." in stays


@pytest.mark.parametrize(("share", "fits"), [(0.55, True), (0.65, True), (0.66, False), (0.75, False), (-0.1, False)])
def test_shares_above_one_stand_in_red_and_are_warned_of(
    report: Report, tmp_path: Path, share: float, *, fits: bool
) -> None:
    """AVC's 55 % of plates leave 10 % to other: 65 % leave nothing, 66 % are too many, 75 % leave less than nothing."""
    table = next(table for table in report.tables if table.name == "shares")
    row = next(n for n, each in enumerate(table.rows) if each["share"] == 0.55)
    found: dict[str, str] = {}

    def change(book: Any) -> None:
        sheet = book["shares"]
        at = f"E{FIRST_ROW + row}"
        (warning,) = [each for each in sheet.data_validations.dataValidation if at in each.sqref]
        assert (warning.type, warning.errorStyle) == ("custom", "warning")
        assert "other would be negative" in warning.error
        (red,) = [rule for area in sheet.conditional_formatting for rule in area.rules]
        assert red.dxf.fill.bgColor.rgb.endswith("B3261E")
        sheet[at].value = share
        sheet["Z1"].value = f"={warning.formula1}"
        (rules,) = [area.rules for area in book["content_1"].conditional_formatting if "B5" in area]
        found["negative"] = rules[0].formula[0]
        other = next(cells[0].row for cells in book["content_1"].iter_rows() if cells[0].value == "other")
        assert "$B5" in found["negative"]
        book["content_1"]["Z1"].value = "=" + found["negative"].replace("$B5", f"$B{other}")

    book = recalculated(report, tmp_path, change)
    assert book["shares"]["Z1"].value is fits
    assert book["content_1"]["Z1"].value is (share > 0.65 + 891 / 27_000), "quick disconnects may hide it there"
