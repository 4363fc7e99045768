"""From the solved rack to results: tables in SI and the summary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

import thermal
from thermal.hydraulics import loop as loop_settings
from thermal.hydraulics import newton as newton_settings
from thermal.hydraulics.energy import NO_FLOW
from thermal.hydraulics.loop import LoopSolution
from thermal.rack.expand import Assembly
from thermal.rack.schema import Rack
from thermal.results.dataset import Results, Table
from thermal.results.lazy import LazyMapping
from thermal.results.summary import BillTotal, Summary
from thermal.simulation.closure_range import closure_notes
from thermal.simulation.coolant_state import CoolantState, coolant_state
from thermal.simulation.evidence import evidence
from thermal.simulation.limits import violations
from thermal.simulation.plate_flow import SETTLED
from thermal.simulation.plate_record import plate_fields, plate_run
from thermal.simulation.plate_sharing import CHECKED
from thermal.simulation.pressure_path import pressure_path
from thermal.vocabulary import CELSIUS

if TYPE_CHECKING:
    from thermal.simulation.steady import Solved

__all__ = ["results_of"]

L_MIN = 1.0e-3 / 60.0
Bills = Sequence[Mapping[str, Any]]


def results_of(solved: Solved, bills: Bills, wall: float) -> Results:
    """Put a solved rack into results.

    Parameters
    ----------
    solved : Solved
        The rack with everything solved.
    bills : sequence of dict
        Bills as `Bill.summary` gives them.
    wall : float
        Time the solution took [s].

    Returns
    -------
    Results
        With tables, summary, bills and provenance.
    """
    state = coolant_state(solved)
    devices, trays = _devices(solved), _trays(solved, state)
    branches, nodes = _branches(state), _nodes(state)
    summary = _summary(solved, devices, trays, wall)
    summary["violations"] = violations(solved, state)
    summary["rests_on"] = evidence(solved)
    summary["pressure_path"] = pressure_path(solved, state)
    summary["bill"] = [_bill_total(bill) for bill in bills]
    fields = plate_fields(solved.plates) if solved.plates is not None else None
    layout = LazyMapping(partial(_layout, solved.rack, solved.assembly))
    return Results(summary, devices, trays, branches, nodes, bills, _provenance(solved), fields, layout)


def _layout(rack: Rack, assembly: Assembly) -> Mapping[str, Any]:
    """Place the parts; not before somebody draws or stores the run."""
    from thermal.rack.placement import place

    return place(rack, assembly).plain()


def _devices(solved: Solved) -> Table:
    """One row per device."""
    chips, devices, rack = solved.chips, solved.assembly.devices, solved.rack
    on_plate = [device.element is not None for device in devices]
    plates = [
        solved.assembly.elements[device.element].part if device.element is not None else None for device in devices
    ]
    return Table(
        "device",
        {
            "path": tuple(device.path for device in devices),
            "kind": tuple(device.kind for device in devices),
            "part": tuple(device.package for device in devices),
            "title": tuple(rack.parts[device.package].title for device in devices),
            "plate": tuple(plates),
            "tray": tuple(device.tray for device in devices),
            "power_state": tuple(device.power_state for device in devices),
            "power": np.array([device.power for device in devices]),
            "volume_flow": chips.volume_flow,
            "inlet_temperature": chips.inlet,
            "outlet_temperature": chips.outlet,
            "junction_temperature": chips.junction,
            "limit_temperature": chips.limit,
            "margin": chips.limit - chips.junction,
            "coolant_rise": np.where(on_plate, chips.coolant_rise, np.nan),
            "plate_rise": chips.plate_rise,
            "package_rise": chips.package_rise,
            "air_temperature": chips.air,
            **(solved.plates.details if solved.plates is not None else {}),
        },
    )


def _trays(solved: Solved, state: CoolantState) -> Table:
    """One row per tray."""
    assembly, chips = solved.assembly, solved.chips
    rows: dict[str, list[float]] = defaultdict(list)
    for tray in assembly.trays:
        air = chips.trays.get(tray.path)
        rows["air_flow"].append(air.flow if air else np.nan)
        rows["air_outlet_temperature"].append(air.outlet if air else np.nan)
        rows["fan_power"].append(air.fan_power if air else np.nan)
        for name, value in state.tray(tray.path).items():
            rows[name].append(value)
    order = (
        "volume_flow", "pressure_drop", "supply_temperature", "return_temperature", "air_flow",
        "air_outlet_temperature", "fan_power",
    )  # fmt: skip
    text = {"path": tuple(t.path for t in assembly.trays), "kind": tuple(t.kind for t in assembly.trays)}
    return Table("tray", {**text, **{name: np.array(rows[name]) for name in order}})


def _branches(state: CoolantState) -> Table:
    """One row per element that coolant passes."""
    return Table(
        "branch",
        {
            "path": state.branch_paths,
            "part": state.branch_parts,
            "mass_flow": state.mass_flow,
            "volume_flow": state.volume_flow,
            "velocity": state.velocity,
            "reynolds_number": state.reynolds,
            "pressure_drop": state.pressure_drop,
            "inlet_temperature": state.inlet,
            "outlet_temperature": state.outlet,
            "heat": state.heat,
        },
    )


def _nodes(state: CoolantState) -> Table:
    """One row per node."""
    return Table("node", {"path": state.node_paths, "pressure": state.pressure, "temperature": state.temperature})


def _summary(solved: Solved, devices: Table, trays: Table, wall: float) -> Summary:
    """Keys of the architecture page, in display units."""
    rack, loop = solved.rack, solved.loop
    fans = [air.fan_power for air in solved.chips.trays.values()]
    power = float(sum(device.power for device in solved.assembly.devices))
    to_air = float(sum(solved.chips.air_heat.values()))
    cooled = None
    if loop is not None and rack.coolant is not None:
        cooled = {
            "fluid": rack.coolant.fluid.name,
            "supply_C": loop.supply - CELSIUS,
            "return_C": loop.back - CELSIUS,
            "flow_L_min": _rack_flow(loop) / L_MIN,
        }
    summary: Any = {
        "rack": rack.name,
        "title": rack.title or rack.name,
        "status": rack.status,
        "power_state": rack.power_state,
        "fidelity": solved.fidelity,
        "version": thermal.__version__,
        "converged": True,
        "iterations": loop.iterations if loop else 1,
        "wall_s": wall,
        "heat_total_W": power + sum(fans),
        "heat_to_liquid_W": power - to_air,
        "heat_to_air_W": to_air + sum(fans),
        "energy_imbalance_rel": _energy_imbalance(solved),
        "mass_imbalance_rel": loop.mass_imbalance if loop else 0.0,
        "coolant": cooled,
        "pressure_drop_kPa": loop.pressure_drop / 1e3 if loop else None,
        "pump_power_W": loop.pump_power if loop else None,
        "pump_speed_rel": loop.pumps.speed if loop and loop.pumps else None,
        "fan_power_W": float(sum(fans)) if fans else None,
        "facility": _facility(rack, loop),
        "flow_spread_rel": flow_spread(solved.assembly, trays),
        "devices": devices.rows(),
        "trays": trays.rows(),
        "notes": _notes(solved),
    }
    if solved.plates is not None:
        summary["plates"] = plate_run(solved.plates)
    return summary  # type: ignore[no-any-return]


def _energy_imbalance(solved: Solved) -> float:
    """Largest imbalance of heat, of the coolant's and of each plate's, over the heat it is of [-]."""
    network = abs(solved.loop.temperatures.imbalance) if solved.loop else 0.0
    return max(network, solved.plates.imbalance) if solved.plates is not None else network


def _rack_flow(loop: LoopSolution) -> float:
    """Volume flow at the supply temperature [m3/s]."""
    from thermal.correlations.coolant import density

    return loop.mass_flow / density(loop.fluid, loop.supply)


def _facility(rack: Rack, loop: LoopSolution | None) -> dict[str, float] | None:
    """Facility water at the exchanger, one rack's share."""
    if loop is None or loop.exchange is None or rack.facility is None:
        return None
    return {
        "supply_C": float(rack.facility.supply_temperature) - CELSIUS,
        "return_C": loop.exchange.facility_return - CELSIUS,
        "flow_L_min": loop.exchange.facility_flow / L_MIN,
        "heat_W": loop.exchange.duty,
        "approach_K": loop.exchange.supply - float(rack.facility.supply_temperature),
    }


