"""What would only fail once the loop runs is refused when the rack is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thermal.errors import Problem
from thermal.rack.loader import load_rack

Load = Callable[..., Problem]
Write = Callable[..., Path]

PARTS = """\
  pump: {kind: pump, head: {table: [[0 L/min, 90 kPa], [90 L/min, 0 kPa]]}, efficiency: 0.5}
  swap:
    kind: exchanger
    rated: {heat: 2 kW, approach: 4 K, flow: 4 L/min, facility_flow: 6 L/min}
  booster: {kind: assembly, circuit: {series: [hose, pump]}}
"""
FACILITY = "facility: {fluid: water, supply_temperature: 30 degC, flow: 6 L/min, control: none}\n"
TABLE = """{name: brew, columns: {
    temperature: {unit: degC, values: [0, 50, 95]}, density: {unit: kg/m3, values: [1000, 990, 980]},
    specific_heat: {unit: J/(kg*K), values: [4000, 4010, 4020]},
    conductivity: {unit: W/(m*K), values: [0.6, 0.6, 0.6]}, viscosity: {unit: mPa*s, values: [1, 0.8, 0.5]},
    vapour_pressure: {unit: kPa, values: [1, 12, 85]}}}"""


def parts(more: str = "") -> tuple[str, str]:
    return ("  fan: {kind: fan", f"{PARTS}{more}  fan: {{kind: fan")


def with_cdu(circuit: str) -> tuple[tuple[str, str], tuple[str, str]]:
    unit = f"  unit: {{kind: cdu, circuit: {{series: {circuit}}}}}\n"
    return parts(unit), ("manifold: {supply", "cdu: {part: unit}\nmanifold: {supply")


def stands(problem: Problem, snippet: str) -> bool:
    """Whether the problem's line and column point at `snippet` in its file."""
    return Path(problem.file).read_text().splitlines()[problem.line - 1][problem.column - 1 :].startswith(snippet)


@pytest.mark.parametrize("use", ["pump", "booster"])
@pytest.mark.parametrize("key", ["supply", "return"])
def test_a_pump_outside_the_cdu_is_refused(problem: Load, key: str, use: str) -> None:
    found = problem(parts(), ("manifold: {supply", f"{key}: {{series: [hose, {use}]}}\nmanifold: {{supply"))
    assert found.path == f"{key}.series[2]"
    assert stands(found, use)
    assert "pump 'pump'" in found.wrong
    assert "stands outside the CDU" in found.wrong
    assert ("(in 'booster')" in found.wrong) == (use == "booster")


def test_a_pump_in_a_tray_is_refused(problem: Load) -> None:
    found = problem(parts(), ("        - gate\n", "        - pump\n"))
    assert found.path == "trays.compute.circuit.series[2]"
    assert stands(found, "pump")
    assert "stands outside the CDU" in found.wrong


@pytest.mark.parametrize("circuit", ["[hose, pump]", "[booster]", "[hose, {parallel: [booster, pump]}]"])
def test_a_pump_in_the_cdu_is_as_it_should_be(rack_file: Write, circuit: str) -> None:
    assert load_rack(rack_file(*with_cdu(circuit))).cdu is not None


@pytest.mark.parametrize(
    "control",
    ["kind: flow, value: 12 L/min", "kind: pump_speed, value: 0.8", "kind: pressure_drop, value: 20 kPa",
     "kind: return_temperature, value: 50 degC"],
)  # fmt: skip
def test_a_cdu_without_a_pump_is_refused(problem: Load, control: str) -> None:
    found = problem(*with_cdu("[hose]"), ("kind: flow, value: 12 L/min", control))
    assert found.path == "cdu.part"
    assert stands(found, "unit")
    assert "'unit' holds no pump" in found.wrong


def test_a_broken_pump_is_not_called_missing(problem: Load) -> None:
    found = problem(*with_cdu("[pump]"), overrides={"parts.pump.efficiency": "0"})
    assert found.path == "parts.pump.efficiency"


