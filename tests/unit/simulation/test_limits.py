"""Limits: each kind is found at the right place with its source, and not found where it is kept."""

from __future__ import annotations

from collections.abc import Callable
from math import pi
from pathlib import Path
from typing import Any

import pytest

from thermal.cli import run
from thermal.rack.loader import load_rack
from thermal.rack.schema import Rack
from thermal.results.summary import Violation
from thermal.simulation.steady import simulate

Bench = Callable[..., Rack]

L_MIN = 1e-3 / 60
HEADERS = (
    "parts:\n",
    "manifold: {supply: header, return: header}\n"
    "parts:\n"
    "  header: {kind: manifold, inner_diameter: 8 mm, tap_diameter: 5 mm, inlet_length: 0.3 m}\n",
)


def found(rack: Rack, quantity: str) -> list[Violation]:
    return [v for v in simulate(rack).summary["violations"] if v["quantity"] == quantity]


def tight(bench: Bench, limit: str, value: str, *changes: tuple[str, str], **values: str) -> Rack:
    text = f"{{{limit}: {{value: {value}, basis: published, source: tight rule}}}}"
    return bench(*changes, limits=text, **values)


def one(violations: list[Violation], path: str, value: float, limit: float, unit: str) -> Violation:
    assert len(violations) == 1, violations
    v = violations[0]
    assert v["path"] == path
    assert v["value"] == pytest.approx(value, rel=1e-6)
    assert v["value"] != pytest.approx(1.01 * value, rel=1e-3)
    assert v["limit"] == pytest.approx(limit, rel=1e-12)
    assert v["unit"] == unit
    assert v["severity"] == "limit"
    return v


def test_nothing_is_exceeded_on_the_bench(bench: Bench) -> None:
    assert simulate(bench()).summary["violations"] == []


def test_junction_limits(bench: Bench) -> None:
    """65.0 °C: above a slow-down limit of 60, and above a shut-down limit of 62, which then goes first."""
    slow = bench(parts__chip__limits="{slowdown: {value: 60 degC, basis: published, source: data sheet}}")
    violations = found(slow, "junction_temperature")
    assert [v["path"] for v in violations] == ["compute[1]/gpu", "compute[2]/gpu"]
    assert violations[0]["text"] == "slowdown limit: junction 65 °C is above 60 °C (published: data sheet)"
    both = bench(parts__chip__limits="{slowdown: 60 degC, shutdown: {value: 62 degC, source: other sheet}}")
    texts = [v["text"] for v in found(both, "junction_temperature")]
    assert texts[0].startswith("shutdown limit: junction 65 °C is above 62 °C (")
    assert "other sheet" in texts[0]
    assert len(texts) == 2
    assert found(bench(parts__chip__limits="{slowdown: 65.1 degC}"), "junction_temperature") == []


def test_return_temperature(bench: Bench) -> None:
    back = 30 + (1000 + 15115.05 * 4 * L_MIN) / (4000 * 4 / 60)
    v = one(found(tight(bench, "return_temperature", "33 degC"), "return_temperature"), "return_port", back, 33, "°C")
    assert v["text"] == "return temperature 33.75 °C is above 33 °C (published: tight rule)"
    assert found(tight(bench, "return_temperature", "33.76 degC"), "return_temperature") == []


def test_return_temperature_held_at_its_limit_is_no_violation(bench: Bench) -> None:
    """A control that holds the return at the very limit settles there to rounding."""
    for T in ("35 degC", "36.7 degC", "41.3 degC"):
        control = f"{{kind: return_temperature, value: {T}}}"
        assert found(tight(bench, "return_temperature", T, coolant__control=control), "return_temperature") == []
    gb300 = load_rack("gb300_nvl72", {"coolant.control.value": "65 degC"})
    assert float(gb300.limits.return_temperature) == 338.15  # type: ignore[arg-type]
    assert found(gb300, "return_temperature") == []


def test_supply_temperature(bench: Bench) -> None:
    v = one(found(tight(bench, "supply_temperature_low", "32 degC"), "supply_temperature"), "supply_port", 30, 32, "°C")
    assert v["text"] == "supply temperature 30 °C is below 32 °C (published: tight rule)"
    v = one(
        found(tight(bench, "supply_temperature_high", "29 degC"), "supply_temperature"), "supply_port", 30, 29, "°C"
    )
    assert v["text"] == "supply temperature 30 °C is above 29 °C (published: tight rule)"
    for limit in ("supply_temperature_low", "supply_temperature_high"):
        assert found(tight(bench, limit, "30 degC"), "supply_temperature") == []


