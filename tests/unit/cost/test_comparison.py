"""The difference between two bills, split so that nothing is left over."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from thermal.cost.comparison import CurrencyError, explain
from thermal.cost.prices import read_prices

TEXT = """\
name: small
title: Small book
currency: USD
date: "2026"
basis: estimate
source: a list
basket: plates
covers: [gpu_plate, qd_piece]
lines:
  - {item: Plate, counts: [gpu_plate], price: 0.33}
  - {item: Piece, counts: [qd_piece], price: 0.07}
"""


def test_what_made_36_thousand_become_70(gb300: Any, cpx: Any) -> None:
    a, b = gb300.price("avc_broker_2025"), cpx.price("avc_broker_2025")
    steps = {step.item: step for step in explain(a, b)}
    assert {name: (step.kind, step.quantity_effect, step.price_effect) for name, step in steps.items()} == {
        "Superchip module": ("changed", 0, 36 * 150),
        "Switch plate": ("changed", 18 * 200, 0),
        "Quick disconnect piece": ("changed", 216 * 45, 0),
        "Extra plate": ("added", 54 * 150, 0),
        "Internal manifold": ("added", 18 * 400, 0),
    }
    assert sum(step.change for step in steps.values()) == b.total - a.total == 34_020


@pytest.mark.parametrize("racks", [("gb300", "vr200"), ("gb200", "cpx"), ("cpx", "gb300")])
@pytest.mark.parametrize("book", ["avc_broker_2025", "morgan_stanley_2025", "guosen_2026"])
def test_steps_sum_to_the_difference(racks: tuple[str, str], book: str, request: pytest.FixtureRequest) -> None:
    a, b = (request.getfixturevalue(rack).price(book) for rack in racks)
    steps = explain(a, b)
    assert sum(step.change for step in steps) == b.total - a.total
    assert all(step.quantity_effect + step.price_effect == step.change for step in steps)
    assert all(step.amount_b - step.amount_a == step.change for step in steps)


def test_the_split_is_exact_with_awkward_prices(gb300: Any, cpx: Any) -> None:
    a = gb300.price(read_prices(TEXT))
    b = cpx.price(read_prices(TEXT.replace("0.07", "0.11")))
    steps = {step.item: step for step in explain(a, b)}
    assert steps["Plate"].kind == "same"
    assert steps["Piece"].quantity_effect == Decimal("15.12")  # 216 × 0.07
    assert steps["Piece"].price_effect == Decimal("16.56")  # 414 × 0.04
    assert (steps["Piece"].unit_a, steps["Piece"].unit_b) == (Decimal("0.07"), Decimal("0.11"))
    assert steps["Piece"].change == Decimal("31.68")


def test_backwards_is_the_opposite(gb300: Any, cpx: Any) -> None:
    a, b = gb300.price("avc_broker_2025"), cpx.price("avc_broker_2025")
    back = {step.item: step for step in explain(b, a)}
    assert back["Extra plate"].kind == "gone"
    assert back["Extra plate"].change == -8_100
    for step in explain(a, b):
        assert back[step.item].change == -step.change


def test_a_bill_against_itself_has_no_change(gb300: Any) -> None:
    bill = gb300.price("morgan_stanley_2025")
    assert {step.kind for step in explain(bill, bill)} == {"same"}


def test_a_gap_in_the_book_is_no_change_of_quantity(gb300: Any, gb200: Any) -> None:
    """Both racks hold 72 GPU plates and 36 CPU plates; the book knows GB300's GPU plate only."""
    a, b = gb300.price("morgan_stanley_2025"), gb200.price("morgan_stanley_2025")
    steps = {step.item: step for step in explain(a, b)}
    plates, gap = steps["GPU or CPU plate"], steps["GPU or CPU plate, not priced"]
    assert (plates.kind, plates.quantity_a, plates.quantity_b, plates.change) == ("same", 36, 36, 0)
    assert (gap.kind, gap.quantity_a, gap.quantity_b) == ("unpriced", 72, 72)
    assert (gap.unit_a, gap.unit_b, gap.quantity_effect, gap.change) == (300, None, 0, -21_600)
    assert sum(step.change for step in steps.values()) == b.total - a.total
    back = {step.item: step for step in explain(b, a)}
    assert {name: step.change for name, step in back.items()} == {name: -step.change for name, step in steps.items()}


def test_a_module_without_a_price_is_a_gap_too(gb300: Any, gb200: Any) -> None:
    steps = {step.item: step for step in explain(gb300.price("avc_broker_2025"), gb200.price("avc_broker_2025"))}
    assert "Superchip module" not in steps
    gap = steps["Superchip module, not priced"]
    assert (gap.quantity_a, gap.quantity_b, gap.quantity_effect, gap.change) == (36, 36, 0, -23_400)


def test_a_gap_accounts_for_no_more_than_is_there(gb300: Any, gb200: Any) -> None:
    """With ten GPU plates fewer in the other rack, these ten are gone, and only the other 62 have no price."""
    plates = [thing for thing in gb200.items if thing.item_class == "gpu_plate"]
    for thing in plates[:10]:
        gb200.items.remove(thing)
    a, b = gb300.price("morgan_stanley_2025"), gb200.price("morgan_stanley_2025")
    steps = {step.item: step for step in explain(a, b)}
    assert steps["GPU or CPU plate"].quantity_effect == -3_000
    assert steps["GPU or CPU plate, not priced"].change == -62 * 300
    assert sum(step.change for step in steps.values()) == b.total - a.total


def test_gaps_leave_no_cent_over(gb300: Any, gb200: Any) -> None:
    text = TEXT.replace("counts: [gpu_plate], price: 0.33", "counts: [gpu_plate], parts: [PART], price: 0.3333")
    a = gb300.price(read_prices(text.replace("PART", "gb300_gpu_plate")))
    b = gb200.price(read_prices(text.replace("PART", "gb300_gpu_plate")))
    steps = {step.item: step for step in explain(a, b)}
    assert steps.keys() == {"Plate, not priced", "Piece"}
    assert sum(step.change for step in steps.values()) == b.total - a.total


def test_currencies_are_not_mixed(gb300: Any) -> None:
    a, b = gb300.price(read_prices(TEXT)), gb300.price(read_prices(TEXT.replace("USD", "TWD")))
    with pytest.raises(CurrencyError, match=r"USD .* TWD"):
        explain(a, b)


def test_summary_has_plain_numbers(gb300: Any, cpx: Any) -> None:
    step = explain(gb300.price("avc_broker_2025"), cpx.price("avc_broker_2025"))[0]
    assert step.summary() == {
        "item": "Superchip module", "kind": "changed", "quantity_a": 36.0, "quantity_b": 36.0,
        "amount_a": 23400.0, "amount_b": 28800.0, "unit_a": 650.0, "unit_b": 800.0,
        "quantity_effect": 0.0, "price_effect": 5400.0, "change": 5400.0,
    }  # fmt: skip
