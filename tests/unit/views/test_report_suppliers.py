"""The suppliers' report: its formulas come to its numbers, and follow a price or share that a reader changes."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from thermal.cost.fleet import Learning, read_size
from thermal.cost.outlook import Question, outlooks
from thermal.cost.prices import load_prices
from thermal.cost.shares import load_shares
from thermal.cost.supplier_case import read_share
from thermal.rack.expand import expand
from thermal.rack.loader import load_rack
from thermal.views.chart.bars import bars_of
from thermal.views.chart.check import check_chart
from thermal.views.report import Linked, Report, ReportTable, Text
from thermal.views.reports.supplier_charts import content_stack
from thermal.views.reports.suppliers import suppliers_report
from thermal.views.suppliers import suppliers_text

FILE = load_shares("analysts_2025")


class Workbook:
    """The report's formulas worked out by themselves: numbers as given, links by evaluation, some cells changed."""

    def __init__(self, report: Report, changes: dict[tuple[str, int, str], float] | None = None) -> None:
        self.tables = {table.name: table for table in report.tables}
        self.names = {name: (table, *cell) for table in report.tables for name, cell in table.names.items()}
        self.changes = changes or {}
        self.known: dict[tuple[str, int, str], float] = {}

    def value(self, table: ReportTable, row: int, key: str) -> float:
        if row == -1:
            return sum(self.value(table, index, key) for index in range(len(table.rows)))
        place = (table.name, row, key)
        if place not in self.known:
            cell = self.changes.get(place, table.rows[row].get(key, 0.0))
            self.known[place] = self._work_out(cell.formula, table, row) if isinstance(cell, Linked) else cell
        return self.known[place]

    def _work_out(self, formula: str, table: ReportTable, row: int) -> float:
        def fill(hole: re.Match[str]) -> str:
            word, mark = hole.groups()
            return f"({self.value(*self.names[word])!r})" if mark else f"({self.value(table, row, word)!r})"

        text = re.sub(r"\{([^{}!]+)(!?)\}", fill, formula)
        python = re.sub(r"(?<![<>=])=(?!=)", "==", text).replace("IF(", "_if(").replace("ROUND(", "round(")
        names = {"_if": lambda test, yes, no: yes if test else no, "round": round, "INT": math.floor}
        return float(eval(python, names))  # noqa: S307


def made(**changes: Any) -> dict[str, Any]:
    racks = []
    for name in ("gb300_nvl72", "vr200_nvl144_cpx"):
        rack = load_rack(name)
        racks.append((rack, expand(rack), (load_prices("avc_broker_2025"),)))
    asked = {"scenarios": tuple(FILE.scenarios), "samples": 200, "size": read_size("5000"), "ramp": FILE.ramp}
    question = Question(**{**asked, "learning": Learning(0.9, 1000), "supplier": "avc", **changes})
    shares = {key: getattr(FILE, key) for key in ("name", "title", "date", "source", "note")}
    return {"shares": shares, "samples": 200, "seed": 1, "outlooks": outlooks(racks, FILE, question)}


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return made()


@pytest.fixture(scope="module")
def report(content: dict[str, Any]) -> Report:
    return suppliers_report(content)


def wrong_cells(report: Report) -> list[str]:
    """Linked cells that come to other numbers than the report's."""
    book = Workbook(report)
    return [
        f"{table.name}[{row}].{key}"
        for table in report.tables
        for row, record in enumerate(table.rows)
        for key, cell in record.items()
        if isinstance(cell, Linked) and book.value(table, row, key) != pytest.approx(cell.value, rel=1e-9, abs=1e-6)
    ]


def place_of(table: ReportTable, **words: str) -> int:
    (found,) = (n for n, row in enumerate(table.rows) if all(row.get(key) == word for key, word in words.items()))
    return found


def test_every_formula_comes_to_its_number(report: Report) -> None:
    assert wrong_cells(report) == []
    assert sum(isinstance(cell, Linked) for table in report.tables for row in table.rows for cell in row.values()) > 200


def test_a_wrong_formula_is_caught(report: Report) -> None:
    """The sabotaged twin: one content taken at 1.01 of its share."""
    table = next(table for table in report.tables if table.name == "content_1")
    row, key = table.names["content_1_2_2"]
    cell = table.rows[row][key]
    assert isinstance(cell, Linked)
    rows = [dict(record) for record in table.rows]
    rows[row][key] = replace(cell, formula=f"1.01*({cell.formula})")
    tables = [replace(table, rows=rows) if other is table else other for other in report.tables]
    sabotaged = replace(report, sections=[replace(report.sections[0], blocks=tables)])
    assert f"content_1[{row}].{key}" in wrong_cells(sabotaged)


