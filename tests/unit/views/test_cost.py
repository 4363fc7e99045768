from __future__ import annotations

from typing import Any

import pytest

from thermal.views.cost import cost_text, price, quantity
from thermal.views.tables import WIDTH


def line(item: str, count: float, unit: float, **changes: Any) -> dict[str, Any]:
    amounts = {"quantity": count, "unit_price": unit, "low": unit, "high": unit, "amount": count * unit}
    words = {"item": item, "part": "some_part", "supplier_group": "plates", "source": "broker", "basis": "fitted"}
    return {**words, **amounts, **changes}


@pytest.fixture
def bill() -> dict[str, Any]:
    return {
        "rack": "gb300_nvl72",
        "prices": "avc_broker_2025",
        "currency": "USD",
        "total": 35_910.0,
        "total_low": 31_140.0,
        "total_high": 56_700.0,
        "per_kW": 266.0,
        "basket": "tray content without CDU",
        "lines": [
            line("Superchip module", 36, 650.0, low=600.0, high=1200.0),
            line("Switch plate", 18, 200.0),
            line("Quick disconnect piece", 198, 45.0),
        ],
        "by_class": {"module": 23_400.0, "switch_plate": 3_600.0, "qd_piece": 8_910.0},
        "included": [{"item": "gpu_plate", "part": "p", "quantity": 72, "why": "in the price of 'Superchip module'"}],
        "not_covered": [
            {"item": "hose", "part": "rack_hose", "quantity": 2, "why": "outside the book's scope"},
            {"item": "hose", "part": "cdu_hose", "quantity": 2, "why": "outside the book's scope"},
            {"item": "cdu", "part": "cdu", "quantity": 0.125, "why": "outside the book's scope"},
        ],
        "remarks": ["gb300_nvl72 is a product"],
    }


def test_a_bill_is_told_line_by_line(bill: dict[str, Any]) -> None:
    text = cost_text(bill)
    lines = text.splitlines()
    assert lines[0] == "gb300_nvl72 · avc_broker_2025 · USD"
    assert lines[2].split() == ["item", "part", "supplier", "group", "quantity", "unit", "price", "seen", "amount"]
    assert lines[4].split()[-4:] == ["36", "$650", "$600–$1,200", "$23,400"]
    assert lines[6].split()[-3:] == ["198", "$45", "$8,910"]
    assert "  total      $35,910  ($31,140–$56,700 over the prices seen) · $266 per kW of heat" in lines
    assert "  by class   module $23,400 · switch_plate $3,600 · qd_piece $8,910" in lines
    assert "  included   in the price of 'Superchip module': 72 gpu_plate" in lines
    assert "  uncovered  outside the book's scope: 4 hose, 0.125 cdu" in lines
    assert "  sources    Superchip module, Switch plate, Quick disconnect piece (fitted: broker)" in lines
    assert max(map(len, lines)) <= WIDTH


def test_a_partial_total_is_marked(bill: dict[str, Any]) -> None:
    assert "  total      $35,910 partial  (" in cost_text({**bill, "complete": False})
    assert cost_text({**bill, "complete": True}) == cost_text(bill)


def test_an_empty_bill(bill: dict[str, Any]) -> None:
    empty = {**bill, "lines": [], "by_class": {}, "total": 0.0, "total_low": 0.0, "total_high": 0.0, "per_kW": None}
    text = cost_text(empty)
    assert "nothing is priced" in text
    assert "unit price" not in text
    assert "  total      $0\n" in text


def test_counts_and_prices_show_only_the_decimals_they_have() -> None:
    assert (quantity(36), quantity(36.0), quantity(0.125), quantity(None)) == ("36", "36", "0.125", "–")
    assert (price(45.0, "USD"), price(1045.5, "USD"), price(0.99, "USD"), price(None, "USD")) == (
        "$45",
        "$1,045.50",
        "$0.99",
        "–",
    )
