from __future__ import annotations

import importlib.util
import io
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from zipfile import ZipFile

import numpy as np
import openpyxl
import pytest

from thermal.errors import InputError, ThermalError
from thermal.views import xlsx
from thermal.views.chart.model import Chart, Kind, Series
from thermal.views.report import Column, Linked, Report, ReportTable, Section
from thermal.views.scenes.model import Piece, Scene

SHARED = Path(__file__).parents[2] / "pages" / "workbook_report.py"
KINDS: tuple[Kind, ...] = ("bars", "stack", "waterfall", "tornado")
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8cfc0f01f0005000201a2f6cb3b0000000049454e44ae426082"
)


def shared() -> ModuleType:
    spec = importlib.util.spec_from_file_location("workbook_report", SHARED)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def opened(report: Report, *, values: bool = False) -> Any:
    return openpyxl.load_workbook(io.BytesIO(xlsx.content(report)), data_only=values)


def chart_count(report: Report) -> int:
    with ZipFile(io.BytesIO(xlsx.content(report))) as parts:
        return len([name for name in parts.namelist() if name.startswith("xl/charts/chart")])


def one_table(**changes: Any) -> Report:
    columns = (Column("item", "Item"), Column("amount", "Amount", "money"))
    given: dict[str, Any] = {
        "name": "table",
        "title": "A table",
        "columns": columns,
        "rows": [{"item": "a", "amount": 2.0}],
    }
    return Report("Title", "", [Section("Section", [ReportTable(**given | changes)])])


@pytest.fixture(scope="module")
def report() -> Report:
    made = shared().report()
    assert isinstance(made, Report)
    return made


@pytest.fixture(scope="module")
def book(report: Report) -> Any:
    return opened(report)


def test_a_sheet_for_each_table_between_summary_and_text(book: Any, report: Report) -> None:
    names = [table.name for table in report.tables]
    assert book.sheetnames == ["Summary", "Charts", *names, "Read me", "Chart data"]
    assert book.active.title == "Summary"


def test_the_summary_leads_to_every_sheet(book: Any) -> None:
    links = {cell.hyperlink.location for row in book["Summary"] for cell in row if cell.hyperlink}
    assert links == {f"'{name}'!A1" for name in book.sheetnames if name != "Summary"}


def test_every_number_is_there_in_full(report: Report, book: Any) -> None:
    values = opened(report, values=True)
    for table in report.tables:
        for row, record in enumerate(table.rows, start=5):
            for number, column in enumerate(table.columns, start=1):
                cell, there = record.get(column.key), values[table.name].cell(row, number).value
                ours = cell.value if isinstance(cell, Linked) else cell
                ours = pytest.approx(ours, rel=1e-15, abs=0.0) if isinstance(ours, float) else ours
                assert there == ours, (table.name, row, column.key)
        assert [cell.value for cell in book[table.name][4]] == [column.heading for column in table.columns]
        assert book[table.name]["A1"].value == table.title


def test_formulas_point_at_their_row_and_at_names(book: Any) -> None:
    assert book["bill_gb300"]["F5"].value == "=B5*C5"
    assert book["bill_gb300"]["F8"].value == "=B8*C8"
    assert book["bill_gb300"]["F9"].value == "=SUM(F5:F8)"
    assert book["cooling_content"]["B5"].value == "=total_gb300"
    assert book["cooling_content"]["G6"].value == "=B6/(total_gb300+total_cpx)"


def test_cells_and_columns_have_names(book: Any) -> None:
    names = {name: defined.attr_text for name, defined in book.defined_names.items()}
    assert names["total_gb300"] == "'bill_gb300'!$F$9"
    assert names["bill_gb300_unit_price"] == "'bill_gb300'!$C$5:$C$8"
    assert names["devices_junction"] == "'devices'!$D$5:$D$76"
    assert names["devices"] == "'devices'!$A$4:$F$76"
    assert names["gb300_"] == "'cooling_content'!$B$5", "GB300 itself is a cell"
    assert names["rubin_cpx"] == "'cooling_content'!$B$6"
    assert "bill_gb300_source" not in names


def test_headers_stay_in_sight_and_long_tables_can_be_filtered(book: Any) -> None:
    assert book["devices"].freeze_panes == "B5"
    assert book["devices"].auto_filter.ref == "A4:F76"
    assert book["cooling_content"].auto_filter.ref is None
    assert book["devices"].print_title_rows == "$4:$4"