def test_a_changed_price_changes_each_content(report: Report) -> None:
    """A module $50 dearer: 36 × 50 more in the rack, of which 55 % is AVC's where it leads."""
    bill = next(table for table in report.tables if table.name.startswith("bill_1"))
    row = place_of(bill, item="Superchip module")
    book = Workbook(report, {(bill.name, row, "unit_price"): 700.0})
    assert book.value(*book.names["total_1"]) == pytest.approx(35_910 + 1_800)
    contents = next(table for table in report.tables if table.name == "content_1")
    avc = place_of(contents, supplier="Asia Vital Components (3017)")
    other = place_of(contents, supplier="other")
    assert book.value(contents, avc, "amount_2") == pytest.approx(0.55 * (27_000 + 1_800))
    assert book.value(contents, other, "amount_2") == pytest.approx(0.1 * (27_000 + 1_800) + 891)
    assert book.value(contents, -1, "amount_2") == pytest.approx(37_710)
    fleet = next(table for table in report.tables if table.name == "fleet_1_2")
    before = fleet.rows[place_of(fleet, supplier="Asia Vital Components (3017)")]["fleet"]
    assert isinstance(before, Linked)
    after = book.value(fleet, place_of(fleet, supplier="Asia Vital Components (3017)"), "fleet")
    assert after == pytest.approx(before.value * 28_800 / 27_000, rel=1e-9)
    second = next(table for table in report.tables if table.name == "content_2")
    assert book.value(second, -1, "amount_2") == pytest.approx(69_930), "the other rack stays"


def test_a_changed_share_takes_from_other_and_leaves_the_rest(report: Report) -> None:
    shares = next(table for table in report.tables if table.name == "shares")
    row = place_of(shares, scenario="avc_leads", of="plates", supplier="Asia Vital Components (3017)")
    book = Workbook(report, {("shares", row, "share"): 0.6})
    contents = next(table for table in report.tables if table.name == "content_1")
    avc, other = (place_of(contents, supplier=name) for name in ("Asia Vital Components (3017)", "other"))
    assert book.value(contents, avc, "amount_2") == pytest.approx(0.6 * 27_000)
    assert book.value(contents, other, "amount_2") == pytest.approx(0.05 * 27_000 + 891)
    assert book.value(contents, avc, "amount_1") == pytest.approx(0.25 * 27_000), "the other scenario stays"
    assert book.value(contents, -1, "amount_2") == pytest.approx(35_910)


def test_its_numbers_are_those_of_the_json(report: Report, content: dict[str, Any]) -> None:
    contents = next(table for table in report.tables if table.name == "content_2")
    for place, outlook in enumerate(content["outlooks"][3:], start=1):
        for row in outlook["suppliers"]:
            cell = contents.rows[place_of(contents, supplier=row["title"])][f"amount_{place}"]
            assert isinstance(cell, Linked)
            assert cell.value == row["per_rack"]


def test_its_charts_can_be_drawn_and_say_what_they_show(report: Report) -> None:
    kinds = [chart.kind for chart in report.charts]
    assert (kinds.count("stack"), kinds.count("tornado"), kinds.count("bars")) == (1, 6, 4)
    for chart in report.charts:
        check_chart(chart)
        assert chart.description
    names = [chart.name for chart in report.charts]
    assert len(set(names)) == len(names)


def test_a_stack_adds_up_to_the_rack(report: Report) -> None:
    stack = next(chart for chart in report.charts if chart.kind == "stack")
    sums = [sum(series.values[index] or 0.0 for series in stack.series) for index in range(6)]
    assert sums == pytest.approx([35_910] * 3 + [69_930] * 3, rel=1e-12)


def test_what_is_assumed_is_a_warning(report: Report) -> None:
    texts = [block for section in report.sections for block in section.blocks if isinstance(block, Text)]
    assert any(text.emphasis == "warning" and "assumed" in text.paragraphs[0] for text in texts)


def test_an_own_case_stands_before_and_after() -> None:
    changed = made(shares=(read_share("plates.avc=0.6", FILE),), size=None, learning=None)
    report = suppliers_report(changed)
    assert wrong_cells(report) == []
    case = next(table for table in report.tables if table.name == "own_case")
    row = case.rows[
        place_of(
            case,
            rack="NVIDIA GB300 NVL72",
            scenario="cooler_master_leads",
            supplier="Asia Vital Components (3017)",
        )
    ]
    assert (row["before"], row["rank_before"], row["rank"]) == (pytest.approx(6_750), 2, 1)
    assert isinstance(row["change"], Linked)
    assert row["change"].value == pytest.approx(0.35 * 27_000)
    assert "rank 2 → 1" in " ".join(suppliers_text(changed).split())