def flow_spread(assembly: Assembly, trays: Table) -> float | None:
    """Largest (max − min) / mean of the flow over like trays; None without coolant."""
    flows: dict[str, list[float]] = defaultdict(list)
    for tray, flow in zip(assembly.trays, trays.numbers("volume_flow"), strict=True):
        if np.isfinite(flow):
            flows[tray.group].append(float(flow))
    spreads = [(max(v) - min(v)) / np.mean(v) for v in flows.values() if np.mean(v) > 0.0]
    return float(max(spreads)) if spreads else None


def _notes(solved: Solved) -> list[str]:
    """List what the reader should know beside the numbers."""
    rack = solved.rack
    fallen = sorted({d.package for d in solved.assembly.devices if d.power_state != rack.power_state})
    plates = solved.plates.notes if solved.plates is not None else ()
    notes = [*solved.chips.notes, *plates, *closure_notes(solved)]
    if fallen:
        notes.append(f"no power state {rack.power_state!r} in {', '.join(fallen)}: their TDP is used")
    if solved.loop is not None:
        notes += _cut_off(solved.loop)
    return notes


def _cut_off(loop: LoopSolution) -> list[str]:
    """Name the elements that no coolant reaches."""
    parts = [(loop.part, loop.flow)]
    if loop.pumps is not None and loop.pumps.part is not loop.part:
        parts.append((loop.pumps.part, loop.pumps.flow))
    still = []
    for part, flow in parts:
        size = np.abs(flow.mass_flow)
        idle = np.flatnonzero(~flow.active | (size <= NO_FLOW * size.max(initial=0.0)))
        still += [part.network.branches[b] for b in idle]
    if not still:
        return []
    shown = ", ".join(still[:4]) + (f" and {len(still) - 4} more" if len(still) > 4 else "")
    return [f"closed, or cut off by what is closed: {shown}"]