@pytest.mark.parametrize(
    ("temperature", "wrong"),
    [
        ("0 degC", "freezes at 0.00 °C, and this is 0.00 °C"),
        ("-3 degC", "freezes at 0.00 °C, and this is -3.00 °C"),
        ("0.5 degC", "is known from 1.00 °C to 100.00 °C, and this is 0.50 °C"),
        ("101 degC", "is known from 1.00 °C to 100.00 °C, and this is 101.00 °C"),
    ],
)
def test_a_supply_the_coolant_cannot_have(problem: Load, temperature: str, wrong: str) -> None:
    found = problem(("supply_temperature: 40 degC", f"supply_temperature: {temperature}"))
    assert (found.line, found.path) == (6, "coolant.supply_temperature")
    assert stands(found, temperature)
    assert wrong in found.wrong


def test_a_table_written_here_sets_the_range(problem: Load, rack_file: Write) -> None:
    """Without a freezing temperature the table alone decides; its ends belong to it."""
    brew, supply = ("fluid: water", f"fluid: {TABLE}"), "supply_temperature: 40 degC"
    for end in ("0 degC", "95 degC"):
        assert load_rack(rack_file(brew, (supply, f"supply_temperature: {end}"))).fluid is not None
    found = problem(brew, (supply, "supply_temperature: -1 degC"))
    assert "brew is known from 0.00 °C to 95.00 °C" in found.wrong


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("values: [1, 12, 85]", "values: [0, 12, 85]"), "`vapour_pressure` has a value that is not above zero"),
        (("values: [0, 50, 95]", "values: [0, 95]"), "the table has 2 row(s)"),
    ],
)
def test_a_table_written_here_is_checked(problem: Load, change: tuple[str, str], wrong: str) -> None:
    assert TABLE.count(change[0]) == 1
    found = problem(("fluid: water", f"fluid: {TABLE.replace(*change)}"))
    assert (found.line, found.path, found.wrong) == (5, "coolant.fluid.columns", wrong)


RETURN = ("kind: flow, value: 12 L/min", "kind: return_temperature, value: 38 degC")


@pytest.mark.parametrize("back", ["38 degC", "40 degC"])
def test_a_return_that_is_not_above_the_supply(problem: Load, back: str) -> None:
    found = problem((RETURN[0], f"kind: return_temperature, value: {back}"))
    assert (found.line, found.path) == (7, "coolant.control.value")
    assert stands(found, back)
    assert "cannot be held with a supply of 40.00 °C" in found.wrong


def test_a_return_outside_the_table(problem: Load) -> None:
    found = problem((RETURN[0], "kind: return_temperature, value: 101 degC"))
    assert found.path == "coolant.control.value"
    assert "water is known from 1.00 °C to 100.00 °C" in found.wrong


def test_a_supply_that_follows_the_facility_may_stand_above_the_return(problem: Load, rack_file: Write) -> None:
    """With ``facility.control: none`` coolant.supply_temperature holds nothing, and the facility water decides."""
    unit, cdu = with_cdu("[swap, pump]")
    cdu = (cdu[0], FACILITY + cdu[1])
    assert load_rack(rack_file(unit, cdu, RETURN)).facility is not None
    found = problem(unit, cdu, (RETURN[0], "kind: return_temperature, value: 29 degC"))
    assert found.wrong == "a return of 29.00 °C cannot be held with a supply of 30.00 °C"
    assert "facility.supply_temperature" in found.right
    # The twin: where a valve holds the supply, the same return is refused.
    held = (cdu[0], cdu[1].replace("control: none", "control: supply_temperature"))
    assert "with a supply of 40.00 °C" in problem(unit, held, RETURN).wrong


def test_an_unused_assembly_that_names_a_missing_part(problem: Load) -> None:
    found = problem(parts("  spare: {kind: assembly, circuit: {series: [hose, hos]}}\n"))
    assert found.path == "parts.spare.circuit.series[2]"
    assert stands(found, "hos]")
    assert (found.wrong, found.right) == ("there is no part 'hos'", "did you mean 'hose'?")


def test_an_unused_cdu_that_names_a_missing_part(problem: Load) -> None:
    found = problem(parts("  spare: {kind: cdu, circuit: {series: [pumpe]}}\n"))
    assert (found.path, found.wrong) == ("parts.spare.circuit.series[1]", "there is no part 'pumpe'")


def test_an_unused_assembly_of_an_included_file_may_want_another(rack_file: Write, tmp_path: Path) -> None:
    catalogue = "parts:\n  spare: {kind: assembly, circuit: {series: [from_elsewhere]}}\n"
    (tmp_path / "more.yaml").write_text(catalogue)
    assert "spare" in load_rack(rack_file(("name: small", "name: small\ninclude: [more.yaml]"))).parts
