"""Bodies of plates and packages: what they take, hand down and let change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thermal.rack.bundled import bundled
from thermal.rack.expand import expand
from thermal.rack.footprints import chip_area, coolant_area, finned_area, mounts
from thermal.rack.loader import load_rack, uncertain_values, with_value
from thermal.rack.parts import Package, Plate
from thermal.rack.schema import Rack


def parts_of(rack: Rack) -> tuple[Plate, Package]:
    plate, package = rack.parts["plate"], rack.parts["gpu"]
    assert isinstance(plate, Plate)
    assert isinstance(package, Package)
    assert plate.body is not None
    assert plate.channels is not None
    assert package.body is not None
    return plate, package


def test_bodies_are_read(shaped: Callable[..., Path]) -> None:
    plate, package = parts_of(load_rack(shaped()))
    assert plate.body is not None
    assert plate.channels is not None
    assert package.body is not None
    assert float(plate.body.port.diameter) == 0.006
    assert plate.body.interface.resistance == pytest.approx(5e-6)
    assert plate.body.plenum.height is None
    assert [float(k) for k in package.body.chips[0].conductivity] == [120.0] * 3
    assert [float(k) for k in package.body.chips[1].conductivity] == [100.0, 100.0, 9.0]
    assert package.body.lid is not None
    assert float(package.body.lid.conductivity[2]) == 385.0
    assert package.body.substrate is None
    fins, coolant = (area(plate.body, plate.channels) for area in (finned_area, coolant_area))
    assert (fins.x_low, fins.x_high, fins.y_low, fins.y_high) == pytest.approx((0.035, 0.075, 0.01, 0.05))
    assert (coolant.x_low, coolant.x_high, coolant.y_low, coolant.y_high) == pytest.approx((0.035, 0.075, 0.005, 0.055))
    assert chip_area(package.body, 1).x_low == pytest.approx(0.001)
    assert package.body.chips[0].power_map.shares == ((0.0, 1.0, 0.0),)
    assert package.body.chips[1].power_map.shares == ((1.0,),)


def test_an_interface_may_be_a_layer(shaped: Callable[..., Path]) -> None:
    given = "interface: {areal_resistance: {value: 0.05 cm2*K/W, low: 0.02 cm2*K/W, high: 0.1 cm2*K/W}}"
    path = shaped((given, "interface: {thickness: 0.1 mm, conductivity: 5 W/(m K)}"))
    plate, _ = parts_of(load_rack(path))
    assert plate.body is not None
    assert plate.body.interface.resistance == pytest.approx(2e-5)


def test_devices_without_mounts_stand_in_one_row_across(shaped: Callable[..., Path]) -> None:
    plate, _ = parts_of(load_rack(shaped(("      mounts: [[25 mm, 30 mm], [75 mm, 30 mm]]\n", ""))))
    assert plate.body is not None
    assert mounts(plate.body, 1)[0] == pytest.approx((0.055, 0.03))
    assert mounts(plate.body, 2)[0] == pytest.approx((0.0275, 0.03))
    assert mounts(plate.body, 2)[1] == pytest.approx((0.0825, 0.03))


def test_a_section_has_a_basis_of_its_own(shaped: Callable[..., Path]) -> None:
    plate, _ = parts_of(load_rack(shaped()))
    assert plate.body is not None
    assert plate.channels is not None
    assert (plate.body.width.basis, plate.body.width.source) == ("assumed", "drawn")
    assert (plate.channels.width.basis, plate.channels.width.source) == ("fitted", "a rig")
    assert plate.body.cover.conductivity[2].basis == "assumed"


def test_a_body_is_taken_over_and_changed_in_one_number(shaped: Callable[..., Path]) -> None:
    path = shaped()
    text = path.read_text(encoding="utf-8")
    more = (
        "  better: {extends: plate, body: {interface: {areal_resistance: 0.01 cm2*K/W}}}\n"
        "  layered: {extends: plate, body: {source: built, interface: {thickness: 0.1 mm, conductivity: 5 W/(m K)}}}\n"
        "  thinner: {extends: layered, body: {interface: {thickness: 0.05 mm}}}\n"
        "  hotter: {extends: gpu, power: {tdp: 700 W}, body: {lid: {thickness: 3 mm}}}\n"
    )
    path.write_text(text.replace("trays:\n", more + "trays:\n"), encoding="utf-8")
    rack = load_rack(path)
    found = {name: part.body for name, part in rack.parts.items() if isinstance(part, Plate) and part.body}
    assert found["better"].interface.resistance == pytest.approx(1e-6)
    assert found["better"].interface.areal_resistance is not None
    assert found["better"].interface.areal_resistance.source == "drawn"  # a section takes over its base's
    assert found["better"].width == found["plate"].width
    assert found["layered"].interface.areal_resistance is None
    assert found["layered"].interface.thickness is not None
    assert found["layered"].interface.thickness.source == "built"
    assert found["layered"].interface.thickness.basis == "assumed"
    assert found["thinner"].interface.resistance == pytest.approx(1e-5)
    hotter = rack.parts["hotter"]
    assert isinstance(hotter, Package)
    assert hotter.body is not None
    assert hotter.body.lid is not None
    assert float(hotter.body.lid.thickness) == 0.003
    assert float(hotter.body.lid.conductivity[0]) == 385.0


def test_a_body_can_be_set(shaped: Callable[..., Path]) -> None:
    changes = {
        "parts.plate.body.interface.areal_resistance": "0.07 cm2*K/W",
        "parts.gpu.body.lid.conductivity": "[1000 W/(m K), 1000 W/(m K), 300 W/(m K)]",
        "parts.gpu.body.chips[2].junction": "true",
    }
    plate, package = parts_of(load_rack(shaped(), changes))
    assert plate.body is not None
    assert package.body is not None
    assert package.body.lid is not None
    assert plate.body.interface.areal_resistance is not None
    assert float(plate.body.interface.areal_resistance) == pytest.approx(7e-6)
    assert plate.body.interface.areal_resistance.high == pytest.approx(1e-5)  # the range stays where it holds
    assert [float(k) for k in package.body.lid.conductivity] == [1000.0, 1000.0, 300.0]
    assert package.body.chips[1].junction


def test_a_body_value_is_replaced_without_reading_again(shaped: Callable[..., Path]) -> None:
    changed = with_value(load_rack(shaped()), "parts.plate.body.interface.areal_resistance", 9e-6)
    plate, _ = parts_of(changed)
    assert plate.body is not None
    assert plate.body.interface.resistance == 9e-6


def test_a_replaced_size_moves_the_map_with_it(shaped: Callable[..., Path]) -> None:
    rack = load_rack(shaped())
    assert parts_of(rack)[1].body.chips[0].power_map.x_edges[-1] == pytest.approx(0.02)  # type: ignore[union-attr]
    changed = with_value(rack, "parts.gpu.body.chips[1].width", 0.01)
    assert parts_of(changed)[1].body.chips[0].power_map.x_edges[-1] == pytest.approx(0.01)  # type: ignore[union-attr]


def test_bodies_do_not_enter_the_band_of_the_network(shaped: Callable[..., Path]) -> None:
    paths = [path for path, _ in uncertain_values(load_rack(shaped()))]
    assert "parts.plate.resistance.power.value" in paths
    assert not any(".body." in path for path in paths)


RANGED = ("width: 0.2 mm", "width: {value: 0.2 mm, low: 0.1 mm, high: 0.3 mm}")


def test_channels_beside_measured_laws_do_not_enter_it_either(shaped: Callable[..., Path]) -> None:
    assert not any(".channels." in path for path, _ in uncertain_values(load_rack(shaped(RANGED))))


def test_channels_that_give_a_law_enter_it(shaped: Callable[..., Path]) -> None:
    path = shaped(RANGED)
    text = path.read_text(encoding="utf-8")
    law = "    pressure_drop: {point: {flow: 2 L/min, pressure_drop: 10 kPa, exponent: 1.7}}\n"
    assert text.count(law) == 1
    path.write_text(text.replace(law, ""), encoding="utf-8")
    assert "parts.plate.channels.width" in [found for found, _ in uncertain_values(load_rack(path))]


def test_a_map_is_scaled_when_asked(shaped: Callable[..., Path]) -> None:
    path = shaped(("power: 420 W}]}", "power: 1 W}], rescale: true}"))
    assert parts_of(load_rack(path))[1].body.chips[0].power_map.shares == ((0.0, 1.0, 0.0),)  # type: ignore[union-attr]


def test_a_map_may_be_off_by_rounding(shaped: Callable[..., Path]) -> None:
    load_rack(shaped(("power: 420 W", "power: 420.4 W")))


def test_chips_that_cover_the_package_need_no_mould(shaped: Callable[..., Path]) -> None:
    whole = (
        ("      length: 40 mm\n      width: 50 mm", "      length: 30 mm\n      width: 42 mm"),
        ("      mould: {conductivity: 1 W/(m K)}\n", ""),
    )
    wider = ("at: [-11 mm, 0 mm]\n          width: 20 mm", "at: [-10.5 mm, 0 mm]\n          width: 21 mm")
    other = ("{name: die_2, at: [11 mm, 0 mm], width: 20 mm,", "{name: die_2, at: [10.5 mm, 0 mm], width: 21 mm,")
    load_rack(shaped(*whole, wider, other))


@pytest.mark.parametrize("name", bundled("racks"))
def test_every_plate_and_package_on_it_has_a_body(name: str) -> None:
    rack = load_rack(name)
    assembly = expand(rack)
    for device in assembly.devices:
        if device.element is not None:
            plate, package = rack.parts[assembly.elements[device.element].part], rack.parts[device.package]
            assert isinstance(plate, Plate)
            assert isinstance(package, Package)
            assert plate.body is not None, device.path
            assert package.body is not None, device.path
            assert plate.body.interface.areal_resistance is not None
            assert plate.body.interface.areal_resistance.basis in ("assumed", "article", "fitted")
