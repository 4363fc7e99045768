"""The coolant distribution unit: the pump speed that the rack needs, electric power, and its heat exchanger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from thermal.correlations.coolant import CoolantTable, density, specific_heat, viscosity
from thermal.correlations.exchanger import exchanger_temperatures, rated_conductance
from thermal.errors import ConvergenceError, OperatingRangeError
from thermal.hydraulics.assemble import RackNetwork, assemble
from thermal.hydraulics.solve import Flow, HydraulicSolver
from thermal.numerics.interpolation import hermite, monotone_slopes
from thermal.rack.expand import Assembly
from thermal.rack.parts import Exchanger, Pump
from thermal.rack.schema import Rack

__all__ = ["Exchange", "Pumping", "exchange", "pump_power", "pumping", "refuse_pumps_beyond_curve"]

LITRES_PER_MINUTE = 6.0e4
SPEED_TOLERANCE = 1.0e-10


@dataclass(frozen=True)
class Pumping:
    """Pumps that give the rack its flow.

    Attributes
    ----------
    speed : float
        Over rated speed [-].
    flow : Flow
        Flows and pressures of the cooling unit's branches, relative to the return port.
    part : RackNetwork
        Their network, with the element of each branch.
    """

    speed: float
    flow: Flow
    part: RackNetwork


@dataclass(frozen=True)
class Exchange:
    """Heat exchanger at its operating point, one rack's share.

    Attributes
    ----------
    duty : float
        Heat passed to the facility water [W].
    conductance : float
        UA, from the rating [W/K].
    facility_flow : float
        Facility water that holds the supply temperature [m3/s].
    facility_return : float
        Facility water leaving [K].
    supply : float
        Coolant leaving [K].
    """

    duty: float
    conductance: float
    facility_flow: float
    facility_return: float
    supply: float


def pumping(rack: Rack, assembly: Assembly, mass_flow: float, head: float, fluid: CoolantTable, T: float) -> Pumping:
    """Find the pump speed at which the cooling unit gives a head at a flow.

    Parameters
    ----------
    rack, assembly : Rack, Assembly
        With a cooling unit.
    mass_flow : float
        Through the rack [kg/s].
    head : float
        Pressure that the rack needs between its ports [Pa].
    fluid : CoolantTable
        Coolant.
    T : float
        Its temperature in the unit [K].

    Returns
    -------
    Pumping
        Speed and flows.

    Raises
    ------
    OperatingRangeError
        When the pumps cannot give it at their highest speed.
    """
    rho, mu = density(fluid, T), viscosity(fluid, T)
    injection = np.zeros(len(assembly.nodes))
    injection[assembly.supply_port] = -mass_flow

    part = assemble(rack, assembly, assembly.cdu_elements)
    solver = HydraulicSolver(part.network, [assembly.return_port])

    def surplus(speed: float) -> tuple[float, Flow]:
        flow = solver.solve(np.zeros(1), density=rho, viscosity=mu, injection=injection, pump_speed=speed)
        return float(flow.pressure[assembly.supply_port]) - head, flow

    highest = _highest_speed(rack, assembly)
    best, most = surplus(highest)
    if best < 0.0:
        refuse_pumps_beyond_curve(rack, assembly, Pumping(highest, most, part), rho)
        volume = mass_flow / rho * LITRES_PER_MINUTE
        msg = (
            f"{rack.cdu.part if rack.cdu else 'cdu'}: at its highest speed it gives {(best + head) / 1e3:.1f} kPa at "
            f"{volume:.1f} L/min per rack, the rack needs {head / 1e3:.1f} kPa; "
            "choose a larger unit, fewer racks per unit (cdu.racks_served), or less flow (coolant.control)"
        )
        raise OperatingRangeError(msg)
    speed, flow = _root(surplus, best, highest)
    return Pumping(speed, flow, part)


def _highest_speed(rack: Rack, assembly: Assembly) -> float:
    parts = (rack.parts[assembly.elements[e].part] for e in assembly.cdu_elements)
    return min((float(part.speed_max) for part in parts if isinstance(part, Pump)), default=1.0)


def _root(surplus: Callable[[float], tuple[float, Flow]], best: float, highest: float) -> tuple[float, Flow]:
    """Speed of no surplus, by regula falsi in speed squared (the Illinois variant)."""
    low, high = 0.0, highest**2
    f_low, f_high = surplus(1.0e-6 * highest)[0], best
    history = []
    side = 0
    for _ in range(100):
        x = high - f_high * (high - low) / (f_high - f_low)
        value, flow = surplus(float(np.sqrt(x)))
        history.append(abs(value))
        if (high - low) <= SPEED_TOLERANCE * high or abs(value) <= SPEED_TOLERANCE * max(f_high, -f_low, 1.0):
            return float(np.sqrt(x)), flow
        if value > 0.0:
            high, f_high = x, value
            f_low, side = (0.5 * f_low if side > 0 else f_low), 1
        else:
            low, f_low = x, value
            f_high, side = (0.5 * f_high if side < 0 else f_high), -1
    what, cause = "the pump speed", "a head curve with a jump; check its table"
    raise ConvergenceError(what, history, "the cooling unit", cause)


def refuse_pumps_beyond_curve(rack: Rack, assembly: Assembly, pumps: Pumping, rho: float) -> None:
    """Raise `OperatingRangeError` when a pump runs past the end of its curve; names pump, flow and end."""
    served = rack.cdu.racks_served if rack.cdu else 1
    network = pumps.part.network
    for b, index in enumerate(pumps.part.elements):
        volume = pumps.flow.mass_flow[b] * served / rho
        end = network.limit[b] * pumps.speed
        if volume > end * (1.0 + 1.0e-9):
            msg = (
                f"{assembly.elements[index].path} runs at {volume * LITRES_PER_MINUTE:.1f} L/min, beyond the end of "
                f"its curve at this speed ({end * LITRES_PER_MINUTE:.1f} L/min at {pumps.speed:.2f} of rated speed); "
                "choose a larger pump or more of them, fewer racks per unit, or less flow"
            )
            raise OperatingRangeError(msg)


def pump_power(rack: Rack, assembly: Assembly, pumps: Pumping, rho: float) -> float:
    """Electric power of the pumps, one rack's share [W]: head × flow over efficiency."""
    total = 0.0
    for b, index in enumerate(pumps.part.elements):
        element = assembly.elements[index]
        part = rack.parts[element.part]
        if isinstance(part, Pump):
            rise = pumps.flow.pressure[element.end] - pumps.flow.pressure[element.start]
            volume = pumps.flow.mass_flow[b] / rho
            served = rack.cdu.racks_served if rack.cdu else 1
            if rise * volume > 0.0:
                total += rise * volume / _efficiency(part, volume * served / pumps.speed, element.path)
    return float(total)


