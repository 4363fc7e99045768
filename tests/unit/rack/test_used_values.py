from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thermal.rack.bundled import bundled
from thermal.rack.loader import load_rack, uncertain_values, with_value
from thermal.rack.schema import Rack
from thermal.rack.used_values import UsedValue, used_values
from thermal.rack.values import BASES, DEFAULT

PATH = "parts.plate.resistance.power.value"


def rows(rack: Rack, *, fields: bool = False) -> dict[str, UsedValue]:
    return {row.path: row for row in used_values(rack, fields=fields)}


def test_a_value_keeps_its_text_and_shows_its_range_in_the_unit_it_was_written_in(small: Rack) -> None:
    row = rows(small)[PATH]
    assert row == UsedValue(PATH, "plate", "resistance, power", "0.03 K/W", "K/W", 0.03, 0.02, 0.04, "fitted", "a rig")


@pytest.mark.parametrize(
    ("path", "text", "value", "unit"),
    [
        ("coolant.supply_temperature", "40 degC", 40.0, "°C"),
        ("coolant.control.value", "12 L/min", 12.0, "L/min"),
        ("parts.header.inner_diameter", "30 mm", 30.0, "mm"),
        ("parts.gate.kv", "2 m3/h", 2.0, "m³/h"),
        ("parts.coupling.cv", "1.4", 1.4, ""),
        ("parts.gpu.power.tdp", "700 W", 700.0, "W"),
        ("trays.compute.air.impedance.quadratic", "1e6 Pa/(m3/s)^2", 1e6, "Pa/(m³/s)²"),
    ],
)
def test_numbers_are_shown_in_the_unit_of_the_text(small: Rack, path: str, text: str, value: float, unit: str) -> None:
    row = rows(small)[path]
    assert (row.text, row.value, row.unit) == (text, value, unit)


def test_a_range_written_in_another_unit_is_shown_in_the_one_of_the_value(rack_file: Callable[..., Path]) -> None:
    rack = load_rack(rack_file(("inlet_length: 0.2 m", "inlet_length: {value: 0.2 m, low: 150 mm, high: 25 cm}")))
    row = rows(rack)["parts.header.inlet_length"]
    assert (row.value, row.low, row.high, row.unit) == (0.2, 0.15, 0.25, "m")


def test_a_part_that_no_circuit_names_is_left_out(small: Rack) -> None:
    assert "hose" in small.parts
    assert not any(path.startswith("parts.hose.") for path in rows(small))


def test_a_changed_value_is_shown_in_si(small: Rack) -> None:
    row = rows(with_value(small, "coolant.supply_temperature", 300.0))["coolant.supply_temperature"]
    assert (row.value, row.unit) == (300.0, "K")


def test_what_nobody_wrote_is_a_default_and_never_the_parts_own(small: Rack) -> None:
    row = rows(small)["parts.header.roughness"]
    assert (row.text, row.value, row.unit, row.basis, row.source) == ("1.5 um", 1.5, "µm", "assumed", DEFAULT)
    bundle = rows(load_rack("gb300_nvl72"))
    assert bundle["parts.manifold_44ru.loss_coefficient"].source == DEFAULT
    assert bundle["parts.manifold_44ru.inner_diameter"].basis == "article"
    assert bundle["ambient.temperature"].source == "cold aisle", "written, though equal to the default"
    assert bundle["parts.tray_hose.roughness"].source != DEFAULT, "written, though equal to the default"


def test_only_the_power_in_force_counts() -> None:
    found = rows(load_rack("gb300_nvl72", {"power_state": "idle"}))
    assert {path for path in found if path.startswith("parts.b300.power.")} == {"parts.b300.power.idle"}
    fallen_back = rows(load_rack("gb300_nvl72", {"power_state": "max_q"}))
    assert "parts.b300.power.tdp" in fallen_back, "which has no such state"


def test_every_uncertain_value_is_among_them() -> None:
    for name in bundled("racks"):
        rack = load_rack(name)
        found = rows(rack)
        assert {path for path, _ in uncertain_values(rack)} <= set(found)
        assert len(found) == len(used_values(rack)), "no path twice"
        assert all(row.basis in BASES and row.of and row.what and row.text for row in found.values())


def test_a_curve_is_one_row(small: Rack) -> None:
    row = rows(small)["parts.fan.curve.table"]
    assert (row.text, row.value, row.unit) == ("4 numbers: 0 m3/s, 300 Pa, 0.02 m3/s, …", None, "")


def test_a_curve_with_a_range_is_told_point_by_point(rack_file: Callable[..., Path]) -> None:
    ranged = "[0.02 m3/s, {value: 0 Pa, low: 0 Pa, high: 20 Pa}]"
    found = rows(load_rack(rack_file(("[0.02 m3/s, 0 Pa]", ranged))))
    assert "parts.fan.curve.table" not in found
    row = found["parts.fan.curve.table[2][2]"]
    assert (row.value, row.low, row.high, row.unit) == (0.0, 0.0, 20.0, "Pa")


def test_one_conductivity_for_three_directions_is_one_number(shaped: Callable[..., Path]) -> None:
    row = rows(load_rack(shaped()), fields=True)["parts.plate.body.cover.conductivity"]
    assert (row.text, row.value, row.unit) == ("385 W/(m K)", 385.0, "W/(m·K)")


def test_a_default_within_a_list_does_not_break_it_up() -> None:
    found = rows(load_rack("gb300_nvl72"), fields=True)
    assert found["parts.b300.body.chips"].text.startswith("226 numbers: ")
    assert not any(path.startswith("parts.grace.body.chips[") for path in found)


def test_bodies_count_where_fields_were_solved(shaped: Callable[..., Path]) -> None:
    rack = load_rack(shaped())
    plain, solved = rows(rack), rows(rack, fields=True)
    assert not any(".body." in path or ".channels." in path for path in plain)
    assert solved["parts.plate.body.width"].value == 110.0
    assert solved["parts.plate.body.width"].source == "drawn", "of the body, not of the part"
    assert set(plain) < set(solved)


def test_coolants_are_named_with_their_source(small: Rack) -> None:
    row = rows(small)["coolant.fluid"]
    assert row.text == "Water"
    assert "IAPWS" in row.source


def test_a_rack_cooled_by_air_has_no_coolant() -> None:
    assert not any(path.startswith("coolant") for path in rows(load_rack("hgx_h100_air")))
