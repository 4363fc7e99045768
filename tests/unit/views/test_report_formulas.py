"""Formulas of reports come to what is shown, and follow what a reader changes."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest

from tests.unit.views.report_samples import (
    A,
    changed,
    check_formulas,
    double,
    named_value,
    number,
    run,
    single,
    table,
    worked_out,
)
from thermal.cost.side_by_side import compared
from thermal.rack.loader import load_rack
from thermal.views.report import Linked, Report
from thermal.views.reports.compare import compare_report
from thermal.views.reports.difference import KINDS


@pytest.mark.parametrize("make", [single, double])
def test_formulas_come_to_what_is_shown(make: Callable[[], Report]) -> None:
    assert check_formulas(make()) > 20


def test_a_wrong_formula_would_be_noticed() -> None:
    line = table(double(), "bill_1").rows[0]
    bad = changed(double(), "bill_1", 0, amount=Linked(number(line["amount"]), "ROUND({quantity}*{unit_price}*1.01,2)"))
    with pytest.raises(AssertionError):
        check_formulas(bad)


def test_a_changed_unit_price_moves_the_totals_by_quantity_times_difference() -> None:
    """36 modules at 651 instead of 650: 36 more in the bill, in the content per rack, half a dollar more per GPU."""
    dearer = changed(double(), "bill_1", 0, unit_price=651.0)
    assert named_value(dearer, "total_1") - named_value(double(), "total_1") == pytest.approx(36.0)
    of = table(dearer, "content")
    assert worked_out(dearer, of, of.rows[0], "total") == pytest.approx(35_946.0)
    assert worked_out(dearer, of, of.rows[0], "per_gpu") == pytest.approx(35_946.0 / 72)
    steps = table(dearer, "difference_1")
    assert worked_out(dearer, steps, steps.rows[0], "change") == pytest.approx(5_400.0 - 36.0)
    assert worked_out(dearer, steps, steps.rows[0], "unit_a") == 651.0
    assert worked_out(dearer, steps, steps.rows[0], "by_price") == pytest.approx(36 * (800 - 651))
    classes = table(dearer, "classes")
    (modules,) = [row for row in classes.rows if row["class"] == "superchip modules"]
    assert worked_out(dearer, classes, modules, "bill_1") == pytest.approx(36 * 651)


def test_effects_of_number_and_price_follow_the_bills() -> None:
    """18 → 36 switch plates at 200 → 210: 18 more at the old price, and 36 dearer by 10."""
    place = [row["item"] for row in table(double(), "bill_2").rows].index("Switch plate")
    dearer = changed(double(), "bill_2", place, unit_price=210.0)
    steps = table(dearer, "difference_1")
    (row,) = [row for row in steps.rows if row["item"] == "Switch plate"]
    assert worked_out(dearer, steps, row, "by_quantity") == pytest.approx(18 * 200)
    assert worked_out(dearer, steps, row, "by_price") == pytest.approx(36 * 10)


def test_the_lowest_and_highest_content_follow_the_bills() -> None:
    cheaper = changed(double(), "bill_1", 0, low=500.0)
    of = table(cheaper, "content")
    before, after = (worked_out(report, of, of.rows[0], "low") for report in (double(), cheaper))
    assert after - before == pytest.approx(36 * (500 - 600))


def test_a_gap_in_the_book_follows_the_bills_too() -> None:
    """Morgan Stanley prices the GPU plates of one of these racks; what the other lacks is a gap."""
    racks = [load_rack(name) for name in ("gb200_nvl72", A)]
    costs = compared(racks, "morgan_stanley_2025")
    plain = json.loads(json.dumps({"racks": [run(rack.name).summary for rack in racks], **costs}))
    report = compare_report(plain, [])
    assert check_formulas(report) > 20
    steps = table(report, "difference_1")
    assert any(row["why"] == KINDS["unpriced"] for row in steps.rows)

    def change(of: Report) -> float:
        return math.fsum(worked_out(of, steps, row, "change") for row in steps.rows)

    for place, line in enumerate(table(report, "bill_2").rows):
        dearer = changed(report, "bill_2", place, unit_price=number(line["unit_price"]) + 1.0)
        assert change(dearer) - change(report) == pytest.approx(number(line["quantity"])), line["item"]
