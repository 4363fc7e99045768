"""At what coolants, inlet temperatures and flows a plate alone is asked for, and with how much heat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from thermal.correlations.coolant import (
    CoolantTable,
    check_temperature,
    density,
    enthalpy,
    specific_heat,
    temperature_of_enthalpy,
    viscosity,
)
from thermal.errors import ConvergenceError, OperatingRangeError
from thermal.hydraulics.loop import fluid_table
from thermal.rack.coolants import CoolantData
from thermal.rack.fluids import load_coolant
from thermal.rack.named_plate import plate_of
from thermal.rack.parts import Plate
from thermal.rack.schema import Rack
from thermal.results.summary import Evidence
from thermal.simulation.plate_load import PlateLoad, plate_load
from thermal.simulation.plate_range import LAMINAR, POWER, channel_reynolds, default_flows

__all__ = [
    "L_MIN",
    "Conditions",
    "Place",
    "conditions",
    "laminar_end",
    "laminar_flows",
    "mass_flow",
    "require_heat",
    "single",
]

FLUID, TEMPERATURE = "PG25", 313.15  # where the rack has no coolant
CELSIUS, L_MIN = 273.15, 1.0e-3 / 60.0
ITERATIONS = 60
SETTLED = 1.0e-11  # relative change of the mass flow that has the volume flow asked for


class Place(NamedTuple):
    """One operating point."""

    coolant: CoolantData
    table: CoolantTable
    inlet: float  # [K]
    flow: float  # [m3/s]


@dataclass(frozen=True)
class Conditions:
    """What was asked, completed by the rack.

    Attributes
    ----------
    plate : Plate
        The plate.
    load : PlateLoad or None
        What the rack puts on it.
    power : float
        Heat of all devices on it [W].
    coolants : list of (CoolantData, CoolantTable)
        Those asked for.
    inlets, flows : list of float
        Coolant at the inlet [K]; volume flows at the coolant's mean temperature [m3/s].
    """

    plate: Plate
    load: PlateLoad | None
    power: float
    coolants: list[tuple[CoolantData, CoolantTable]]
    inlets: list[float]
    flows: list[float]

    @property
    def places(self) -> list[Place]:
        """All operating points, by coolant, inlet temperature and flow."""
        return [Place(*coolant, T, Q) for coolant in self.coolants for T in self.inlets for Q in self.flows]

    @property
    def coolant_evidence(self) -> list[Evidence]:
        """Where the coolants' properties come from."""
        return [{"what": "coolant", "value": d.name, "basis": d.basis, "source": d.source} for d, _ in self.coolants]


def conditions(
    rack: Rack,
    name: str,
    *,
    fluids: Sequence[str],
    temperatures: Sequence[float],
    flows: Sequence[float],
    power: float | None,
) -> Conditions:
    """Return what is asked for; arguments and errors as of `plate_curve`."""
    plate, load = plate_of(rack, name), plate_load(rack, name)
    inlets = list(temperatures) or [float(rack.coolant.supply_temperature) if rack.coolant else TEMPERATURE]
    own = rack.coolant.fluid.name if rack.coolant else FLUID
    coolants = [_coolant(rack, fluid) for fluid in fluids or [own]]
    heat = power if power is not None else load.power if load is not None else POWER
    _check(name, flows, heat)
    for data, table in coolants:
        _check_inlets(data, table, inlets)
    chosen = list(flows)
    if not chosen:
        table, T = coolants[0][1], inlets[0]
        chosen = default_flows(plate, heat, density(table, T), viscosity(table, T), specific_heat(table, T)).tolist()
    return Conditions(plate, load, heat, coolants, inlets, chosen)


def single(name: str, at: Conditions, what: str) -> tuple[CoolantData, CoolantTable, float]:
    """Return the one coolant, its table and inlet temperature [K]; refuse several, `what` being made with one."""
    if len(at.coolants) > 1 or len(at.inlets) > 1:
        msg = f"{name}: {what} one coolant and one inlet temperature; give one of each"
        raise OperatingRangeError(msg)
    return *at.coolants[0], at.inlets[0]


def require_heat(name: str, at: Conditions) -> None:
    """Refuse a plate without heat where a resistance is asked for."""
    if at.power <= 0.0:
        msg = f"{name}: a power of {at.power:g} W gives no resistance; give a power above zero"
        raise OperatingRangeError(msg)


