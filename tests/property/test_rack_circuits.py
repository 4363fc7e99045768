"""Any nesting of series and parallel expands to a network that conserves what flows through it."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

from hypothesis import given, settings

from tests.property.circuit_strategy import circuits_of
from thermal.rack.circuit import Series, Use
from thermal.rack.expand import Assembly, expand
from thermal.rack.plumbing import Plumbing
from thermal.rack.schema import RackFile

PARTS: dict[str, Any] = {
    "a": {"kind": "valve", "cv": 1.0},
    "b": {"kind": "pipe", "length": "1 m", "inner_diameter": "10 mm"},
    "p": {"kind": "plate", "pressure_drop": {"quadratic": {"linear": "1 Pa/(m3/s)"}},
          "resistance": {"table": (("1 L/min", "1 K/W"), ("2 L/min", "0.5 K/W"))}},
    "m": {"kind": "assembly", "circuit": {"series": ("a", {"parallel": ({"part": "p", "repeat": 2}, "b")}, "p")}},
}  # fmt: skip
circuits = circuits_of(list(PARTS))


def rack(circuit: Any, **more: Any) -> RackFile:
    columns = {
        name: {"unit": unit, "values": (300.0, 310.0, 320.0)}
        for name, unit in zip(
            ("temperature", "density", "specific_heat", "conductivity", "viscosity", "vapour_pressure"),
            ("K", "kg/m3", "J/(kg K)", "W/(m K)", "Pa s", "Pa"),
            strict=True,
        )
    }
    return RackFile.model_validate(
        {
            "name": "r",
            "rack": {"units": 40},
            "coolant": {
                "fluid": {"name": "f", "columns": columns},
                "supply_temperature": "40 degC",
                "control": {"kind": "flow", "value": "1 L/min"},
            },
            "parts": {**PARTS, "h": {"kind": "manifold", "inner_diameter": "30 mm"}},
            "trays": {"t": {"kind": "other", "slots": ("3-5", 9), "circuit": circuit, **more}},
        }
    )


def shared(circuit: Any, parts: Any, flow: Fraction) -> list[tuple[str, Fraction]]:
    """Return part and flow of each element in order, the flow shared evenly wherever the circuit branches."""
    if isinstance(circuit, Use):
        inner = parts[circuit.part]
        return shared(inner.circuit, parts, flow) if inner.kind == "assembly" else [(circuit.part, flow)]
    entries = circuit.series if isinstance(circuit, Series) else circuit.parallel
    copies = [entry for entry in entries for _ in range(entry.repeat if isinstance(entry, Use) else 1)]
    each = flow if isinstance(circuit, Series) else flow / len(copies)
    return [step for entry in copies for step in shared(entry, parts, each)]


def walked(assembly: Assembly, tray: str, start: int, end: int) -> None:
    """Every element of a tray lies on a way from its start to its end, and none runs back."""
    following = defaultdict(list)
    for element in assembly.elements:
        if element.tray == tray:
            following[element.start].append(element.end)
    seen: set[int] = set()
    todo = [start]
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            assert following[node] or node == end, "a dead end"
            todo += following[node]
    assert end in seen
    assert all(node in seen for node in following)


@settings(max_examples=150, deadline=None)
@given(circuits)
def test_every_part_becomes_one_element_between_start_and_end(circuit: Any) -> None:
    loaded = rack(circuit)
    assembly = expand(loaded)
    written = loaded.trays["t"].circuit
    assert written is not None
    assert len(assembly.elements) == 4 * Plumbing(loaded.parts).size(written)
    assert len({element.path for element in assembly.elements}) == len(assembly.elements)
    for tray in assembly.trays:
        walked(assembly, tray.path, tray.start, tray.end)


@settings(max_examples=150, deadline=None)
@given(circuits)
def test_the_plates_found_are_those_that_devices_get(circuit: Any) -> None:
    loaded = rack(circuit)
    written = loaded.trays["t"].circuit
    assert written is not None
    for label, count in Plumbing(loaded.parts).plates(written).items():
        group = {"gpu": {"package": "g", "count": 2 * count, "cooled_by": label}}
        package = {"g": {"kind": "package", "device_kind": "gpu", "power": {"tdp": "1 W"}}}
        data = rack(circuit, devices=group)
        parts = {**data.parts, **RackFile.model_validate({**MINIMAL, "parts": package}).parts}
        devices = expand(data.model_copy(update={"parts": parts})).devices
        assert len(devices) == 4 * 2 * count
        assert {device.share for device in devices} == {2}
        assert len({device.element for device in devices}) == 4 * count


MINIMAL: dict[str, Any] = {"name": "r", "rack": {"units": 4}, "trays": {"t": {"kind": "other", "slots": (1,)}}}


@settings(max_examples=150, deadline=None)
@given(circuits.filter(lambda circuit: "part" not in circuit or circuit["repeat"] == 1))
def test_what_enters_a_node_leaves_it(circuit: Any) -> None:
    loaded = rack(circuit)
    assembly = expand(loaded)
    tray = assembly.trays[0]
    inside = [element for element in assembly.elements if element.tray == tray.path]
    flows = shared(loaded.trays["t"].circuit, loaded.parts, Fraction(1))
    assert [element.part for element in inside] == [part for part, _ in flows]
    balance: dict[int, Fraction] = defaultdict(Fraction)
    for element, (_, flow) in zip(inside, flows, strict=True):
        balance[element.start] -= flow
        balance[element.end] += flow
    assert balance.pop(tray.start) == -1
    assert balance.pop(tray.end) == 1
    assert set(balance.values()) <= {0}
