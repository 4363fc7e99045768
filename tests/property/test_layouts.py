"""Layouts of every bundled rack and of any circuit: coolant gets across, nothing sticks out, nothing overlaps."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.circuit_strategy import circuits_of
from thermal.rack.boxes import BoxSize
from thermal.rack.bundled import bundled
from thermal.rack.expand import Assembly, expand
from thermal.rack.layout import Box, Layout, Point, Tube, layout_from
from thermal.rack.loader import load_rack
from thermal.rack.placement import place
from thermal.rack.schema import Rack, RackFile
from thermal.rack.values import Value
from thermal.units import parse_quantity

MICRON = 1e-6
RACKS = bundled("racks")


def gaps(assembly: Assembly, layout: Layout) -> Iterator[str]:
    """Yield where coolant would not get across: branches without tubes, ends that do not meet, breaks within one."""
    tubes: dict[str, list[Tube]] = defaultdict(list)
    for tube in layout.tubes:
        tubes[tube.path].append(tube)
    boxes = {box.path: box for box in layout.boxes}
    meeting: dict[int, list[tuple[str, Point]]] = defaultdict(list)
    for index, element in enumerate(assembly.elements):
        if index in assembly.cdu_elements:
            continue
        mine = tubes.pop(element.path, [])
        if not mine:
            yield f"{element.path} has no tube"
            continue
        plate = boxes.get(element.path)
        for first, second in pairwise(mine):
            broken = math.dist(first.points[-1], second.points[0]) > MICRON
            if broken and not (plate and on_surface(first.points[-1], plate) and on_surface(second.points[0], plate)):
                yield f"{element.path} is broken"
        meeting[element.start].append((element.path, mine[0].points[0]))
        meeting[element.end].append((element.path, mine[-1].points[-1]))
    yield from (f"{path} is no branch" for path in tubes)
    for node, ends in meeting.items():
        for path, point in ends[1:]:
            if math.dist(point, ends[0][1]) > MICRON:
                yield f"{path} and {ends[0][0]} do not meet at {assembly.nodes[node].path}"


def on_surface(point: Point, box: Box) -> bool:
    """Whether a point lies on the top of a box."""
    (x, y, z), (x0, y0, z0), (dx, dy, dz) = point, box.origin, box.size
    return x0 <= x <= x0 + dx and y0 <= y <= y0 + dy and abs(z - z0 - dz) < MICRON


def outside(layout: Layout) -> Iterator[str]:
    """Yield what sticks out of its tray, trays that stick out of the frame, and tubes that leave a tray sideways."""
    frame = layout.boxes[0]
    trays = {box.path: box for box in layout.boxes if box.role == "tray"}
    for box in layout.boxes:
        around = frame if box.role == "tray" else trays.get(box.tray or "")
        if around is not None and not within(box, around):
            yield f"{box.path} sticks out of {around.path}"
    for tube in layout.tubes:
        if tube.tray is None:
            continue
        tray = trays[tube.tray]
        for axis in (0, 2):
            low, high = tray.origin[axis] - MICRON, tray.origin[axis] + tray.size[axis] + MICRON
            inside = [point for point in tube.points if point[1] < tray.origin[1] + tray.size[1]]
            if not all(low <= point[axis] <= high for point in inside):
                yield f"{tube.path} leaves {tray.path}"


def within(box: Box, around: Box) -> bool:
    """Whether a box lies in another."""
    return all(
        a >= b - MICRON and a + size <= b + whole + MICRON
        for a, size, b, whole in zip(box.origin, box.size, around.origin, around.size, strict=True)
    )


def overlaps(layout: Layout) -> Iterator[str]:
    """Yield pairs of boxes of one tray that share more than a face."""
    trays: dict[str, list[Box]] = defaultdict(list)
    for box in layout.boxes:
        if box.role == "tray":
            trays["rack"].append(box)
        elif box.tray is not None:
            trays[box.tray].append(box)
    for boxes in trays.values():
        for number, box in enumerate(boxes):
            yield from (f"{box.path} overlaps {other.path}" for other in boxes[:number] if share(box, other))


def share(first: Box, second: Box) -> bool:
    """Whether two boxes share more than a face."""
    return all(
        min(a + size, b + other) - max(a, b) > MICRON
        for a, size, b, other in zip(first.origin, first.size, second.origin, second.size, strict=True)
    )


def sharpest(tube: Tube) -> float:
    """Return the largest turn from one piece of a tube to the next [rad]."""
    turns = [0.0]
    for (a, b), (_, c) in pairwise(pairwise(tube.points)):
        first = [q - p for p, q in zip(a, b, strict=True)]
        second = [q - p for p, q in zip(b, c, strict=True)]
        cosine = sum(p * q for p, q in zip(first, second, strict=True)) / (math.hypot(*first) * math.hypot(*second))
        turns.append(math.acos(max(-1.0, min(1.0, cosine))))
    return max(turns)


@cache
def bundled_layout(name: str) -> tuple[Rack, Assembly, Layout]:
    rack = load_rack(name)
    assembly = expand(rack)
    return rack, assembly, place(rack, assembly)


@pytest.mark.parametrize("name", RACKS)
def test_coolant_gets_across_every_bundled_rack(name: str) -> None:
    _, assembly, layout = bundled_layout(name)
    assert list(gaps(assembly, layout)) == []


@pytest.mark.parametrize("name", RACKS)
def test_nothing_sticks_out_and_nothing_overlaps(name: str) -> None:
    _, _, layout = bundled_layout(name)
    assert list(outside(layout)) == []
    assert list(overlaps(layout)) == []


@pytest.mark.parametrize("name", RACKS)
def test_everything_is_drawn_once_and_to_scale(name: str) -> None:
    rack, assembly, layout = bundled_layout(name)
    paths = [box.path for box in layout.boxes]
    assert len(set(paths)) == len(paths)
    assert {device.path for device in assembly.devices} | {tray.path for tray in assembly.trays} <= set(paths)
    fans = [item.path for item in assembly.items if rack.parts.get(item.part) and rack.parts[item.part].kind == "fan"]
    assert sorted(box.path for box in layout.boxes if box.role == "fan") == sorted(fans)
    assert not [note for note in layout.notes if "drawn at" in note]


@pytest.mark.parametrize("name", RACKS)
def test_trays_stand_at_their_units_and_their_taps_with_them(name: str) -> None:
    rack, assembly, layout = bundled_layout(name)
    boxes = {box.path: box for box in layout.boxes}
    feet = min(boxes[tray.path].origin[2] - (tray.slot - 1) * float(rack.rack.unit_height) for tray in assembly.trays)
    assert 0.0 < feet < 0.2
    for tray in assembly.trays:
        bottom = feet + (tray.slot - 1) * float(rack.rack.unit_height)
        assert boxes[tray.path].origin[2] == pytest.approx(bottom)
    ends = {tube.path: tube.points for tube in layout.tubes if tube.role == "header"}
    for element in assembly.elements:
        if element.role == "manifold":
            lower, upper = (assembly.nodes[node].height for node in (element.start, element.end))
            assert ends[element.path][0][2] == pytest.approx(feet + lower)
            assert ends[element.path][-1][2] == pytest.approx(feet + upper)


@pytest.mark.parametrize("name", [name for name in RACKS if name != "hgx_h100_air"])
def test_packages_lie_below_their_plates(name: str) -> None:
    _, assembly, layout = bundled_layout(name)
    boxes = {box.path: box for box in layout.boxes}
    for device in assembly.devices:
        if device.element is None:
            continue
        package, plate = boxes[device.path], boxes[assembly.elements[device.element].path]
        assert package.origin[2] + package.size[2] == pytest.approx(plate.origin[2])
        for axis in (0, 1):
            assert package.origin[axis] >= plate.origin[axis] - MICRON
            low_end, high_end = (box.origin[axis] + box.size[axis] for box in (package, plate))
            assert low_end <= high_end + MICRON
        assert package.turn == plate.turn


def test_a_plate_and_its_packages_have_the_measures_of_their_bodies() -> None:
    rack, _, layout = bundled_layout("gb300_nvl72")
    boxes = {box.path: box for box in layout.boxes}
    plate, gpu = boxes["compute[18]/module[1]/gpu_plate[2]"], boxes["compute[18]/gpu[2]"]
    body, case = rack.parts["gb300_gpu_plate"].body, rack.parts["b300"].body
    assert plate.size[:2] == pytest.approx((float(body.width), float(body.length)))
    assert gpu.size[:2] == pytest.approx((float(case.width), float(case.length)))
    middle = [box.origin[0] + box.size[0] / 2 for box in (plate, gpu)]
    assert middle[0] == pytest.approx(middle[1])


def test_hoses_have_rounded_bends() -> None:
    _, _, layout = bundled_layout("gb300_nvl72")
    hoses = [tube for tube in layout.tubes if tube.role == "hose" and tube.path.endswith(("inlet_hose", "outlet_hose"))]
    assert len(hoses) == 2 * 27
    assert max(map(sharpest, hoses)) < math.radians(20.0)
    assert any(len(tube.points) > 4 for tube in hoses)


def test_a_layout_comes_back_from_json() -> None:
    import json

    _, _, layout = bundled_layout("hgx_h100_liquid")
    assert layout_from(json.loads(json.dumps(layout.plain()))) == layout


def test_a_removed_tray_is_not_drawn() -> None:
    rack = load_rack("gb300_nvl72", {"trays.compute.remove": "[3]"})
    paths = {box.path for box in place(rack, expand(rack)).boxes}
    assert "compute[2]" in paths
    assert "compute[3]" not in paths


def test_the_cdu_stands_in_the_rack_where_it_fits_and_beside_it_else() -> None:
    for name, inside in (("asic_liquid", True), ("hgx_h100_liquid", True), ("vr200_nvl72", False)):
        _, _, layout = bundled_layout(name)
        cdu = next(box for box in layout.boxes if box.role == "cdu")
        assert within(cdu, layout.boxes[0]) == inside
        assert not any(share(cdu, box) for box in layout.boxes if box.role == "tray")


def test_the_checks_see_a_gap_a_box_outside_and_an_overlap() -> None:
    """Sabotaged twins."""
    _, assembly, layout = bundled_layout("gb300_nvl72")
    index = next(n for n, tube in enumerate(layout.tubes) if tube.path == "compute[7]/inlet_hose")
    tube = layout.tubes[index]
    moved = replace(tube, points=tuple((x + 0.001, y, z) for x, y, z in tube.points))
    tubes = (*layout.tubes[:index], moved, *layout.tubes[index + 1 :])
    assert any("do not meet" in line for line in gaps(assembly, replace(layout, tubes=tubes)))
    gone = (*layout.tubes[:index], *layout.tubes[index + 1 :])
    assert "compute[7]/inlet_hose has no tube" in list(gaps(assembly, replace(layout, tubes=gone)))
    number = next(n for n, box in enumerate(layout.boxes) if box.path == "compute[7]/module[1]/gpu_plate[2]")
    plate = layout.boxes[number]
    for by in (-0.01, 0.5):
        far = replace(plate, origin=(plate.origin[0] + by, *plate.origin[1:]))
        twin = replace(layout, boxes=(*layout.boxes[:number], far, *layout.boxes[number + 1 :]))
        assert list(overlaps(twin) if by < 0.0 else outside(twin))


# -------------------------------------------------------------------------------------------- any rack that is valid

PARTS: dict[str, Any] = {
    "a": {"kind": "valve", "cv": 1.0},
    "b": {"kind": "pipe", "length": "1 m", "inner_diameter": "10 mm"},
    "p": {"kind": "plate", "pressure_drop": {"quadratic": {"linear": "1 Pa/(m3/s)"}},
          "resistance": {"table": (("1 L/min", "1 K/W"), ("2 L/min", "0.5 K/W"))}},
    "m": {"kind": "assembly", "circuit": {"series": ("a", {"parallel": ({"part": "p", "repeat": 2}, "b")}, "p")}},
    "h": {"kind": "manifold", "inner_diameter": "30 mm"},
    "chip": {"kind": "package", "device_kind": "gpu", "power": {"tdp": "500 W"}},
    "fan": {"kind": "fan", "curve": {"table": (("0 m3/s", "300 Pa"), ("0.02 m3/s", "0 Pa"))}},
}  # fmt: skip
circuits = circuits_of(["a", "b", "p", "m"])


def any_rack(circuit: Any, chips: int, fans: int, *, manifold: bool, top: bool, height: int) -> RackFile:
    columns = {
        name: {"unit": unit, "values": (300.0, 310.0, 320.0)}
        for name, unit in zip(
            ("temperature", "density", "specific_heat", "conductivity", "viscosity", "vapour_pressure"),
            ("K", "kg/m3", "J/(kg K)", "W/(m K)", "Pa s", "Pa"),
            strict=True,
        )
    }
    port = "top" if top else "bottom"
    joined = {"manifold": {"supply": "h", "return": "h", "port": port}} if manifold else {}
    air = {"fans": {"part": "fan", "count": fans}, "impedance": {"quadratic": "1e6 Pa/(m3/s)^2"}}
    return RackFile.model_validate(
        {
            "name": "r",
            "rack": {"units": 40},
            "coolant": {
                "fluid": {"name": "f", "columns": columns},
                "supply_temperature": "40 degC",
                "control": {"kind": "flow", "value": "1 L/min"},
            },
            "parts": PARTS,
            "supply": {"parallel": ({"part": "b", "repeat": 2}, "a")},
            "return": "b",
            **joined,
            "trays": {
                "t": {
                    "kind": "other", "slots": (3, 9), "height": height, "circuit": circuit, "air": air,
                    "devices": {"chip": {"package": "chip", "count": chips, "cooled_by": "air"}},
                }
            },
        }
    )  # fmt: skip


@given(circuits, st.integers(1, 60), st.integers(1, 40), st.booleans(), st.booleans(), st.integers(1, 4))
@settings(max_examples=150)
def test_any_rack_is_drawn_whole(circuit: Any, chips: int, fans: int, manifold: bool, top: bool, height: int) -> None:
    rack = any_rack(circuit, chips, fans, manifold=manifold, top=top, height=height)
    assembly = expand(rack)
    layout = place(rack, assembly)
    assert list(gaps(assembly, layout)) == []
    assert list(outside(layout)) == []
    assert list(overlaps(layout)) == []
    assert layout == place(rack, assembly)


def low_tray(*, fans: int, units: int, unit: str = "44.45 mm", fan_height: str = "10 mm") -> Layout:
    rack = any_rack("p", 2, fans, manifold=False, top=False, height=units)
    parts = dict(rack.parts)
    box = BoxSize.model_validate({"width": "40 mm", "depth": "20 mm", "height": fan_height})
    parts["fan"] = parts["fan"].model_copy(update={"box": box})
    frame = rack.rack.model_copy(update={"unit_height": Value(parse_quantity(unit, "length"), text=unit)})
    changed = rack.model_copy(update={"parts": parts, "rack": frame})
    return place(changed, expand(changed))


@pytest.mark.parametrize(("fans", "units"), [(340, 6), (340, 4), (60, 2), (33, 1)])
def test_fans_above_each_other_stay_within_their_tray(fans: int, units: int) -> None:
    """Between them is a gap, which counts: 20 levels of 10 mm and gaps of 3 mm fit 6 units, not 26."""
    layout = low_tray(fans=fans, units=units)
    made = [box for box in layout.boxes if box.role == "fan"]
    assert len(made) == 2 * fans
    assert {round(box.size[2], 9) for box in made} == {0.01}
    assert list(outside(layout)) == []
    assert list(overlaps(layout)) == []


@pytest.mark.parametrize("unit", ["1 mm", "5 mm", "20 mm"])
def test_thin_trays_are_drawn_with_thin_things(unit: str) -> None:
    layout = low_tray(fans=3, units=1, unit=unit, fan_height="40 mm")
    assert all(min(box.size) > 0.0 for box in layout.boxes)
    assert list(overlaps(layout)) == []


def test_a_box_without_extent_is_refused() -> None:
    for size in ((0.1, 0.1, 0.0), (0.1, -0.1, 0.1), (float("nan"), 0.1, 0.1)):
        with pytest.raises(ValueError, match="box 'a': its sides are"):
            Box("a", "fan", "fan", None, (0.0, 0.0, 0.0), size)