def laminar_flows(at: Conditions, count: int) -> list[float]:
    """Flows over the range of the plate's laws, log-spaced, as far as its channels are laminar."""
    table, T = at.coolants[0][1], at.inlets[0]
    low, high = min(at.flows), max(at.flows)
    high = min(high, laminar_end(at, table, T))
    return [float(flow) for flow in np.geomspace(low if low < high else 0.5 * high, high, count)]


def laminar_end(at: Conditions, table: CoolantTable, inlet: float) -> float:
    """Volume flow, at the coolant's mean temperature, up to which a plate's channels are laminar [m3/s].

    Parameters
    ----------
    at : Conditions
        Plate and heat; without channels there is no end.
    table : CoolantTable
        Coolant; beyond its table properties are held.
    inlet : float
        Temperature [K].
    """
    by_flow = channel_reynolds(at.plate, 1.0, 1.0)  # Re of 1 kg/s and 1 Pa s
    if by_flow is None:
        return np.inf
    mean = inlet
    for _ in range(ITERATIONS):  # warmer coolant is thinner, so that the flow falls from pass to pass, to a limit
        m = LAMINAR * viscosity(table, mean) / by_flow
        outlet = temperature_of_enthalpy(table, enthalpy(table, inlet) + at.power / m)
        mean = 0.5 * (inlet + outlet)
    return float(m / density(table, mean))


def mass_flow(name: str, table: CoolantTable, inlet: float, flow: float, power: float) -> float:
    """Mass flow of a volume flow taken at the coolant's mean temperature [kg/s].

    Parameters
    ----------
    name : str
        Of the plate, for messages.
    table : CoolantTable
        Coolant; beyond its table properties are held.
    inlet, flow, power : float
        Temperature [K], volume flow [m3/s] and all heat [W].

    Raises
    ------
    ConvergenceError
        Where the density changes faster than the coolant warms.
    """
    m, history = density(table, inlet) * flow, list[float]()
    while len(history) < ITERATIONS:
        outlet = temperature_of_enthalpy(table, enthalpy(table, inlet) + power / m)
        new = density(table, 0.5 * (inlet + outlet)) * flow
        history.append(abs(new - m) / m)
        m = new
        if history[-1] <= SETTLED:
            return float(m)
    cause = "properties that change faster than the coolant warms; give it more flow or less heat"
    what = "the coolant's mean temperature"
    raise ConvergenceError(what, history, name, cause)


def _coolant(rack: Rack, name: str) -> tuple[CoolantData, CoolantTable]:
    """Return a coolant and its table; the rack's own, with its viscosity factor, when it has that name."""
    if rack.coolant is not None and rack.coolant.fluid.name == name:
        return rack.coolant.fluid, fluid_table(rack.coolant.fluid, float(rack.coolant.viscosity_factor))
    data = load_coolant(name)
    return data, fluid_table(data)


def _check(name: str, flows: Sequence[float], power: float) -> None:
    """Refuse flows and heat that make no sense."""
    bad = [flow for flow in flows if not 0.0 < flow < np.inf]
    if bad:
        shown = ", ".join(f"{flow / L_MIN:g}" for flow in bad[:5])
        msg = f"{name}: a flow of {shown} L/min says nothing about a plate; give flows above zero"
        raise OperatingRangeError(msg)
    if not 0.0 <= power < np.inf:
        msg = f"{name}: a power of {power:g} W is not possible; give zero or more"
        raise OperatingRangeError(msg)


def _check_inlets(data: CoolantData, table: CoolantTable, inlets: Sequence[float]) -> None:
    """Refuse inlet temperatures at which the coolant is frozen or not known."""
    freezing = data.freezing_temperature
    if freezing is not None and min(inlets) <= float(freezing):
        msg = (
            f"{data.name} freezes at {float(freezing) - CELSIUS:.1f} °C, the inlet is {min(inlets) - CELSIUS:.1f} °C; "
            "give a warmer inlet or a fluid with more glycol"
        )
        raise OperatingRangeError(msg)
    check_temperature(table, inlets, data.name, ["the inlet"] * len(inlets))
