"""A small rack in one file, and its broken twins: each test changes the text and asks for the message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from thermal.errors import InputError, Problem
from thermal.rack.loader import load_rack
from thermal.rack.schema import Rack

SMALL = """\
name: small
title: Two trays
rack: {units: 10, unit_height: 50 mm, rated_power: 3 kW}
coolant:
  fluid: water
  supply_temperature: 40 degC
  control: {kind: flow, value: 12 L/min}
manifold: {supply: header, return: header}
parts:
  header: {kind: manifold, inner_diameter: 30 mm, inlet_length: 0.2 m}
  hose: {kind: pipe, length: 0.5 m, inner_diameter: 12 mm}
  coupling: {kind: coupling, cv: 1.4, pieces: 1}
  inner: {kind: coupling, cv: 0.8}
  gate: {kind: valve, kv: 2 m3/h}
  plate:
    kind: plate
    item_class: gpu_plate
    basis: fitted
    source: a rig
    pressure_drop: {point: {flow: 2 L/min, pressure_drop: 10 kPa, exponent: 1.7}}
    resistance:
      power:
        value: {value: 0.03 K/W, low: 0.02 K/W, high: 0.04 K/W}
        flow: 2 L/min
        exponent: 0.4
  module:
    kind: assembly
    item_class: module
    circuit:
      series:
        - inner
        - parallel: [{part: plate, name: gpu_plate, repeat: 2}]
        - inner
  gpu: {kind: package, device_kind: gpu, power: {tdp: 700 W, peak: 900 W}, heat_sink: fins}
  rest: {kind: package, device_kind: other, power: {tdp: 50 W}}
  fins: {kind: heat_sink, resistance: {table: [[0.01 m3/s, 0.2 K/W], [0.1 m3/s, 0.1 K/W]]}}
  fan: {kind: fan, curve: {table: [[0 m3/s, 300 Pa], [0.02 m3/s, 0 Pa]]}, power: 10 W}
trays:
  compute:
    kind: compute
    slots: ["3-4"]
    circuit:
      series:
        - {part: coupling, name: inlet}
        - gate
        - parallel: [{part: module, repeat: 2}]
        - {part: coupling, name: outlet}
    devices:
      gpu: {package: gpu, count: 8, cooled_by: gpu_plate}
      rest: {package: rest, cooled_by: air}
    air:
      fans: {part: fan, count: 3}
      impedance: {quadratic: 1e6 Pa/(m3/s)^2}
"""

PLATE = """\
  plate:
    kind: plate
    item_class: gpu_plate
    basis: fitted
    source: a rig
"""
PLATE_BODY = """\
    channels:
      count: 100
      width: 0.2 mm
      wall: 0.2 mm
      height: 2 mm
      length: 40 mm
      base: 2 mm
      conductivity: 385 W/(m K)
      footprint_length: 30 mm
      footprint_width: 30 mm
      split: centre
    body:
      basis: assumed
      source: drawn
      length: 60 mm
      width: 110 mm
      plenum: {length: 5 mm}
      slot: 3 mm
      cover: {thickness: 2 mm, conductivity: 385 W/(m K)}
      port: {diameter: 6 mm, loss_coefficient: {value: 8, low: 6, high: 10}}
      interface: {areal_resistance: {value: 0.05 cm2*K/W, low: 0.02 cm2*K/W, high: 0.1 cm2*K/W}}
      mounts: [[25 mm, 30 mm], [75 mm, 30 mm]]
"""
GPU = "  gpu: {kind: package, device_kind: gpu, power: {tdp: 700 W, peak: 900 W}, heat_sink: fins}\n"
GPU_BODY = """\
  gpu:
    kind: package
    device_kind: gpu
    power: {tdp: 700 W, peak: 900 W}
    heat_sink: fins
    body:
      length: 40 mm
      width: 50 mm
      chip_thickness: 0.7 mm
      chips:
        - name: die_1
          at: [-11 mm, 0 mm]
          width: 20 mm
          length: 30 mm
          conductivity: 120 W/(m K)
          share: 0.6
          map: {blocks: [{name: hot, width: 4 mm, length: 30 mm, power: 420 W}]}
        - {name: die_2, at: [11 mm, 0 mm], width: 20 mm, length: 30 mm, conductivity: [100 W/(m K), 100 W/(m K), 9 W/(m K)], share: 0.4, junction: false}
      mould: {conductivity: 1 W/(m K)}
      tim1: {thickness: 50 um, conductivity: 5 W/(m K)}
      lid: {thickness: 2 mm, conductivity: 385 W/(m K)}
"""  # noqa: E501 - one chip a line


@pytest.fixture
def rack_file(tmp_path: Path) -> Callable[..., Path]:
    """Write the small rack, each `old` replaced by `new`, and return its path."""

    def write(*changes: tuple[str, str]) -> Path:
        text = SMALL
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} must stand exactly once in the small rack"
            text = text.replace(old, new)
        path = tmp_path / "small.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def small(rack_file: Callable[..., Path]) -> Rack:
    return load_rack(rack_file())


@pytest.fixture
def problems(rack_file: Callable[..., Path]) -> Callable[..., tuple[Problem, ...]]:
    """Load the changed rack and return its problems."""

    def load(*changes: tuple[str, str], overrides: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
        with pytest.raises(InputError) as caught:
            load_rack(rack_file(*changes), overrides)
        return caught.value.problems

    return load


@pytest.fixture
def problem(problems: Callable[..., tuple[Problem, ...]]) -> Callable[..., Problem]:
    """Load the changed rack and return its only problem."""

    def load(*changes: tuple[str, str], overrides: Mapping[str, str] | None = None) -> Problem:
        found = problems(*changes, overrides=overrides)
        assert len(found) == 1, "\n".join(map(str, found))
        return found[0]

    return load


@pytest.fixture
def shaped(rack_file: Callable[..., Path]) -> Callable[..., Path]:
    """Write the small rack with bodies on its plate and package, each `old` replaced by `new`."""

    def write(*changes: tuple[str, str]) -> Path:
        path = rack_file((PLATE, PLATE + PLATE_BODY), (GPU, GPU_BODY))
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} must stand exactly once in the rack with bodies"
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def body_problems(shaped: Callable[..., Path]) -> Callable[..., tuple[Problem, ...]]:
    """Load the changed rack with bodies and return its problems."""

    def load(*changes: tuple[str, str]) -> tuple[Problem, ...]:
        with pytest.raises(InputError) as caught:
            load_rack(shaped(*changes))
        return caught.value.problems

    return load


@pytest.fixture
def body_problem(body_problems: Callable[..., tuple[Problem, ...]]) -> Callable[..., Problem]:
    """Load the changed rack with bodies and return its only problem."""

    def load(*changes: tuple[str, str]) -> Problem:
        found = body_problems(*changes)
        assert len(found) == 1, "\n".join(map(str, found))
        return found[0]

    return load
