from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thermal.errors import Problem
from thermal.rack.loader import load_rack
from thermal.rack.parts import Plate
from thermal.rack.schema import Rack

Write = Callable[..., Path]
Load = Callable[..., Problem]
PLATE = "parts.plate.resistance.power.value"


@pytest.fixture
def changed(rack_file: Write) -> Callable[..., Rack]:
    def load(path: str, value: str, *changes: tuple[str, str]) -> Rack:
        return load_rack(rack_file(*changes), {path: value})

    return load


Changed = Callable[..., Rack]


def test_a_value_is_set(changed: Changed) -> None:
    assert changed("coolant.supply_temperature", "45 degC").coolant.supply_temperature.value == 318.15  # type: ignore[union-attr]


def test_a_field_that_the_file_does_not_give_is_set(changed: Changed) -> None:
    assert changed("coolant.viscosity_factor", "1.1").coolant.viscosity_factor.value == 1.1  # type: ignore[union-attr]
    assert changed("limits.velocity", "2 m/s").limits.velocity.value == 2.0  # type: ignore[union-attr]


def test_two_paths_change_the_control_together(rack_file: Write) -> None:
    rack = load_rack(rack_file(), {"coolant.control.kind": "pressure_drop", "coolant.control.value": "30 kPa"})
    assert rack.coolant is not None
    assert (rack.coolant.control.kind, rack.coolant.control.value.value) == ("pressure_drop", 30e3)


def test_a_mapping_is_set_whole(changed: Changed) -> None:
    rack = changed("coolant.control", "{kind: pressure_drop, value: 30 kPa}")
    assert rack.coolant.control.kind == "pressure_drop"  # type: ignore[union-attr]


def test_a_list_item_is_set_counted_from_one(changed: Changed) -> None:
    assert changed("trays.compute.slots[1]", "7-8").trays["compute"].positions == (7, 8)
    rack = changed("parts.fins.resistance.table[2][2]", "0.05 K/W")
    assert rack.parts["fins"].resistance.table[1][1].value == 0.05  # type: ignore[union-attr]


def test_a_value_keeps_its_range_where_it_still_holds(changed: Changed) -> None:
    value = changed(PLATE, "0.035 K/W").parts["plate"].resistance.power.value  # type: ignore[union-attr]
    assert (value.value, value.low, value.high) == (0.035, 0.02, 0.04)
    assert (value.basis, value.source) == ("assumed", f"--set {PLATE}=0.035 K/W")


@pytest.mark.parametrize(("text", "low", "high"), [("0.05 K/W", 0.02, None), ("0.01 K/W", None, 0.04)])
def test_a_value_outside_its_range_drops_that_end(
    changed: Changed, text: str, low: float | None, high: float | None
) -> None:
    value = changed(PLATE, text).parts["plate"].resistance.power.value  # type: ignore[union-attr]
    assert (value.low, value.high) == (low, high)


def test_one_end_of_a_range_is_set(changed: Changed) -> None:
    value = changed(f"{PLATE}.high", "0.05 K/W").parts["plate"].resistance.power.value  # type: ignore[union-attr]
    assert (value.value, value.low, value.high) == (0.03, 0.02, 0.05)


def test_a_plain_text_takes_a_range(changed: Changed) -> None:
    value = changed("rack.rated_power.high", "4 kW").rack.rated_power
    assert value is not None
    assert (value.value, value.high) == (3000.0, 4000.0)


@pytest.mark.parametrize("child", ["{extends: plate}", "{extends: plate, resistance: {power: {flow: 3 L/min}}}"])
def test_a_value_taken_over_from_a_base_is_set_for_the_part_alone(changed: Changed, child: str) -> None:
    change = ("  fan: {kind: fan", f"  child: {child}\n  fan: {{kind: fan")
    rack = changed("parts.child.resistance.power.value", "0.035 K/W", change)
    child_value, base_value = (rack.parts[name].resistance.power.value for name in ("child", "plate"))  # type: ignore[union-attr]
    assert (child_value.value, child_value.low, child_value.high) == (0.035, 0.02, 0.04)
    assert base_value.value == 0.03


def test_a_change_of_a_base_reaches_what_extends_it(changed: Changed) -> None:
    change = ("  fan: {kind: fan", "  child: {extends: plate}\n  fan: {kind: fan")
    assert changed(PLATE, "0.035 K/W", change).parts["child"].resistance.power.value.value == 0.035  # type: ignore[union-attr]