def _bill_total(bill: Mapping[str, Any]) -> BillTotal:
    """Totals of a bill for the summary."""
    keys = ("prices", "currency", "total", "total_low", "total_high", "per_kW", "complete")
    total: Any = {**{key: bill[key] for key in keys}, "covered": bill["basket"]}
    return total  # type: ignore[no-any-return]


def _provenance(solved: Solved) -> dict[str, Any]:
    """Where the results come from: definition, version, tolerances and residuals reached."""
    rack, loop = solved.rack, solved.loop
    residuals: dict[str, float] = {}
    if loop is not None:
        residuals = {
            "mass_imbalance_rel": loop.mass_imbalance,
            "pressure_residual_rel": loop.pressure_residual,
            "energy_imbalance_rel": _energy_imbalance(solved),
        }
    return {
        "rack": rack.name,
        "rack_text": rack.text,
        "rack_sha256": rack.sha256,
        "version": thermal.__version__,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "fidelity": solved.fidelity,
        "tolerances": {
            "mass_imbalance_rel": newton_settings.MASS_TOLERANCE,
            "pressure_residual_rel": newton_settings.HEAD_TOLERANCE,
            "temperature_K": loop_settings.SETTLED,
            **({"plate_flow_rel": SETTLED, "interpolation_K": CHECKED} if solved.plates is not None else {}),
        },
        "residuals": residuals,
    }