def test_books_in_two_currencies_get_a_stack_each(content: dict[str, Any]) -> None:
    mixed = {**content, "outlooks": [dict(outlook) for outlook in content["outlooks"]]}
    for outlook in mixed["outlooks"][3:]:
        outlook["currency"] = "TWD"
    assert [chart.unit for chart in suppliers_report(mixed).charts if chart.kind == "stack"] == ["USD", "TWD"]


def test_a_fleet_is_drawn_in_plain_amounts(content: dict[str, Any]) -> None:
    charts = [chart for chart in suppliers_report(content).charts if chart.name.startswith("fleet")]
    assert charts
    for chart in charts:
        assert chart.unit == "USD"
        assert all(rod.text.startswith("$") for rod in bars_of(chart).rods if rod.text)
    (first, *_) = charts
    amounts = [series.values for series in first.series]
    quarters = {tuple(row["quarters"]) for outlook in content["outlooks"] for row in outlook["suppliers"]}
    assert all(tuple(values) in quarters for values in amounts)


def test_text_that_looks_like_markup_or_a_formula_stays_as_it_is(content: dict[str, Any]) -> None:
    hostile = "<script>alert(1)</script>=cmd|' /C calc'!A0"
    first = {**content["outlooks"][0], "rack_title": hostile}
    report = suppliers_report({**content, "outlooks": [first]})
    assert hostile in report.title
    assert next(table for table in report.tables if table.name == "racks").rows[0]["rack"] == hostile
    assert all("script" not in cell.formula for t in report.tables for r in t.rows for cell in r.values()
               if isinstance(cell, Linked))  # fmt: skip


def test_the_text_of_a_fleet(content: dict[str, Any]) -> None:
    text = suppliers_text(content)
    assert "200 draws (seed 1)" in " ".join(text.split())
    assert "5000: 5,000 racks, prices × 0.90 per doubling after 1,000 racks" in " ".join(text.split())
    assert "million USD, fleet" in text
    assert "avc_leads, avc, million USD: Q1" in text


def test_a_negative_content_is_no_stack(content: dict[str, Any]) -> None:
    """It would vanish from the bar, which then no longer adds up to the rack's content."""
    first = content["outlooks"][0]
    assert content_stack([first]) is not None
    rows = [{**row, "per_rack": -1.0} if row["supplier"] == "other" else row for row in first["suppliers"]]
    with pytest.raises(ValueError, match=r"gb300_nvl72, scenario .*: a supplier's content is negative"):
        content_stack([{**first, "suppliers": rows}])


def table_of(report: Report, name: str) -> ReportTable:
    (found,) = (table for table in report.tables if table.name == name)
    return found


def test_the_table_of_a_stack_holds_its_numbers_and_follows(report: Report) -> None:
    stack = next(chart for chart in report.charts if chart.kind == "stack")
    table = table_of(report, "stack_USD")
    assert [row["place"] for row in table.rows] == [name.replace("\n", ", ") for name in stack.categories]
    assert [column.heading for column in table.columns[1:-1]] == [series.name for series in stack.series]
    for key, series in enumerate(stack.series, start=1):
        cells = [row[f"part_{key}"] for row in table.rows]
        assert [cell.value for cell in cells if isinstance(cell, Linked)] == list(series.values)
    bill = next(table for table in report.tables if table.name.startswith("bill_1"))
    book = Workbook(report, {(bill.name, place_of(bill, item="Superchip module"), "unit_price"): 700.0})
    assert [book.value(table, row, "total") for row in range(6)] == pytest.approx([37_710.0] * 3 + [69_930.0] * 3)


def test_a_changed_rack_power_or_fleet_changes_racks_and_contents() -> None:
    report = suppliers_report(made(size=read_size("1.4 GW"), learning=None))
    assert wrong_cells(report) == []
    fleets, ramp, racks = (table_of(report, name) for name in ("fleets", "ramp_1", "racks"))
    assert [row["racks"].value for row in ramp.rows] == [1037, 2074, 3111, 4148]  # type: ignore[union-attr]
    book = Workbook(report, {("racks", 0, "power"): 140.0})
    assert book.value(fleets, 0, "racks") == 10_000
    assert [book.value(ramp, row, "racks") for row in range(4)] == [1000, 2000, 3000, 4000]
    assert book.value(table_of(report, "fleet_1_2"), -1, "fleet") == pytest.approx(10_000 * 35_910 / 1e6)
    assert book.value(fleets, 1, "racks") == Workbook(report).value(fleets, 1, "racks"), "the other rack's stays"
    book = Workbook(report, {("fleets", 0, "power"): 1.35})
    assert [book.value(ramp, row, "racks") for row in range(4)] == [1, 2, 3, 4]
    assert "power" in racks.inputs


