from __future__ import annotations

from typing import Any

import pytest

from thermal.results.dataset import Results
from thermal.results.summary import Summary, Violation
from thermal.views.simulate import simulate_text
from thermal.views.tables import WIDTH


@pytest.fixture
def summary(small_results: Results) -> Summary:
    return small_results.summary


def too_hot(path: str = "compute[18]/gpu[3]", value: float = 91.2) -> Violation:
    text = f"junction at {value} °C is over the slow-down limit of 87.0 °C (assumed: read off H100 tools)"
    return Violation(path=path, quantity="junction_temperature", value=value, limit=87.0, unit="degC", text=text)


def band(**changes: Any) -> Any:
    cause = {
        "path": "parts.gpu_plate.resistance.power.value",
        "title": "the GPU plate's resistance",
        "basis": "fitted",
        "source": "no public data",
        "low": 0.020,
        "high": 0.035,
        "unit": "K/W",
        "margin_at_low_K": 3.3,
        "margin_at_high_K": -12.1,
        **changes,
    }
    return {"margin_low_K": -12.1, "margin_high_K": 3.3, "nominal_K": 3.1, "decided_by": cause, "values": [cause]}


def test_the_questions_are_answered_in_their_order(summary: Summary) -> None:
    lines = simulate_text(summary).splitlines()
    expected = (
        "NVIDIA GB300 NVL72 · PG25 at 40.0 °C · network fidelity · converged in 6 iterations, 8 ms",
        "  verdict    within limits: 3.1 K to spare",
        "  hottest    compute[1]/gpu[2]  83.9 °C  (limit 87.0 °C)   40.0 supply + 0.0 coolant + 35.5 plate +",
        "             8.4 package",
        "  heat       135.0 kW = 121.5 to liquid + 13.5 to air (90 % liquid)",
        "  coolant    119.2 L/min → 55.0 °C return · rack 58.6 kPa · trays compute 5.90, switch 0.80 L/min · spread",
        "             3.1 %",
        "  power      pumps 0.31 kW · fans 2.90 kW",
        "  by kind    gpu  2 × 1,400 W  liquid  83.1–83.9 °C  margin 3.1 K",
        "             nic  1 × 80 W     air     61.0 °C",
        "  bill       $35,910 (avc_broker_2025)",
    )
    assert lines == list(expected)


def test_a_violation_leads_and_names_its_source(summary: Summary) -> None:
    summary["devices"][1]["margin_K"] = -4.2
    summary["violations"] = [too_hot(f"compute[{tray}]/gpu[1]", 87.0 + tray) for tray in range(1, 19)]
    text = simulate_text(summary)
    assert "verdict    OVER LIMIT: 18 limits are violated; the worst device is 4.2 K over its limit" in text
    assert "violations compute[18]/gpu[1]: junction at 105.0 °C" in text  # the worst first
    assert " ".join(text.split()).count("assumed: read off H100") == 3
    assert "and 15 more of junction_temperature" in text


def test_a_violation_elsewhere_leaves_devices_their_margin(summary: Summary) -> None:
    summary["violations"] = [{**too_hot("manifold"), "quantity": "velocity"}]
    assert "OVER LIMIT: 1 limit is violated; devices have 3.1 K to spare" in simulate_text(summary)


def test_the_band_names_the_assumption_that_decides(summary: Summary) -> None:
    summary["band"] = band()
    text = " ".join(simulate_text(summary).split())
    assert "band −12.1 … +3.3 K over the uncertain values" in text
    assert (
        "decided by the GPU plate's resistance (fitted, no public data): +3.3 K at 0.02 K/W, −12.1 K at 0.035" in text
    )
    assert "so it alone decides between fine and throttling" in text


def test_a_band_that_stays_on_one_side_decides_nothing(summary: Summary) -> None:
    summary["band"] = band(margin_at_high_K=0.5)
    assert "alone decides" not in simulate_text(summary)
    summary["band"]["decided_by"] = None
    assert "decided by" not in simulate_text(summary)


def test_an_all_air_rack(summary: Summary) -> None:
    summary["coolant"] = None
    summary["pressure_drop_kPa"] = summary["pump_power_W"] = summary["flow_spread_rel"] = None
    summary["devices"] = [
        {**summary["devices"][2], "limit_C": 87.0, "margin_K": 26.0, "coolant_rise_K": None},
    ]
    text = simulate_text(summary)
    assert "· air only ·" in text
    assert "27.0 air + 30.0 heat sink + 4.0 package" in text
    assert "L/min" not in text
    assert "pumps" not in text


def test_a_power_state_and_notes_are_told(summary: Summary) -> None:
    summary["power_state"] = "peak"
    summary["notes"] = ["bf3 has no power 'peak'; tdp is used"]
    text = simulate_text(summary)
    assert "power state peak" in text
    assert "  notes      bf3 has no power 'peak'; tdp is used" in text


def test_it_fits_the_screen(summary: Summary) -> None:
    summary["band"] = band()
    summary["violations"] = [too_hot(), {**too_hot("manifold/segment"), "quantity": "velocity"}]
    lines = simulate_text(summary).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert len(lines) <= 24


def test_a_partial_bill_is_marked(summary: Summary) -> None:
    summary["bill"][0]["complete"] = False
    assert "  bill       $35,910 partial (avc_broker_2025)" in simulate_text(summary).splitlines()


def test_a_rack_that_no_book_prices_has_no_bill_of_zero(summary: Summary) -> None:
    summary["bill"][0]["total"] = 0.0
    text = simulate_text(summary)
    assert "$0" not in text
    assert "  bill       nothing in this rack is in a bundled price book" in text
