"""State of the coolant element by element and node by node, the rack and its cooling unit in one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thermal.correlations.coolant import density, viscosity
from thermal.hydraulics.assemble import RackNetwork
from thermal.hydraulics.branches import CHANNELS
from thermal.hydraulics.energy import Temperatures, coolant_temperatures
from thermal.hydraulics.loop import LoopSolution
from thermal.hydraulics.network import GRAVITY
from thermal.hydraulics.solve import Flow
from thermal.lumped.chips import coolant_heat
from thermal.rack.parts import Exchanger, Plate

if TYPE_CHECKING:
    from thermal.simulation.steady import Solved

__all__ = ["CoolantState", "coolant_state"]

Floats = NDArray[np.float64]


def _empty() -> Floats:
    return np.empty(0)


@dataclass(frozen=True)
class CoolantState:
    """Arrays over branches and nodes, SI; empty in a rack without coolant. NaN where an element has no bore.

    Attributes
    ----------
    branch_paths, branch_parts, branch_roles, node_paths : tuple of str
        Labels.
    mass_flow, volume_flow, velocity, reynolds, pressure_drop, inlet, outlet, heat : (branches,) float64
        [kg/s], [m3/s], [m/s], [-], [Pa], [K], [K], [W]; flow counts positive from start to end, pressure drops
        leave out the weight of the column.
    pressure, temperature : (nodes,) float64
        Absolute total pressure [Pa] and temperature [K].
    trays : dict of str to dict
        Flow, pressure drop and temperatures of each tray.
    """

    branch_paths: tuple[str, ...] = ()
    branch_parts: tuple[str, ...] = ()
    branch_roles: tuple[str, ...] = ()
    mass_flow: Floats = field(default_factory=_empty)
    volume_flow: Floats = field(default_factory=_empty)
    velocity: Floats = field(default_factory=_empty)
    reynolds: Floats = field(default_factory=_empty)
    pressure_drop: Floats = field(default_factory=_empty)
    inlet: Floats = field(default_factory=_empty)
    outlet: Floats = field(default_factory=_empty)
    heat: Floats = field(default_factory=_empty)
    node_paths: tuple[str, ...] = ()
    pressure: Floats = field(default_factory=_empty)
    temperature: Floats = field(default_factory=_empty)
    trays: dict[str, dict[str, float]] = field(default_factory=dict)

    def tray(self, path: str) -> dict[str, float]:
        """Flow, pressure drop and temperatures of a tray; NaN for one without coolant."""
        names = ("volume_flow", "pressure_drop", "supply_temperature", "return_temperature")
        return self.trays.get(path, dict.fromkeys(names, np.nan))


def coolant_state(solved: Solved) -> CoolantState:
    """Gather the coolant's state from a solved rack.

    Parameters
    ----------
    solved : Solved
        The solved rack.

    Returns
    -------
    CoolantState
        Rack and cooling unit together.
    """
    loop, assembly = solved.loop, solved.assembly
    if loop is None:
        return CoolantState()
    parts = [(loop.part, loop.flow, loop.temperatures)]
    if loop.pumps is not None and loop.pumps.part is not loop.part:
        parts.append((loop.pumps.part, loop.pumps.flow, _unit_temperatures(solved, loop)))
    columns: dict[str, list[Floats]] = {}
    pressure = np.zeros(len(assembly.nodes))
    temperature = np.full(len(assembly.nodes), loop.supply)
    for part, flow, temperatures in reversed(parts):
        for name, column in _columns(solved, loop, part, flow, temperatures).items():
            columns.setdefault(name, []).insert(0, column)
        pressure[flow.connected] = flow.pressure[flow.connected]
        temperature[temperatures.reached] = temperatures.node[temperatures.reached]
    assert solved.rack.coolant is not None
    pressure += float(solved.rack.coolant.return_pressure)
    order = np.concatenate([part.elements for part, _, _ in parts])
    elements = [assembly.elements[e] for e in order]
    return CoolantState(
        branch_paths=tuple(e.path for e in elements),
        branch_parts=tuple(e.part for e in elements),
        branch_roles=tuple(e.role for e in elements),
        node_paths=tuple(node.path for node in assembly.nodes),
        pressure=pressure,
        temperature=temperature,
        trays=_tray_states(solved, loop, pressure, temperature),
        **{name: np.concatenate(column) for name, column in columns.items()},
    )


def _unit_temperatures(solved: Solved, loop: LoopSolution) -> Temperatures:
    """Temperatures in the cooling unit: return water up to its exchanger, supply water after it."""
    assert loop.pumps is not None
    part, assembly = loop.pumps.part, solved.assembly
    exchangers = [
        b for b, e in enumerate(part.elements) if isinstance(solved.rack.parts[assembly.elements[e].part], Exchanger)
    ]
    ends = np.flatnonzero(part.network.end == assembly.supply_port).tolist()
    supply = np.full(len(assembly.nodes), loop.back)
    return coolant_temperatures(
        part.network,
        loop.pumps.flow,
        loop.fluid,
        heat=np.zeros(len(part.elements)),
        supply=supply,
        density=density(loop.fluid, loop.supply),
        held=dict.fromkeys(exchangers or ends, loop.supply),
    )


def _columns(
    solved: Solved, loop: LoopSolution, part: RackNetwork, flow: Flow, temperatures: Temperatures
) -> dict[str, Floats]:
    """Columns of one network's branches."""
    network = part.network
    mean = 0.5 * (temperatures.inlet + temperatures.outlet)
    rho = np.array([density(loop.fluid, T) for T in mean])
    mu = np.array([viscosity(loop.fluid, T) for T in mean])
    through = flow.mass_flow * network.copies
    area, bore = _passages(solved, part)
    heat, _ = coolant_heat(solved.rack, solved.assembly)
    weight = rho * GRAVITY * (network.height[network.end] - network.height[network.start])
    drop = flow.pressure[network.start] - flow.pressure[network.end] - weight
    return {
        "mass_flow": flow.mass_flow,
        "volume_flow": flow.mass_flow / rho,
        "velocity": through / (rho * area),
        "reynolds": np.abs(through) * bore / (area * mu),
        "pressure_drop": np.where(flow.active, drop, 0.0),
        "inlet": temperatures.inlet,
        "outlet": temperatures.outlet,
        "heat": heat[part.elements],
    }


