"""A rack small enough for pencil and paper: two like trays, one cooling unit, a coolant of constant properties."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thermal.rack.loader import load_rack
from thermal.rack.schema import Rack

PLAIN = """\
{name: plain, freezing_temperature: 0 degC, columns: {
    temperature: {unit: degC, values: [-20, 50, 95]}, density: {unit: kg/m3, values: [1000, 1000, 1000]},
    specific_heat: {unit: J/(kg*K), values: [4000, 4000, 4000]}, conductivity: {unit: W/(m*K), values: [0.6, 0.6, 0.6]},
    viscosity: {unit: Pa*s, values: [1.0e-3, 1.0e-3, 1.0e-3]}, vapour_pressure: {unit: kPa, values: [5, 5, 5]}}}"""

# At 2 L/min a tray takes 4 kPa in its gate (less 1 part in 1000 for the density of water) and 11.1 kPa in its plate.
# The pump gives 100 kPa − 1 kPa (Q / L/min)² and ends at 9 L/min.
BENCH = f"""\
name: bench
title: Two trays on a bench
rack: {{units: 6, unit_height: 50 mm}}
coolant:
  fluid: {PLAIN}
  supply_temperature: 30 degC
  return_pressure: 200 kPa
  control: {{kind: flow, value: 4 L/min}}
facility:
  fluid: {PLAIN}
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
    max_flow: 9 L/min
    efficiency: 0.5
  gate: {{kind: valve, kv: 0.6 m3/h}}
  plate:
    kind: plate
    pressure_drop: {{quadratic: {{quadratic: 1.0e13 Pa/(m3/s)^2}}}}
    resistance: {{power: {{value: 0.05 K/W, flow: 2 L/min, exponent: 0.4, flow_low: 1 L/min, flow_high: 4 L/min}}}}
  chip:
    kind: package
    device_kind: gpu
    power: {{tdp: 500 W, idle: 100 W}}
    resistance: {{junction_to_case: 0.02 K/W}}
    limits: {{slowdown: 80 degC, shutdown: 90 degC}}
trays:
  compute:
    kind: compute
    slots: ["1-2"]
    circuit: {{series: [gate, plate]}}
    devices:
      gpu: {{package: chip, count: 1, cooled_by: plate}}
"""

Bench = Callable[..., Rack]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Load the bench rack, each `old` of the changes replaced by `new`, then with values set by path."""

    def load(*changes: tuple[str, str], **values: str) -> Rack:
        text = BENCH
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} must stand exactly once in the bench rack"
            text = text.replace(old, new)
        path = tmp_path / "bench.yaml"
        path.write_text(text, encoding="utf-8")
        return load_rack(path, {name.replace("__", "."): value for name, value in values.items()})

    return load
