from __future__ import annotations

from typing import Any

import pytest

from thermal.views.coldplate import coldplate_text
from thermal.views.tables import WIDTH


def row(flow: float, **changes: Any) -> dict[str, Any]:
    numbers = {
        "inlet_C": 40.0,
        "flow_L_min": flow,
        "pressure_drop_kPa": 19.54,
        "resistance_K_W": 0.0235,
        "outlet_C": 49.5,
        "case_C": 72.9,
        "reynolds_number": None,
    }
    return {"fluid": "PG25", **numbers, "in_range": True, "outside": [], **changes}


@pytest.fixture
def curve() -> dict[str, Any]:
    return {
        "plate": "gpu_plate",
        "title": "GPU cold plate",
        "rack": "gb300_nvl72",
        "fidelity": "network",
        "version": "0.1.0",
        "power_W": 1400.0,
        "like_devices": 1.0,
        "devices": {"b300": 1},
        "ranges": [{"what": "resistance", "quantity": "flow_L_min", "low": 0.5, "high": 4.0}],
        "rows": [row(2.2), row(4.0)],
        "notes": [],
        "rests_on": [{"what": "resistance", "value": "0.0235 K/W", "basis": "fitted", "source": "a blog"}],
    }


def test_a_plate_is_told_flow_by_flow(curve: dict[str, Any]) -> None:
    lines = coldplate_text(curve).splitlines()
    assert lines[0] == "GPU cold plate (gb300_nvl72) · 1,400 W · network fidelity"
    assert lines[2] == "fluid  inlet [°C]  flow [L/min]  Δp [kPa]  R [K/W]  outlet [°C]  case [°C]"
    assert lines[4].split() == ["PG25", "40.0", "2.200", "19.540", "0.02350", "49.5", "72.9"]
    assert "  range      resistance 0.50–4.00 L/min" in lines
    assert "  rests on   resistance 0.0235 K/W (fitted: a blog)" in lines
    assert not any("beyond" in line or "shared" in line for line in lines)


def test_notes_stand_before_what_the_numbers_rest_on(curve: dict[str, Any]) -> None:
    lines = coldplate_text({**curve, "notes": ["resolved/mine is not at work"]}).splitlines()
    at = lines.index("  notes      resolved/mine is not at work")
    assert lines[at + 1].startswith("  rests on ")
    assert "notes" not in coldplate_text(curve)


def test_flows_outside_the_data_are_marked(curve: dict[str, Any]) -> None:
    marked = row(9.0, in_range=False, outside=["resistance"])
    text = coldplate_text({**curve, "rows": [row(2.2), marked]})
    assert "case [°C]  out of range" in text
    assert [line.split()[-1] for line in text.splitlines()[4:6]] == ["72.9", "R"]
    assert "  beyond     the film of the resistance law is held" in text


def test_a_shared_plate_says_whose_case_it_is(curve: dict[str, Any]) -> None:
    text = coldplate_text({**curve, "like_devices": 4.27, "devices": {"cpx": 4, "nic": 4}})
    assert "  shared by  4 cpx + 4 nic: as much heat as 4.27 of the largest device" in text


def test_channels_and_long_names_fit_the_width(curve: dict[str, Any]) -> None:
    laws = ["pressure drop", "laminar flow"]
    worst = row(123.456, fluid="a coolant with a name of its own", reynolds_number=12_345.0, outside=laws)
    ranges = [{"what": "laminar flow", "quantity": "reynolds_number", "low": 0.0, "high": 2000.0}]
    value = {"what": "coolant", "value": "x", "basis": None, "source": "word " * 60}
    text = coldplate_text({**curve, "rows": [worst], "ranges": ranges, "rests_on": [value]})
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "  range      laminar flow to Re 2,000" in text
    assert "Δp, laminar" in text
    assert "(no basis given: word" in text


def test_a_field_tells_the_junction_and_its_grid(curve: dict[str, Any]) -> None:
    rows = [row(2.2, junction_resistance_K_W=0.0312, junction_max_C=83.7, reynolds_number=312.0)]
    grid = {
        "resolution": 1.0,
        "cells": 212_160,
        "grid_error_K": 0.031,
        "grid_error_flow_L_min": 2.2,
        "energy_imbalance_rel": 2e-16,
    }
    text = coldplate_text({**curve, "fidelity": "plate", "rows": rows, "grid": grid})
    assert "case [°C]  Rj [K/W]  junction [°C]   Re" in text
    assert text.splitlines()[4].split()[-4:] == ["72.9", "0.03120", "83.7", "312"]
    told = "  grid       212,160 cells: hot spot known to 0.03 K at 2.20 L/min (Richardson); heat balanced to 2e-16"
    assert told in text.splitlines()
    assert max(map(len, text.splitlines())) <= WIDTH


def test_unevenly_fed_channels_are_told_where_they_are_worst(curve: dict[str, Any]) -> None:
    rows = [row(flow, channel_flow_least_rel=1.0 - 0.5 * spread, channel_flow_most_rel=1.0 + 0.5 * spread,
                channel_flow_spread_rel=spread) for flow, spread in ((1.0, 0.2), (2.0, 0.3), (4.0, 0.1))]  # fmt: skip
    lines = coldplate_text({**curve, "rows": rows}).splitlines()
    assert "  channels   0.85–1.15 × mean flow at 2.00 L/min, where they differ most" in lines
    assert "  channels   0.90–1.10 × mean flow" in coldplate_text({**curve, "rows": rows[:1]}).splitlines()
    assert "channels" not in coldplate_text(curve)
