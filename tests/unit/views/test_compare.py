from __future__ import annotations

from typing import Any

import pytest

from thermal.results.dataset import Results
from thermal.results.summary import Summary
from thermal.views.compare import compare_text, difference_text, side_by_side
from thermal.views.tables import WIDTH


def bill(rack: str, total: float, per_kW: float | None) -> dict[str, Any]:
    return {
        "rack": rack,
        "prices": "avc_broker_2025",
        "currency": "USD",
        "total": total,
        "per_kW": per_kW,
        "lines": [{}],
    }


@pytest.fixture
def summaries(small_results: Results) -> list[Summary]:
    first = small_results.summary
    return [first, {**first, "rack": "air_rack", "coolant": None, "pressure_drop_kPa": None, "pump_power_W": None}]


STEP = {
    "item": "Superchip module",
    "kind": "changed",
    "quantity_a": 36.0,
    "quantity_b": 36.0,
    "unit_a": 650.0,
    "unit_b": 800.0,
    "quantity_effect": 0.0,
    "price_effect": 5_400.0,
    "change": 5_400.0,
}
ADDED = {
    **STEP,
    "item": "Internal manifold",
    "kind": "added",
    "quantity_a": 0.0,
    "quantity_b": 18.0,
    "unit_a": None,
    "unit_b": 400.0,
    "quantity_effect": 7_200.0,
    "price_effect": 0.0,
    "change": 7_200.0,
}
DIFFERENCE = {
    "prices": "avc_broker_2025",
    "currency": "USD",
    "rack_a": "gb300_nvl72",
    "rack_b": "air_rack",
    "total_a": 35_910.0,
    "total_b": 48_510.0,
    "steps": [STEP, ADDED],
}


def test_racks_stand_side_by_side(summaries: list[Summary]) -> None:
    text = side_by_side(summaries, [bill("gb300_nvl72", 35_910.0, 266.0), bill("air_rack", 40_000.0, None)])
    cells = {line[:24].strip(): line[24:].split() for line in text.splitlines()}
    assert cells[""] == ["gb300_nvl72", "air_rack"]
    assert cells["devices"] == ["2", "gpu,", "1", "nic"] * 2
    assert cells["heat [kW]"] == ["135.0", "135.0"]
    assert cells["coolant"] == ["119.2", "L/min", "air", "only"]
    assert cells["rack pressure drop [kPa]"] == ["58.6", "–"]
    assert cells["least margin at"] == ["compute[1]/gpu[2]"] * 2
    assert cells["its margin [K]"] == ["3.1", "3.1"]
    assert cells["bill, avc_broker_2025"] == ["$35,910", "($266/kW)", "$40,000"]


def test_a_bill_without_lines_is_no_bill(summaries: list[Summary]) -> None:
    nothing = {**bill("air_rack", 0.0, 0.0), "lines": []}
    assert "$" not in side_by_side(summaries, [nothing])


def test_a_row_without_any_value_is_left_out(summaries: list[Summary]) -> None:
    assert "pumps" in side_by_side(summaries, [])
    assert "pumps" not in side_by_side([summaries[1], summaries[1]], [])


def test_a_difference_adds_up(summaries: list[Summary]) -> None:
    lines = difference_text(DIFFERENCE).splitlines()
    assert lines[0] == "avc_broker_2025: $35,910 (gb300_nvl72) → $48,510 (air_rack): +$12,600, +35.1 %"
    assert lines[4].split() == ["Superchip", "module", "36", "$650", "→", "$800", "$0", "+$5,400", "+$5,400"]
    assert lines[5].split() == ["Internal", "manifold", "0", "→", "18", "–", "→", "$400", "+$7,200", "$0", "+$7,200"]
    assert lines[6].split() == ["sum", "+$7,200", "+$5,400", "+$12,600"]


def test_what_the_book_does_not_price_is_told_apart() -> None:
    gap = {**STEP, "item": "Plate, not priced", "kind": "unpriced", "unit_b": None, "price_effect": -900.0}
    gap["change"] = -900.0
    unpriced = [{"rack": "air_rack", "item": "gpu_plate", "part": "other_plate", "quantity": 36}]
    partial = {**DIFFERENCE, "total_b": 47_610.0, "steps": [STEP, ADDED, gap], "unpriced": unpriced}
    lines = difference_text(partial).splitlines()
    assert lines[0] == "avc_broker_2025: $35,910 (gb300_nvl72) → $47,610 partial (air_rack): +$11,700"
    assert lines[2].split()[-5:] == ["by", "price", "no", "price", "change"]
    assert lines[6].split()[3:] == ["36", "$650", "→", "–", "$0", "$0", "−$900", "−$900"]
    assert lines[7].split() == ["sum", "+$7,200", "+$5,400", "−$900", "+$11,700"]
    assert lines[-1] == "not priced by the book: 36 other_plate in air_rack"


def test_a_partial_bill_is_marked(summaries: list[Summary]) -> None:
    text = side_by_side(summaries, [{**bill("gb300_nvl72", 35_910.0, 266.0), "complete": False}])
    assert "$35,910 partial ($266/kW)" in text


def test_all_together_fits_the_screen(summaries: list[Summary]) -> None:
    text = compare_text(summaries, [bill("gb300_nvl72", 35_910.0, 266.0)], [DIFFERENCE])
    assert max(map(len, text.splitlines())) <= WIDTH
    assert text.count("avc_broker_2025") == 2