@pytest.mark.parametrize(
    ("sheet", "cell", "form"),
    [
        ("bill_gb300", "C5", '"$"#,##0.00;-"$"#,##0.00'),
        ("bill_gb300", "F5", '"$"#,##0;-"$"#,##0'),
        ("bill_gb300", "B5", "#,##0"),
        ("cooling_content", "G5", "0.0%"),
        ("devices", "C5", "#,##0.00"),
        ("devices", "F5", "0.00E+00"),
    ],
)
def test_numbers_are_formatted_by_their_column(book: Any, sheet: str, cell: str, form: str) -> None:
    assert book[sheet][cell].number_format == form


def test_other_currencies_show_theirs() -> None:
    euro = opened(one_table(currency="EUR"))["table"]["B5"].number_format
    crown = opened(one_table(currency="SEK"))["table"]["B5"].number_format
    assert (euro, crown) == ('"€"#,##0;-"€"#,##0', '#,##0" SEK"')


def test_a_share_of_a_unit_among_counts_shows_its_decimals() -> None:
    columns = (Column("item", "Item"), Column("quantity", "Quantity", "integer", 3))
    rows = [{"item": "cdu", "quantity": 1 / 6}, {"item": "fan", "quantity": 198}]
    sheet = opened(one_table(columns=columns, rows=rows))["table"]
    assert [sheet["B5"].number_format, sheet["B6"].number_format] == ["#,##0.000", "#,##0"]


def test_inputs_are_blue_on_yellow_and_the_summary_says_so(book: Any) -> None:
    def look(sheet: str, cell: str) -> tuple[str, str]:
        found = book[sheet][cell]
        return found.font.color.rgb, found.fill.fgColor.rgb

    legend = next(row[0] for row in book["Summary"] if row[0].value == "Change these")
    given = ("FF0000C8", "FFFFF7CC")
    assert look("Summary", legend.coordinate) == given
    assert [look("bill_gb300", cell) for cell in ("C5", "D5", "E8")] == [given] * 3
    assert look("bill_gb300", "F5") != given, "a formula is no input"
    assert look("bill_gb300", "B5") != given


def test_text_stays_text(report: Report, book: Any) -> None:
    hostile = shared().HOSTILE
    assert book["bill_gb300"]["A8"].value == hostile
    assert book["bill_gb300"]["A8"].data_type == "s"
    assert {cell.value for row in book["Summary"] for cell in row} >= {hostile}
    with ZipFile(io.BytesIO(xlsx.content(report))) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name]
    formulas = "".join(part.split("</f>")[0] for sheet in sheets for part in sheet.split("<f>")[1:])
    assert formulas
    assert "cmd" not in formulas


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1", "-1", "http://example.com", "{=1}", "0042", "1e5", "\t=1"])
def test_no_text_is_taken_for_something_else(text: str) -> None:
    table = one_table(title=text, note=text, rows=[{"item": text, "amount": text}])
    chart = Chart(
        "c", "bars", text, text, [text, "b"], [Series(text, [1.0, 2.0])], note=text, limit=1.5, limit_name=text
    )
    made = Report(text, text, [Section(text, [*table.sections[0].blocks, chart])], {text: text})
    book = opened(made)
    for sheet in book:
        for row in sheet:
            assert not [cell.coordinate for cell in row if cell.data_type in ("f", "n") and cell.value == text]
            assert all(cell.hyperlink is None or cell.hyperlink.target is None for cell in row)
    assert book["table"]["A5"].value == text
    assert book["table"]["B5"].data_type == "s"


def test_a_number_that_is_not_known_leaves_its_cell_empty() -> None:
    rows = [{"item": "a", "amount": float("nan")}, {"item": "b", "amount": float("inf")}, {"item": "c"}]
    rows += [{"item": "d", "amount": Linked(float("nan"), "{amount}")}]  # type: ignore[dict-item]
    sheet = opened(one_table(rows=rows, sums=("amount",)), values=True)["table"]
    assert [sheet[f"B{row}"].value for row in range(5, 10)] == [None, None, None, None, 0]


def test_a_table_without_rows_still_has_its_sum() -> None:
    book = opened(one_table(rows=[], sums=("amount",), names={"total": (-1, "amount")}))
    assert book["table"]["B5"].value == "=0"
    assert book.defined_names["total"].attr_text == "'table'!$B$5"