def test_a_coolant_is_set_by_name(changed: Changed) -> None:
    assert changed("coolant.fluid", "PG25").fluid.name == "PG25"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("path", "value", "shown", "wrong", "right"),
    [
        ("coolant.suply_temperature", "3 degC", None, "unknown key 'suply_temperature'", "'supply_temperature'?"),
        ("coolent.fluid", "water", "coolent", "unknown key 'coolent'", "did you mean 'coolant'?"),
        ("coolant.supply_temperature", "3 bar", None, "'3 bar' is not a temperature", "'40 degC'"),
        ("coolant.supply_temperature", "40", None, "40 has no unit", "'40 degC'"),
        ("coolant.supply_temperature", "", None, "nothing is not a temperature", "'40 degC'"),
        ("rack.units", "ten", None, "'ten' is not a whole number", "such as 4"),
        ("trays.compue.height", "2", None, "there is no tray group 'compue'", "did you mean 'compute'?"),
        ("trays.compute.devices.gpus.count", "4", None, "there is no device group 'gpus'", "did you mean 'gpu'?"),
        ("parts.plat.title", "x", None, "there is no part 'plat'", "did you mean 'plate'?"),
        ("parts.plate", "x", None, "a whole part cannot be set", "parts.NAME.FIELD=VALUE"),
        ("parts.plate.titel", "x", None, "unknown key 'titel'", "did you mean 'title'?"),
        ("include", "[x.yaml]", None, "`include` cannot be set", "other includes"),
        ("trays.compute.slots[9]", "3", None, "there is no item 9", "use [1] to [1]"),
        ("trays.compute.slots[0]", "3", None, "there is no item 0", "use [1] to [1]"),
        ("trays.compute.slots.a", "3", None, "'a' is asked of a list", "use [1] to [1]"),
        ("rack.units[1]", "3", None, "there is no list here", "leave the brackets out"),
        ("a..b", "3", None, "'' is no step of a path", "joined by dots"),
        ("a b", "3", None, "'a b' is no step of a path", "joined by dots"),
        ("", "3", None, "'' is no step of a path", "joined by dots"),
        ("rack.units", "[1", None, "not YAML", "correct"),
        ("rack.units", "!!python/name:os.system x", None, "tag", "remove the tag"),
        ("power_state", "pek", None, "no package has a power state 'pek'", "did you mean 'peak'?"),
        ("coolant.fluid", "watr", None, "there is no coolant 'watr'", "did you mean 'water'?"),
        (
            "trays.compute.devices.gpu.count",
            "6",
            "trays.compute.devices.gpu.cooled_by",
            "cannot share",
            "of 4",
        ),
    ],
)
def test_a_wrong_change_is_told_as_such(
    problem: Load, path: str, value: str, shown: str | None, wrong: str, right: str
) -> None:
    found = problem(overrides={path: value})
    assert found.path == (shown or path)
    assert wrong in found.wrong
    assert right in found.right
    if shown is None or shown in path:
        assert found.file == f"--set {path}={value}"


def test_wrong_changes_come_with_the_faults_of_the_file(problems: Callable[..., tuple[Problem, ...]]) -> None:
    found = problems(("cv: 0.8", "cv: -1"), overrides={"a..b": "3", "rack.units": "x"})
    assert {problem.path for problem in found} == {"a..b", "rack.units", "parts.inner.cv"}


def test_a_value_that_would_not_stand_in_a_path_is_no_traceback(problem: Load) -> None:
    assert problem(overrides={"coolant.supply_temperature": "x" * 5000}).right


LAWS = {"parts.grace_plate.resistance": "null", "parts.grace_plate.pressure_drop": "null"}


def test_a_law_is_dropped_from_the_part_that_is_named_alone() -> None:
    """The plates that extend it refine laws, and would have nothing left to refine."""
    before, after = load_rack("vr200_nvl72").parts, load_rack("vr200_nvl72", LAWS).parts
    grace = after["grace_plate"]
    assert isinstance(grace, Plate)
    assert (grace.resistance, grace.pressure_drop) == (None, None)
    assert grace.channels == before["grace_plate"].channels  # type: ignore[attr-defined]
    assert after["vera_plate"] == before["vera_plate"]


def test_the_last_word_on_a_law_counts() -> None:
    changed = {**LAWS, "parts.grace_plate.resistance.power.flow_high": "7 L/min"}
    grace = load_rack("vr200_nvl72", changed).parts["grace_plate"]
    assert isinstance(grace, Plate)
    assert grace.pressure_drop is None
    assert grace.resistance is not None
    assert grace.resistance.power is not None
    assert float(grace.resistance.power.flow_high or 0.0) == pytest.approx(7e-3 / 60.0)
    swapped = {key: changed[key] for key in sorted(changed, key=len, reverse=True)}
    assert load_rack("vr200_nvl72", swapped).parts["grace_plate"].resistance is None  # type: ignore[attr-defined]


def test_what_cannot_be_without_it_says_so(problem: Load) -> None:
    assert problem(overrides={"parts.plate.resistance": "null"}).wrong == (
        "neither `resistance` nor `channels` is given"
    )
    assert "did you mean 'resistance'?" in problem(overrides={"parts.plate.resistence": "null"}).right


def test_nothing_in_place_of_a_value_with_a_range_has_no_range(changed: Changed) -> None:
    given = ("    item_class: gpu_plate\n", "    item_class: gpu_plate\n    inner_diameter: {value: 8 mm, low: 7 mm}\n")
    assert changed("power_state", "tdp", given).parts["plate"].inner_diameter is not None  # type: ignore[attr-defined]
    assert changed("parts.plate.inner_diameter", "null", given).parts["plate"].inner_diameter is None  # type: ignore[attr-defined]
    limit = ("trays:\n", "limits:\n  velocity: {value: 2 m/s, low: 1 m/s}\ntrays:\n")
    assert changed("limits.velocity", "null", limit).limits.velocity is None  # type: ignore[union-attr]
