"""A small plate of a user's own: one package with two dies and a memory stack, or what a test makes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thermal.rack.loader import load_rack
from thermal.rack.parts import Package, Plate

COOLANT = """\
{name: plain, freezing_temperature: 0 degC, columns: {
    temperature: {unit: degC, values: [-20, 50, 95]}, density: {unit: kg/m3, values: [1000, 1000, 1000]},
    specific_heat: {unit: J/(kg*K), values: [4000, 4000, 4000]}, conductivity: {unit: W/(m*K), values: [0.5, 0.5, 0.5]},
    viscosity: {unit: Pa*s, values: [1.0e-3, 1.0e-3, 1.0e-3]}, vapour_pressure: {unit: kPa, values: [5, 5, 5]}}}"""

PLATE = f"""\
name: user
title: A plate of one's own
rack: {{units: 6, unit_height: 50 mm}}
coolant:
  fluid: {COOLANT}
  supply_temperature: 30 degC
  return_pressure: 200 kPa
  control: {{kind: flow, value: 1 L/min}}
facility:
  fluid: {COOLANT}
  supply_temperature: 20 degC
  flow: 6 L/min
  control: supply_temperature
ambient: {{temperature: 25 degC, pressure: 100 kPa}}
cdu: {{part: unit, racks_served: 1}}
parts:
  unit: {{kind: cdu, circuit: {{series: [swap, pump]}}}}
  swap:
    kind: exchanger
    quadratic: 0 Pa/(m3/s)^2
    rated: {{heat: 2 kW, approach: 4 K, flow: 4 L/min, facility_flow: 6 L/min}}
  pump:
    kind: pump
    head: {{coefficients: [100 kPa, 0 kPa/(L/min), -1 kPa/(L/min)^2]}}
    efficiency: 0.5
  plate:
    kind: plate
    channels:
      {{count: 60, width: 0.2 mm, height: 2 mm, length: 20 mm, wall: 0.2 mm, base: 1.5 mm, conductivity: 385 W/(m*K),
       footprint_length: 16 mm, footprint_width: 16 mm, split: end_to_end}}
    body:
      length: 36 mm
      width: 32 mm
      plenum: {{length: 4 mm}}
      cover: {{thickness: 1 mm, conductivity: 385 W/(m*K)}}
      port: {{diameter: 5 mm, loss_coefficient: 2}}
      interface: {{areal_resistance: 0.1 cm2*K/W}}
  chip:
    kind: package
    device_kind: gpu
    power: {{tdp: 200 W, idle: 20 W}}
    body:
      length: 22 mm
      width: 24 mm
      substrate: {{thickness: 1 mm, conductivity: 0.8 W/(m*K)}}
      chip_thickness: 0.6 mm
      chips:
        - {{name: left, at: [-5 mm, 0 mm], width: 8 mm, length: 10 mm, conductivity: 120 W/(m*K), share: 0.45}}
        - {{name: right, at: [5 mm, 0 mm], width: 8 mm, length: 10 mm, conductivity: 120 W/(m*K), share: 0.45}}
        - {{name: hbm, at: [0 mm, 8 mm], width: 6 mm, length: 4 mm, conductivity: 40 W/(m*K), share: 0.1,
           junction: false}}
      mould: {{conductivity: 0.8 W/(m*K)}}
      tim1: {{thickness: 50 um, conductivity: 5 W/(m*K)}}
      lid: {{thickness: 1.5 mm, conductivity: 385 W/(m*K)}}
trays:
  compute:
    kind: compute
    slots: [1]
    circuit: {{series: [plate]}}
    devices:
      gpu: {{package: chip, count: 1, cooled_by: plate}}
"""

Parts = Callable[..., tuple[Plate, Package]]


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    """Load the plate and its package, each `old` of the changes replaced by `new`."""

    def load(*changes: tuple[str, str]) -> tuple[Plate, Package]:
        text = PLATE
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} must stand exactly once in the test's plate"
            text = text.replace(old, new)
        path = tmp_path / "user.yaml"
        path.write_text(text, encoding="utf-8")
        rack = load_rack(path)
        plate, package = rack.parts["plate"], rack.parts["chip"]
        assert isinstance(plate, Plate)
        assert isinstance(package, Package)
        return plate, package

    return load