def test_changed_racks_of_a_quarter_move_its_share() -> None:
    report = suppliers_report(made(size=read_size("1000"), learning=Learning(0.9, 1000)))
    ramp = table_of(report, "ramp_1")
    book = Workbook(report, {("ramp_1", 0, "racks"): 200.0})
    assert [book.value(ramp, row, "racks") for row in range(4)] == [200, 100, 300, 400]
    assert [book.value(ramp, row, "share") for row in range(4)] == pytest.approx([0.2, 0.1, 0.3, 0.4])
    assert book.value(ramp, 0, "factor") == ramp.rows[0]["factor"]
    assert "the prices over the book's do not follow" in ramp.note
    assert "the fleet starts after 1,000 racks" in ramp.note
    book = Workbook(report, {("fleets", 0, "racks"): 2000.0})
    assert [book.value(ramp, row, "racks") for row in range(4)] == [200, 400, 600, 800]


@pytest.mark.parametrize("racks", [1, 3, 7, 1001, 99_999_999])
def test_the_quarters_of_a_workbook_are_those_of_the_fleet(racks: int) -> None:
    report = suppliers_report(made(size=read_size(str(racks)), learning=None))
    assert [cell for cell in wrong_cells(report) if cell.startswith(("ramp", "fleets"))] == []


def test_what_shares_may_not_do_is_said(report: Report) -> None:
    (check,) = table_of(report, "shares").checks
    assert "other would be negative" in check.message
    assert [check.key for check in table_of(report, "content_1").checks] == ["amount_1", "amount_2", "amount_3"]


def test_how_draws_depend_on_each_other_is_said(report: Report, content: dict[str, Any]) -> None:
    note = table_of(report, "ranges_1").note
    scaled = content["outlooks"][0]["scaled_draws"]
    assert 0.0 < scaled < 1.0
    assert f"{100 * scaled:.1f} % of draws in cooler_master_leads" in note
    assert "lines of one item and price move together" in note


def test_a_shared_rank_is_said_with_whom() -> None:
    report = suppliers_report(made(scenarios=("even",)))
    texts = [block for section in report.sections for block in section.blocks if isinstance(block, Text)]
    assert "rank 1, level with" in texts[0].paragraphs[0]
    report = suppliers_report(made(scenarios=("avc_leads",)))
    texts = [block for section in report.sections for block in section.blocks if isinstance(block, Text)]
    assert "level with" not in texts[0].paragraphs[0]


def test_scope_and_what_lies_outside_it_are_beside_each_other(content: dict[str, Any]) -> None:
    nothing = {**content["outlooks"][0], "nothing_in_scope": True, "lines": [], "outside_scope": 144}
    row = table_of(suppliers_report({**content, "outlooks": [nothing]}), "racks").rows[0]
    assert (row["complete"], row["outside"]) == ("no: nothing of this rack is in the book's scope", 144)
    row = table_of(suppliers_report(content), "racks").rows[0]
    assert (row["complete"], row["outside"]) == ("yes", pytest.approx(419.1667, abs=1e-3))


def test_own_cases_in_two_currencies_are_two_tables() -> None:
    changed = made(shares=(read_share("plates.avc=0.6", FILE),), size=None, learning=None)
    for outlook in changed["outlooks"][3:]:
        outlook["currency"] = "TWD"
    report = suppliers_report(changed)
    first, second = (table_of(report, f"own_case_{currency}") for currency in ("USD", "TWD"))
    assert [(table.currency, {row["rack"] for row in table.rows}) for table in (first, second)] == [
        ("USD", {"NVIDIA GB300 NVL72"}),
        ("TWD", {"NVIDIA VR200 NVL144 CPX (scenario)"}),
    ]
    assert wrong_cells(report) == []


def test_a_quarter_without_racks_has_no_price_over_the_books() -> None:
    changed = made(size=read_size("3"), ramp=tuple(map(Decimal, ("0.5", "0.4", "0.1"))))
    assert [quarter["racks"] for quarter in changed["outlooks"][0]["fleet"]["quarters"]] == [2, 1, 0]
    report = suppliers_report(changed)
    assert wrong_cells(report) == []
    ramp = table_of(report, "ramp_1")
    assert ["factor" in row for row in ramp.rows] == [True, True, False]
    assert any(check.key == "factor" for check in ramp.checks)
    text = " ".join(suppliers_text(changed).split())
    assert re.search(r"so × 1\.000 in the last quarter with racks", text)
    assert "Q3 0" in text
