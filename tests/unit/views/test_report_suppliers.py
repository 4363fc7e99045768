"""The suppliers' report: its formulas come to its numbers, and follow a price or share that a reader changes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from thermal.cost.fleet import Learning, read_size
from thermal.cost.outlook import Question, outlooks
from thermal.cost.prices import load_prices
from thermal.cost.shares import load_shares
from thermal.cost.supplier_case import read_share
from thermal.rack.expand import expand
from thermal.rack.loader import load_rack
from thermal.views.chart_check import check_chart
from thermal.views.report import Linked, Report, ReportTable, Text
from thermal.views.report_suppliers import suppliers_report
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
        return float(eval(python, {"_if": lambda test, yes, no: yes if test else no, "round": round}))  # noqa: S307


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


def test_text_that_looks_like_markup_or_a_formula_stays_as_it_is(content: dict[str, Any]) -> None:
    hostile = "<script>alert(1)</script>=cmd|' /C calc'!A0"
    first = {**content["outlooks"][0], "rack_title": hostile}
    report = suppliers_report({**content, "outlooks": [first]})
    assert hostile in report.title
    assert report.tables[0].rows[0]["rack"] == hostile
    assert all("script" not in cell.formula for t in report.tables for r in t.rows for cell in r.values()
               if isinstance(cell, Linked))  # fmt: skip


def test_the_text_of_a_fleet(content: dict[str, Any]) -> None:
    text = suppliers_text(content)
    assert "200 draws (seed 1)" in " ".join(text.split())
    assert "5000: 5,000 racks, prices × 0.90 per doubling after 1,000 racks" in " ".join(text.split())
    assert "million USD, fleet" in text
    assert "avc_leads, avc, million USD: Q1" in text