def test_velocity_in_the_headers(bench: Bench) -> None:
    """4 L/min through 8 mm: 1.33 m/s in the first segment of each header, which stands for the header."""
    speed = 4 * L_MIN / (0.25 * pi * 0.008**2)
    violations = found(tight(bench, "velocity", "1.2 m/s", HEADERS), "velocity")
    assert [v["path"] for v in violations] == ["supply_manifold/segment[1]", "return_manifold/segment[1]"]
    for v in violations:
        assert v["value"] == pytest.approx(speed, rel=1e-6)
        assert v["text"].endswith("(published: tight rule)")
    assert found(tight(bench, "velocity", "1.33 m/s", HEADERS), "velocity") == []


def test_pressure(bench: Bench) -> None:
    """200 kPa at the return port, 15.1 kPa more at the supply, less the room's 100 kPa."""
    v = one(found(tight(bench, "pressure", "1.15 bar"), "pressure"), "supply_port", 1.1511505, 1.15, "bar")
    assert v["text"] == "pressure over the room's 1.151 bar is above 1.15 bar (published: tight rule)"
    assert found(tight(bench, "pressure", "1.152 bar"), "pressure") == []


def test_pressure_drop(bench: Bench) -> None:
    v = one(found(tight(bench, "pressure_drop", "15 kPa"), "pressure_drop"), "supply_port", 15.11505099, 15, "kPa")
    assert "15.12 kPa is above 15 kPa (published: tight rule)" in v["text"]
    assert found(tight(bench, "pressure_drop", "15.2 kPa"), "pressure_drop") == []


def test_flow_spread(bench: Bench) -> None:
    """Narrow headers give the first tray more than the second; the same rack without headers spreads nothing."""
    narrow = (HEADERS[0], HEADERS[1].replace("8 mm", "5 mm"))
    rack = tight(bench, "flow_spread", "0.001", narrow)
    flows = [row["flow_L_min"] for row in simulate(rack).summary["trays"]]
    spread = 100 * (max(flows) - min(flows)) / 2.0
    v = one(found(rack, "flow_spread"), "compute", spread, 0.1, "%")
    assert v["text"].endswith("is above 0.1 % (published: tight rule)")
    assert found(tight(bench, "flow_spread", "0.001"), "flow_spread") == []


def test_absolute_pressure_below_vapour_pressure(bench: Bench) -> None:
    """Return at 4 kPa absolute, vapour pressure 5 kPa: boiling where the pressure is least, which is reported."""
    violations = found(bench(coolant__return_pressure="4 kPa"), "vapour_pressure")
    assert len(violations) == 1
    v = violations[0]
    assert v["value"] <= 4.0
    assert v["limit"] == pytest.approx(5.0, rel=1e-9)
    assert v["severity"] == "limit"
    assert "is below 5 kPa (vapour pressure at" in v["text"]
    assert "raise coolant.return_pressure" in v["text"]
    assert found(bench(coolant__return_pressure="5.5 kPa"), "vapour_pressure") == []


def test_vapour_pressure_of_the_real_coolant() -> None:
    """PG25 at 55 °C boils below 14.6 kPa (0.924 of water's 15.8 kPa)."""
    low = load_rack("gb300_nvl72", {"coolant.return_pressure": "12 kPa"})
    assert len(found(low, "vapour_pressure")) == 1
    high = load_rack("gb300_nvl72", {"coolant.return_pressure": "40 kPa"})
    assert found(high, "vapour_pressure") == []


def test_rated_flow_and_pressure_of_a_coupling(bench: Bench) -> None:
    coupling = (
        "  gate: {kind: valve, kv: 0.6 m3/h}\n",
        "  gate: {kind: coupling, kv: 0.6 m3/h, rated_flow: 1.9 L/min, rated_pressure: 1.1 bar, source: maker}\n",
    )
    flows = found(bench(coupling), "volume_flow")
    assert [v["path"] for v in flows] == ["compute[1]/gate", "compute[2]/gate"]
    assert flows[0]["value"] == pytest.approx(2.0, rel=1e-6)
    assert "flow 2 L/min is above 1.9 L/min" in flows[0]["text"]
    assert "maker" in flows[0]["text"]
    pressures = found(bench(coupling), "pressure")
    assert [v["path"] for v in pressures] == ["compute[1]/gate", "compute[2]/gate"]
    assert pressures[0]["value"] == pytest.approx(1.1511505, rel=1e-6)
    assert "maker" in pressures[0]["text"]
    fine = bench(coupling, parts__gate__rated_flow="2.1 L/min", parts__gate__rated_pressure="1.2 bar")
    assert simulate(fine).summary["violations"] == []