def test_sheets_get_names_that_a_workbook_accepts() -> None:
    names = ["Summary", "a" * 40, "A" * 40, "b/c[d]", "history"]
    tables = [one_table(name=name).tables[0] for name in names]
    book = opened(Report("Title", "", [Section("Section", tables)]))
    made = book.sheetnames[1:-1]
    assert made == ["Summary_2", "a" * 31, "A" * 29 + "_2", "b_c_d_", "history_2"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": [{"amount": Linked(1.0, "{price}")}]}, "no column 'price'; known: item, amount"),
        ({"rows": [{"amount": Linked(1.0, "{total!}")}]}, "mentions 'total', which no table names"),
        ({"names": {"total": (-1, "amount")}}, "no row -1"),
        ({"names": {"total": (7, "amount")}}, "no row 7"),
        ({"names": {"total": (0, "amount"), "TOTAL": (0, "amount")}}, "two cells of the report are named 'TOTAL'"),
    ],
)
def test_a_formula_that_leads_nowhere_is_an_error(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(KeyError, match=message):
        xlsx.content(one_table(**changes))


def test_charts_are_the_spreadsheets_own_with_words_for_those_who_cannot_see(report: Report) -> None:
    with ZipFile(io.BytesIO(xlsx.content(report))) as parts:
        drawing = parts.read("xl/drawings/drawing1.xml").decode()
    assert chart_count(report) == len(report.charts)
    for chart in report.charts:
        assert f'descr="{chart.description or chart.title}"' in drawing


def test_a_chart_of_a_tables_numbers_follows_the_table(book: Any) -> None:
    data = book["Chart data"]
    assert data["A1"].value == "From GB300 to Rubin CPX"
    assert [data[f"B{row}"].value for row in (3, 8)] == [
        "='from_one_to_the_other'!$B$5",
        "='from_one_to_the_other'!$B$10",
    ]
    assert [data[f"C{row}"].value for row in (3, 4)] == ["=B3", "=C3+B4"]
    notes = [row[0].value for row in book["Charts"] if row[0].value]
    assert notes.count("Follows the tables of this workbook.") == 1, "the others hold numbers that no table has"
    assert "Bars with their low and high ends. Shows the numbers of the report; does not follow changes." in notes


def difference(second: float) -> Report:
    """Two bills side by side, and the steps between their sums."""
    columns = (Column("item", "Item"), *(Column(key, key, "money") for key in ("before", "after", "change")))
    rows = [
        {"item": "plates", "before": 10.0, "after": 14.0, "change": Linked(4.0, "{after}-{before}")},
        {"item": "hoses", "before": 4.0, "after": 1.0, "change": Linked(-3.0, "{after}-{before}")},
    ]
    table = ReportTable("difference", "Difference", columns, rows, sums=("before", "after", "change"))
    names, values = ["first rack", "plates\n2 → 3", "hoses", "second rack"], [14.0, 4.0, -3.0, second]
    chart = Chart("steps", "waterfall", "Steps", "USD", names, [Series("content", values)], totals=(0, 3))
    return Report("T", "", [Section("S", [table, chart])])


def test_levels_of_a_waterfall_follow_the_sums_beneath_its_steps() -> None:
    data = opened(difference(second=15.0))["Chart data"]
    cells = [data[f"B{row}"].value for row in range(3, 7)]
    assert cells == [f"='difference'!{cell}" for cell in ("$B$7", "$D$5", "$D$6", "$C$7")]


def test_levels_that_no_sum_has_leave_a_waterfall_as_it_was_made() -> None:
    data = opened(difference(second=15.000001))["Chart data"]
    assert [data[f"B{row}"].value for row in range(3, 7)] == [14, 4, -3, 15.000001]


def test_a_chart_of_other_numbers_does_not_follow() -> None:
    table = one_table(rows=[{"item": "a", "amount": 2.0}, {"item": "b", "amount": 3.0}])
    chart = Chart("c", "bars", "Chart", "USD", ["a", "b"], [Series("amount", [2.0, 3.0001])])
    data = opened(Report("T", "", [Section("S", [*table.sections[0].blocks, chart])]))["Chart data"]
    assert [data["B3"].value, data["B4"].value] == [2, 3.0001]


def test_a_waterfall_stands_on_what_came_before(report: Report) -> None:
    data = opened(report, values=True)["Chart data"]
    heading = [cell.value for cell in data[2]]
    assert heading[1:7] == ["content", "level", "base", "total", "up", "down"]
    steps = [[cell.value for cell in data[row][1:7]] for row in range(3, 9)]
    level = 0.0
    for number, (value, here, base, total, up, down) in enumerate(steps):
        last = number in (0, len(steps) - 1)
        before, level = level, value if last else level + value
        assert here == pytest.approx(level)
        assert (base, total) == ((0, value) if last else (pytest.approx(min(before, level)), 0))
        assert up - down == pytest.approx(0 if last else value)


def test_every_kind_of_chart_copes_with_gaps_and_one_bar() -> None:
    gaps = Series("s", [None, 1.0, -2.0], [None, 0.5, -3.0], [None, 1.5, -1.0])
    names, one = ["a", "b", "c"], Series("s", [0.25], [0.125], [0.5])
    charts = [
        Chart("bars", "bars", "bars", "kPa", names, [gaps, Series("t", [None] * 3)]),
        Chart("waterfall", "waterfall", "below zero", "kPa", names, [gaps], base=-10.0),
        Chart("tornado", "tornado", "tornado", "kPa", names, [gaps]),
        Chart("stack", "stack", "stack", "kPa", names, [Series("s", [None, 1.0, 2.0])], limit=2.5),
        Chart("line", "lines", "line", "K/W", [], [Series("s", [None, 1.0])], x=[0.0, 1.0], limit=2.0),
        *(Chart(f"one_{kind}", kind, kind, "kPa", ["a"], [one]) for kind in KINDS),
    ]
    made = Report("T", "", [Section("S", charts)])
    assert chart_count(made) == len(charts)


def test_a_chart_that_cannot_be_drawn_is_an_error() -> None:
    chart = Chart("c", "bars", "Chart", "USD", ["a", "b"], [Series("s", [1.0])])
    with pytest.raises(ValueError, match="1 values for 2 places"):
        xlsx.content(Report("T", "", [Section("S", [chart])]))


def scene() -> Report:
    piece = Piece("a", "frame", np.zeros((3, 3)), np.array([[0, 1, 2]]))
    return Report("T", "", [Section("S", [Scene("Heat map", "of a run", [piece], [], description="hot on top")])])


def test_scenes_are_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thermal.views.picture.png_bytes", lambda _scene, _size: PICTURE)
    with ZipFile(io.BytesIO(xlsx.content(scene()))) as parts:
        assert parts.read("xl/media/image1.png") == PICTURE
        assert 'descr="hot on top"' in parts.read("xl/drawings/drawing1.xml").decode()


def test_a_scene_that_nothing_here_can_draw_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_scene: Scene, _size: tuple[int, int]) -> bytes:
        message = "no OpenGL; install libegl1"
        raise ThermalError(message)

    monkeypatch.setattr("thermal.views.picture.png_bytes", refuse)
    words = [cell.value for row in opened(scene())["Pictures"] for cell in row]
    assert "left out: no OpenGL; install libegl1" in words


