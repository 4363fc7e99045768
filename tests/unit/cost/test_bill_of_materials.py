"""The bill: published totals from counted quantities, and nothing of the rack dropped."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from thermal.cost.bill_of_materials import Bill, Line
from thermal.cost.prices import MOST, Price, load_prices, read_prices

BOOK = """\
name: small
title: Small book
currency: USD
date: "2026"
basis: estimate
source: a list
basket: plates
covers: [gpu_plate, cpu_plate, qd_pair]
lines:
  - {item: Plate, counts: [gpu_plate], price: {value: 0.1, low: 0.07, high: 0.3}}
"""


def quantities(bill: Bill) -> dict[str, Fraction]:
    out: Counter[str] = Counter()
    for line in bill.lines:
        out[line.item] += line.quantity
    return dict(out)


def line_of(bill: Bill, item: str) -> Line:
    return next(line for line in bill.lines if line.item == item)


def test_morgan_stanley_gb300_to_the_dollar(gb300: Any) -> None:
    bill = gb300.price("morgan_stanley_2025")
    assert bill.total == 49_860
    assert quantities(bill) == {
        "GPU or CPU plate": 108, "Fan": 198, "Rest of compute tray": 18, "Switch plate": 36, "Rest of switch tray": 9,
    }  # fmt: skip
    assert line_of(bill, "Switch plate").amount == 7_200


def test_morgan_stanley_vr200_to_the_dollar(vr200: Any) -> None:
    bill = vr200.price("morgan_stanley_2025")
    assert bill.total == 55_710
    assert quantities(bill)["Switch plate"] == 36
    assert line_of(bill, "Switch plate").item_class == "switch_plate"


def test_guosen_gb200_to_the_dollar(gb200: Any) -> None:
    bill = gb200.price("guosen_2026")
    assert bill.total == 83_770
    assert quantities(bill) == {
        "GPU or CPU plate": 108, "Switch plate": 18, "CDU share of one rack": 1, "Rack manifold": 2,
        "Quick disconnect pair": 126, "Fan": 198,
    }  # fmt: skip


def test_avc_gb300_and_cpx(gb300: Any, cpx: Any) -> None:
    small, large = gb300.price("avc_broker_2025"), cpx.price("avc_broker_2025")
    assert small.total == 35_910
    assert large.total == 69_930
    assert quantities(small) == {"Superchip module": 36, "Switch plate": 18, "Quick disconnect piece": 198}
    assert quantities(large) == {
        "Superchip module": 36, "Extra plate": 54, "Switch plate": 36, "Quick disconnect piece": 414,
        "Internal manifold": 18,
    }  # fmt: skip


@pytest.mark.parametrize("missing", ["gpu_plate[2]", "switch_plate[1]", "fan[1]", "compute[1]"])
def test_a_thing_taken_out_changes_the_bill(gb300: Any, missing: str) -> None:
    """The sabotaged twin: the totals above are counted, so they cannot survive a smaller rack."""
    whole = gb300.price("guosen_2026").total + gb300.price("morgan_stanley_2025").total
    dropped = next(item for item in gb300.items if item.path.endswith(missing))
    gb300.items = [item for item in gb300.items if not (item is dropped or item.path.startswith(dropped.path + "/"))]
    assert gb300.price("guosen_2026").total + gb300.price("morgan_stanley_2025").total < whole


def test_the_range_has_every_price_at_its_end(gb300: Any) -> None:
    bill = gb300.price("avc_broker_2025")
    assert bill.total_low == 36 * 600 + 18 * 200 + 198 * 30
    assert bill.total_high == 36 * 1200 + 18 * 200 + 198 * 50


def test_per_kilowatt_and_by_class(gb300: Any) -> None:
    bill = gb300.price("avc_broker_2025")
    assert bill.per_kW == pytest.approx(35_910 / 135.0, rel=1e-12)
    assert bill.by_class == {"module": 23_400, "switch_plate": 3_600, "qd_piece": 8_910}
    assert sum(bill.by_class.values()) == bill.total


def test_a_line_may_name_the_class_its_amount_belongs_to(gb300: Any) -> None:
    by_class = gb300.price("morgan_stanley_2025").by_class
    assert (by_class["switch_plate"], by_class["switch_tray"], by_class["compute_tray"]) == (7_200, 630, 4_680)
    assert gb300.price("guosen_2026").by_class["cdu"] == 30_000


def test_no_heat_gives_no_price_per_kilowatt(gb300: Any) -> None:
    gb300.heat = 0.0
    assert gb300.price("avc_broker_2025").per_kW is None


def test_content_of_a_priced_module_is_included_not_dropped(gb300: Any) -> None:
    bill = gb300.price("avc_broker_2025")
    assert {(entry.item, entry.part): entry.quantity for entry in bill.included} == {
        ("gpu_plate", "gb300_gpu_plate"): 72, ("cpu_plate", "grace_plate"): 36,
    }  # fmt: skip
    assert all("'Superchip module'" in entry.why for entry in bill.included)


def test_what_the_book_leaves_out_is_listed(gb300: Any) -> None:
    left = {(entry.item, entry.part): entry.quantity for entry in gb300.price("avc_broker_2025").not_covered}
    assert left == {
        ("tray_hose", "tray_hose"): 36, ("fan", "fan_4056"): 198, ("restrictor", "switch_restrictor"): 9,
        ("rack_manifold", "manifold_44ru"): 2, ("cdu", "some_cdu"): Fraction(1, 8), ("hose", "rack_hose"): 1,
        ("shelf_fan", "shelf_fan"): 1,
    }  # fmt: skip


@pytest.mark.parametrize("book", ["avc_broker_2025", "morgan_stanley_2025", "guosen_2026"])
@pytest.mark.parametrize("rack", ["gb300", "gb200", "vr200", "cpx"])
def test_everything_that_is_bought_appears_once(book: str, rack: str, request: pytest.FixtureRequest) -> None:
    made = request.getfixturevalue(rack)
    holders = ("_tray", "module")
    there: Counter[str] = Counter()
    for item in made.items:
        if not item.item_class.endswith(holders) and item.part != "some_pump":  # the CDU comes with its pump
            there[item.part] += (
                1 if item.item_class == "quick_disconnect" else Fraction(item.pieces).limit_denominator()
            )
    bill = made.price(book)
    entries = [(line.item_class, line.part, line.quantity) for line in bill.lines]
    entries += [(entry.item, entry.part, entry.quantity) for entry in (*bill.included, *bill.not_covered)]
    found: Counter[str] = Counter()
    for item_class, part, quantity in entries:
        if part in there:  # baskets and modules are no purchase beside their content
            found[part] += quantity / 2 if item_class == "qd_piece" and part == "mqd" else quantity
    assert found == there


def test_a_book_applied_to_another_rack_says_so_and_says_what_it_cannot(gb200: Any) -> None:
    bill = gb200.price("avc_broker_2025")
    assert any("written for gb300_nvl72 and vr200_nvl144_cpx" in remark for remark in bill.remarks)
    assert quantities(bill) == {"Switch plate": 18, "Quick disconnect piece": 198}
    reasons = {entry.part: entry.why for entry in bill.not_covered}
    assert reasons["gb200_gpu_plate"] == "the book has no price for this part"
    assert reasons["manifold_44ru"] == "outside the book's scope"


def test_four_plates_per_switch_tray_are_the_books_claim(gb300: Any) -> None:
    bill = gb300.price("morgan_stanley_2025")
    assert any("the book counts 36 (4 each), the rack file holds 18 switch_plate" in text for text in bill.remarks)
    assert any(entry.item == "switch_plate" and entry.quantity == 18 for entry in bill.included)


def test_the_published_total_stands_beside_ours(gb300: Any, cpx: Any) -> None:
    assert any(
        "prints 49,860 USD; counted here 49,860.00 (+0.0%)" in t for t in gb300.price("morgan_stanley_2025").remarks
    )
    remarks = cpx.price("avc_broker_2025").remarks
    assert any("prints about 70,000 USD; counted here 69,930.00 (-0.1%)" in text for text in remarks)
    assert any("scenario, not a product" in text for text in remarks)


def test_a_shared_cdu_is_a_fraction_but_a_price_per_rack_is_whole(gb300: Any) -> None:
    assert line_of(gb300.price("guosen_2026"), "CDU share of one rack").amount == 30_000
    per_unit = read_prices(
        BOOK.replace("covers: [", "covers: [cdu, ") + "  - {item: CDU, counts: [cdu], price: 100000}\n"
    )
    assert line_of(gb300.price(per_unit), "CDU").amount == 12_500


def test_a_price_per_rack_needs_what_it_includes(gb300: Any) -> None:
    gb300.items = [item for item in gb300.items if item.item_class != "cdu"]
    assert "CDU share of one rack" not in quantities(gb300.price("guosen_2026"))


def test_money_is_exact(gb300: Any) -> None:
    bill = gb300.price(read_prices(BOOK))
    assert bill.total == Decimal("7.20")  # 72 × 0.1; in binary floating point 7.2 comes as 7.200000000000001
    assert (bill.total_low, bill.total_high) == (Decimal("5.04"), Decimal("21.60"))


def test_the_line_that_names_the_part_goes_first_and_the_rack_before_it(gb300: Any) -> None:
    text = BOOK + "  - {item: Part, counts: [gpu_plate], parts: [gb300_gpu_plate], price: 2}\n"
    assert quantities(gb300.price(read_prices(text))) == {"Part": 72}
    text += "  - {item: Rack, counts: [gpu_plate], racks: [gb300_nvl72], price: 3}\n"
    assert quantities(gb300.price(read_prices(text))) == {"Rack": 72}
    gb300.name = "another"
    assert quantities(gb300.price(read_prices(text))) == {"Part": 72}


def test_a_line_may_be_limited_to_trays(gb300: Any) -> None:
    text = (
        BOOK.replace("cpu_plate,", "cpu_plate, fan,")
        + "  - {item: Fan, counts: [fan], trays: [switch_tray], price: 1}\n"
    )
    bill = gb300.price(read_prices(text))
    assert quantities(bill)["Fan"] == 54
    assert {entry.part: entry.quantity for entry in bill.not_covered}["fan_4056"] == 144


def test_supplier_group_is_the_lines_then_the_parts_then_the_class(gb300: Any) -> None:
    assert line_of(gb300.price(read_prices(BOOK)), "Plate").supplier_group == "gpu_plate"
    gb300.parts = {"gb300_gpu_plate": SimpleNamespace(supplier_group="plates")}
    assert line_of(gb300.price(read_prices(BOOK)), "Plate").supplier_group == "plates"
    named = read_prices(BOOK.replace("price:", "supplier_group: makers, price:"))
    assert line_of(gb300.price(named), "Plate").supplier_group == "makers"


def test_an_empty_rack_costs_nothing(gb300: Any) -> None:
    gb300.items = []
    bill = gb300.price("guosen_2026")
    assert (bill.total, bill.lines, bill.not_covered) == (0, (), ())


def test_summary_has_the_documented_keys(gb300: Any) -> None:
    summary = gb300.price("avc_broker_2025").summary()
    assert list(summary)[:8] == [
        "rack", "prices", "currency", "total", "total_low", "total_high", "per_kW", "lines",
    ]  # fmt: skip
    assert list(summary["lines"][0])[:9] == [
        "item", "part", "supplier_group", "quantity", "unit_price", "low", "high", "amount", "source",
    ]  # fmt: skip
    assert summary["total"] == 35_910.0
    assert {"by_class", "not_covered", "included", "remarks"} <= set(summary)


def test_a_bill_is_complete_when_the_book_prices_all_it_covers(gb300: Any, gb200: Any) -> None:
    complete, partial = gb300.price("morgan_stanley_2025"), gb200.price("morgan_stanley_2025")
    assert (complete.complete, complete.summary()["complete"], complete.unpriced) == (True, True, ())
    assert (partial.complete, partial.summary()["complete"]) == (False, False)
    assert [(entry.part, entry.quantity) for entry in partial.unpriced] == [("gb200_gpu_plate", 72)]


def test_the_highest_price_still_makes_an_exact_bill(gb300: Any) -> None:
    book = load_prices("avc_broker_2025")
    lines = tuple(line.model_copy(update={"price": Price(value=MOST), "each": 10_000}) for line in book.lines)
    assert gb300.price(book.model_copy(update={"lines": lines})).total == (36 + 18 + 198) * 10_000 * MOST