def _efficiency(part: Pump, flow: float, path: str) -> float:
    """Efficiency at a flow scaled to rated speed; flat beyond the table's ends would hide data, so it raises."""
    if not hasattr(part.efficiency, "table"):
        return float(part.efficiency)
    rows = part.efficiency.table
    x = np.array([float(row[0]) for row in rows])
    y = np.array([float(row[1]) for row in rows])
    if not x[0] <= flow <= x[-1]:
        span = f"{x[0] * LITRES_PER_MINUTE:.0f} to {x[-1] * LITRES_PER_MINUTE:.0f} L/min"
        msg = f"{path}: {flow * LITRES_PER_MINUTE:.0f} L/min lies outside its efficiency table ({span}); extend it"
        raise OperatingRangeError(msg)
    return float(hermite(x, y, monotone_slopes(x, y), 0, x.size, flow)[0])


def exchange(
    rack: Rack,
    assembly: Assembly,
    duty: float,
    mass_flow: float,
    supply: float,
    fluid: CoolantTable,
    facility: CoolantTable,
) -> Exchange | None:
    """Operating point of the unit's heat exchanger, from its rating by effectiveness and NTU.

    With ``facility.control: supply_temperature`` a valve gives just the facility flow that holds `supply`; with
    ``none`` the facility flow is fixed and the supply temperature follows.

    Parameters
    ----------
    rack, assembly : Rack, Assembly
        The rack.
    duty : float
        Heat to reject, one rack's share [W].
    mass_flow : float
        Coolant through the rack [kg/s].
    supply : float
        Supply temperature wanted [K].
    fluid, facility : CoolantTable
        Coolant, and facility water.

    Returns
    -------
    Exchange or None
        None when the rack names no facility flow, its unit has no exchanger, or no coolant flows.

    Raises
    ------
    OperatingRangeError
        When the exchanger cannot hold the supply temperature even at full facility flow, or its rating is impossible.
    """
    found = [(e, rack.parts[assembly.elements[e].part]) for e in assembly.cdu_elements]
    exchangers = [(e, part) for e, part in found if isinstance(part, Exchanger)]
    if rack.facility is None or rack.facility.flow is None or not exchangers or rack.cdu is None or mass_flow == 0.0:
        return None
    served = rack.cdu.racks_served
    inlet = float(rack.facility.supply_temperature)
    conductance = (
        sum(_conductance(assembly, e, part, fluid, facility, supply, inlet) for e, part in exchangers) / served
    )
    hot = mass_flow * specific_heat(fluid, supply + 0.5 * duty / (mass_flow * specific_heat(fluid, supply)))
    per_flow = density(facility, inlet) * specific_heat(facility, inlet)
    most = float(rack.facility.flow)
    settled = exchanger_temperatures(duty, conductance, hot, most * per_flow, inlet)
    if rack.facility.control == "none":
        return Exchange(duty, conductance, most, settled.cold_outlet, settled.hot_outlet)
    if settled.hot_outlet > supply + 1.0e-9:
        msg = (
            f"{rack.cdu.part} cannot hold a supply of {supply - 273.15:.1f} °C: with all its facility water "
            f"({most * LITRES_PER_MINUTE:.1f} L/min at {inlet - 273.15:.1f} °C) the coolant leaves at "
            f"{settled.hot_outlet - 273.15:.1f} °C; cool or increase the facility water (facility.supply_temperature, "
            "facility.flow), or let the supply temperature follow (facility.control: none)"
        )
        raise OperatingRangeError(msg)
    low, high = duty / ((supply + duty / hot - inlet) * per_flow), most
    for _ in range(200):
        middle = 0.5 * (low + high)
        if exchanger_temperatures(duty, conductance, hot, middle * per_flow, inlet).hot_outlet > supply:
            low = middle
        else:
            high = middle
        if high - low <= 1.0e-12 * high:
            break
    settled = exchanger_temperatures(duty, conductance, hot, high * per_flow, inlet)
    return Exchange(duty, conductance, high, settled.cold_outlet, supply)


def _conductance(
    assembly: Assembly,
    e: int,
    part: Exchanger,
    fluid: CoolantTable,
    facility: CoolantTable,
    supply: float,
    inlet: float,
) -> float:
    """UA of the whole unit's exchanger from its rating [W/K]."""
    rated = part.rated
    hot = float(rated.flow) * density(fluid, supply) * specific_heat(fluid, supply)
    cold = float(rated.facility_flow) * density(facility, inlet) * specific_heat(facility, inlet)
    try:
        return rated_conductance(float(rated.heat), float(rated.approach), hot, cold)
    except OperatingRangeError as error:
        msg = f"{assembly.elements[e].path}: its rating is impossible: {error} (rated.approach, rated.facility_flow)"
        raise OperatingRangeError(msg) from error