def test_the_same_report_gives_the_same_sheets(report: Report) -> None:
    first, second = (ZipFile(io.BytesIO(xlsx.content(report))) for _ in range(2))
    for name in first.namelist():
        if name != "docProps/core.xml":  # holds the time
            assert first.read(name) == second.read(name)


def test_a_workbook_is_written_whole_or_not_at_all(report: Report, tmp_path: Path) -> None:
    target = tmp_path / "report.xlsx"
    xlsx.write(report, target)
    assert openpyxl.load_workbook(target).sheetnames[0] == "Summary"
    with pytest.raises(KeyError):
        xlsx.write(one_table(rows=[{"amount": Linked(1.0, "{nothing}")}]), target)
    assert openpyxl.load_workbook(target).sheetnames[1] == "Charts", "the earlier one is still there"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("place", [lambda folder: folder, lambda folder: folder / "missing" / "report.xlsx"])
def test_a_target_that_cannot_be_written_is_refused(tmp_path: Path, place: Callable[[Path], Path]) -> None:
    with pytest.raises(InputError, match="--report"):
        xlsx.write(one_table(), place(tmp_path))


def test_key_figures_of_the_summary_follow_the_tables(report: Report, book: Any) -> None:
    """The sentences beside them do not, and say so."""
    cells = [(row[0].value, row[1]) for row in book["Summary"].iter_rows()]
    assert any("as of the report" in str(cell.value) and "do not follow" in cell.value for _, cell in cells)
    totals = {label: cell.value for label, cell in cells if cell.data_type == "f"}
    assert totals
    for label, text in totals.items():
        sheet, cell = str(text)[2:].split("'!")
        assert book[sheet]["A1"].value in str(label)
        assert str(book[sheet][cell.replace("$", "")].value).startswith("=SUM(")
    assert "='bill_gb300'!$F$9" in totals.values()


def test_without_inputs_nothing_is_said_of_changes() -> None:
    texts = [cell.value for row in opened(one_table())["Summary"] for cell in row if cell.value]
    assert not any("as of the report" in str(text) for text in texts)
