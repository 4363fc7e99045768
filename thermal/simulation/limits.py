"""Limits and guidelines that an operating point exceeds, each with its source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from thermal.correlations.coolant import density, vapour_pressure
from thermal.rack.parts import Cdu, Coupling, Package, Plate
from thermal.rack.schema import Limits
from thermal.rack.values import Value
from thermal.results.summary import Violation
from thermal.simulation.coolant_state import CoolantState
from thermal.vocabulary import CELSIUS

if TYPE_CHECKING:
    from thermal.simulation.steady import Solved

__all__ = ["violations"]

L_MIN = 1.0e-3 / 60.0
ROUNDING = 1.0e-9


def violations(solved: Solved, state: CoolantState) -> list[Violation]:
    """List everything that is exceeded.

    Parameters
    ----------
    solved : Solved
        The solved rack.
    state : CoolantState
        Its coolant.

    Returns
    -------
    list of Violation
        Limits first (junctions, coolant temperature, velocity, pressure, flow), then guidelines; each text names the
        source.
    """
    found = [*_junctions(solved)]
    if solved.loop is None:
        return found
    for rule in SYSTEM_RULES:
        found += rule(solved, state, solved.rack.limits)
    for own in (_part_pressures, _vapour, _rated_flows):
        found += own(solved, state)
    for rule in SYSTEM_RULES:
        found += [{**v, "severity": "guideline"} for v in rule(solved, state, solved.rack.guidelines)]
    return found


def _violation(path: str, quantity: str, value: float, limit: float, unit: str, what: str, source: str) -> Violation:
    direction = "below" if value < limit else "above"
    text = f"{what} {value:.4g} {unit} is {direction} {limit:.4g} {unit} ({source})"
    return {
        "path": path,
        "quantity": quantity,
        "value": value,
        "limit": limit,
        "unit": unit,
        "text": text,
        "severity": "limit",
    }


def _source(limit: Value) -> str:
    """Basis and source of a limit in words."""
    return ": ".join(part for part in (limit.basis, limit.source) if part) or "given without a source"


def _junctions(solved: Solved) -> Iterator[Violation]:
    for d, device in enumerate(solved.assembly.devices):
        package = solved.rack.parts[device.package]
        junction = solved.chips.junction[d]
        if not isinstance(package, Package) or not np.isfinite(junction):
            continue
        for limit, what in ((package.limits.shutdown, "shutdown"), (package.limits.slowdown, "slowdown")):
            if limit is not None and junction > float(limit):
                shown = junction - CELSIUS, float(limit) - CELSIUS
                name = f"{what} limit: junction"
                yield _violation(device.path, "junction_temperature", *shown, "°C", name, _source(limit))
                break


def _temperatures(solved: Solved, state: CoolantState, limits: Limits) -> Iterator[Violation]:
    loop = solved.loop
    assert loop is not None
    back, low, high = limits.return_temperature, limits.supply_temperature_low, limits.supply_temperature_high
    if back is not None and loop.back > float(back) + ROUNDING:
        shown = loop.back - CELSIUS, float(back) - CELSIUS
        yield _violation("return_port", "return_temperature", *shown, "°C", "return temperature", _source(back))
    if low is not None and loop.supply < float(low) - ROUNDING:
        shown = loop.supply - CELSIUS, float(low) - CELSIUS
        yield _violation("supply_port", "supply_temperature", *shown, "°C", "supply temperature", _source(low))
    if high is not None and loop.supply > float(high) + ROUNDING:
        shown = loop.supply - CELSIUS, float(high) - CELSIUS
        yield _violation("supply_port", "supply_temperature", *shown, "°C", "supply temperature", _source(high))


def _velocities(solved: Solved, state: CoolantState, limits: Limits) -> Iterator[Violation]:
    """Header velocity; the fastest segment of each manifold stands for it."""
    limit = limits.velocity
    if limit is None:
        return
    fastest: dict[str, tuple[float, str]] = {}
    for path, role, speed in zip(state.branch_paths, state.branch_roles, np.abs(state.velocity), strict=True):
        header = path.partition("/")[0]
        if role == "manifold" and speed > fastest.get(header, (0.0, ""))[0]:
            fastest[header] = (float(speed), path)
    for speed, path in fastest.values():
        if speed > float(limit) * (1.0 + ROUNDING):
            yield _violation(path, "velocity", speed, float(limit), "m/s", "header velocity", _source(limit))


def _pressures(solved: Solved, state: CoolantState, limits: Limits) -> Iterator[Violation]:
    """Working pressure of the rack over the room's, and its pressure drop."""
    loop = solved.loop
    assert loop is not None
    over = state.pressure - float(solved.rack.ambient.pressure)
    top = int(np.argmax(over))
    if limits.pressure is not None and over[top] > float(limits.pressure):
        shown = over[top] / 1e5, float(limits.pressure) / 1e5
        yield _violation(state.node_paths[top], "pressure", *shown, "bar", "pressure over the room's",
                         _source(limits.pressure))  # fmt: skip
    if limits.pressure_drop is not None and loop.pressure_drop > float(limits.pressure_drop):
        shown = loop.pressure_drop / 1e3, float(limits.pressure_drop) / 1e3
        yield _violation("supply_port", "pressure_drop", *shown, "kPa", "pressure drop of the rack",
                         _source(limits.pressure_drop))  # fmt: skip