def _passages(solved: Solved, part: RackNetwork) -> tuple[Floats, Floats]:
    """Flow area [m2] and hydraulic diameter [m] of each branch, those of its channels where it has any; else NaN."""
    network = part.network
    bore = np.where(network.diameter > 0.0, network.diameter, np.nan)
    area = 0.25 * np.pi * bore**2
    channels, plates = network.channels, np.flatnonzero(network.kind == CHANNELS)
    c = network.curve[plates]
    width, height = channels.width[c], channels.height[c]
    area[plates] = channels.number[c] * (1.0 + channels.split[c]) * width * height
    bore[plates] = 2.0 * width * height / (width + height)
    in_3d = {one.element for one in solved.plates.instances} if solved.plates is not None else set()
    for b in np.flatnonzero(np.isin(part.elements, list(in_3d))):  # there the law is a table made from the channels
        plate = solved.rack.parts[solved.assembly.elements[part.elements[b]].part]
        assert isinstance(plate, Plate)
        assert plate.channels is not None
        w, h = float(plate.channels.width), float(plate.channels.height)
        area[b] = plate.channels.count * (2.0 if plate.channels.split == "centre" else 1.0) * w * h
        bore[b] = 2.0 * w * h / (w + h)
    return area, bore


def _tray_states(
    solved: Solved, loop: LoopSolution, pressure: Floats, temperature: Floats
) -> dict[str, dict[str, float]]:
    """Flow, pressure drop and temperatures of each tray that coolant passes."""
    network, assembly = loop.part.network, solved.assembly
    m = loop.flow.mass_flow
    tray_of = np.array([assembly.elements[e].tray or "" for e in loop.part.elements])
    out = {}
    for tray in assembly.trays:
        inside = np.flatnonzero(tray_of == tray.path)
        if tray.start < 0 or not inside.size:
            continue
        entering = inside[network.start[inside] == tray.start]
        leaving = inside[network.end[inside] == tray.end]
        flow = float(m[entering].sum())
        supply = float(temperature[tray.start])
        heat = float(np.abs(m[leaving]).sum())
        mixed = float(np.abs(m[leaving]) @ loop.temperatures.outlet[leaving] / heat) if heat else supply
        out[tray.path] = {
            "volume_flow": flow / density(loop.fluid, supply),
            "pressure_drop": float(pressure[tray.start] - pressure[tray.end]),
            "supply_temperature": supply,
            "return_temperature": mixed,
        }
    return out
