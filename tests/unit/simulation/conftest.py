"""The bench rack with plates and packages described well enough to be solved in 3D, on coarse grids."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from thermal.rack.schema import Rack

Bench = Callable[..., Rack]

PLATE = """
    channels:
      {count: 60, width: 0.2 mm, height: 2 mm, length: 20 mm, wall: 0.2 mm, base: 1.5 mm, conductivity: 385 W/(m*K),
       footprint_length: 16 mm, footprint_width: 16 mm, split: end_to_end}
    body:
      length: 36 mm
      width: 32 mm
      plenum: {length: 4 mm}
      cover: {thickness: 1 mm, conductivity: 385 W/(m*K)}
      port: {diameter: 5 mm, loss_coefficient: 2}
      interface: {areal_resistance: 0.1 cm2*K/W}
"""
CHIP = """
    body:
      length: 22 mm
      width: 24 mm
      substrate: {thickness: 1 mm, conductivity: 0.8 W/(m*K)}
      chip_thickness: 0.6 mm
      chips:
        - {name: left, at: [-5 mm, 0 mm], width: 8 mm, length: 10 mm, conductivity: 120 W/(m*K), share: 0.45}
        - {name: right, at: [5 mm, 0 mm], width: 8 mm, length: 10 mm, conductivity: 120 W/(m*K), share: 0.45}
        - {name: hbm, at: [0 mm, 8 mm], width: 6 mm, length: 4 mm, conductivity: 40 W/(m*K), share: 0.1,
           junction: false}
      mould: {conductivity: 0.8 W/(m*K)}
      tim1: {thickness: 50 um, conductivity: 5 W/(m*K)}
      lid: {thickness: 1.5 mm, conductivity: 385 W/(m*K)}
"""
LAW = "pressure_drop: {quadratic: {quadratic: 1.0e13 Pa/(m3/s)^2}}"
LIMITS = "limits: {slowdown: 80 degC, shutdown: 90 degC}\n"
# Six trays behind gates of different width: flows that spread by half.
GATES = "".join(f"  gate{n}: {{kind: valve, kv: {0.5 + 0.05 * n} m3/h}}\n" for n in range(6))
TRAYS = "".join(
    f"  t{n}:\n    kind: compute\n    slots: [{n + 1}]\n    circuit: {{series: [gate{n}, plate]}}\n"
    "    devices: {gpu: {package: chip, count: 1, cooled_by: plate}}\n"
    for n in range(6)
)


@pytest.fixture
def plated(bench: Bench) -> Bench:
    """Load the bench rack with geometry; changes as of `bench`."""

    def load(*changes: tuple[str, str], **values: str) -> Rack:
        geometry = (LAW, LAW + PLATE.rstrip()), (LIMITS, LIMITS + CHIP.lstrip("\n"))
        return bench(*geometry, *changes, **{"parts__chip__power__tdp": "200 W", **values})

    return load


@pytest.fixture
def uneven(plated: Bench) -> Bench:
    """Load a rack whose six plates have six flows."""

    def load(*changes: tuple[str, str], **values: str) -> Rack:
        trays = ("  gate:", f"{GATES}  gate:"), ("trays:\n  compute:", f"trays:\n{TRAYS}  compute:")
        slots = ('    slots: ["1-2"]', "    slots: [7]")
        pump = ("-1 kPa/(L/min)^2]}\n    max_flow: 9 L/min", "-0.1 kPa/(L/min)^2]}")
        more = {"rack__units": "8", "coolant__control__value": "8 L/min"}
        return plated(*trays, slots, pump, *changes, **{**more, **values})

    return load