def _part_pressures(solved: Solved, state: CoolantState) -> Iterator[Violation]:
    """Pressure of couplings and plates past what their makers allow."""
    over = state.pressure - float(solved.rack.ambient.pressure)
    for element in solved.assembly.elements:
        part = solved.rack.parts[element.part]
        rated = part.rated_pressure if isinstance(part, Coupling) else None
        rated = part.maximum_pressure if isinstance(part, Plate) else rated
        highest = max(over[element.start], over[element.end])
        if rated is not None and highest > float(rated):
            shown = float(highest) / 1e5, float(rated) / 1e5
            yield _violation(element.path, "pressure", *shown, "bar", "pressure over the room's", _source(rated))


def _vapour(solved: Solved, state: CoolantState) -> Iterator[Violation]:
    """Coolant that would boil: absolute pressure below vapour pressure; the worst node stands for all."""
    loop = solved.loop
    assert loop is not None
    boiling = np.array([vapour_pressure(loop.fluid, T) for T in state.temperature])
    short = int(np.argmax(boiling - state.pressure))
    if state.pressure[short] < boiling[short]:
        shown = state.pressure[short] / 1e3, boiling[short] / 1e3
        source = f"vapour pressure at {state.temperature[short] - CELSIUS:.1f} °C; raise coolant.return_pressure"
        yield _violation(state.node_paths[short], "vapour_pressure", *shown, "kPa", "absolute pressure", source)


def _spread(solved: Solved, state: CoolantState, limits: Limits) -> Iterator[Violation]:
    limit = limits.flow_spread
    if limit is None:
        return
    groups: dict[str, list[float]] = {}
    for tray in solved.assembly.trays:
        if tray.path in state.trays:
            groups.setdefault(tray.group, []).append(state.trays[tray.path]["volume_flow"])
    for group, flows in groups.items():
        mean = float(np.mean(flows))
        spread = (max(flows) - min(flows)) / mean if mean > 0.0 else 0.0
        if spread > float(limit):
            shown = 100.0 * spread, 100.0 * float(limit)
            yield _violation(group, "flow_spread", *shown, "%", "flow spread over like trays", _source(limit))


def _rated_flows(solved: Solved, state: CoolantState) -> Iterator[Violation]:
    """Couplings and the cooling unit past the flow that their makers allow."""
    rack = solved.rack
    for path, name, flow in zip(state.branch_paths, state.branch_parts, np.abs(state.volume_flow), strict=True):
        part = rack.parts[name]
        rated = part.rated_flow if isinstance(part, Coupling) else None
        if rated is not None and flow > float(rated) * (1.0 + ROUNDING):
            shown = float(flow) / L_MIN, float(rated) / L_MIN
            yield _violation(path, "volume_flow", *shown, "L/min", "flow", _source(rated))
    if rack.cdu is None or solved.loop is None:
        return
    unit = rack.parts[rack.cdu.part]
    if not isinstance(unit, Cdu):
        return
    loop = solved.loop
    flow = loop.mass_flow / density(loop.fluid, loop.supply) * rack.cdu.racks_served
    if unit.max_flow is not None and flow > float(unit.max_flow) * (1.0 + ROUNDING):
        shown = flow / L_MIN, float(unit.max_flow) / L_MIN
        yield _violation("cdu", "volume_flow", *shown, "L/min", "flow of all its racks", _source(unit.max_flow))
    elif unit.rated is not None and unit.rated.flow is not None and flow > float(unit.rated.flow) * (1.0 + ROUNDING):
        shown = flow / L_MIN, float(unit.rated.flow) / L_MIN
        beyond = _violation("cdu", "volume_flow", *shown, "L/min", "flow of all its racks", _source(unit.rated.flow))
        yield {**beyond, "severity": "guideline"}


SYSTEM_RULES = (_temperatures, _velocities, _pressures, _spread)
"""Rules that a rack's limits and guidelines set alike."""