def test_maximum_pressure_of_a_plate(bench: Bench) -> None:
    violations = found(bench(parts__plate__maximum_pressure="{value: 1 bar, source: maker}"), "pressure")
    assert [v["path"] for v in violations] == ["compute[1]/plate", "compute[2]/plate"]
    assert "maker" in violations[0]["text"]


@pytest.mark.parametrize("pumps", ["pump", "{parallel: [{part: pump, repeat: 2}]}"])
def test_greatest_flow_of_the_cooling_unit(bench: Bench, pumps: str) -> None:
    """Two racks of 3 L/min are 6 L/min through the unit, be it one pump or two with nothing in series."""
    circuit = (
        "{kind: cdu, circuit: {series: [swap, pump]}}",
        f"{{kind: cdu, circuit: {{series: [swap, {pumps}]}}, max_flow: {{value: 5 L/min, source: maker}}}}",
    )
    values = {"cdu__racks_served": "2", "coolant__control": "{kind: flow, value: 3 L/min}"}
    v = one(found(bench(circuit, **values), "volume_flow"), "cdu", 6.0, 5.0, "L/min")
    assert "flow of all its racks 6 L/min is above 5 L/min" in v["text"]
    assert found(bench(circuit, **{**values, "cdu__racks_served": "1"}), "volume_flow") == []


def test_pumps_alone_in_a_unit_count_together(bench: Bench) -> None:
    circuit = (
        "{kind: cdu, circuit: {series: [swap, pump]}}",
        "{kind: cdu, circuit: {parallel: [{part: pump, repeat: 2}]}, max_flow: {value: 3 L/min, source: maker}}",
    )
    one(found(bench(circuit), "volume_flow"), "cdu", 4.0, 3.0, "L/min")


def test_guidelines_are_told_apart(bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same rule as a guideline is reported, and does not make --strict fail; as a limit it does."""
    rule = "{pressure_drop: {value: 15 kPa, basis: published, source: good practice}}"
    violations = found(bench(guidelines=rule), "pressure_drop")
    assert [v["severity"] for v in violations] == ["guideline"]
    assert "good practice" in violations[0]["text"]
    file = str(tmp_path / "bench.yaml")
    assert run(["simulate", file, "--strict", "--quiet", "--set", f"guidelines={rule}"]) == 0
    assert run(["simulate", file, "--strict", "--quiet", "--set", f"limits={rule}"]) == 1
    assert run(["simulate", file, "--quiet", "--set", f"limits={rule}"]) == 0
    capsys.readouterr()


def test_limits_come_before_guidelines(bench: Bench) -> None:
    rack = bench(
        limits="{pressure_drop: 15 kPa}",
        guidelines="{return_temperature: 33 degC}",
        parts__chip__limits="{slowdown: 60 degC}",
    )
    kinds = [(v["quantity"], v["severity"]) for v in simulate(rack).summary["violations"]]
    assert kinds == [
        ("junction_temperature", "limit"),
        ("junction_temperature", "limit"),
        ("pressure_drop", "limit"),
        ("return_temperature", "guideline"),
    ]


def test_every_violation_of_a_hot_rack_names_a_source() -> None:
    rack = load_rack(
        "gb300_nvl72",
        {"coolant.supply_temperature": "54 degC", "coolant.control": "{kind: flow, value: 178 L/min}",
         "coolant.return_pressure": "450 kPa", "limits.velocity": "{value: 2 m/s, basis: published, source: a guide}",
         "limits.flow_spread": "{value: 0.005, basis: published, source: a guide}"},
    )  # fmt: skip
    violations: list[Any] = list(simulate(rack).summary["violations"])
    assert {v["quantity"] for v in violations} >= {
        "junction_temperature", "supply_temperature", "velocity", "flow_spread",
    }  # fmt: skip
    for v in violations:
        assert v["text"].endswith(")")
        assert "without a source" not in v["text"]
        assert len(v["text"].rpartition("(")[2]) > 8


def test_more_flow_than_the_unit_is_rated_for_exceeds_a_guideline() -> None:
    """Eight GB300 racks at 45 °C ask 1430 L/min of a unit whose data sheet ends at 1200; six ask 1071."""
    warm = {"coolant.supply_temperature": "45 degC"}
    found = []
    for racks in ("6", "8"):
        summary = simulate(load_rack("gb300_nvl72", {**warm, "cdu.racks_served": racks})).summary
        found.append([v for v in summary["violations"] if v["path"] == "cdu"])
    assert found[0] == []
    assert [v["severity"] for v in found[1]] == ["guideline"]
    assert found[1][0]["value"] == pytest.approx(8 * 178.6, rel=2e-3)
    assert "Vertiv" in found[1][0]["text"]
