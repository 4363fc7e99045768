"""The whole coolant loop: control, flow, temperature and properties brought to agree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from thermal.correlations.coolant import (
    CoolantTable,
    check_temperature,
    conductivity,
    coolant_table,
    density,
    enthalpy,
    specific_heat,
    viscosity,
)
from thermal.errors import ConvergenceError, OperatingRangeError
from thermal.hydraulics.assemble import RackNetwork, assemble
from thermal.hydraulics.cooling_unit import (
    Exchange,
    Pumping,
    exchange,
    pump_power,
    pumping,
    refuse_pumps_beyond_curve,
)
from thermal.hydraulics.energy import Temperatures, coolant_temperatures
from thermal.hydraulics.network import GRAVITY
from thermal.hydraulics.solve import Flow, HydraulicSolver
from thermal.rack.coolants import CoolantColumns, CoolantData
from thermal.rack.expand import Assembly
from thermal.rack.parts import Exchanger
from thermal.rack.schema import Rack

__all__ = ["LoopSolution", "fluid_table", "solve_loop"]

ITERATIONS = 60
SETTLED = 1.0e-9  # [K] change of any branch's mean temperature from one pass to the next
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LoopSolution:
    """A coolant loop at rest with itself.

    Attributes
    ----------
    part : RackNetwork
        The network that was solved, with the element of each branch.
    flow : Flow
        Flows and pressures, relative to the return port.
    temperatures : Temperatures
        Coolant temperatures.
    density, viscosity, specific_heat, conductivity : (branches,) float64
        At each branch's mean temperature [kg/m3], [Pa s], [J/(kg K)], [W/(m K)].
    fluid : CoolantTable
        Properties.
    mass_flow : float
        Through the rack [kg/s].
    pressure_drop : float
        Between the rack's ports, less the weight of the coolant between their heights [Pa].
    supply, back : float
        Temperatures at the supply and return port [K].
    mass_imbalance : float
        Largest node imbalance over the rack's flow [-].
    pressure_residual : float
        Largest residual over the largest drop [-].
    iterations : int
        Passes over flow, temperature and properties.
    pumps : Pumping or None
        Pumps of the cooling unit; None without one.
    pump_power : float or None
        Electric, one rack's share [W].
    exchange : Exchange or None
        Heat exchanger of the cooling unit.
    """

    part: RackNetwork
    flow: Flow
    temperatures: Temperatures
    density: Floats
    viscosity: Floats
    specific_heat: Floats
    conductivity: Floats
    fluid: CoolantTable
    mass_flow: float
    pressure_drop: float
    supply: float
    back: float
    mass_imbalance: float
    pressure_residual: float
    iterations: int
    pumps: Pumping | None
    pump_power: float | None
    exchange: Exchange | None


def fluid_table(data: CoolantData, viscosity_factor: float = 1.0) -> CoolantTable:
    """Make the solver's property table of a coolant's data; the same data give the same table."""
    return _table(data.columns, viscosity_factor)


@lru_cache(maxsize=16)
def _table(c: CoolantColumns, viscosity_factor: float) -> CoolantTable:
    columns = (c.temperature, c.density, c.specific_heat, c.conductivity, c.viscosity, c.vapour_pressure)
    return coolant_table(*columns, viscosity_factor=viscosity_factor)


def solve_loop(rack: Rack, assembly: Assembly, heat: Floats) -> LoopSolution:
    """Solve flow, pressure and temperature of the coolant under the rack's control.

    Parameters
    ----------
    rack : Rack
        With a coolant block.
    assembly : Assembly
        Its expansion.
    heat : (elements,) float64
        Heat put into the coolant in each element [W].

    Returns
    -------
    LoopSolution
        Mass balanced to 1e-10, pressure to 1e-8, temperatures settled to 1e-9 K.

    Raises
    ------
    ConvergenceError
        With history, place and likeliest cause.
    OperatingRangeError
        Supply below freezing, heat without flow, pumps that cannot do it, a return temperature below the supply.
    """
    loop = _Loop(rack, assembly, heat)
    history: list[float] = []
    for _ in range(ITERATIONS):
        history.append(loop.advance())
        if history[-1] <= SETTLED:
            return loop.solution(len(history))
    cause = "flow and temperature drive each other in turn; raise the flow or choose another control"
    what = "the coolant loop"
    raise ConvergenceError(what, history, loop.slowest, cause)


class _Loop:
    """One loop on its way to agreement: each pass solves flow, then temperature, then renews the properties."""

    def __init__(self, rack: Rack, assembly: Assembly, heat: Floats) -> None:
        assert rack.coolant is not None  # the caller asks only for racks with coolant
        self.rack, self.assembly = rack, assembly
        self.control = rack.coolant.control
        self.fluid = fluid_table(rack.coolant.fluid, float(rack.coolant.viscosity_factor))
        self.facility = fluid_table(rack.facility.fluid) if rack.facility else None
        self.supply = float(rack.coolant.supply_temperature)
        self.follows = rack.facility is not None and rack.facility.control == "none" and self._has_exchanger()
        if self.follows and rack.facility is not None:  # the coolant cannot become colder than this
            self.supply = float(rack.facility.supply_temperature)
        self.driven = self.control.kind == "pump_speed"
        cdu = set() if self.driven else set(assembly.cdu_elements)
        chosen = [e for e in range(len(assembly.elements)) if e not in cdu]
        self.part = assemble(rack, assembly, chosen)
        given = [assembly.return_port]
        if self.control.kind == "pressure_drop":
            given.append(assembly.supply_port)
        self.solver = HydraulicSolver(self.part.network, given)
        self.heat = heat[self.part.elements]
        self.unit = np.isin(self.part.elements, assembly.cdu_elements)
        cooled = [isinstance(rack.parts[assembly.elements[e].part], Exchanger) for e in self.part.elements]
        at_port = self.part.network.end == assembly.supply_port
        self.held = np.flatnonzero(self.unit & (at_port | np.array(cooled, np.bool_)))
        self.mean = np.full(len(chosen), self.supply)
        self.extra = 0.0  # friction heat less heat given to the room, of the pass before [W]
        self.flow: Flow | None = None
        self.slowest = assembly.nodes[assembly.supply_port].path

    def advance(self) -> float:
        """Make one pass; return the largest change of temperature [K]."""
        network = self.part.network
        self._check_supply()
        self.density, self.viscosity, self.specific_heat, self.conductivity = _properties(self.fluid, self.mean)
        pressure, self.injection = self._boundary()
        self.flow = self.solver.solve(
            pressure,
            density=self.density,
            viscosity=self.viscosity,
            injection=self.injection,
            start=self.flow,
            pump_speed=float(self.control.value) if self.driven else 1.0,
        )
        self.mass_flow = self._port_flow()
        self.temperatures = coolant_temperatures(
            network,
            self.flow,
            self.fluid,
            heat=self.heat,
            supply=self.supply,
            density=self.density,
            ambient=float(self.rack.ambient.temperature),
            held=dict.fromkeys(self.held.tolist(), self.supply),
        )
        t = self.temperatures
        # the cooling unit is taken at the supply temperature, as `pumping` takes it
        flowing = (self.flow.mass_flow != 0.0) & ~self.unit
        mean = np.where(flowing, 0.5 * (t.inlet + t.outlet), self.supply)
        moved = np.abs(mean - self.mean)
        change = float(moved.max(initial=0.0))
        if moved.size:
            self.slowest = network.branches[int(moved.argmax())]
        self.mean, self.extra = mean, t.dissipation - t.ambient
        return max(change, self._follow_exchanger())

    def _has_exchanger(self) -> bool:
        """Whether a cooling unit passes the heat on to facility water of a known flow."""
        parts = (self.rack.parts[self.assembly.elements[e].part] for e in self.assembly.cdu_elements)
        facility = self.rack.facility
        return facility is not None and facility.flow is not None and any(isinstance(p, Exchanger) for p in parts)

    def _exchange(self, mass_flow: float, supply: float) -> Exchange | None:
        """Operating point of the heat exchanger; None when the rack has none."""
        if self.facility is None:
            return None
        duty = self.temperatures.carried
        return exchange(self.rack, self.assembly, duty, mass_flow, supply, self.fluid, self.facility)

    def _follow_exchanger(self) -> float:
        """Let the supply temperature follow where nothing holds it; return its change [K]."""
        if not self.follows:
            return 0.0
        if self.control.kind == "return_temperature":
            supply = self._supply_for_return(float(self.control.value))
        else:
            swap = self._exchange(self.mass_flow, self.supply)
            supply = swap.supply if swap else self.supply
        change, self.supply = abs(supply - self.supply), supply
        return change

    def _supply_for_return(self, back: float) -> float:
        """Supply temperature at which the exchanger and the flow that holds the return agree [K]."""
        assert self.rack.facility is not None
        low, high, duty = float(self.rack.facility.supply_temperature), back, self.temperatures.carried
        while high - low > 0.01 * SETTLED:
            middle = 0.5 * (low + high)
            swap = self._exchange(duty / (enthalpy(self.fluid, back) - enthalpy(self.fluid, middle)), middle)
            if swap is not None and swap.supply > middle:
                low = middle
            else:
                high = middle
        if high == back:
            msg = (
                f"no flow brings the coolant back at {back - 273.15:.1f} °C: the cooling unit's exchanger is too small "
                "for that; cool or increase the facility water (facility.supply_temperature, facility.flow), or raise "
                "the return (coolant.control.value)"
            )
            raise OperatingRangeError(msg)
        return high

    def _check_supply(self) -> None:
        assert self.rack.coolant is not None
        data = self.rack.coolant.fluid
        freezing = data.freezing_temperature
        if freezing is not None and self.supply <= float(freezing):
            msg = (
                f"{data.name} freezes at {float(freezing) - 273.15:.1f} °C, the supply is {self.supply - 273.15:.1f} "
                "°C; raise coolant.supply_temperature or choose a fluid with more glycol"
            )
            raise OperatingRangeError(msg)
        check_temperature(self.fluid, [self.supply], data.name, ["the supply"])

    def _boundary(self) -> tuple[Floats, Floats]:
        """Given pressures and injected flow that stand for the control."""
        injection = np.zeros(len(self.assembly.nodes))
        kind, value = self.control.kind, float(self.control.value)
        if kind == "pressure_drop":
            return np.array([0.0, value + self._weight()]), injection
        if kind == "flow":
            injection[self.assembly.supply_port] = value * density(self.fluid, self.supply)
        elif kind == "return_temperature":
            injection[self.assembly.supply_port] = self._flow_for_return(value)
        return np.zeros(1), injection

    def _weight(self) -> float:
        """Pressure at rest of the supply port over the return port, where they differ in height [Pa]."""
        nodes, ports = self.assembly.nodes, (self.assembly.supply_port, self.assembly.return_port)
        return GRAVITY * density(self.fluid, self.supply) * (nodes[ports[1]].height - nodes[ports[0]].height)

    def _flow_for_return(self, back: float) -> float:
        """Mass flow that brings the coolant back at a temperature [kg/s]."""
        if back <= self.supply:
            above = "facility.supply_temperature" if self.follows else "coolant.supply_temperature"
            msg = (
                f"a return of {back - 273.15:.1f} °C cannot be held with a supply of {self.supply - 273.15:.1f} °C; "
                f"set coolant.control.value above {above}"
            )
            raise OperatingRangeError(msg)
        check_temperature(self.fluid, [back], "the coolant", ["the return (coolant.control.value)"])
        carried = float(self.heat.sum()) + self.extra
        if carried <= 0.0:
            msg = "no heat reaches the coolant, so no flow gives a return temperature; use coolant.control.kind: flow"
            raise OperatingRangeError(msg)
        return carried / (enthalpy(self.fluid, back) - enthalpy(self.fluid, self.supply))

    def _port_flow(self) -> float:
        """Mass flow through the rack [kg/s]."""
        assert self.flow is not None
        port = self.assembly.supply_port
        if self.injection[port] > 0.0:
            return float(self.injection[port])
        network = self.part.network
        away = np.where(network.start == port, 1.0, 0.0) - np.where(network.end == port, 1.0, 0.0)
        return float(np.sum((away * self.flow.mass_flow)[~self.unit]))

    def _imbalance(self) -> float:
        """Largest mass imbalance of a node inside the network over the rack's flow."""
        assert self.flow is not None
        network, count = self.part.network, len(self.assembly.nodes)
        into = np.bincount(network.end, self.flow.mass_flow, count)
        balance = self.injection + into - np.bincount(network.start, self.flow.mass_flow, count)
        balance[self.solver.given] = 0.0
        return float(np.abs(balance).max(initial=0.0) / abs(self.mass_flow)) if self.mass_flow else 0.0

    def _pumps(self, drop: float) -> tuple[Pumping | None, float | None]:
        """Pumps of the cooling unit at this operating point, and their electric power."""
        assert self.flow is not None
        if not self.assembly.cdu_elements:
            return None, None
        if self.driven:
            pumps = Pumping(float(self.control.value), self.flow, self.part)
        else:
            pumps = pumping(self.rack, self.assembly, self.mass_flow, drop, self.fluid, self.supply)
        rho = density(self.fluid, self.supply)
        refuse_pumps_beyond_curve(self.rack, self.assembly, pumps, rho)
        return pumps, pump_power(self.rack, self.assembly, pumps, rho)

    def solution(self, iterations: int) -> LoopSolution:
        """Freeze what was reached."""
        assert self.flow is not None
        ports = self.assembly.supply_port, self.assembly.return_port
        drop = float(self.flow.pressure[ports[0]] - self.flow.pressure[ports[1]])
        pumps, power = self._pumps(drop)
        return LoopSolution(
            part=self.part,
            flow=self.flow,
            temperatures=self.temperatures,
            density=self.density,
            viscosity=self.viscosity,
            specific_heat=self.specific_heat,
            conductivity=self.conductivity,
            fluid=self.fluid,
            mass_flow=self.mass_flow,
            pressure_drop=drop - self._weight(),
            supply=self.supply,
            back=float(self.temperatures.node[ports[1]]),
            mass_imbalance=self._imbalance(),
            pressure_residual=self.flow.pressure_residual,
            iterations=iterations,
            pumps=pumps,
            pump_power=power,
            exchange=self._exchange(self.mass_flow, self.supply),
        )


def _properties(fluid: CoolantTable, T: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Density, viscosity, specific heat and conductivity at each temperature; the caller keeps T inside the table."""
    rho, mu, cp, k = (np.empty(T.size) for _ in range(4))
    _fill(fluid, T, rho, mu, cp, k)
    return rho, mu, cp, k


@njit(cache=True)
def _fill(fluid, T, rho, mu, cp, k):  # type: ignore[no-untyped-def]
    for i in range(T.size):
        rho[i] = density(fluid, T[i])
        mu[i] = viscosity(fluid, T[i])
        cp[i] = specific_heat(fluid, T[i])
        k[i] = conductivity(fluid, T[i])
