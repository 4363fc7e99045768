"""Boxes of a plate and its packages: where each layer lies, what is refused and how."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from thermal.coldplate.stack import AIR, Level, Region, Stack, plate_stack
from thermal.errors import InputError
from thermal.fv.grid import Box
from thermal.rack.footprints import Rectangle
from thermal.rack.parts import Package, Plate
from thermal.rack.values import Value

Parts = Callable[..., tuple[Plate, Package]]
MM = 1e-3


def laid(parts: Parts, *changes: tuple[str, str]) -> Stack:
    plate, package = parts(*changes)
    return plate_stack("plate", plate, [package])


def level(stack: Stack, kind: str) -> tuple[float, float]:
    (z,) = [each.z for each in stack.levels if each.kind == kind]
    return z


def test_layers_follow_one_another_from_the_substrate_to_the_cover(parts: Parts) -> None:
    """1 + 0.6 + 0.05 + 1.5 mm of package, 1.5 + 2 + 1 mm of plate."""
    stack = laid(parts)
    tops = {"substrate": 1.0, "chip": 1.6, "tim1": 1.65, "lid": 3.15, "base": 4.65, "fins": 6.65, "cover": 7.65}
    assert [each.kind for each in stack.levels] == list(tops)
    bottom = 0.0
    for kind, top in tops.items():
        assert level(stack, kind) == pytest.approx((bottom, top * MM), abs=1e-12)
        bottom = top * MM
    assert stack.size == pytest.approx((32 * MM, 36 * MM, 7.65 * MM))
    assert stack.case == stack.base == pytest.approx(3.15 * MM)
    assert stack.contact == pytest.approx(1e-5)
    assert stack.packages[0].active == pytest.approx(1.0 * MM)


def test_interface_with_a_thickness_is_a_layer_over_the_package(parts: Parts) -> None:
    stack = laid(parts, ("areal_resistance: 0.1 cm2*K/W", "thickness: 0.1 mm, conductivity: 4 W/(m*K)"))
    assert stack.contact is None
    assert level(stack, "interface") == pytest.approx((3.15 * MM, 3.25 * MM))
    assert stack.base == pytest.approx(3.25 * MM)
    (region,) = [each for each in stack.regions if each.name == "interface"]
    assert region.conductivity == (4.0, 4.0, 4.0)
    assert region.box.x == pytest.approx((4 * MM, 28 * MM))


def test_chips_stand_where_the_package_puts_them(parts: Parts) -> None:
    stack = laid(parts)
    left, right, memory = stack.packages[0].chips
    assert (left.area.x_low, left.area.x_high) == pytest.approx((7 * MM, 15 * MM))
    assert (memory.area.y_low, memory.area.y_high) == pytest.approx((24 * MM, 28 * MM))
    assert (left.junction, memory.junction) == (True, False)
    assert sum(chip.share for chip in (left, right, memory)) == pytest.approx(1.0)


def test_packages_of_different_thickness_meet_in_the_case_plane(parts: Parts) -> None:
    plate, thick = parts(("width: 32 mm", "width: 64 mm"))
    _, thin = parts(("      substrate: {thickness: 1 mm, conductivity: 0.8 W/(m*K)}\n", ""))
    stack = plate_stack("plate", plate, [thick, thin])
    assert stack.case == pytest.approx(3.15 * MM)
    assert [package.active for package in stack.packages] == pytest.approx([1.0 * MM, 1.0 * MM])
    _, thin = parts(("chip_thickness: 0.6 mm", "chip_thickness: 0.4 mm"))
    stack = plate_stack("plate", plate, [thick, thin])
    assert [package.active for package in stack.packages] == pytest.approx([1.0 * MM, 1.2 * MM])
    lids = [region.box.z for region in stack.regions if region.name == "lid"]
    assert lids[0] == pytest.approx(lids[1])
    assert [package.area.x_low for package in stack.packages] == pytest.approx([4 * MM, 36 * MM])


def test_air_fills_what_nothing_else_does(parts: Parts) -> None:
    first = laid(parts).regions[0]
    assert first == Region("air", Box(z=(0.0, pytest.approx(3.15 * MM))), (AIR, AIR, AIR))


def test_three_conductivities_keep_their_order(parts: Parts) -> None:
    three = "[1 W/(m*K), 2 W/(m*K), 3 W/(m*K)]"
    stack = laid(
        parts,
        ("lid: {thickness: 1.5 mm, conductivity: 385 W/(m*K)}", f"lid: {{thickness: 1.5 mm, conductivity: {three}}}"),
    )
    (lid,) = [region for region in stack.regions if region.name == "lid"]
    assert lid.conductivity == (1.0, 2.0, 3.0)


def test_fins_by_hand(parts: Parts) -> None:
    """60 pitches of 0.4 mm in the middle of the plate; half copper, half coolant."""
    fins = laid(parts).fins
    assert fins.area == Rectangle(*(pytest.approx(v * MM) for v in (4.0, 28.0, 8.0, 28.0)))
    assert (fins.coolant.y_low, fins.coolant.y_high) == pytest.approx((4 * MM, 32 * MM))
    kx, ky, kz = fins.solid(0.5)
    assert kx == pytest.approx(2.0 / (1.0 / 385.0 + 1.0 / 0.5))
    assert ky == kz == pytest.approx(192.5)


def test_packages_beyond_the_plate_or_without_a_mount_are_refused(parts: Parts) -> None:
    plate, package = parts()
    body = plate.body
    assert body is not None
    corner, centre = (Value(1 * MM), Value(1 * MM)), (Value(16 * MM), Value(18 * MM))
    for mounts, place, wrong in (
        ((corner,), "device 1", "beyond the plate"),
        ((corner, centre), "body.mounts", "2 mounts for 1"),
    ):
        moved = plate.model_copy(update={"body": body.model_copy(update={"mounts": mounts})})
        with pytest.raises(InputError) as caught:
            plate_stack("my plate", moved, [package])
        (problem,) = caught.value.problems
        assert (problem.file, problem.path) == ("my plate", place)
        assert wrong in problem.wrong
        assert problem.right


def test_without_a_body_there_is_no_model(parts: Parts) -> None:
    plate, package = parts()
    bare = plate.model_copy(update={"body": None}), package.model_copy(update={"body": None})
    with pytest.raises(InputError) as caught:
        plate_stack("plate", bare[0], [bare[1]])
    assert [problem.path for problem in caught.value.problems] == ["body", "device 1"]
    with pytest.raises(InputError, match="no device stands on the plate"):
        plate_stack("plate", plate, [])


def test_two_packages_over_each_other_are_refused(parts: Parts) -> None:
    plate, package = parts()
    with pytest.raises(InputError, match="devices 1 and 2 overlap"):
        plate_stack("plate", plate, [package, package])


def test_levels_of_like_packages_are_listed_once(parts: Parts) -> None:
    plate, package = parts(("width: 32 mm", "width: 64 mm"))
    stack = plate_stack("plate", plate, [package, package])
    assert len(stack.levels) == len(set(stack.levels)) == 7
    assert all(isinstance(each, Level) for each in stack.levels)
